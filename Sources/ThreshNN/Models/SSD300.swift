// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The network of SSD300 on a ResNet (Liu et al. 2016, as NVIDIA's SSD300 v1.1 has it).
///
/// (N, 3, 300, 300) -> locations (N, 4, P) and class scores (N, classes, P) of P = 8,732 boxes, class 0
/// the background. Box i of a map is anchor * H * W + y * W + x; the maps follow one another from 38x38
/// to 1x1. Names and order of the state are NVIDIA's. Initialisation: extra blocks and heads
/// Xavier-uniform with PyTorch's default biases, the trunk as torchvision's ResNet.
public final class SSD300: Module {
  /// 80 classes and the background.
  public static let classesOfCOCO = 81

  /// The ResNet whose first three stages carry the detector.
  public enum Backbone: String, Sendable, CaseIterable {
    case resnet18, resnet34, resnet50

    var blocks: [Int] { self == .resnet18 ? [2, 2, 2] : [3, 4, 6] }
    var isBottleneck: Bool { self == .resnet50 }
    /// Outgoing channels of the extra blocks at width 64.
    var extraChannels: [Int] {
      switch self {
      case .resnet18: [512, 512, 256, 256, 128]
      case .resnet34: [512, 512, 256, 256, 256]
      case .resnet50: [512, 512, 256, 256, 256]
      }
    }
  }

  /// Middle channels of each extra block at width 64, stride and padding of its 3x3.
  private static let extras = [(256, 2, 1), (256, 2, 1), (128, 2, 1), (128, 1, 0), (128, 1, 0)]
  /// Boxes at each place of the six maps.
  public static let boxes = [4, 6, 6, 6, 4, 4]

  public let backbone: Backbone
  public var classes: Int { heads.classes }
  private let trunk: Trunk
  private let blocks: [Sequential]
  private let heads: BoxHeads

  public override var details: String { "\(classes) classes" }

  /// - Parameter options: `width` is that of the trunk's stem, 64; all channels scale along. `classes`
  ///   counts the background.
  public init(
    _ options: ModelOptions = ModelRegistry.defaults(of: "ssd300"), backbone: Backbone = .resnet50
  ) throws {
    let o = try options.checked("ssd300")
    let draw = o.initializer
    let width = o.width ?? 64
    func scaled(_ channels: Int) -> Int { max(1, channels * width / 64) }
    func conv(_ c: Int, _ k: Int, _ size: Int, stride: Int = 1, padding: Int = 0) throws -> Conv2d {
      try Conv2d(
        c, k, kernel: Pair(size), stride: Pair(stride), padding: Pair(padding), bias: false,
        mode: .xavierUniform, initializer: draw)
    }
    self.backbone = backbone
    trunk = try Trunk(backbone, o.inChannels, width, draw)
    var channels = [trunk.outChannels]
    blocks = try zip(SSD300.extras, backbone.extraChannels).map { extra, out in
      let (middle, out) = (scaled(extra.0), scaled(out))
      defer { channels.append(out) }
      return Sequential([
        try conv(channels[channels.count - 1], middle, 1),
        try BatchNorm2d(middle, initializer: draw), ReLU(),
        try conv(middle, out, 3, stride: extra.1, padding: extra.2),
        try BatchNorm2d(out, initializer: draw), ReLU(),
      ])
    }
    heads = try BoxHeads(
      channels: channels, boxes: SSD300.boxes, classes: o.classes, initializer: draw)
    super.init()
    register(child: "feature_extractor", trunk)
    register(child: "additional_blocks", ModuleList(blocks))
    heads.register(in: self)
  }

  /// Locations (N, 4, P) and class scores (N, classes, P).
  /// - Throws: when the image is too small for six maps.
  public override func forwardAll(_ x: Tensor) throws -> [Tensor] {
    var maps = [try trunk(x)]
    var map = maps[0]
    for block in blocks {
      map = try block(map)
      maps.append(map)
    }
    return try heads(maps)
  }

  /// Locations over class scores, (N, 4 + classes, P), where one tensor is needed.
  public override func forward(_ x: Tensor) throws -> Tensor { try Tensor.cat(forwardAll(x), 1) }

  /// A ResNet to its third stage, which keeps the resolution here.
  /// (N, C, 300, 300) -> (N, outChannels, 38, 38)
  private final class Trunk: Module {
    let outChannels: Int
    private let layers: Sequential
    private let backbone: Backbone

    override var name: String { "ResNet\(backbone.rawValue.dropFirst("resnet".count))Trunk" }

    init(_ backbone: Backbone, _ inChannels: Int, _ width: Int, _ draw: Initializer) throws {
      var channels = width
      var modules: [Module] = [
        try Conv2d(
          inChannels, width, kernel: 7, stride: 2, padding: 3, bias: false, mode: .kaimingFanOut,
          initializer: draw),
        try BatchNorm2d(width, initializer: draw), ReLU(),
        try MaxPool2d(kernel: 3, stride: 2, padding: 1),
      ]
      for (i, blocks) in backbone.blocks.enumerated() {
        modules.append(
          try ResNet.stage(
            &channels, width << i, blocks: blocks, stride: i == 1 ? 2 : 1,
            bottleneck: backbone.isBottleneck, draw))
      }
      layers = Sequential(modules)
      outChannels = channels
      self.backbone = backbone
      super.init()
      register(child: "feature_extractor", layers)
    }

    override func forward(_ x: Tensor) throws -> Tensor { try layers(x) }
  }
}
