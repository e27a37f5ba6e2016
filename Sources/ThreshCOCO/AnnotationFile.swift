// SPDX-License-Identifier: Apache-2.0
import CJSONReader
import Glibc

/// An annotation file and what was wrong with it.
public struct AnnotationFile: Sendable {
  public let path: String
  public let annotations: Annotations
  public let problems: Problems

  /// Reads a COCO annotation file; polygons are passed over.
  ///
  /// Objects of unknown images or categories are left out and counted; a missing id is the largest id
  /// plus the number of missing ones so far, a missing iscrowd 0, a missing area that of the box.
  /// - Parameter lenient: keep going past errors of records, which are only in `problems` then.
  /// - Throws: `COCOError` with file, line and column for what is not JSON or not of this form, and with
  ///   the first record for errors.
  public init(path: String, lenient: Bool = false, strict: Bool = false) throws {
    let text = try MappedText(path: path)
    var file = thresh_json_read_annotations(text.base, text.count) { passed, length in
      // Pages that were read need not stay.
      let page = sysconf(Int32(_SC_PAGESIZE))
      guard let passed else { return }
      let from = (Int(bitPattern: passed) + page - 1) / page * page
      let to = (Int(bitPattern: passed) + length) / page * page
      if to > from { madvise(UnsafeMutableRawPointer(bitPattern: from), to - from, MADV_DONTNEED) }
    }
    defer { thresh_json_free_annotations(&file) }
    if let message = file.error.message {
      throw text.error(Int(file.error.at), String(cString: message))
    }
    guard file.lists & UInt32(thresh_json_image) != 0,
      file.lists & UInt32(thresh_json_category) != 0
    else {
      let missing = file.lists & UInt32(thresh_json_image) == 0 ? "images" : "categories"
      throw COCOError("\(path): no list '\(missing)'; is this an annotation file?")
    }
    var reader = Reader(text, file)
    reader.read()
    if !lenient, let error = reader.problems.error(in: path, strict: strict) { throw error }
    self.path = path
    annotations = reader.annotations
    problems = reader.problems
  }
}

/// Records into columns.
private struct Reader {
  let text: MappedText
  let file: thresh_json_annotations
  var annotations = Annotations()
  var problems = Problems()

  init(_ text: MappedText, _ file: thresh_json_annotations) {
    (self.text, self.file) = (text, file)
  }

  private func name(_ at: Int, _ length: Int) -> String {
    guard length > 0, let names = file.text else { return "" }
    return String(
      decoding: UnsafeRawBufferPointer(start: names + at, count: length), as: UTF8.self)
  }

  mutating func read() {
    let text = text
    let line = { (at: Int) in text.place(at).line }
    var imageRows: [Int64: Int32] = [:]
    imageRows.reserveCapacity(file.image_count)
    for i in 0..<file.image_count {
      let e = file.images[i]
      guard e.flags & UInt32(thresh_json_id) != 0 else {
        problems.add(.badField, line: line(e.at), idProblem(e.flags, of: "the image", "id"))
        continue
      }
      guard imageRows[e.id] == nil else {
        problems.add(.duplicateImage, line: line(e.at), "image \(e.id)")
        continue
      }
      imageRows[e.id] = Int32(annotations.images.count)
      annotations.images.ids.append(e.id)
      annotations.images.widths.append(e.width)
      annotations.images.heights.append(e.height)
      annotations.images.fileNames.append(name(e.name, e.name_length))
    }
    var categoryRows: [Int64: Int32] = [:]
    for i in 0..<file.category_count {
      let e = file.categories[i]
      guard e.flags & UInt32(thresh_json_id) != 0 else {
        problems.add(.badField, line: line(e.at), idProblem(e.flags, of: "the category", "id"))
        continue
      }
      guard categoryRows[e.id] == nil else {
        problems.add(.duplicateCategory, line: line(e.at), "category \(e.id)")
        continue
      }
      if e.name_length == 0 { problems.add(.unnamedCategory, line: line(e.at), "category \(e.id)") }
      categoryRows[e.id] = Int32(annotations.categories.count)
      annotations.categories.ids.append(e.id)
      annotations.categories.names.append(name(e.name, e.name_length))
      annotations.categories.supercategories.append(name(e.group, e.group_length))
    }
    readObjects(imageRows, categoryRows)
  }

  private mutating func readObjects(_ imageRows: [Int64: Int32], _ categoryRows: [Int64: Int32]) {
    let text = text
    let line = { (at: Int) in text.place(at).line }
    let count = file.object_count
    var o = Annotations.Objects()
    o.reserve(count)
    var largest: Int64 = 0
    for i in 0..<count { largest = max(largest, file.objects[i].id) }
    var corners = 0
    for i in 0..<count {
      let r = file.objects[i]
      func has(_ bit: some BinaryInteger) -> Bool { r.flags & UInt32(bit) != 0 }
      if let wrong = fieldProblem(r) {
        problems.add(.badField, line: line(r.at), wrong)
        continue
      }
      var id = r.id
      if !has(thresh_json_id) {
        largest += 1
        id = largest
        problems.add(.missingID, line: line(r.at), "it is \(id) here")
      }
      let box = (r.box.0, r.box.1, r.box.2, r.box.3)
      guard box.0.isFinite, box.1.isFinite, box.2.isFinite, box.3.isFinite,
        !has(thresh_json_area) || r.area.isFinite
      else {
        problems.add(.notFinite, line: line(r.at), "object \(id): box \(box), area \(r.area)")
        continue
      }
      if id < 0 { problems.add(.negativeID, line: line(r.at), "object \(id)") }
      if id == 0 {
        problems.add(
          .zeroID, line: line(r.at), "pycocotools never counts a match with it; mode 'strict' does")
      }
      guard let image = imageRows[r.image] else {
        problems.add(.unknownImage, line: line(r.at), "object \(id): image \(r.image)")
        continue
      }
      guard let category = categoryRows[r.category] else {
        problems.add(.unknownCategory, line: line(r.at), "object \(id): category \(r.category)")
        continue
      }
      if !has(thresh_json_crowd) { problems.add(.missingCrowd, line: line(r.at), "object \(id)") }
      if !has(thresh_json_area) { problems.add(.missingArea, line: line(r.at), "object \(id)") }
      let (width, height) = (
        Double(annotations.images.widths[Int(image)]),
        Double(annotations.images.heights[Int(image)])
      )
      if box.2 <= 0 || box.3 <= 0 {
        problems.add(.emptyBox, line: line(r.at), "object \(id): \(box.2) x \(box.3)")
      } else if width > 0, height > 0 {
        // A pixel of tolerance: annotators round.
        let isOutside =
          box.0 < -1 || box.1 < -1 || box.0 + box.2 > width + 1 || box.1 + box.3 > height + 1
        if isOutside {
          problems.add(
            .outsideBox, line: line(r.at), "object \(id): \(box) in \(Int(width)) x \(Int(height))")
          if box.2 > box.0 && box.3 > box.1 && box.2 <= width + 1 && box.3 <= height + 1 {
            corners += 1
          }
        }
      }
      o.ids.append(id)
      o.images.append(image)
      o.categories.append(category)
      o.boxes.append(contentsOf: [box.0, box.1, box.2, box.3])
      o.areas.append(has(thresh_json_area) ? r.area : box.2 * box.3)
      o.isCrowd.append(r.crowd != 0)
      o.isIgnored.append(r.ignore != 0)
    }
    if corners * 4 > max(o.count, 1) {
      problems.add(.cornerBoxes, line: 0, "\(corners) of \(o.count) boxes")
    }
    findDuplicates(o)
    annotations.objects = o
  }

  private mutating func findDuplicates(_ o: Annotations.Objects) {
    let text = text
    let line = { (at: Int) in text.place(at).line }
    let sorted = o.ids.indices.sorted { (o.ids[$0], $0) < (o.ids[$1], $1) }
    for (a, b) in zip(sorted, sorted.dropFirst()) where o.ids[a] == o.ids[b] {
      let id = o.ids[b]
      let last = (0..<file.object_count).last { file.objects[$0].id == id }
      let at = last.map { file.objects[$0].at }
      problems.add(.duplicateID, line: at.map(line) ?? 0, "object \(id)")
    }
  }

  private func fieldProblem(_ r: thresh_json_object) -> String? {
    func wrong(_ bit: some BinaryInteger) -> Bool {
      r.flags & (UInt32(bit) << UInt32(thresh_json_wrong)) != 0
    }
    func missing(_ bit: some BinaryInteger) -> Bool { r.flags & UInt32(bit) == 0 }
    if wrong(thresh_json_id) { return idProblem(r.flags, of: "the object", "id") }
    for (bit, field) in [(thresh_json_image, "image_id"), (thresh_json_category, "category_id")]
    where missing(bit) {
      return wrong(bit)
        ? "\(field) must be a whole number; ids as strings are not read" : "\(field) is missing"
    }
    if missing(thresh_json_box) {
      return wrong(thresh_json_box) ? "bbox must be a list of four numbers" : "bbox is missing"
    }
    if wrong(thresh_json_area) { return "area must be a number" }
    if wrong(thresh_json_crowd) { return "iscrowd must be 0 or 1" }
    return nil
  }
}

private func idProblem(_ flags: UInt32, of what: String, _ field: String) -> String {
  flags & (UInt32(thresh_json_id) << UInt32(thresh_json_wrong)) != 0
    ? "\(field) of \(what) must be a whole number; ids as strings are not read"
    : "\(field) of \(what) is missing"
}
