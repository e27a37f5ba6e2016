// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// `results:add(found, {image_ids =, category_ids =})`: what `th.detect.decode(…, {sizes =})` found in the
/// images of a batch. `image_ids` are the file's ids of those images, `category_ids` those of the classes.
func appendDecoded(_ call: LuaCall, to results: LuaDetections) throws {
  let table = try call.table(2, "found")
  func tensor(_ name: String) throws -> Tensor {
    guard case .object(let object) = try table.get(name), let tensor = object as? Tensor else {
      let hint = name == "bbox" ? "; decode with sizes for pixels" : ""
      throw call.argumentError(2, "found", "needs '\(name)', as detect.decode makes it\(hint)")
    }
    return tensor.detached()
  }
  func whole(_ name: String) throws -> [Int64] {
    let tensor = try tensor(name)
    guard tensor.dtype.isInteger else {
      throw call.argumentError(2, "found", "'\(name)' must be integers, got \(tensor.dtype.name)")
    }
    return try tensor.castValues(Int64.self)
  }
  let o = try call.options(at: 3, allowed: ["image_ids", "category_ids"])
  /// A list or a tensor.
  func ids(_ name: String) throws -> [Int64] {
    guard case .table(let list)? = o.value(name) else {
      return try o.required(name, o.tensor(name)).castValues(Int64.self)
    }
    return try list.array.map { value in
      guard case .integer(let id) = value else {
        throw o.error(name, "integers expected, got a \(value.typeName)")
      }
      return Int64(id)
    }
  }
  let (imageIDs, categoryIDs) = (try ids("image_ids"), try ids("category_ids"))
  let (images, labels) = (try whole("images"), try whole("labels"))
  let scores = try tensor("scores").castValues(Double.self)
  let boxes = try tensor("bbox").castValues(Double.self)
  guard images.count == scores.count, labels.count == scores.count, boxes.count == 4 * scores.count
  else {
    throw call.argumentError(
      2, "found",
      "needs as many images, labels and boxes as its \(scores.count) scores")
  }
  for i in scores.indices {
    guard (1...Int64(max(imageIDs.count, 1))).contains(images[i]), !imageIDs.isEmpty else {
      throw call.argumentError(
        2, "found", "image \(images[i]) is none of the \(imageIDs.count) that image_ids names")
    }
    guard (1...Int64(max(categoryIDs.count, 1))).contains(labels[i]), !categoryIDs.isEmpty else {
      throw call.argumentError(
        2, "found", "class \(labels[i]) is none of the \(categoryIDs.count) that category_ids names"
      )
    }
    guard scores[i].isFinite, boxes[4 * i..<4 * i + 4].allSatisfy(\.isFinite) else {
      throw call.argumentError(
        2, "found", "detection \(i + 1), in image \(imageIDs[Int(images[i]) - 1]), is not finite")
    }
  }
  for i in scores.indices {
    results.value.append(
      image: imageIDs[Int(images[i]) - 1], category: categoryIDs[Int(labels[i]) - 1],
      box: (boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), score: scores[i])
  }
}
