// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// Trajectories of torch.optim on a small problem in float64, and rates of torch's schedulers.
struct OptimizerTests {
  struct File: Decodable {
    struct Options: Decodable {
      var lr: Double
      var weight_decay, momentum, dampening, eps, alpha: Double?
      var betas: [Double]?
      var nesterov, amsgrad, centered, maximize: Bool?
    }
    struct Step: Decodable {
      var gradients: [[Double]]
      var parameters: [[Double]]
    }
    struct Case: Decodable {
      var optimizer: String
      var options: Options
      var start: [[Double]]
      var steps: [Step]
    }
    var optimizers: [Case]
  }

  private func make(_ c: File.Case, _ parameters: [Tensor]) throws -> Optimizer {
    let o = c.options
    func group(_ decay: Double, _ momentum: Double) -> [Optimizer.Group] {
      [
        Optimizer.Group(
          parameters, lr: o.lr, weightDecay: o.weight_decay ?? decay, momentum: momentum)
      ]
    }
    let optimizer: Optimizer
    switch c.optimizer {
    case "SGD":
      optimizer = try SGD(
        group(0, o.momentum ?? 0), dampening: o.dampening ?? 0, nesterov: o.nesterov ?? false)
    case "RMSprop":
      optimizer = try RMSProp(
        group(0, o.momentum ?? 0), alpha: o.alpha ?? 0.99, eps: o.eps ?? 1e-8,
        centered: o.centered ?? false)
    default:
      let decoupled = c.optimizer == "AdamW"
      optimizer = try Adam(
        group(decoupled ? 0.01 : 0, o.betas?[0] ?? 0.9), beta2: o.betas?[1] ?? 0.999,
        eps: o.eps ?? 1e-8, decoupled: decoupled, amsgrad: o.amsgrad ?? false)
    }
    optimizer.maximize = o.maximize ?? false
    return optimizer
  }

  @Test func step_everyOptimizerAndOption_followsPyTorch() throws {
    let cases = try Fixtures.json("optim.json", as: File.self).optimizers
    #expect(cases.count >= 20)
    for c in cases {
      let parameters = try c.start.map { try Tensor($0).requireGrad() }
      let optimizer = try make(c, parameters)
      for (i, step) in c.steps.enumerated() {
        for (p, g) in zip(parameters, step.gradients) { p.grad = try Tensor(g) }
        try optimizer.step()
        for (p, expected) in zip(parameters, step.parameters) {
          let error = relativeError(try doubles(p), expected)
          #expect(error < 1e-12, "\(c.optimizer) \(c.options), step \(i): \(error)")
        }
      }
    }
  }

  @Test func stateDict_savedAndLoadedMidway_continuesTheSameTrajectory() throws {
    for c in try Fixtures.json("optim.json", as: File.self).optimizers {
      let parameters = try c.start.map { try Tensor($0).requireGrad() }
      var optimizer = try make(c, parameters)
      for (i, step) in c.steps.enumerated() {
        if i == 4 {
          let state = try optimizer.stateDict()
          optimizer = try make(c, parameters)
          try optimizer.load(state)
        }
        for (p, g) in zip(parameters, step.gradients) { p.grad = try Tensor(g) }
        try optimizer.step()
      }
      for (p, expected) in zip(parameters, c.steps[c.steps.count - 1].parameters) {
        #expect(relativeError(try doubles(p), expected) < 1e-12, "\(c.optimizer) \(c.options)")
      }
    }
  }

  /// The state of one kind of optimiser, or of other parameters, says which name does not fit.
  @Test func load_stateOfAnotherOptimizer_isRefused() throws {
    func stepped(_ make: ([Optimizer.Group]) throws -> Optimizer) throws -> Optimizer {
      let parameters = try [[1.0, 2], [3.0]].map { try Tensor($0).requireGrad() }
      for p in parameters { p.grad = try Tensor.ones(p.shape, .float64) }
      let optimizer = try make([
        Optimizer.Group(parameters, lr: 0.1, weightDecay: 0, momentum: 0.9)
      ])
      try optimizer.step()
      return optimizer
    }
    let makers: [(String, ([Optimizer.Group]) throws -> Optimizer)] = [
      ("SGD", { try SGD($0) }), ("Adam", { try Adam($0, amsgrad: true) }),
      ("AdamW", { try Adam($0, decoupled: true) }),
      ("RMSProp", { try RMSProp($0, centered: true) }),
    ]
    for (name, make) in makers {
      let own = try stepped(make)
      #expect(own.name == name)
      for (other, makeOther) in makers {
        let state = try stepped(makeOther).stateDict()
        let fits = name == other || (name.hasPrefix("Adam") && other == "AdamW")
        // Adam's largest means may be passed over; all else is another optimiser's.
        if fits || (name.hasPrefix("Adam") && other == "Adam") {
          try own.load(state)
        } else {
          #expect(throws: TensorError.self, "\(name) took the state of \(other)") {
            try own.load(state)
          }
        }
      }
      var state = try own.stateDict()
      let key = try #require(state.keys.filter { $0.hasPrefix("1.") }.sorted().first)
      state["2" + key.dropFirst()] = state[key]
      #expect(throws: TensorError.self) { try own.load(state) }
    }
    let adam = try stepped { try Adam($0) }
    var torn = try adam.stateDict()
    torn["0.exp_avg_sq"] = nil
    let error = #expect(throws: TensorError.self) { try adam.load(torn) }
    #expect(error?.message == "the state does not fit Adam: '0.exp_avg_sq' is missing")
  }

  @Test func step_parameterWithoutGradient_isLeftAlone() throws {
    let (p, q) = (try Tensor([1.0, 2]).requireGrad(), try Tensor([3.0]).requireGrad())
    let optimizer = try SGD([
      Optimizer.Group([p, q], lr: 1, weightDecay: 0.5, momentum: 0)
    ])
    q.grad = try Tensor([1.0])
    try optimizer.step()
    #expect(try p.values(Double.self) == [1, 2])
    #expect(try q.values(Double.self) == [0.5])
  }

  @Test func clipGradients_aboveTheLimit_scalesToIt() throws {
    let p = try Tensor([0.0, 0]).requireGrad()
    p.grad = try Tensor([3.0, 4])
    let optimizer = try SGD([Optimizer.Group([p], lr: 1, weightDecay: 0, momentum: 0)])
    #expect(try optimizer.clipGradients(norm: 1) == 5)
    let clipped = try p.grad?.values(Double.self) ?? []
    #expect(relativeError(clipped, [0.6, 0.8]) < 1e-6)
    #expect(try optimizer.clipGradients(norm: 10) < 1.0001)
  }

  @Test func init_badSettings_areErrorsThatNameThem() throws {
    let p = try Tensor([1.0]).requireGrad()
    func group(_ lr: Double, _ momentum: Double = 0) -> [Optimizer.Group] {
      [Optimizer.Group([p], lr: lr, weightDecay: 0, momentum: momentum)]
    }
    #expect(throws: TensorError.self) { try SGD(group(-1)) }
    #expect(throws: TensorError.self) { try SGD(group(.nan)) }
    #expect(throws: TensorError.self) { try SGD(group(0.1), nesterov: true) }
    #expect(throws: TensorError.self) { try Adam(group(0.1, 1.5)) }
    #expect(throws: TensorError.self) { try SGD([]) }
    #expect(throws: TensorError.self) {
      try SGD([Optimizer.Group([p, p], lr: 0.1, weightDecay: 0, momentum: 0)])
    }
  }
}
