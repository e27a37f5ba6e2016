// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// CRAIG (Mirzasoleiman et al. 2020): medoids of the gradients, each weighted with the number of
/// candidates that it represents.
///
/// Maximises the facility location of `s = max(D) - D`, which bounds the error of the weighted sum of
/// gradients. The weights of a class sum to its size and belong to the picks whatever the order of the
/// candidates.
public enum CRAIG {
  public enum Mode: Sendable {
    /// Within each class, with its part of the budget.
    case perClass
    /// Of all candidates, where those of other classes are not alike at all; `max(D)` is that of the
    /// pairs within classes. A class that no pick is worth taking from stays out.
    case supervised
    /// Over the mean gradients of fixed batches: CRAIGPB. The lists hold candidates, 0-based.
    case perBatch([[Int]])
  }

  public struct Options: Sendable {
    /// The number of candidates to choose. Per batch: `ceil(k / B)` batches, with B the size of the
    /// largest one.
    public var budget: Int
    /// Distances: `squaredEuclidean` (CORDS) or `euclidean` (the paper, DeepCore).
    public var metric: SimilarityMetric
    /// nil: lazy.
    public var greedy: Greedy?
    /// As in `Submodular.Options`.
    public var memory: Int

    public init(
      budget: Int, metric: SimilarityMetric = .squaredEuclidean, greedy: Greedy? = nil,
      memory: Int = 1 << 28
    ) {
      self.budget = budget
      self.metric = metric
      self.greedy = greedy
      self.memory = memory
    }

    var submodular: Submodular.Options {
      Submodular.Options(metric: metric, greedy: greedy, memory: memory)
    }
  }

  /// Chooses candidates (or batches of them) and weights.
  ///
  /// `indices` are class by class, per batch batch by batch, each in the order of picking; every image
  /// of a batch has the batch's weight. `residual` is `||Σ w_i g_i - Σ g_i|| / ||Σ g_i||` over all
  /// candidates, or over the batch means.
  /// - Parameters:
  ///   - residuals: `(n, C)`, `p - y`.
  ///   - embeddings: `(n, E)`; nil for gradients with respect to the bias alone, the paper's choice.
  ///   - labels: n of them, 0-based; not read per batch.
  ///   - stream: what the stochastic algorithms draw from.
  /// - Throws: `TensorError` for shapes, labels, batches or options that do not fit, gradients that are
  ///   not finite; also when memory runs out or on interrupt.
  public static func select(
    residuals: Tensor, embeddings: Tensor? = nil, labels: [Int] = [], classes: Int = 0,
    mode: Mode, options: Options, stream: inout RandomStream
  ) throws -> Selection {
    let span = Profiler.begin("craig")
    defer { span.end() }
    try OMP.check(residuals, embeddings, op: "craig")
    guard options.metric.isDistance else {
      throw TensorError(
        "craig",
        "the metric must be 'squared_euclidean' or 'euclidean', got '\(options.metric.rawValue)'")
    }
    func run<T: BLASElement>(_: T.Type, _ stream: inout RandomStream) throws -> Selection {
      let candidates = try Candidates<T>(reading: residuals, embeddings)
      switch mode {
      case .perBatch(let batches): return try select(batches, candidates, options, &stream)
      case .perClass:
        let groups = try Groups(
          labels, classes, n: candidates.n, budget: options.budget, op: "craig")
        return try select(groups, candidates, options, &stream)
      case .supervised:
        let groups = try Groups(
          labels, classes, n: candidates.n, budget: options.budget, op: "craig")
        return try selectTogether(groups, candidates, options, &stream)
      }
    }
    return Submodular.isWide(residuals, embeddings)
      ? try run(Double.self, &stream) : try run(Float.self, &stream)
  }

  private static func select<T: BLASElement>(
    _ groups: Groups, _ candidates: Candidates<T>, _ options: Options,
    _ stream: inout RandomStream
  ) throws -> Selection {
    var (indices, weights): ([Int], [Double]) = ([], [])
    for (own, budget) in zip(groups.members, groups.budgets) where budget > 0 {
      let medoids = try Medoids(candidates.gathered(own), budget, options, &stream)
      indices += medoids.picks.map { own[$0] }
      weights += medoids.weights
    }
    return try selection(indices, weights, candidates)
  }

  /// The greedy over all classes picks from each in the order that its own greedy does: gains of one
  /// class do not depend on picks of another. So the classes' picks are merged by their gains.
  private static func selectTogether<T: BLASElement>(
    _ groups: Groups, _ candidates: Candidates<T>, _ options: Options,
    _ stream: inout RandomStream
  ) throws -> Selection {
    switch options.greedy {
    case nil, .naive, .lazy: break
    case .stochastic, .lazierThanLazy:
      throw TensorError("craig", "supervised needs the naive or the lazy greedy")
    }
    var runs: [Submodular.Result] = []
    for own in groups.members {
      guard !own.isEmpty else {
        runs.append(
          Submodular.Result(
            indices: [], gains: [], represented: [], evaluations: 0, largestDistance: 0))
        continue
      }
      runs.append(
        try Submodular.maximize(
          candidates.gathered(own), k: min(own.count, options.budget), options.submodular, &stream))
    }
    // The first gain of a class, n_c max(D) - Σ D, was taken with its own largest distance.
    let largest = runs.reduce(0) { max($0, $1.largestDistance ?? 0) }
    func entry(_ c: Int, _ position: Int) -> GainHeap.Entry? {
      guard position < runs[c].indices.count else { return nil }
      var gain = runs[c].gains[position]
      let own = groups.members[c]
      if position == 0 {
        gain += Double(own.count) * (largest - (runs[c].largestDistance ?? 0))
      }
      return GainHeap.Entry(gain: gain, candidate: own[runs[c].indices[position]])
    }
    var taken = [Int](repeating: 0, count: runs.count)
    var heap = GainHeap(runs.indices.compactMap { entry($0, 0) })
    var classOf = [Int](repeating: 0, count: candidates.n)
    for (c, own) in groups.members.enumerated() {
      for i in own { classOf[i] = c }
    }
    for _ in 0..<options.budget {
      guard let next = heap.pop() else { break }
      let c = classOf[next.candidate]
      taken[c] += 1
      if let more = entry(c, taken[c]) { heap.push(more) }
    }
    var (indices, weights): ([Int], [Double]) = ([], [])
    for (c, own) in groups.members.enumerated() where taken[c] > 0 {
      let picks = Array(runs[c].indices.prefix(taken[c]))
      let counts = try Medoids.represented(by: picks, candidates.gathered(own), options)
      indices += picks.map { own[$0] }
      weights += counts.map { Double($0) }
    }
    return try selection(indices, weights, candidates)
  }

  private static func selection<T: BLASElement>(
    _ indices: [Int], _ weights: [Double], _ candidates: Candidates<T>
  ) throws -> Selection {
    Selection(
      indices: indices, weights: weights.map { Float($0) },
      residual: residual(indices, weights, candidates, try candidates.sum()))
  }

  private static func residual<T: BLASElement>(
    _ picks: [Int], _ weights: [Double], _ candidates: Candidates<T>, _ target: [Double]
  ) -> Double {
    let norm = target.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 0 ? candidates.residualNorm(target, picks, weights) / norm : 0
  }

  private static func select<T: BLASElement>(
    _ batches: [[Int]], _ candidates: Candidates<T>, _ options: Options,
    _ stream: inout RandomStream
  ) throws -> Selection {
    guard options.budget >= 1 else {
      throw TensorError("craig", "the budget must be at least 1, got \(options.budget)")
    }
    let largest = try check(batches, n: candidates.n)
    let budget = min(batches.count, (options.budget - 1) / largest + 1)
    let means = try candidates.means(of: batches)
    let medoids = try Medoids(means, budget, options, &stream)
    let chosen = medoids.picks.map { batches[$0] }
    return Selection(
      indices: chosen.flatMap { $0 },
      weights: zip(chosen, medoids.weights).flatMap { batch, weight in
        [Float](repeating: Float(weight), count: batch.count)
      }, batches: chosen,
      residual: residual(medoids.picks, medoids.weights, means, try means.sum()))
  }

  /// The size of the largest batch.
  private static func check(_ batches: [[Int]], n: Int) throws -> Int {
    guard let largest = batches.map(\.count).max() else {
      throw TensorError("craig", "there is no batch to choose from")
    }
    var seen = [Bool](repeating: false, count: n)
    for (b, batch) in batches.enumerated() {
      guard !batch.isEmpty else { throw TensorError("craig", "batch \(b) is empty") }
      for index in batch {
        guard index >= 0, index < n, !seen[index] else {
          throw TensorError(
            "craig",
            "index \(index) of batch \(b) (both counted from 0) is not in 0 ..< \(n) or comes twice"
          )
        }
        seen[index] = true
      }
    }
    return largest
  }
}

/// Picks among one set of gradients, with the number that each represents.
private struct Medoids {
  let picks: [Int]
  let weights: [Double]

  /// All of them with weight 1 when the budget allows.
  init<T: BLASElement>(
    _ candidates: Candidates<T>, _ budget: Int, _ options: CRAIG.Options,
    _ stream: inout RandomStream
  ) throws {
    if budget >= candidates.n {
      picks = Array(0..<candidates.n)
      weights = [Double](repeating: 1, count: candidates.n)
      return
    }
    let result = try Submodular.maximize(candidates, k: budget, options.submodular, &stream)
    picks = result.indices
    weights = (result.represented ?? []).map { Double($0) }
  }

  /// How many candidates each of `picks` represents: its distance to them is the least, the earlier
  /// pick's of equals, and every pick represents itself.
  static func represented<T: BLASElement>(
    by picks: [Int], _ candidates: Candidates<T>, _ options: CRAIG.Options
  ) throws -> [Int] {
    let similarity = try Similarity(
      candidates, options.metric, width: 1, memory: 0, op: "craig")
    let f = try FacilityLocation(assigning: similarity)
    for pick in picks { try f.add(pick) }
    return f.represented
  }
}
