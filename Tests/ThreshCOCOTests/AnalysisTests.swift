// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshCOCO

/// What `coco_analysis.py` stores; see its docstring.
private struct Figures: Decodable {
  struct Errors: Decodable {
    var ap: Double
    var gains: [Double]
    var counts: [Int]
  }

  var place: Int?
  var f1: [Double]
  var ece: Double
  var mce: Double
  var bins: [Int]
  var confusion: [[Int]]
  var images: [Double]
  var curve: [Double]
  var curves: [String]
  var tide: Errors
  var stats: [String]?
  var ap: [String: String]?
}

private struct File: Decodable {
  var problems: [Figures]
  var cases: [String: Figures]
}

private func expectEqual(
  _ found: [Double], _ wanted: [Double], _ what: String,
  at location: SourceLocation = #_sourceLocation
) {
  #expect(
    found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 },
    "\(what): \(found), not \(wanted)", sourceLocation: location)
}

/// The FNV-1a hash of numbers as little-endian doubles, as the generator writes it.
private func hash(_ values: [Double]) -> String {
  var h: UInt64 = 0xcbf2_9ce4_8422_2325
  for value in values {
    for byte in 0..<8 { h = (h ^ value.bitPattern >> (8 * UInt64(byte)) & 0xff) &* 0x100_0000_01b3 }
  }
  let digits = String(h, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Compares everything but the figures of COCO. The sums of the peers run in other orders, so the last
/// bits differ.
private func compare(
  _ truth: Annotations, _ found: Detections, _ wanted: Figures, _ name: String
) throws {
  let evaluation = try Evaluation(truth, found)
  expectEqual(
    [
      evaluation.meanBestF(), evaluation.meanBestF(threshold: 0),
      evaluation.meanBestF(threshold: 5),
    ], wanted.f1, "best F1 of \(name)")
  let calibration = try Calibration(truth, found)
  #expect(calibration.bins.map(\.count) == wanted.bins, "\(name)")
  expectEqual(
    [calibration.expectedError, calibration.maximalError], [wanted.ece, wanted.mce],
    "calibration of \(name)")
  let matrix = try ConfusionMatrix(truth, found)
  let k = matrix.categoryRows.count + 1
  let cells = matrix.counts.indices.filter { matrix.counts[$0] != 0 }
    .map { [$0 / k, $0 % k, matrix.counts[$0]] }
  #expect(cells == wanted.confusion, "\(name)")
  // hotcoco leaves out images that have neither objects nor detections.
  let mentioned = Set(truth.objects.images.map { truth.images.ids[Int($0)] } + found.images)
  let images = try ImageErrors.all(truth, found).filter {
    mentioned.contains(truth.images.ids[$0.image])
  }
  expectEqual(
    [
      Double(images.reduce(0) { $0 + $1.right.count }),
      Double(images.reduce(0) { $0 + $1.wrong.count }),
      Double(images.reduce(0) { $0 + $1.missed.count }),
      images.reduce(0) { $0 + $1.f1 },
    ], wanted.images, "images of \(name)")
  let curve = evaluation.curve(threshold: 0)
  expectEqual(
    stride(from: 0, to: 101, by: 10).map { curve[$0].precision }, wanted.curve, "curve of \(name)")
  // Of single categories to the bit.
  let curves = evaluation.categoryRows.indices.map { k in
    hash(
      evaluation.options.iouThresholds.indices.flatMap { t in
        evaluation.curve(threshold: t, category: k).map(\.precision)
      })
  }
  #expect(curves == wanted.curves, "curves of \(name)")
  let tide = try TIDE(truth, found)
  #expect(tide.counts == wanted.tide.counts, "\(name)")
  expectEqual(
    ([tide.precision] + tide.gains + [tide.falsePositiveGain, tide.falseNegativeGain]),
    ([wanted.tide.ap] + wanted.tide.gains).map { $0 / 100 }, "TIDE of \(name)")
}

@Test func analyses_ofRandomProblems_equalHotcocoAndTidecv() throws {
  let problems = try fixture([Problem].self, "eval.json")
  let file = try fixture(File.self, "analysis.json")
  #expect(file.problems.count > 100 && file.cases.count == 3)
  for wanted in file.problems {
    let place = try #require(wanted.place)
    try compare(problems[place].truth, problems[place].found, wanted, "problem \(place)")
  }
}

/// Runs only where `THRESH_COCO_EVAL` names the folder of the cases.
private let caseFolder = ProcessInfo.processInfo.environment["THRESH_COCO_EVAL"]

@Test(.enabled(if: caseFolder != nil, "THRESH_COCO_EVAL names no folder of cases"))
func analyses_ofRealDetections_equalThePeers() throws {
  let folder = URL(filePath: try #require(caseFolder))
  for (name, wanted) in try fixture(File.self, "analysis.json").cases {
    let path = folder.appending(path: name)
    let truth = try Annotations.read(path: path.appending(path: "gt.json").path).0
    let found = try Detections.read(path: path.appending(path: "dt.json").path).0
    let evaluation = try Evaluation(truth, found)
    #expect(evaluation.stats == wanted.stats?.map { Double($0) ?? .nan }, "\(name)")
    for category in evaluation.categories {
      let id = String(truth.categories.ids[category.category])
      guard let ap = wanted.ap?[id] else { continue }
      #expect(category.precision[0] == Double(ap), "\(name), category \(id)")
    }
    try compare(truth, found, wanted, name)
  }
}

@Test func bestF_ofACategory_namesTheScore() throws {
  let p = Problem(
    images: [1], categories: [1],
    objects: [[1, 1, 1, 0, 0, 10, 10, 100, 0], [2, 1, 1, 50, 0, 10, 10, 100, 0]],
    detections: [
      [1, 1, 0, 0, 10, 10, 0.9], [1, 1, 50, 0, 10, 10, 0.6], [1, 1, 90, 90, 10, 10, 0.3],
    ], options: .init(), stats: [], ap: [])
  let best = try #require(
    try Evaluation(p.truth, p.found).bestF(threshold: 0, category: 0))
  #expect(best.f == 1 && best.recall == 1 && best.score == 0.6)
}

@Test func imageErrors_ofAnImage_nameItsRecords() throws {
  let p = Problem(
    images: [7], categories: [1],
    objects: [[4, 7, 1, 0, 0, 10, 10, 100, 0], [5, 7, 1, 50, 0, 10, 10, 100, 0]],
    detections: [
      [7, 1, 90, 90, 9, 9, 0.1], [7, 1, 80, 80, 9, 9, 0.8], [7, 1, 50, 0, 10, 10, 0.5],
    ],
    options: .init(), stats: [], ap: [])
  let all = try ImageErrors.all(p.truth, p.found)
  #expect(all.count == 1 && all[0].right == [2] && all[0].objects == [1])
  #expect(all[0].wrong.sorted() == [0, 1] && all[0].missed == [0] && all[0].f1 == 0.4)
  let sure = try ImageErrors.all(p.truth, p.found, leastScore: 0.3)
  #expect(sure[0].wrong == [1] && sure[0].right == [2])
}

@Test func calibration_ofLogits_isRefused() throws {
  let p = Problem(
    images: [7], categories: [1], objects: [[4, 7, 1, 0, 0, 10, 10, 100, 0]],
    detections: [[7, 1, 0, 0, 10, 10, 3.5]], options: .init(), stats: [], ap: [])
  #expect(throws: COCOError.self) { try Calibration(p.truth, p.found) }
}
