// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How far the weighted gradients of a subset miss those of all candidates.
public enum MatchingError {
  /// `||Σ w_i g_i - Σ g|| / ||Σ g||` for last-layer gradients `g = r ⊗ [1, h]`, of which none is formed:
  /// O(n C E) time, O(C E) memory. 0 when both sums are 0.
  /// - Parameters:
  ///   - residuals: `(n, C)`, `p - y`; without `embeddings` the gradients themselves, `(n, d)`.
  ///   - embeddings: `(n, E)`; nil for gradients with respect to the bias alone.
  ///   - indices: the subset, 0-based; one that comes twice counts twice.
  ///   - weights: in the order of `indices`; all 1 by default.
  ///   - normalise: scales the weights to the sum n. A loss that divides by the sum of the weights knows
  ///     only their ratios.
  /// - Throws: `TensorError` for shapes, indices or weights that do not fit, or gradients that are not
  ///   finite.
  public static func relative(
    residuals: Tensor, embeddings: Tensor? = nil, indices: [Int], weights: [Double]? = nil,
    normalise: Bool = false
  ) throws -> Double {
    let op = "matching error"
    try OMP.check(residuals, embeddings, op: op)
    let n = residuals.shape[0]
    if let bad = indices.first(where: { $0 < 0 || $0 >= n }) {
      throw TensorError(op, "index \(bad) is not in 0 ..< \(n), the candidates")
    }
    var scales = weights ?? [Double](repeating: 1, count: indices.count)
    guard scales.count == indices.count else {
      throw TensorError(op, "\(scales.count) weights for \(indices.count) indices")
    }
    if let bad = scales.firstIndex(where: { !$0.isFinite }) {
      throw TensorError(op, "weight \(bad) (from 0) is \(scales[bad])")
    }
    if normalise {
      let sum = scales.reduce(0, +)
      guard sum > 0 else {
        throw TensorError(op, "weights of sum \(sum) cannot be scaled to \(n)")
      }
      for i in scales.indices { scales[i] *= Double(n) / sum }
    }
    func run<T: BLASElement>(_: T.Type) throws -> Double {
      let candidates = try Candidates<T>(reading: residuals, embeddings)
      _ = try candidates.squaredNorms()
      let total = try candidates.sum()
      let norm = total.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let left = candidates.residualNorm(total, indices, scales)
      if left == 0 { return 0 }
      return left / norm
    }
    return residuals.dtype == .float64 || embeddings?.dtype == .float64
      ? try run(Double.self) : try run(Float.self)
  }
}
