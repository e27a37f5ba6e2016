// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshTensor

/// Pictures with boxed objects: files of a folder with COCO annotations, or synthetic shapes.
public final class DetectionDataset: Sendable {
  enum Source: Sendable {
    case folder(String)
    case shapes(Shapes)
  }

  public let name: String
  public let annotations: Annotations
  let source: Source
  /// Rows of the objects of each image, one image after another.
  private let order: [Int32]
  private let starts: [Int]

  init(name: String, annotations: Annotations, source: Source) throws {
    let (images, objects) = (annotations.images, annotations.objects)
    var starts = [Int](repeating: 0, count: images.count + 1)
    for i in 0..<objects.count {
      let (image, category) = (Int(objects.images[i]), Int(objects.categories[i]))
      guard images.ids.indices.contains(image),
        annotations.categories.ids.indices.contains(category)
      else {
        throw TensorError(
          "dataset", "\(name): object \(objects.ids[i]) has no image or no category of the file")
      }
      starts[image + 1] += 1
    }
    for i in 0..<images.count { starts[i + 1] += starts[i] }
    var (next, order) = (starts, [Int32](repeating: 0, count: objects.count))
    for i in 0..<objects.count {
      let image = Int(objects.images[i])
      order[next[image]] = Int32(i)
      next[image] += 1
    }
    self.name = name
    self.annotations = annotations
    self.source = source
    self.starts = starts
    self.order = order
  }

  /// The images of `annotations`, whose files lie in `folder`.
  /// - Throws: `TensorError` for an image without a file name, and for objects that refer to nothing.
  public convenience init(folder: String, annotations: Annotations, name: String? = nil) throws {
    for (i, file) in annotations.images.fileNames.enumerated() where file.isEmpty {
      throw TensorError(
        "dataset", "\(name ?? folder): image \(annotations.images.ids[i]) has no file name")
    }
    try self.init(name: name ?? folder, annotations: annotations, source: .folder(folder))
  }

  /// `shapes` drawn when they are asked for.
  public convenience init(shapes: Shapes) throws {
    try self.init(name: "shapes", annotations: shapes.annotations(), source: .shapes(shapes))
  }

  public var count: Int { annotations.images.count }
  public var classCount: Int { annotations.categories.count }

  /// The picture of image `index`, 0-based.
  /// - Throws: `TensorError` naming the file that cannot be read.
  public func image(_ index: Int) throws -> RGBImage {
    try check(index)
    switch source {
    case .folder(let folder):
      return try ImageFile.read(folder + "/" + annotations.images.fileNames[index])
    case .shapes(let shapes): return try shapes.draw(index)
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
      throw TensorError("sample", "index \(index) is outside 0 ..< \(count) of \(name)")
    }
  }
}
