// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The controls: subsets drawn without looking at the data, as functions of their arguments alone.
public enum RandomSubsets {
  /// `k` of the numbers 0 ..< `n` without replacement, uniformly, in random order.
  /// - Throws: `TensorError` unless 1 <= `k` <= `n`.
  public static func random(
    _ n: Int, _ k: Int, seed: UInt64, purpose: String = "select.random", epoch: Int = 0
  ) throws -> [Int] {
    try check(k, of: n, op: "random")
    var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch)
    return try stream.sample(k, of: n)
  }

  /// RS2, repeated sampling of random subsets (Okanovic et al. 2024): the subset of draw number
  /// `draw` = 0, 1, ….
  ///
  /// Without replacement it walks through a permutation of 0 ..< `n` in chunks of `k`, and through a
  /// new one after `ceil(n / k)` draws; where `k` does not divide `n`, the last chunk is filled up from
  /// the beginning of its permutation, as the authors' code does. With replacement each draw is a fresh
  /// one of `k`. No number comes twice within a draw.
  /// - Throws: `TensorError` unless 1 <= `k` <= `n` and `draw` >= 0.
  public static func rs2(_ n: Int, _ k: Int, seed: UInt64, draw: Int, replacement: Bool = false)
    throws -> [Int]
  {
    try check(k, of: n, op: "rs2")
    guard draw >= 0 else { throw TensorError("rs2", "draws count from 0, got \(draw)") }
    if replacement { return try random(n, k, seed: seed, purpose: "select.rs2", epoch: draw) }
    let chunks = (n - 1) / k + 1
    var stream = RandomStream(
      seed: seed, purpose: "select.rs2.permutation", epoch: draw / chunks)
    let order = try stream.permutation(n)
    let from = draw % chunks * k
    let rest = min(k, n - from)
    return Array(order[from..<from + rest] + order[..<(k - rest)])
  }

  /// The numbers 0 ..< `n` in fixed batches; the last one may be short.
  ///
  /// In sequence, or by a permutation drawn from `seed`.
  /// - Throws: `TensorError` when `n` or `batchSize` is below 1.
  public static func partition(_ n: Int, batchSize: Int, seed: UInt64? = nil) throws -> [[Int]] {
    guard n >= 1 else { throw TensorError("partition", "there is nothing to cut, n = \(n)") }
    guard batchSize >= 1 else {
      throw TensorError("partition", "the batch size must be at least 1, got \(batchSize)")
    }
    var order = Array(0..<n)
    if let seed {
      var stream = RandomStream(seed: seed, purpose: "select.partition")
      stream.shuffle(&order)
    }
    return (0...(n - 1) / batchSize).map { b in
      Array(order[b * batchSize..<b * batchSize + min(batchSize, n - b * batchSize)])
    }
  }

  /// `ceil(k / B)` of the batches of a partition without replacement, with B the size of the largest:
  /// the random counterpart of GRAD-MATCHPB.
  ///
  /// Together they may hold more than `k` numbers, by less than a batch.
  /// - Throws: `TensorError` when `k` is below 1 or no batch has a member.
  public static func randomBatches(_ partition: [[Int]], _ k: Int, seed: UInt64, epoch: Int)
    throws -> [[Int]]
  {
    guard k >= 1 else {
      throw TensorError("random batches", "the budget must be at least 1, got \(k)")
    }
    guard let largest = partition.map(\.count).max(), largest > 0 else {
      throw TensorError("random batches", "there is no batch to draw from")
    }
    var stream = RandomStream(seed: seed, purpose: "select.batches", epoch: epoch)
    let wanted = min(partition.count, (k - 1) / largest + 1)
    return try stream.sample(wanted, of: partition.count).map { partition[$0] }
  }

  private static func check(_ k: Int, of n: Int, op: String) throws {
    guard n >= 1, k >= 1, k <= n else {
      throw TensorError(op, "cannot choose \(k) of \(n): needs 1 <= k <= n")
    }
  }
}
