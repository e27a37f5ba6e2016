// SPDX-License-Identifier: Apache-2.0
import Glibc

extension RandomStream {
  /// Shuffles in place (Fisher-Yates from the front).
  public mutating func shuffle<T>(_ values: inout [T]) {
    guard values.count > 1 else { return }
    for i in 0..<values.count - 1 {
      values.swapAt(i, i + Int(drawn(below: UInt64(values.count - i))))
    }
  }

  /// The numbers 0 ..< `n` in random order.
  /// - Throws: `TensorError` when `n` is negative.
  public mutating func permutation(_ n: Int) throws -> [Int] {
    guard n >= 0 else { throw TensorError("permutation", "n must not be negative, got \(n)") }
    var values = Array(0..<n)
    shuffle(&values)
    return values
  }

  /// `k` different numbers of 0 ..< `n`, in random order: the head of `permutation(n)`.
  /// - Throws: `TensorError` unless 0 <= `k` <= `n`.
  public mutating func sample(_ k: Int, of n: Int) throws -> [Int] {
    guard k >= 0, k <= n else {
      throw TensorError("sample", "\(k) of \(n) without replacement: k must be in 0 ... n")
    }
    // Fisher-Yates on an array that is only imagined: `moved` holds the places that have changed.
    var moved: [Int: Int] = [:]
    var out: [Int] = []
    out.reserveCapacity(k)
    for i in 0..<k where i < n - 1 {
      let j = i + Int(drawn(below: UInt64(n - i)))
      out.append(moved[j] ?? j)
      moved[j] = moved[i] ?? i
    }
    if out.count < k { out.append(moved[n - 1] ?? n - 1) }
    return out
  }

  /// `k` indices into `weights`, each with probability proportional to its weight.
  ///
  /// Without replacement the draws are successive (Efraimidis and Spirakis 2006: the k smallest
  /// exponentials of rate w_i), in the order in which they would be drawn.
  /// - Throws: `TensorError` when a weight is negative or not finite, when all are 0, or when fewer
  ///   than `k` are positive and replacement is off.
  public mutating func weightedSample(_ k: Int, weights: [Double], replacement: Bool) throws
    -> [Int]
  {
    let op = "weighted sample"
    guard k >= 0 else { throw TensorError(op, "the count must not be negative, got \(k)") }
    for (i, w) in weights.enumerated() where !(w >= 0 && w < .infinity) {
      throw TensorError(op, "a weight is \(w); weights must be finite and not negative", index: i)
    }
    if k == 0 { return [] }
    let positive = weights.count { $0 > 0 }
    guard positive > 0 else {
      throw TensorError(op, "none of the \(weights.count) weights is positive")
    }
    if replacement {
      // Relative to the largest, so that the sum cannot overflow.
      let largest = weights.max() ?? 1
      var sums: [Double] = []
      sums.reserveCapacity(weights.count)
      var total = 0.0
      for w in weights {
        total += w / largest
        sums.append(total)
      }
      return (0..<k).map { _ in
        let target = uniform() * total
        var (low, high) = (0, sums.count - 1)
        while low < high {
          let middle = (low + high) / 2
          if sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        // A target that rounds up to the total must not fall on a trailing weight of 0.
        while weights[low] == 0 { low -= 1 }
        return low
      }
    }
    guard k <= positive else {
      throw TensorError(op, "\(k) draws without replacement from \(positive) positive weights")
    }
    var keys: [(key: Double, index: Int)] = []
    keys.reserveCapacity(positive)
    for (i, w) in weights.enumerated() {
      let exponential = -log(1 - uniform())
      if w > 0 { keys.append((exponential / w, i)) }
    }
    keys.sort { $0 < $1 }
    return keys.prefix(k).map(\.index)
  }
}
