// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Rows of a batch by the rank of their loss: MosaicML Composer's form of Selective-Backprop.
public enum RankSampling {
  /// The probability of rank q = 0 ..< `n`, ascending by loss: `((q + 0.5) / n)^(1 / keep - 1)`, scaled
  /// to sum 1.
  /// - Throws: `TensorError` unless `n` >= 1 and 0 < `keep` <= 1.
  public static func probabilities(_ n: Int, keep: Double) throws -> [Double] {
    guard n >= 1 else {
      throw TensorError("rank sampling", "needs at least one loss, got \(n)")
    }
    try check(keep)
    // Relative to the highest rank, so that no power underflows to a sum of 0.
    let exponent = 1 / keep - 1
    let top = Double(n) - 0.5
    var values = (0..<n).map { q in
      q == n - 1 || exponent == 0 ? 1 : exp(exponent * log((Double(q) + 0.5) / top))
    }
    let sum = values.reduce(0, +)
    for q in values.indices { values[q] /= sum }
    return values
  }

  /// `floor(keep n)`, at least 1: how many of `n` rows are kept.
  public static func count(_ n: Int, keep: Double) -> Int {
    // Products such as 0.29 * 100 land a rounding below the integer they stand for.
    min(n, max(1, Int(keep * Double(n) + 1e-9)))
  }

  /// `count(n, keep:)` rows without replacement, drawn one after the other by the probability of their
  /// rank; ascending, so that `keep` = 1 is the batch as it came.
  ///
  /// This is no top-k: the row of the least loss can be kept. Equal losses rank in the order of rows.
  /// - Throws: `TensorError` for no loss, one that is NaN, or a `keep` outside (0, 1].
  public static func sample(
    _ losses: [Double], keep: Double, stream: inout RandomStream
  ) throws -> [Int] {
    try checkLosses(losses, "rank sampling")
    let weights = try probabilities(losses.count, keep: keep)
    let k = count(losses.count, keep: keep)
    if k == losses.count { return Array(losses.indices) }
    let ranked = losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }
    let drawn = try stream.weightedSample(k, weights: weights, replacement: false)
    return drawn.map { ranked[$0] }.sorted()
  }

  private static func check(_ keep: Double) throws {
    guard keep > 0, keep <= 1 else {
      throw TensorError("rank sampling", "keep must be above 0 and at most 1, got \(keep)")
    }
  }
}

/// Refuses losses that have no order.
func checkLosses(_ losses: [Double], _ op: String) throws {
  if let bad = losses.firstIndex(where: \.isNaN) {
    throw TensorError(
      op, "the loss of row \(bad) (from 0) of \(losses.count) is NaN: training has diverged")
  }
}
