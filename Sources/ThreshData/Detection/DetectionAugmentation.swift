// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A random change of a picture together with its objects.
///
/// Its numbers come from the stream (seed, "augment", epoch, image), as those of `Augmentation`.
public enum DetectionAugmentation: Sendable, Equatable {
  /// A part of the picture that holds the centre of an object, chosen by its overlaps.
  case crop(SSDCrop)
  /// With this probability, the picture at a random place of one up to `most` times as wide and high.
  /// Source: Liu et al., arXiv 1512.02325, section 3.6; torchvision's `RandomZoomOut`.
  case expand(probability: Double = 0.5, most: Double = 4, fill: [Float] = ImageNet.mean)
  case horizontalFlip(probability: Double = 0.5)
  case colour(ColourJitter)
  /// Squashed to a square of `size` pixels.
  case resize(size: Int, antialias: Bool = true)

  /// The named lists of changes.
  public enum Recipe: String, Sendable, CaseIterable {
    /// NVIDIA's SSD300: crop, flip, colours of the squashed picture; no expansion.
    case nvidia
    /// The paper's, in torchvision's form: colours, expansion, crop, flip.
    case ssd
    /// None, as for evaluation.
    case none

    public var steps: [DetectionAugmentation] {
      switch self {
      case .nvidia: [.crop(.nvidia), .horizontalFlip(), .colour(.nvidia)]
      case .ssd: [.colour(.ssd), .expand(), .crop(.ssd), .horizontalFlip()]
      case .none: []
      }
    }
  }

  /// The steps with a resize to `size` behind the last that changes places: colours that come after it
  /// change fewer pixels.
  static func resizing(_ steps: [DetectionAugmentation], to size: Int) -> [DetectionAugmentation] {
    let last = steps.lastIndex { if case .colour = $0 { false } else { true } } ?? steps.count - 1
    return steps[...last] + [.resize(size: size)] + steps[(last + 1)...]
  }

  /// Draws the numbers of one picture and changes it.
  public func apply(
    _ image: inout FloatImage, _ objects: inout [BoxedObject], _ stream: inout RandomStream
  ) throws {
    switch self {
    case .crop(let crop):
      let part = crop.draw(
        width: Double(image.width), height: Double(image.height), objects, &stream)
      if let part { SSDCrop.cut(&image, &objects, part) }
    case .expand(let probability, let most, let fill):
      guard stream.bernoulli(probability) else { return }
      let ratio = 1 + (most - 1) * stream.uniform()
      let (w, h) = (
        Int(Double(image.width) * ratio), Int(Double(image.height) * ratio)
      )
      try MemoryPool.shared.require(4 * RGBImage.bytes(w, h), "expand")
      let left = Int(Double(w - image.width) * stream.uniform())
      let top = Int(Double(h - image.height) * stream.uniform())
      image = image.placed(left: left, top: top, width: w, height: h, fill: fill)
      for i in objects.indices {
        objects[i].box = objects[i].box.moved(Double(left), Double(top))
      }
    case .horizontalFlip(let probability):
      guard stream.bernoulli(probability) else { return }
      image = image.flipped()
      let width = Double(image.width)
      for i in objects.indices {
        let box = objects[i].box
        (objects[i].box.left, objects[i].box.right) = (width - box.right, width - box.left)
      }
    case .colour(let jitter): jitter.apply(&image, &stream)
    case .resize(let size, let antialias):
      let (x, y) = (
        Double(size) / Double(image.width), Double(size) / Double(image.height)
      )
      image = try image.resized(width: size, height: size, antialias: antialias)
      for i in objects.indices {
        let box = objects[i].box
        objects[i].box = PixelBox(
          left: box.left * x, top: box.top * y, right: box.right * x, bottom: box.bottom * y)
      }
    }
  }
}

/// What models trained on ImageNet expect.
public enum ImageNet {
  public static let mean: [Float] = [0.485, 0.456, 0.406]
  public static let std: [Float] = [0.229, 0.224, 0.225]
}
