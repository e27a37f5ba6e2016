// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Herding (Welling 2009; Chen et al. 2010): picks whose running mean stays next to the mean of all.
///
/// Pick number t + 1 is the candidate j that makes `||(t + 1) μ - Σ_S h - h_j||` least, the lowest of
/// equals: the error of the mean falls as 1 / k, where that of a uniform draw falls as `k^(-1/2)`. A
/// pick costs O(n d); kept are n norms.
public enum Herding {
  public struct Result: Sendable {
    /// In the order of picking, 0-based, each once.
    public let indices: [Int]
    /// `||μ - mean of the picks||`.
    public let error: Double
  }

  /// Picks `k` of the rows of `features`, `(n, d)`.
  /// - Throws: `TensorError` for shapes or k that do not fit, values that are not finite; also when
  ///   memory runs out or on interrupt.
  public static func select(features: Tensor, k: Int) throws -> Result {
    let span = Profiler.begin("herding")
    defer { span.end() }
    try OMP.check(features, nil, op: "herding")
    return features.dtype == .float64
      ? try select(Candidates<Double>(reading: features, nil), k)
      : try select(Candidates<Float>(reading: features, nil), k)
  }

  /// Picks `budget` candidates with weight 1, within each class or of all together.
  /// - Parameter labels: n of them, 0-based; nil for all candidates together.
  /// - Throws: as `select(features:k:)`, and for labels that do not fit.
  public static func select(features: Tensor, labels: [Int]?, classes: Int, budget: Int) throws
    -> Selection
  {
    let span = Profiler.begin("herding")
    defer { span.end() }
    try OMP.check(features, nil, op: "herding")
    let groups = try Groups(labels, classes, n: features.shape[0], budget: budget, op: "herding")
    var unused = RandomStream(seed: 0, purpose: "select.herding")
    func run<T: BLASElement>(_: T.Type) throws -> Selection {
      let candidates = try Candidates<T>(reading: features, nil)
      return try groups.select(&unused) { own, k, _ in
        try select(groups.members.count == 1 ? candidates : candidates.gathered(own), k).indices
      }
    }
    return features.dtype == .float64 ? try run(Double.self) : try run(Float.self)
  }

  private static func select<T: BLASElement>(_ candidates: Candidates<T>, _ k: Int) throws
    -> Result
  {
    let (n, d, op, tile) = (candidates.n, candidates.classes, "herding", 1024)
    guard k >= 1, k <= n else {
      throw TensorError(op, "cannot choose \(k) of \(n): needs 1 <= k <= n")
    }
    let norms = try Pairs(candidates, .dot, op: op).norms
    let mean = try candidates.sum().map { $0 / Double(n) }
    let rows = candidates.residuals.base
    let tiles = (n + tile - 1) / tile
    let goal = try HostBuffer<T>(count: d, op: op)
    let products = try HostBuffer<T>(count: n, op: op)
    // Of each tile, the least score and whose it is.
    let (least, places) = (
      try HostBuffer<Double>(count: tiles, op: op), try HostBuffer<Double>(count: tiles, op: op)
    )
    let taken = try HostBuffer<T>(count: n, op: op)
    for i in 0..<n { taken.base[i] = 0 }
    // (t + 1) μ - Σ_S h.
    var left = mean
    var indices: [Int] = []
    while indices.count < k {
      try Interrupt.check(op)
      for e in 0..<d { goal.base[e] = T(left[e]) }
      Workers.run(tiles) { t in
        let columns = t * tile..<min(n, (t + 1) * tile)
        let from = columns.lowerBound
        T.gemv(
          columns.count, d,
          BLAS.Operand(base: rows + from * d, transposed: false, leading: d), goal.base, 1,
          beta: 0, products.base + from, 1)
        var (best, place) = (Double.infinity, -1)
        for i in columns where taken.base[i] == 0 {
          // ||left - h||² but for what all have in common.
          let score = Double(norms.base[i]) - 2 * Double(products.base[i])
          if score < best { (best, place) = (score, i) }
        }
        least.base[t] = best
        places.base[t] = Double(place)
      }
      var (best, next) = (Double.infinity, -1)
      for t in 0..<tiles where least.base[t] < best {
        (best, next) = (least.base[t], Int(places.base[t]))
      }
      guard next >= 0 else { throw TensorError(op, "the features are too large to compare") }
      taken.base[next] = 1
      indices.append(next)
      for e in 0..<d { left[e] += mean[e] - Double(rows[next * d + e]) }
    }
    // After k picks, left is (k + 1) μ - Σ h.
    let error = (0..<d).reduce(0.0) { sum, e in
      let apart = (left[e] - mean[e]) / Double(k)
      return sum + apart * apart
    }
    return Result(indices: indices, error: error.squareRoot())
  }
}
