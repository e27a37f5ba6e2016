// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A speedup as far as it is known: exactly, or only from one side where a run never got there.
public struct Speedup: Sendable, Equatable {
  /// 0 where only `high` is known, else the speedup or what it lies above.
  public let low: Double
  /// Infinite where only `low` is known.
  public let high: Double
  /// Whether it is known, not bounded alone: of costs of 0 bounds may meet.
  public let isExact: Bool

  public init(low: Double, high: Double) {
    self.init(low: low, high: high, isExact: low == high)
  }

  fileprivate init(low: Double, high: Double, isExact: Bool) {
    (self.low, self.high, self.isExact) = (low, high, isExact)
  }

  /// The cost of `baseline` to reach `target` by that of `run`, both from the same seed.
  ///
  /// A run that never reached it would have needed more than its whole cost, so its speedup lies below the
  /// baseline's cost by that; and above it is where the baseline never did. nil when neither did, or when the
  /// one that did not has cost nothing.
  public init?(baseline: AccuracyCurve, run: AccuracyCurve, target: Double) {
    switch (baseline.cost(to: target), run.cost(to: target)) {
    case (let base?, let own?):
      // Both may have it before any training: a cost of 0 is no better than 0.
      let ratio = own == base ? 1 : base / own
      self.init(low: ratio, high: ratio)
    case (let base?, nil):
      guard let whole = run.cost.last, whole > 0 else { return nil }
      self.init(low: 0, high: base / whole, isExact: false)
    case (nil, let own?):
      guard let whole = baseline.cost.last, whole > 0 else { return nil }
      self.init(low: whole / own, high: .infinity, isExact: false)
    case (nil, nil):
      return nil
    }
  }
}

/// How much sooner runs reach an accuracy than the runs of a baseline: seed by seed, and over the seeds
/// the median with its interval.
///
/// Runs that never got there count with what is known of them: the median is taken with all that is
/// uncertain at its least and once more at its most, and so are the limits of the interval. Leaving them
/// out would make a method look the better the more often it fails.
public struct FixedAccuracySpeedup: Sendable {
  public enum Verdict: String, Sendable {
    /// The whole interval lies above 1.
    case faster
    /// The whole interval lies below 1.
    case slower
    /// The interval holds 1.
    case undecided
    /// Fewer than two pairs say anything.
    case none
  }

  /// Pair by pair; nil where nothing is known.
  public let pairs: [Speedup?]
  /// Of the pairs that say something; nil without any.
  public let median: Speedup?
  /// nil with fewer than two such pairs.
  public let interval: ClosedRange<Double>?

  /// - Throws: when there is not one run for each run of the baseline, or `bootstrap` does not take a
  ///   pair whose speedup has no upper bound.
  public init(
    baseline: [AccuracyCurve], runs: [AccuracyCurve], target: Double, bootstrap: MedianBootstrap
  ) throws {
    guard baseline.count == runs.count else {
      throw TensorError("speedup", "\(runs.count) runs beside \(baseline.count) of the baseline")
    }
    guard !target.isNaN else { throw TensorError("speedup", "the accuracy to reach is nan") }
    pairs = zip(baseline, runs).map { Speedup(baseline: $0, run: $1, target: target) }
    let known = pairs.compactMap { $0 }
    let (lows, highs) = (known.map(\.low), known.map(\.high))
    if known.isEmpty {
      median = nil
    } else {
      let (low, high) = (quantile(lows.sorted(), 0.5), quantile(highs.sorted(), 0.5))
      median = Speedup(
        low: low, high: high, isExact: low == high && known.contains(where: \.isExact))
    }
    // Both from the same resamples.
    if let least = try bootstrap.interval(lows), let most = try bootstrap.interval(highs) {
      interval = least.lowerBound...most.upperBound
    } else {
      interval = nil
    }
  }

  /// The speedups of the pairs in which both got there.
  public var exact: [Double] { pairs.compactMap { $0 }.filter(\.isExact).map(\.low) }

  /// How many pairs say something.
  public var count: Int { pairs.count { $0 != nil } }

  public var verdict: Verdict {
    guard let interval else { return .none }
    if interval.lowerBound > 1 { return .faster }
    return interval.upperBound < 1 ? .slower : .undecided
  }
}
