// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private func curve(_ cost: [Double], _ accuracy: [Double]) throws -> AccuracyCurve {
  try AccuracyCurve(cost: cost, accuracy: accuracy)
}

@Test func accuracyCurve_target_isInterpolatedBetweenEvaluations() throws {
  let c = try curve([10, 20, 40], [0.5, 0.75, 1])
  // Reached within the first evaluation: nothing is known of before.
  #expect(c.cost(to: 0.25) == 10)
  #expect(c.cost(to: 0.5) == 10)
  #expect(c.cost(to: 0.625) == 15)
  #expect(c.cost(to: 0.75) == 20)
  #expect(c.cost(to: 0.8125) == 25)
  #expect(c.cost(to: 1) == 40)
  #expect(c.cost(to: 1.01) == nil)
  #expect(try curve([], []).cost(to: 0) == nil)
}

@Test func accuracyCurve_dip_countsTheFirstTime() throws {
  let c = try curve([10, 20, 30, 40], [0.5, 0.75, 0.25, 1])
  #expect(c.cost(to: 0.75) == 20)
  #expect(c.cost(to: 0.875) == 30 + 10 * 0.625 / 0.75)
  // Selection took the time between, the accuracy stood still.
  #expect(try curve([10, 10, 30], [0.5, 0.75, 1]).cost(to: 0.625) == 10)
}

@Test func accuracyCurve_badLists_areRefused() throws {
  #expect(errorText { _ = try curve([1], []) }.contains("1 costs for 0 accuracies"))
  #expect(errorText { _ = try curve([2, 1], [0, 0]) }.contains("must not fall"))
  #expect(errorText { _ = try curve([1, .nan], [0, 0]) }.contains("must not fall"))
  #expect(errorText { _ = try curve([-1, 2], [0, 0]) }.contains("at least 0, got -1.0"))
  #expect(errorText { _ = try curve([1, 2], [0, .nan]) }.contains("accuracy 2 of 2 is nan"))
}

private func speedup(
  _ baseline: [AccuracyCurve], _ runs: [AccuracyCurve], _ target: Double = 0.5,
  method: IntervalMethod = .percentile
) throws -> FixedAccuracySpeedup {
  try FixedAccuracySpeedup(
    baseline: baseline, runs: runs, target: target, bootstrap: MedianBootstrap(method: method))
}

@Test func speedup_everyRunReaches_isTheRatioSeedBySeed() throws {
  let full = try [curve([10, 20], [0, 1]), curve([20, 40], [0, 1]), curve([5, 15], [0, 1])]
  let runs = try [
    curve([2, 4], [0, 1]), curve([10, 10, 30], [0, 0.25, 0.75]), curve([1, 2], [1, 1]),
  ]
  let result = try speedup(full, runs)
  // 15 / 3, 30 / 20 and 10 / 1.
  #expect(result.pairs == [5, 1.5, 10].map { Speedup(low: $0, high: $0) })
  #expect(result.median == Speedup(low: 5, high: 5))
  // The median of three is the least of them in 7 resamples of 27.
  #expect(result.interval == 1.5...10 && result.verdict == .faster)
  // Slower than the baseline is legal.
  let slower = try speedup(runs, full)
  #expect(slower.exact == [0.2, 20.0 / 30, 0.1] && slower.verdict == .slower)
  #expect(try speedup(full, [full[1], full[0], full[2]]).verdict == .undecided)
  // One pair says nothing of others.
  let one = try speedup([full[0]], [runs[0]])
  #expect(one.median == Speedup(low: 5, high: 5) && one.interval == nil && one.verdict == .none)
}

@Test func speedup_runThatNeverReaches_isBoundedByItsWholeCost() throws {
  let full = try [
    curve([10, 20], [0, 1]), curve([10, 20], [0, 1]), curve([10, 20], [0, 0.25]),
  ]
  let runs = try [curve([2, 4], [0, 0.25]), curve([2, 30], [0, 0.25]), curve([1], [1])]
  let result = try speedup(full, runs)
  // Below 15 / 4 and 15 / 30; the third baseline never reached it in 20, its run in 1.
  #expect(
    result.pairs == [
      Speedup(low: 0, high: 3.75), Speedup(low: 0, high: 0.5), Speedup(low: 20, high: .infinity),
    ])
  #expect(result.exact.isEmpty && result.count == 3)
  #expect(result.median == Speedup(low: 0, high: 3.75))
  #expect(result.interval == 0 ... .infinity && result.verdict == .undecided)
  let neither = try speedup([full[2], full[0]], [runs[0], runs[1]])
  #expect(neither.pairs == [nil, Speedup(low: 0, high: 0.5)] && neither.count == 1)
  #expect(neither.verdict == .none)
  #expect(try speedup([full[2]], [runs[0]]).median == nil)
}

@Test func speedup_fewFailures_lowerTheMedianInsteadOfVanishing() throws {
  let full = try [curve([10, 20], [0, 1]), curve([10, 20], [0, 1]), curve([10, 20], [0, 1])]
  let fast = try curve([2, 4], [0, 1])
  let failed = try curve([2, 4], [0, 0.25])
  // Speedups of 5, 5 and below 3.75: the median is known although one is not.
  let one = try speedup(full, [fast, failed, fast])
  #expect(one.median == Speedup(low: 5, high: 5) && one.interval == 0...5)
  #expect(one.verdict == .undecided)
  let two = try speedup(full, [fast, failed, failed])
  #expect(two.median == Speedup(low: 0, high: 3.75))
  // Below 0.75 at most, whatever it would be.
  let slow = try curve([2, 20], [0, 0.25])
  let all = try speedup(full, [slow, slow, slow])
  #expect(all.interval == 0...0.75 && all.verdict == .slower)
}

@Test func speedup_targetReachedAtTheStart_isNoBound() throws {
  let (early, late) = (try curve([0, 5], [0.5, 1]), try curve([10, 20], [0, 1]))
  #expect(try speedup([early], [early]).exact == [1])
  #expect(try speedup([late], [early]).exact == [.infinity])
  // Of a run that never got there it is a bound, be it 0.
  let never = try curve([10, 20], [0, 0])
  let bound = try speedup([early], [never])
  #expect(bound.exact.isEmpty && bound.count == 1 && bound.pairs[0]?.high == 0)
  #expect(try speedup([never], [early]).exact.isEmpty)
  // Without any cost a run that never got there tells nothing.
  #expect(try speedup([late], [curve([0], [0])]).pairs == [nil])
}

@Test func speedup_bcaOfAnUnboundedPair_isRefused() throws {
  let (never, soon) = (try curve([10, 20], [0, 0.25]), try curve([1], [1]))
  let text = errorText { _ = try speedup([never, soon], [soon, soon], method: .bca) }
  #expect(text.contains("BCa needs finite values"))
}

@Test func speedup_otherNumberOfRuns_isRefused() throws {
  let c = try curve([1], [1])
  #expect(errorText { _ = try speedup([c, c], [c]) }.contains("1 runs beside 2"))
  #expect(errorText { _ = try speedup([c], [c], .nan) }.contains("nan"))
}

@Test func summary_oddEvenAndEmptyLists_haveTheirMedian() throws {
  #expect(try Summary([3]) == Summary([3, 3, 3]))
  #expect(try Summary([4, 1, 3]).median == 3)
  let even = try Summary([4, 1, 3, 2])
  #expect(even.median == 2.5 && even.mean == 2.5 && even.min == 1 && even.max == 4)
  #expect(errorText { _ = try Summary([]) }.contains("nothing to sum up"))
  #expect(errorText { _ = try Summary([.nan, 1, 2]) }.contains("a value is nan"))
}
