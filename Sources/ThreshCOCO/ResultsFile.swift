// SPDX-License-Identifier: Apache-2.0
import CJSONReader

/// A file of detections and what was wrong with it.
public struct ResultsFile: Sendable {
  public let path: String
  public let detections: Detections
  public let problems: Problems

  /// Reads detections in COCO's results format: a list of objects with image_id, category_id, bbox and
  /// score (also as "annotations" of an object), or of rows of 7 numbers.
  /// - Parameter lenient: keep going past errors of records, which are only in `problems` then.
  /// - Throws: `COCOError` with file, line and column for what is not JSON or not of this form, and with
  ///   the first record for errors.
  public init(path: String, lenient: Bool = false) throws {
    let text = try MappedText(path: path)
    var file = thresh_json_read_results(text.base, text.count)
    defer { thresh_json_free_results(&file) }
    if let message = file.error.message {
      throw text.error(Int(file.error.at), String(cString: message))
    }
    var d = Detections()
    var problems = Problems()
    d.reserve(file.count)
    for i in 0..<file.count {
      let r = file.detections[i]
      func line() -> Int { text.place(r.at).line }
      if let wrong = fieldProblem(r.flags) {
        problems.add(.badField, line: line(), "detection \(i + 1): \(wrong)")
        continue
      }
      let box = (r.box.0, r.box.1, r.box.2, r.box.3)
      guard box.0.isFinite, box.1.isFinite, box.2.isFinite, box.3.isFinite, r.score.isFinite else {
        problems.add(
          .notFinite, line: line(), "detection \(i + 1): box \(box), score \(r.score)")
        continue
      }
      if box.2 <= 0 || box.3 <= 0 {
        problems.add(.emptyBox, line: line(), "detection \(i + 1): \(box.2) x \(box.3)")
      }
      if r.score < 0 || r.score > 1 {
        problems.add(.largeScore, line: line(), "detection \(i + 1): \(r.score)")
      }
      d.append(image: r.image, category: r.category, box: box, score: r.score)
    }
    if !lenient, let error = problems.error(in: path, strict: false) { throw error }
    self.path = path
    detections = d
    self.problems = problems
  }
}

private func fieldProblem(_ flags: UInt32) -> String? {
  for (bit, field) in [
    (thresh_json_image, "image_id"), (thresh_json_category, "category_id"),
    (thresh_json_box, "bbox"), (thresh_json_score, "score"),
  ] where flags & UInt32(bit) == 0 {
    guard flags & (UInt32(bit) << UInt32(thresh_json_wrong)) != 0 else {
      return "\(field) is missing"
    }
    switch bit {
    case thresh_json_box: return "bbox must be a list of four numbers"
    case thresh_json_score: return "score must be a number"
    default: return "\(field) must be a whole number; ids as strings are not read"
    }
  }
  return nil
}
