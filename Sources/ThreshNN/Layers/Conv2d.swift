// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// 2-d convolution. (N, C, H, W) -> (N, K, H', W')
public final class Conv2d: Module {
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]
  public let groups: Int
  /// (K, C / groups, R, S), in channels-last memory order.
  public let weight: Tensor
  /// (K,)
  public let bias: Tensor?

  public override var details: String {
    let shape = weight.shape
    var text = "\(shape[1] * groups), \(shape[0]), kernel \(shape[2])x\(shape[3])"
    if stride != [1, 1] { text += ", stride \(stride[0])x\(stride[1])" }
    if padding != [0, 0] { text += ", padding \(padding[0])x\(padding[1])" }
    if dilation != [1, 1] { text += ", dilation \(dilation[0])x\(dilation[1])" }
    if groups != 1 { text += ", groups \(groups)" }
    return text + (bias == nil ? ", no bias" : "")
  }

  /// - Parameters: extents are given as (height, width).
  public init(
    _ inChannels: Int, _ outChannels: Int, kernel: [Int], stride: [Int] = [1, 1],
    padding: [Int] = [0, 0], dilation: [Int] = [1, 1], groups: Int = 1, bias: Bool = true,
    mode: ConvolutionInit = .standard, initializer: Initializer
  ) throws {
    try checkPositive(
      "Conv2d",
      [
        "in_channels": inChannels, "out_channels": outChannels, "kernel_size": kernel.min() ?? 0,
        "stride": stride.min() ?? 0, "dilation": dilation.min() ?? 0, "groups": groups,
      ])
    guard kernel.count == 2, stride.count == 2, padding.count == 2, dilation.count == 2 else {
      throw TensorError("Conv2d", "kernel_size, stride, padding and dilation have two extents each")
    }
    guard padding.allSatisfy({ $0 >= 0 }) else {
      throw TensorError("Conv2d", "padding must not be negative, got \(padding)")
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
    let shape = [outChannels, inChannels / groups] + kernel
    _ = try Shape.count(shape, op: "Conv2d")
    let area = kernel[0] * kernel[1]
    let fanIn = inChannels / groups * area
    // Drawn in (K, C, R, S) order, so that the values do not depend on the memory order.
    let drawn =
      switch mode {
      case .standard: try initializer.fanIn(shape, fan: fanIn)
      case .kaimingFanIn: try initializer.normal(shape, std: (2 / Double(fanIn)).squareRoot())
      case .kaimingFanOut:
        try initializer.normal(
          shape, std: (2 / Double(outChannels * area)).squareRoot())
      }
    weight = try drawn.channelsLast()
    self.bias = bias ? try initializer.fanIn([outChannels], fan: fanIn) : nil
    super.init()
    try register(parameter: "weight", weight)
    if let bias = self.bias { try register(parameter: "bias", bias) }
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.conv2d(
      weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
