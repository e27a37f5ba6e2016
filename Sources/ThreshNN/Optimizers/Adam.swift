// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), with PyTorch's formulas.
public final class Adam: Optimizer {
  public let beta2: Double
  public let eps: Double
  /// AdamW: weight decay shrinks the parameter instead of joining the gradient.
  public let decoupled: Bool
  public let amsgrad: Bool
  private var states: [Int: Tensor.AdamState] = [:]

  /// - Parameter groups: their `momentum` is beta1.
  public init(
    _ groups: [Group], beta2: Double = 0.999, eps: Double = 1e-8, decoupled: Bool = false,
    amsgrad: Bool = false
  ) throws {
    self.beta2 = beta2
    self.eps = eps
    self.decoupled = decoupled
    self.amsgrad = amsgrad
    let op = decoupled ? "AdamW" : "Adam"
    try super.init(op, groups)
    try Optimizer.check(op, "eps", eps)
    try Optimizer.check(op, "beta2", beta2, below: 1)
    for group in groups { try Optimizer.check(op, "beta1", group.momentum, below: 1) }
  }

  public override func step() throws {
    try forEachParameter { index, group, parameter in
      var update = Tensor.AdamUpdate(lr: group.lr)
      (update.beta1, update.beta2, update.eps) = (group.momentum, beta2, eps)
      (update.weightDecay, update.decoupled) = (group.weightDecay, decoupled)
      update.amsgrad = amsgrad
      update.maximize = maximize
      states[index] = try parameter.adamStep_(update, state: states[index])
    }
  }

  public override var name: String { decoupled ? "AdamW" : "Adam" }
  public override var settings: [(name: String, value: String)] {
    [("beta2", "\(beta2)"), ("eps", "\(eps)"), ("amsgrad", "\(amsgrad)")]
  }
  override var stateNames: (required: [String], optional: [String]) {
    (["step", "exp_avg", "exp_avg_sq"], ["max_exp_avg_sq"])
  }

  public override func stateDict() throws -> [String: Tensor] {
    var saved: [String: Tensor] = [:]
    for (index, state) in states {
      saved["\(index).step"] = try Tensor([Int64(state.step)], [])
      saved["\(index).exp_avg"] = state.mean
      saved["\(index).exp_avg_sq"] = state.square
      if let largest = state.largest { saved["\(index).max_exp_avg_sq"] = largest }
    }
    return saved
  }

  public override func load(_ state: [String: Tensor]) throws {
    try check(state)
    var loaded: [Int: Tensor.AdamState] = [:]
    try forEachParameter { index, _, parameter in
      guard let step = state["\(index).step"],
        let mean = try saved(state, index, "exp_avg", like: parameter),
        let square = try saved(state, index, "exp_avg_sq", like: parameter)
      else { return }
      let largest = try saved(state, index, "max_exp_avg_sq", like: parameter)
      loaded[index] = Tensor.AdamState(
        step: Int(try step.item()), mean: mean, square: square,
        largest: amsgrad ? try largest ?? square.clone() : nil)
    }
    states = loaded
  }
}
