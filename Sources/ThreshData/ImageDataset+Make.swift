// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension ImageDataset {
  /// A dataset of `x`, `(n, C, H, W)` images or `(n, d)` vectors, and 0-based labels `y`, `(n,)`.
  ///
  /// uint8 stays bytes, scaled by 1 / `pixelMaximum` (255 unless given); float32 and float64 become
  /// float32, scaled by 1 unless given. Class names default to the numbers 0 … largest label.
  /// - Throws: `TensorError` for types, shapes and labels that do not fit.
  public static func fromTensors(
    x: Tensor, y: Tensor, name: String = "tensors", classNames: [String]? = nil,
    pixelMaximum: Float? = nil, provenance: String? = nil
  ) throws -> ImageDataset {
    try checkPixels(x.shape, x.dtype)
    let store: PixelStore =
      switch x.dtype {
      case .uint8: try lastChannel(x, UInt8.self) { $0 }
      case .float32: try lastChannel(x, Float.self) { $0 }
      default: try lastChannel(x, Double.self) { Float($0) }
      }
    return try make(
      store, sampleShape: Array(x.shape.dropFirst()), y: y, name: name, classNames: classNames,
      pixelMaximum: pixelMaximum,
      provenance: provenance ?? "tensors \(shapeText(x.shape)) of \(x.dtype.name)")
  }

  /// A dataset whose pixels `x`, as `fromTensors` takes them, stay in their file. Float64 becomes
  /// float32 in each batch.
  /// - Throws: as `fromTensors`, with the name of the file.
  public static func fromMapped(
    x: MappedArray, y: Tensor, name: String? = nil, classNames: [String]? = nil,
    pixelMaximum: Float? = nil, provenance: String? = nil
  ) throws -> ImageDataset {
    do {
      try checkPixels(x.shape, x.dtype)
      return try make(
        PixelStore(x), sampleShape: Array(x.shape.dropFirst()), y: y, name: name ?? x.file.path,
        classNames: classNames, pixelMaximum: pixelMaximum, provenance: provenance ?? x.file.path)
    } catch let error as TensorError where error.kind == .invalid {
      throw TensorError(error.op, "\(x.file.path): \(error.message)")
    }
  }

  static let op = "dataset"

  private static func checkPixels(_ shape: [Int], _ dtype: DType) throws {
    guard shape.count == 4 || shape.count == 2, !shape.dropFirst().contains(0) else {
      throw TensorError(
        op, "x must be (n, C, H, W) or (n, d) with nothing empty, got \(shapeText(shape))")
    }
    guard dtype == .uint8 || dtype == .float32 || dtype == .float64 else {
      throw TensorError(op, "x must be uint8, float32 or float64, got \(dtype.name)")
    }
  }

  private static func make(
    _ store: PixelStore, sampleShape: [Int], y: Tensor, name: String, classNames: [String]?,
    pixelMaximum: Float?, provenance: String
  ) throws -> ImageDataset {
    guard y.ndim == 1, y.shape[0] == store.rowCount else {
      throw TensorError(
        op,
        "y must hold one label for each of the \(store.rowCount) samples, got "
          + shapeText(y.shape))
    }
    let labels: [Int] =
      switch y.dtype {
      case .uint8: try y.values(UInt8.self).map { Int($0) }
      case .int32: try y.values(Int32.self).map { Int($0) }
      case .int64: try y.values(Int64.self).map { Int($0) }
      default: throw TensorError(op, "labels must be integers, got \(y.dtype.name)")
      }
    let names = try checkedNames(classNames, labels)
    let maximum = pixelMaximum ?? (store.stored == .uint8 ? 255 : 1)
    guard maximum > 0, maximum.isFinite else {
      throw TensorError(op, "the pixel maximum must be positive, got \(maximum)")
    }
    return ImageDataset(
      name: name, provenance: provenance, sampleShape: sampleShape, labels: labels,
      classNames: names, pixelMaximum: maximum, normalisation: nil, store: store,
      rows: Array(0..<store.rowCount))
  }

  private static func checkedNames(_ names: [String]?, _ labels: [Int]) throws -> [String] {
    // Far above any real number of classes, far below what would exhaust memory.
    let limit = names?.count ?? 1_000_000
    for (i, label) in labels.enumerated() where label < 0 || label >= limit {
      throw TensorError("dataset", "label \(label) of sample \(i) is outside 0 ..< \(limit)")
    }
    return names ?? (0..<(labels.max().map { $0 + 1 } ?? 0)).map(String.init)
  }

  /// `(n, C, H, W)` or `(n, d)` to `(n, H, W, C)`.
  private static func lastChannel<S: Element, T: Element>(
    _ x: Tensor, _: S.Type, _ convert: (S) -> T
  ) throws -> PixelStore {
    let (n, c) = (x.shape[0], x.shape[1])
    let (h, w) = x.ndim == 4 ? (x.shape[2], x.shape[3]) : (1, 1)
    let pixels = try Tensor.fromHost([n, h, w, c], T.self) { out in
      try x.withHostElements(S.self) { source in
        for i in 0..<n {
          let base = i * c * h * w
          for k in 0..<c {
            for p in 0..<h * w { out[base + p * c + k] = convert(source[base + k * h * w + p]) }
          }
        }
      }
    }
    return PixelStore(pixels)
  }
}
