// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Narrow by 1x1, filter by 3x3, widen by 1x1, beside a shortcut (He et al. 2016).
/// (N, C, H, W) -> (N, 4 width, H/s, W/s)
final class Bottleneck: Module {
  /// Outgoing channels by the width of the 3x3 convolution.
  static let expansion = 4

  private let conv1, conv2, conv3: Conv2d
  private let bn1, bn2, bn3: BatchNorm2d
  private let downsample: Sequential?

  init(_ inChannels: Int, _ width: Int, stride: Int, _ draw: Initializer) throws {
    func conv(_ c: Int, _ k: Int, _ size: Int, _ stride: Int = 1) throws -> Conv2d {
      try Conv2d(
        c, k, kernel: Pair(size), stride: Pair(stride), padding: Pair(size / 2), bias: false,
        mode: .kaimingFanOut, initializer: draw)
    }
    let outChannels = width * Bottleneck.expansion
    conv1 = try conv(inChannels, width, 1)
    bn1 = try BatchNorm2d(width, initializer: draw)
    conv2 = try conv(width, width, 3, stride)
    bn2 = try BatchNorm2d(width, initializer: draw)
    conv3 = try conv(width, outChannels, 1)
    bn3 = try BatchNorm2d(outChannels, initializer: draw)
    downsample =
      stride != 1 || inChannels != outChannels
      ? Sequential([
        try conv(inChannels, outChannels, 1, stride),
        try BatchNorm2d(outChannels, initializer: draw),
      ]) : nil
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    register(child: "conv2", conv2)
    register(child: "bn2", bn2)
    register(child: "conv3", conv3)
    register(child: "bn3", bn3)
    if let downsample { register(child: "downsample", downsample) }
  }

  override func forward(_ x: Tensor) throws -> Tensor {
    var y = try convNorm(conv1, bn1, x, .relu)
    y = try convNorm(conv2, bn2, y, .relu)
    return try convNorm(conv3, bn3, y, .relu, residual: downsample.map { try $0(x) } ?? x)
  }
}
