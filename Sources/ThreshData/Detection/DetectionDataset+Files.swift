// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshCOCO
import ThreshTensor

extension DetectionDataset {
  /// Writes the pictures as PNG files into `folder`/images, and the annotations beside that as
  /// `instances.json`, without masks. Files keep their names without folders; where two would be the
  /// same, all are named by the ids of the images.
  /// - Throws: `TensorError` naming what cannot be written.
  public func write(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder + "/images", withIntermediateDirectories: true)
    } catch {
      throw TensorError("write", "'\(folder)' cannot be made a folder")
    }
    let names = pngNames()
    var entries: [JSON] = []
    for (i, name) in names.enumerated() {
      try Interrupt.check("write")
      let image = try image(i)
      try ImageFile.writePNG(image, to: "\(folder)/images/\(name)")
      entries.append(
        .object([
          "id": .integer(Int(annotations.images.ids[i])), "file_name": .string(name),
          "width": .integer(image.width), "height": .integer(image.height),
        ]))
    }
    let json = JSON.object([
      "images": .array(entries),
      "categories": .array((0..<classCount).map(categoryEntry)),
      "annotations": .array((0..<annotations.objects.count).map(objectEntry)),
    ])
    try AtomicFile.write(folder + "/instances.json", Array(json.text.utf8))
  }

  private func pngNames() -> [String] {
    let names = (0..<count).map(pngName)
    return Set(names).count == count ? names : annotations.images.ids.map { "\($0).png" }
  }

  /// The file's name, its extension changed to png.
  private func pngName(_ i: Int) -> String {
    let file = annotations.images.fileNames[i].split(separator: "/").last.map(String.init) ?? ""
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file + ".png" }
    return file[..<dot] + ".png"
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
    let isIgnored = i < objects.isIgnored.count && objects.isIgnored[i]
    return .object(
      [
        JSON.Member("id", .integer(Int(objects.ids[i]))),
        JSON.Member("image_id", .integer(Int(image))),
        JSON.Member("category_id", .integer(Int(category))), JSON.Member("bbox", .array(box)),
        JSON.Member("area", .number(objects.areas[i])),
        JSON.Member("iscrowd", .integer(objects.isCrowd[i] ? 1 : 0)),
      ] + (isIgnored ? [JSON.Member("ignore", .integer(1))] : []))
  }
}
