// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Greedy maximisation of a set function: k times the candidate of the largest gain joins, the lowest
/// of equals (Nemhauser et al. 1978; at least 1 - 1/e of the best value when gains never grow).
public enum Greedy: Sendable, Equatable {
  /// All gains anew for each pick.
  case naive
  /// The picks of `naive` with fewer evaluations: an old gain bounds the new one, so only candidates
  /// whose bound is at the top are evaluated again (Minoux 1978). For submodular functions.
  case lazy
  /// The best of `ceil(n / k ln(1 / epsilon))` candidates drawn anew for each pick (Mirzasoleiman et
  /// al. 2015): at least `1 - 1/e - epsilon` of the best value in expectation, `n ln(1 / epsilon)`
  /// evaluations in all.
  case stochastic(epsilon: Double)
  /// The picks of `stochastic` with fewer evaluations: lazy within each pool.
  case lazierThanLazy(epsilon: Double)

  public struct Result: Sendable {
    /// In the order of picking, each once.
    public let indices: [Int]
    /// What each pick added when it joined.
    public let gains: [Double]
    /// How many gains were computed.
    public let evaluations: Int
  }

  /// Lets `k` candidates join `f`, whose set is empty; fewer when none is left that can.
  /// - Throws: `TensorError` unless 1 <= `k` <= n and 0 < epsilon < 1, for a lazy algorithm on a
  ///   function that is not submodular, for a gain that is not a number, on interrupt; and what `f`
  ///   throws.
  public func run(_ f: some SetFunction, k: Int, stream: inout RandomStream) throws -> Result {
    let n = f.count
    guard k >= 1, k <= n else {
      throw TensorError("greedy", "cannot choose \(k) of \(n): needs 1 <= k <= n")
    }
    switch self {
    case .lazy, .lazierThanLazy:
      guard f.isSubmodular else {
        throw TensorError(
          "greedy",
          "a lazy greedy needs gains that never grow as the set does; this function is not "
            + "submodular: take the naive or the stochastic one")
      }
    case .naive, .stochastic: break
    }
    switch self {
    case .naive:
      var search = Search(f)
      var left = Array(0..<n)
      while search.picks.count < k {
        guard let best = try search.best(of: left) else { break }
        left.removeAll { $0 == best }
      }
      return search.result
    case .lazy:
      var search = Search(f)
      var heap = GainHeap(
        try search.evaluate(Array(0..<n)))
      while search.picks.count < k {
        guard try search.best(of: &heap) != nil else { break }
      }
      return search.result
    case .stochastic(let epsilon), .lazierThanLazy(let epsilon):
      return try search(in: Greedy.pool(n, k, epsilon), f, k, &stream)
    }
  }

  /// The size of a pool, `ceil(n / k ln(1 / epsilon))`, at most n.
  static func pool(_ n: Int, _ k: Int, _ epsilon: Double) throws -> Int {
    guard epsilon > 0, epsilon < 1 else {
      throw TensorError("greedy", "epsilon must be above 0 and below 1, got \(epsilon)")
    }
    return max(1, Int(min(Double(n), ceil(Double(n) / Double(k) * log(1 / epsilon)))))
  }

  private func search(
    in pool: Int, _ f: some SetFunction, _ k: Int, _ stream: inout RandomStream
  ) throws -> Result {
    var isLazy = false
    if case .lazierThanLazy = self { isLazy = true }
    var search = Search(f)
    var left = Array(0..<f.count)
    // Where each candidate stands in `left`, and the last gain seen of it.
    var place = left
    var bound = [Double](repeating: .infinity, count: f.count)
    while search.picks.count < k {
      let drawn = try stream.sample(min(pool, left.count), of: left.count).map { left[$0] }
      let best: Int?
      if isLazy {
        var heap = GainHeap(drawn.map { GainHeap.Entry(gain: bound[$0], candidate: $0) })
        best = try search.best(of: &heap)
        for entry in heap.entries { bound[entry.candidate] = entry.gain }
      } else {
        best = try search.best(of: drawn)
      }
      guard let best else {
        // None of these can join, now or later.
        guard drawn.count < left.count else { break }
        let out = Set(drawn)
        left.removeAll { out.contains($0) }
        for (i, candidate) in left.enumerated() { place[candidate] = i }
        continue
      }
      let (hole, last) = (place[best], left.removeLast())
      if last != best {
        left[hole] = last
        place[last] = hole
      }
    }
    return search.result
  }
}

/// The picks of one run and how they came about.
private struct Search<Function: SetFunction> {
  let f: Function
  private(set) var picks: [Int] = []
  private var gains: [Double] = []
  private var evaluations = 0
  /// The number of picks when a candidate was evaluated last.
  private var seen: [Int]

  init(_ f: Function) {
    self.f = f
    seen = [Int](repeating: -1, count: f.count)
  }

  var result: Greedy.Result {
    Greedy.Result(indices: picks, gains: gains, evaluations: evaluations)
  }

  mutating func evaluate(_ candidates: [Int]) throws -> [GainHeap.Entry] {
    try Interrupt.check("greedy")
    let values = try f.gains(of: candidates)
    evaluations += candidates.count
    return try zip(candidates, values).map { candidate, gain in
      guard !gain.isNaN else {
        throw TensorError(
          "greedy", "the gain of candidate \(candidate), counted from 0, is not a number")
      }
      seen[candidate] = picks.count
      return GainHeap.Entry(gain: gain, candidate: candidate)
    }
  }

  /// Lets the best of `candidates` join; nil when none can.
  mutating func best(of candidates: [Int]) throws -> Int? {
    var top: GainHeap.Entry?
    for entry in try evaluate(candidates) where top.map({ entry.comesBefore($0) }) ?? true {
      top = entry
    }
    return try top.flatMap { try join($0) }
  }

  /// Lets the candidate at the top join once its gain is fresh, and takes it out; nil when none can.
  mutating func best(of heap: inout GainHeap) throws -> Int? {
    var size = f.batch
    while let top = heap.first {
      if seen[top.candidate] == picks.count {
        _ = heap.pop()
        return try join(top)
      }
      var stale: [Int] = []
      while stale.count < size, let next = heap.first, seen[next.candidate] != picks.count {
        _ = heap.pop()
        stale.append(next.candidate)
      }
      for entry in try evaluate(stale) { heap.push(entry) }
      size = min(2 * size, 8 * f.batch)
    }
    return nil
  }

  private mutating func join(_ entry: GainHeap.Entry) throws -> Int? {
    guard entry.gain > -.infinity else { return nil }
    try f.add(entry.candidate)
    picks.append(entry.candidate)
    gains.append(entry.gain)
    return entry.candidate
  }
}
