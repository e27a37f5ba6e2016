// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// `f(S) = log det(K_S + ρ I)`: the volume that the picks span, largest for unlike ones.
///
/// With `L L^T = K_S + ρ I` the gain of j is `log(K_jj + ρ - ||v_j||²)`, `v_j = L⁻¹ K_Sj`: it falls with
/// every pick that resembles j. V = L⁻¹ K_S· grows by a row with each pick, whose column j is the new
/// row of L when j joins, so that a pick costs one row of K and n k products (Chen et al. 2018).
final class LogDeterminant<T: BLASElement>: SetFunction {
  private let similarity: Similarity<T>
  private let budget: Int
  /// V, (budget, n).
  private let directions: HostBuffer<T>
  private let products: HostBuffer<T>
  /// `K_jj + ρ`, and what is left of it.
  private let whole: HostBuffer<Double>
  private let left: HostBuffer<Double>
  private var picks = 0

  /// - Parameter budget: the most picks.
  init(_ similarity: Similarity<T>, ridge: Double, budget: Int) throws {
    let op = "log_determinant"
    guard ridge >= 0, ridge < .infinity else {
      throw TensorError(op, "the ridge must be finite and not negative, got \(ridge)")
    }
    guard similarity.metric?.isDistance != true else {
      throw TensorError(
        op, "the metric must be a kernel: 'cosine', 'rbf' or 'dot'; distances are none")
    }
    let n = similarity.n
    let (cells, overflow) = max(budget, 1).multipliedReportingOverflow(by: max(n, 1))
    guard !overflow else {
      throw TensorError(op, "\(budget) rows of \(n) numbers do not fit in memory")
    }
    try MemoryPool.shared.require(
      cells.multipliedReportingOverflow(by: 8).overflow
        ? Int.max : cells * MemoryLayout<T>.stride, op)
    self.similarity = similarity
    self.budget = budget
    directions = try HostBuffer(count: cells, op: op)
    products = try HostBuffer(count: max(n, 1), op: op)
    whole = try HostBuffer(count: max(n, 1), op: op)
    left = try HostBuffer(count: max(n, 1), op: op)
    for i in 0..<n {
      whole.base[i] = Double(similarity.diagonal(i)) + ridge
      left.base[i] = whole.base[i]
    }
  }

  var count: Int { similarity.n }
  var batch: Int { 64 }

  func gains(of candidates: [Int]) throws -> [Double] {
    // What depends linearly on the picks, beyond rounding, has no volume to add.
    let independence = Double(T.ulpOfOne) * 8
    return candidates.map { j in
      left.base[j] > independence * whole.base[j] ? log(left.base[j]) : -.infinity
    }
  }

  func add(_ j: Int) throws {
    let (n, m) = (similarity.n, picks)
    guard m < budget else {
      throw TensorError("log_determinant", "has room for \(budget) picks")
    }
    let root = left.base[j].squareRoot()
    var known = [T](repeating: 0, count: m)
    for i in 0..<m { known[i] = directions.base[i * n + j] }
    try known.withUnsafeBufferPointer { buffer in
      nonisolated(unsafe) let known = buffer
      try similarity.visit([j]) { tile in
        let (row, from, count) = (tile.row(0), tile.columns.lowerBound, tile.columns.count)
        let (v, product) = (directions.base + m * n + from, products.base + from)
        if let u = known.baseAddress, m > 0 {
          T.gemv(
            count, m,
            BLAS.Operand(base: directions.base + from, transposed: true, leading: n), u, 1,
            beta: 0, product, 1)
        } else {
          for l in 0..<count { product[l] = 0 }
        }
        for l in 0..<count {
          v[l] = T((Double(row[l]) - Double(product[l])) / root)
          left.base[from + l] -= Double(v[l]) * Double(v[l])
        }
      }
    }
    picks += 1
  }
}
