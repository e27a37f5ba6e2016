// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

@Test func random_draw_isAFunctionOfItsNameAlone() throws {
  let draw = try RandomSubsets.random(100, 30, seed: 4)
  #expect(draw.count == 30 && Set(draw).count == 30)
  #expect(draw.allSatisfy { (0..<100).contains($0) })
  #expect(try RandomSubsets.random(100, 30, seed: 4) == draw)
  #expect(try RandomSubsets.random(100, 30, seed: 5) != draw)
  #expect(try RandomSubsets.random(100, 30, seed: 4, epoch: 1) != draw)
  #expect(try RandomSubsets.random(7, 7, seed: 1).sorted() == Array(0..<7))
  for (n, k) in [(0, 1), (3, 0), (3, 4), (3, -1)] {
    #expect(
      errorText { _ = try RandomSubsets.random(n, k, seed: 1) }.contains("\(k) of \(n)"))
  }
}

/// 4 standard deviations around the mean of a binomial distribution.
private func isUniform(_ counts: [Int], draws: Int, share: Double) -> Bool {
  let mean = Double(draws) * share
  let spread = 4 * (mean * (1 - share)).squareRoot()
  return counts.allSatisfy { abs(Double($0) - mean) < spread }
}

@Test func random_manySeeds_drawEveryNumberEquallyOften() throws {
  var counts = [Int](repeating: 0, count: 20)
  for seed in 0..<2000 {
    for i in try RandomSubsets.random(20, 5, seed: UInt64(seed)) { counts[i] += 1 }
  }
  #expect(isUniform(counts, draws: 2000, share: 0.25))
}

@Test(arguments: [(100, 10), (100, 30), (7, 3), (5, 5), (9, 1), (10, 7)])
func rs2_withoutReplacement_walksThroughWholePermutations(_ n: Int, _ k: Int) throws {
  let chunks = (n + k - 1) / k
  var orders: [[Int]] = []
  for round in 0..<4 {
    var order: [Int] = []
    for c in 0..<chunks {
      let draw = try RandomSubsets.rs2(n, k, seed: 9, draw: round * chunks + c)
      #expect(draw.count == k && Set(draw).count == k)
      order += draw
    }
    // The last draw is filled up from the beginning.
    #expect(order[n...] == order[..<(chunks * k - n)])
    order = Array(order[..<n])
    #expect(order.sorted() == Array(0..<n))
    orders.append(order)
  }
  // A new permutation each time round.
  #expect(Set(orders).count == 4)
}

@Test func rs2_withReplacement_drawsAnewEachTime() throws {
  var counts = [Int](repeating: 0, count: 20)
  for draw in 0..<2000 {
    let subset = try RandomSubsets.rs2(20, 5, seed: 9, draw: draw, replacement: true)
    #expect(subset.count == 5 && Set(subset).count == 5)
    for i in subset { counts[i] += 1 }
  }
  #expect(isUniform(counts, draws: 2000, share: 0.25))
  // Four draws of 5 do not make a permutation of 20.
  let four = try (0..<4).flatMap {
    try RandomSubsets.rs2(20, 5, seed: 9, draw: $0, replacement: true)
  }
  #expect(Set(four).count < 20)
  #expect(errorText { _ = try RandomSubsets.rs2(5, 2, seed: 1, draw: -1) }.contains("got -1"))
}

@Test func partition_sequenceOrSeed_cutsEveryNumberOnce() throws {
  #expect(try RandomSubsets.partition(7, batchSize: 3) == [[0, 1, 2], [3, 4, 5], [6]])
  #expect(try RandomSubsets.partition(3, batchSize: 10) == [[0, 1, 2]])
  let shuffled = try RandomSubsets.partition(103, batchSize: 10, seed: 2)
  #expect(shuffled.map(\.count) == [Int](repeating: 10, count: 10) + [3])
  #expect(shuffled.flatMap { $0 }.sorted() == Array(0..<103))
  #expect(shuffled.flatMap { $0 } != Array(0..<103))
  #expect(try RandomSubsets.partition(103, batchSize: 10, seed: 2) == shuffled)
  #expect(try RandomSubsets.partition(103, batchSize: 10, seed: 3) != shuffled)
  #expect(errorText { _ = try RandomSubsets.partition(0, batchSize: 3) }.contains("n = 0"))
  #expect(errorText { _ = try RandomSubsets.partition(3, batchSize: 0) }.contains("got 0"))
}

@Test func randomPB_draw_takesWholeBatchesOfThePartition() throws {
  let partition = try RandomSubsets.partition(103, batchSize: 10, seed: 2)
  var counts = [Int](repeating: 0, count: partition.count)
  for epoch in 0..<1100 {
    // 25 images are 3 batches of 10.
    let chosen = try RandomSubsets.randomBatches(partition, 25, seed: 7, epoch: epoch)
    #expect(chosen.count == 3 && Set(chosen).count == 3)
    for batch in chosen { counts[try #require(partition.firstIndex(of: batch))] += 1 }
  }
  #expect(isUniform(counts, draws: 1100, share: 3.0 / 11))
  for (k, count) in [(1, 1), (10, 1), (11, 2), (30, 3), (103, 11), (1000, 11)] {
    #expect(
      try RandomSubsets.randomBatches(partition, k, seed: 1, epoch: 0).count == count)
  }
  #expect(
    try RandomSubsets.randomBatches(partition, 25, seed: 7, epoch: 3)
      == RandomSubsets.randomBatches(partition, 25, seed: 7, epoch: 3))
  #expect(
    errorText { _ = try RandomSubsets.randomBatches(partition, 0, seed: 1, epoch: 0) }.contains(
      "got 0"))
  #expect(
    errorText { _ = try RandomSubsets.randomBatches([], 3, seed: 1, epoch: 0) }.contains("no batch")
  )
}

@Test func warmPlan_threeHundredEpochs_runsFifteenFullOnesAndResumesWithASelection() throws {
  let plan = try WarmPlan(epochs: 300, fraction: 0.1, kappa: 0.5)
  #expect(plan.full == 15 && plan.resume == 150)
  let steps = plan.steps
  #expect(steps.map(\.epoch) == Array(0..<15) + Array(150..<300))
  #expect(steps.prefix(15).allSatisfy { $0.isFull && !$0.mustSelect })
  #expect(steps[15].epoch == 150 && !steps[15].isFull && steps[15].mustSelect)
  #expect(steps.dropFirst(16).allSatisfy { !$0.isFull && !$0.mustSelect })
}

@Test func warmPlan_fractions_spendTheBudgetOfTheSkippedEpochs() throws {
  // ceil(kappa T f), where floor(kappa T / int(100 f)) is right at 10% only.
  for (fraction, full) in [(0.05, 8), (0.1, 15), (0.2, 30), (0.3, 45), (1, 150)] {
    let plan = try WarmPlan(epochs: 300, fraction: fraction, kappa: 0.5)
    #expect(plan.full == full && plan.resume == 150)
    let cost = plan.steps.reduce(0) { $0 + ($1.isFull ? 1 : fraction) }
    #expect(abs(cost - 300 * fraction) < 1)
  }
  for epochs in 1...200 {
    for percent in [1, 3, 7, 10, 29, 33, 58, 100] {
      let plan = try WarmPlan(epochs: epochs, fraction: Double(percent) / 100, kappa: 0.5)
      // In integers, where nothing is rounded.
      #expect(plan.full == (epochs * percent + 199) / 200)
      #expect(plan.resume == max(plan.full, epochs / 2))
    }
  }
}

@Test func warmPlan_extremes_areAllSubsetsOrAllFull() throws {
  let cold = try WarmPlan(epochs: 10, fraction: 0.3, kappa: 0)
  #expect(cold.steps.map(\.epoch) == Array(0..<10))
  #expect(cold.steps[0].mustSelect && !cold.steps.contains { $0.isFull })
  let hot = try WarmPlan(epochs: 10, fraction: 0.3, kappa: 1)
  #expect(hot.steps.map(\.epoch) == [0, 1, 2] && hot.steps.allSatisfy { $0.isFull })
  for (epochs, fraction, kappa, text) in [
    (0, 0.1, 0.5, "got 0"), (10, 0, 0.5, "got 0.0"), (10, 1.5, 0.5, "got 1.5"),
    (10, .nan, 0.5, "got nan"), (10, 0.1, -0.1, "got -0.1"), (10, 0.1, .nan, "got nan"),
  ] as [(Int, Double, Double, String)] {
    #expect(
      errorText { _ = try WarmPlan(epochs: epochs, fraction: fraction, kappa: kappa) }.contains(
        text))
  }
}
