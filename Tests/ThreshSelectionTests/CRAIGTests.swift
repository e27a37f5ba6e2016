// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

/// CRAIG by definition on rows.
private func naive(_ rows: [[Double]], k: Int, _ metric: SimilarityMetric) -> (
  picks: [Int], weights: [Float], gap: Double
) {
  let s = similarities(rows, metric)
  let greedy = NaiveGreedy(n: rows.count, k: k) {
    Submodular.Objective.facilityLocation.value(s, s, $0)
  }
  var weights = [Float](repeating: 0, count: k)
  for i in rows.indices {
    let best = greedy.picks.indices.max {
      (s[i][greedy.picks[$0]], -$0) < (s[i][greedy.picks[$1]], -$1)
    }
    weights[best ?? 0] += 1
  }
  return (greedy.picks, weights, greedy.gap)
}

private func select(
  _ residuals: [[Double]], _ embeddings: [[Double]]?, _ labels: [Int], _ mode: CRAIG.Mode,
  budget: Int, _ metric: SimilarityMetric = .squaredEuclidean, memory: Int = 1 << 28,
  dtype: DType = .float64
) throws -> Selection {
  var stream = RandomStream(seed: 1, purpose: "unused")
  return try CRAIG.select(
    residuals: matrix(residuals).cast(dtype),
    embeddings: embeddings.map { try matrix($0).cast(dtype) },
    labels: labels, classes: (labels.max() ?? 0) + 1, mode: mode,
    options: CRAIG.Options(budget: budget, metric: metric, memory: memory), stream: &stream)
}

private struct Problem {
  let labels: [Int]
  let residuals: [[Double]]
  let embeddings: [[Double]]?
  let rows: [[Double]]
  let metric: SimilarityMetric

  init(_ number: Int) {
    let n = 12 + number % 20
    labels = (0..<n).map { ($0 * 7 + number) % 5 < 3 ? 0 : 1 }
    let layer = softmaxLayer(
      n: n, classes: 2 + number % 3, width: 3, seed: UInt64(number), labels: labels)
    residuals = layer.residuals
    embeddings = number % 2 == 0 ? nil : layer.embeddings
    rows = zip(residuals, layer.embeddings).map { number % 2 == 0 ? $0 : gradient($0, $1) }
    metric = number % 3 == 0 ? .euclidean : .squaredEuclidean
  }

  func members(_ c: Int) -> [Int] { labels.indices.filter { labels[$0] == c } }
}

@Test func craig_randomProblems_matchTheDefinitionInEachClass() throws {
  var (compared, number) = (0, 0)
  while compared < 200 {
    number += 1
    try #require(number < 1000)
    let p = Problem(number)
    let budget = p.labels.count / 3
    let budgets = try Allocation.exact.divide(budget, among: [0, 1].map { p.members($0).count })
    var (picks, weights, gap): ([Int], [Float], Double) = ([], [], .infinity)
    for c in 0..<2 where budgets[c] > 0 {
      let own = p.members(c)
      let one = naive(own.map { p.rows[$0] }, k: budgets[c], p.metric)
      picks += one.picks.map { own[$0] }
      weights += one.weights
      gap = min(gap, one.gap)
    }
    if gap < 1e-7 { continue }
    for memory in [1 << 28, 0] {
      let result = try select(
        p.residuals, p.embeddings, p.labels, .perClass, budget: budget, p.metric, memory: memory)
      #expect(result.indices == picks, "problem \(number)")
      #expect(result.weights == weights, "problem \(number)")
      #expect(result.filled == 0)
    }
    compared += 1
  }
}

/// The whole set at once: what lies in another class is not alike at all.
@Test func craig_supervised_matchesTheDefinitionOverAllClasses() throws {
  var (compared, number) = (0, 0)
  while compared < 200 {
    number += 1
    try #require(number < 1000)
    let p = Problem(number)
    let n = p.labels.count
    let budget = 2 + number % (n - 2)
    var distances = p.rows.map { a in p.rows.map { squaredDistance(a, $0) } }
    if p.metric == .euclidean { distances = distances.map { $0.map { $0.squareRoot() } } }
    var most = 0.0
    for i in 0..<n {
      for j in 0..<n where p.labels[i] == p.labels[j] { most = max(most, distances[i][j]) }
    }
    let s = (0..<n).map { i in
      (0..<n).map { j in p.labels[i] == p.labels[j] ? most - distances[i][j] : 0 }
    }
    let greedy = NaiveGreedy(n: n, k: budget) {
      Submodular.Objective.facilityLocation.value(s, s, $0)
    }
    if greedy.gap < 1e-7 { continue }
    let result = try select(
      p.residuals, p.embeddings, p.labels, .supervised, budget: budget, p.metric)
    // Class by class, each in the order of picking.
    let wanted = [0, 1].flatMap { c in greedy.picks.filter { p.labels[$0] == c } }
    #expect(result.indices == wanted, "problem \(number)")
    #expect(try #require(result.weights).reduce(0, +) == Float(n))
    compared += 1
  }
}

/// More candidates than a block of rows has: fails where an offset of a block is counted twice, so that gains
/// are summed over the first block alone.
@Test func craig_supervised_manyBlocks_matchesTheDefinition() throws {
  let n = 200
  let labels = (0..<n).map { $0 % 3 == 0 ? 1 : 0 }
  let rows = softmaxLayer(n: n, classes: 3, width: 1, seed: 4, labels: labels).residuals
  let distances = rows.map { a in rows.map { squaredDistance(a, $0) } }
  var most = 0.0
  for i in 0..<n {
    for j in 0..<n where labels[i] == labels[j] { most = max(most, distances[i][j]) }
  }
  let s = (0..<n).map { i in
    (0..<n).map { j in labels[i] == labels[j] ? most - distances[i][j] : 0 }
  }
  let greedy = NaiveGreedy(n: n, k: 8) { Submodular.Objective.facilityLocation.value(s, s, $0) }
  #expect(greedy.gap > 1e-7)
  let wanted = [0, 1].flatMap { c in greedy.picks.filter { labels[$0] == c } }
  for memory in [1 << 28, 0] {
    let result = try select(
      rows, nil, labels, .supervised, budget: 8, .squaredEuclidean, memory: memory)
    #expect(result.indices == wanted)
    #expect(try #require(result.weights).reduce(0, +) == Float(n))
  }
}

/// Fails where picks are mapped back through another order than the similarities have.
@Test(arguments: [DType.float32, .float64])
func craig_permutedCandidates_keepTheirWeights(_ dtype: DType) throws {
  let labels = (0..<90).map { $0 % 3 }
  let layer = softmaxLayer(n: 90, classes: 3, width: 5, seed: 6, labels: labels)
  let batches = try RandomSubsets.partition(90, batchSize: 6)
  var stream = RandomStream(seed: 3, purpose: "order")
  let order = try stream.permutation(90)
  var place = [Int](repeating: 0, count: 90)
  for (i, old) in order.enumerated() { place[old] = i }
  func weightOf(_ mode: CRAIG.Mode, permuted: Bool) throws -> [Int: Float] {
    let at = permuted ? order : Array(0..<90)
    let result = try select(
      at.map { layer.residuals[$0] }, at.map { layer.embeddings[$0] }, at.map { labels[$0] }, mode,
      budget: 30, dtype: dtype)
    return Dictionary(
      uniqueKeysWithValues: zip(result.indices.map { at[$0] }, try #require(result.weights)))
  }
  for mode in [CRAIG.Mode.perClass, .supervised, .perBatch(batches)] {
    var other = mode
    if case .perBatch = mode {
      other = .perBatch(batches.reversed().map { $0.map { place[$0] }.reversed() })
    }
    let (plain, permuted) = (
      try weightOf(mode, permuted: false), try weightOf(other, permuted: true)
    )
    #expect(plain == permuted && plain.count == 30)
    #expect(Set(plain.values).count > 1)
  }
}

@Test func craig_weights_sumToTheClass() throws {
  let labels = (0..<70).map { $0 % 7 < 4 ? 0 : $0 % 7 < 6 ? 1 : 2 }
  let layer = softmaxLayer(n: 70, classes: 3, width: 4, seed: 4, labels: labels)
  for budget in [5, 12, 40, 70] {
    let result = try select(layer.residuals, layer.embeddings, labels, .perClass, budget: budget)
    let weights = try #require(result.weights)
    #expect(result.indices.count == budget && Set(result.indices).count == budget)
    for c in 0..<3 {
      let own = zip(result.indices, weights).filter { labels[$0.0] == c }
      #expect(own.reduce(0) { $0 + $1.1 } == Float(labels.filter { $0 == c }.count))
    }
    #expect(weights.allSatisfy { $0 >= 1 })
  }
}

@Test func craig_perBatch_matchesTheDefinitionOnMeanGradients() throws {
  let batches = try RandomSubsets.partition(70, batchSize: 4)
  let labels = (0..<70).map { $0 % 3 }
  var (compared, number) = (0, 0)
  while compared < 200 {
    number += 1
    try #require(number < 2000)
    let layer = softmaxLayer(n: 70, classes: 3, width: 4, seed: UInt64(number), labels: labels)
    let means = batches.map { batch in
      columnSum(batch.map { gradient(layer.residuals[$0], layer.embeddings[$0]) }).map {
        $0 / Double(batch.count)
      }
    }
    let k = 1 + number % 6
    let result = try select(
      layer.residuals, layer.embeddings, labels, .perBatch(batches), budget: 4 * k - 3)
    let chosen = try #require(result.batches)
    #expect(chosen.count == k && result.indices == chosen.flatMap { $0 })
    let one = naive(means, k: k, .squaredEuclidean)
    #expect(one.weights.reduce(0, +) == 18)
    // Two batches that would represent each other alone have the same gain: rounding decides.
    if one.gap < 1e-7 { continue }
    #expect(chosen == one.picks.map { batches[$0] }, "problem \(number)")
    #expect(result.weights == zip(chosen, one.weights).flatMap { b, w in b.map { _ in w } })
    compared += 1
  }
}

/// Equal gradients are represented by the earliest pick, and each pick by itself.
@Test func craig_equalGradients_giveEveryPickItself() throws {
  let rows = [[1.0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
  let result = try select(rows, nil, [0, 0, 0, 0, 0], .perClass, budget: 4)
  #expect(result.indices == [0, 3, 1, 2])
  #expect(result.weights == [1, 2, 1, 1])
  #expect(try #require(result.residual) < 1e-12)
}

@Test func craig_badInput_namesWhatWasGiven() throws {
  let rows = [[1.0, 0], [0, 1], [1, 1]]
  func text(
    _ mode: CRAIG.Mode, _ labels: [Int] = [0, 0, 1], budget: Int = 1,
    metric: SimilarityMetric = .euclidean
  ) -> String {
    errorText { _ = try select(rows, nil, labels, mode, budget: budget, metric) }
  }
  #expect(text(.perClass, budget: 0).contains("got 0"))
  #expect(text(.supervised, budget: 4).contains("1 ... 3"))
  #expect(text(.perClass, [0]).contains("1 labels for 3"))
  #expect(text(.perClass, [0, -1, 1]).contains("label -1"))
  #expect(text(.perClass, metric: .cosine).contains("cosine"))
  #expect(text(.perBatch([])).contains("no batch"))
  #expect(text(.perBatch([[0], []])).contains("batch 1 is empty"))
  #expect(text(.perBatch([[0, 1], [1]])).contains("twice"))
  #expect(text(.perBatch([[0, 3]])).contains("3"))
}
