// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// MobileNetV2 (Sandler et al. 2018) in its ImageNet form. (N, C, H, W) -> (N, classes)
///
/// Names, ReLU6, rounding of widths to multiples of 8, dropout and initialisation are torchvision's:
/// convolutions normal by fan out, the linear layer normal with deviation 0.01, biases 0.
public final class MobileNetV2: Module {
  /// The options of its own, those of the CIFAR form included.
  public static let options: Set<ModelOption> = [.stem, .widthMultiple, .dropout]

  /// Expansion, channels, blocks and first stride of each stage.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]

  private let features, classifier: Sequential

  /// - Parameter options: `width` is that of the stem, 32, of which `widthMultiple` is a multiple; all
  ///   stages scale along, the last layer only above 1. `dropout` is 0.2 unless given.
  public init(_ options: ModelOptions = ModelOptions()) throws {
    let o = try options.checked("mobilenetv2", MobileNetV2.options)
    let draw = o.initializer
    let multiple = o.widthMultiple ?? Double(o.width ?? 32) / 32
    func scaled(_ channels: Double) -> Int { MobileNetV2.divisible(channels * multiple) }
    var channels = scaled(32)
    var layers: [Module] = [try convNormReLU6(o.inChannels, channels, kernel: 3, stride: 2, draw)]
    for (expansion, out, count, stride) in MobileNetV2.stages {
      for i in 0..<count {
        layers.append(
          try InvertedResidual(
            channels, scaled(Double(out)), expansion: expansion, stride: i == 0 ? stride : 1, draw))
        channels = scaled(Double(out))
      }
    }
    let last = MobileNetV2.divisible(1280 * max(1, multiple))
    layers.append(try convNormReLU6(channels, last, kernel: 1, draw))
    features = Sequential(layers)
    classifier = Sequential([
      try Dropout(o.dropout ?? 0.2, initializer: draw),
      try Linear(last, o.classes, std: 0.01, zeroBias: true, initializer: draw),
    ])
    super.init()
    register(child: "features", features)
    register(child: "classifier", classifier)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try classifier(features(x).globalAvgPool2d().flatten(start: 1))
  }

  /// The multiple of 8 nearest to `channels`, but not below nine tenths of it.
  private static func divisible(_ channels: Double) -> Int {
    let rounded = max(8, Int(channels + 4) / 8 * 8)
    return Double(rounded) < 0.9 * channels ? rounded + 8 : rounded
  }
}

/// Widen by 1x1, filter each channel by 3x3, narrow by 1x1; the input is added where shapes allow.
/// (N, C, H, W) -> (N, K, H/s, W/s)
private final class InvertedResidual: Module {
  private let filters: [Module]
  private let narrow: Conv2d
  private let norm: BatchNorm2d
  private let addsInput: Bool

  init(
    _ inChannels: Int, _ outChannels: Int, expansion: Int, stride: Int, _ draw: Initializer
  ) throws {
    let middle = inChannels * expansion
    filters =
      (expansion == 1 ? [] : [try convNormReLU6(inChannels, middle, kernel: 1, draw)])
      + [try convNormReLU6(middle, middle, kernel: 3, stride: stride, groups: middle, draw)]
    narrow = try Conv2d(
      middle, outChannels, kernel: 1, bias: false, mode: .kaimingFanOut, initializer: draw)
    norm = try BatchNorm2d(outChannels, initializer: draw)
    addsInput = stride == 1 && inChannels == outChannels
    super.init()
    register(child: "conv", Sequential(filters + [narrow, norm]))
  }

  override func forward(_ x: Tensor) throws -> Tensor {
    // Not by the `Sequential`, which holds the names: the input is added in the last step.
    let h = try filters.reduce(x) { try $1($0) }
    return try convNorm(narrow, norm, h, residual: addsInput ? x : nil)
  }
}

private func convNormReLU6(
  _ inChannels: Int, _ outChannels: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
  _ draw: Initializer
) throws -> Sequential {
  Sequential([
    try Conv2d(
      inChannels, outChannels, kernel: Pair(kernel), stride: Pair(stride),
      padding: Pair(kernel / 2), groups: groups, bias: false, mode: .kaimingFanOut,
      initializer: draw),
    try BatchNorm2d(outChannels, initializer: draw),
    ReLU6(),
  ])
}
