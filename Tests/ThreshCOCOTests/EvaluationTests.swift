// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshCOCO

private struct Problem: Decodable {
  let images: [Int64]
  let categories: [Int64]
  let truth: [[Double]]
  let found: [[Double]]
  let stats: [String]

  var annotations: Annotations {
    var a = Annotations()
    a.images.ids = images
    a.images.widths = images.map { _ in 0 }
    a.images.heights = a.images.widths
    a.images.fileNames = images.map { _ in "" }
    a.categories.ids = categories
    a.categories.names = categories.map { "\($0)" }
    a.categories.supercategories = a.categories.names
    for t in truth {
      a.objects.ids.append(Int64(t[0]))
      a.objects.images.append(Int32(images.firstIndex(of: Int64(t[1])) ?? 0))
      a.objects.categories.append(Int32(categories.firstIndex(of: Int64(t[2])) ?? 0))
      a.objects.boxes += t[3..<7]
      a.objects.areas.append(t[7])
      a.objects.isCrowd.append(t[8] != 0)
      a.objects.isIgnored.append(false)
    }
    return a
  }

  var detections: Detections {
    var d = Detections()
    for f in found {
      d.append(
        image: Int64(f[0]), category: Int64(f[1]), box: (f[2], f[3], f[4], f[5]), score: f[6])
    }
    return d
  }
}

/// A double from C's hexadecimal form.
private func double(_ hex: String) -> Double { Double(hex) ?? .nan }

@Test func evaluation_randomProblems_equalPycocotoolsToTheLastBit() throws {
  let problems = try fixture("coco_eval.json", as: [Problem].self)
  #expect(problems.count == 300)
  for (i, p) in problems.enumerated() {
    let evaluation = try Evaluation(p.annotations, p.detections)
    #expect(
      evaluation.stats.map(\.bitPattern) == p.stats.map { double($0).bitPattern }, "problem \(i)")
  }
}

@Test func evaluation_orderOfTheFile_changesNothingButTies() throws {
  let problems = try fixture("coco_eval.json", as: [Problem].self)
  for p in problems where Set(p.found.map { $0[6] }).count == p.found.count {
    var turned = Detections()
    for f in p.found.reversed() {
      turned.append(
        image: Int64(f[0]), category: Int64(f[1]), box: (f[2], f[3], f[4], f[5]), score: f[6])
    }
    #expect(
      try Evaluation(p.annotations, turned).stats == Evaluation(p.annotations, p.detections).stats)
  }
}

/// Three objects of one category in one image, at x = 0, 100 and 200, 50 x 50.
private func toy(firstID: Int64 = 1) -> Annotations {
  var a = Annotations()
  a.images.ids = [1]
  a.images.widths = [640]
  a.images.heights = [480]
  a.images.fileNames = [""]
  a.categories.ids = [1]
  a.categories.names = ["one"]
  a.categories.supercategories = [""]
  for i in 0..<3 {
    a.objects.ids.append(firstID + Int64(i))
    a.objects.images.append(0)
    a.objects.categories.append(0)
    a.objects.boxes += [Double(100 * i), 0, 50, 50]
    a.objects.areas.append(2500)
    a.objects.isCrowd.append(false)
    a.objects.isIgnored.append(false)
  }
  return a
}

private func hits(_ a: Annotations) -> Detections {
  var d = Detections()
  for i in 0..<a.objects.count {
    let b = a.objects.boxes[(4 * i)...].prefix(4).map { $0 }
    d.append(
      image: 1, category: 1, box: (b[0], b[1], b[2], b[3]), score: 0.9 - 0.1 * Double(i))
  }
  return d
}

@Test func evaluation_loneTruePositive_isOneLessTheLastBit() throws {
  var a = toy()
  let all = hits(a)
  #expect(try Evaluation(a, all).stats[0] == 1)
  a.objects = Annotations.Objects()
  let one = toy()
  a.objects.ids = [1]
  a.objects.images = [0]
  a.objects.categories = [0]
  a.objects.boxes = Array(one.objects.boxes.prefix(4))
  a.objects.areas = [2500]
  a.objects.isCrowd = [false]
  a.objects.isIgnored = [false]
  #expect(try Evaluation(a, hits(a)).stats[0] == 0.9999999999999998)
}

@Test func evaluation_idZero_countsInStrictAlone() throws {
  let a = toy(firstID: 0)
  let d = hits(a)
  var options = EvaluationOptions()
  #expect(try Evaluation(a, d, options: options).stats[0] < 0.7)
  options.mode = .strict
  #expect(try Evaluation(a, d, options: options).stats[0] == 1)
}

@Test func evaluation_areaOnABorder_isInBothRanges() throws {
  var a = toy()
  a.objects.areas = [1024, 9216, 9216]
  var d = Detections()
  for i in 0..<3 {
    d.append(image: 1, category: 1, box: (Double(100 * i), 0, 50, 50), score: 0.9)
  }
  let stats = try Evaluation(a, d).stats
  #expect(stats[3] > 0 && stats[4] > 0 && stats[5] > 0)
}

@Test func evaluation_crowd_isTakenByMany() throws {
  var a = toy()
  a.objects.isCrowd[0] = true
  var d = hits(a)
  for _ in 0..<5 { d.append(image: 1, category: 1, box: (5, 5, 20, 20), score: 0.99) }
  // All six in the crowd are left out, so that the others are alone.
  #expect(try Evaluation(a, d).stats[0] == 1)
}

@Test func evaluation_equalIoUs_takeTheLaterObject() throws {
  var a = toy()
  // Two objects at one place, the later of them small; a detection matches the later one.
  a.objects.boxes = [0, 0, 50, 50, 0, 0, 50, 50, 400, 400, 50, 50]
  a.objects.areas = [20000, 500, 20000]
  var d = Detections()
  d.append(image: 1, category: 1, box: (0, 0, 50, 50), score: 0.9)
  let e = try Evaluation(a, d)
  #expect(e.averageRecall(threshold: 0.5, area: 0) == 1.0 / 3)
  #expect(e.averageRecall(threshold: 0.5, area: 1) == 1)
}

@Test func evaluation_nothing_isMinusOneOrZero() throws {
  var empty = toy()
  empty.objects = Annotations.Objects()
  #expect(try Evaluation(empty, Detections()).stats == [Double](repeating: -1, count: 12))
  // No detection at all: 0 wherever there are objects.
  let stats = try Evaluation(toy(), Detections()).stats
  #expect(stats[0] == 0 && stats[4] == 0 && stats[3] == -1)
}

@Test func evaluation_thresholds_areNumpysToTheBit() throws {
  let bits: [Double] = [
    0x1.0p-1, 0x1.199999999999ap-1, 0x1.3333333333333p-1, 0x1.4cccccccccccdp-1,
    0x1.6666666666666p-1, 0x1.8p-1, 0x1.999999999999ap-1, 0x1.b333333333333p-1,
    0x1.cccccccccccccp-1, 0x1.e666666666666p-1,
  ]
  #expect(EvaluationOptions.cocoThresholds == bits)
  let e = try Evaluation(toy(), hits(toy()))
  // Asking for the literal 0.9 finds no threshold, as in pycocotools.
  #expect(e.averagePrecision(threshold: 0.9) == -1)
  #expect(e.averagePrecision(threshold: 0x1.cccccccccccccp-1) == 1)
}

@Test func evaluation_otherNumbersOfDetections_haveThatQuirkInCompatAlone() throws {
  var options = EvaluationOptions()
  options.maxDetections = [1, 2]
  #expect(try Evaluation(toy(), hits(toy()), options: options).stats[0] == -1)
  options.mode = .strict
  let e = try Evaluation(toy(), hits(toy()), options: options)
  #expect(e.stats[0] > 0.6 && e.stats[0] < 0.7 && e.stats.count == 11)
}

@Test func evaluation_categoriesTogether_matchAcrossCategories() throws {
  var a = toy()
  a.categories.ids = [1, 2]
  a.categories.names = ["one", "two"]
  a.categories.supercategories = ["", ""]
  var d = hits(a)
  d.categories = [2, 2, 2]
  #expect(try Evaluation(a, d).stats[0] == 0)
  var options = EvaluationOptions()
  options.ignoresCategories = true
  #expect(try Evaluation(a, d, options: options).stats[0] == 1)
}

@Test func evaluation_fileIgnore_isReadOnRequest() throws {
  var a = toy()
  a.objects.isIgnored[2] = true
  var d = hits(a)
  d.images.removeLast()
  d.categories.removeLast()
  d.boxes.removeLast(4)
  d.scores.removeLast()
  var options = EvaluationOptions()
  #expect(try Evaluation(a, d, options: options).stats[8] < 0.7)
  options.honoursIgnore = true
  #expect(try Evaluation(a, d, options: options).stats[8] == 1)
}

@Test func evaluation_unknownIds_areToldOrRefused() throws {
  var d = hits(toy())
  d.append(image: 1, category: 9, box: (0, 0, 1, 1), score: 1)
  let e = try Evaluation(toy(), d)
  #expect(e.droppedCount == 1 && e.stats[0] == 1)
  #expect(e.problems.count(.unknownResultCategory) == 1)
  var options = EvaluationOptions()
  options.mode = .strict
  #expect(errorText { _ = try Evaluation(toy(), d, options: options) }.contains("category 9"))
  d.append(image: 77, category: 1, box: (0, 0, 1, 1), score: 1)
  #expect(errorText { _ = try Evaluation(toy(), d) }.contains("image 77"))
}

@Test func evaluation_badOptions_areNamed() throws {
  func text(_ change: (inout EvaluationOptions) -> Void) -> String {
    var options = EvaluationOptions()
    change(&options)
    return errorText { _ = try Evaluation(toy(), Detections(), options: options) }
  }
  #expect(text { $0.iouThresholds = [] }.contains("must not be empty"))
  #expect(text { $0.iouThresholds = [0.9, 0.5] }.contains("must rise"))
  #expect(text { $0.maxDetections = [0] }.contains("max_detections"))
  #expect(text { $0.areas = [.init("bad", 5, 1)] }.contains("from <= to"))
}

@Test func evaluation_summary_hasPycocotoolsLines() throws {
  let lines = try Evaluation(toy(), hits(toy())).summary.split(separator: "\n")
  #expect(lines.count == 12)
  #expect(
    lines[0]
      == " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000")
  #expect(
    lines[6]
      == " Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.333")
  #expect(
    lines[3]
      == " Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = -1.000")
}
