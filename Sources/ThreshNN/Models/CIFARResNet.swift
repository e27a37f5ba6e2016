// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The CIFAR ResNets (He et al. 2016, section 4.2) of depth 6n + 2: widths 16, 32, 64, zero-padded
/// shortcuts. State names are those of the common PyTorch port: conv1, bn1, layer1 to layer3, linear.
public final class CIFARResNet: Module {
  public let depth: Int
  private let conv1: Conv2d
  private let bn1: BatchNorm2d
  private let stages: [Sequential]
  private let linear: Linear

  public override var details: String { "depth \(depth)" }

  /// - Throws: when the depth is not 6n + 2.
  public init(depth: Int, _ options: ModelOptions = ModelOptions()) throws {
    let o = try options.checked("resnet\(depth)")
    guard depth >= 8, (depth - 2) % 6 == 0 else {
      throw TensorError("resnet", "a CIFAR ResNet has depth 6n + 2, got \(depth)")
    }
    self.depth = depth
    let width = o.width ?? 16
    let draw = o.initializer
    conv1 = try Conv2d(
      o.inChannels, width, kernel: 3, padding: 1, bias: false, mode: .kaimingFanIn,
      initializer: draw)
    bn1 = try BatchNorm2d(width, initializer: draw)
    var channels = width
    stages = try (0..<3).map { stage in
      let out = width << stage
      defer { channels = out }
      return Sequential(
        try (0..<(depth - 2) / 6).map { i in
          try BasicBlock(
            i == 0 ? channels : out, out, stride: i == 0 && stage > 0 ? 2 : 1, shortcut: .padding,
            mode: .kaimingFanIn, draw)
        })
    }
    // The port initialises its linear layer as its convolutions.
    linear = try Linear(
      4 * width, o.classes, std: (2 / Double(4 * width)).squareRoot(), initializer: draw)
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    for (i, stage) in stages.enumerated() { register(child: "layer\(i + 1)", stage) }
    register(child: "linear", linear)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    var h = try convNorm(conv1, bn1, x, .relu)
    for stage in stages { h = try stage(h) }
    return try linear(h.globalAvgPool2d().flatten(start: 1))
  }
}
