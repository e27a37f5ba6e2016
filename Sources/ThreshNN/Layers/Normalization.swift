// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Normalisation over the batch (Ioffe and Szegedy 2015), per channel.
///
/// Training uses the batch's statistics and moves the running ones; evaluation uses the running ones.
public class BatchNorm: Module {
  public let features: Int
  public let eps: Double
  public let momentum: Double
  /// Scale and shift, (C,); nil without `affine`.
  public let weight: Tensor?
  public let bias: Tensor?
  /// Running mean and (unbiased) variance, (C,).
  public let runningMean: Tensor
  public let runningVariance: Tensor
  /// Whether training moves the running statistics; see `Module.forwardUntracked`.
  var tracks = true
  /// What the backward pass does once rows were dropped (`Tensor.keep`).
  public var keep = BatchNormKeep.keptRows

  public override var details: String { "\(features)" }

  public init(
    _ features: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = true,
    initializer: Initializer
  ) throws {
    try checkPositive("BatchNorm", ["num_features": features])
    guard eps >= 0, momentum >= 0, momentum <= 1 else {
      throw TensorError(
        "BatchNorm", "eps must not be negative and momentum in [0, 1], got \(eps) and \(momentum)")
    }
    self.features = features
    self.eps = eps
    self.momentum = momentum
    weight = affine ? try Tensor.ones([features], initializer.dtype) : nil
    bias = affine ? try Tensor.zeros([features], initializer.dtype) : nil
    runningMean = try Tensor.zeros([features], initializer.dtype)
    runningVariance = try Tensor.ones([features], initializer.dtype)
    super.init()
    if let weight { try register(parameter: "weight", weight) }
    if let bias { try register(parameter: "bias", bias) }
    register(buffer: "running_mean", runningMean)
    register(buffer: "running_var", runningVariance)
  }

  /// The layer as an operation sees it.
  var settings: NormSettings {
    NormSettings(
      weight: weight, bias: bias,
      running: training && !tracks
        ? nil
        : RunningStatistics(mean: runningMean, variance: runningVariance, momentum: momentum),
      training: training, eps: eps, keep: keep)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    let s = settings
    return try x.batchNorm(
      weight: s.weight, bias: s.bias, running: s.running, training: s.training, eps: s.eps,
      keep: s.keep)
  }
}

/// BatchNorm of images. (N, C, H, W) -> (N, C, H, W)
public final class BatchNorm2d: BatchNorm {
  public override func forward(_ x: Tensor) throws -> Tensor {
    guard x.ndim == 4 else {
      throw TensorError("BatchNorm2d", "needs (N, C, H, W), got \(shapeText(x.shape))")
    }
    return try super.forward(x)
  }
}

/// BatchNorm of vectors. (N, C) -> (N, C)
public final class BatchNorm1d: BatchNorm {
  public override func forward(_ x: Tensor) throws -> Tensor {
    guard x.ndim == 2 else {
      throw TensorError("BatchNorm1d", "needs (N, C), got \(shapeText(x.shape))")
    }
    return try super.forward(x)
  }
}

/// Normalisation of each row over its last dimensions (Ba et al. 2016).
public final class LayerNorm: Module {
  public let shape: [Int]
  public let eps: Double
  public let weight: Tensor
  public let bias: Tensor

  public override var details: String { shape.map(String.init).joined(separator: ", ") }

  public init(_ shape: [Int], eps: Double = 1e-5, initializer: Initializer) throws {
    guard !shape.isEmpty, shape.allSatisfy({ $0 >= 1 }) else {
      throw TensorError("LayerNorm", "needs extents of at least 1, got \(shapeText(shape))")
    }
    self.shape = shape
    self.eps = eps
    weight = try Tensor.ones(shape, initializer.dtype)
    bias = try Tensor.zeros(shape, initializer.dtype)
    super.init()
    try register(parameter: "weight", weight)
    try register(parameter: "bias", bias)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.layerNorm(shape, weight: weight, bias: bias, eps: eps)
  }
}

/// Normalisation over groups of channels of each image (Wu and He 2018).
public final class GroupNorm: Module {
  public let groups: Int
  public let eps: Double
  public let weight: Tensor
  public let bias: Tensor

  public override var details: String { "\(groups), \(weight.shape[0])" }

  public init(_ groups: Int, _ channels: Int, eps: Double = 1e-5, initializer: Initializer) throws {
    try checkPositive("GroupNorm", ["num_groups": groups, "num_channels": channels])
    guard channels % groups == 0 else {
      throw TensorError("GroupNorm", "\(channels) channels do not divide into \(groups) groups")
    }
    self.groups = groups
    self.eps = eps
    weight = try Tensor.ones([channels], initializer.dtype)
    bias = try Tensor.zeros([channels], initializer.dtype)
    super.init()
    try register(parameter: "weight", weight)
    try register(parameter: "bias", bias)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try x.groupNorm(groups, weight: weight, bias: bias, eps: eps)
  }
}
