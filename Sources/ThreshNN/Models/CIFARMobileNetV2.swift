// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// MobileNetV2 (Sandler et al. 2018) in its CIFAR form: stride 1 in the stem and the second stage, ReLU,
/// and projected shortcuts where a block of stride 1 changes the number of channels. Names and
/// initialisation are those of the common PyTorch port.
public final class CIFARMobileNetV2: Module {
  /// Expansion, channels, blocks and first stride of each stage.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]

  private let conv1, conv2: Conv2d
  private let bn1, bn2: BatchNorm2d
  private let layers: Sequential
  private let linear: Linear

  /// - Parameter options: `width` is that of the stem, 32; all stages scale with it. The form has no
  ///   dropout.
  public init(_ options: ModelOptions = ModelOptions()) throws {
    let o = try options.checked("mobilenetv2 (cifar)", [.stem, .widthMultiple])
    let draw = o.initializer
    let multiple = o.widthMultiple ?? Double(o.width ?? 32) / 32
    func scaled(_ channels: Int) -> Int { max(1, Int(Double(channels) * multiple)) }
    conv1 = try Conv2d(
      o.inChannels, scaled(32), kernel: 3, padding: 1, bias: false, initializer: draw)
    bn1 = try BatchNorm2d(scaled(32), initializer: draw)
    var channels = scaled(32)
    var blocks: [Module] = []
    for (expansion, out, count, stride) in CIFARMobileNetV2.stages {
      for i in 0..<count {
        blocks.append(
          try CIFARInvertedResidual(
            channels, scaled(out), expansion: expansion, stride: i == 0 ? stride : 1, draw))
        channels = scaled(out)
      }
    }
    layers = Sequential(blocks)
    conv2 = try Conv2d(channels, scaled(1280), kernel: 1, bias: false, initializer: draw)
    bn2 = try BatchNorm2d(scaled(1280), initializer: draw)
    linear = try Linear(scaled(1280), o.classes, initializer: draw)
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    register(child: "layers", layers)
    register(child: "conv2", conv2)
    register(child: "bn2", bn2)
    register(child: "linear", linear)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    var h = try convNorm(conv1, bn1, x, .relu)
    h = try layers(h)
    h = try convNorm(conv2, bn2, h, .relu)
    return try linear(h.globalAvgPool2d().flatten(start: 1))
  }
}

/// Widen by 1x1, filter each channel by 3x3, narrow by 1x1. (N, C, H, W) -> (N, K, H/s, W/s)
final class CIFARInvertedResidual: Module {
  private let conv1, conv2, conv3: Conv2d
  private let bn1, bn2, bn3: BatchNorm2d
  private let stride: Int
  private let projection: Sequential?

  init(
    _ inChannels: Int, _ outChannels: Int, expansion: Int, stride: Int, _ draw: Initializer
  ) throws {
    let middle = inChannels * expansion
    func point(_ c: Int, _ k: Int) throws -> Conv2d {
      try Conv2d(c, k, kernel: 1, bias: false, initializer: draw)
    }
    self.stride = stride
    conv1 = try point(inChannels, middle)
    bn1 = try BatchNorm2d(middle, initializer: draw)
    conv2 = try Conv2d(
      middle, middle, kernel: 3, stride: Pair(stride), padding: 1, groups: middle,
      bias: false, initializer: draw)
    bn2 = try BatchNorm2d(middle, initializer: draw)
    conv3 = try point(middle, outChannels)
    bn3 = try BatchNorm2d(outChannels, initializer: draw)
    projection =
      stride == 1 && inChannels != outChannels
      ? Sequential([
        try point(inChannels, outChannels), try BatchNorm2d(outChannels, initializer: draw),
      ]) : nil
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    register(child: "conv2", conv2)
    register(child: "bn2", bn2)
    register(child: "conv3", conv3)
    register(child: "bn3", bn3)
    if let projection { register(child: "shortcut", projection) }
  }

  override func forward(_ x: Tensor) throws -> Tensor {
    var y = try convNorm(conv1, bn1, x, .relu)
    y = try convNorm(conv2, bn2, y, .relu)
    let shortcut = stride == 1 ? try projection.map { try $0(x) } ?? x : nil
    return try convNorm(conv3, bn3, y, residual: shortcut)
  }
}
