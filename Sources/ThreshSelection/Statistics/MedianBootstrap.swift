// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How an interval is read off the medians of resamples (Efron and Tibshirani 1993, chapters 13, 14).
public enum IntervalMethod: String, Sendable, CaseIterable {
  /// Their quantiles.
  case percentile
  /// Their quantiles at levels that are corrected for bias and acceleration.
  case bca
}

/// The bootstrap of a median: how far it would scatter over other draws of as many values (Efron 1979).
///
/// The same seed draws the same resamples whatever the values are, so that two lists of one length are
/// resampled alike, pair by pair. Of few values it can only tell little: of three every interval of 90 %
/// and more runs from the least to the most, which the true median is inside of 3 times in 4.
public struct MedianBootstrap: Sendable {
  public let method: IntervalMethod
  /// The part of the resamples' medians inside.
  public let level: Double
  public let draws: Int
  public let seed: UInt64

  /// - Throws: when `level` is not between 0 and 1, or `draws` not in 1 ... 1,000,000.
  public init(
    method: IntervalMethod = .percentile, level: Double = 0.95, draws: Int = 9999, seed: UInt64 = 0
  ) throws {
    guard level > 0, level < 1 else {
      throw TensorError("interval", "the level must be between 0 and 1, got \(level)")
    }
    guard draws >= 1, draws <= 1_000_000 else {
      throw TensorError("interval", "the number of draws must be in 1 ... 1000000, got \(draws)")
    }
    (self.method, self.level, self.draws, self.seed) = (method, level, draws, seed)
  }

  /// The interval of the median of `values`; nil for fewer than two, of which nothing can be said.
  /// - Throws: when a value is nan, or for BCa infinite.
  public func interval(_ values: [Double]) throws -> ClosedRange<Double>? {
    guard values.allSatisfy({ !$0.isNaN }) else {
      throw TensorError("interval", "a value is nan")
    }
    guard values.count > 1 else { return nil }
    return try interval(values, medians: medians(of: values))
  }

  /// The medians of the resamples, n of n with replacement.
  package func medians(of values: [Double]) -> [Double] {
    let n = values.count
    guard n > 0 else { return [] }
    var resample = values
    return (0..<draws).map { draw in
      var stream = RandomStream(seed: seed, purpose: "statistics.bootstrap", epoch: draw)
      for i in 0..<n { resample[i] = values[Int(stream.drawn(below: UInt64(n)))] }
      return quantile(resample.sorted(), 0.5)
    }
  }

  /// The interval that follows from given medians of resamples.
  /// - Throws: when there is no such median or no value, or for BCa when a value is infinite.
  package func interval(_ values: [Double], medians: [Double]) throws -> ClosedRange<Double> {
    guard !values.isEmpty, !medians.isEmpty else {
      throw TensorError("interval", "there is nothing to make an interval of")
    }
    let sorted = medians.sorted()
    var (low, high) = ((1 - level) / 2, (1 + level) / 2)
    if method == .bca {
      guard values.allSatisfy(\.isFinite) else {
        throw TensorError("interval", "BCa needs finite values; use the percentile interval")
      }
      let (bias, acceleration) = (bias(values, sorted), acceleration(values))
      func corrected(_ part: Double) -> Double {
        let z = bias + NormalDistribution.point(part)
        return NormalDistribution.part(below: bias + z / (1 - acceleration * z))
      }
      (low, high) = (corrected(low), corrected(high))
    }
    let (a, b) = (quantile(sorted, low), quantile(sorted, high))
    return min(a, b)...max(a, b)
  }

  /// The normal point of the part of the resamples' medians below the median itself, ties by half. At
  /// least half a resample is taken to lie on either side.
  private func bias(_ values: [Double], _ sorted: [Double]) -> Double {
    let median = quantile(values.sorted(), 0.5)
    let n = Double(sorted.count)
    let below = Double(sorted.count { $0 < median } + sorted.count { $0 <= median }) / 2
    return NormalDistribution.point(min(max(below, 0.5), n - 0.5) / n)
  }

  /// From the medians of all values but one; 0 where they are all the same.
  private func acceleration(_ values: [Double]) -> Double {
    let rest = values.indices.map { left in
      quantile(values.indices.filter { $0 != left }.map { values[$0] }.sorted(), 0.5)
    }
    let mean = rest.reduce(0, +) / Double(rest.count)
    let squares = rest.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let cubes = rest.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }
}
