// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The network of SSD300 on ResNet-50 (Liu et al. 2016, as NVIDIA's SSD300 v1.1 has it).
///
/// (N, 3, 300, 300) -> locations (N, 4, P) and class scores (N, classes, P) of P = 8,732 boxes, class 0
/// the background. Box i of a map is anchor * H * W + y * W + x; the maps follow one another from 38x38
/// to 1x1. Names and order of the state are NVIDIA's. Initialisation: extra blocks and heads
/// Xavier-uniform with PyTorch's default biases, the trunk as torchvision's ResNet.
public final class SSD300: Module {
  /// 80 classes and the background.
  public static let classesOfCOCO = 81

  /// Middle and outgoing channels of each extra block at width 64, stride and padding of its 3x3.
  private static let extras = [
    (256, 512, 2, 1), (256, 512, 2, 1), (128, 256, 2, 1), (128, 256, 1, 0), (128, 256, 1, 0),
  ]
  /// Boxes at each place of the six maps.
  private static let boxes = [4, 6, 6, 6, 4, 4]

  public let classes: Int
  private let trunk: Trunk
  private let blocks: [Sequential]
  private let locations, scores: [Conv2d]

  public override var details: String { "\(classes) classes" }

  /// - Parameter options: `width` is that of the trunk's stem, 64; all channels scale along. `classes`
  ///   counts the background.
  public init(_ options: ModelOptions = ModelRegistry.defaults(of: "ssd300")) throws {
    let o = try options.checked("ssd300")
    let draw = o.initializer
    let width = o.width ?? 64
    func scaled(_ channels: Int) -> Int { max(1, channels * width / 64) }
    func conv(
      _ c: Int, _ k: Int, _ size: Int, stride: Int = 1, padding: Int = 0, bias: Bool
    ) throws -> Conv2d {
      try Conv2d(
        c, k, kernel: Pair(size), stride: Pair(stride), padding: Pair(padding), bias: bias,
        mode: .xavierUniform, initializer: draw)
    }
    classes = o.classes
    trunk = try Trunk(o.inChannels, width, draw)
    var channels = [trunk.outChannels]
    blocks = try SSD300.extras.map { middle, out, stride, padding in
      let (middle, out) = (scaled(middle), scaled(out))
      defer { channels.append(out) }
      return Sequential([
        try conv(channels[channels.count - 1], middle, 1, bias: false),
        try BatchNorm2d(middle, initializer: draw), ReLU(),
        try conv(middle, out, 3, stride: stride, padding: padding, bias: false),
        try BatchNorm2d(out, initializer: draw), ReLU(),
      ])
    }
    func heads(_ numbers: Int) throws -> [Conv2d] {
      try zip(channels, SSD300.boxes).map { c, boxes in
        try conv(c, boxes * numbers, 3, padding: 1, bias: true)
      }
    }
    locations = try heads(4)
    scores = try heads(o.classes)
    super.init()
    register(child: "feature_extractor", trunk)
    register(child: "additional_blocks", ModuleList(blocks))
    register(child: "loc", ModuleList(locations))
    register(child: "conf", ModuleList(scores))
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
    return [try joined(locations, maps, 4), try joined(scores, maps, classes)]
  }

  /// Locations over class scores, (N, 4 + classes, P), where one tensor is needed.
  public override func forward(_ x: Tensor) throws -> Tensor { try Tensor.cat(forwardAll(x), 1) }

  /// One head a map, their outputs (N, numbers * boxes, H, W) as (N, numbers, P).
  private func joined(_ heads: [Conv2d], _ maps: [Tensor], _ numbers: Int) throws -> Tensor {
    let parts = try zip(heads, maps).map { head, map in
      try head(map).reshape([map.shape[0], numbers, -1])
    }
    return try Tensor.cat(parts, 2)
  }

  /// ResNet-50 to its third stage, which keeps the resolution here.
  /// (N, C, 300, 300) -> (N, 16 width, 38, 38)
  private final class Trunk: Module {
    let outChannels: Int
    private let layers: Sequential

    override var name: String { "ResNet50Trunk" }

    init(_ inChannels: Int, _ width: Int, _ draw: Initializer) throws {
      var channels = width
      var modules: [Module] = [
        try Conv2d(
          inChannels, width, kernel: 7, stride: 2, padding: 3, bias: false, mode: .kaimingFanOut,
          initializer: draw),
        try BatchNorm2d(width, initializer: draw), ReLU(),
        try MaxPool2d(kernel: 3, stride: 2, padding: 1),
      ]
      for (i, (blocks, stride)) in [(3, 1), (4, 2), (6, 1)].enumerated() {
        modules.append(
          try ResNet.stage(
            &channels, width << i, blocks: blocks, stride: stride, bottleneck: true, draw))
      }
      layers = Sequential(modules)
      outChannels = channels
      super.init()
      register(child: "feature_extractor", layers)
    }

    override func forward(_ x: Tensor) throws -> Tensor { try layers(x) }
  }
}
