// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// y = x W^T + b. (N, in) -> (N, out)
public final class Linear: Module {
  public let inFeatures: Int
  public let outFeatures: Int
  /// (out, in)
  public let weight: Tensor
  /// (out,)
  public let bias: Tensor?
  /// Whether the next forward pass keeps its input; see `Module.forwardWithEmbedding`.
  var capturing = false
  var captured: Tensor?

  public override var details: String {
    "\(inFeatures), \(outFeatures)" + (bias == nil ? ", no bias" : "")
  }

  /// - Parameters:
  ///   - std: draw the weight from a normal distribution with this deviation instead of PyTorch's
  ///     default.
  ///   - zeroBias: start with a bias of 0 instead of PyTorch's default.
  public init(
    _ inFeatures: Int, _ outFeatures: Int, bias: Bool = true, std: Double? = nil,
    zeroBias: Bool = false, initializer: Initializer
  ) throws {
    try checkPositive("Linear", ["in_features": inFeatures, "out_features": outFeatures])
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    let shape = [outFeatures, inFeatures]
    weight =
      try std.map { try initializer.normal(shape, std: $0) }
      ?? initializer.fanIn(shape, fan: inFeatures)
    if bias {
      self.bias =
        zeroBias
        ? try Tensor.zeros([outFeatures], initializer.dtype)
        : try initializer.fanIn([outFeatures], fan: inFeatures)
    } else {
      self.bias = nil
    }
    super.init()
    try register(parameter: "weight", weight)
    if let bias = self.bias { try register(parameter: "bias", bias) }
  }

  public override func forward(_ x: Tensor) throws -> Tensor { try forward(x, .none) }

  func forward(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    if capturing { captured = x }
    return try x.linear(weight, bias: bias, activation: activation)
  }

  /// Each output is a sum over the inputs.
  public override func multiplyAccumulates(_ x: Tensor, _ outputs: [Tensor]) -> Int {
    outputs.reduce(0) { $0 + $1.count * inFeatures }
  }

  public override func head() -> Linear? { self }
}

/// Errors that name the first option below 1.
func checkPositive(_ op: String, _ options: KeyValuePairs<String, Int>) throws {
  for (name, value) in options where value < 1 {
    throw TensorError(op, "\(name) must be at least 1, got \(value)")
  }
}
