// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// The last losses of a run and their distribution: what Selective-Backprop (Jiang et al. 2019) weighs
/// a loss against.
///
/// A queue of `capacity` losses with a sorted copy: a percentile takes O(log capacity).
public final class LossHistory {
  public let capacity: Int
  private var queue: [Double] = []
  /// Where in `queue` the oldest is, once it is full.
  private var oldest = 0
  private var sorted: [Double] = []

  /// - Throws: `TensorError` for a capacity that no memory holds, or below 1.
  public init(capacity: Int = 1024) throws {
    guard capacity >= 1, capacity <= 1 << 24 else {
      throw TensorError(
        "loss history", "the capacity must be in 1 ... \(1 << 24), got \(capacity)")
    }
    self.capacity = capacity
  }

  public var count: Int { queue.count }

  /// The losses, the oldest first: adding them to an empty history gives this one.
  public var losses: [Double] { Array(queue[oldest...] + queue[..<oldest]) }

  /// Forgets what it holds and adds `losses`, the oldest first.
  public func replace(with losses: [Double]) {
    (queue, sorted, oldest) = ([], [], 0)
    for loss in losses { append(loss) }
  }

  /// Adds a loss; the oldest leaves once `capacity` are there. NaN, which has no order, counts as infinite.
  public func append(_ loss: Double) {
    let loss = loss.isNaN ? .infinity : loss
    if queue.count < capacity {
      queue.append(loss)
    } else {
      sorted.remove(at: below(queue[oldest]))
      queue[oldest] = loss
      oldest = (oldest + 1) % capacity
    }
    sorted.insert(loss, at: below(loss))
  }

  /// The part of the losses that lie strictly below `loss`, 0 ... 1; 0 when there are none.
  public func percentile(_ loss: Double) -> Double {
    sorted.isEmpty ? 0 : Double(below(loss)) / Double(sorted.count)
  }

  /// The probability with which each loss of a batch is kept, `max(minimum, percentile^beta)`.
  ///
  /// The batch's own losses enter the history first, as in the published code. The expected part that
  /// is kept is 1 / (1 + beta).
  /// - Throws: `TensorError` for a loss that is NaN, a beta below 0 or a minimum outside 0 ... 1; the
  ///   history is then as it was.
  public func probabilities(_ losses: [Double], beta: Double, minimum: Double = 0) throws
    -> [Double]
  {
    let op = "loss history"
    try checkLosses(losses, op)
    guard beta >= 0, beta < .infinity else {
      throw TensorError(op, "beta must be finite and not negative, got \(beta)")
    }
    guard minimum >= 0, minimum <= 1 else {
      throw TensorError(op, "the minimum probability must be in 0 ... 1, got \(minimum)")
    }
    for loss in losses { append(loss) }
    return losses.map { max(minimum, pow(percentile($0), beta)) }
  }

  /// How many of the sorted losses are below `loss`.
  private func below(_ loss: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < loss { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
