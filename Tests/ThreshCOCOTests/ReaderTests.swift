// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshCOCO

private func object(_ fields: String) -> String { "{\(fields)}" }

private let first =
  #"{"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0}"#
private let second =
  #"{"id":2,"image_id":1,"category_id":2,"bbox":[80,20,40,30],"area":1200,"iscrowd":0}"#
private let found1 = #"{"image_id":1,"category_id":1,"bbox":[11,10,50,50],"score":0.9}"#

/// The problems of annotations with these objects.
private func problems(
  _ objects: [String], images: String? = nil, categories: String? = nil
) throws -> Report {
  try Annotations.read(bytes: toy(objects: objects, images: images, categories: categories).truth)
    .1
}

/// The problems of these results.
private func problems(results: [String]) throws -> Report {
  let (truth, found) = toy(results: results)
  let annotations = try Annotations.read(bytes: truth).0
  var (detections, report) = try Detections.read(bytes: found)
  detections.check(against: annotations, &report)
  return report
}

private func ap(_ truth: [UInt8], _ found: [UInt8], strict: Bool = false) throws -> Double {
  var options = EvaluationOptions()
  if strict { options.mode = .strict }
  return try Evaluation(
    Annotations.read(bytes: truth).0, Detections.read(bytes: found).0, options
  ).stats[0]
}

private func expect(
  _ report: Report, _ kind: String, _ severity: Report.Severity, count: Int = 1, line: UInt64,
  at location: SourceLocation = #_sourceLocation
) {
  let problem = report.problems.first { $0.kind == kind }
  #expect(problem?.severity == severity, "\(report.problems)", sourceLocation: location)
  #expect(problem?.count == count, sourceLocation: location)
  #expect(problem?.examples.first?.line == line, sourceLocation: location)
}

@Test func reader_cleanFiles_haveNoProblems() throws {
  let (truth, found) = toy()
  let (annotations, report) = try Annotations.read(bytes: truth)
  #expect(report.problems.isEmpty)
  #expect(annotations.images.ids == [1, 2] && annotations.images.widths == [200, 100])
  #expect(annotations.categories.names == ["a", "b"])
  #expect(annotations.objects.ids == [1, 2, 3] && annotations.objects.images == [0, 0, 1])
  #expect(annotations.objects.boxes[4...7] == [80, 20, 40, 30])
  var (detections, other) = try Detections.read(bytes: found)
  detections.check(against: annotations, &other)
  #expect(other.problems.isEmpty && detections.scores == [0.9, 0.8, 0.7])
}

@Test func reader_idZero_isAWarning() throws {
  let zero = first.replacing("\"id\":1,", with: "\"id\":0,")
  expect(try problems([zero, second]), "zero-id", .warning, line: 3)
  let clean = toy(objects: [first, second])
  let broken = toy(objects: [zero, second])
  #expect(try ap(broken.truth, broken.found) < ap(clean.truth, clean.found))
  #expect(try ap(broken.truth, broken.found, strict: true) == ap(clean.truth, clean.found))
}

@Test func reader_badIDs_areErrorsThatNameTheRecord() throws {
  let negative = try problems([first, second.replacing("\"id\":2", with: "\"id\":-5")])
  expect(negative, "negative-id", .error, line: 4)
  #expect(throws: COCOError.self) { try negative.refuse() }
  #expect(negative.problems.contains { negative.text($0).contains("id -5") })
  expect(
    try problems([first, second.replacing("\"id\":2", with: "\"id\":1")]), "duplicate-id", .error,
    line: 4)
  expect(
    try problems([first, second.replacing("\"id\":2", with: "\"id\":\"2\"")]), "invalid-id", .error,
    line: 4)
  expect(
    try problems([first.replacing("\"image_id\":1", with: "\"image_id\":\"1\"")]),
    "invalid-reference", .error, line: 3)
}

@Test func reader_missingFields_getDefaultsAndNotes() throws {
  let bare = #"{"image_id":1,"category_id":1,"bbox":[10,10,50,40]}"#
  let (annotations, report) = try Annotations.read(bytes: toy(objects: [bare, second]).truth)
  expect(report, "missing-id", .note, line: 3)
  expect(report, "missing-area", .note, line: 3)
  expect(report, "missing-iscrowd", .note, line: 3)
  #expect(annotations.objects.ids == [3, 2] && annotations.objects.areas[0] == 2000)
  #expect(report.worst == .note)
}

@Test func reader_unknownReferences_leaveObjectsOut() throws {
  let stranger = first.replacing("\"image_id\":1", with: "\"image_id\":77")
  let other = first.replacing("\"id\":1,", with: "\"id\":9,")
    .replacing("\"category_id\":1", with: "\"category_id\":5")
  let (annotations, report) = try Annotations.read(
    bytes: toy(objects: [stranger, second, other]).truth)
  expect(report, "unknown-image", .warning, line: 3)
  expect(report, "unknown-category", .warning, line: 5)
  #expect(annotations.objects.ids == [2] && annotations.objects.boxes == [80, 20, 40, 30])
  #expect(throws: COCOError.self) { try report.refuse(.warning) }
}

@Test func reader_duplicateImagesAndCategories_areErrors() throws {
  expect(
    try problems([first], images: #"[{"id":1},{"id":1}]"#), "duplicate-image", .error, line: 1)
  expect(
    try problems([first], categories: #"[{"id":1,"name":"a"},{"id":1,"name":"b"}]"#),
    "duplicate-category", .error, line: 5)
}

@Test func reader_badBoxes_areErrorsWithLineAndColumn() throws {
  for (box, kind) in [
    ("null", "invalid-box"), ("[1,2,3]", "invalid-box"), ("[1,2,3,4,5]", "invalid-box"),
    (#"["1","2","3","4"]"#, "invalid-box"), (#""1 2 3 4""#, "invalid-box"),
    ("[1,NaN,3,4]", "nonfinite-box"), ("[1,2,1e999,4]", "nonfinite-box"),
    ("[1,2,-Infinity,4]", "nonfinite-box"),
  ] {
    let report = try problems([first, second.replacing("[80,20,40,30]", with: box)])
    expect(report, kind, .error, line: 4)
    #expect(report.problems[0].examples[0].column >= 45, "\(box)")
    expect(
      try problems(results: [found1.replacing("[11,10,50,50]", with: box)]), kind, .error, line: 2)
  }
}

@Test func reader_boxesWithoutExtent_areReported() throws {
  for box in ["[80,20,0,30]", "[80,20,40,-3]"] {
    expect(
      try problems([first, second.replacing("[80,20,40,30]", with: box)]), "degenerate-box",
      .warning, line: 4)
    expect(
      try problems(results: [found1.replacing("[11,10,50,50]", with: box)]), "degenerate-box",
      .warning, line: 2)
  }
  expect(
    try problems(results: [found1.replacing("[11,10,50,50]", with: "[0,0,1e308,1]")]), "huge-box",
    .warning, line: 2)
}

@Test func reader_cornersInsteadOfSizes_areCalledOut() throws {
  let objects = (0..<8).map {
    #"{"id":\#($0 + 1),"image_id":1,"category_id":1,"bbox":[\#(100 + $0),40,190,90],"area":9,"iscrowd":0}"#
  }
  expect(try problems(objects), "corner-boxes", .warning, line: 3)
}

@Test func reader_ignoreFlag_isNotedAndKept() throws {
  let flagged = first.replacing("\"iscrowd\":0", with: "\"iscrowd\":0,\"ignore\":1")
  let (annotations, report) = try Annotations.read(bytes: toy(objects: [second, flagged]).truth)
  expect(report, "ignore-flag", .note, line: 4)
  #expect(annotations.objects.isIgnored == [false, true])
}

@Test func results_badScores_areErrors() throws {
  for (score, kind, severity) in [
    ("NaN", "nonfinite-score", Report.Severity.error), ("Infinity", "nonfinite-score", .error),
    ("null", "invalid-score", .error), (#""0.5""#, "invalid-score", .error),
    ("17", "large-score", .note), ("-0.5", "large-score", .note),
  ] {
    expect(
      try problems(results: [found1.replacing("0.9", with: score)]), kind, severity, line: 2)
  }
  expect(
    try problems(results: [#"{"image_id":1,"category_id":1,"bbox":[11,10,50,50]}"#]),
    "invalid-score", .error, line: 2)
}

@Test func results_strangeIDs_areTold() throws {
  let unknown = try problems(results: [
    found1, found1.replacing("\"image_id\":1", with: "\"image_id\":404"),
  ])
  #expect(unknown.problems.map(\.kind) == ["unknown-image"] && unknown.worst == .error)
  #expect(unknown.text(unknown.problems[0]).contains("image_id 404"))
  let category = try problems(results: [
    found1.replacing("\"category_id\":1", with: "\"category_id\":3")
  ])
  #expect(category.problems.map(\.kind) == ["unknown-category"] && category.worst == .warning)
  let text = try problems(results: [found1.replacing("\"image_id\":1", with: "\"image_id\":\"1\"")])
  #expect(text.text(text.problems[0]).contains("without quotes"))
  let (truth, _) = toy()
  var stray = Detections()
  stray.append(image: 404, category: 1, box: (0, 0, 1, 1), score: 1)
  #expect(throws: COCOError.self) { try Evaluation(Annotations.read(bytes: truth).0, stray) }
}

@Test func results_otherForms_areRead() throws {
  let (truth, found) = toy()
  let wrapped = Array("{\"info\":{},\"annotations\":".utf8) + found + Array("}".utf8)
  #expect(try ap(truth, wrapped) == ap(truth, found))
  #expect(try ap(truth, Array("[]".utf8)) == 0)
  let floats = String(decoding: found, as: UTF8.self).replacing(
    "\"image_id\":1", with: "\"image_id\":1.0")
  #expect(try ap(truth, Array(floats.utf8)) == ap(truth, found))
  let blank = Array("\u{FEFF} \n[ ]\n".utf8)
  #expect(try Detections.read(bytes: blank).0.count == 0)
}

@Test func reader_idsBeyond2To53_stayExact() throws {
  let big = first.replacing("\"id\":1,", with: "\"id\":9007199254740993,")
  let objects = try Annotations.read(bytes: toy(objects: [big, second]).truth).0.objects
  #expect(objects.ids[0] == 9_007_199_254_740_993)
  expect(
    try problems([first.replacing("\"id\":1,", with: "\"id\":99999999999999999999,")]),
    "invalid-id", .error, line: 3)
}

@Test func reader_noObjects_isUndefined() throws {
  let (truth, found) = toy(objects: [])
  #expect(try ap(truth, found) == -1)
}

@Test func reader_escapesInNames_areUndone() throws {
  let categories = #"[{"\u0069d":1,"name":"\u00e9\ud83d\ude00\n\"\\","x":[{"y":"]"}]}]"#
  let names = try Annotations.read(bytes: toy(objects: [], categories: categories).truth).0
    .categories.names
  #expect(names == ["é😀\n\"\\"])
}

@Test func reader_brokenJSON_isToldWithItsPlace() {
  for (text, place) in [
    ("", "1:1"), ("[", "1:2"), ("[{\"a\":1},]", "1:10"), ("[\n{\"image_id\" 1}]", "2:13"),
    ("[{\"image_id\":01}]", "1:14"), ("[{\"image_id\":tru}]", "1:14"), ("[] x", "1:4"),
    ("[{\"x\":[1,2}}]", "1:11"), ("[{\"x\":\"a\nb\"}]", ""), ("[{\"x\":\"abc", ""),
    ("{\"annotations\":[]", "1:18"), ("[1]", "1:2"), ("[{\"bbox\":[1,,2]}]", "1:13"),
    ("[{\"\\ud8zz\":1}]", ""), ("nul", ""), ("[{\"score\":-}]", "1:11"),
  ] {
    do {
      _ = try Detections.read(bytes: Array(text.utf8), name: "r.json")
      // What is passed over is only balanced.
      #expect(text == "[{\"x\":\"a\nb\"}]", "\(text)")
    } catch let error as COCOError {
      #expect(error.message.hasPrefix("r.json:\(place)"), "\(text): \(error.message)")
    } catch {
      Issue.record("\(error)")
    }
  }
  #expect(throws: COCOError.self) { try Annotations.read(bytes: Array("[]".utf8)) }
  #expect(throws: COCOError.self) { try Annotations.read(bytes: Array("{\"images\":[]}".utf8)) }
  #expect(throws: COCOError.self) { try Annotations.read(path: "/nonexistent/file.json") }
}

@Test func reader_mutatedFiles_neverCrash() throws {
  var state: UInt64 = 42
  func random(_ n: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % n
  }
  let (truth, found) = toy()
  let masked = Array(
    String(decoding: truth, as: UTF8.self).replacing(
      "\"iscrowd\":0",
      with: #""iscrowd":0,"segmentation":{"size":[4,4],"counts":"04L4"},"x":[[1.5e3],{"a":null}]"#
    ).utf8)
  let marks = Array("\"[]{},:\\0123456789.eE+-ntfNI \n\0\u{7f}".utf8) + [0xff, 0xc3]
  var accepted = 0
  // THRESH_COCO_FUZZ: how many files, to run it longer.
  let rounds = ProcessInfo.processInfo.environment["THRESH_COCO_FUZZ"].flatMap { Int($0) } ?? 4000
  for round in 0..<rounds {
    var bytes = [truth, found, masked][round % 3]
    for _ in 0...random(3) {
      switch random(4) {
      case 0: bytes[random(bytes.count)] = marks[random(marks.count)]
      case 1: bytes.insert(marks[random(marks.count)], at: random(bytes.count))
      case 2: bytes.remove(at: random(bytes.count))
      default:
        let from = random(bytes.count)
        bytes.removeSubrange(from..<min(from + random(20), bytes.count))
      }
      if bytes.isEmpty { bytes = [0x5B] }
    }
    do {
      if round % 3 == 1 {
        let annotations = try Annotations.read(bytes: truth).0
        _ = try Evaluation(annotations, Detections.read(bytes: bytes, masks: round % 2 == 0).0)
      } else {
        let annotations = try Annotations.read(bytes: bytes, masks: true).0
        _ = try Evaluation(annotations, Detections.read(bytes: found).0)
      }
      accepted += 1
    } catch is COCOError {}
  }
  // Neither all nor none: the mutations reach past the first token.
  #expect(accepted > rounds / 40 && accepted < rounds - rounds / 40)
}
