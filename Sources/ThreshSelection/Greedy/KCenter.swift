// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Farthest-first traversal: each pick is the candidate that is farthest from its nearest pick, the
/// lowest of equals (Gonzalez 1985; at most twice the radius of the best k centers; for training data
/// Sener and Savarese 2018).
///
/// A pick costs O(n d); kept are n distances.
public enum KCenter {
  public enum Distance: Sendable {
    /// Of features, or of last-layer gradients with embeddings.
    case euclidean
    /// `(KL(p || q) + KL(q || p)) / 2` of probabilities, `(n, C)`: contextual diversity (Agarwal et
    /// al. 2020). Probabilities below 1e-10 count as that.
    case symmetricKL
  }

  public struct Result: Sendable {
    /// In the order of picking, 0-based, each once.
    public let indices: [Int]
    /// The distance of each pick to the nearest earlier one; 0 for the first.
    public let gains: [Double]
    /// The largest distance of a candidate to its nearest pick.
    public let radius: Double
  }

  /// - Parameters:
  ///   - features: `(n, d)`; with `embeddings` `(n, E)` the residuals of last-layer gradients.
  ///   - start: the first pick, 0-based; drawn from `stream` when nil.
  /// - Throws: `TensorError` for shapes, k or a start that do not fit, and for values that are not
  ///   finite; also when memory runs out or on interrupt.
  public static func select(
    features: Tensor, embeddings: Tensor? = nil, k: Int, distance: Distance = .euclidean,
    start: Int? = nil, stream: inout RandomStream
  ) throws -> Result {
    let span = Profiler.begin("k_center")
    defer { span.end() }
    try OMP.check(features, embeddings, op: "k_center")
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Result {
      try select(Candidates<T>(reading: features, embeddings), k, distance, start, &stream)
    }
    return Submodular.isWide(features, embeddings)
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  /// Picks `budget` candidates with weight 1, within each class or of all together, with a first pick
  /// drawn in each.
  /// - Parameter labels: n of them, 0-based; nil for all candidates together.
  /// - Throws: as `select(features:embeddings:k:distance:start:stream:)`, and for labels that do not
  ///   fit.
  public static func select(
    features: Tensor, embeddings: Tensor? = nil, labels: [Int]?, classes: Int, budget: Int,
    distance: Distance = .euclidean, stream: inout RandomStream
  ) throws -> Selection {
    let span = Profiler.begin("k_center")
    defer { span.end() }
    try OMP.check(features, embeddings, op: "k_center")
    let groups = try Groups(labels, classes, n: features.shape[0], budget: budget, op: "k_center")
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Selection {
      let candidates = try Candidates<T>(reading: features, embeddings)
      return try groups.select(&stream) { own, k, stream in
        try select(
          groups.members.count == 1 ? candidates : candidates.gathered(own), k, distance, nil,
          &stream
        ).indices
      }
    }
    return Submodular.isWide(features, embeddings)
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  private static func select<T: BLASElement>(
    _ candidates: Candidates<T>, _ k: Int, _ distance: Distance, _ start: Int?,
    _ stream: inout RandomStream
  ) throws -> Result {
    let n = candidates.n
    guard k >= 1, k <= n else {
      throw TensorError("k_center", "cannot choose \(k) of \(n): needs 1 <= k <= n")
    }
    let first = try start ?? stream.sample(1, of: n)[0]
    guard first >= 0, first < n else {
      throw TensorError(
        "k_center", "the start, counted from 0, must be in 0 ..< \(n), got \(first)")
    }
    switch distance {
    case .euclidean:
      let pairs = try Pairs(candidates, .squaredEuclidean, op: "k_center")
      let scratch = try HostBuffer<T>(count: n, op: "k_center")
      let result = try traverse(T.self, n, k, first) { center, columns, out in
        pairs.fill(
          pairs.rows(center..<center + 1), columns, out, scratch.base + columns.lowerBound,
          leading: n)
        for l in 0..<columns.count { out[l] = -out[l] }
      }
      return Result(
        indices: result.indices, gains: result.gains.map { $0.squareRoot() },
        radius: result.radius.squareRoot())
    case .symmetricKL:
      guard candidates.embeddings == nil else {
        throw TensorError("k_center", "the divergence of probabilities takes no embeddings")
      }
      let logs = try logarithms(candidates)
      let (p, c) = (candidates.residuals.base, candidates.classes)
      return try traverse(T.self, n, k, first) { center, columns, out in
        let (own, ownLogs) = (p + center * c, logs.base + center * c)
        for (l, j) in columns.enumerated() {
          let (other, otherLogs) = (p + j * c, logs.base + j * c)
          out[l] =
            Sums.sum(c) { (own[$0] - other[$0]) * (ownLogs[$0] - otherLogs[$0]) } / 2
        }
      }
    }
  }

  /// - Parameter fill: writes the distances of the center to candidates of a range, not negative.
  private static func traverse<T: BLASElement>(
    _: T.Type, _ n: Int, _ k: Int, _ first: Int,
    _ fill: (_ center: Int, _ columns: Range<Int>, _ out: UnsafeMutablePointer<T>) -> Void
  ) throws -> Result {
    let (tile, op) = (1024, "k_center")
    let tiles = (n + tile - 1) / tile
    let nearest = try HostBuffer<T>(count: n, op: op)
    let row = try HostBuffer<T>(count: n, op: op)
    // Of each tile, the largest distance and whose it is.
    let farthest = try HostBuffer<T>(count: tiles, op: op)
    let places = try HostBuffer<Double>(count: tiles, op: op)
    for i in 0..<n { nearest.base[i] = .infinity }
    var (indices, gains, center, radius): ([Int], [Double], Int, Double) = ([], [], first, 0)
    while true {
      try Interrupt.check(op)
      indices.append(center)
      gains.append(radius)
      let picked = center
      Workers.run(tiles) { t in
        let columns = t * tile..<min(n, (t + 1) * tile)
        let (out, best) = (row.base + columns.lowerBound, nearest.base + columns.lowerBound)
        fill(picked, columns, out)
        var (most, place): (T, Int) = (-.infinity, columns.lowerBound)
        // A pick is marked by a distance below every other.
        if columns.contains(picked) { best[picked - columns.lowerBound] = -1 }
        for l in 0..<columns.count {
          if out[l] < best[l] { best[l] = max(out[l], 0) }
          if best[l] > most { (most, place) = (best[l], columns.lowerBound + l) }
        }
        farthest.base[t] = most
        places.base[t] = Double(place)
      }
      var (most, next): (T, Int) = (-.infinity, 0)
      for t in 0..<tiles where farthest.base[t] > most {
        (most, next) = (farthest.base[t], Int(places.base[t]))
      }
      radius = max(0, Double(most))
      if indices.count == k { break }
      center = next
    }
    return Result(indices: indices, gains: gains, radius: radius)
  }

  /// Natural logarithms of probabilities. (n, C)
  private static func logarithms<T: BLASElement>(_ candidates: Candidates<T>) throws
    -> HostBuffer<T>
  {
    let count = candidates.n * candidates.classes
    let (p, c) = (candidates.residuals.base, candidates.classes)
    if let bad = (0..<count).first(where: { !(p[$0] >= 0 && p[$0] <= 1.001) }) {
      throw TensorError(
        "k_center",
        "row \(bad / c), counted from 0, holds \(p[bad]), which is no probability")
    }
    let logs = try HostBuffer<T>(count: max(count, 1), op: "k_center")
    Workers.chunks(of: count, grain: 4096) { range in
      for i in range { logs.base[i] = T(log(max(Double(p[i]), 1e-10))) }
    }
    return logs
  }
}
