// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshCOCO

/// What `coco_malformed.py` stores; see its docstring.
private struct Case: Decodable {
  var name: String
  var truth: String
  var found: String
  var stats: [String]?
  var error: String?
}

/// What becomes of files with one thing wrong.
private enum Outcome {
  /// As if nothing were wrong. `clean`: with the figures of the clean files, where pycocotools raises.
  case accepted(clean: Bool)
  /// Told, and judged as pycocotools does; where that raises, as the clean files.
  case told([String], Report.Severity, line: UInt64)
  /// Refused, with the line of the record.
  case refused(String, line: UInt64)
}

private let outcomes: [String: Outcome] = [
  "clean": .accepted(clean: false),
  "annotation id 0": .told(["zero-id"], .warning, line: 10),
  "negative id": .refused("negative-id", line: 10),
  "duplicate id in two images": .refused("duplicate-id", line: 12),
  "missing iscrowd": .told(["missing-iscrowd"], .note, line: 10),
  "missing area": .told(["missing-area"], .note, line: 10),
  "missing id": .told(["missing-id"], .note, line: 10),
  "object of unknown category": .told(["unknown-category"], .warning, line: 10),
  "object of unknown image": .told(["unknown-image"], .warning, line: 10),
  "duplicate image id": .refused("duplicate-image", line: 3),
  "duplicate category id": .refused("duplicate-category", line: 7),
  "width 0 in truth": .told(["degenerate-box"], .warning, line: 10),
  "negative width in truth": .told(["degenerate-box"], .warning, line: 10),
  "bbox null": .refused("invalid-box", line: 10),
  "bbox of 3 numbers": .refused("invalid-box", line: 10),
  "bbox of strings": .refused("invalid-box", line: 10),
  "result's bbox null": .refused("invalid-box", line: 1),
  "result's bbox of 3 numbers": .refused("invalid-box", line: 1),
  "result's bbox of strings": .refused("invalid-box", line: 1),
  "ignore": .told(["ignore-flag"], .note, line: 10),
  "empty results": .accepted(clean: false),
  "NaN score": .refused("nonfinite-score", line: 1),
  "NaN in a box": .refused("nonfinite-box", line: 1),
  "missing score": .refused("invalid-score", line: 1),
  "score 17": .told(["large-score"], .note, line: 1),
  "infinite score": .refused("nonfinite-score", line: 1),
  "negative width detection": .told(["degenerate-box"], .warning, line: 1),
  "box of 1e308": .told(["huge-box"], .warning, line: 1),
  "unknown image in results": .refused("unknown-image", line: 1),
  "unknown category in results": .told(["unknown-category"], .warning, line: 1),
  "image_id as string": .refused("invalid-reference", line: 1),
  "string ids everywhere": .refused("invalid-image", line: 2),
  "id above 2^53": .accepted(clean: false),
  "results wrapped in an object": .accepted(clean: true),
  "no objects at all": .accepted(clean: false),
]

private func values(_ stats: [String]) -> [Double] { stats.map { Double($0) ?? .nan } }

@Test func malformedFiles_areTakenAsTheTableSays() throws {
  let cases = try fixture([Case].self, "malformed.json")
  #expect(Set(cases.map(\.name)) == Set(outcomes.keys))
  let clean = values(try #require(cases[0].stats))
  let folder = FileManager.default.temporaryDirectory.appending(path: "thresh-bad-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let (gt, dt) = (folder.appending(path: "gt.json"), folder.appending(path: "dt.json"))
  for example in cases {
    try Data(example.truth.utf8).write(to: gt)
    try Data(example.found.utf8).write(to: dt)
    let (truth, first) = try Annotations.read(path: gt.path)
    var (found, second) = try Detections.read(path: dt.path)
    found.check(against: truth, &second)
    let reports = [first, second]
    let problems = reports.flatMap(\.problems)
    let evaluation = try? Evaluation(truth, found)
    switch outcomes[example.name] {
    case .accepted(let isClean):
      #expect(problems.isEmpty, "\(example.name): \(problems)")
      let nothingFound = clean.map { $0 > -1 ? 0.0 : -1 }
      var wanted = isClean ? clean : example.stats.map(values)
      if example.name == "empty results" { wanted = nothingFound }
      #expect(evaluation?.stats == wanted, "\(example.name)")
    case .told(let kinds, let severity, let line):
      #expect(problems.map(\.kind) == kinds, "\(example.name): \(problems)")
      #expect(problems.first?.severity == severity, "\(example.name)")
      #expect(problems.first?.examples.first?.line == line, "\(example.name): \(problems)")
      #expect(evaluation?.stats == example.stats.map(values) ?? clean, "\(example.name)")
      #expect(throws: Never.self, "\(example.name)") { try reports.forEach { try $0.refuse() } }
    case .refused(let kind, let line):
      let problem = problems.first { $0.severity == .error }
      #expect(problem?.kind == kind, "\(example.name): \(problems)")
      let place = problem?.examples.first
      #expect(place?.line == line && place?.column ?? 0 > 0, "\(example.name): \(problems)")
      #expect(throws: COCOError.self, "\(example.name)") { try reports.forEach { try $0.refuse() } }
    case nil: Issue.record("\(example.name) has no outcome")
    }
  }
}

@Test func idZero_inStrictMode_countsAsAnyOther() throws {
  let cases = try fixture([Case].self, "malformed.json")
  let clean = values(try #require(cases[0].stats))
  let zero = try #require(cases.first { $0.name == "annotation id 0" })
  let (truth, report) = try Annotations.read(bytes: Array(zero.truth.utf8))
  let found = try Detections.read(bytes: Array(zero.found.utf8)).0
  var strict = EvaluationOptions()
  strict.mode = .strict
  #expect(try Evaluation(truth, found, strict).stats == clean)
  #expect(throws: COCOError.self) { try report.refuse(.warning) }
  #expect(throws: Never.self) { try report.refuse(.warning, allowed: ["zero-id"]) }
}

@Test func ignoreFlag_whenHonoured_takesTheObjectAway() throws {
  let cases = try fixture([Case].self, "malformed.json")
  let flagged = try #require(cases.first { $0.name == "ignore" })
  let truth = try Annotations.read(bytes: Array(flagged.truth.utf8)).0
  let found = try Detections.read(bytes: Array(flagged.found.utf8)).0
  var honoured = EvaluationOptions()
  honoured.honourIgnore = true
  let evaluation = try Evaluation(truth, found, honoured)
  #expect(evaluation.categories[0].objects == 1)
  #expect(try Evaluation(truth, found).categories[0].objects == 2)
}

@Test func reports_nameRecordsAsTheFileCountsThem() throws {
  // The first record is none, so rows and records differ by one.
  let (truth, report) = try Annotations.read(
    bytes: toy(objects: [
      #"{"id":1,"image_id":1,"category_id":1,"bbox":[1],"area":1,"iscrowd":0}"#,
      #"{"id":2,"image_id":1,"category_id":1,"bbox":[1,1,0,9],"area":1,"iscrowd":0}"#,
      #"{"id":3,"image_id":9,"category_id":1,"bbox":[1,1,2,9],"area":1,"iscrowd":0}"#,
    ]).truth)
  for (kind, record) in [("invalid-box", 0), ("degenerate-box", 1), ("unknown-image", 2)] {
    #expect(
      report.problems.first { $0.kind == kind }?.examples.map(\.record) == [record],
      "\(report.problems)")
  }
  let results = [
    "{}", #"{"image_id":77,"category_id":1,"bbox":[1,1,5,5],"score":0.5}"#,
    #"{"image_id":1,"category_id":1,"bbox":[1,1,5,5],"score":0.5}"#,
    #"{"image_id":78,"category_id":1,"bbox":[1,1,5,5],"score":0.5}"#,
  ]
  var (found, told) = try Detections.read(bytes: toy(results: results).found)
  found.check(against: truth, &told)
  let unknown = try #require(told.problems.first { $0.kind == "unknown-image" })
  #expect(unknown.count == 2 && unknown.examples.map(\.record) == [1, 3])
  // From bytes there is no file to find the lines in.
  #expect(unknown.examples.allSatisfy { $0.line == 0 })
  #expect(told.text(unknown).contains("image_id 77 (result 1), image_id 78 (result 3)"))
}

@Test func reports_tellAllThatARecordHasWrong() throws {
  let report = try Annotations.read(
    bytes: toy(objects: [
      #"{"id":-1,"image_id":"1","category_id":null,"bbox":[1],"area":"x","iscrowd":7}"#
    ]).truth
  ).1
  #expect(
    Set(report.problems.map(\.kind)) == [
      "negative-id", "invalid-reference", "invalid-box", "invalid-area", "invalid-iscrowd",
    ], "\(report.problems)")
  #expect(report.problems.first { $0.kind == "invalid-reference" }?.count == 2)
  let results = try Detections.read(
    bytes: Array(#"[{"image_id":"1","bbox":[NaN,1,1,1],"score":null}]"#.utf8)
  ).1
  #expect(
    results.problems.map(\.kind) == ["invalid-reference", "nonfinite-box", "invalid-score"],
    "\(results.problems)")
}

@Test func results_whoseMasksAreBroken_leaveTheOthersMasksInPlace() throws {
  func result(_ rest: String) -> String {
    "{\"image_id\":1,\"category_id\":1,\"score\":0.5\(rest)}"
  }
  let (found, report) = try Detections.read(
    bytes: toy(results: [
      // Runs that do not fill the mask, runs that are none, no box, a box alone, and a whole one.
      result(#","segmentation":{"size":[2,2],"counts":[3]}"#),
      result(#","segmentation":{"size":[2,2],"counts":"~"},"bbox":[0,0,1,1]"#),
      result(""), result(#","bbox":[4,4,1,1]"#),
      result(#","segmentation":{"size":[2,2],"counts":[2,2]}"#),
    ]).found, masks: true)
  #expect(found.count == 2 && found.masks.count == 2)
  #expect(found.boxes == [4, 4, 1, 1, 1, 0, 1, 2])
  guard case .none = found.masks[0], case .runs = found.masks[1] else {
    Issue.record("\(found.masks)")
    return
  }
  #expect(report.problems.map(\.kind) == ["invalid-box", "invalid-mask"], "\(report.problems)")
  #expect(report.problems.last?.count == 2)
}
