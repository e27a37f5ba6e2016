// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshTensor

/// Pictures with boxed objects: files of a folder with COCO annotations, or synthetic shapes.
public final class DetectionDataset: Candidates, Sendable {
  enum Source: Sendable {
    case folder(String)
    case shapes(Shapes)
  }

  public let name: String
  public let annotations: Annotations
  /// What was wrong with the file of the annotations.
  public let report: Report
  /// Objects that are not trained on: those that the file's reader left out, and those whose boxes have
  /// no size, which `annotations` has. A subset counts the latter alone.
  public let droppedCount: Int
  let source: Source
  private let cache: PictureCache?
  /// The drawn shape that each image is.
  let drawn: [Int]
  /// Rows of the objects of each image, one image after another.
  private let order: [Int32]
  private let starts: [Int]

  /// - Parameter drawn: which shapes the images are; nil for one after another.
  private init(
    name: String, annotations: Annotations, report: Report, source: Source, dropInvalid: Bool,
    leftOut: Int = 0, cache: PictureCache?, drawn: [Int]? = nil
  ) throws {
    let (images, objects) = (annotations.images, annotations.objects)
    var starts = [Int](repeating: 0, count: images.count + 1)
    var dropped: Set<Int> = []
    for i in 0..<objects.count {
      let (image, category) = (Int(objects.images[i]), Int(objects.categories[i]))
      guard images.ids.indices.contains(image),
        annotations.categories.ids.indices.contains(category)
      else {
        throw TensorError(
          "dataset", "\(name): object \(objects.ids[i]) has no image or no category of the file")
      }
      if DetectionDataset.isBox(objects.boxes[4 * i..<4 * i + 4]) {
        starts[image + 1] += 1
      } else if dropInvalid {
        dropped.insert(i)
      } else {
        let box = objects.boxes[4 * i..<4 * i + 4].map { "\($0)" }.joined(separator: ", ")
        throw TensorError(
          "dataset",
          "\(name): object \(objects.ids[i]) of image \(images.ids[image]) has the box [\(box)]; "
            + "x, y, width and height must be finite, width and height above 0")
      }
    }
    for i in 0..<images.count { starts[i + 1] += starts[i] }
    var (next, order) = (starts, [Int32](repeating: 0, count: objects.count - dropped.count))
    for i in 0..<objects.count where !dropped.contains(i) {
      let image = Int(objects.images[i])
      order[next[image]] = Int32(i)
      next[image] += 1
    }
    self.name = name
    self.annotations = annotations
    self.report = report
    self.source = source
    self.cache = cache
    self.drawn = drawn ?? Array(0..<images.count)
    droppedCount = leftOut + dropped.count
    self.starts = starts
    self.order = order
  }

  /// The images of `annotations`, whose files lie in `folder`.
  /// - Parameter report: what the reader said of the file.
  /// - Parameter dropInvalid: leaves out objects that cannot be read or whose box is not four finite
  ///   numbers of a positive size; `droppedCount` says how many.
  /// - Parameter keepsPictures: holds decoded pictures in memory, as many as there is room for.
  /// - Throws: `COCOError` for a file with errors, unless they are those of objects to leave out;
  ///   `TensorError` for an image without a file name, for objects that refer to nothing, and for such
  ///   boxes where they are not left out.
  public convenience init(
    folder: String, annotations: Annotations, report: Report? = nil, name: String? = nil,
    dropInvalid: Bool = false, keepsPictures: Bool = false
  ) throws {
    let report = report ?? Report(path: name ?? folder)
    try report.refuse(allowed: dropInvalid ? DetectionDataset.objectErrors : [])
    for (i, file) in annotations.images.fileNames.enumerated() where file.isEmpty {
      throw TensorError(
        "dataset", "\(name ?? folder): image \(annotations.images.ids[i]) has no file name")
    }
    try self.init(
      name: name ?? folder, annotations: annotations, report: report, source: .folder(folder),
      dropInvalid: dropInvalid, leftOut: report.leftOut, cache: keepsPictures ? PictureCache() : nil
    )
  }

  /// `shapes` drawn when they are asked for.
  public convenience init(shapes: Shapes, keepsPictures: Bool = true) throws {
    try self.init(
      name: "shapes", annotations: shapes.annotations(), report: Report(path: "shapes"),
      source: .shapes(shapes), dropInvalid: false, cache: keepsPictures ? PictureCache() : nil)
  }

  /// The images at `indices`, 0-based, in that order, with their objects.
  /// - Throws: `TensorError` for an index outside the set and for one that comes twice.
  public func subset(_ indices: [Int]) throws -> DetectionDataset {
    for i in indices { try check(i) }
    guard Set(indices).count == indices.count else {
      throw TensorError("subset", "an image cannot come twice, as its id is one in the annotations")
    }
    return try DetectionDataset(
      name: name, annotations: annotations.rows(images: indices), report: report, source: source,
      dropInvalid: true, cache: cache, drawn: indices.map { drawn[$0] })
  }

  /// Errors for which the reader leaves one object out.
  private static let objectErrors: Set<String> = [
    "invalid-reference", "invalid-box", "nonfinite-box", "invalid-area",
  ]

  private static func isBox(_ box: ArraySlice<Double>) -> Bool {
    box.allSatisfy(\.isFinite) && box.suffix(2).allSatisfy { $0 > 0 }
  }

  public var count: Int { annotations.images.count }
  /// Images have any number of objects.
  public var classLabels: [Int]? { nil }
  public var classCount: Int { annotations.categories.count }

  /// The picture of image `index`, 0-based.
  /// - Throws: `TensorError` naming the file that cannot be read, or whose size is not the annotations':
  ///   their boxes would lie elsewhere.
  public func image(_ index: Int) throws -> RGBImage {
    try check(index)
    if let kept = cache?.image(drawn[index]) { return kept }
    let image = try made(index)
    cache?.keep(image, drawn[index])
    return image
  }

  private func made(_ index: Int) throws -> RGBImage {
    switch source {
    case .folder(let folder):
      let path = folder + "/" + annotations.images.fileNames[index]
      let image = try ImageFile.read(path)
      let (w, h) = (Int(annotations.images.widths[index]), Int(annotations.images.heights[index]))
      // The file of the annotations need not say.
      guard w <= 0 || h <= 0 || (image.width, image.height) == (w, h) else {
        throw TensorError(
          "image",
          "\(path): the picture, upright, is \(image.width) x \(image.height) pixels; its annotation says "
            + "\(w) x \(h)")
      }
      return image
    case .shapes(let shapes): return try shapes.draw(drawn[index])
    }
  }

  /// The objects of image `index` in the order of the annotations, crowds included.
  public func objects(_ index: Int) throws -> [BoxedObject] {
    try check(index)
    let all = annotations.objects
    return order[starts[index]..<starts[index + 1]].map { row in
      let i = Int(row)
      return BoxedObject(
        box: PixelBox(
          x: all.boxes[4 * i], y: all.boxes[4 * i + 1], width: all.boxes[4 * i + 2],
          height: all.boxes[4 * i + 3]),
        label: Int(all.categories[i]), isCrowd: all.isCrowd[i])
    }
  }

  private func check(_ index: Int) throws {
    guard index >= 0, index < count else {
      throw TensorError("image", "index \(index) is outside 0 ..< \(count) of \(name)")
    }
  }
}
