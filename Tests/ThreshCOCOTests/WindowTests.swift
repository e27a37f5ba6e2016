// SPDX-License-Identifier: Apache-2.0
import CJSONReader
import FoundationEssentials
import Testing

private let text = #"""
  {"a": [], "list" : [ {"id": 12345678901, "box":[1.5, -2e-3,3 ,40000000000.25],"name":"x\"\\\u00e9y",
  "skipped":{"deep":[[1,2,{"q":"]}\\"}],null,true,false,-0.5e+10]},"raw":[ "a\"]", {"b":1} ] },
  {"name":"","id":-7,"box":[NaN,1,"s",2,3],"other":-Infinity,"raw":null},
  {"\u0069d":9223372036854775808, "box":null,"name":"a long name that is longer than many windows are"}
  ], "end":123.456}
  """#

/// Everything that a reader with such a window tells of the list, as text.
private func told(_ path: String, window: Int) throws -> String {
  var code: Int32 = 0
  let reader = try #require(thresh_json_open(path, window, &code))
  defer { thresh_json_close(reader) }
  func field(_ name: StaticString, _ want: thresh_json_want) -> thresh_json_field {
    thresh_json_field(
      name: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
      length: name.utf8CodeUnitCount, want: want)
  }
  let fields = [
    field("id", THRESH_JSON_WANT_INTEGER), field("box", THRESH_JSON_WANT_NUMBERS),
    field("name", THRESH_JSON_WANT_TEXT), field("raw", THRESH_JSON_WANT_RAW),
  ]
  var values = [thresh_json_value](repeating: thresh_json_value(), count: 4)
  func string(_ value: thresh_json_value) -> String {
    String(
      decoding: UnsafeRawBufferPointer(start: value.text, count: Int(value.length)), as: UTF8.self)
  }
  var lines: [String] = []
  var (key, length): (UnsafePointer<CChar>?, Int) = (nil, 0)
  #expect(thresh_json_enter(reader) == 0)
  while thresh_json_next_key(reader, &key, &length) == 1 {
    let name = String(
      decoding: UnsafeRawBufferPointer(start: key, count: length), as: UTF8.self)
    lines.append(name)
    guard name == "list" else {
      #expect(thresh_json_skip(reader) == 0)
      continue
    }
    #expect(thresh_json_enter(reader) == 0)
    while thresh_json_next_item(reader) == 1 {
      var whole = thresh_json_value()
      #expect(thresh_json_record(reader, fields, 4, &values, &whole) == 0)
      let numbers = values[1].numbers
      lines.append("\(whole.offset) \(string(whole))")
      let id = values[0].kind == THRESH_JSON_INTEGER ? values[0].integer : 0
      lines.append("\(values[0].kind.rawValue) \(id) \(values[0].offset)")
      lines.append("\(values[1].kind.rawValue) \(values[1].item.rawValue) \(values[1].offset)")
      if values[1].kind == THRESH_JSON_ARRAY { lines.append("\(values[1].count) \(numbers)") }
      lines.append(values[2].kind == THRESH_JSON_STRING ? string(values[2]) : "-")
      lines.append(values[3].kind == THRESH_JSON_ABSENT ? "-" : string(values[3]))
    }
  }
  var offset: UInt64 = 0
  #expect(thresh_json_failure(reader, &offset) == nil)
  #expect(thresh_json_finish(reader) == 0)
  return lines.joined(separator: "\n")
}

@Test func window_ofAnySize_tellsTheSame() throws {
  let url = FileManager.default.temporaryDirectory.appending(path: "thresh-window-\(UUID()).json")
  try Data(text.utf8).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  let wanted = try told(url.path, window: 1 << 16)
  for part in [
    "3 12345678901 28", "x\"\\éy", #"[ "a\"]", {"b":1} ]"#, "(1.5, -0.002, 3.0, 40000000000.25)",
    "a long name that is longer than many windows are", "end",
  ] {
    #expect(wanted.contains(part), "\(part) in \(wanted)")
  }
  for window in 1...600 {
    let one = try told(url.path, window: window)
    #expect(one == wanted, "\(window)")
  }
}

@Test func window_cutShortAnywhere_isAFailureWithAPlace() throws {
  let url = FileManager.default.temporaryDirectory.appending(path: "thresh-window-\(UUID()).json")
  defer { try? FileManager.default.removeItem(at: url) }
  let bytes = Array(text.utf8)
  for count in 0..<bytes.count - 1 {
    try Data(bytes[..<count]).write(to: url)
    var code: Int32 = 0
    let reader = try #require(thresh_json_open(url.path, 16, &code))
    defer { thresh_json_close(reader) }
    #expect(thresh_json_skip(reader) == -1 || thresh_json_finish(reader) == -1, "\(count)")
    var offset: UInt64 = 0
    #expect(thresh_json_failure(reader, &offset) != nil && offset <= UInt64(count), "\(count)")
    #expect(thresh_json_skip(reader) == -1, "\(count)")
  }
}
