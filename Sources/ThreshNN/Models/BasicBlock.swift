// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Two 3x3 convolutions beside a shortcut (He et al. 2016). (N, C, H, W) -> (N, K, H/s, W/s)
final class BasicBlock: Module {
  /// What carries the input past the block where its shape changes.
  enum Shortcut {
    /// Every s-th pixel, zero channels padded on both sides: no parameters.
    case padding
    /// A 1x1 convolution with BatchNorm, under this name in the state.
    case projection(String)
  }

  private let conv1, conv2: Conv2d
  private let bn1, bn2: BatchNorm2d
  private let stride, growth: Int
  private let projection: Sequential?

  init(
    _ inChannels: Int, _ outChannels: Int, stride: Int, shortcut: Shortcut, mode: ConvolutionInit,
    _ draw: Initializer
  ) throws {
    func conv(_ c: Int, _ k: Int, _ size: Int, _ stride: Int) throws -> Conv2d {
      try Conv2d(
        c, k, kernel: Pair(size), stride: Pair(stride), padding: Pair(size / 2), bias: false,
        mode: mode, initializer: draw)
    }
    self.stride = stride
    growth = outChannels - inChannels
    conv1 = try conv(inChannels, outChannels, 3, stride)
    bn1 = try BatchNorm2d(outChannels, initializer: draw)
    conv2 = try conv(outChannels, outChannels, 3, 1)
    bn2 = try BatchNorm2d(outChannels, initializer: draw)
    if case .projection = shortcut, stride != 1 || growth != 0 {
      projection = Sequential([
        try conv(inChannels, outChannels, 1, stride),
        try BatchNorm2d(outChannels, initializer: draw),
      ])
    } else {
      projection = nil
    }
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    register(child: "conv2", conv2)
    register(child: "bn2", bn2)
    if let projection, case .projection(let name) = shortcut {
      register(child: name, projection)
    }
  }

  override func forward(_ x: Tensor) throws -> Tensor {
    let y = try convNorm(conv1, bn1, x, .relu)
    return try convNorm(conv2, bn2, y, .relu, residual: shortcut(x))
  }

  private func shortcut(_ x: Tensor) throws -> Tensor {
    if let projection { return try projection(x) }
    if stride == 1 && growth == 0 { return x }
    return try x.padChannels(before: growth / 2, after: growth - growth / 2, stride: stride)
  }
}
