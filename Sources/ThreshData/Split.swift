// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How much of a dataset one part of a split gets.
public enum SplitSize: Sendable {
  case count(Int)
  /// Rounded down.
  case fraction(Double)
  /// What the other parts leave; at most one part may ask for it.
  case rest
}

extension ImageDataset {
  /// Disjoint parts chosen by `seed` alone, each in the order of this set.
  ///
  /// `stratified` keeps the classes' shares: each part's count is exact, and each class's share of it
  /// is off by less than one sample.
  /// - Returns: the indices of each part, ascending.
  /// - Throws: `TensorError` for sizes that are negative or add up to more than there is.
  public func splitIndices(_ sizes: [SplitSize], seed: UInt64, stratified: Bool = false) throws
    -> [[Int]]
  {
    let counts = try partCounts(sizes)
    var stream = RandomStream(seed: seed, purpose: "split")
    let order = try stream.permutation(count)
    guard stratified else {
      var start = 0
      return counts.map { size in
        defer { start += size }
        return order[start..<start + size].sorted()
      }
    }
    var left = [[Int]](repeating: [], count: classCount)
    for i in order { left[labels[i]].append(i) }
    return counts.map { size in
      let shares = largestRemainder(size, left.map(\.count))
      var part: [Int] = []
      for (c, share) in shares.enumerated() {
        part += left[c].suffix(share)
        left[c].removeLast(share)
      }
      return part.sorted()
    }
  }

  /// The parts as datasets, named `name/part`.
  public func split(
    _ parts: [(name: String, size: SplitSize)], seed: UInt64, stratified: Bool = false
  ) throws -> [ImageDataset] {
    let indices = try splitIndices(parts.map(\.size), seed: seed, stratified: stratified)
    return try zip(parts, indices).map { try subset($1, name: "\(name)/\($0.name)") }
  }

  private func partCounts(_ sizes: [SplitSize]) throws -> [Int] {
    var counts: [Int] = []
    var rest: Int?
    var used = 0
    for (i, size) in sizes.enumerated() {
      var part = 0
      switch size {
      case .count(let n):
        guard n >= 0 else { throw TensorError("split", "part \(i) has the negative size \(n)") }
        part = n
      case .fraction(let f):
        guard f >= 0, f <= 1 else {
          throw TensorError("split", "part \(i) has the fraction \(f); needed 0 ... 1")
        }
        // 0.3 of 10 is 3, although 0.3 * 10 may round below.
        part = Int(f * Double(count) + 1e-9)
      case .rest:
        guard rest == nil else { throw TensorError("split", "two parts ask for the rest") }
        rest = i
      }
      guard part <= count - used else {
        throw TensorError("split", "the parts need more than the \(count) samples of \(name)")
      }
      used += part
      counts.append(part)
    }
    if let rest { counts[rest] = count - used }
    return counts
  }
}

/// `total` cut in proportion to `weights`, exactly: floors first, then the largest remainders.
///
/// No share is above its weight when `total` is at most their sum; ties go to the first.
func largestRemainder(_ total: Int, _ weights: [Int]) -> [Int] {
  let sum = weights.reduce(0, +)
  guard sum > 0 else { return weights.map { _ in 0 } }
  let parts = weights.map {
    let product = total.multipliedFullWidth(by: $0)
    return sum.dividingFullWidth(product)
  }
  var shares = parts.map { Int($0.quotient) }
  let missing = total - shares.reduce(0, +)
  let order = parts.indices.sorted { (parts[$1].remainder, $0) < (parts[$0].remainder, $1) }
  for i in order.prefix(missing) { shares[i] += 1 }
  return shares
}
