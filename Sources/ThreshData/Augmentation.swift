// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A random change of an image, applied after scaling and normalisation.
///
/// Its numbers come from the stream (seed, "augment", epoch, image), so that they depend neither on
/// the order of the images nor on threads.
public enum Augmentation: Sendable, Equatable {
  public enum Border: String, Sendable {
    /// Pixels of the stored value 0, as torchvision pads before it normalises.
    case zeros
    /// The image mirrored at its edge, the edge itself not repeated.
    case reflect
  }

  /// Pads each side and cuts out the original size at a random place.
  case randomCrop(padding: Int, border: Border = .zeros)
  case horizontalFlip(probability: Double = 0.5)
  /// Sets a square of `size` pixels around a random centre to 0, the mean of normalised images; the
  /// square may reach over the edge. Source: DeVries and Taylor, arXiv 1708.04552.
  case cutout(size: Int)

  func check(_ dataset: ImageDataset) throws {
    guard dataset.isImages else {
      throw TensorError(
        "augment", "needs images (C, H, W), the samples are \(shapeText(dataset.sampleShape))")
    }
    switch self {
    case .randomCrop(let padding, let border):
      let side = min(dataset.height, dataset.width)
      guard padding >= 0, padding <= 1 << 20, border == .zeros || padding < side else {
        throw TensorError(
          "random_crop",
          "padding \(padding) with \(border.rawValue) around \(dataset.height) x \(dataset.width)")
      }
    case .horizontalFlip(let probability):
      guard probability >= 0, probability <= 1 else {
        throw TensorError(
          "horizontal_flip", "the probability must be in 0 ... 1, got \(probability)")
      }
    case .cutout(let size):
      guard size >= 1, size <= 1 << 20 else {
        throw TensorError("cutout", "the size must be at least 1, got \(size)")
      }
    }
  }

  /// Changes `image`, `(H, W, C)`; `spare` is as large, `zero` the normalised value of a stored 0.
  func apply(
    _ image: UnsafeMutablePointer<Float>, spare: UnsafeMutablePointer<Float>,
    height h: Int, width w: Int, zero: [Float], stream: inout RandomStream
  ) {
    let c = zero.count
    switch self {
    case .randomCrop(let padding, let border):
      let span = UInt64(2 * padding + 1)
      let dy = Int(stream.drawn(below: span)) - padding
      let dx = Int(stream.drawn(below: span)) - padding
      if dy == 0 && dx == 0 { return }
      spare.update(from: image, count: h * w * c)
      for y in 0..<h {
        for x in 0..<w {
          let target = image + (y * w + x) * c
          var (sy, sx) = (y + dy, x + dx)
          if border == .reflect {
            sy = Augmentation.mirror(sy, h)
            sx = Augmentation.mirror(sx, w)
          }
          let inside = sy >= 0 && sy < h && sx >= 0 && sx < w
          for k in 0..<c { target[k] = inside ? spare[(sy * w + sx) * c + k] : zero[k] }
        }
      }
    case .horizontalFlip(let probability):
      guard stream.bernoulli(probability) else { return }
      for y in 0..<h {
        for x in 0..<w / 2 {
          let (a, b) = (image + (y * w + x) * c, image + (y * w + w - 1 - x) * c)
          for k in 0..<c { (a[k], b[k]) = (b[k], a[k]) }
        }
      }
    case .cutout(let size):
      let top = Int(stream.drawn(below: UInt64(h))) - size / 2
      let left = Int(stream.drawn(below: UInt64(w))) - size / 2
      for y in max(0, top)..<max(0, min(h, top + size)) {
        for x in max(0, left)..<max(0, min(w, left + size)) {
          for k in 0..<c { image[(y * w + x) * c + k] = 0 }
        }
      }
    }
  }

  private static func mirror(_ i: Int, _ n: Int) -> Int {
    i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i
  }
}
