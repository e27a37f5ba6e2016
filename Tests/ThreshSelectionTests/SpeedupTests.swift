// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private func curve(_ seconds: [Double], _ accuracy: [Double]) throws -> AccuracyCurve {
  try AccuracyCurve(seconds: seconds, accuracy: accuracy)
}

@Test func accuracyCurve_target_isInterpolatedBetweenEvaluations() throws {
  let c = try curve([10, 20, 40], [0.5, 0.75, 1])
  // Reached within the first evaluation: nothing is known of before.
  #expect(c.time(to: 0.25) == 10)
  #expect(c.time(to: 0.5) == 10)
  #expect(c.time(to: 0.625) == 15)
  #expect(c.time(to: 0.75) == 20)
  #expect(c.time(to: 0.8125) == 25)
  #expect(c.time(to: 1) == 40)
  #expect(c.time(to: 1.01) == nil)
  #expect(try curve([], []).time(to: 0) == nil)
}

@Test func accuracyCurve_dip_countsTheFirstTime() throws {
  let c = try curve([10, 20, 30, 40], [0.5, 0.75, 0.25, 1])
  #expect(c.time(to: 0.75) == 20)
  #expect(c.time(to: 0.875) == 30 + 10 * 0.625 / 0.75)
  // Selection took the time between, the accuracy stood still.
  #expect(try curve([10, 10, 30], [0.5, 0.75, 1]).time(to: 0.625) == 10)
}

@Test func accuracyCurve_badLists_areRefused() throws {
  #expect(errorText { _ = try curve([1], []) }.contains("1 times for 0 accuracies"))
  #expect(errorText { _ = try curve([2, 1], [0, 0]) }.contains("must not fall"))
  #expect(errorText { _ = try curve([1, .nan], [0, 0]) }.contains("must not fall"))
}

@Test func speedup_everyRunReaches_isTheRatioSeedBySeed() throws {
  let full = try [curve([10, 20], [0, 1]), curve([20, 40], [0, 1]), curve([5, 15], [0, 1])]
  let runs = try [
    curve([2, 4], [0, 1]), curve([10, 10, 30], [0, 0.25, 0.75]), curve([1, 2], [1, 1]),
  ]
  let result = try FixedAccuracySpeedup(baseline: full, runs: runs, target: 0.5)
  // 15 / 3, 30 / 20 and 10 / 1.
  #expect(result.ratios == [5, 1.5, 10])
  #expect(result.count == 3 && result.below == nil)
  let summary = try Summary(result.ratios)
  #expect(summary.median == 5 && summary.min == 1.5 && summary.max == 10)
  #expect(abs(summary.mean - 5.5) < 1e-12)
  // Slower than the baseline is legal.
  let slower = try FixedAccuracySpeedup(baseline: runs, runs: full, target: 0.5)
  #expect(slower.ratios == [0.2, 20.0 / 30, 0.1])
}

@Test func speedup_runThatNeverReaches_isCensoredBelowItsBound() throws {
  let full = try [
    curve([10, 20], [0, 1]), curve([10, 20], [0, 1]), curve([10, 20], [0, 0.25]),
  ]
  let runs = try [curve([2, 4], [0, 0.25]), curve([2, 30], [0, 0.25]), curve([1], [1])]
  let result = try FixedAccuracySpeedup(baseline: full, runs: runs, target: 0.5)
  // 15 / 4 and 15 / 30 bound the first two; the third baseline never reached it.
  #expect(result.ratios.isEmpty)
  #expect(result.count == 2 && result.below == 0.5)
  let mixed = try FixedAccuracySpeedup(
    baseline: full, runs: [runs[2], runs[1], runs[0]], target: 0.5)
  #expect(mixed.ratios == [15] && mixed.below == 0.5 && mixed.count == 2)
}

@Test func speedup_targetReachedAtTheStart_isNoBound() throws {
  let (early, late) = (try curve([0, 5], [0.5, 1]), try curve([10, 20], [0, 1]))
  let both = try FixedAccuracySpeedup(baseline: [early], runs: [early], target: 0.5)
  #expect(both.ratios == [1] && both.below == nil)
  let one = try FixedAccuracySpeedup(baseline: [late], runs: [early], target: 0.5)
  #expect(one.ratios == [.infinity] && one.below == nil)
}

@Test func speedup_otherNumberOfRuns_isRefused() throws {
  let c = try curve([1], [1])
  #expect(
    errorText { _ = try FixedAccuracySpeedup(baseline: [c, c], runs: [c], target: 0.5) }.contains(
      "1 runs beside 2"))
}

@Test func summary_oddEvenAndEmptyLists_haveTheirMedian() throws {
  #expect(try Summary([3]) == Summary([3, 3, 3]))
  #expect(try Summary([4, 1, 3]).median == 3)
  let even = try Summary([4, 1, 3, 2])
  #expect(even.median == 2.5 && even.mean == 2.5 && even.min == 1 && even.max == 4)
  #expect(errorText { _ = try Summary([]) }.contains("nothing to sum up"))
}
