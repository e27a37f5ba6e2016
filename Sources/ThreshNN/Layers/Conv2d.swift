// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// 2-d convolution. (N, C, H, W) -> (N, K, H', W')
public final class Conv2d: Module {
  public let stride: Pair
  public let padding: Pair
  public let dilation: Pair
  public let groups: Int
  /// (K, C / groups, R, S), in channels-last memory order.
  public let weight: Tensor
  /// (K,)
  public let bias: Tensor?

  public override var details: String {
    let shape = weight.shape
    var text = "\(shape[1] * groups), \(shape[0]), kernel \(shape[2])x\(shape[3])"
    if stride != 1 { text += ", stride \(stride.text)" }
    if padding != 0 { text += ", padding \(padding.text)" }
    if dilation != 1 { text += ", dilation \(dilation.text)" }
    if groups != 1 { text += ", groups \(groups)" }
    return text + (bias == nil ? ", no bias" : "")
  }

  public init(
    _ inChannels: Int, _ outChannels: Int, kernel: Pair, stride: Pair = 1,
    padding: Pair = 0, dilation: Pair = 1, groups: Int = 1, bias: Bool = true,
    mode: ConvolutionInit = .standard, initializer: Initializer
  ) throws {
    try checkPositive(
      "Conv2d",
      [
        "in_channels": inChannels, "out_channels": outChannels,
        "kernel_size": min(kernel.h, kernel.w), "stride": min(stride.h, stride.w),
        "dilation": min(dilation.h, dilation.w), "groups": groups,
      ])
    guard padding.h >= 0, padding.w >= 0 else {
      throw TensorError("Conv2d", "padding must not be negative, got \(padding.text)")
    }
    guard inChannels % groups == 0, outChannels % groups == 0 else {
      throw TensorError(
        "Conv2d",
        "in_channels \(inChannels) and out_channels \(outChannels) must be divisible by "
          + "groups \(groups)")
    }
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    let shape = [outChannels, inChannels / groups, kernel.h, kernel.w]
    _ = try Shape.count(shape, op: "Conv2d")
    let area = kernel.h * kernel.w
    let fanIn = inChannels / groups * area
    // Drawn in (K, C, R, S) order, so that the values do not depend on the memory order.
    let drawn =
      switch mode {
      case .standard: try initializer.fanIn(shape, fan: fanIn)
      case .kaimingFanIn: try initializer.normal(shape, std: (2 / Double(fanIn)).squareRoot())
      case .kaimingFanOut:
        try initializer.normal(
          shape, std: (2 / Double(outChannels * area)).squareRoot())
      case .xavierUniform:
        try initializer.uniform(
          shape, bound: (6 / Double(fanIn + outChannels * area)).squareRoot())
      }
    weight = try drawn.channelsLast()
    if bias {
      self.bias =
        mode.zeroesBias
        ? try Tensor.zeros([outChannels], initializer.dtype)
        : try initializer.fanIn([outChannels], fan: fanIn)
    } else {
      self.bias = nil
    }
    super.init()
    try register(parameter: "weight", weight)
    if let bias = self.bias { try register(parameter: "bias", bias) }
  }

  public override func forward(_ x: Tensor) throws -> Tensor { try forward(x, .none) }

  func forward(_ x: Tensor, _ activation: Activation) throws -> Tensor {
    try x.conv2d(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups,
      activation: activation)
  }

  /// Each output is a sum over one filter.
  public override func multiplyAccumulates(_ x: Tensor, _ outputs: [Tensor]) -> Int {
    let filter = weight.shape.dropFirst().reduce(1, *)
    return outputs.reduce(0) { $0 + $1.count * filter }
  }
}
