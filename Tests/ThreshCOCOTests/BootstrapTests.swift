// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshCOCO

/// Made-up images of one category: harder ones have fewer objects found, at lower scores.
private struct Maker {
  var state: UInt64

  mutating func random() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var z = state
    z = (z ^ z >> 31) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ z >> 29) >> 11) * 0x1p-53
  }

  mutating func problem(_ n: Int) -> (Annotations, Detections) {
    var (truth, found) = (Annotations(), Detections())
    truth.categories.ids = [1]
    truth.categories.names = ["a"]
    truth.categories.supercategories = [""]
    truth.images.ids = (1...n).map { Int64($0) }
    truth.images.widths = [Int32](repeating: 500, count: n)
    truth.images.heights = truth.images.widths
    truth.images.fileNames = [String](repeating: "", count: n)
    for i in 0..<n {
      let hard = random()
      for j in 0..<Int(random() * 4) {
        let x = Double(j) * 100
        truth.objects.ids.append(Int64(truth.objects.count + 1))
        truth.objects.images.append(Int32(i))
        truth.objects.categories.append(0)
        truth.objects.boxes += [x, 0, 40, 40]
        truth.objects.areas.append(1600)
        truth.objects.isCrowd.append(false)
        if random() < 0.9 - 0.4 * hard {
          found.append(
            image: Int64(i + 1), category: 1, box: (x + random() * 8, random() * 4, 40, 40),
            score: 0.3 + 0.7 * random() * (1 - hard * 0.5))
        }
      }
      for _ in 0..<Int(random() * 3) {
        found.append(
          image: Int64(i + 1), category: 1, box: (random() * 400, 200, 40, 40),
          score: random() * 0.7)
      }
    }
    return (truth, found)
  }
}

@Test func bootstrap_intervals_coverTheExpectedFigure() throws {
  let (count, level) = (300, 0.95)
  var maker = Maker(state: 7)
  var intervals: [Bootstrap.Interval] = []
  for i in 0..<count {
    let (truth, found) = maker.problem(100)
    intervals.append(
      try Bootstrap(truth, found).intervals(draws: 400, level: level, seed: UInt64(i))[0])
  }
  let expected = intervals.reduce(0) { $0 + $1.value } / Double(count)
  let inside = Double(intervals.count { $0.low <= expected && expected <= $0.high })
  // Three standard errors of a share of 300.
  let slack = 3 * (level * (1 - level) / Double(count)).squareRoot()
  #expect(abs(inside / Double(count) - level) < slack, "\(inside) of \(count)")
  // And no wider than the scatter of the figure over sets of images asks for.
  let scatter =
    (intervals.reduce(0) { $0 + ($1.value - expected) * ($1.value - expected) } / Double(count))
    .squareRoot()
  let deviation = intervals.reduce(0) { $0 + $1.deviation } / Double(count)
  #expect(abs(deviation / scatter - 1) < 0.15, "\(deviation) of \(scatter)")
}

@Test func bootstrap_imagesAsTheyAre_haveTheEvaluationsFigures() throws {
  for problem in try fixture([Problem].self, "eval.json") where problem.options.areas == nil {
    let o = problem.evaluationOptions
    let evaluation = try Evaluation(problem.truth, problem.found, o)
    let figures = try Bootstrap(problem.truth, problem.found, o).intervals(draws: 1)
    let wanted = evaluation.categories.map { $0.precision[0] }.filter { $0 > -1 }
    let ap = wanted.isEmpty ? -1 : wanted.reduce(0, +) / Double(wanted.count)
    #expect(abs(figures[0].value - ap) < 1e-12)
    let recalls = evaluation.categories.map { $0.recall[0] }.filter { $0 > -1 }
    let ar = recalls.isEmpty ? -1 : recalls.reduce(0, +) / Double(recalls.count)
    #expect(abs(figures[3].value - ar) < 1e-12)
  }
}

@Test func bootstrap_sameSeed_givesTheSameIntervals() throws {
  var maker = Maker(state: 3)
  let (truth, found) = maker.problem(50)
  let bootstrap = try Bootstrap(truth, found)
  let (a, b) = (try bootstrap.intervals(draws: 50), try bootstrap.intervals(draws: 50))
  #expect(a.map(\.low) == b.map(\.low) && a.map(\.high) == b.map(\.high))
  #expect(try bootstrap.intervals(draws: 50, seed: 9).map(\.low) != a.map(\.low))
  #expect(throws: COCOError.self) { try bootstrap.intervals(draws: 0) }
  #expect(throws: COCOError.self) { try bootstrap.intervals(level: 1) }
}

@Test func bootstrap_ofTwoDetectors_seesARealDifferenceOnly() throws {
  var maker = Maker(state: 5)
  let (truth, good) = maker.problem(300)
  // A detector that misses some of what the first one finds.
  var poor = Detections()
  for i in 0..<good.count where i % 4 != 0 {
    poor.append(
      image: good.images[i], category: 1,
      box: (good.boxes[4 * i], good.boxes[4 * i + 1], good.boxes[4 * i + 2], good.boxes[4 * i + 3]),
      score: good.scores[i])
  }
  let first = try Bootstrap(truth, good)
  let difference = try first.differences(to: Bootstrap(truth, poor), draws: 300)
  #expect(difference[0].value < 0 && difference[0].high < 0 && difference[0].p == 0)
  let same = try first.differences(to: first, draws: 100)
  #expect(same[0].value == 0 && same[0].low == 0 && same[0].high == 0 && same[0].p == 1)
  // As many images, but not the same.
  var others = truth
  others.images.ids[0] = 1000
  var elsewhere = good
  elsewhere.images = elsewhere.images.map { $0 == 1 ? 1000 : $0 }
  let other = try Bootstrap(others, elsewhere)
  #expect(throws: COCOError.self) { try first.differences(to: other, draws: 10) }
}
