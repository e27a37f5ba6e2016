// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// RMSProp (Hinton, lecture 6e), with PyTorch's formulas.
public final class RMSProp: Optimizer {
  public let alpha: Double
  public let eps: Double
  public let centered: Bool
  private var states: [Int: Tensor.RMSPropState] = [:]

  public init(
    _ groups: [Group], alpha: Double = 0.99, eps: Double = 1e-8, centered: Bool = false
  ) throws {
    self.alpha = alpha
    self.eps = eps
    self.centered = centered
    try super.init("RMSProp", groups)
    try Optimizer.check("RMSProp", "alpha", alpha)
    try Optimizer.check("RMSProp", "eps", eps)
  }

  public override func step() throws {
    try forEachParameter { index, group, parameter in
      var update = Tensor.RMSPropUpdate(lr: group.lr)
      (update.alpha, update.eps, update.centered) = (alpha, eps, centered)
      (update.weightDecay, update.momentum) = (group.weightDecay, group.momentum)
      update.maximize = maximize
      states[index] = try parameter.rmspropStep_(update, state: states[index])
    }
  }

  public override var name: String { "RMSProp" }
  public override var settings: [(name: String, value: String)] {
    [("alpha", "\(alpha)"), ("eps", "\(eps)"), ("centered", "\(centered)")]
  }
  override var stateNames: (required: [String], optional: [String]) {
    (["square_avg"], ["grad_avg", "momentum_buffer"])
  }

  public override func stateDict() throws -> [String: Tensor] {
    var saved: [String: Tensor] = [:]
    for (index, state) in states {
      saved["\(index).square_avg"] = state.square
      if let mean = state.mean { saved["\(index).grad_avg"] = mean }
      if let buffer = state.buffer { saved["\(index).momentum_buffer"] = buffer }
    }
    return saved
  }

  public override func load(_ state: [String: Tensor]) throws {
    try check(state)
    var loaded: [Int: Tensor.RMSPropState] = [:]
    try forEachParameter { index, _, parameter in
      guard let square = try saved(state, index, "square_avg", like: parameter) else { return }
      loaded[index] = Tensor.RMSPropState(
        square: square, mean: try saved(state, index, "grad_avg", like: parameter),
        buffer: try saved(state, index, "momentum_buffer", like: parameter))
    }
    states = loaded
  }
}
