// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Subsets that maximise a function of their similarities, greedily: most of the functions of apricot
/// (Schreiber et al. 2020) and submodlib (Kaushal et al. 2022).
public enum Submodular {
  public enum Objective: Sendable, Equatable {
    /// `Σ_i max_{j in S} s_ij`.
    case facilityLocation
    /// `λ Σ_{i in V, j in S} s_ij - Σ_{i, j in S} s_ij`.
    case graphCut(lambda: Double)
    /// `log det(K_S + ρ I)`; monotone for ρ >= 1.
    case logDeterminant(ridge: Double)
    /// `Σ_i min(Σ_{j in S} s_ij, α Σ_{j in V} s_ij)`.
    case saturatedCoverage(alpha: Double)
    /// `Σ_{i < j in S} D_ij`; not submodular.
    case disparitySum
    /// `min_{i < j in S} D_ij`, by the farthest candidate; not submodular.
    case disparityMin
  }

  public struct Options: Sendable {
    public var objective: Objective
    public var metric: SimilarityMetric
    /// Of the `rbf` metric, relative to the mean squared distance.
    public var width: Double
    /// nil: lazy where the function is submodular, naive elsewhere.
    public var greedy: Greedy?
    /// The most bytes for a matrix of all similarities; where it needs more, rows are computed when
    /// they are asked for.
    public var memory: Int

    public init(
      objective: Objective = .facilityLocation, metric: SimilarityMetric = .cosine,
      width: Double = 0.1, greedy: Greedy? = nil, memory: Int = 1 << 28
    ) {
      self.objective = objective
      self.metric = metric
      self.width = width
      self.greedy = greedy
      self.memory = memory
    }
  }

  public struct Result: Sendable {
    /// In the order of picking, 0-based, each once.
    public let indices: [Int]
    /// What each pick added; f(S) is their sum, but for `disparityMin`.
    public let gains: [Double]
    /// For facility location: how many candidates each pick represents best.
    public let represented: [Int]?
    /// How many gains were computed.
    public let evaluations: Int
    /// Facility location of distances: the largest one.
    let largestDistance: Double?
  }

  /// Picks `k` of all candidates; fewer when the log-determinant has none left that adds volume.
  /// - Parameters:
  ///   - features: `(n, d)`; with `embeddings` `(n, E)` the residuals `(n, C)` of last-layer gradients
  ///     `r_i ⊗ [1, h_i]`, which are never formed.
  /// - Throws: `TensorError` for shapes, k or options that do not fit, values that are not finite;
  ///   also when memory runs out or on interrupt.
  public static func maximize(
    features: Tensor, embeddings: Tensor? = nil, k: Int, options: Options = Options(),
    stream: inout RandomStream
  ) throws -> Result {
    let span = Profiler.begin("submodular")
    defer { span.end() }
    try OMP.check(features, embeddings, op: "submodular")
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Result {
      try maximize(Candidates<T>(reading: features, embeddings), k: k, options, &stream)
    }
    return isWide(features, embeddings)
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  /// Picks `k` of n candidates of which all similarities are known.
  /// - Parameter similarity: `(n, n)`, symmetric, finite, not negative. Of `options` the metric, its
  ///   width and the memory are not read.
  /// - Throws: as `maximize(features:embeddings:k:options:stream:)`.
  public static func maximize(
    similarity: Tensor, k: Int, options: Options = Options(), stream: inout RandomStream
  ) throws -> Result {
    let span = Profiler.begin("submodular")
    defer { span.end() }
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Result {
      let given = try Similarity<T>(similarity, op: "submodular")
      return try maximize(given, k: k, options, &stream)
    }
    return similarity.dtype == .float64
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  /// Picks `budget` candidates with weight 1, within each class or of all together.
  ///
  /// `indices` are class by class in the order of picking; where a class has too few that can join,
  /// uniform draws fill its budget.
  /// - Parameter labels: n of them, 0-based; nil for all candidates together.
  /// - Throws: as `maximize(features:embeddings:k:options:stream:)`, and for labels that do not fit.
  public static func select(
    features: Tensor, embeddings: Tensor? = nil, labels: [Int]?, classes: Int, budget: Int,
    options: Options = Options(), stream: inout RandomStream
  ) throws -> Selection {
    let span = Profiler.begin("submodular")
    defer { span.end() }
    try OMP.check(features, embeddings, op: "submodular")
    let groups = try Groups(
      labels, classes, n: features.shape[0], budget: budget, op: "submodular")
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Selection {
      let candidates = try Candidates<T>(reading: features, embeddings)
      return try groups.select(&stream) { own, k, stream in
        try maximize(candidates.gathered(own), k: k, options, &stream).indices
      }
    }
    return isWide(features, embeddings)
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  static func isWide(_ features: Tensor, _ embeddings: Tensor?) -> Bool {
    features.dtype == .float64 || embeddings?.dtype == .float64
  }

  static func maximize<T: BLASElement>(
    _ candidates: Candidates<T>, k: Int, _ options: Options, _ stream: inout RandomStream
  ) throws -> Result {
    try check(k, candidates.n)
    let similarity = try Similarity(
      candidates, options.metric, width: options.width, memory: memory(options), op: "submodular")
    return try maximize(similarity, k: k, options, &stream)
  }

  /// Only these ask for rows again and again.
  private static func memory(_ options: Options) -> Int {
    switch options.objective {
    case .facilityLocation, .saturatedCoverage: options.memory
    case .graphCut, .logDeterminant, .disparitySum, .disparityMin: 0
    }
  }

  private static func maximize<T: BLASElement>(
    _ similarity: Similarity<T>, k: Int, _ options: Options, _ stream: inout RandomStream
  ) throws -> Result {
    try check(k, similarity.n)
    func grow(_ f: some SetFunction, _ stream: inout RandomStream) throws -> Greedy.Result {
      try (options.greedy ?? (f.isSubmodular ? .lazy : .naive)).run(f, k: k, stream: &stream)
    }
    let grown: Greedy.Result
    var location: FacilityLocation<T>?
    switch options.objective {
    case .facilityLocation:
      let f = try FacilityLocation(similarity)
      location = f
      grown = try grow(f, &stream)
    case .graphCut(let lambda):
      guard lambda >= 0, lambda < .infinity else {
        throw TensorError("graph_cut", "lambda must be finite and not negative, got \(lambda)")
      }
      grown = try grow(GraphCut(similarity, total: lambda), &stream)
    case .logDeterminant(let ridge):
      grown = try grow(LogDeterminant(similarity, ridge: ridge, budget: k), &stream)
    case .saturatedCoverage(let alpha):
      grown = try grow(SaturatedCoverage(similarity, alpha: alpha), &stream)
    case .disparitySum: grown = try grow(Disparity(similarity, takesLeast: false), &stream)
    case .disparityMin: grown = try grow(Disparity(similarity, takesLeast: true), &stream)
    }
    return Result(
      indices: grown.indices, gains: grown.gains, represented: location?.represented,
      evaluations: grown.evaluations, largestDistance: location?.largestDistance)
  }

  private static func check(_ k: Int, _ n: Int) throws {
    guard k >= 1, k <= n else {
      throw TensorError("submodular", "cannot choose \(k) of \(n): needs 1 <= k <= n")
    }
  }
}
