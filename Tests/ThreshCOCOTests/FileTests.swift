// SPDX-License-Identifier: Apache-2.0
import CJSONReader
import Foundation
import Testing
import ThreshCOCO

/// An annotation file of one image and category with these objects.
private func file(_ objects: String, images: String = #"{"id":1,"width":640,"height":480}"#)
  -> String
{
  #"{"images":[\#(images)],"categories":[{"id":1,"name":"one"}],"annotations":[\#(objects)]}"#
}

private let good =
  #"{"id":5,"image_id":1,"category_id":1,"bbox":[1,2,3.5,4e0],"area":14,"iscrowd":0}"#

@Test func annotations_wellFormed_comeByColumn() throws {
  let text = """
    \u{feff}{ "info": {"x": [1, {"y": "}]"}]}, "images": [
      {"file_name": "a\\u00e9\\n\\"\\ud83d\\ude00.jpg", "id": 7, "height": 2, "width": 3, "license": null}],
     "categories": [{"id": 90, "name": "tooth\\/brush", "supercategory": "indoor"}],
     "annotations": [{"segmentation": [[1, 2, 3]], "id": 9007199254740993, "image_id": 7.0,
       "category_id": 90, "bbox": [0.1, 1e-3, 2.5E+1, 123456789.123456789], "iscrowd": true}] }
    """
  let read = try read(text)
  let a = read.annotations
  #expect(a.images.ids == [7] && a.images.widths == [3] && a.images.heights == [2])
  #expect(a.images.fileNames == ["aé\n\"😀.jpg"])
  #expect(a.categories.names == ["tooth/brush"] && a.categories.supercategories == ["indoor"])
  #expect(a.objects.ids == [9_007_199_254_740_993])
  #expect(a.objects.boxes == [0.1, 1e-3, 25, 123456789.123456789])
  #expect(a.objects.isCrowd == [true] && a.objects.areas == [25 * 123456789.123456789])
  #expect(read.problems.count(.missingArea) == 1)
}

@Test func annotations_problems_areToldByKindAndLine() throws {
  func problem(_ object: String, _ kind: Problems.Kind) throws {
    let text = file(good + ",\n" + object)
    let found = try read(text, lenient: true).problems
    #expect(found.count(kind) == 1, "\(kind): \(found.entries)")
    let entry = found.entries.first { $0.kind == kind }
    #expect(entry?.examples.first?.line == 2, "\(kind)")
    switch kind.severity {
    case .error:
      #expect(errorText { _ = try read(text) }.contains(":2: \(kind.rawValue)"), "\(kind)")
    case .warning, .note: #expect(errorText { _ = try read(text) }.isEmpty, "\(kind)")
    }
    let isRefused = kind.severity != .note && kind != .zeroID
    #expect(errorText { _ = try read(text, strict: true) }.isEmpty != isRefused, "\(kind)")
  }
  func object(
    id: String? = "6", image: String? = "1", category: String? = "1", box: String? = "[1,2,3,4]",
    area: String? = "12", crowd: String? = "0"
  ) -> String {
    let fields = [
      ("id", id), ("image_id", image), ("category_id", category), ("bbox", box), ("area", area),
      ("iscrowd", crowd),
    ]
    return "{"
      + fields.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
      .joined(separator: ",") + "}"
  }
  try problem(object(id: "0"), .zeroID)
  try problem(object(id: "-3"), .negativeID)
  try problem(object(id: "5"), .duplicateID)
  try problem(object(id: nil), .missingID)
  try problem(object(id: "\"6\""), .badField)
  try problem(object(image: nil), .badField)
  try problem(object(image: "\"1\""), .badField)
  try problem(object(category: "1.5"), .badField)
  try problem(object(image: "8"), .unknownImage)
  try problem(object(category: "8"), .unknownCategory)
  try problem(object(box: nil), .badField)
  try problem(object(box: "null"), .badField)
  try problem(object(box: "[1,2,3]"), .badField)
  try problem(object(box: "[1,2,3,\"4\"]"), .badField)
  try problem(object(box: "[1,2,3,NaN]"), .notFinite)
  try problem(object(box: "[1,2,3,1e999]"), .notFinite)
  try problem(object(box: "[1,2,0,4]"), .emptyBox)
  try problem(object(box: "[600,2,300,4]"), .outsideBox)
  try problem(object(area: nil), .missingArea)
  try problem(object(area: "Infinity"), .notFinite)
  try problem(object(crowd: nil), .missingCrowd)
  try problem(object(crowd: "\"no\""), .badField)
}

@Test func annotations_duplicateImagesAndCategories_areRefused() throws {
  let twice = file(good, images: #"{"id":1},{"id":1}"#)
  #expect(errorText { _ = try read(twice) }.contains("duplicate image id: image 1"))
  let categories = #"{"images":[],"categories":[{"id":1},{"id":1}],"annotations":[]}"#
  #expect(errorText { _ = try read(categories) }.contains("duplicate category id"))
}

@Test func annotations_cornersInPlaceOfSizes_areCalledOut() throws {
  let boxes = (0..<4).map {
    #"{"id":\#($0 + 1),"image_id":1,"category_id":1,"bbox":[400,300,600,450],"area":1,"iscrowd":0}"#
  }
  let problems = try read(file(boxes.joined(separator: ","))).problems
  #expect(problems.count(.cornerBoxes) == 1 && problems.count(.outsideBox) == 4)
}

@Test func annotations_notJSON_errorHasLineAndColumn() throws {
  for (text, message) in [
    ("{\"images\":[],\n \"categories\":[,]}", ":2:17: an object expected"),
    ("{\"images\":[", ":1:12: an object expected"), ("[]", ":1:1: an object expected"),
    ("{\"images\":[]}", "no list 'categories'"), ("{\"images\":[]}x", "more text behind the end"),
    ("{\"images\":01}", "a list expected"), ("{\"a\":[1,{]}", "brackets do not match"),
    ("{\"a\":\"x", "the text ends in a string"), ("{\"a\":00}", "a number begins with 0"),
    ("{\"a\" 1}", "a ':' expected"), ("{\"a\":tru}", "a value expected"),
    ("{\"a\":1.}", "a digit expected"), ("{\"a\":1e}", "a digit expected in the exponent"),
    (" ", "an object expected"),
    ("{\"images\":[{\"file_name\":\"\\q\"}]}", "an unknown escape"),
  ] {
    #expect(errorText { _ = try read(text) }.contains(message), "\(text)")
  }
  #expect(errorText { _ = try AnnotationFile(path: "/nowhere.json") }.contains("/nowhere.json"))
  #expect(errorText { _ = try read(String(repeating: "[", count: 5)) }.contains("object expected"))
  let deep = "{\"a\":" + String(repeating: "[", count: 100_000) + "}"
  #expect(errorText { _ = try read(deep) }.contains("nested too deep"))
}

@Test func results_problems_areRefusedByLine() throws {
  func result(_ more: String) -> String {
    "[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2,3,4],\"score\":0.5},\n\(more)]"
  }
  for (row, message) in [
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,3,4]}"#, "score is missing"),
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":NaN}"#, "not finite"),
    (#"{"image_id":1,"category_id":1,"bbox":[NaN,2,3,4],"score":1}"#, "not finite"),
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":1e999}"#, "not finite"),
    (#"{"image_id":1,"category_id":1,"bbox":null,"score":1}"#, "bbox must be a list"),
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,3],"score":1}"#, "bbox must be a list"),
    (#"{"image_id":"1","category_id":1,"bbox":[1,2,3,4],"score":1}"#, "ids as strings"),
  ] {
    let text = result(row)
    #expect(errorText { _ = try readResults(text) }.contains(message), "\(row)")
    #expect(errorText { _ = try readResults(text) }.contains(":2: "), "\(row)")
    #expect(try readResults(text, lenient: true).detections.count == 1)
  }
  for (row, kind) in [
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,-3,4],"score":1}"#, Problems.Kind.emptyBox),
    (#"{"image_id":1,"category_id":1,"bbox":[1,2,3,4],"score":17}"#, .largeScore),
  ] {
    #expect(try readResults(result(row)).problems.count(kind) == 1)
  }
  #expect(try readResults("[]").detections.count == 0)
  #expect(try readResults(#"{"annotations":[]}"#).detections.count == 0)
  #expect(errorText { _ = try readResults(#"{"x":[]}"#) }.contains("without 'annotations'"))
  let rows = try readResults("[[1, 2, 3, 4, 5, 0.5, 7], [1, 0, 0, 1, 1, 0.25, 8]]").detections
  #expect(
    rows.categories == [7, 8] && rows.boxes.prefix(4) == [2, 3, 4, 5] && rows.scores[1] == 0.25)
  #expect(errorText { _ = try readResults("[[1, 2, 3]]") }.contains("a row of 7 numbers"))
}

@Test func results_written_readBackToTheBit() throws {
  var d = Detections()
  d.append(image: 1 << 60, category: 2, box: (0.1, 1e-300, 1 / 3, 5), score: 0.30000000000000004)
  d.append(image: 3, category: 4, box: (-1, 2, 3e15, 4), score: 1)
  let url = FileManager.default.temporaryDirectory.appending(path: "results-\(UUID()).json")
  defer { try? FileManager.default.removeItem(at: url) }
  try d.write(to: url.path)
  let back = try ResultsFile(path: url.path).detections
  #expect(back.images == d.images && back.categories == d.categories)
  #expect(back.boxes == d.boxes && back.scores == d.scores)
  #expect(errorText { try d.write(to: "/nowhere/x.json") }.contains("/nowhere/x.json"))
}

@Test func number_anyDecimal_isTheNearestDouble() {
  func parsed(_ text: String) -> Double? {
    var value = 0.0
    let end = text.withCString { thresh_json_number($0, text.utf8.count, 0, &value) }
    return Int(end) == text.utf8.count ? value : nil
  }
  var state: UInt64 = 1
  func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 11
  }
  for _ in 0..<20_000 {
    let bits = Double(bitPattern: next() << 11 | next() & 2047)
    let texts = [
      "\(bits)", "\(next() % 100000).\(next() % 1_000_000)", "-\(next()).\(next())",
      "\(next())e\(Int(next() % 700) - 350)",
      "0.\(String(repeating: "0", count: Int(next() % 30)))\(next())",
    ]
    for text in texts where bits.isFinite || text != "\(bits)" {
      #expect(parsed(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }
  for text in [
    "0", "-0", "1e400", "-1e400", "1e-400", "9007199254740993", "4.9e-324",
    "1.7976931348623159e308",
  ] {
    #expect(parsed(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
  }
  for text in ["", "-", "+1", ".5", "1.", "01", "1e", "0x10", "--1", "1e+"] {
    #expect(parsed(text) == nil, "\(text)")
  }
}

@Test func files_mutatedBytes_areReadOrRefused() throws {
  let text = Array(
    file(good + "," + good.replacingOccurrences(of: "5,\"im", with: "6,\"im")).utf8)
  let url = FileManager.default.temporaryDirectory.appending(path: "mutated-\(UUID()).json")
  defer { try? FileManager.default.removeItem(at: url) }
  var state: UInt64 = 7
  func next(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
  var refused = 0
  for _ in 0..<1500 {
    var bytes = text
    for _ in 0..<(1 + next(4)) {
      switch next(4) {
      case 0: bytes[next(bytes.count)] = UInt8(next(256))
      case 1: bytes.remove(at: next(bytes.count))
      case 2: bytes.insert(Array("[]{}\",:0-9eE.\\u".utf8)[next(15)], at: next(bytes.count))
      default: bytes.removeLast(next(bytes.count - 1))
      }
      if bytes.count < 2 { bytes = text }
    }
    try Data(bytes).write(to: url)
    do { _ = try AnnotationFile(path: url.path, lenient: true) } catch is COCOError { refused += 1 }
    do { _ = try ResultsFile(path: url.path, lenient: true) } catch is COCOError { refused += 1 }
  }
  #expect(refused > 1000)
}
