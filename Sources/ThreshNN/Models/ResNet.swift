// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The ResNets of ImageNet (He et al. 2016), the stride in a bottleneck's 3x3 convolution as torchvision
/// has it. (N, C, H, W) -> (N, classes)
///
/// The ImageNet stem is a 7x7 convolution of stride 2 with max pooling; the CIFAR stem a 3x3 convolution
/// of stride 1 without. Names and initialisation are torchvision's: convolutions normal by fan out.
public final class ResNet: Module {
  /// The options of its own.
  public static let options: Set<ModelOption> = [.stem]

  private let conv1: Conv2d
  private let bn1: BatchNorm2d
  private let maxPool: MaxPool2d?
  private let stages: [Sequential]
  private let fc: Linear

  public override var details: String {
    "blocks " + stages.map { "\($0.children.count)" }.joined(separator: ", ")
  }

  /// - Parameter depth: 18, 34, 50 or 101.
  public convenience init(depth: Int, _ options: ModelOptions = ModelOptions()) throws {
    switch depth {
    case 18: try self.init(blocks: [2, 2, 2, 2], options)
    case 34: try self.init(blocks: [3, 4, 6, 3], options)
    case 50: try self.init(blocks: [3, 4, 6, 3], bottleneck: true, options)
    case 101: try self.init(blocks: [3, 4, 23, 3], bottleneck: true, options)
    default: throw TensorError("resnet", "there is no ResNet of depth \(depth) for ImageNet")
    }
  }

  /// - Parameters:
  ///   - blocks: of each of the four stages.
  ///   - bottleneck: blocks of 1x1, 3x3, 1x1 instead of two 3x3 convolutions.
  public init(
    blocks: [Int], bottleneck: Bool = false, _ options: ModelOptions = ModelOptions()
  ) throws {
    let o = try options.checked("resnet", ResNet.options)
    guard blocks.count == 4, blocks.allSatisfy({ $0 >= 1 }) else {
      throw TensorError("resnet", "needs four stages of at least one block, got \(blocks)")
    }
    let width = o.width ?? 64
    let draw = o.initializer
    let large = o.form == .imagenet
    conv1 = try Conv2d(
      o.inChannels, width, kernel: large ? 7 : 3, stride: large ? 2 : 1, padding: large ? 3 : 1,
      bias: false, mode: .kaimingFanOut, initializer: draw)
    bn1 = try BatchNorm2d(width, initializer: draw)
    maxPool = large ? try MaxPool2d(kernel: 3, stride: 2, padding: 1) : nil
    var channels = width
    stages = try blocks.enumerated().map { stage, count in
      try ResNet.stage(
        &channels, width << stage, blocks: count, stride: stage > 0 ? 2 : 1,
        bottleneck: bottleneck, draw)
    }
    fc = try Linear(channels, o.classes, initializer: draw)
    super.init()
    register(child: "conv1", conv1)
    register(child: "bn1", bn1)
    if let maxPool { register(child: "maxpool", maxPool) }
    for (i, stage) in stages.enumerated() { register(child: "layer\(i + 1)", stage) }
    register(child: "fc", fc)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    var h = try convNorm(conv1, bn1, x, .relu)
    if let maxPool { h = try maxPool(h) }
    for stage in stages { h = try stage(h) }
    return try fc(h.globalAvgPool2d().flatten(start: 1))
  }

  /// Blocks of one width, the first with the stride.
  /// - Parameter channels: those that come in; afterwards those that go out.
  static func stage(
    _ channels: inout Int, _ width: Int, blocks: Int, stride: Int, bottleneck: Bool,
    _ draw: Initializer
  ) throws -> Sequential {
    var modules: [Module] = []
    for i in 0..<blocks {
      let stride = i == 0 ? stride : 1
      modules.append(
        bottleneck
          ? try Bottleneck(channels, width, stride: stride, draw)
          : try BasicBlock(
            channels, width, stride: stride, shortcut: .projection("downsample"),
            mode: .kaimingFanOut, draw))
      channels = bottleneck ? width * Bottleneck.expansion : width
    }
    return Sequential(modules)
  }
}
