// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What every optimiser has: groups of parameters with their own rates, and a state to save.
open class Optimizer {
  /// Parameters that share their settings.
  public struct Group {
    public var parameters: [Tensor]
    /// The learning rate of the next step.
    public var lr: Double
    /// The learning rate that a schedule starts from.
    public var baseRate: Double
    public var weightDecay: Double
    /// Momentum of the next step (SGD, RMSProp) or beta1 (Adam).
    public var momentum: Double

    public init(_ parameters: [Tensor], lr: Double, weightDecay: Double, momentum: Double) {
      self.parameters = parameters
      self.lr = lr
      baseRate = lr
      self.weightDecay = weightDecay
      self.momentum = momentum
    }
  }

  public var groups: [Group]
  /// Climb instead of descend.
  public var maximize = false

  /// - Throws: when there is no parameter, one comes twice, or a setting is out of range.
  init(_ op: String, _ groups: [Group]) throws {
    var seen: Set<ObjectIdentifier> = []
    guard groups.contains(where: { !$0.parameters.isEmpty }) else {
      throw TensorError(op, "needs at least one parameter")
    }
    for group in groups {
      try Optimizer.check(op, "lr", group.lr)
      try Optimizer.check(op, "weight_decay", group.weightDecay)
      try Optimizer.check(op, "momentum", group.momentum)
      for parameter in group.parameters {
        guard seen.insert(ObjectIdentifier(parameter)).inserted else {
          throw TensorError(
            op, "a parameter of shape \(shapeText(parameter.shape)) is given more than once")
        }
        guard parameter.node == nil, parameter.dtype.isFloating else {
          throw TensorError(
            op, "a tensor of shape \(shapeText(parameter.shape)) is no floating-point leaf")
        }
      }
    }
    self.groups = groups
  }

  static func check(_ op: String, _ name: String, _ value: Double, below: Double = .infinity) throws
  {
    guard value >= 0, value < below else {
      let range = below == .infinity ? "at least 0 and finite" : "in [0, \(below))"
      throw TensorError(op, "\(name) must be \(range), got \(value)")
    }
  }

  /// Forgets every gradient.
  public func zeroGrad() {
    for group in groups { for parameter in group.parameters { parameter.grad = nil } }
  }

  /// Moves every parameter that has a gradient.
  open func step() throws {}

  /// The tensors to save, by `index.name` over all groups in order.
  open func stateDict() throws -> [String: Tensor] { [:] }

  /// Takes back what `stateDict` gave.
  open func load(_ state: [String: Tensor]) throws {}

  /// The kind of optimiser, as a script makes it.
  open var name: String { "Optimizer" }
  /// The settings of its own, beside those of the groups, by the names that a script gives them.
  open var settings: [(name: String, value: String)] { [] }
  /// The names under which `stateDict` keeps a parameter's tensors; with a state, all of `required` are there.
  var stateNames: (required: [String], optional: [String]) { ([], []) }

  /// Refuses a saved state that is not of this kind of optimiser or not of so many parameters.
  /// - Throws: with the name that does not fit, and what would.
  func check(_ state: [String: Tensor]) throws {
    let count = groups.reduce(0) { $0 + $1.parameters.count }
    let (required, optional) = stateNames
    func problem(_ reason: String) -> TensorError {
      TensorError("load_state_dict", "the state does not fit \(name): \(reason)")
    }
    var found: [Int: Set<String>] = [:]
    for key in state.keys.sorted() {
      let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let index = Int(parts[0]), index >= 0,
        (required + optional).contains(String(parts[1]))
      else {
        let names = (required + optional).joined(separator: ", ")
        throw problem("'\(key)' is not a parameter's number and one of \(names)")
      }
      guard index < count else {
        throw problem("'\(key)' is of parameter \(index) (from 0), of which it has \(count)")
      }
      found[index, default: []].insert(String(parts[1]))
    }
    for (index, names) in found.sorted(by: { $0.key < $1.key }) {
      if let missing = required.first(where: { !names.contains($0) }) {
        throw problem("'\(index).\(missing)' is missing")
      }
    }
  }

  /// Multiplies all gradients by a number, as those that were summed over several batches.
  public func scaleGradients(_ factor: Double) throws {
    for group in groups {
      for parameter in group.parameters { try parameter.scaleGradient(factor) }
    }
  }

  /// Scales all gradients so that their joint 2-norm is at most `limit`. Returns the norm before.
  public func clipGradients(norm limit: Double) throws -> Double {
    var squares = 0.0
    for group in groups {
      for parameter in group.parameters { squares += try parameter.squaredGradientNorm() }
    }
    let norm = squares.squareRoot()
    if norm > limit {
      for group in groups {
        for parameter in group.parameters { try parameter.scaleGradient(limit / (norm + 1e-6)) }
      }
    }
    return norm
  }

  /// Calls `body(index, group, parameter)` for every parameter, counted over all groups.
  func forEachParameter(_ body: (Int, Group, Tensor) throws -> Void) rethrows {
    var index = 0
    for group in groups {
      for parameter in group.parameters {
        try body(index, group, parameter)
        index += 1
      }
    }
  }

  /// A saved tensor of parameter `index`, in that parameter's shape.
  func saved(_ state: [String: Tensor], _ index: Int, _ name: String, like parameter: Tensor) throws
    -> Tensor?
  {
    guard let tensor = state["\(index).\(name)"] else { return nil }
    guard tensor.shape == parameter.shape else {
      throw TensorError(
        "load_state_dict",
        "\(index).\(name) has shape \(shapeText(tensor.shape)), its parameter "
          + shapeText(parameter.shape))
    }
    return try parameter.emptyLike().copy_(tensor)
  }
}

extension Tensor {
  /// A tensor of this shape, type and memory order with undefined content.
  func emptyLike() throws -> Tensor { try Tensor(empty: shape, dtype, strides: strides) }
}
