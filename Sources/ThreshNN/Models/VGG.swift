// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// VGG-11 and VGG-16 (Simonyan and Zisserman 2015) with BatchNorm. (N, C, H, W) -> (N, classes)
///
/// The ImageNet form pools to 7x7 and ends in three linear layers with dropout, as torchvision's; the
/// CIFAR form takes the mean and ends in one linear layer, as the common PyTorch port. Both are
/// initialised as torchvision's: convolutions normal by fan out, linear layers normal with deviation
/// 0.01, biases 0.
public final class VGG: Module {
  /// The options of its own; only the ImageNet form has dropout.
  public static let options: Set<ModelOption> = [.stem, .dropout]

  /// Widths by the first one; 0 is a pooling layer.
  private static let plans = [
    11: [1, 0, 2, 0, 4, 4, 0, 8, 8, 0, 8, 8, 0],
    16: [1, 1, 0, 2, 2, 0, 4, 4, 4, 0, 8, 8, 8, 0, 8, 8, 8, 0],
  ]

  public let depth: Int
  private let features: Sequential
  private let pool: AdaptiveAvgPool2d
  private let classifier: Module

  public override var details: String { "depth \(depth)" }

  /// - Parameters:
  ///   - depth: 11 or 16.
  ///   - options: `width` is that of the first convolution, 64; the linear layers scale along.
  ///     `dropout` is 0.5 unless given.
  public init(depth: Int, _ options: ModelOptions = ModelOptions()) throws {
    let op = "vgg\(depth)_bn"
    guard let plan = VGG.plans[depth] else {
      throw TensorError(op, "VGG has depth 11 or 16, got \(depth)")
    }
    let large = options.form == .imagenet
    let o = try options.checked(large ? op : op + " (cifar)", large ? VGG.options : [.stem])
    let draw = o.initializer
    let width = o.width ?? 64
    self.depth = depth
    var channels = o.inChannels
    var layers: [Module] = []
    for factor in plan {
      guard factor > 0 else {
        layers.append(try MaxPool2d(kernel: 2))
        continue
      }
      layers += [
        try Conv2d(
          channels, factor * width, kernel: 3, padding: 1, mode: .kaimingFanOut, initializer: draw),
        try BatchNorm2d(factor * width, initializer: draw),
        ReLU(),
      ]
      channels = factor * width
    }
    features = Sequential(layers)
    func linear(_ inputs: Int, _ outputs: Int) throws -> Linear {
      try Linear(inputs, outputs, std: 0.01, zeroBias: true, initializer: draw)
    }
    if large {
      let (hidden, p) = (64 * width, o.dropout ?? 0.5)
      pool = try AdaptiveAvgPool2d(7)
      classifier = Sequential([
        try linear(49 * channels, hidden), ReLU(), try Dropout(p, initializer: draw),
        try linear(hidden, hidden), ReLU(), try Dropout(p, initializer: draw),
        try linear(hidden, o.classes),
      ])
    } else {
      pool = try AdaptiveAvgPool2d(1)
      classifier = try linear(channels, o.classes)
    }
    super.init()
    register(child: "features", features)
    register(child: "avgpool", pool)
    register(child: "classifier", classifier)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try classifier(pool(features(x)).flatten(start: 1))
  }
}
