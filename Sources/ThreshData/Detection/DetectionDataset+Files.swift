// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshCOCO
import ThreshTensor

extension DetectionDataset {
  /// Writes the pictures as PNG files into `folder`, and the annotations beside them as
  /// `instances.json`.
  /// - Throws: `TensorError` naming what cannot be written.
  public func write(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/images", withIntermediateDirectories: true)
    } catch {
      throw TensorError("write", "'\(folder)' cannot be made a folder")
    }
    for i in 0..<count {
      try Interrupt.check("write")
      try ImageFile.writePNG(image(i), to: "\(folder)/images/\(pngName(i))")
    }
    try AtomicFile.write(folder + "/instances.json", Array(json().text.utf8))
  }

  /// The file's name, its extension changed to png.
  private func pngName(_ i: Int) -> String {
    let file = annotations.images.fileNames[i].split(separator: "/").last.map(String.init) ?? ""
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file + ".png" }
    return file[..<dot] + ".png"
  }

  private func json() -> JSON {
    .object([
      "images": .array((0..<count).map(imageEntry)),
      "categories": .array((0..<classCount).map(categoryEntry)),
      "annotations": .array((0..<annotations.objects.count).map(objectEntry)),
    ])
  }

  private func imageEntry(_ i: Int) -> JSON {
    let images = annotations.images
    return .object([
      "id": .integer(Int(images.ids[i])), "file_name": .string(pngName(i)),
      "width": .integer(Int(images.widths[i])), "height": .integer(Int(images.heights[i])),
    ])
  }

  private func categoryEntry(_ i: Int) -> JSON {
    let categories = annotations.categories
    return .object([
      "id": .integer(Int(categories.ids[i])), "name": .string(categories.names[i]),
      "supercategory": .string(categories.supercategories[i]),
    ])
  }

  private func objectEntry(_ i: Int) -> JSON {
    let objects = annotations.objects
    let image = annotations.images.ids[Int(objects.images[i])]
    let category = annotations.categories.ids[Int(objects.categories[i])]
    let box: [JSON] = objects.boxes[4 * i..<4 * i + 4].map { .number($0) }
    return .object([
      "id": .integer(Int(objects.ids[i])), "image_id": .integer(Int(image)),
      "category_id": .integer(Int(category)), "bbox": .array(box),
      "area": .number(objects.areas[i]), "iscrowd": .integer(objects.isCrowd[i] ? 1 : 0),
    ])
  }
}
