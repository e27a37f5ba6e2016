// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private func squared(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

private let similarities: [SimilarityMetric] = [.rbf, .cosine]

/// The whole matrix of similarities of a class.
private func kernel(_ rows: [[Double]], _ similarity: SimilarityMetric) -> [[Double]] {
  let n = Double(rows.count)
  let mean = rows.reduce(0) { s, a in s + rows.reduce(0) { $0 + squared(a, $1) } } / (n * n)
  return rows.map { a in
    rows.map { b in
      switch similarity {
      case .rbf: squared(a, b) == 0 ? 1 : exponential(-squared(a, b) / (0.1 * mean))
      case .cosine: (1 + dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()) / 2
      default: fatalError("not MILO's")
      }
    }
  }
}

/// The greedy order by definition: the objective of every extended set, from its formula.
private func naive(
  _ rows: [[Double]], _ objective: MILO.Objective, _ similarity: SimilarityMetric, lambda: Double
) -> (order: [Int], gains: [Double], gap: Double) {
  let s = kernel(rows, similarity)
  func value(_ set: [Int]) -> Double {
    switch objective {
    case .graphCut:
      let all = set.reduce(0) { sum, j in sum + s.reduce(0) { $0 + $1[j] } }
      return all - lambda * set.reduce(0) { sum, i in sum + set.reduce(0) { $0 + s[i][$1] } }
    case .disparityMin:
      var least = Double.infinity
      for i in set { for j in set where i != j { least = min(least, squared(rows[i], rows[j])) } }
      return least.squareRoot()
    }
  }
  var (order, gains, gap): ([Int], [Double], Double) = ([], [], .infinity)
  while order.count < rows.count {
    let left = rows.indices.filter { !order.contains($0) }
    let found: [Double]
    if objective == .disparityMin && order.isEmpty {
      let mean = columnSum(rows).map { $0 / Double(rows.count) }
      found = left.map { squared(rows[$0], mean) }
    } else if objective == .disparityMin {
      found = left.map { j in
        order.map { squared(rows[$0], rows[j]).squareRoot() }.min() ?? 0
      }
    } else {
      found = left.map { value(order + [$0]) - value(order) }
    }
    let ranked = left.indices.sorted { (-found[$0], $0) < (-found[$1], $1) }
    if ranked.count > 1 { gap = min(gap, found[ranked[0]] - found[ranked[1]]) }
    order.append(left[ranked[0]])
    gains.append(found[ranked[0]])
  }
  if objective == .disparityMin { gains[0] = gains.count > 1 ? gains[1] : 0 }
  return (order, gains, gap)
}

private func points(_ n: Int, _ width: Int, seed: UInt64) -> [[Double]] {
  var stream = RandomStream(seed: seed, purpose: "points")
  return (0..<n).map { _ in (0..<width).map { _ in abs(stream.normal()) } }
}

@Test func milo_order_matchesTheDefinitionPickByPick() throws {
  var compared = 0
  for seed in 0..<200 as Range<UInt64> {
    var stream = RandomStream(seed: seed, purpose: "sizes")
    let n = try 2 + stream.integer(below: 14)
    let rows = points(n, try 1 + stream.integer(below: 5), seed: seed)
    let labels = try (0..<n).map { _ in try stream.integer(below: 2) }
    let objective = MILO.Objective.allCases[Int(seed % 2)]
    let similarity = similarities[Int(seed / 2 % 2)]
    let order = try MILO.order(
      MILO.Problem(
        embeddings: matrix(rows), labels: labels, classes: 3, similarity: similarity),
      by: objective)
    for c in 0..<2 {
      let own = labels.indices.filter { labels[$0] == c }
      if own.isEmpty { continue }
      let wanted = naive(own.map { rows[$0] }, objective, similarity, lambda: 0.4)
      // Gains of two candidates alone are equal; so are the distances of a pair from its mean.
      guard wanted.gap > 1e-9 else { continue }
      compared += 1
      // The gain stands at the candidate it belongs to, not at its rank.
      for (rank, (place, gain)) in zip(wanted.order, wanted.gains).enumerated() {
        #expect(order.ranks[own[place]] == rank, "seed \(seed)")
        #expect(abs(order.gains[own[place]] - gain) < 1e-8, "seed \(seed)")
      }
    }
  }
  #expect(compared > 250)
}

@Test func milo_subset_matchesTheDefinitionWithPoolsOfAll() throws {
  var compared = 0
  for seed in 0..<200 as Range<UInt64> {
    var stream = RandomStream(seed: seed, purpose: "sizes")
    let n = try 3 + stream.integer(below: 12)
    let rows = points(n, 3, seed: seed)
    let k = try 1 + stream.integer(below: n - 1)
    let problem = try MILO.Problem(
      embeddings: matrix(rows), labels: [Int](repeating: 0, count: n), classes: 1)
    let wanted = naive(rows, .graphCut, .rbf, lambda: 0.4)
    guard wanted.gap > 1e-9 else { continue }
    compared += 1
    let chosen = try MILO.subset(problem, budget: k, number: 0, epsilon: 1e-100, seed: seed)
    #expect(chosen == Array(wanted.order.prefix(k)), "seed \(seed)")
  }
  #expect(compared > 190)
}

@Test func milo_subsets_areExactSeededAndDiffer() throws {
  let rows = points(60, 4, seed: 3)
  let labels = (0..<60).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
  let problem = try MILO.Problem(embeddings: matrix(rows), labels: labels, classes: 3)
  let sums = try MILO.similaritySums(problem)
  let first = try MILO.subset(problem, budget: 12, number: 0, sums: sums, seed: 1)
  // 30, 18 and 12 of 60: 6, 3.6 and 2.4.
  #expect((0..<3).map { c in first.count { labels[$0] == c } } == [6, 4, 2])
  #expect(Set(first).count == 12)
  #expect(try MILO.subset(problem, budget: 12, number: 0, seed: 1) == first)
  // Pools of floor(60 / 12 ln 2) = 3 and the like leave room for chance.
  func drawn(_ number: Int, seed: UInt64 = 1) throws -> [Int] {
    try MILO.subset(
      problem, budget: 12, number: number, epsilon: 0.5, sums: sums, seed: seed)
  }
  #expect(try drawn(0) == drawn(0) && drawn(0) != drawn(1) && drawn(0) != drawn(0, seed: 2))
  #expect(try MILO.subset(problem, budget: 60, number: 0, seed: 1).sorted() == Array(0..<60))
}

@Test func wre_probabilities_followTheTaylorSoftmaxOfTheirOwnCandidate() throws {
  let gains = [5, 1, 3, 7, 2.5]
  let p = try MILO.probabilities(gains: gains, labels: [0, 0, 0, 1, 1], classes: 2)
  func taylor(_ z: Double) -> Double { 1 + z + z * z / 2 }
  let (a, b) = (taylor(4) + 1 + taylor(2), taylor(4.5) + 1)
  let wanted = [taylor(4) / a, 1 / a, taylor(2) / a, taylor(4.5) / b, 1 / b]
  #expect(isClose(p, wanted, 1e-12))
  // A large temperature is uniform; the largest gains do not overflow.
  let flat = try MILO.probabilities(
    gains: gains, labels: [0, 0, 0, 0, 0], classes: 1, temperature: 1e12)
  #expect(isClose(flat, [Double](repeating: 0.2, count: 5), 1e-6))
  let huge = try MILO.probabilities(
    gains: [-1e308, 1e308], labels: [0, 0], classes: 1, temperature: 1e-3)
  #expect(huge.allSatisfy(\.isFinite) && huge[1] > 0.99)
}

/// The candidate of the largest gain is drawn most, wherever it stands in the data: probabilities in
/// the order of ranks would give another one its share.
@Test func wre_draws_goWithTheirCandidates() throws {
  for place in 0..<6 {
    var gains = [Double](repeating: 0, count: 6)
    gains[place] = 10
    let labels = [Int](repeating: 0, count: 6)
    let p = try MILO.probabilities(gains: gains, labels: labels, classes: 1)
    var counts = [Int](repeating: 0, count: 6)
    for epoch in 0..<300 {
      var stream = RandomStream(seed: 1, purpose: "wre", epoch: epoch)
      for i in try MILO.sample(
        probabilities: p, labels: labels, classes: 1, budget: 1, stream: &stream)
      {
        counts[i] += 1
      }
    }
    // 61 of 66 on average.
    #expect(counts[place] > 250, "\(counts)")
  }
}

@Test func wre_sample_dividesTheBudgetAndRepeatsWithItsSeed() throws {
  let labels = (0..<60).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
  let p = [Double](repeating: 0.1, count: 60)
  func sample(_ epoch: Int, budget: Int = 12) throws -> [Int] {
    var stream = RandomStream(seed: 1, purpose: "wre", epoch: epoch)
    return try MILO.sample(
      probabilities: p, labels: labels, classes: 3, budget: budget, stream: &stream)
  }
  let first = try sample(0)
  #expect((0..<3).map { c in first.count { labels[$0] == c } } == [6, 4, 2])
  #expect(Set(first).count == 12)
  #expect(try sample(0) == first && sample(1) != first)
  #expect(try sample(0, budget: 60).sorted() == Array(0..<60))
}

@Test func milo_equalEmbeddings_areAllTheSame() throws {
  for similarity in similarities {
    for row in [[0.0, 0], [1, 2]] {
      let problem = try MILO.Problem(
        embeddings: matrix([row, row, row]), labels: [0, 0, 0], classes: 1,
        similarity: similarity)
      for objective in MILO.Objective.allCases {
        let order = try MILO.order(problem, by: objective)
        #expect(order.ranks.sorted() == [0, 1, 2] && order.gains.allSatisfy(\.isFinite))
      }
    }
  }
}

@Test func milo_misuse_namesWhatIsWrong() throws {
  func problem(_ rows: [[Double]] = [[1], [2]], labels: [Int] = [0, 0], lambda: Double = 0.4)
    throws -> MILO.Problem
  {
    try MILO.Problem(embeddings: matrix(rows), labels: labels, classes: 1, lambda: lambda)
  }
  #expect(errorText { _ = try problem(labels: [0]) }.contains("1 labels for 2"))
  #expect(errorText { _ = try problem(lambda: 0.6) }.contains("lambda"))
  #expect(
    errorText {
      _ = try MILO.Problem(
        embeddings: matrix([[1]]), labels: [0], classes: 1, similarity: .dot)
    }.contains("'rbf' or 'cosine', got 'dot'"))
  #expect(
    errorText { _ = try MILO.order(problem([[1], [.nan]]), by: .graphCut) }
      .contains("candidate 1"))
  #expect(
    errorText { _ = try MILO.subset(problem(), budget: 3, number: 0, seed: 1) }
      .contains("1 ... 2"))
  #expect(
    errorText { _ = try MILO.subset(problem(), budget: 1, number: 0, epsilon: 1, seed: 1) }
      .contains("epsilon"))
  #expect(
    errorText { _ = try MILO.subset(problem(), budget: 1, number: 0, sums: [1], seed: 1) }
      .contains("1 sums"))
  #expect(
    errorText { _ = try MILO.probabilities(gains: [.nan], labels: [0], classes: 1) }
      .contains("candidate 0"))
}
