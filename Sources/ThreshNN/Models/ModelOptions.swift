// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What all models have in common.
public struct ModelOptions: Sendable {
  public var classes = 10
  public var inChannels = 3
  /// Height and width of the input, for models that end in fully connected layers.
  public var imageSize = 32
  /// Channels of the first stage, nil for the published number; later stages scale along.
  public var width: Int?
  public var seed: UInt64 = 0
  public var dtype = DType.float32

  public init() {}

  func checked(_ op: String) throws -> ModelOptions {
    try checkPositive(
      op,
      [
        "classes": classes, "in_channels": inChannels, "image_size": imageSize, "width": width ?? 1,
      ])
    // Far above any model, far below where arithmetic on shapes could overflow.
    for value in [classes, inChannels, imageSize, width ?? 1] where value > 1 << 20 {
      throw TensorError(op, "\(value) is too large for a model's option")
    }
    guard dtype.isFloating else {
      throw TensorError(op, "dtype must be float32 or float64, got \(dtype.name)")
    }
    return self
  }

  var initializer: Initializer { Initializer(seed: seed, dtype: dtype) }
}

/// The models by name.
public enum ModelRegistry {
  /// Names in the order of documentation.
  public static let names = [
    "mlp", "lenet", "resnet8", "resnet20", "resnet32", "resnet44", "resnet56", "resnet110",
    "resnet18", "resnet34", "mobilenetv2",
  ]

  /// Builds the model called `name`.
  /// - Throws: for an unknown name or options that do not fit.
  public static func make(_ name: String, _ options: ModelOptions = ModelOptions()) throws -> Module
  {
    switch name {
    case "mlp": return try MLP(options)
    case "lenet": return try LeNet(options)
    case "resnet8": return try CIFARResNet(depth: 8, options)
    case "resnet20": return try CIFARResNet(depth: 20, options)
    case "resnet32": return try CIFARResNet(depth: 32, options)
    case "resnet44": return try CIFARResNet(depth: 44, options)
    case "resnet56": return try CIFARResNet(depth: 56, options)
    case "resnet110": return try CIFARResNet(depth: 110, options)
    case "resnet18": return try ResNet(blocks: [2, 2, 2, 2], options)
    case "resnet34": return try ResNet(blocks: [3, 4, 6, 3], options)
    case "mobilenetv2": return try MobileNetV2(options)
    default:
      throw TensorError(
        "models", "there is no model '\(name)'; one of \(names.joined(separator: ", "))")
    }
  }
}
