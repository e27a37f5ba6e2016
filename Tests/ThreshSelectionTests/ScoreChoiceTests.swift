// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private func choose(
  _ scores: [Double], _ options: ScoreChoice.Options, labels: [Int]? = nil, classes: Int = 0,
  seed: UInt64 = 1
) throws -> [Int] {
  var stream = RandomStream(seed: seed, purpose: "choice")
  return try ScoreChoice.select(
    scores: scores, labels: labels, classes: classes, options: options, stream: &stream)
}

@Test func byScore_twoSamples_takesTheUncertainOneWithAndWithoutBalance() throws {
  // Entropies of (0.5, 0.5) and (0.9, 0.1): the first is the uncertain one.
  for scores in [[0.693, 0.325], [0.325, 0.693]] {
    let uncertain = scores[0] > scores[1] ? 0 : 1
    #expect(try choose(scores, .init(budget: 1)) == [uncertain])
    #expect(try choose(scores, .init(budget: 1), labels: [0, 0], classes: 1) == [uncertain])
    #expect(try choose(scores, .init(budget: 1, highest: false)) == [1 - uncertain])
  }
}

@Test func byScore_randomProblems_areTheHeadOfTheSortedOrderPastTheOffset() throws {
  for seed in 0..<200 as Range<UInt64> {
    var stream = RandomStream(seed: seed, purpose: "scores")
    let n = try 2 + stream.integer(below: 40)
    // Few different values, so that there are ties.
    let scores = try (0..<n).map { _ in Double(try stream.integer(below: 6)) }
    let skipped = try stream.integer(below: n)
    let k = try 1 + stream.integer(below: n - skipped)
    let highest = seed % 2 == 0
    let sign = highest ? -1.0 : 1.0
    let order = (0..<n).sorted { a, b in
      if scores[a] == scores[b] { return a < b }
      return sign * scores[a] < sign * scores[b]
    }
    let chosen = try choose(
      scores,
      .init(budget: k, highest: highest, offset: Double(skipped) / Double(n)))
    #expect(chosen == Array(order[skipped..<skipped + k]), "seed \(seed)")
  }
}

@Test func byScore_labels_divideTheBudgetByLargestRemainder() throws {
  // 5, 3 and 2 of 10: a budget of 4 is 2, 1.2 and 0.8.
  let labels = [0, 1, 2, 0, 1, 0, 0, 2, 1, 0]
  let scores = (0..<10).map { Double($0) }
  #expect(
    try choose(scores, .init(budget: 4), labels: labels, classes: 3) == [9, 6, 8, 7])
  // An offset of a third passes over 1, 1 and 0: 4, 2 and 2 are left.
  #expect(
    try choose(scores, .init(budget: 4, offset: 0.34), labels: labels, classes: 3)
      == [6, 5, 4, 7])
}

@Test func byScore_drawnTies_coverCandidatesThatTheirNumberWouldLeaveOut() throws {
  let scores = [Double](repeating: 1, count: 20) + [2]
  var seen: Set<Int> = []
  for seed in 0..<40 as Range<UInt64> {
    let chosen = try choose(scores, .init(budget: 5, drawsTies: true), seed: seed)
    #expect(chosen[0] == 20 && Set(chosen).count == 5)
    seen.formUnion(chosen)
  }
  #expect(seen.count == 21)
}

@Test func byScore_strata_giveEachBinTheSameUntilItIsEmpty() throws {
  // Bins of width 1 on 0 ... 4: 2, 30, 3 and 65 members.
  var scores = [0, 0.5]
  scores += (0..<30).map { 1 + Double($0) / 31 }
  scores += [2.1, 2.2, 2.3]
  scores += (0..<65).map { 3 + Double($0) / 64 }
  let chosen = try choose(scores, .init(budget: 40, strata: 4))
  var counts = [0, 0, 0, 0]
  for i in chosen { counts[min(3, Int(scores[i]))] += 1 }
  // 40 / 4 > 2, 38 / 3 > 3, 35 / 2 = 17, and what is left.
  #expect(counts == [2, 17, 3, 18])
  #expect(Set(chosen).count == 40)
  // The hardest fifth is pruned first: the bins then span what is left.
  let offset = try choose(scores, .init(budget: 40, offset: 0.2, strata: 4))
  let limit = scores.sorted()[79]
  #expect(offset.allSatisfy { scores[$0] <= limit } && Set(offset).count == 40)
  // Another seed draws others, the same seed the same.
  #expect(try choose(scores, .init(budget: 40, strata: 4)) == chosen)
  #expect(try choose(scores, .init(budget: 40, strata: 4), seed: 2) != chosen)
}

@Test func byScore_oneValue_isOneStratum() throws {
  #expect(try choose([3, 3, 3], .init(budget: 3, strata: 50)).sorted() == [0, 1, 2])
  #expect(try choose([3], .init(budget: 1, strata: 50)) == [0])
}

@Test func byScore_misuse_namesWhatIsWrong() {
  #expect(errorText { _ = try choose([1, .nan], .init(budget: 1)) }.contains("candidate 1"))
  #expect(errorText { _ = try choose([], .init(budget: 1)) }.contains("1 ... 0"))
  #expect(errorText { _ = try choose([1, 2], .init(budget: 3)) }.contains("got 3"))
  #expect(errorText { _ = try choose([1, 2], .init(budget: 0)) }.contains("got 0"))
  #expect(
    errorText { _ = try choose([1, 2], .init(budget: 2, offset: 0.5)) }.contains("1 ... 1"))
  #expect(errorText { _ = try choose([1], .init(budget: 1, offset: 1)) }.contains("offset"))
  #expect(errorText { _ = try choose([1], .init(budget: 1, strata: 0)) }.contains("strata"))
  #expect(
    errorText { _ = try choose([1, .infinity], .init(budget: 1, strata: 2)) }.contains("finite"))
  #expect(
    errorText { _ = try choose([1, 2], .init(budget: 1), labels: [0], classes: 1) }
      .contains("1 labels for 2"))
  #expect(
    errorText { _ = try choose([1, 2], .init(budget: 1), labels: [0, 2], classes: 2) }
      .contains("label 2"))
}

@Test func infoBatch_firstEpoch_keepsAll() throws {
  let unseen = [Double](repeating: .nan, count: 9)
  let chosen = try InfoBatch.select(scores: unseen, epoch: 0, epochs: 30, seed: 1)
  #expect(chosen.indices == Array(0..<9))
  #expect(chosen.weights == [Float](repeating: 1, count: 9))
  // Equal scores whose mean rounds are not below it either.
  let equal = [Double](repeating: 0.1, count: 999)
  #expect(try InfoBatch.select(scores: equal, epoch: 1, epochs: 30, seed: 1).indices.count == 999)
}

@Test func infoBatch_pruning_keepsTheSumOfWeights() throws {
  var stream = RandomStream(seed: 3, purpose: "losses")
  for ratio in [0.25, 0.5, 0.9] {
    let losses = (0..<200).map { _ in stream.uniform() * stream.uniform() }
    let mean = losses.reduce(0, +) / 200
    let low = losses.count { $0 < mean }
    let chosen = try InfoBatch.select(
      scores: losses, epoch: 5, epochs: 30, options: .init(ratio: ratio), seed: 1)
    let weights = try #require(chosen.weights)
    let kept = chosen.indices.filter { losses[$0] < mean }
    #expect(kept.count == Int((1 - ratio) * Double(low) + 1e-9))
    for (index, weight) in zip(chosen.indices, weights) {
      #expect(weight == (losses[index] < mean ? Float(1 / (1 - ratio)) : 1))
    }
    #expect(chosen.indices.count - kept.count == 200 - low)
    #expect(abs(weights.reduce(0, +) - 200) < Float(1 / (1 - ratio)))
  }
}

/// delta T = 26.25: the epochs from 27 on train on everything with weight 1, though 26.25 is no epoch.
@Test func infoBatch_annealing_hasNoWeightsFromDeltaTOn() throws {
  let losses = (0..<50).map { Double($0) }
  for epoch in 0..<30 {
    let chosen = try InfoBatch.select(scores: losses, epoch: epoch, epochs: 30, seed: 1)
    let isWhole = chosen.indices.count == 50 && (chosen.weights ?? [1]).allSatisfy { $0 == 1 }
    #expect(isWhole == (epoch >= 27), "epoch \(epoch)")
  }
  // Where it is whole, that epoch is the first; 0.1 * 30 is 3 though it rounds above.
  for (delta, first) in [(0.875, 35), (0.1, 4)] {
    for epoch in [first - 1, first] {
      let chosen = try InfoBatch.select(
        scores: losses, epoch: epoch, epochs: 40, options: .init(delta: delta), seed: 1)
      #expect((chosen.indices.count == 50) == (epoch >= first))
    }
  }
  let rounded = try InfoBatch.select(
    scores: losses, epoch: 3, epochs: 30, options: .init(delta: 0.1), seed: 1)
  #expect(rounded.indices.count == 50)
}

@Test func infoBatch_epochs_drawAnew() throws {
  let losses = (0..<50).map { Double($0) }
  let first = try InfoBatch.select(scores: losses, epoch: 1, epochs: 30, seed: 1)
  #expect(
    try InfoBatch.select(scores: losses, epoch: 1, epochs: 30, seed: 1).indices == first.indices)
  #expect(
    try InfoBatch.select(scores: losses, epoch: 2, epochs: 30, seed: 1).indices != first.indices)
  #expect(
    try InfoBatch.select(scores: losses, epoch: 1, epochs: 30, seed: 2).indices != first.indices)
}

@Test func infoBatch_misuse_namesWhatIsWrong() {
  func text(_ n: Int, _ epoch: Int, _ options: InfoBatch.Options = .init()) -> String {
    errorText {
      _ = try InfoBatch.select(
        scores: [Double](repeating: 1, count: n), epoch: epoch, epochs: 3, options: options,
        seed: 1)
    }
  }
  #expect(text(0, 0).contains("no samples"))
  #expect(text(1, 3).contains("epoch 3") && text(1, -1).contains("epoch -1"))
  #expect(text(1, 0, .init(ratio: 0.95)).contains("0.95"))
  #expect(text(1, 0, .init(ratio: .nan)).contains("nan"))
  #expect(text(1, 0, .init(delta: 1.5)).contains("1.5"))
}
