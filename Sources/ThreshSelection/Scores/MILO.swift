// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// MILO (Killamsetty et al. 2023, arXiv 2301.13287): subsets and sampling probabilities from
/// embeddings alone, class by class, so that they can be computed once for many runs.
public enum MILO {
  /// What the greedy order of a class maximises.
  public enum Objective: String, Sendable, CaseIterable {
    /// `Σ_{i in class, j in S} s_ij - λ Σ_{i, j in S} s_ij`: typical candidates first.
    case graphCut = "graph_cut"
    /// `min_{i, j in S} ||h_i - h_j||`: the farthest from those picked comes next. The first is the
    /// farthest from the mean of the class, and gains what the second does.
    case disparityMin = "disparity_min"
  }

  /// Embeddings in their classes.
  public struct Problem {
    let embeddings: Tensor
    let members: [[Int]]
    let similarity: SimilarityMetric
    let lambda: Double

    /// - Parameters:
    ///   - embeddings: `(n, E)`.
    ///   - labels: n of them, 0-based, below `classes`.
    ///   - similarity: `rbf` (of width 0.1) or `cosine`.
    ///   - lambda: what graph cut takes off for pairs, 0 ... 0.5 (gains stay positive); MILO's is 0.4.
    /// - Throws: `TensorError` for shapes, labels or a lambda that do not fit.
    public init(
      embeddings: Tensor, labels: [Int], classes: Int, similarity: SimilarityMetric = .rbf,
      lambda: Double = 0.4
    ) throws {
      guard embeddings.ndim == 2, embeddings.shape[0] > 0, embeddings.shape[1] > 0,
        embeddings.shape[1] < Int32.max
      else {
        throw TensorError(
          op, "needs embeddings (n, E), got shape \(shapeText(embeddings.shape))")
      }
      guard similarity == .rbf || similarity == .cosine else {
        throw TensorError(
          op, "the similarity must be 'rbf' or 'cosine', got '\(similarity.rawValue)'")
      }
      guard lambda >= 0, lambda <= 0.5 else {
        throw TensorError(op, "lambda must be in 0 ... 0.5, got \(lambda)")
      }
      try Labels.check(labels, classes, n: embeddings.shape[0], op: op)
      self.embeddings = embeddings
      self.similarity = similarity
      self.lambda = lambda
      members = Members(labels, classes).lists
    }

    var n: Int { embeddings.shape[0] }
  }

  /// The greedy order of every class, and what each candidate gained when it was picked.
  public struct Order: Sendable {
    /// The place of each candidate in the order of its class, from 0. (n)
    public let ranks: [Int]
    /// In the order of candidates, not of picking. (n)
    public let gains: [Double]
  }

  private static var op: String { "milo" }

  /// Orders each class greedily to its end; of equal gains the lower candidate comes first.
  /// Time O(Σ n_c² E); memory O(n_c E), and the similarities of a class where they fit 256 MiB.
  /// - Throws: `TensorError` for embeddings that are not finite; when memory runs out or on interrupt.
  public static func order(_ problem: Problem, by objective: Objective) throws -> Order {
    try problem.embeddings.dtype == .float64
      ? order(Double.self, problem, objective) : order(Float.self, problem, objective)
  }

  /// `Σ_j s_ij` of each candidate within its class, which `subset` needs: computed once for many. (n)
  public static func similaritySums(_ problem: Problem) throws -> [Double] {
    func sums<T: BLASElement>(_: T.Type) throws -> [Double] {
      var out = [Double](repeating: 0, count: problem.n)
      try eachClass(T.self, problem) { _, own, candidates in
        let summary = try similarity(candidates, problem.similarity, memory: 0).summary()
        for (member, sum) in zip(own, summary.sums) { out[member] = sum }
      }
      return out
    }
    return try problem.embeddings.dtype == .float64 ? sums(Double.self) : sums(Float.self)
  }

  /// SGE, stochastic greedy exploration: subset number `number` = 0, 1, …, near the maximum of graph
  /// cut. For each pick the best of `ceil(n_c / k_c ln(1 / epsilon))` drawn candidates of the class
  /// joins; the budget is divided among classes by largest remainder.
  /// - Parameter sums: what `similaritySums` gave, or nil to compute it.
  /// - Throws: `TensorError` for a budget or epsilon out of range, and as `order`.
  public static func subset(
    _ problem: Problem, budget: Int, number: Int, epsilon: Double = 0.01, sums: [Double]? = nil,
    seed: UInt64
  ) throws -> [Int] {
    guard epsilon > 0, epsilon < 1 else {
      throw TensorError(op, "epsilon must be above 0 and below 1, got \(epsilon)")
    }
    let sums = try sums ?? similaritySums(problem)
    guard sums.count == problem.n else {
      throw TensorError(op, "\(sums.count) sums of similarities for \(problem.n) candidates")
    }
    let budgets = try divide(budget, problem.members)
    return try problem.embeddings.dtype == .float64
      ? subset(Double.self, problem, budgets, number, epsilon, sums, seed)
      : subset(Float.self, problem, budgets, number, epsilon, sums, seed)
  }

  /// The Taylor softmax of order 2 of each class: `p_i ~ 1 + z_i + z_i² / 2` with
  /// `z_i = (gain_i - least gain) / temperature`, summing to 1 within a class. (n)
  ///
  /// Entry i belongs to candidate i, whatever its rank.
  /// - Throws: `TensorError` for gains or labels that do not fit or a temperature not above 0.
  public static func probabilities(
    gains: [Double], labels: [Int], classes: Int, temperature: Double = 1
  ) throws -> [Double] {
    try Labels.check(labels, classes, n: gains.count, op: op)
    guard temperature > 0, temperature < .infinity else {
      throw TensorError(op, "the temperature must be finite and above 0, got \(temperature)")
    }
    if let bad = gains.firstIndex(where: { !$0.isFinite }) {
      throw TensorError(op, "the gain of candidate \(bad) is \(gains[bad])")
    }
    var out = [Double](repeating: 0, count: gains.count)
    for own in Members(labels, classes).lists {
      guard let least = own.map({ gains[$0] }).min() else { continue }
      let raw = own.map { i in
        // Squares of what passes 1e150 have no float64.
        let z = min((gains[i] - least) / temperature, 1e150)
        return 1 + z + z * z / 2
      }
      let most = raw.max() ?? 1
      let sum = raw.reduce(0) { $0 + $1 / most }
      for (i, value) in zip(own, raw) { out[i] = value / most / sum }
    }
    return out
  }

  /// WRE, weighted random exploration: k of the candidates without replacement, within each class in
  /// proportion to `probabilities`; the budget is divided among classes by largest remainder.
  /// - Throws: `TensorError` for probabilities, labels or a budget that do not fit.
  public static func sample(
    probabilities: [Double], labels: [Int], classes: Int, budget: Int,
    stream: inout RandomStream
  ) throws -> [Int] {
    try Labels.check(labels, classes, n: probabilities.count, op: op)
    let members = Members(labels, classes).lists
    var chosen: [Int] = []
    for (own, k) in zip(members, try divide(budget, members)) where k > 0 {
      let places = try stream.weightedSample(
        k, weights: own.map { probabilities[$0] }, replacement: false)
      chosen += places.map { own[$0] }
    }
    return chosen
  }

  private static func divide(_ budget: Int, _ members: [[Int]]) throws -> [Int] {
    let n = members.reduce(0) { $0 + $1.count }
    guard budget >= 1, budget <= n else {
      throw TensorError(
        op, "the budget must be in 1 ... \(n), the number of candidates; got \(budget)")
    }
    return try Allocation.exact.divide(budget, among: members.map(\.count))
  }

  /// The most bytes for the similarities of a class; rows are computed when they are asked for where
  /// it needs more.
  private static var memory: Int { 1 << 28 }

  private static func eachClass<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ body: (Int, [Int], Candidates<T>) throws -> Void
  ) throws {
    let all = try Candidates<T>(reading: problem.embeddings, nil)
    for (c, own) in problem.members.enumerated() where !own.isEmpty {
      try body(c, own, all.gathered(own))
    }
  }

  private static func similarity<T: BLASElement>(
    _ own: Candidates<T>, _ metric: SimilarityMetric, memory: Int
  ) throws -> Similarity<T> {
    try Similarity(own, metric, width: 0.1, memory: memory, op: op)
  }

  private static func order<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ objective: Objective
  ) throws -> Order {
    var ranks = [Int](repeating: 0, count: problem.n)
    var gains = [Double](repeating: 0, count: problem.n)
    // Nothing is drawn from it: the algorithms are exact.
    var stream = RandomStream(seed: 0, purpose: "select.milo")
    try eachClass(T.self, problem) { _, own, candidates in
      let n = candidates.n
      let found: Greedy.Result
      switch objective {
      case .graphCut:
        let cut = try GraphCut(
          similarity(candidates, problem.similarity, memory: memory), total: 1,
          pairs: problem.lambda)
        found = try Greedy.lazy.run(cut, k: n, stream: &stream)
      case .disparityMin:
        let apart = try Disparity(
          similarity(candidates, .euclidean, memory: 0), takesLeast: true,
          first: candidates.distancesFromMean())
        found = try Greedy.naive.run(apart, k: n, stream: &stream)
      }
      for (rank, (pick, gain)) in zip(found.indices, found.gains).enumerated() {
        ranks[own[pick]] = rank
        gains[own[pick]] = gain
      }
      if objective == .disparityMin, let first = found.indices.first {
        gains[own[first]] = n > 1 ? found.gains[1] : 0
      }
    }
    return Order(ranks: ranks, gains: gains)
  }

  private static func subset<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ budgets: [Int], _ number: Int, _ epsilon: Double,
    _ sums: [Double], _ seed: UInt64
  ) throws -> [Int] {
    var chosen: [Int] = []
    try eachClass(T.self, problem) { c, own, candidates in
      guard budgets[c] > 0 else { return }
      let cut = try GraphCut(
        similarity(candidates, problem.similarity, memory: 0), total: 1, pairs: problem.lambda,
        sums: own.map { sums[$0] })
      var stream = RandomStream(seed: seed, purpose: "select.sge", epoch: number, index: c)
      chosen += try Greedy.stochastic(epsilon: epsilon).run(cut, k: budgets[c], stream: &stream)
        .indices.map { own[$0] }
    }
    return chosen
  }
}

extension Candidates {
  /// `||g_i - mean g||` without embeddings. (n)
  fileprivate func distancesFromMean() throws -> [Double] {
    let mean = try sum().map { $0 / Double(n) }
    return (0..<n).map { i in
      mean.indices.reduce(0) { sum, c in
        let x = Double(residuals.base[i * classes + c]) - mean[c]
        return sum + x * x
      }.squareRoot()
    }
  }
}
