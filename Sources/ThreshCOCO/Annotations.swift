// SPDX-License-Identifier: Apache-2.0

/// Images, categories and objects of a COCO annotation file, by column.
///
/// Objects refer to images and categories by row, so that ids are looked up once, when a file is read.
public struct Annotations: Sendable {
  public struct Images: Sendable {
    public var ids: [Int64] = []
    /// In pixels; 0 where the file does not say.
    public var widths: [Int32] = []
    public var heights: [Int32] = []
    /// Empty where the file does not say.
    public var fileNames: [String] = []

    public init() {}

    public var count: Int { ids.count }
  }

  public struct Categories: Sendable {
    public var ids: [Int64] = []
    public var names: [String] = []
    public var supercategories: [String] = []

    public init() {}

    public var count: Int { ids.count }
  }

  public struct Objects: Sendable {
    public var ids: [Int64] = []
    /// Rows of `images`.
    public var images: [Int32] = []
    /// Rows of `categories`.
    public var categories: [Int32] = []
    /// x, y of the upper left corner, width and height in pixels: four numbers an object.
    public var boxes: [Double] = []
    /// Of the object's mask, in square pixels.
    public var areas: [Double] = []
    public var isCrowd: [Bool] = []
    /// The file's own `ignore`, which the evaluation follows only when asked to; empty when no object
    /// has it set.
    public var isIgnored: [Bool] = []
    /// Masks, when they were asked for: one an object, else none.
    public var masks: [Segmentation] = []

    public init() {}

    public var count: Int { ids.count }
  }

  public var images = Images()
  public var categories = Categories()
  public var objects = Objects()

  public init() {}
}
