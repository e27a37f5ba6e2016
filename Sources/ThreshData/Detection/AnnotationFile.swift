// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshTensor

/// COCO annotations read whole: for files of moderate size.
public enum AnnotationFile {
  /// The columns of the file at `path`. Category rows keep the file's order; a missing area is that of
  /// the box, a missing iscrowd 0.
  /// - Throws: `TensorError` naming the file and what is wrong.
  public static func read(_ path: String) throws -> Annotations {
    let json = try JSON.parse(WholeFile.read(path))
    func wrong(_ what: String) -> TensorError { TensorError("annotations", "\(path): \(what)") }
    func list(_ name: String) throws -> [JSON] {
      guard let items = json[name]?.array else { throw wrong("there is no list '\(name)'") }
      return items
    }
    func id(_ item: JSON, _ name: String, _ what: String) throws -> Int64 {
      guard let value = item[name]?.integer else { throw wrong("\(what) has no whole '\(name)'") }
      return Int64(value)
    }
    var out = Annotations()
    var (images, categories): ([Int64: Int32], [Int64: Int32]) = ([:], [:])
    for (i, item) in try list("images").enumerated() {
      let key = try id(item, "id", "image \(i + 1)")
      guard images.updateValue(Int32(i), forKey: key) == nil else {
        throw wrong("image id \(key) is there twice")
      }
      out.images.ids.append(key)
      out.images.widths.append(Int32(clamping: item["width"]?.integer ?? 0))
      out.images.heights.append(Int32(clamping: item["height"]?.integer ?? 0))
      out.images.fileNames.append(item["file_name"]?.string ?? "")
    }
    for (i, item) in try list("categories").enumerated() {
      let key = try id(item, "id", "category \(i + 1)")
      guard categories.updateValue(Int32(i), forKey: key) == nil else {
        throw wrong("category id \(key) is there twice")
      }
      out.categories.ids.append(key)
      out.categories.names.append(item["name"]?.string ?? String(key))
      out.categories.supercategories.append(item["supercategory"]?.string ?? "")
    }
    for (i, item) in try list("annotations").enumerated() {
      let what = "annotation \(i + 1)"
      guard let image = images[try id(item, "image_id", what)] else {
        throw wrong("\(what) is of an image that is not in the file")
      }
      guard let category = categories[try id(item, "category_id", what)] else {
        throw wrong("\(what) is of a category that is not in the file")
      }
      let box = item["bbox"]?.array?.compactMap(\.double) ?? []
      guard box.count == 4, box.allSatisfy(\.isFinite) else {
        throw wrong("\(what) has no bbox of four numbers")
      }
      out.objects.ids.append(try id(item, "id", what))
      out.objects.images.append(image)
      out.objects.categories.append(category)
      out.objects.boxes += box
      out.objects.areas.append(item["area"]?.double ?? box[2] * box[3])
      out.objects.isCrowd.append(item["iscrowd"]?.integer == 1 || item["iscrowd"]?.bool == true)
    }
    return out
  }
}
