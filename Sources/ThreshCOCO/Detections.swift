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

  public init() {}

  public var count: Int { scores.count }
}
