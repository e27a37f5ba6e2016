// SPDX-License-Identifier: Apache-2.0
import CJSONReader

/// Annotation files made of others: records are copied as they stand, whatever fields they have.
public enum AnnotationFile {
  /// What to keep of a file. Objects of images or categories that are not kept go with them.
  public struct Choice: Sendable {
    /// Ids; nil keeps all.
    public var images: Set<Int64>?
    public var categories: Set<Int64>?
    /// Square pixels, both ends included.
    public var areas: ClosedRange<Double>?
    public var dropCrowds = false
    /// Leaves out objects without a box of four finite numbers and a positive size.
    public var dropInvalid = false

    public init() {}
  }

  public struct Counts: Sendable, Equatable {
    public var images = 0
    public var objects = 0
    public var categories = 0
    /// Objects that a file of a merge has as one before it did, and that were left out.
    public var repeated = 0
  }

  /// Copies what `choice` keeps. Throws ``COCOError`` when a file cannot be read or written.
  @discardableResult
  public static func copy(_ source: String, to path: String, _ choice: Choice) throws -> Counts {
    let reader = try JSONReader(path: source)
    let writer = try FileWriter(path: path)
    var counts = Counts()
    var isFirst = true
    try requireObject(reader)
    try writer.write("{")
    try reader.members { name in
      try writer.write(isFirst ? "\n" : ",\n")
      isFirst = false
      try writer.write(quoted(name) + ":")
      guard reader.next == THRESH_JSON_ARRAY,
        ["images", "annotations", "categories"].contains(name)
      else {
        let value = try reader.read(THRESH_JSON_WANT_RAW)
        return try writer.write(UnsafeRawBufferPointer(start: value.text, count: value.length))
      }
      let record = Record()
      let list = RecordList(writer)
      try reader.items {
        try reader.read(record.fields)
        switch name {
        case "images":
          guard choice.images.map({ $0.contains(record.id) }) ?? true else { return }
          counts.images += 1
        case "categories":
          guard choice.categories.map({ $0.contains(record.id) }) ?? true else { return }
          counts.categories += 1
        default:
          guard choice.keeps(record) else { return }
          counts.objects += 1
        }
        try list.add(record.text)
      }
      try list.close()
    }
    try writer.write("\n}\n")
    try reader.finish()
    try writer.close()
    return counts
  }

  /// Puts files together. Images with the same id and file name are one; categories with the same name
  /// are one; so are objects of different files with the same id, image, category and box. Ids that are
  /// taken by something else are replaced by new ones. What else a file has (`info`, `licenses`) comes
  /// from the first.
  @discardableResult
  public static func merge(_ sources: [String], to path: String) throws -> Counts {
    let writer = try FileWriter(path: path)
    var merger = Merger(sources: sources)
    try merger.number()
    try writer.write("{")
    if let first = sources.first { try copyRest(first, writer) }
    for (i, name) in ["images", "annotations", "categories"].enumerated() {
      try writer.write((i > 0 ? ",\n" : "\n") + "\"\(name)\":")
      let list = RecordList(writer)
      for file in sources.indices { try merger.write(name, file, list) }
      try list.close()
    }
    try writer.write("\n}\n")
    try writer.close()
    return merger.counts
  }

  /// The members of a file that are not its three lists, each with a comma behind it.
  private static func copyRest(_ source: String, _ writer: FileWriter) throws {
    let reader = try JSONReader(path: source)
    try requireObject(reader)
    try reader.members { name in
      if ["images", "annotations", "categories"].contains(name) { return try reader.skip() }
      let value = try reader.read(THRESH_JSON_WANT_RAW)
      try writer.write("\n" + quoted(name) + ":")
      try writer.write(UnsafeRawBufferPointer(start: value.text, count: value.length))
      try writer.write(",")
    }
  }

  static func requireObject(_ reader: JSONReader) throws {
    guard reader.next == THRESH_JSON_OBJECT else {
      throw reader.error(
        "an annotation file is an object, got \(reader.next.name)", at: reader.offset)
    }
  }

  private static func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

extension AnnotationFile.Choice {
  fileprivate func keeps(_ record: Record) -> Bool {
    let values = record.fields.values
    if let images, !images.contains(record.integer(1)) { return false }
    if let categories, !categories.contains(record.integer(2)) { return false }
    let box = values[3].numbers
    let isBox = boxProblem(values[3]) == nil && box.2 > 0 && box.3 > 0
    if dropInvalid && !isBox { return false }
    if dropCrowds, values[5].kind == THRESH_JSON_INTEGER || values[5].kind == THRESH_JSON_BOOLEAN,
      values[5].integer != 0
    {
      return false
    }
    guard let areas else { return true }
    let area = values[4].kind.isFiniteNumber ? values[4].number : box.2 * box.3
    return areas.contains(area)
  }
}

/// The fields that say what a record of any of the three lists is about, and its text.
private struct Record {
  let fields = JSONRecord(
    [
      ("id", THRESH_JSON_WANT_INTEGER), ("image_id", THRESH_JSON_WANT_INTEGER),
      ("category_id", THRESH_JSON_WANT_INTEGER), ("bbox", THRESH_JSON_WANT_NUMBERS),
      ("area", THRESH_JSON_WANT_NUMBER), ("iscrowd", THRESH_JSON_WANT_INTEGER),
      ("file_name", THRESH_JSON_WANT_TEXT), ("name", THRESH_JSON_WANT_TEXT),
    ], whole: true)

  /// The field as an id; 0 when it is none.
  func integer(_ i: Int) -> Int64 {
    fields.values[i].kind == THRESH_JSON_INTEGER ? fields.values[i].integer : 0
  }

  var id: Int64 { integer(0) }

  var hasBox: Bool { boxProblem(fields.values[3]) == nil }

  func string(_ i: Int) -> String {
    fields.values[i].kind == THRESH_JSON_STRING ? fields.text(i) : ""
  }

  var text: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: fields.whole?.pointee.text, count: fields.whole?.pointee.length ?? 0)
  }

  /// The text with some of its integers replaced.
  func text(replacing values: [(field: Int, value: Int64)]) -> [UInt8] {
    let start = fields.whole?.pointee.offset ?? 0
    let changes = values.filter { fields.values[$0.field].kind == THRESH_JSON_INTEGER }
      .map { (at: Int(fields.values[$0.field].offset - start), value: $0.value) }
      .sorted { $0.at < $1.at }
    let old = text
    var (new, at): ([UInt8], Int) = ([], 0)
    for change in changes {
      new += old[at..<change.at]
      new += "\(change.value)".utf8
      at = change.at
      while at < old.count, "+-.0123456789eE".utf8.contains(old[at]) { at += 1 }
    }
    return new + old[at...]
  }
}

/// A list of records, one a line.
private final class RecordList {
  private let writer: FileWriter
  private var isEmpty = true

  init(_ writer: FileWriter) { self.writer = writer }

  func add(_ text: UnsafeRawBufferPointer) throws {
    try writer.write(isEmpty ? "[\n" : ",\n")
    isEmpty = false
    try writer.write(text)
  }

  func close() throws { try writer.write(isEmpty ? "[]" : "\n]") }
}

/// New ids for the records of several files.
private struct Merger {
  let sources: [String]
  var counts = AnnotationFile.Counts()
  /// By file: new ids where they differ, and ids of records that are there already.
  private var images: [Numbering] = []
  private var categories: [Numbering] = []
  private var objects: Set<Int64> = []
  /// The file that had an object first.
  private var origins: [Kept: Int] = [:]
  private var nextObject: Int64 = 1

  private struct Kept: Hashable {
    var id: Int64
    var image: Int64
    var category: Int64
    var box: SIMD4<Double>
  }

  private struct Numbering {
    var new: [Int64: Int64] = [:]
    var known: Set<Int64> = []
  }

  init(sources: [String]) { self.sources = sources }

  /// Reads all files once for the ids of images and categories.
  mutating func number() throws {
    var imageNames: [Int64: String] = [:]
    var categoryIDs: [String: Int64] = [:]
    var takenCategories: Set<Int64> = []
    var (lastImage, lastCategory, lastObject): (Int64, Int64, Int64) = (0, 0, 0)
    let record = Record()
    for source in sources {
      try visit(source) { name, reader in
        try reader.read(record.fields)
        switch name {
        case "images": lastImage = max(lastImage, record.id)
        case "categories": lastCategory = max(lastCategory, record.id)
        default: lastObject = max(lastObject, record.id)
        }
      }
    }
    for source in sources {
      var (own, ownCategories) = (Numbering(), Numbering())
      try visit(source) { name, reader in
        guard name != "annotations" else { return try reader.skip() }
        try reader.read(record.fields)
        let id = record.id
        if name == "images" {
          let file = record.string(6)
          if let there = imageNames[id] {
            if there == file && !file.isEmpty {
              own.known.insert(id)
            } else {
              lastImage += 1
              own.new[id] = lastImage
              imageNames[lastImage] = file
            }
          } else {
            imageNames[id] = file
          }
          return
        }
        let title = record.string(7)
        if !title.isEmpty, let there = categoryIDs[title] {
          ownCategories.known.insert(id)
          if there != id { ownCategories.new[id] = there }
        } else if takenCategories.contains(id) {
          lastCategory += 1
          ownCategories.new[id] = lastCategory
          categoryIDs[title] = lastCategory
          takenCategories.insert(lastCategory)
        } else {
          categoryIDs[title] = id
          takenCategories.insert(id)
        }
      }
      images.append(own)
      categories.append(ownCategories)
    }
    nextObject = max(lastObject, 0) + 1
  }

  private func visit(_ source: String, _ body: (String, JSONReader) throws -> Void) throws {
    let reader = try JSONReader(path: source)
    try AnnotationFile.requireObject(reader)
    try reader.members { name in
      guard ["images", "annotations", "categories"].contains(name),
        reader.next == THRESH_JSON_ARRAY
      else { return try reader.skip() }
      try reader.items { try body(name, reader) }
    }
    try reader.finish()
  }

  mutating func write(_ list: String, _ file: Int, _ out: RecordList) throws {
    let record = Record()
    let (images, categories) = (images[file], categories[file])
    try visit(sources[file]) { name, reader in
      guard name == list else { return try reader.skip() }
      try reader.read(record.fields)
      var changes: [(field: Int, value: Int64)] = []
      let id = record.id
      switch name {
      case "images":
        if images.known.contains(id) { return }
        if let new = images.new[id] { changes.append((0, new)) }
        counts.images += 1
      case "categories":
        if categories.known.contains(id) { return }
        if let new = categories.new[id] { changes.append((0, new)) }
        counts.categories += 1
      default:
        let (image, category) = (images.new[record.integer(1)], categories.new[record.integer(2)])
        let box = record.fields.values[3].numbers
        if record.hasBox {
          let object = Kept(
            id: id, image: image ?? record.integer(1), category: category ?? record.integer(2),
            box: SIMD4(box.0, box.1, box.2, box.3))
          if let origin = origins[object], origin != file {
            counts.repeated += 1
            return
          }
          origins[object] = file
        }
        if !objects.insert(id).inserted {
          changes.append((0, nextObject))
          nextObject += 1
        }
        if let image { changes.append((1, image)) }
        if let category { changes.append((2, category)) }
        counts.objects += 1
      }
      if changes.isEmpty { return try out.add(record.text) }
      let text = record.text(replacing: changes)
      try text.withUnsafeBytes { try out.add($0) }
    }
  }
}
