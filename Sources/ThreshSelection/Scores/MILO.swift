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
    let similarity: Similarity
    let lambda: Double

    /// - Parameters:
    ///   - embeddings: `(n, E)`.
    ///   - labels: n of them, 0-based, below `classes`.
    ///   - lambda: what graph cut takes off for pairs, 0 ... 0.5 (gains stay positive); MILO's is 0.4.
    /// - Throws: `TensorError` for shapes, labels or a lambda that do not fit.
    public init(
      embeddings: Tensor, labels: [Int], classes: Int, similarity: Similarity = .rbf,
      lambda: Double = 0.4
    ) throws {
      guard embeddings.ndim == 2, embeddings.shape[0] > 0, embeddings.shape[1] > 0,
        embeddings.shape[1] < Int32.max
      else {
        throw TensorError(
          op, "needs embeddings (n, E), got shape \(shapeText(embeddings.shape))")
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
  /// Time O(Σ n_c² E), memory O(n_c E): a row of similarities a pick.
  /// - Throws: `TensorError` for embeddings that are not finite; when memory runs out or on interrupt.
  public static func order(_ problem: Problem, by objective: Objective) throws -> Order {
    try problem.embeddings.dtype == .float64
      ? order(Double.self, problem, objective) : order(Float.self, problem, objective)
  }

  /// `Σ_j s_ij` of each candidate within its class, which `subset` needs: computed once for many. (n)
  public static func similaritySums(_ problem: Problem) throws -> [Double] {
    func sums<T: BLASElement>(_: T.Type) throws -> [Double] {
      var out = [Double](repeating: 0, count: problem.n)
      try eachClass(T.self, problem) { kernel in
        for (member, sum) in zip(kernel.members, try kernel.sums()) { out[member] = sum }
      }
      return out
    }
    return try problem.embeddings.dtype == .float64 ? sums(Double.self) : sums(Float.self)
  }

  /// SGE, stochastic greedy exploration: subset number `number` = 0, 1, …, near the maximum of graph
  /// cut. For each pick the best of `floor(n_c / k_c ln(1 / epsilon))` drawn candidates of the class
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

  private static func eachClass<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ body: (ClassKernel<T>) throws -> Void
  ) throws {
    let all = try HostBuffer<T>(reading: problem.embeddings)
    for own in problem.members where !own.isEmpty {
      try body(
        ClassKernel(own, of: all, width: problem.embeddings.shape[1], problem.similarity))
    }
  }

  private static func order<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ objective: Objective
  ) throws -> Order {
    var ranks = [Int](repeating: 0, count: problem.n)
    var gains = [Double](repeating: 0, count: problem.n)
    try eachClass(T.self, problem) { kernel in
      let picked =
        switch objective {
        case .graphCut: try graphCutOrder(kernel, problem.lambda)
        case .disparityMin: try disparityOrder(kernel)
        }
      for (rank, pick) in picked.enumerated() {
        ranks[kernel.members[pick.member]] = rank
        gains[kernel.members[pick.member]] = pick.gain
      }
    }
    return Order(ranks: ranks, gains: gains)
  }

  private static func graphCutOrder<T: BLASElement>(_ kernel: ClassKernel<T>, _ lambda: Double)
    throws -> [(member: Int, gain: Double)]
  {
    var cut = GraphCut(kernel, sums: try kernel.sums(), lambda: lambda)
    return try (0..<kernel.count).map { _ in
      try Interrupt.check(op)
      var found = -1
      for i in 0..<kernel.count
      where !cut.isPicked[i] && (found < 0 || cut.gains[i] > cut.gains[found]) { found = i }
      let gain = cut.gains[found]
      cut.add(found)
      return (found, gain)
    }
  }

  private static func disparityOrder<T: BLASElement>(_ kernel: ClassKernel<T>) throws
    -> [(member: Int, gain: Double)]
  {
    let n = kernel.count
    var (nearest, row) = (
      [Double](repeating: .infinity, count: n), [Double](repeating: 0, count: n)
    )
    var isPicked = [Bool](repeating: false, count: n)
    var picked: [(member: Int, gain: Double)] = []
    var next = kernel.farthestFromMean()
    while true {
      try Interrupt.check(op)
      isPicked[next] = true
      picked.append((next, nearest[next].squareRoot()))
      if picked.count == n { break }
      kernel.squaredDistances(next, into: &row)
      var found = -1
      for i in 0..<n {
        nearest[i] = min(nearest[i], row[i])
        if !isPicked[i] && (found < 0 || nearest[i] > nearest[found]) { found = i }
      }
      next = found
    }
    picked[0].gain = n > 1 ? picked[1].gain : 0
    return picked
  }

  private static func subset<T: BLASElement>(
    _: T.Type, _ problem: Problem, _ budgets: [Int], _ number: Int, _ epsilon: Double,
    _ sums: [Double], _ seed: UInt64
  ) throws -> [Int] {
    var chosen: [Int] = []
    let all = try HostBuffer<T>(reading: problem.embeddings)
    for (c, own) in problem.members.enumerated() where budgets[c] > 0 {
      let kernel = try ClassKernel(
        own, of: all, width: problem.embeddings.shape[1], problem.similarity)
      var cut = GraphCut(kernel, sums: own.map { sums[$0] }, lambda: problem.lambda)
      var stream = RandomStream(seed: seed, purpose: "select.sge", epoch: number, index: c)
      let pool = StochasticPool(n: own.count, budget: budgets[c], epsilon: epsilon)
      var left = Array(own.indices)
      for _ in 0..<budgets[c] {
        try Interrupt.check(op)
        let found = try pool.best(of: left, &stream) { cut.gains[$0] }
        let pick = left[found]
        left.swapAt(found, left.count - 1)
        left.removeLast()
        cut.add(pick)
        chosen.append(own[pick])
      }
    }
    return chosen
  }
}

/// The gains of graph cut within one class: `Σ_j s_ij - λ (2 Σ_{j in S} s_ij + s_ii)`.
private struct GraphCut<T: BLASElement> {
  private let kernel: ClassKernel<T>
  private let lambda: Double
  private var row: [Double]
  private(set) var gains: [Double]
  private(set) var isPicked: [Bool]

  init(_ kernel: ClassKernel<T>, sums: [Double], lambda: Double) {
    (self.kernel, self.lambda) = (kernel, lambda)
    row = [Double](repeating: 0, count: kernel.count)
    isPicked = [Bool](repeating: false, count: kernel.count)
    gains = sums.indices.map { sums[$0] - lambda * kernel.selfSimilarity($0) }
  }

  mutating func add(_ pick: Int) {
    isPicked[pick] = true
    kernel.similarities(pick, into: &row)
    for i in gains.indices { gains[i] -= 2 * lambda * row[i] }
  }
}
