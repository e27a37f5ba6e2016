// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Datasets of array files: pixels as `fromTensors` takes them, labels 0-based as files have them.
extension ImageDataset {
  /// A dataset of an npy file of pixels and labels `y`, `(n,)`.
  /// - Throws: `TensorError` naming file and reason, as `NPY.read` and `fromTensors`; when mapping is
  ///   asked for, also for arrays that cannot be mapped: Fortran order and big-endian numbers.
  public static func fromNPY(
    _ path: String, y: Tensor, name: String? = nil, classNames: [String]? = nil,
    pixelMaximum: Float? = nil, mapping: Mapping = .automatic
  ) throws -> ImageDataset {
    try fromArray(
      y: y, name: name ?? path, classNames, pixelMaximum, provenance: path, mapping,
      map: { try NPY.map(path) }, read: { try NPY.read(path) })
  }

  /// A dataset of the arrays `x` and `y` of an npz file. Only stored entries can be mapped; the
  /// checksum of a mapped one is not compared.
  public static func fromNPZ(
    _ path: String, x: String = "x", y: String = "y", name: String? = nil,
    classNames: [String]? = nil, pixelMaximum: Float? = nil, mapping: Mapping = .automatic
  ) throws -> ImageDataset {
    let labels = try NPZ.read(path, y)
    return try fromArray(
      y: labels, name: name ?? path, classNames, pixelMaximum,
      provenance: "\(path), arrays \(x) and \(y)", mapping,
      map: { try NPZ.map(path, x) }, read: { try NPZ.read(path, x) })
  }

  /// A dataset of samples without a header, each `(C, H, W)` or `(d,)`, one for each of `y`.
  ///
  /// - Parameters:
  ///   - offset: bytes before the first sample.
  ///   - stride: bytes from one sample to the next, where something stands between them.
  public static func fromRaw(
    _ path: String, sampleShape: [Int], dtype: DType = .uint8, offset: Int = 0,
    stride: Int? = nil, y: Tensor, name: String? = nil, classNames: [String]? = nil,
    pixelMaximum: Float? = nil, mapping: Mapping = .automatic
  ) throws -> ImageDataset {
    guard y.ndim == 1 else {
      throw TensorError("dataset", "\(path): y must be (n,), got \(shapeText(y.shape))")
    }
    let array = try MappedArray(
      raw: path, shape: [y.shape[0]] + sampleShape, dtype: dtype, offset: offset, stride: stride)
    return try fromArray(
      y: y, name: name ?? path, classNames, pixelMaximum, provenance: path, mapping,
      map: { array }, read: { try array.read() })
  }

  private static func fromArray(
    y: Tensor, name: String, _ classNames: [String]?, _ pixelMaximum: Float?, provenance: String,
    _ mapping: Mapping, map: () throws -> MappedArray, read: () throws -> Tensor
  ) throws -> ImageDataset {
    if let array = try mapped(mapping, map) {
      return try fromMapped(
        x: array, y: y, name: name, classNames: classNames, pixelMaximum: pixelMaximum,
        provenance: provenance)
    }
    do {
      return try fromTensors(
        x: read(), y: y, name: name, classNames: classNames, pixelMaximum: pixelMaximum,
        provenance: provenance)
    } catch let error as TensorError where error.op == op && error.kind == .invalid {
      throw TensorError(op, "\(provenance): \(error.message)")
    }
  }

  /// The array when it is to be mapped; what cannot be is read, unless mapping was asked for.
  private static func mapped(_ mapping: Mapping, _ map: () throws -> MappedArray) throws
    -> MappedArray?
  {
    switch mapping {
    case .never: return nil
    case .always: return try map()
    case .automatic:
      guard let array = try? map(), mapping.maps(array.byteCount) else { return nil }
      return array
    }
  }
}
