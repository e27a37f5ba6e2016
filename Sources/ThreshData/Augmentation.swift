// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A random change of an image, as if applied after scaling and normalisation.
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

  /// Throws when its numbers fit no images at all.
  public func check() throws {
    switch self {
    case .randomCrop(let padding, _):
      guard (0...1 << 20).contains(padding) else {
        throw TensorError("random_crop", "the padding must be in 0 ... 1048576, got \(padding)")
      }
    case .horizontalFlip(let probability):
      guard (0...1).contains(probability) else {
        throw TensorError(
          "horizontal_flip", "the probability must be in 0 ... 1, got \(probability)")
      }
    case .cutout(let size):
      guard (1...1 << 20).contains(size) else {
        throw TensorError("cutout", "the size must be in 1 ... 1048576, got \(size)")
      }
    }
  }

  func check(_ dataset: ImageDataset) throws {
    guard dataset.isImages else {
      throw TensorError(
        "augment", "needs images (C, H, W), the samples are \(shapeText(dataset.sampleShape))")
    }
    try check()
    if case .randomCrop(let padding, .reflect) = self,
      padding >= min(dataset.height, dataset.width)
    {
      throw TensorError(
        "random_crop",
        "padding \(padding) with reflect around \(dataset.height) x \(dataset.width)")
    }
  }

  /// Draws the numbers of one image and changes its map.
  func apply(_ map: inout PixelMap, _ stream: inout RandomStream) {
    switch self {
    case .randomCrop(let padding, let border):
      let span = UInt64(2 * padding + 1)
      let dy = Int(stream.drawn(below: span)) - padding
      let dx = Int(stream.drawn(below: span)) - padding
      map.shift(dy, dx, border)
    case .horizontalFlip(let probability):
      if stream.bernoulli(probability) { map.flip() }
    case .cutout(let size):
      let top = Int(stream.drawn(below: UInt64(map.rows.count))) - size / 2
      let left = Int(stream.drawn(below: UInt64(map.columns.count))) - size / 2
      map.cut(top: top, left: left, size: size)
    }
  }
}
