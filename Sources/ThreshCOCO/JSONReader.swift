// SPDX-License-Identifier: Apache-2.0
import CJSONReader

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A JSON file that is read piece by piece.
final class JSONReader {
  let path: String
  private let raw: OpaquePointer

  /// Opens a file. Throws when that is not possible.
  init(path: String) throws {
    self.path = path
    var code: Int32 = 0
    guard let raw = thresh_json_open(path, 1 << 20, &code) else {
      throw COCOError("cannot read '\(path)': \(String(cString: strerror(code)))")
    }
    self.raw = raw
  }

  /// Reads bytes in memory; `name` stands for the path in messages.
  init(bytes: [UInt8], name: String) throws {
    path = name
    guard let raw = bytes.withUnsafeBytes({ thresh_json_of_bytes($0.baseAddress, $0.count) }) else {
      throw COCOError("\(name): not enough memory")
    }
    self.raw = raw
  }

  deinit { thresh_json_close(raw) }

  /// What comes next.
  var next: thresh_json_kind { thresh_json_peek(raw) }

  /// Where the next value starts.
  var offset: UInt64 { thresh_json_offset(raw) }

  /// Line and column of an offset, both from 1.
  func position(_ offset: UInt64) -> (line: UInt64, column: UInt64) {
    var (line, column): (UInt64, UInt64) = (0, 0)
    _ = thresh_json_position(raw, offset, &line, &column)
    return (line, column)
  }

  /// Line and column of an offset of a file that was read; nil when it cannot be opened any more.
  static func position(_ offset: UInt64, in path: String) -> (line: UInt64, column: UInt64)? {
    guard let reader = try? JSONReader(path: path) else { return nil }
    var (line, column): (UInt64, UInt64) = (0, 0)
    guard thresh_json_position(reader.raw, offset, &line, &column) == 0 else { return nil }
    return (line, column)
  }

  /// An error at an offset.
  func error(_ message: String, at offset: UInt64) -> COCOError {
    let place = position(offset)
    return COCOError(path: path, line: place.line, column: place.column, message)
  }

  private var failure: COCOError {
    var offset: UInt64 = 0
    guard let text = thresh_json_failure(raw, &offset) else {
      return COCOError("\(path): cannot be read")
    }
    return error(String(cString: text), at: offset)
  }

  private func check(_ status: Int32) throws {
    if status < 0 { throw failure }
  }

  /// Calls `body` at each item of the list that comes next; it must read or skip the item.
  func items(_ body: () throws -> Void) throws {
    try check(thresh_json_enter(raw))
    while true {
      let more = thresh_json_next_item(raw)
      try check(more)
      if more == 0 { return }
      try body()
    }
  }

  /// Calls `body` with each name of the object that comes next; it must read or skip the value.
  func members(_ body: (String) throws -> Void) throws {
    try check(thresh_json_enter(raw))
    while true {
      var text: UnsafePointer<CChar>?
      var length = 0
      let more = thresh_json_next_key(raw, &text, &length)
      try check(more)
      if more == 0 { return }
      try body(JSONReader.text(text, length))
    }
  }

  func skip() throws { try check(thresh_json_skip(raw)) }

  func finish() throws { try check(thresh_json_finish(raw)) }

  /// Reads the value that comes next.
  func read(_ want: thresh_json_want) throws -> thresh_json_value {
    var value = thresh_json_value()
    try check(thresh_json_read(raw, want, &value))
    return value
  }

  /// Reads the object that comes next into the fields of `record`.
  @inline(__always)
  func read(_ record: JSONRecord) throws {
    try check(
      thresh_json_record(
        raw, record.fields.baseAddress, Int32(record.fields.count), record.values.baseAddress,
        record.whole))
  }

  static func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    String(
      decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length),
      as: UTF8.self)
  }
}

/// The fields that are wanted of each record of a list, and their values in the current one.
final class JSONRecord {
  let fields: UnsafeMutableBufferPointer<thresh_json_field>
  let values: UnsafeMutableBufferPointer<thresh_json_value>
  /// The text of the record itself, when it is wanted.
  let whole: UnsafeMutablePointer<thresh_json_value>?

  /// Names must have ASCII letters only.
  init(_ wanted: [(name: StaticString, want: thresh_json_want)], whole: Bool = false) {
    fields = .allocate(capacity: wanted.count)
    values = .allocate(capacity: wanted.count)
    values.initialize(repeating: thresh_json_value())
    for (i, field) in wanted.enumerated() {
      let name = UnsafeRawPointer(field.name.utf8Start).assumingMemoryBound(to: CChar.self)
      fields.initializeElement(
        at: i,
        to: thresh_json_field(name: name, length: field.name.utf8CodeUnitCount, want: field.want))
    }
    self.whole = whole ? .allocate(capacity: 1) : nil
    self.whole?.initialize(to: thresh_json_value())
  }

  deinit {
    fields.deallocate()
    values.deallocate()
    whole?.deallocate()
  }

  func text(_ i: Int) -> String { JSONReader.text(values[i].text, values[i].length) }

  func bytes(_ i: Int) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: values[i].text, count: values[i].length))
  }
}

extension thresh_json_kind {
  /// As messages call it.
  var name: String {
    switch self {
    case THRESH_JSON_ABSENT: "nothing"
    case THRESH_JSON_NULL: "null"
    case THRESH_JSON_BOOLEAN: "a boolean"
    case THRESH_JSON_INTEGER, THRESH_JSON_NUMBER: "a number"
    case THRESH_JSON_NONFINITE: "a number that is not finite"
    case THRESH_JSON_HUGE: "a number beyond 64 bits"
    case THRESH_JSON_STRING: "a string"
    case THRESH_JSON_ARRAY: "a list"
    default: "an object"
    }
  }

  var isFiniteNumber: Bool { self == THRESH_JSON_INTEGER || self == THRESH_JSON_NUMBER }
}
