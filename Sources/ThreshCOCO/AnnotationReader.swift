// SPDX-License-Identifier: Apache-2.0
import CJSONReader

extension Annotations {
  /// Reads an annotation file in one pass. Only the columns are kept; `masks` keeps outlines too.
  ///
  /// What the file has wrong is in the report, by kind, with the lines of the first records; objects
  /// of unknown images or categories are left out. Throws ``COCOError`` when the file cannot be read
  /// or is no JSON.
  public static func read(path: String, masks: Bool = false) throws -> (Annotations, Report) {
    var reader = AnnotationReader(try JSONReader(path: path), masks: masks)
    return try reader.read()
  }

  /// Reads the text of an annotation file. `name` stands for the path in messages.
  public static func read(
    bytes: [UInt8], name: String = "annotations", masks: Bool = false
  ) throws -> (Annotations, Report) {
    var reader = AnnotationReader(try JSONReader(bytes: bytes, name: name), masks: masks)
    return try reader.read()
  }
}

/// One pass over an annotation file; ids become rows at its end, as lists come in any order.
private struct AnnotationReader {
  private let reader: JSONReader
  private let masks: Bool
  private var result = Annotations()
  private var problems = ProblemCollector()
  private var objectsRead = 0
  private var imageIDs: [Int64] = []
  private var categoryIDs: [Int64] = []
  private var places: [RecordPlace] = []
  private var imagePlaces: [RecordPlace] = []
  private var categoryPlaces: [RecordPlace] = []
  /// Positions of annotations without a usable id.
  private var nameless: [Int] = []

  init(_ reader: JSONReader, masks: Bool) {
    self.reader = reader
    self.masks = masks
  }

  mutating func read() throws -> (Annotations, Report) {
    guard reader.next == THRESH_JSON_OBJECT else {
      throw reader.error(
        "an annotation file is an object with 'images', 'annotations' and 'categories', got "
          + reader.next.name, at: reader.offset)
    }
    var found = (images: false, annotations: false, categories: false)
    try reader.members { name in
      switch name {
      case "images":
        try requireList(name)
        try readImages()
        found.images = true
      case "annotations":
        try requireList(name)
        try readObjects()
        found.annotations = true
      case "categories":
        try requireList(name)
        try readCategories()
        found.categories = true
      default: try reader.skip()
      }
    }
    try reader.finish()
    guard found.images, found.categories else {
      throw COCOError(
        "\(reader.path): an annotation file needs '\(found.images ? "categories" : "images")'")
    }
    nameObjects()
    findRows()
    inspectBoxes()
    var report = problems.report(reader)
    report.leftOut = objectsRead - result.objects.count
    return (result, report)
  }

  private func requireList(_ name: String) throws {
    guard reader.next == THRESH_JSON_ARRAY else {
      throw reader.error("'\(name)' must be a list, got \(reader.next.name)", at: reader.offset)
    }
  }

  private mutating func readImages() throws {
    let record = JSONRecord([
      ("id", THRESH_JSON_WANT_INTEGER), ("width", THRESH_JSON_WANT_INTEGER),
      ("height", THRESH_JSON_WANT_INTEGER), ("file_name", THRESH_JSON_WANT_TEXT),
    ])
    let values = record.values
    var position = -1
    func pixels(_ value: thresh_json_value) -> Int32 {
      value.kind == THRESH_JSON_INTEGER ? Int32(exactly: value.integer) ?? 0 : 0
    }
    try reader.items {
      let offset = reader.offset
      try reader.read(record)
      position += 1
      guard values[0].kind == THRESH_JSON_INTEGER else {
        problems.add(.imageInvalid, record: position, offset: offset, "got \(values[0].kind.name)")
        return
      }
      result.images.ids.append(values[0].integer)
      result.images.widths.append(pixels(values[1]))
      result.images.heights.append(pixels(values[2]))
      result.images.fileNames.append(values[3].kind == THRESH_JSON_STRING ? record.text(3) : "")
      imagePlaces.append(RecordPlace(position, offset))
    }
  }

  private mutating func readCategories() throws {
    let record = JSONRecord([
      ("id", THRESH_JSON_WANT_INTEGER), ("name", THRESH_JSON_WANT_TEXT),
      ("supercategory", THRESH_JSON_WANT_TEXT),
    ])
    let values = record.values
    var position = -1
    try reader.items {
      let offset = reader.offset
      try reader.read(record)
      position += 1
      guard values[0].kind == THRESH_JSON_INTEGER else {
        problems.add(
          .categoryInvalid, record: position, offset: offset, "got \(values[0].kind.name)")
        return
      }
      result.categories.ids.append(values[0].integer)
      result.categories.names.append(values[1].kind == THRESH_JSON_STRING ? record.text(1) : "")
      result.categories.supercategories.append(
        values[2].kind == THRESH_JSON_STRING ? record.text(2) : "")
      categoryPlaces.append(RecordPlace(position, offset))
    }
  }

  private mutating func readObjects() throws {
    var wanted: [(name: StaticString, want: thresh_json_want)] = [
      ("id", THRESH_JSON_WANT_INTEGER), ("image_id", THRESH_JSON_WANT_INTEGER),
      ("category_id", THRESH_JSON_WANT_INTEGER), ("bbox", THRESH_JSON_WANT_NUMBERS),
      ("area", THRESH_JSON_WANT_NUMBER), ("iscrowd", THRESH_JSON_WANT_INTEGER),
      ("ignore", THRESH_JSON_WANT_INTEGER),
    ]
    if masks { wanted.append(("segmentation", THRESH_JSON_WANT_RAW)) }
    let record = JSONRecord(wanted)
    var position = -1
    try reader.items {
      let offset = reader.offset
      try reader.read(record)
      position += 1
      try addObject(record, position, offset)
    }
  }

  private mutating func addObject(_ record: JSONRecord, _ position: Int, _ offset: UInt64) throws {
    let values = record.values
    objectsRead += 1
    // All of a record's problems are told, not the first alone.
    let image = reference(values[1], "image_id", position, offset)
    let category = reference(values[2], "category_id", position, offset)
    let isBox = hasBox(values[3], position, offset)
    let isCrowd = crowd(values[5], position, offset)
    let box = values[3].numbers
    let area = readArea(values[4], isBox ? box.2 * box.3 : 0, position, offset)
    let id = readID(values[0], position, offset)
    guard let image, let category, isBox, let area else { return }
    if id == nil { nameless.append(result.objects.ids.count) }
    result.objects.ids.append(id ?? 0)
    imageIDs.append(image)
    categoryIDs.append(category)
    places.append(RecordPlace(position, offset))
    result.objects.boxes.append(box.0)
    result.objects.boxes.append(box.1)
    result.objects.boxes.append(box.2)
    result.objects.boxes.append(box.3)
    result.objects.areas.append(area)
    result.objects.isCrowd.append(isCrowd)
    let isIgnored = isSet(values[6])
    if isIgnored {
      problems.add(.ignoreSet, record: position, offset: offset, "annotation \(position)")
    }
    if isIgnored || !result.objects.isIgnored.isEmpty {
      let missing = result.objects.count - 1 - result.objects.isIgnored.count
      result.objects.isIgnored += [Bool](repeating: false, count: missing)
      result.objects.isIgnored.append(isIgnored)
    }
    if masks { try addMask(record, position, offset) }
  }

  private mutating func addMask(_ record: JSONRecord, _ position: Int, _ offset: UInt64) throws {
    let value = record.values[7]
    guard value.kind != THRESH_JSON_ABSENT else { return result.objects.masks.append(.none) }
    do {
      result.objects.masks.append(try Segmentation(json: record.bytes(7)))
    } catch let error as COCOError {
      problems.add(.maskInvalid, record: position, offset: value.offset, error.message)
      result.objects.masks.append(.none)
    }
  }

  private func isSet(_ value: thresh_json_value) -> Bool {
    (value.kind == THRESH_JSON_INTEGER || value.kind == THRESH_JSON_BOOLEAN) && value.integer != 0
  }

  private mutating func crowd(_ value: thresh_json_value, _ position: Int, _ offset: UInt64) -> Bool
  {
    switch value.kind {
    case THRESH_JSON_ABSENT, THRESH_JSON_NULL:
      problems.add(.crowdMissing, record: position, offset: offset, "annotation \(position)")
    case THRESH_JSON_INTEGER, THRESH_JSON_BOOLEAN:
      if value.integer != 0 && value.integer != 1 {
        problems.add(
          .crowdInvalid, record: position, offset: value.offset, "got \(value.integer)")
      }
      return value.integer != 0
    default:
      problems.add(
        .crowdInvalid, record: position, offset: value.offset, "got \(value.kind.name)")
    }
    return false
  }

  private mutating func reference(
    _ value: thresh_json_value, _ name: String, _ position: Int, _ offset: UInt64
  ) -> Int64? {
    if value.kind == THRESH_JSON_INTEGER { return value.integer }
    problems.add(
      .referenceInvalid, record: position,
      offset: value.kind == THRESH_JSON_ABSENT ? offset : value.offset,
      "'\(name)' is \(value.kind.name)")
    return nil
  }

  private mutating func hasBox(
    _ value: thresh_json_value, _ position: Int, _ offset: UInt64
  ) -> Bool {
    guard let problem = boxProblem(value) else { return true }
    problems.add(
      problem.kind, record: position,
      offset: value.kind == THRESH_JSON_ABSENT ? offset : value.offset, problem.detail)
    return false
  }

  /// The area, or that of the box when there is none.
  private mutating func readArea(
    _ value: thresh_json_value, _ box: Double, _ position: Int, _ offset: UInt64
  ) -> Double? {
    switch value.kind {
    case THRESH_JSON_INTEGER, THRESH_JSON_NUMBER: return value.number
    case THRESH_JSON_ABSENT, THRESH_JSON_NULL:
      problems.add(.areaMissing, record: position, offset: offset, "annotation \(position)")
      return box
    default:
      problems.add(
        .areaInvalid, record: position, offset: value.offset, "got \(value.kind.name)")
      return nil
    }
  }

  /// The id; nil for one that is to be given.
  private mutating func readID(
    _ value: thresh_json_value, _ position: Int, _ offset: UInt64
  ) -> Int64? {
    switch value.kind {
    case THRESH_JSON_INTEGER:
      if value.integer == 0 {
        problems.add(.idZero, record: position, offset: offset, "annotation \(position)")
      } else if value.integer < 0 {
        problems.add(.idNegative, record: position, offset: offset, "id \(value.integer)")
      }
      return value.integer
    case THRESH_JSON_ABSENT, THRESH_JSON_NULL:
      problems.add(.idMissing, record: position, offset: offset, "annotation \(position)")
    default:
      problems.add(.idInvalid, record: position, offset: value.offset, "got \(value.kind.name)")
    }
    return nil
  }

  /// Gives ids that no annotation has.
  private mutating func nameObjects() {
    var next = (result.objects.ids.max() ?? 0) &+ 1
    if next < 1 { next = 1 }
    for i in nameless {
      result.objects.ids[i] = next
      next &+= 1
    }
    var known = IDTable(capacity: result.objects.count)
    for (i, id) in result.objects.ids.enumerated() where !known.insert(id, i) {
      problems.add(.idDuplicate, places[i], "id \(id)")
    }
  }

  /// Rows of images and categories for their ids; objects without are left out.
  private mutating func findRows() {
    var images = IDTable(capacity: result.images.count)
    for (i, id) in result.images.ids.enumerated() where !images.insert(id, i) {
      problems.add(.imageDuplicate, imagePlaces[i], "id \(id)")
    }
    var categories = IDTable(capacity: result.categories.count)
    for (i, id) in result.categories.ids.enumerated() where !categories.insert(id, i) {
      problems.add(.categoryDuplicate, categoryPlaces[i], "id \(id)")
    }
    let count = result.objects.count
    result.objects.images.reserveCapacity(count)
    result.objects.categories.reserveCapacity(count)
    // The objects to keep, as soon as one is left out.
    var kept: [Int]?
    for i in 0..<count {
      let (image, category) = (images[imageIDs[i]], categories[categoryIDs[i]])
      if image >= 0 && category >= 0 {
        result.objects.images.append(Int32(truncatingIfNeeded: image))
        result.objects.categories.append(Int32(truncatingIfNeeded: category))
        kept?.append(i)
        continue
      }
      if image < 0 {
        problems.add(
          .imageUnknown, places[i], "image_id \(imageIDs[i])")
      } else {
        problems.add(
          .categoryUnknown, places[i], "category_id \(categoryIDs[i])")
      }
      if kept == nil { kept = Array(0..<i) }
    }
    if let kept { keep(kept) }
  }

  /// Leaves the other objects out of the columns that are filled already.
  private mutating func keep(_ rows: [Int]) {
    let objects = result.objects
    result.objects.ids = rows.map { objects.ids[$0] }
    result.objects.areas = rows.map { objects.areas[$0] }
    result.objects.isCrowd = rows.map { objects.isCrowd[$0] }
    result.objects.boxes = rows.flatMap { objects.boxes[4 * $0..<4 * $0 + 4] }
    if !objects.isIgnored.isEmpty {
      let flags = objects.isIgnored
      result.objects.isIgnored = rows.map { $0 < flags.count && flags[$0] }
    }
    if !objects.masks.isEmpty { result.objects.masks = rows.map { objects.masks[$0] } }
    places = rows.map { places[$0] }
  }

  /// Boxes that training or people should know of.
  private mutating func inspectBoxes() {
    let objects = result.objects
    var corners = 0
    for i in 0..<objects.count {
      let (x, y) = (objects.boxes[4 * i], objects.boxes[4 * i + 1])
      let (w, h) = (objects.boxes[4 * i + 2], objects.boxes[4 * i + 3])
      if !(w > 0 && h > 0) {
        problems.add(.boxDegenerate, places[i], "id \(objects.ids[i])")
      }
      let image = Int(objects.images[i])
      let (width, height) = (
        Double(result.images.widths[image]), Double(result.images.heights[image])
      )
      guard width > 0, height > 0 else { continue }
      // A pixel of slack: annotation tools round.
      if x < -1 || y < -1 || x + w > width + 1 || y + h > height + 1 {
        problems.add(.boxOutside, places[i], "id \(objects.ids[i])")
        if w > x && h > y && w <= width + 1 && h <= height + 1 && x >= 0 && y >= 0 { corners += 1 }
      }
    }
    guard corners > 4, 3 * corners > objects.count else { return }
    problems.add(
      .boxCorners, places[0], "\(corners) of \(objects.count) boxes")
  }
}

/// What is wrong with the form of a box.
func boxProblem(_ value: thresh_json_value) -> (kind: ProblemCollector.Kind, detail: String)? {
  guard value.kind == THRESH_JSON_ARRAY else {
    return (.boxInvalid, "got \(value.kind.name)")
  }
  if value.item == THRESH_JSON_NONFINITE { return (.boxNonfinite, "got \(value.item.name)") }
  if value.item != THRESH_JSON_ABSENT { return (.boxInvalid, "an item is \(value.item.name)") }
  return value.count == 4 ? nil : (.boxInvalid, "got \(value.count) numbers")
}
