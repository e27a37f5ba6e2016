// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How an image model begins: for images as large as ImageNet's, or as small as CIFAR's.
public enum ModelStem: String, Sendable, CaseIterable {
  /// Halves the image early: the published forms of ImageNet.
  case imagenet
  /// Keeps the resolution at first: the usual forms of CIFAR-10.
  case cifar
}

/// What models can be told. A model refuses what it has no use for.
public struct ModelOptions: Sendable {
  public var classes = 10
  public var inChannels = 3
  /// Height and width of the input, for models that end in fully connected layers.
  public var imageSize = 32
  /// Channels of the first stage, nil for the published number; later stages scale along.
  public var width: Int?
  public var seed: UInt64 = 0
  public var dtype = DType.float32
  /// nil chooses by `imageSize`: `cifar` up to 64, `imagenet` above.
  public var stem: ModelStem?
  /// MobileNetV2's factor of all widths, instead of `width`.
  public var widthMultiple: Double?
  /// The probability of dropout in the head, nil for the published one.
  public var dropout: Double?

  public init() {}

  /// The stem that was asked for or that the size of the images suggests.
  var form: ModelStem { stem ?? (imageSize <= 64 ? .cifar : .imagenet) }

  var initializer: Initializer { Initializer(seed: seed, dtype: dtype) }

  /// Throws for values that no model could have, and for options that this one does not know.
  func checked(_ op: String, _ known: Set<ModelOption> = []) throws -> ModelOptions {
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
    for (option, given) in [
      (ModelOption.stem, stem != nil), (.widthMultiple, widthMultiple != nil),
      (.dropout, dropout != nil),
    ] where given && !known.contains(option) {
      throw TensorError(op, "has no option '\(option.rawValue)'")
    }
    if let widthMultiple {
      guard widthMultiple > 0, widthMultiple <= 1024 else {
        throw TensorError(op, "width_multiple must be in (0, 1024], got \(widthMultiple)")
      }
      guard width == nil else {
        throw TensorError(op, "takes width or width_multiple, not both")
      }
    }
    return self
  }
}

/// Options that only some models have, by their names in Lua.
public enum ModelOption: String, Sendable, CaseIterable {
  case stem
  case widthMultiple = "width_multiple"
  case dropout
}
