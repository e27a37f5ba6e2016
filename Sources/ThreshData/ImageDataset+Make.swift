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
    let op = "dataset"
    guard x.ndim == 4 || x.ndim == 2, !x.shape.dropFirst().contains(0) else {
      throw TensorError(
        op, "x must be (n, C, H, W) or (n, d) with nothing empty, got \(shapeText(x.shape))")
    }
    guard y.ndim == 1, y.shape[0] == x.shape[0] else {
      throw TensorError(
        op,
        "y must hold one label for each of the \(x.shape[0]) samples, got \(shapeText(y.shape))")
    }
    let labels: [Int] =
      switch y.dtype {
      case .uint8: try y.values(UInt8.self).map { Int($0) }
      case .int32: try y.values(Int32.self).map { Int($0) }
      case .int64: try y.values(Int64.self).map { Int($0) }
      default: throw TensorError(op, "labels must be integers, got \(y.dtype.name)")
      }
    let names = try checkedNames(classNames, labels)
    let maximum = pixelMaximum ?? (x.dtype == .uint8 ? 255 : 1)
    guard maximum > 0, maximum.isFinite else {
      throw TensorError(op, "the pixel maximum must be positive, got \(maximum)")
    }
    let pixels: Tensor =
      switch x.dtype {
      case .uint8: try lastChannel(x, UInt8.self) { $0 }
      case .float32: try lastChannel(x, Float.self) { $0 }
      case .float64: try lastChannel(x, Double.self) { Float($0) }
      default: throw TensorError(op, "x must be uint8, float32 or float64, got \(x.dtype.name)")
      }
    return ImageDataset(
      name: name, provenance: provenance ?? "tensors \(shapeText(x.shape)) of \(x.dtype.name)",
      sampleShape: Array(x.shape.dropFirst()), labels: labels, classNames: names,
      pixelMaximum: maximum, normalisation: nil, pixels: pixels, rows: Array(0..<x.shape[0]))
  }

  /// A dataset of the arrays `x` and `y` of an npz file; labels in files are 0-based.
  public static func fromNPZ(
    _ path: String, x: String = "x", y: String = "y", name: String? = nil,
    classNames: [String]? = nil, pixelMaximum: Float? = nil
  ) throws -> ImageDataset {
    let arrays = try NPZ.read(path)
    func array(_ wanted: String) throws -> Tensor {
      guard let found = arrays.first(where: { $0.name == wanted }) else {
        throw TensorError(
          "dataset",
          "\(path) has no array '\(wanted)'; it has \(arrays.map(\.name).joined(separator: ", "))")
      }
      return found.tensor
    }
    return try fromTensors(
      x: array(x), y: array(y), name: name ?? path, classNames: classNames,
      pixelMaximum: pixelMaximum, provenance: "\(path), arrays \(x) and \(y)")
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
  ) throws -> Tensor {
    let (n, c) = (x.shape[0], x.shape[1])
    let (h, w) = x.ndim == 4 ? (x.shape[2], x.shape[3]) : (1, 1)
    return try Tensor.fromHost([n, h, w, c], T.self) { out in
      try x.withHostElements(S.self) { source in
        for i in 0..<n {
          let base = i * c * h * w
          for k in 0..<c {
            for p in 0..<h * w { out[base + p * c + k] = convert(source[base + k * h * w + p]) }
          }
        }
      }
    }
  }
}
