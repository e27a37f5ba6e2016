// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A picture of floats, 0 for dark and 1 for bright, `(H, W, 3)`: what augmentation works on.
public struct FloatImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `(H, W, 3)`.
  public internal(set) var values: [Float]

  /// The bytes divided by 255.
  public init(_ image: RGBImage) throws {
    try MemoryPool.shared.require(12 * image.width * image.height, "image")
    width = image.width
    height = image.height
    values = image.pixels.map { Float($0) / 255 }
  }

  init(width: Int, height: Int, values: [Float]) {
    self.width = width
    self.height = height
    self.values = values
  }

  /// The bytes that the values stand for: scaled by 255, cut off at the ends and rounded to the
  /// nearest, halves to even, as torchvision's antialiased resize of bytes does.
  public func rounded() throws -> RGBImage {
    try RGBImage(
      width: width, height: height,
      pixels: values.map { UInt8(min(max($0 * 255, 0), 255).rounded(.toNearestOrEven)) })
  }

  /// float32, `(3, H, W)`.
  public func tensor() throws -> Tensor {
    let area = width * height
    return try Tensor.fromHost([3, height, width], Float.self) { out in
      for k in 0..<3 {
        for p in 0..<area { out[k * area + p] = values[3 * p + k] }
      }
    }
  }

  /// Left and right changed.
  public func flipped() -> FloatImage {
    var out = self
    for y in 0..<height {
      for x in 0..<width {
        let (to, from) = (3 * (y * width + x), 3 * (y * width + width - 1 - x))
        for k in 0..<3 { out.values[to + k] = values[from + k] }
      }
    }
    return out
  }

  /// The part of `width` x `height` pixels from (`left`, `top`) on, which must lie inside.
  func cropped(left: Int, top: Int, width w: Int, height h: Int) -> FloatImage {
    var out: [Float] = []
    out.reserveCapacity(3 * w * h)
    for y in top..<top + h {
      let start = 3 * (y * width + left)
      out.append(contentsOf: values[start..<start + 3 * w])
    }
    return FloatImage(width: w, height: h, values: out)
  }

  /// The picture at (`left`, `top`) of a larger one filled with `fill`.
  func placed(left: Int, top: Int, width w: Int, height h: Int, fill: [Float]) -> FloatImage {
    var out = [Float](repeating: 0, count: 3 * w * h)
    for p in 0..<w * h {
      for k in 0..<3 { out[3 * p + k] = fill[k] }
    }
    for y in 0..<height {
      let (to, from) = (3 * ((top + y) * w + left), 3 * y * width)
      for i in 0..<3 * width { out[to + i] = values[from + i] }
    }
    return FloatImage(width: w, height: h, values: out)
  }
}
