// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Median, extremes and mean of a few numbers.
public struct Summary: Sendable, Equatable {
  public let median, min, max, mean: Double

  /// - Throws: for an empty list, and when a value is nan, which has no place in an order.
  public init(_ values: [Double]) throws {
    guard !values.contains(where: \.isNaN) else { throw TensorError("summary", "a value is nan") }
    guard let first = values.min(), let last = values.max() else {
      throw TensorError("summary", "there is nothing to sum up")
    }
    median = quantile(values.sorted(), 0.5)
    (min, max) = (first, last)
    mean = values.reduce(0, +) / Double(values.count)
  }
}

/// What a part `q` of the sorted values lies below, between neighbours by linear interpolation, as
/// numpy's default. Values may be infinite; there must be one.
func quantile(_ sorted: [Double], _ q: Double) -> Double {
  let place = q * Double(sorted.count - 1)
  let i = min(Int(place), sorted.count - 1)
  let (low, high) = (sorted[i], sorted[min(i + 1, sorted.count - 1)])
  let part = place - Double(i)
  if part == 0 || low == high || low.isInfinite { return low }
  if high.isInfinite { return high }
  // From the nearer end, as numpy does: the middle of 1 and 2 is 1.5 whatever the rounding.
  return part < 0.5 ? low + part * (high - low) : high - (high - low) * (1 - part)
}
