// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private let objectives: [Submodular.Objective] = [
  .facilityLocation, .graphCut(lambda: 2), .graphCut(lambda: 0.4), .logDeterminant(ridge: 1),
  .logDeterminant(ridge: 0.01), .saturatedCoverage(alpha: 0.3), .disparitySum,
]

private func unused() -> RandomStream { RandomStream(seed: 1, purpose: "unused") }

/// A problem of the given number: dense features, or the factors of gradients and what they are.
private struct Problem {
  let factors: [[Double]]
  let embeddings: [[Double]]?
  let rows: [[Double]]

  init(_ number: Int) {
    var stream = RandomStream(seed: 5, purpose: "greedy problems", index: number)
    let (n, d) = (6 + number % 15, 2 + number % 6)
    factors = (0..<n).map { _ in normals(d, &stream) }
    if number % 2 == 0 {
      embeddings = nil
      rows = factors
    } else {
      let h = (0..<n).map { _ in normals(1 + number % 4, &stream) }
      embeddings = h
      rows = zip(factors, h).map(gradient)
    }
  }

  func maximize(
    k: Int, _ options: Submodular.Options, _ dtype: DType = .float64
  ) throws -> Submodular.Result {
    var stream = unused()
    return try Submodular.maximize(
      features: matrix(factors).cast(dtype), embeddings: embeddings.map { try matrix($0) },
      k: k, options: options, stream: &stream)
  }
}

/// 200 small problems for each function, with every metric, with rows kept and computed.
@Test(arguments: objectives)
func submodular_randomProblems_matchTheDefinition(_ objective: Submodular.Objective) throws {
  var (compared, number) = (0, 0)
  while compared < 200 {
    number += 1
    try #require(number < 2000)
    let problem = Problem(number)
    let (n, metric) = (problem.rows.count, SimilarityMetric.allCases[number % 5])
    let k = 1 + number % (n - 1)
    if case .logDeterminant = objective {
      // A kernel is needed, and as it stands.
      if metric == .dot || metric == .euclidean || metric == .squaredEuclidean { continue }
    }
    if case .disparitySum = objective, metric == .dot { continue }
    var s = similarities(problem.rows, metric)
    if metric == .cosine {
      for i in 0..<n { s[i][i] = 1 }
    }
    let distances = s.map { line in
      line.map { metric == .cosine || metric == .rbf ? 1 - $0 : s[0][0] - $0 }
    }
    // Of kernels with ones on the diagonal, and of disparities, all first gains are equal.
    var tiedStart = false
    switch objective {
    case .logDeterminant, .disparitySum: tiedStart = true
    default: break
    }
    let naive = NaiveGreedy(n: n, k: k, tiedStart: tiedStart) { objective.value(s, distances, $0) }
    if naive.gap < 1e-7 { continue }
    for memory in [1 << 28, 0] {
      let result = try problem.maximize(
        k: k, Submodular.Options(objective: objective, metric: metric, memory: memory))
      #expect(result.indices == naive.picks, "problem \(number), \(metric), \(memory)")
      let tolerance = 1e-9 * (1 + naive.gains.map(abs).reduce(0, max))
      #expect(isClose(result.gains, naive.gains, tolerance), "problem \(number), \(metric)")
    }
    compared += 1
  }
}

@Test func submodular_lazyGreedy_picksAsNaiveWithFewerEvaluations() throws {
  var (lazily, naively) = (0, 0)
  for number in 1...200 {
    // Small integers: ties and equal candidates abound, and sums are exact.
    var stream = RandomStream(seed: 9, purpose: "ties", index: number)
    let n = 10 + number % 30
    let rows = (0..<n).map { _ in
      (0..<2).map { _ in Double(Int((stream.uniform() * 4).rounded(.down))) }
    }
    let objective: Submodular.Objective = [
      .facilityLocation, .graphCut(lambda: 2), .saturatedCoverage(alpha: 0.25),
    ][number % 3]
    func run(_ greedy: Greedy, _ memory: Int, _ dtype: DType) throws -> Submodular.Result {
      var stream = unused()
      return try Submodular.maximize(
        features: matrix(rows).cast(dtype), k: n,
        options: Submodular.Options(
          objective: objective, metric: .squaredEuclidean, greedy: greedy, memory: memory),
        stream: &stream)
    }
    for (memory, dtype) in [(1 << 28, DType.float32), (0, .float64)] {
      let (naive, lazy) = (try run(.naive, memory, dtype), try run(.lazy, memory, dtype))
      #expect(lazy.indices == naive.indices, "problem \(number)")
      #expect(lazy.gains == naive.gains && lazy.represented == naive.represented)
      // Unique picks, gains that never grow.
      #expect(naive.indices.sorted() == Array(0..<n))
      #expect(zip(naive.gains, naive.gains.dropFirst()).allSatisfy { $0 >= $1 })
      lazily += lazy.evaluations
      naively += naive.evaluations
    }
  }
  #expect(lazily < naively)
}

/// Equal candidates add nothing: each group of them gives one pick before any gives a second.
@Test func submodular_unlikeCandidates_comeBeforeTheirLikes() throws {
  // Two close to each other, and one apart: a sign error takes the close ones.
  let rows: [[Double]] = [[1, 0], [0.99, 0.05], [0.2, 1]]
  for ridge in [1, 0.01] {
    var stream = unused()
    let result = try Submodular.maximize(
      features: matrix(rows), k: 2,
      options: Submodular.Options(objective: .logDeterminant(ridge: ridge)), stream: &stream)
    #expect(result.indices == [0, 2])
    #expect(result.gains[1] <= result.gains[0])
  }
  // Without a ridge only as many as there are dimensions have volume; the rest is drawn.
  var stream = unused()
  let options = Submodular.Options(objective: .logDeterminant(ridge: 0), metric: .dot)
  let chosen = try Submodular.select(
    features: matrix(rows + [[2, 2], [3, 1]]), labels: nil, classes: 0, budget: 4,
    options: options, stream: &stream)
  #expect(Set(chosen.indices).count == 4)
  #expect(chosen.filled == 2)
}

@Test func greedy_lazierThanLazy_picksAsStochasticWithFewerEvaluations() throws {
  let layer = softmaxLayer(n: 400, classes: 4, width: 6, seed: 2)
  func run(_ greedy: Greedy, seed: UInt64) throws -> Submodular.Result {
    var stream = RandomStream(seed: seed, purpose: "pools")
    return try Submodular.maximize(
      features: matrix(layer.embeddings), k: 40, options: Submodular.Options(greedy: greedy),
      stream: &stream)
  }
  let (all, lazily) = (try run(.naive, seed: 1), try run(.lazy, seed: 1))
  #expect(all.indices == lazily.indices && 2 * lazily.evaluations < all.evaluations)
  let exact = lazily.gains.reduce(0, +)
  for seed in UInt64(1)...5 {
    let (plain, lazy) = (
      try run(.stochastic(epsilon: 0.01), seed: seed),
      try run(.lazierThanLazy(epsilon: 0.01), seed: seed)
    )
    #expect(lazy.indices == plain.indices && lazy.gains == plain.gains)
    #expect(Set(plain.indices).count == 40)
    // ceil(400 / 40 ln 100) = 47 candidates a pick, not the one of apricot's default.
    #expect(plain.evaluations == 47 * 40)
    #expect(lazy.evaluations < plain.evaluations)
    #expect(plain.gains.reduce(0, +) > 0.98 * exact)
  }
  #expect(try run(.stochastic(epsilon: 0.01), seed: 1).indices != run(.lazy, seed: 1).indices)
}

/// All candidates that can join are found, also when a pool holds none.
@Test func greedy_candidatesThatCannotJoin_areLeftOut() throws {
  final class Few: SetFunction {
    let count = 100
    var added: [Int] = []
    func gains(of candidates: [Int]) -> [Double] {
      candidates.map { $0 % 25 == 3 ? Double($0) : -.infinity }
    }
    func add(_ i: Int) { added.append(i) }
  }
  let algorithms: [Greedy] = [
    .naive, .lazy, .stochastic(epsilon: 0.9), .lazierThanLazy(epsilon: 0.9),
  ]
  for greedy in algorithms {
    let f = Few()
    var stream = RandomStream(seed: 4, purpose: "few")
    let result = try greedy.run(f, k: 10, stream: &stream)
    #expect(result.indices.sorted() == [3, 28, 53, 78] && result.indices == f.added)
  }
}

/// Cut by n alone, rows kept or computed: bits do not depend on threads.
@Test func submodular_anyNumberOfThreads_givesTheSameBits() throws {
  let layer = softmaxLayer(n: 1500, classes: 3, width: 20, seed: 8)
  let (r, h) = (try matrix(layer.residuals), try matrix(layer.embeddings))
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  let all: [Submodular.Objective] = objectives + [.disparityMin]
  for objective in all {
    for memory in [0, 1 << 28] {
      let results = try [1, 2, 5].map { threads in
        Workers.threadCount = threads
        var stream = unused()
        return try Submodular.maximize(
          features: r.cast(.float32), embeddings: h.cast(.float32), k: 20,
          options: Submodular.Options(objective: objective, memory: memory), stream: &stream)
      }
      for other in results.dropFirst() {
        #expect(other.indices == results[0].indices && other.gains == results[0].gains)
      }
      #expect(Set(results[0].indices).count == 20)
    }
  }
}

@Test func submodular_givenSimilarity_picksAsItsFeatures() throws {
  for number in 1...40 {
    let problem = Problem(number)
    let s = try matrix(similarities(problem.rows, .cosine))
    let k = problem.rows.count / 2
    for objective in objectives {
      var stream = unused()
      let given = try Submodular.maximize(
        similarity: s, k: k, options: Submodular.Options(objective: objective), stream: &stream)
      let result = try problem.maximize(k: k, Submodular.Options(objective: objective))
      #expect(isClose(given.gains, result.gains, 1e-8), "\(objective), \(number)")
    }
  }
}

@Test func submodular_byClass_dividesTheBudgetExactly() throws {
  let labels = (0..<60).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
  let layer = softmaxLayer(n: 60, classes: 3, width: 4, seed: 3, labels: labels)
  var stream = unused()
  let chosen = try Submodular.select(
    features: matrix(layer.embeddings), labels: labels, classes: 4, budget: 12, stream: &stream)
  #expect((0..<3).map { c in chosen.indices.filter { labels[$0] == c }.count } == [6, 4, 2])
  #expect(Set(chosen.indices).count == 12 && chosen.weights == nil && chosen.filled == 0)
  for c in 0..<3 {
    let own = labels.indices.filter { labels[$0] == c }
    let alone = try Submodular.maximize(
      features: matrix(own.map { layer.embeddings[$0] }), k: [6, 4, 2][c], stream: &stream)
    #expect(chosen.indices.filter { labels[$0] == c } == alone.indices.map { own[$0] })
  }
}

@Test func submodular_badInput_namesWhatWasGiven() throws {
  var stream = unused()
  let x = try matrix([[1, 2], [3, 4], [5, 6]])
  func text(_ options: Submodular.Options = Submodular.Options(), k: Int = 1, of t: Tensor? = nil)
    -> String
  {
    errorText {
      _ = try Submodular.maximize(features: t ?? x, k: k, options: options, stream: &stream)
    }
  }
  #expect(text(k: 4).contains("4 of 3"))
  #expect(text(k: 0).contains("0 of 3"))
  #expect(text(of: try Tensor([1.0, 2])).contains("(2,)"))
  #expect(text(of: try matrix([[1, 2], [.nan, 4]])).contains("candidate 1"))
  #expect(text(of: try matrix([[1e200, 2], [1, 4]])).contains("candidate 0"))
  #expect(
    text(Submodular.Options(objective: .disparitySum, greedy: .lazy)).contains("not submodular"))
  #expect(
    text(Submodular.Options(objective: .disparityMin, greedy: .lazierThanLazy(epsilon: 0.1)))
      .contains("not submodular"))
  #expect(text(Submodular.Options(greedy: .stochastic(epsilon: 1))).contains("epsilon"))
  #expect(text(Submodular.Options(objective: .graphCut(lambda: -1))).contains("-1.0"))
  #expect(text(Submodular.Options(objective: .saturatedCoverage(alpha: 0))).contains("alpha"))
  #expect(text(Submodular.Options(objective: .logDeterminant(ridge: -1))).contains("ridge"))
  #expect(
    text(Submodular.Options(objective: .logDeterminant(ridge: 1), metric: .euclidean))
      .contains("kernel"))
  func given(_ rows: [[Double]]) -> String {
    errorText { _ = try Submodular.maximize(similarity: matrix(rows), k: 1, stream: &stream) }
  }
  #expect(given([[1, 2]]).contains("square"))
  #expect(given([[1, 0.5], [0.2, 1]]).contains("0 and 1"))
  #expect(given([[1, -1], [-1, 1]]).contains("not negative"))
  #expect(given([[1, .nan], [.nan, 1]]).contains("nan"))
  let labels = errorText {
    _ = try Submodular.select(
      features: x, labels: [0, 1, 2], classes: 2, budget: 1, stream: &stream)
  }
  #expect(labels.contains("label 2"))
}
