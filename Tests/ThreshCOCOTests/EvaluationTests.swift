// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshCOCO

@Test func evaluation_of300RandomProblems_hasPycocotoolsBits() throws {
  let problems = try fixture([Problem].self, "eval.json")
  #expect(problems.count == 300)
  for (i, problem) in problems.enumerated() {
    let evaluation = try Evaluation(problem.truth, problem.found, problem.evaluationOptions)
    #expect(evaluation.stats == problem.stats.map { Double($0) ?? .nan }, "problem \(i)")
    let ap = evaluation.categories.map { $0.precision[0] }
    #expect(ap == problem.ap.map { Double($0) ?? .nan }, "problem \(i)")
  }
}

@Test func evaluation_orderOfImages_doesNotMatter() throws {
  for problem in try fixture([Problem].self, "eval.json").prefix(60) {
    var other = problem
    other.images.reverse()
    other.categories.reverse()
    let o = problem.evaluationOptions
    #expect(
      try Evaluation(problem.truth, problem.found, o).stats
        == Evaluation(other.truth, other.found, o).stats)
  }
}

@Test func evaluation_loneTruePositive_isOneUnitBelowOne() throws {
  var truth = Problem(
    images: [5], categories: [2], objects: [[4, 5, 2, 0, 0, 10, 10, 100, 0]],
    detections: [[5, 2, 0, 0, 10, 10, 0.5]], options: .init(), stats: [], ap: [])
  #expect(try Evaluation(truth.truth, truth.found).stats[0] == 0.9999999999999998)
  // From two on the addend rounds away.
  truth.images.append(6)
  truth.objects.append([5, 6, 2, 0, 0, 10, 10, 100, 0])
  truth.detections.append([6, 2, 0, 0, 10, 10, 0.4])
  #expect(try Evaluation(truth.truth, truth.found).stats[0] == 1)
}

private func problem(_ objects: [[Double]], _ detections: [[Double]]) -> Problem {
  Problem(
    images: [1], categories: [1], objects: objects, detections: detections, options: .init(),
    stats: [], ap: [])
}

@Test func evaluation_areaAtTheBound_countsOnBothSides() throws {
  let p = problem([[1, 1, 1, 0, 0, 32, 32, 1024, 0]], [[1, 1, 0, 0, 32, 32, 1]])
  let stats = try Evaluation(p.truth, p.found).stats
  #expect(stats[3] > 0.99 && stats[4] > 0.99 && stats[5] == -1)
}

@Test func evaluation_beyond100DetectionsOfACell_areCut() throws {
  let misses = (0..<100).map { [1, 1, 500, 500, 10, 10, 0.9 - Double($0) / 1000] }
  let p = problem([[1, 1, 1, 0, 0, 10, 10, 100, 0]], misses + [[1, 1, 0, 0, 10, 10, 0.1]])
  let evaluation = try Evaluation(p.truth, p.found)
  #expect(evaluation.stats[8] == 0 && evaluation.counts.beyondLimit == 1)
}

@Test func evaluation_crowd_takesManyDetections() throws {
  let p = problem(
    [[1, 1, 1, 0, 0, 100, 100, 10000, 1], [2, 1, 1, 200, 0, 10, 10, 100, 0]],
    [[1, 1, 0, 0, 20, 20, 0.9], [1, 1, 30, 0, 20, 20, 0.8], [1, 1, 200, 0, 10, 10, 0.7]])
  // Neither detection in the crowd counts, so the last is alone.
  #expect(try Evaluation(p.truth, p.found).stats[0] == 0.9999999999999998)
}

@Test func evaluation_equalOverlaps_takeTheLaterObject() throws {
  // Both objects overlap the first detection equally; the second detection fits the first object only.
  let p = problem(
    [[1, 1, 1, 0, 0, 10, 10, 100, 0], [2, 1, 1, 4, 0, 10, 10, 100, 0]],
    [[1, 1, 2, 0, 10, 10, 0.9], [1, 1, 0, 0, 10, 10, 0.8]])
  #expect(try Evaluation(p.truth, p.found).stats[1] == 1)
}

@Test func evaluation_idZero_countsInStrictModeOnly() throws {
  let p = problem([[0, 1, 1, 0, 0, 10, 10, 100, 0]], [[1, 1, 0, 0, 10, 10, 0.5]])
  let compat = try Evaluation(p.truth, p.found)
  #expect(compat.stats[0] == 0 && compat.notes.count == 1)
  var strict = EvaluationOptions()
  strict.mode = .strict
  #expect(try Evaluation(p.truth, p.found, strict).stats[0] == 0.9999999999999998)
}

@Test func evaluation_boxOfNaN_matchesInCompatModeOnly() throws {
  var found = Detections()
  found.append(image: 1, category: 1, box: (.nan, .nan, .nan, .nan), score: 0.5)
  let p = problem([[3, 1, 1, 0, 0, 10, 10, 100, 0]], [])
  #expect(try Evaluation(p.truth, found).stats[0] == 0.9999999999999998)
  var strict = EvaluationOptions()
  strict.mode = .strict
  #expect(try Evaluation(p.truth, found, strict).stats[0] == 0)
}

@Test func evaluation_ofNothing_isUndefined() throws {
  let nothing = try Evaluation(Annotations(), Detections())
  #expect(nothing.stats == [Double](repeating: -1, count: 12))
  let p = problem([[1, 1, 1, 0, 0, 10, 10, 100, 0]], [])
  #expect(try Evaluation(p.truth, p.found).stats[0] == 0)
}

@Test func evaluation_otherMaxDetections_followPycocotoolsOrTheLargest() throws {
  let p = problem([[1, 1, 1, 0, 0, 10, 10, 100, 0]], [[1, 1, 0, 0, 10, 10, 0.5]])
  var o = EvaluationOptions()
  o.maxDetections = [1, 10, 50]
  #expect(try Evaluation(p.truth, p.found, o).stats[0] == -1)
  o.mode = .strict
  #expect(try Evaluation(p.truth, p.found, o).stats[0] == 0.9999999999999998)
  o.maxDetections = [300]
  #expect(try Evaluation(p.truth, p.found, o).figures.map(\.maxDetections).min() == 300)
  o.mode = .compat
  #expect(throws: COCOError.self) { try Evaluation(p.truth, p.found, o) }
}

@Test func evaluation_ignoreFlag_isHonouredWhenAsked() throws {
  let p = problem([[1, 1, 1, 0, 0, 10, 10, 100, 0]], [[1, 1, 0, 0, 10, 10, 0.5]])
  var truth = p.truth
  truth.objects.isIgnored = [true]
  #expect(try Evaluation(truth, p.found).stats[0] == 0.9999999999999998)
  var o = EvaluationOptions()
  o.honourIgnore = true
  #expect(try Evaluation(truth, p.found, o).stats[0] == -1)
}
