// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

struct ScheduleTests {
  struct File: Decodable {
    struct Options: Decodable {
      var step_size, T_max, total_steps, total_iters, warmup, total: Int?
      var milestones: [Int]?
      var gamma, eta_min, max_lr, pct_start, div_factor, final_div_factor: Double?
      var start_factor, end_factor: Double?
      var anneal_strategy: String?
      var three_phase: Bool?
    }
    struct Case: Decodable {
      var schedule: String
      var lr: Double
      var options: Options
      var rates: [Double]
    }
    var schedules: [Case]
  }

  private func make(_ c: File.Case) throws -> any Schedule {
    let o = c.options
    switch c.schedule {
    case "StepLR": return try StepLR(stepSize: #require(o.step_size), gamma: o.gamma ?? 0.1)
    case "MultiStepLR":
      return try MultiStepLR(milestones: #require(o.milestones), gamma: o.gamma ?? 0.1)
    case "ExponentialLR": return try ExponentialLR(gamma: #require(o.gamma))
    case "CosineAnnealingLR":
      return try CosineAnnealingLR(tMax: #require(o.T_max), etaMin: o.eta_min ?? 0)
    case "LinearLR":
      return try LinearLR(
        startFactor: o.start_factor ?? 1.0 / 3, endFactor: o.end_factor ?? 1,
        totalIters: o.total_iters ?? 5)
    case "OneCycleLR":
      return try OneCycleLR(
        maxRate: #require(o.max_lr), totalSteps: #require(o.total_steps),
        pctStart: o.pct_start ?? 0.3, divFactor: o.div_factor ?? 25,
        finalDivFactor: o.final_div_factor ?? 1e4, linear: o.anneal_strategy == "linear",
        threePhase: o.three_phase ?? false)
    case "WarmupCosine":
      let (warmup, total) = (try #require(o.warmup), try #require(o.total))
      return try SequentialLR(
        [
          LinearLR(startFactor: #require(o.start_factor), endFactor: 1, totalIters: warmup),
          CosineAnnealingLR(tMax: total - warmup, etaMin: o.eta_min ?? 0),
        ], milestones: [warmup])
    default: throw TensorError("test", "unknown schedule \(c.schedule)")
    }
  }

  @Test func rate_everySchedule_followsPyTorch() throws {
    let cases = try Fixtures.json("optim.json", as: File.self).schedules
    #expect(cases.count >= 14)
    for c in cases {
      let schedule = try make(c)
      let rates = c.rates.indices.map { schedule.rate(base: c.lr, step: $0) }
      let error = relativeError(rates, c.rates)
      #expect(error < 1e-12, "\(c.schedule) \(c.options): \(error)\n\(rates)\n\(c.rates)")
    }
  }

  @Test func apply_toGroups_scalesEachGroupsOwnRate() throws {
    let (p, q) = (try Tensor([1.0]).requireGrad(), try Tensor([1.0]).requireGrad())
    let optimizer = try SGD([
      Optimizer.Group([p], lr: 1, weightDecay: 0, momentum: 0),
      Optimizer.Group([q], lr: 0.1, weightDecay: 0, momentum: 0),
    ])
    try StepLR(stepSize: 2, gamma: 0.5).apply(to: optimizer, step: 4)
    #expect(optimizer.groups.map(\.lr) == [0.25, 0.025])
    #expect(optimizer.groups.map(\.baseRate) == [1, 0.1])
  }

  @Test func momentum_oneCycle_movesAgainstTheRate() throws {
    let schedule = try OneCycleLR(maxRate: 1, totalSteps: 11, pctStart: 0.4)
    #expect(schedule.momentum(step: 0) == 0.95)
    let lowest = (0..<11).compactMap { schedule.momentum(step: $0) }.min()
    #expect(lowest.map { abs($0 - 0.85) < 0.01 } == true)
  }

  @Test func init_settingsOutOfRange_areErrors() {
    #expect(throws: TensorError.self) { try StepLR(stepSize: 0) }
    #expect(throws: TensorError.self) { try CosineAnnealingLR(tMax: 0) }
    #expect(throws: TensorError.self) { try LinearLR(totalIters: 0) }
    #expect(throws: TensorError.self) { try OneCycleLR(maxRate: 1, totalSteps: 5, pctStart: 2) }
    #expect(throws: TensorError.self) { try SequentialLR([], milestones: []) }
  }
}
