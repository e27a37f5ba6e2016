// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Accuracy against cumulative seconds of training and selection; evaluation time is left out.
public struct AccuracyCurve: Sendable {
  public let seconds: [Double]
  public let accuracy: [Double]

  /// - Throws: when the lists differ in length or seconds fall.
  public init(seconds: [Double], accuracy: [Double]) throws {
    guard seconds.count == accuracy.count else {
      throw TensorError(
        "speedup", "\(seconds.count) times for \(accuracy.count) accuracies")
    }
    guard zip(seconds, seconds.dropFirst()).allSatisfy(<=) else {
      throw TensorError("speedup", "cumulative seconds must not fall")
    }
    self.seconds = seconds
    self.accuracy = accuracy
  }

  /// The first time at which the accuracy is at least `target`, by linear interpolation between two
  /// evaluations; the first evaluation stands for itself. nil when it is never reached.
  public func time(to target: Double) -> Double? {
    guard let i = accuracy.firstIndex(where: { $0 >= target }) else { return nil }
    guard i > 0 else { return seconds[0] }
    let part = (target - accuracy[i - 1]) / (accuracy[i] - accuracy[i - 1])
    return seconds[i - 1] + part * (seconds[i] - seconds[i - 1])
  }
}

/// How much sooner runs reach an accuracy than the runs of a baseline, seed by seed.
public struct FixedAccuracySpeedup: Sendable {
  /// Of the pairs in which both runs reached the accuracy.
  public let ratios: [Double]
  /// Pairs in which the baseline reached it.
  public let count: Int
  /// Where a run never reached it, its speedup lies below baseline time / its whole time; the
  /// smallest such bound.
  public let below: Double?

  /// - Throws: when there is not one run for each run of the baseline.
  public init(baseline: [AccuracyCurve], runs: [AccuracyCurve], target: Double) throws {
    guard baseline.count == runs.count else {
      throw TensorError("speedup", "\(runs.count) runs beside \(baseline.count) of the baseline")
    }
    var ratios: [Double] = []
    var (count, below): (Int, Double?) = (0, nil)
    for (base, run) in zip(baseline, runs) {
      guard let baseTime = base.time(to: target) else { continue }
      count += 1
      if let time = run.time(to: target) {
        // Both may have it before any training: 0 seconds are no faster than 0.
        ratios.append(time == baseTime ? 1 : baseTime / time)
      } else if let whole = run.seconds.last, whole > 0 {
        below = min(below ?? .infinity, baseTime / whole)
      }
    }
    self.ratios = ratios
    self.count = count
    self.below = below
  }
}

/// Median, extremes and mean of a few numbers.
public struct Summary: Sendable, Equatable {
  public let median, min, max, mean: Double

  /// - Throws: for an empty list.
  public init(_ values: [Double]) throws {
    guard let first = values.min(), let last = values.max() else {
      throw TensorError("summary", "there is nothing to sum up")
    }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    (min, max) = (first, last)
    mean = values.reduce(0, +) / Double(values.count)
  }
}
