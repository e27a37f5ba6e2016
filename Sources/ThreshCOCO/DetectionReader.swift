// SPDX-License-Identifier: Apache-2.0
import CJSONReader

extension Detections {
  /// Reads a file of results in one pass: a list, or an object with the list as `annotations`.
  ///
  /// Records that are no results (no finite score, no box of four finite numbers, ids that are no
  /// integers) are in the report as errors and not in the columns. Throws ``COCOError`` when the file
  /// cannot be read or is no JSON.
  public static func read(path: String, masks: Bool = false) throws -> (Detections, Report) {
    var reader = DetectionReader(try JSONReader(path: path), masks: masks)
    return try reader.read()
  }

  /// Reads the text of a file of results. `name` stands for the path in messages.
  public static func read(
    bytes: [UInt8], name: String = "results", masks: Bool = false
  ) throws -> (Detections, Report) {
    var reader = DetectionReader(try JSONReader(bytes: bytes, name: name), masks: masks)
    return try reader.read()
  }

  /// Adds what only the annotations can tell to the report of a file: results of unknown images
  /// (errors) and of unknown categories (warnings), with their lines when `report` is that of the file
  /// and the file is still there.
  public func check(against annotations: Annotations, _ report: inout Report) {
    func add(
      _ kind: ProblemCollector.Kind, _ known: [Int64], _ ids: [Int64], _ name: String
    ) {
      let table = IDTable(known)
      var (count, examples): (Int, [Report.Example]) = (0, [])
      for (i, id) in ids.enumerated() where table[id] < 0 {
        count += 1
        guard examples.count < Report.exampleLimit else { continue }
        let place = i < report.places.count ? report.places[i] : nil
        let record = place.map { Int($0.record) } ?? i
        let position = place.flatMap { JSONReader.position($0.offset, in: report.path) }
        examples.append(
          Report.Example(
            record: record, line: position?.line ?? 0, column: position?.column ?? 0,
            detail: "\(name) \(id) (result \(record))"))
      }
      guard count > 0 else { return }
      let told = kind.told(results: true)
      report.problems.append(
        Report.Problem(
          kind: told.slug, severity: told.severity, message: told.message, count: count,
          examples: examples))
    }
    add(.imageUnknown, annotations.images.ids, images, "image_id")
    add(.categoryUnknown, annotations.categories.ids, categories, "category_id")
  }
}

private struct DetectionReader {
  private let reader: JSONReader
  private let masks: Bool
  private var result = Detections()
  private var problems = ProblemCollector()
  private var places: [RecordPlace] = []

  init(_ reader: JSONReader, masks: Bool) {
    self.reader = reader
    self.masks = masks
  }

  mutating func read() throws -> (Detections, Report) {
    switch reader.next {
    case THRESH_JSON_ARRAY: try readList()
    case THRESH_JSON_OBJECT:
      var found = false
      try reader.members { name in
        guard name == "annotations", reader.next == THRESH_JSON_ARRAY else {
          return try reader.skip()
        }
        found = true
        try readList()
      }
      guard found else {
        throw COCOError("\(reader.path): an object of results needs a list 'annotations'")
      }
    default:
      throw reader.error(
        "results are a list of objects, got \(reader.next.name)", at: reader.offset)
    }
    try reader.finish()
    var report = problems.report(reader, results: true)
    report.places = places
    return (result, report)
  }

  private mutating func readList() throws {
    var wanted: [(name: StaticString, want: thresh_json_want)] = [
      ("image_id", THRESH_JSON_WANT_INTEGER), ("category_id", THRESH_JSON_WANT_INTEGER),
      ("bbox", THRESH_JSON_WANT_NUMBERS), ("score", THRESH_JSON_WANT_NUMBER),
    ]
    if masks { wanted.append(("segmentation", THRESH_JSON_WANT_RAW)) }
    let record = JSONRecord(wanted)
    var position = -1
    try reader.items {
      let offset = reader.offset
      try reader.read(record)
      position += 1
      try add(record, position, offset)
    }
  }

  private mutating func add(_ record: JSONRecord, _ position: Int, _ offset: UInt64) throws {
    let values = record.values
    // All of a record's problems are told, not the first alone.
    let hasImage = isID(values[0], "image_id", position, offset)
    let hasCategory = isID(values[1], "category_id", position, offset)
    let hasScore = isScore(values[3], position, offset)
    guard let shape = try readShape(record, position, offset), hasImage, hasCategory, hasScore
    else {
      return
    }
    let box = shape.box
    if masks { result.masks.append(shape.mask) }
    let score = values[3].number
    if !(score >= 0 && score <= 1) {
      problems.add(.scoreLarge, record: position, offset: offset, "score \(score)")
    }
    if !(box.2 > 0 && box.3 > 0) {
      problems.add(
        .boxDegenerate, record: position, offset: values[2].offset, "result \(position)")
    }
    // No image has 2^31 pixels a side.
    let limit = 2147483648.0
    if max(abs(box.0), abs(box.1), abs(box.2), abs(box.3)) > limit {
      problems.add(.boxHuge, record: position, offset: values[2].offset, "result \(position)")
    }
    places.append(RecordPlace(position, offset))
    result.append(
      image: values[0].integer, category: values[1].integer, box: box, score: score)
  }

  private mutating func isScore(
    _ value: thresh_json_value, _ position: Int, _ offset: UInt64
  ) -> Bool {
    if value.kind.isFiniteNumber { return true }
    problems.add(
      value.kind == THRESH_JSON_NONFINITE ? .scoreNonfinite : .scoreInvalid, record: position,
      offset: value.kind == THRESH_JSON_ABSENT ? offset : value.offset, "got \(value.kind.name)")
    return false
  }

  /// The box and, where it is wanted, the mask; of a mask alone its own box.
  private mutating func readShape(
    _ record: JSONRecord, _ position: Int, _ offset: UInt64
  ) throws -> (box: Box, mask: Segmentation)? {
    let value = record.values[2]
    let isAbsent = value.kind == THRESH_JSON_ABSENT
    if masks, record.values[4].kind != THRESH_JSON_ABSENT {
      do {
        let mask = try Segmentation(json: record.bytes(4))
        if isAbsent { return (try mask.box(), mask) }
        if boxProblem(value) == nil { return (value.numbers, mask) }
      } catch let error as COCOError {
        problems.add(
          .maskInvalid, record: position, offset: record.values[4].offset, error.message)
        if isAbsent || boxProblem(value) == nil { return nil }
      }
    }
    guard let problem = boxProblem(value) else { return (value.numbers, .none) }
    problems.add(
      problem.kind, record: position, offset: isAbsent ? offset : value.offset, problem.detail)
    return nil
  }

  private mutating func isID(
    _ value: thresh_json_value, _ name: String, _ position: Int, _ offset: UInt64
  ) -> Bool {
    if value.kind == THRESH_JSON_INTEGER { return true }
    let hint = value.kind == THRESH_JSON_STRING ? " (write the number without quotes)" : ""
    problems.add(
      .referenceInvalid, record: position,
      offset: value.kind == THRESH_JSON_ABSENT ? offset : value.offset,
      "'\(name)' is \(value.kind.name)\(hint)")
    return false
  }
}
