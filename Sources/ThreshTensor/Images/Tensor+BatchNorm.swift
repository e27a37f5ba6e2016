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
    guard (2...4).contains(ndim) else {
      throw TensorError(
        op, "needs an input of shape (N, C), (N, C, L) or (N, C, H, W), got \(shapeText(shape))")
    }
    try ImageChecks.floating(op, self)
    let channels = shape[1]
    try ImageChecks.parameter(op, "the weight", weight, [channels], self)
    try ImageChecks.parameter(op, "the bias", bias, [channels], self)
    try ImageChecks.parameter(op, "the running mean", running?.mean, [channels], self)
    try ImageChecks.parameter(op, "the running variance", running?.variance, [channels], self)
    guard training || running != nil else {
      throw TensorError(op, "evaluation needs running statistics")
    }
    let x = try channelRows()
    let rows = count / max(channels, 1)
    if training && rows <= 1 {
      throw TensorError(
        op,
        "training needs more than one value per channel, got an input of shape \(shapeText(shape))")
    }
    let statistics =
      try training
      ? x.batchStatistics(rows, eps, running) : Statistics(of: running, eps: eps, like: self)
    let y = try Tensor(empty: x.shape, dtype, strides: x.strides, op: op)
    try x.normalised(
      into: y, rows, statistics, weight?.contiguousUnrecorded(), bias?.contiguousUnrecorded())
    let out = y.view(shape, ndim == 4 ? y.strides : Array(y.strides[..<ndim]))
    let parameters = [weight, bias].compactMap { $0 }
    let batch = shape[0]
    return out.recorded(
      op, [self] + parameters,
      rows: .each([true] + [Bool](repeating: false, count: parameters.count)),
      saved: [.rows(x), .whole(statistics.mean), .whole(statistics.scale)]
        + (weight.map { [.whole($0)] } ?? [])
    ) { c in
      let dy = try c.grad.channelRows()
      let x = c.saved[0]
      let constant = !training || (keep == .constant && c.grad.shape[0] != batch)
      return try x.batchNormGradients(
        dy, Statistics(mean: c.saved[1], scale: c.saved[2]),
        weight: weight == nil ? nil : c.saved[3],
        constant: constant, c, hasBias: bias != nil)
    }
  }

  /// Per-channel mean and 1 / sqrt(variance + eps), in the input's type.
  private struct Statistics {
    let mean: Tensor
    let scale: Tensor

    init(mean: Tensor, scale: Tensor) {
      self.mean = mean
      self.scale = scale
    }

    init(of running: RunningStatistics?, eps: Double, like x: Tensor) throws {
      let c = x.shape[1]
      mean = try Tensor(empty: [c], x.dtype, op: "batch_norm")
      scale = try Tensor(empty: [c], x.dtype, op: "batch_norm")
      guard let running else { return }
      func run<T: ImageElement>(_: T.Type) throws {
        let (m, v) = (try running.mean.values(T.self), try running.variance.values(T.self))
        let (mp, sp) = (mean.pointer(T.self), scale.pointer(T.self))
        for i in 0..<c {
          mp[i] = m[i]
          sp[i] = T(1 / (v[i].asDouble + eps).squareRoot())
        }
      }
      try x.dispatch(run, run)
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

  /// Statistics of the batch; `running` moves towards them.
  private func batchStatistics(_ rows: Int, _ eps: Double, _ running: RunningStatistics?) throws
    -> Statistics
  {
    let channels = shape[1]
    let result = Statistics(
      mean: try Tensor(empty: [channels], dtype, op: "batch_norm"),
      scale: try Tensor(empty: [channels], dtype, op: "batch_norm"))
    func run<T: ImageElement>(_: T.Type) throws {
      let p = UnsafePointer(pointer(T.self))
      let sums = try ColumnSums.run(rows: rows, columns: channels, 1) { r, sums in
        T.kernels.columnSums(p + r.lowerBound * channels, r.count, channels, sums)
      }
      let mean = sums.map { $0 / Double(rows) }
      let squares = try ColumnSums.run(rows: rows, columns: channels, 1) { r, sums in
        T.kernels.columnSquares(p + r.lowerBound * channels, r.count, channels, mean, sums)
      }
      let (mp, sp) = (result.mean.pointer(T.self), result.scale.pointer(T.self))
      for i in 0..<channels {
        mp[i] = T(mean[i])
        sp[i] = T(1 / (squares[i] / Double(rows) + eps).squareRoot())
      }
      guard let running else { return }
      let share = try running.momentum ?? 1 / ((running.batches?.item() ?? 0) + 1)
      let (rm, rv) = (running.mean, running.variance)
      let (rmp, rvp) = (rm.pointer(T.self), rv.pointer(T.self))
      for i in 0..<channels {
        let (m, v) = (rmp + i * rm.strides[0], rvp + i * rv.strides[0])
        m.pointee = T((1 - share) * m.pointee.asDouble + share * mean[i])
        v.pointee = T((1 - share) * v.pointee.asDouble + share * squares[i] / Double(rows - 1))
      }
      rm.storage.version += 1
      rv.storage.version += 1
      if let batches = running.batches, batches.dtype == .int64, batches.count == 1 {
        batches.pointer(Int64.self)[0] += 1
        batches.storage.version += 1
      }
    }
    try dispatch(run, run)
    return result
  }

  private func normalised(
    into y: Tensor, _ rows: Int, _ statistics: Statistics, _ weight: Tensor?, _ bias: Tensor?
  ) throws {
    let channels = shape[1]
    func run<T: ImageElement>(_: T.Type) throws {
      let affine = try Tensor(empty: [2, channels], dtype, op: "batch_norm")
      let (scale, shift) = (affine.pointer(T.self), affine.pointer(T.self) + channels)
      let (mean, s) = (statistics.mean.pointer(T.self), statistics.scale.pointer(T.self))
      let (w, b) = (weight?.pointer(T.self), bias?.pointer(T.self))
      for i in 0..<channels {
        scale[i] = (w?[i] ?? 1) * s[i]
        shift[i] = b?[i] ?? 0
      }
      let (from, to) = (pointer(T.self), y.pointer(T.self))
      Workers.chunks(of: rows, grain: max(1, 32_768 / max(channels, 1))) { r in
        let at = r.lowerBound * channels
        T.kernels.normalise(from + at, r.count, channels, mean, scale, shift, to + at)
      }
    }
    try dispatch(run, run)
  }

  /// dx, dweight, dbias; `constant` statistics carry no gradient.
  private func batchNormGradients(
    _ dy: Tensor, _ statistics: Statistics, weight: Tensor?, constant: Bool, _ c: Node.Context,
    hasBias: Bool
  ) throws -> [Tensor?] {
    let channels = shape[1]
    let rows = count / max(channels, 1)
    let dx = try Tensor(empty: shape, dtype, strides: strides, op: "batch_norm")
    let parameters = try Tensor(empty: [2, channels], dtype, op: "batch_norm")
    func run<T: ImageElement>(_: T.Type) throws {
      let (x, g) = (UnsafePointer(pointer(T.self)), UnsafePointer(dy.pointer(T.self)))
      let (mean, scale) = (statistics.mean.pointer(T.self), statistics.scale.pointer(T.self))
      let sums = try ColumnSums.run(rows: rows, columns: channels, 2) { r, sums in
        let at = r.lowerBound * channels
        T.kernels.columnProducts(x + at, g + at, r.count, channels, mean, sums, sums + channels)
      }
      let coefficients = try Tensor(empty: [3, channels], dtype, op: "batch_norm")
      let a = coefficients.pointer(T.self)
      let (b, d) = (a + channels, a + 2 * channels)
      let dense = try weight?.contiguousUnrecorded()
      let w = dense?.pointer(T.self)
      let (dw, db) = (parameters.pointer(T.self), parameters.pointer(T.self) + channels)
      let n = Double(max(rows, 1))
      for i in 0..<channels {
        let s = scale[i].asDouble
        let gain = (w?[i].asDouble ?? 1) * s
        a[i] = T(gain)
        b[i] = constant ? 0 : T(gain * s * s * sums[channels + i] / n)
        d[i] = constant ? 0 : T(gain * sums[i] / n)
        dw[i] = T(sums[channels + i] * s)
        db[i] = T(sums[i])
      }
      let out = dx.pointer(T.self)
      Workers.chunks(of: rows, grain: max(1, 32_768 / max(channels, 1))) { r in
        let at = r.lowerBound * channels
        T.kernels.normaliseBack(x + at, g + at, r.count, channels, mean, a, b, d, out + at)
      }
    }
    try dispatch(run, run)
    let target = c.inputShapes[0]
    var gradients: [Tensor?] = [
      dx.view(target, target.count == 4 ? dx.strides : Array(dx.strides[..<target.count]))
    ]
    if weight != nil { gradients.append(parameters.view([channels], [1])) }
    if hasBias { gradients.append(parameters.view([channels], [1], offset: channels)) }
    return gradients
  }
}
