// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

/// 60 candidates of 3 classes of different sizes.
private struct Problem {
  var residuals, embeddings: [[Double]]
  var labels: [Int]
  let classes = 3

  init(n: Int = 60, scale: Double = 1, seed: UInt64 = 17) {
    labels = (0..<n).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
    (residuals, embeddings) = softmaxLayer(
      n: n, classes: 3, width: 9, seed: seed, scale: scale, labels: labels)
  }

  func members(_ c: Int) -> [Int] { labels.indices.filter { labels[$0] == c } }

  func select(
    _ mode: GradMatch.Mode, k: Int, lambda: Double = 0, _ dtype: DType = .float64,
    allocation: Allocation = .exact, validation: GradMatch.Validation? = nil, seed: UInt64 = 1
  ) throws -> Selection {
    var stream = RandomStream(seed: seed, purpose: "fill")
    return try GradMatch.select(
      residuals: matrix(residuals).cast(dtype), embeddings: matrix(embeddings).cast(dtype),
      labels: labels, classes: classes, mode: mode,
      options: GradMatch.Options(budget: k, lambda: lambda, allocation: allocation),
      validation: validation, stream: &stream)
  }

  /// What the definition picks within the class on `rows` of its members.
  func naive(_ rows: [[Double]], k: Int, lambda: Double, target: [Double]? = nil) -> NaivePursuit {
    let mean = rows.reduce(0) { $0 + dot($1, $1) } / Double(rows.count)
    return NaivePursuit(
      rows: rows, target: target ?? columnSum(rows), budget: k, ridge: lambda * mean)
  }
}

private func weights(_ selection: Selection) throws -> [Double] {
  try #require(selection.weights).map { Double($0) }
}

@Test(arguments: [0, 0.5])
func gradMatch_perClass_matchesTheDefinitionInEachClass(_ lambda: Double) throws {
  let p = Problem()
  for byColumn in [false, true] {
    let result = try p.select(byColumn ? .perClassPerGradient : .perClass, k: 12, lambda: lambda)
    // 30, 18 and 12 of 60: 12 divides into 6, 3.6 and 2.4.
    var (indices, wanted): ([Int], [Double]) = ([], [])
    for (c, k) in [6, 4, 2].enumerated() {
      let own = p.members(c)
      let rows = own.map {
        gradient(byColumn ? [p.residuals[$0][c]] : p.residuals[$0], p.embeddings[$0])
      }
      let naive = p.naive(rows, k: k, lambda: lambda)
      #expect(naive.picks.count == k && naive.gap > 1e-6)
      indices += naive.picks.map { own[$0] }
      wanted += naive.weights
    }
    #expect(result.indices == indices, "by column \(byColumn)")
    #expect(isClose(try weights(result), wanted, 1e-5))
    #expect(result.filled == 0 && result.batches == nil)
    // Float weights, so the residual of the definition within 1e-4.
    let (left, whole) = residual(p, result, byColumn: byColumn)
    #expect(abs(try #require(result.residual) - left / whole) < 1e-4)
  }
}

/// 200 small problems in each of the three modes, with and without a penalty, pick by pick.
@Test func gradMatch_randomProblems_matchTheDefinitionPickByPick() throws {
  var compared = [0, 0, 0]
  for number in 1...600 where compared.contains(where: { $0 < 200 }) {
    let p = Problem(n: 20 + number % 31, seed: UInt64(number))
    let lambda = number % 3 == 0 ? 0.3 : 0
    for byColumn in [false, true] {
      let k = 5 + number % 6
      let sizes = (0..<3).map { p.members($0).count }
      var (indices, wanted, isClear): ([Int], [Double], Bool) = ([], [], true)
      for (c, share) in try Allocation.exact.divide(k, among: sizes).enumerated() where share > 0 {
        let own = p.members(c)
        let naive = p.naive(
          own.map {
            gradient(byColumn ? [p.residuals[$0][c]] : p.residuals[$0], p.embeddings[$0])
          }, k: share, lambda: lambda)
        isClear = isClear && naive.gap > 1e-6 && naive.picks.count == share && share < own.count
        indices += naive.picks.map { own[$0] }
        wanted += naive.weights
      }
      if !isClear { continue }
      let result = try p.select(byColumn ? .perClassPerGradient : .perClass, k: k, lambda: lambda)
      #expect(result.indices == indices, "problem \(number), by column \(byColumn)")
      #expect(isClose(try weights(result), wanted, 1e-4), "problem \(number)")
      compared[byColumn ? 1 : 0] += 1
    }
    let batches = try RandomSubsets.partition(
      p.labels.count, batchSize: 2 + number % 3, seed: UInt64(number))
    let picks = 2 + number % 4
    let naive = p.naive(
      batches.map { batch in
        columnSum(batch.map { gradient(p.residuals[$0], p.embeddings[$0]) }).map {
          $0 / Double(batch.count)
        }
      }, k: picks, lambda: lambda)
    // Where the budget is all batches they are taken as they are.
    if naive.gap <= 1e-6 || naive.picks.count < picks || picks >= batches.count { continue }
    let result = try p.select(
      .perBatch(batches), k: picks * (2 + number % 3), lambda: lambda)
    #expect(result.batches == naive.picks.map { batches[$0] }, "problem \(number)")
    let wanted = zip(naive.picks, naive.weights).flatMap { pick, weight in
      batches[pick].map { _ in weight }
    }
    #expect(isClose(try weights(result), wanted, 1e-4), "problem \(number)")
    compared[2] += 1
  }
  #expect(compared.allSatisfy { $0 >= 200 })
}

/// `(Σ_c ||Σ w g - t_c||²)^(1/2)` and `(Σ_c ||t_c||²)^(1/2)`, by definition.
private func residual(_ p: Problem, _ selection: Selection, byColumn: Bool) -> (Double, Double) {
  var (left, whole) = (0.0, 0.0)
  for c in 0..<p.classes {
    func row(_ i: Int) -> [Double] {
      gradient(byColumn ? [p.residuals[i][c]] : p.residuals[i], p.embeddings[i])
    }
    let target = columnSum(p.members(c).map(row))
    var rest = target
    for (index, weight) in zip(selection.indices, selection.weights ?? [])
    where p.labels[index] == c {
      rest = zip(rest, row(index)).map { $0 - Double(weight) * $1 }
    }
    left += dot(rest, rest)
    whole += dot(target, target)
  }
  return (left.squareRoot(), whole.squareRoot())
}

@Test func gradMatch_perBatch_matchesTheDefinitionOnMeanGradients() throws {
  let p = Problem(n: 58)
  let batches = try RandomSubsets.partition(58, batchSize: 8)
  let rows = batches.map { batch in
    columnSum(batch.map { gradient(p.residuals[$0], p.embeddings[$0]) }).map {
      $0 / Double(batch.count)
    }
  }
  // 20 images are 3 batches of 8; the last batch, of 2, counts as much as the others.
  let naive = p.naive(rows, k: 3, lambda: 0.1)
  #expect(naive.gap > 1e-6)
  let result = try p.select(.perBatch(batches), k: 20, lambda: 0.1)
  let chosen = naive.picks.map { batches[$0] }
  #expect(result.batches == chosen)
  #expect(result.indices == chosen.flatMap { $0 })
  let wanted = zip(chosen, naive.weights).flatMap { batch, weight in batch.map { _ in weight } }
  #expect(isClose(try weights(result), wanted, 1e-5))
  #expect(abs(try #require(result.residual) - naive.residual) < 1e-6)
  #expect(result.filled == 0)
}

private func modes(_ n: Int) throws -> [GradMatch.Mode] {
  [
    .perClass, .perClassPerGradient,
    .perBatch(try RandomSubsets.partition(n, batchSize: 4, seed: 2)),
  ]
}

/// A relative lambda leaves the picks alone when a well-fit network's gradients are a thousandth, and
/// nothing is filled; an absolute one does not.
@Test func gradMatch_scaledGradients_picksTheSameAndFillsNothing() throws {
  for dtype in [DType.float32, .float64] {
    for mode in try modes(200) {
      let plain = try Problem(n: 200).select(mode, k: 40, lambda: 0.5, dtype)
      #expect(plain.filled == 0)
      for scale in [1e-3, 1e3] {
        let scaled = try Problem(n: 200, scale: scale).select(mode, k: 40, lambda: 0.5, dtype)
        #expect(scaled.indices == plain.indices)
        #expect(scaled.filled == 0)
        #expect(isClose(try weights(scaled), try weights(plain), 1e-3))
      }
    }
  }
}

@Test func gradMatch_permutedCandidates_picksTheSameWithTheirWeights() throws {
  let p = Problem()
  var stream = RandomStream(seed: 6, purpose: "order")
  let order = try stream.permutation(60)
  var q = p
  q.residuals = order.map { p.residuals[$0] }
  q.embeddings = order.map { p.embeddings[$0] }
  q.labels = order.map { p.labels[$0] }
  var place = order
  for (new, old) in order.enumerated() { place[old] = new }
  let batches = try RandomSubsets.partition(60, batchSize: 4)
  let moved = batches.map { $0.map { place[$0] } }
  let pairs: [(GradMatch.Mode, GradMatch.Mode)] = [
    (.perClass, .perClass), (.perClassPerGradient, .perClassPerGradient),
    (.perBatch(batches), .perBatch(Array(moved.reversed()))),
  ]
  for (own, other) in pairs {
    let (a, b) = (try p.select(own, k: 20, lambda: 0.1), try q.select(other, k: 20, lambda: 0.1))
    #expect(b.indices.map { order[$0] } == a.indices)
    #expect(isClose(try weights(a), try weights(b), 1e-5))
    #expect(abs(try #require(a.residual) - #require(b.residual)) < 1e-9)
  }
}

/// Twins: after one pick of a class nothing correlates with what is left.
@Test func gradMatch_tooFewPicks_fillsWithTheMeanWeight() throws {
  var p = Problem(n: 20)
  p.labels = (0..<20).map { $0 < 12 ? 0 : 1 }
  p.residuals = p.labels.map { $0 == 0 ? [-0.5, 0.5, 0] : [0.25, -0.5, 0.25] }
  p.embeddings = p.labels.map { $0 == 0 ? [1, 2] : [3, 1] }
  let result = try p.select(.perClass, k: 5)
  // 12 and 8 twins, budgets 3 and 2: one pick each, with weights 12 and 8; 2 and 1 are filled.
  #expect(result.indices.count == 5 && Set(result.indices).count == 5)
  #expect(result.indices[0] == 0 && result.indices[3] == 12)
  #expect(result.indices[1...2].allSatisfy { p.labels[$0] == 0 })
  #expect(p.labels[result.indices[4]] == 1)
  #expect(result.filled == 3 && result.filledShare == 0.6)
  #expect(isClose(try weights(result), [12, 10, 10, 8, 10], 1e-5))
  #expect(try #require(result.residual) < 1e-9)
  // The stream decides what fills, and nothing else.
  #expect(try p.select(.perClass, k: 5).indices == result.indices)
  let others = try (2..<12).map { try p.select(.perClass, k: 5, seed: $0).indices }
  #expect(Set(others).count > 1)

  // Batches of twins alike: one batch carries all, the other two fill with its weight.
  let batches = (0..<4).map { Array($0 * 3..<$0 * 3 + 3) }
  let filled = try p.select(.perBatch(batches), k: 9)
  #expect(filled.batches?.count == 3 && filled.filled == 6)
  #expect(isClose(try weights(filled), [Double](repeating: 4, count: 9), 1e-5))
}

@Test func gradMatch_budgetOfAWholeClass_takesItWithWeightOne() throws {
  let p = Problem()
  for mode in try modes(60) {
    let all = try p.select(mode, k: 60)
    #expect(all.indices.sorted() == Array(0..<60))
    #expect(try weights(all).allSatisfy { $0 == 1 })
    #expect(all.filled == 0)
    #expect(try #require(all.residual) < 1e-6)
  }
}

@Test func gradMatch_budget_isSpentExactly() throws {
  let p = Problem(n: 61)
  for k in [1, 2, 7, 20, 41, 60] {
    for mode in [GradMatch.Mode.perClass, .perClassPerGradient] {
      let result = try p.select(mode, k: k)
      #expect(result.indices.count == k)
      #expect(Set(result.indices).count == k)
      #expect(try weights(result).allSatisfy { $0 >= 0 && $0.isFinite })
    }
    let batches = try RandomSubsets.partition(61, batchSize: 8)
    #expect(try p.select(.perBatch(batches), k: k).batches?.count == (k + 7) / 8)
  }
  #expect(try p.select(.perClass, k: 7, allocation: .ceiling).indices.count >= 7)
}

@Test func gradMatch_validation_isTheTarget() throws {
  let (p, held) = (Problem(), Problem(n: 30, seed: 40))
  let validation = GradMatch.Validation(
    residuals: try matrix(held.residuals), embeddings: try matrix(held.embeddings),
    labels: held.labels)
  func target(_ rows: [Int], scale: Double = 1) -> [Double] {
    columnSum(rows.map { gradient(held.residuals[$0], held.embeddings[$0]) }).map { $0 * scale }
  }
  let result = try p.select(.perClass, k: 12, validation: validation)
  var indices: [Int] = []
  for (c, k) in [6, 4, 2].enumerated() {
    let own = p.members(c)
    let naive = p.naive(
      own.map { gradient(p.residuals[$0], p.embeddings[$0]) }, k: k, lambda: 0,
      target: target(held.members(c)))
    indices += naive.picks.map { own[$0] }
  }
  #expect(result.indices == indices)

  // The mean of the held-out gradients, times the number of batches.
  let batches = try RandomSubsets.partition(60, batchSize: 4)
  let naive = p.naive(
    batches.map { batch in
      columnSum(batch.map { gradient(p.residuals[$0], p.embeddings[$0]) }).map { $0 / 4 }
    }, k: 5, lambda: 0, target: target(Array(0..<30), scale: 15.0 / 30))
  let chosen = try p.select(.perBatch(batches), k: 20, validation: validation)
  #expect(chosen.batches == naive.picks.map { batches[$0] })

  let lacking = GradMatch.Validation(
    residuals: try matrix(held.residuals), embeddings: try matrix(held.embeddings),
    labels: held.labels.map { $0 == 2 ? 0 : $0 })
  #expect(
    errorText { _ = try p.select(.perClass, k: 12, validation: lacking) }.contains(
      "class 2 has 12 candidates but no validation example"))
}

@Test func gradMatch_biasAlone_needsNoEmbeddings() throws {
  let p = Problem()
  var stream = RandomStream(seed: 1, purpose: "fill")
  let result = try GradMatch.select(
    residuals: matrix(p.residuals), labels: p.labels, classes: 3, mode: .perClass,
    options: GradMatch.Options(budget: 6), stream: &stream)
  // Two numbers suffice for the three residuals of a class, which sum to 0; the rest is filled.
  #expect(result.indices.count == 6)
}

@Test func gradMatch_badInput_namesWhatWasGiven() throws {
  var p = Problem()
  #expect(errorText { _ = try p.select(.perClass, k: 0) }.contains("at least 1, got 0"))
  #expect(errorText { _ = try p.select(.perBatch([]), k: 3) }.contains("no batch"))
  #expect(errorText { _ = try p.select(.perBatch([[0], []]), k: 3) }.contains("batch 1 is empty"))
  #expect(
    errorText { _ = try p.select(.perBatch([[0], [60]]), k: 3) }.contains("index 60 in batch 1"))
  #expect(
    errorText { _ = try p.select(.perBatch([[0], [4, 0]]), k: 3) }.contains("index 0 of batch 1"))
  #expect(errorText { _ = try p.select(.perClass, k: 6, lambda: -1) }.contains("lambda"))
  p.labels[7] = 3
  #expect(errorText { _ = try p.select(.perClass, k: 6) }.contains("label 3 of number 7"))
  p.labels.removeLast()
  #expect(errorText { _ = try p.select(.perClass, k: 6) }.contains("59 labels for 60"))
}

@Test func allocation_exact_isByLargestRemainder() throws {
  // Shares 2, 1.2 and 0.8.
  #expect(try Allocation.exact.divide(4, among: [5, 3, 2]) == [2, 1, 1])
  // Of equal remainders the lower class.
  #expect(try Allocation.exact.divide(2, among: [1, 1, 1, 1]) == [1, 1, 0, 0])
  #expect(try Allocation.exact.divide(5, among: [4, 0, 4]) == [3, 0, 2])
  #expect(try Allocation.exact.divide(9, among: [5, 3, 1]) == [5, 3, 1])
  #expect(try Allocation.exact.divide(100, among: [5, 3, 1]) == [5, 3, 1])
  #expect(errorText { _ = try Allocation.exact.divide(0, among: [2]) }.contains("got 0"))
}

@Test func allocation_ceiling_followsCORDS() throws {
  #expect(try Allocation.ceiling.divide(4, among: [5, 3, 2]) == [2, 2, 1])
  #expect(
    try Allocation.ceiling.divide(4500, among: [Int](repeating: 4500, count: 10))
      == [Int](repeating: 450, count: 10))
}

@Test func allocation_anySizes_sumToTheBudgetWithinEachClass() throws {
  var stream = RandomStream(seed: 3, purpose: "sizes")
  for _ in 0..<300 {
    let sizes = try (0..<1 + stream.integer(below: 12)).map { _ in try stream.integer(below: 90) }
    let n = sizes.reduce(0, +)
    guard n > 0 else { continue }
    let k = 1 + (try stream.integer(below: n))
    let exact = try Allocation.exact.divide(k, among: sizes)
    #expect(exact.reduce(0, +) == k)
    let ceiling = try Allocation.ceiling.divide(k, among: sizes)
    for c in sizes.indices {
      #expect(exact[c] >= 0 && exact[c] <= sizes[c] && ceiling[c] <= sizes[c])
      #expect(ceiling[c] == (k * sizes[c] + n - 1) / n)
      #expect(abs(Double(exact[c]) - Double(k * sizes[c]) / Double(n)) < 1)
    }
  }
}
