// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Stochastic gradient descent with momentum, Nesterov momentum and weight decay.
///
/// PyTorch's `torch.optim.SGD`: g += weight_decay p; b = momentum b + (1 - dampening) g; then p moves
/// by -lr b, or by -lr (g + momentum b) with Nesterov.
public final class SGD: Optimizer {
  public let dampening: Double
  public let nesterov: Bool
  private var buffers: [Int: Tensor] = [:]

  public init(_ groups: [Group], dampening: Double = 0, nesterov: Bool = false) throws {
    self.dampening = dampening
    self.nesterov = nesterov
    try super.init("SGD", groups)
    if nesterov {
      guard dampening == 0, groups.allSatisfy({ $0.momentum > 0 }) else {
        throw TensorError("SGD", "nesterov needs a momentum and no dampening")
      }
    }
  }

  public override func step() throws {
    try forEachParameter { index, group, parameter in
      var update = Tensor.SGDUpdate(lr: group.lr)
      update.momentum = group.momentum
      update.dampening = dampening
      update.weightDecay = group.weightDecay
      update.nesterov = nesterov
      update.maximize = maximize
      buffers[index] = try parameter.sgdStep_(update, buffer: buffers[index])
    }
  }

  public override var name: String { "SGD" }
  public override var settings: [(name: String, value: String)] {
    [("dampening", "\(dampening)"), ("nesterov", "\(nesterov)")]
  }
  override var stateNames: (required: [String], optional: [String]) { (["momentum_buffer"], []) }

  public override func stateDict() throws -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: buffers.map { ("\($0.key).momentum_buffer", $0.value) })
  }

  public override func load(_ state: [String: Tensor]) throws {
    try check(state)
    var loaded: [Int: Tensor] = [:]
    try forEachParameter { index, _, parameter in
      loaded[index] = try saved(state, index, "momentum_buffer", like: parameter)
    }
    buffers = loaded
  }
}
