// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// `f(S) = a Σ_{i in V, j in S} s_ij - b Σ_{i, j in S} s_ij`: like everything, unlike each other.
///
/// The gain of j, `a Σ_i s_ij - b (2 Σ_{i in S} s_ij + s_jj)`, is kept up to date: a pick costs one row.
/// Monotone for a >= 2 b.
final class GraphCut<T: BLASElement>: SetFunction {
  private let similarity: Similarity<T>
  private let summary: Similarity<T>.Summary
  private let total: Double
  private let pairs: Double
  /// `Σ_{i in S} s_ij`.
  private let inner: HostBuffer<Double>

  /// - Parameters:
  ///   - total: a.
  ///   - pairs: b.
  ///   - sums: `Σ_i s_ij` of similarities that are not negative; nil to compute them.
  init(
    _ similarity: Similarity<T>, total: Double, pairs: Double = 1, sums: [Double]? = nil
  ) throws {
    self.similarity = similarity
    self.total = total
    self.pairs = pairs
    summary = try sums.map { Similarity.Summary(sums: $0, floor: 0) } ?? similarity.summary()
    inner = try HostBuffer(count: max(similarity.n, 1), op: "graph_cut")
    for i in 0..<similarity.n { inner.base[i] = 0 }
  }

  var count: Int { similarity.n }
  var batch: Int { 64 }

  func gains(of candidates: [Int]) throws -> [Double] {
    candidates.map { j in
      let own = Double(similarity.diagonal(j) - summary.floor)
      return total * summary.sums[j] - pairs * (2 * inner.base[j] + own)
    }
  }

  func add(_ j: Int) throws {
    try similarity.visit([j]) { tile in
      let row = tile.row(0)
      for (l, i) in tile.columns.enumerated() {
        inner.base[i] += Double(row[l] - summary.floor)
      }
    }
  }
}
