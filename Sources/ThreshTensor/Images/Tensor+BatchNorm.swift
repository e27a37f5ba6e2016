// SPDX-License-Identifier: Apache-2.0

/// What BatchNorm's backward pass does once rows were dropped (`Tensor.keep`).
///
/// The statistics stay those of the whole batch. The exact gradient of the kept rows' loss flows to
/// the dropped rows too, through the statistics, which would cost a full backward pass. Without
/// dropped rows both give the exact gradient.
public enum BatchNormKeep: Sendable {
  /// The two terms by which the statistics carry gradient, mean(dy) and mean(dy xhat), run over the
  /// kept rows alone.
  case keptRows
  /// The statistics count as constants: dx = dy weight / sqrt(var + eps).
  case constant
}

/// The mean and variance a BatchNorm layer evaluates with; changed in place by training.
public struct RunningStatistics {
  public let mean: Tensor
  /// Unbiased, as PyTorch keeps it.
  public let variance: Tensor
  /// The share of the new batch; nil averages over all batches.
  public let momentum: Double?
  /// Batches seen, int64 of shape (); counts up when there.
  public let batches: Tensor?

  public init(mean: Tensor, variance: Tensor, momentum: Double?, batches: Tensor? = nil) {
    self.mean = mean
    self.variance = variance
    self.momentum = momentum
    self.batches = batches
  }
}

/// What a batch normalisation needs beside its input.
public struct NormSettings {
  public let weight: Tensor?
  public let bias: Tensor?
  public let running: RunningStatistics?
  public let training: Bool
  public let eps: Double
  public let keep: BatchNormKeep

  public init(
    weight: Tensor?, bias: Tensor?, running: RunningStatistics?, training: Bool,
    eps: Double = 1e-5, keep: BatchNormKeep = .keptRows
  ) {
    self.weight = weight
    self.bias = bias
    self.running = running
    self.training = training
    self.eps = eps
    self.keep = keep
  }
}

extension NormSettings {
  /// Parameters of `channels` numbers in the type of `x`.
  func check(_ op: String, _ channels: Int, _ x: Tensor) throws {
    try ImageChecks.parameter(op, "the norm's weight", weight, [channels], x)
    try ImageChecks.parameter(op, "the norm's bias", bias, [channels], x)
    try ImageChecks.parameter(op, "the running mean", running?.mean, [channels], x)
    try ImageChecks.parameter(op, "the running variance", running?.variance, [channels], x)
    guard training || running != nil else {
      throw TensorError(op, "evaluation needs running statistics")
    }
  }

  /// The batch is in the input and in the residual.
  func rows(hasResidual: Bool) -> Node.Rows {
    let parameters = 1 + (weight == nil ? 0 : 1) + (bias == nil ? 0 : 1)
    return .each(
      [true] + [Bool](repeating: false, count: parameters) + (hasResidual ? [true] : []))
  }
}

extension Tensor {
  /// Batch normalisation over all dimensions but the second (Ioffe and Szegedy 2015).
  ///
  /// (N, C), (N, C, L) or (N, C, H, W); y = (x - mean) / sqrt(var + eps) weight + bias. In training,
  /// mean and biased variance are the batch's, summed in float64, and `running` moves towards them
  /// (with the unbiased variance); otherwise they are `running`'s.
  ///
  /// - Throws: in training with a single value per channel, as PyTorch does.
  public func batchNorm(
    weight: Tensor?, bias: Tensor?, running: RunningStatistics?, training: Bool, eps: Double = 1e-5,
    keep: BatchNormKeep = .keptRows
  ) throws -> Tensor {
    let op = "batch_norm"
    let span = Profiler.begin(op)
    defer { span.end() }
    guard (2...4).contains(ndim) else {
      throw TensorError(
        op, "needs an input of shape (N, C), (N, C, L) or (N, C, H, W), got \(shapeText(shape))")
    }
    try ImageChecks.floating(op, self)
    let channels = shape[1]
    try NormSettings(weight: weight, bias: bias, running: running, training: training)
      .check(op, channels, self)
    let x = try channelRows()
    let rows = count / max(channels, 1)
    if training && rows <= 1 {
      throw TensorError(
        op,
        "training needs more than one value per channel, got an input of shape \(shapeText(shape))")
    }
    let statistics: NormStatistics
    if training {
      let moments = ChannelMoments(channels: channels)
      try moments.gather(x, rows: rows)
      statistics = try NormStatistics(of: moments, rows: rows, eps: eps, running, like: x)
    } else {
      statistics = try NormStatistics(of: running, eps: eps, like: x)
    }
    let norm = try NormPass(x, statistics, weight, bias)
    let y = try Tensor(empty: x.shape, dtype, strides: x.strides, op: op)
    try norm.forward(into: y)
    let out = y.view(shape, ndim == 4 ? y.strides : Array(y.strides[..<ndim]))
    let parameters = [weight, bias].compactMap { $0 }
    let batch = shape[0]
    let hasWeight = weight != nil
    let hasBias = bias != nil
    return out.recorded(
      op, [self] + parameters,
      rows: .each([true] + [Bool](repeating: false, count: parameters.count)),
      saved: [.rows(x), .whole(statistics.mean), .whole(statistics.scale)]
        + (weight.map { [.whole($0)] } ?? [])
    ) { c in
      let dy = try c.grad.channelRows()
      let constant = !training || (keep == .constant && c.grad.shape[0] != batch)
      let norm = try NormPass(
        c.saved[0], NormStatistics(mean: c.saved[1], scale: c.saved[2]),
        hasWeight ? c.saved[3] : nil, nil)
      let (gradient, dw, db) = try norm.backward(dy, constant: constant)
      let dx = try gradient.tensor()
      let target = c.inputShapes[0]
      return [dx.view(target, target.count == 4 ? dx.strides : Array(dx.strides[..<target.count]))]
        + (hasWeight ? [dw] : []) + (hasBias ? [db] : [])
    }
  }

  /// This tensor with its channels innermost: 4-d tensors channels-last, (N, C) as (N, C, 1, 1).
  func channelRows() throws -> Tensor {
    if ndim == 4 { return try channelsLastUnrecorded() }
    let last = ndim == 3 ? strides[2] : 1
    return try view(
      [shape[0], shape[1], ndim == 3 ? shape[2] : 1, 1], [strides[0], strides[1], last, 1]
    ).channelsLastUnrecorded()
  }
}
