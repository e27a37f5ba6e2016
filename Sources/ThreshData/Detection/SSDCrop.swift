// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// SSD's random crop.
///
/// A threshold is chosen among the modes; parts are drawn until one has such overlaps with the objects.
/// Objects stay whose centre lies inside, cut off at the edges.
/// Sources: Liu et al., arXiv 1512.02325, section 2.2; NVIDIA DALI's `RandomBBoxCrop`; torchvision's
/// `RandomIoUCrop`.
public struct SSDCrop: Sendable, Equatable {
  /// Whose overlap must reach the threshold.
  public enum Rule: String, Sendable, CaseIterable {
    /// Every object's, as in DALI.
    case all
    /// That of one at least of the objects whose centre lies inside, as in torchvision.
    case any
  }

  /// Least overlaps; nil leaves the picture whole. Each as likely as the others.
  public var thresholds: [Double?] = [nil, 0, 0.1, 0.3, 0.5, 0.7, 0.9]
  public var rule = Rule.all
  /// Each side of the part, as a share of the picture's.
  public var scale = 0.3...1.0
  /// Width by height of the part.
  public var aspect = 0.5...2.0
  /// Parts drawn for one threshold.
  public var attempts = 1
  /// Thresholds drawn before the picture is left whole.
  public var rounds = 1000

  public init() {}

  /// DALI's: the threshold for all objects, one attempt, then another threshold.
  public static let nvidia = SSDCrop()

  /// torchvision's form of the paper's: the threshold for any object, 40 attempts.
  public static let ssd: SSDCrop = {
    var crop = SSDCrop()
    crop.rule = .any
    crop.attempts = 40
    return crop
  }()

  /// The part to cut out, of whole pixels; nil leaves the picture as it is.
  public func draw(
    width: Double, height: Double, _ objects: [BoxedObject], _ stream: inout RandomStream
  ) -> PixelBox? {
    guard !objects.isEmpty, !thresholds.isEmpty else { return nil }
    for _ in 0..<rounds {
      let mode = Int(stream.drawn(below: UInt64(thresholds.count)))
      guard let threshold = thresholds[mode] else { return nil }
      for _ in 0..<attempts {
        let span = scale.upperBound - scale.lowerBound
        let w = (width * (scale.lowerBound + span * stream.uniform())).rounded(.down)
        let h = (height * (scale.lowerBound + span * stream.uniform())).rounded(.down)
        let left = ((width - w) * stream.uniform()).rounded(.down)
        let top = ((height - h) * stream.uniform()).rounded(.down)
        guard w >= 1, h >= 1, aspect.contains(w / h) else { continue }
        let part = PixelBox(left: left, top: top, right: left + w, bottom: top + h)
        let inside = objects.filter { $0.box.hasCentre(in: part) }
        let fits: (BoxedObject) -> Bool = { $0.box.overlap(part) >= threshold }
        guard !inside.isEmpty else { continue }
        if rule == .all ? objects.allSatisfy(fits) : inside.contains(where: fits) { return part }
      }
    }
    return nil
  }

  /// Cuts `part` out of a picture.
  static func cut(_ image: inout FloatImage, _ objects: inout [BoxedObject], _ part: PixelBox) {
    image = image.cropped(
      left: Int(part.left), top: Int(part.top), width: Int(part.width), height: Int(part.height))
    objects = objects.filter { $0.box.hasCentre(in: part) }
    for i in objects.indices {
      objects[i].box = objects[i].box.moved(-part.left, -part.top)
        .clipped(width: part.width, height: part.height)
    }
  }
}
