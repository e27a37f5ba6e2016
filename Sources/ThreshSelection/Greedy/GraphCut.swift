// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// `f(S) = λ Σ_{i in V, j in S} s_ij - Σ_{i, j in S} s_ij`: like everything, unlike each other.
///
/// The gain of j, `λ Σ_i s_ij - 2 Σ_{i in S} s_ij - s_jj`, is kept up to date: a pick costs one row.
/// Monotone for λ >= 2.
final class GraphCut<T: BLASElement>: SetFunction {
  private let similarity: Similarity<T>
  private let summary: Similarity<T>.Summary
  private let lambda: Double
  /// `Σ_{i in S} s_ij`.
  private let inner: HostBuffer<Double>

  init(_ similarity: Similarity<T>, lambda: Double) throws {
    guard lambda >= 0, lambda < .infinity else {
      throw TensorError("graph_cut", "lambda must be finite and not negative, got \(lambda)")
    }
    self.similarity = similarity
    self.lambda = lambda
    summary = try similarity.summary()
    inner = try HostBuffer(count: max(similarity.n, 1), op: "graph_cut")
    for i in 0..<similarity.n { inner.base[i] = 0 }
  }

  var count: Int { similarity.n }
  var batch: Int { 64 }

  func gains(of candidates: [Int]) throws -> [Double] {
    candidates.map { j in
      lambda * summary.sums[j] - 2 * inner.base[j]
        - Double(similarity.diagonal(j) - summary.floor)
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
