// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Distances of some candidates to all of them, a block of rows at a time: never (n, n) unless every
/// row is asked for.
public enum PairwiseDistances {
  /// Rows that one product computes.
  private static var block: Int { 64 }

  /// `||x_i - x_j||`, or its square, for i in `rows` and every j. `(rows, n)`, in the dtype that it was
  /// computed in.
  /// - Parameters:
  ///   - features: `(n, d)`; with `embeddings` `(n, E)` the residuals `(n, C)` of last-layer gradients
  ///     `r_i ⊗ [1, h_i]`, of which the distances are computed without forming them.
  ///   - rows: candidates, 0-based; nil for all.
  /// - Throws: `TensorError` for shapes and rows that do not fit, values that are not finite; also when
  ///   memory runs out or on interrupt.
  public static func compute(
    features: Tensor, embeddings: Tensor? = nil, rows: [Int]? = nil, squared: Bool = false
  ) throws -> Tensor {
    let op = "pairwise_distances"
    let span = Profiler.begin(op)
    defer { span.end() }
    try OMP.check(features, embeddings, op: op)
    let n = features.shape[0]
    let wanted = rows ?? Array(0..<n)
    if let bad = wanted.first(where: { $0 < 0 || $0 >= n }) {
      throw TensorError(op, "row \(bad), counted from 0, is not in 0 ..< \(n)")
    }
    return Submodular.isWide(features, embeddings)
      ? try compute(Double.self, features, embeddings, wanted, squared)
      : try compute(Float.self, features, embeddings, wanted, squared)
  }

  private static func compute<T: BLASElement>(
    _: T.Type, _ features: Tensor, _ embeddings: Tensor?, _ rows: [Int], _ squared: Bool
  ) throws -> Tensor {
    let op = "pairwise_distances"
    let pairs = try Pairs(
      Candidates<T>(reading: features, embeddings), squared ? .squaredEuclidean : .euclidean,
      op: op)
    let (n, tile) = (pairs.n, 512)
    let tiles = (n + tile - 1) / tile
    let (values, scratch) = (
      try HostBuffer<T>(count: block * n + 1, op: op),
      try HostBuffer<T>(count: block * n + 1, op: op)
    )
    return try Tensor.fromHost([rows.count, n], T.self) { out in
      guard let base = out.baseAddress else { return }
      nonisolated(unsafe) let to = base
      for from in stride(from: 0, to: rows.count, by: block) {
        try Interrupt.check(op)
        let own = Array(rows[from..<min(rows.count, from + block)])
        let given = try pairs.rows(own)
        Workers.run(tiles) { t in
          let columns = t * tile..<min(n, (t + 1) * tile)
          pairs.fill(
            given, columns, values.base + columns.lowerBound, scratch.base + columns.lowerBound,
            leading: n)
          for r in own.indices {
            let (line, source) = (to + (from + r) * n, values.base + r * n)
            for j in columns { line[j] = 0 - source[j] }
          }
        }
      }
    }
  }
}
