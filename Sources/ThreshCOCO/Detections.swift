// SPDX-License-Identifier: Apache-2.0

/// What a detector found, by column, in the order of its file.
public struct Detections: Sendable {
  /// Ids of images, as in the annotations.
  public var images: [Int64] = []
  /// Ids of categories, as in the annotations.
  public var categories: [Int64] = []
  /// x, y of the upper left corner, width and height in pixels: four numbers a detection.
  public var boxes: [Double] = []
  public var scores: [Double] = []
  /// Masks, when they were asked for: one a detection, else none.
  public var masks: [Segmentation] = []

  public init() {}

  public var count: Int { scores.count }

  /// Adds one detection. `box` is x, y, width, height.
  public mutating func append(
    image: Int64, category: Int64, box: (Double, Double, Double, Double), score: Double
  ) {
    images.append(image)
    categories.append(category)
    boxes.append(box.0)
    boxes.append(box.1)
    boxes.append(box.2)
    boxes.append(box.3)
    scores.append(score)
  }
}
