// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A picture of 8-bit red, green and blue, rows from the top.
public struct RGBImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `(H, W, 3)`.
  public internal(set) var pixels: [UInt8]

  /// Pillow's limit against files that unpack to far more than they hold: 2^31 / 12 pixels.
  public static let mostPixels = 178_956_970

  /// A picture of one colour.
  /// - Throws: `TensorError` for sizes below 1, above `mostPixels` in all, or beyond the budget of memory.
  public init(width: Int, height: Int, red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0) throws {
    let count = try RGBImage.bytes(width, height)
    self.width = width
    self.height = height
    pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      for i in stride(from: 0, to: count, by: 3) {
        (buffer[i], buffer[i + 1], buffer[i + 2]) = (red, green, blue)
      }
      filled = count
    }
  }

  /// A picture of `pixels`, `(H, W, 3)`.
  public init(width: Int, height: Int, pixels: [UInt8]) throws {
    let count = try RGBImage.bytes(width, height)
    guard pixels.count == count else {
      throw TensorError("image", "\(pixels.count) bytes do not fill \(height) x \(width) x 3")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of a tensor `(3, H, W)` or grey `(1, H, W)`: uint8, or floats from 0 to 1, which are
  /// scaled by 255, rounded and cut off at the ends (NaN becomes 0).
  public init(_ tensor: Tensor) throws {
    guard tensor.ndim == 3, tensor.shape[0] == 3 || tensor.shape[0] == 1 else {
      throw TensorError(
        "image", "needs a picture (3, H, W) or (1, H, W), got \(shapeText(tensor.shape))")
    }
    let (c, h, w) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    try self.init(width: w, height: h)
    func fill<T: Element>(_: T.Type, _ byte: (T) -> UInt8) throws {
      try tensor.withHostElements(T.self) { source in
        for k in 0..<3 {
          let plane = c == 1 ? 0 : k * w * h
          for p in 0..<w * h { pixels[3 * p + k] = byte(source[plane + p]) }
        }
      }
    }
    func scaled(_ x: Double) -> UInt8 {
      x > 0 ? UInt8(min(x * 255, 255).rounded(.toNearestOrEven)) : 0
    }
    switch tensor.dtype {
    case .uint8: try fill(UInt8.self) { $0 }
    case .float32: try fill(Float.self) { scaled(Double($0)) }
    case .float64: try fill(Double.self, scaled)
    default:
      throw TensorError(
        "image", "a picture is uint8, or floats from 0 to 1; got \(tensor.dtype.name)")
    }
  }

  init(checkedWidth width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// uint8, `(3, H, W)`.
  public func tensor() throws -> Tensor {
    let area = width * height
    return try Tensor.fromHost([3, height, width], UInt8.self) { out in
      for k in 0..<3 {
        for p in 0..<area { out[k * area + p] = pixels[3 * p + k] }
      }
    }
  }

  /// The bytes of a picture, which are within the limits.
  static func bytes(_ width: Int, _ height: Int) throws -> Int {
    guard width > 0, height > 0, width <= mostPixels, height <= mostPixels,
      width * height <= mostPixels
    else {
      throw TensorError(
        "image", "\(width) x \(height) pixels; at least 1 and at most \(mostPixels) in all")
    }
    try MemoryPool.shared.require(3 * width * height, "image")
    return 3 * width * height
  }
}

extension RGBImage {
  /// Each pixel repeated `factor` times in both directions.
  /// - Throws: `TensorError` for what gets too large.
  public func enlarged(_ factor: Int) throws -> RGBImage {
    var out = try RGBImage(width: width * factor, height: height * factor)
    for y in 0..<out.height {
      for x in 0..<out.width {
        let (to, from) = (3 * (y * out.width + x), 3 * (y / factor * width + x / factor))
        for k in 0..<3 { out.pixels[to + k] = pixels[from + k] }
      }
    }
    return out
  }
}
