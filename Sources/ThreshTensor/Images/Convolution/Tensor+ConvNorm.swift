// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// act(batch_norm(conv2d(x)) + residual) as one operation: moments are gathered while the
  /// convolution's sums are in the cache, and the tape keeps the convolution's input and output only.
  ///
  /// (N, C, H, W), weight (K, C / groups, R, S), residual (N, K, OH, OW) -> (N, K, OH, OW). The same
  /// numbers as the three operations one after the other, but for rounding. In evaluation mode off
  /// the tape the normalisation is folded into the weights.
  public func convNorm(
    _ weight: Tensor, _ settings: ConvolutionSettings, _ norm: NormSettings,
    _ activation: Activation = .none, residual: Tensor? = nil
  ) throws -> Tensor {
    let op = "conv_norm"
    let inputs = [self, weight] + [norm.weight, norm.bias, residual].compactMap { $0 }
    guard norm.training || !Tensor.willRecord(inputs) else {
      // Constant statistics on the tape: fine-tuning. One operation after the other.
      let y = try conv2d(
        weight, stride: settings.stride, padding: settings.padding, dilation: settings.dilation,
        groups: settings.groups
      ).batchNorm(
        weight: norm.weight, bias: norm.bias, running: norm.running, training: false,
        eps: norm.eps)
      if let residual, activation == .relu { return try y.addRectified(residual) }
      let sum = try residual.map { try y + $0 } ?? y
      return activation == .none ? sum : try sum.rectified(limit: activation.high)
    }
    let span = Profiler.begin(op)
    defer { span.end() }
    let z = try ConvolutionShape(op, self, weight, settings)
    try norm.check(op, z.k, self)
    let target = [z.n, z.k, z.oh, z.ow]
    try ImageChecks.parameter(op, "the residual", residual, target, self)
    let x = try channelsLastUnrecorded()
    let w = try weight.channelsLastUnrecorded()
    let other = try residual?.channelsLastUnrecorded()
    if !norm.training {
      return try x.foldedConvNorm(z, w, norm, activation, residual: other)
    }
    let rows = z.n * z.oh * z.ow
    guard rows > 1 else {
      throw TensorError(
        op,
        "training needs more than one value per channel, got outputs of shape "
          + shapeText(target))
    }
    let sums = try Tensor.image(target, dtype, op)
    let moments = ChannelMoments(channels: z.k)
    try backend.convolutionForward(z, x, w, ConvolutionFinish(moments: moments), into: sums)
    let statistics = try NormStatistics(
      of: moments, rows: rows, eps: norm.eps, norm.running, like: sums)
    let recorded = Tensor.willRecord(inputs)
    Profiler.count(bytes: (other == nil ? 2 : 3) * sums.byteCount)
    let pass = try NormPass(
      sums, statistics, norm.weight, norm.bias, low: activation.low, high: activation.high)
    // Off the tape nobody needs the sums again.
    let y = recorded ? try Tensor.image(target, dtype, op) : sums
    try pass.forward(residual: other, into: y)
    return y.recorded(
      op, inputs, rows: norm.rows(hasResidual: residual != nil),
      saved: [.rows(x), .whole(w), .rows(sums), .whole(statistics.mean), .whole(statistics.scale)]
        + [norm.weight, norm.bias].compactMap { $0.map { .whole($0) } }
        + (residual != nil && activation != .none ? [.rows(y)] : []),
      backward: ConvNormGradient(
        settings: settings, activation: activation, batch: z.n, keep: norm.keep,
        hasWeight: norm.weight != nil, hasBias: norm.bias != nil, hasResidual: residual != nil
      ).run)
  }

  /// Evaluation: weights times the normalisation's scale, its shift as the bias.
  private func foldedConvNorm(
    _ z: ConvolutionShape, _ w: Tensor, _ norm: NormSettings, _ activation: Activation,
    residual: Tensor?
  ) throws -> Tensor {
    let op = "conv_norm"
    let statistics = try NormStatistics(
      of: norm.running, eps: norm.eps, like: w.view([1, z.k], [1, 1]))
    let folded = try Tensor.image(w.shape, dtype, op)
    let bias = try Tensor(empty: [z.k], dtype, op: op)
    let (gain, shift) = (
      try norm.weight?.contiguousUnrecorded(), try norm.bias?.contiguousUnrecorded()
    )
    func run<T: ImageElement>(_: T.Type) {
      let (from, to, b) = (w.pointer(T.self), folded.pointer(T.self), bias.pointer(T.self))
      let (mean, scale) = (statistics.mean.pointer(T.self), statistics.scale.pointer(T.self))
      let (g, s) = (gain?.pointer(T.self), shift?.pointer(T.self))
      let patch = w.count / z.k
      Workers.chunks(of: z.k, grain: max(1, 16_384 / patch)) { filters in
        for k in filters {
          let factor = (g?[k] ?? 1) * scale[k]
          b[k] = (s?[k] ?? 0) - mean[k] * factor
          for i in k * patch..<(k + 1) * patch { to[i] = from[i] * factor }
        }
      }
    }
    dispatch(run, run)
    Profiler.count(bytes: 2 * w.byteCount)
    let y = try Tensor.image([z.n, z.k, z.oh, z.ow], dtype, op)
    try backend.convolutionForward(
      z, self, folded,
      ConvolutionFinish(
        bias: bias, residual: residual, low: activation.low, high: activation.high), into: y)
    return y
  }
}

/// The backward pass of `convNorm`: saved are x, the weight, the convolution's sums, mean and scale,
/// the norm's weight and bias where it has them, and the output where a residual went into it.
private struct ConvNormGradient: Sendable {
  let settings: ConvolutionSettings
  let activation: Activation
  let batch: Int
  let keep: BatchNormKeep
  let hasWeight, hasBias, hasResidual: Bool

  func run(_ c: Node.Context) throws -> [Tensor?] {
    let op = "conv_norm"
    let (x, w, sums) = (c.saved[0], c.saved[1], c.saved[2])
    let gain = hasWeight ? c.saved[5] : nil
    let shift = hasBias ? c.saved[hasWeight ? 6 : 5] : nil
    let out = hasResidual && activation != .none ? c.saved.last : nil
    let dy = try c.grad.channelsLastUnrecorded()
    let pass = try NormPass(
      sums, NormStatistics(mean: c.saved[3], scale: c.saved[4]), gain, shift,
      low: activation.low, high: activation.high)
    // Two passes read the gradient and the sums (and the output's signs), one writes.
    Profiler.count(bytes: (out == nil ? 5 : 7) * sums.byteCount)
    let masked =
      out == nil ? nil : c.ownsGrad ? dy : try Tensor.image(sums.shape, sums.dtype, op)
    let d = try pass.backward(
      dy, constant: keep == .constant && dy.shape[0] != batch, out: out, masked: masked)
    let z = try ConvolutionShape(x.shape, w.shape, settings)
    let sum = backend.convolutionAdds(z, x.dtype) ? c.sum(0, likeImage: x) : nil
    let dx = c.wants[0] ? try sum ?? Tensor.image(x.shape, x.dtype, op) : nil
    let dw = c.wants[1] ? try Tensor.image(w.shape, w.dtype, op) : nil
    try backend.convolutionBackward(
      z, x, w, .norm(d.x), dx: dx, adding: sum != nil, dw: dw)
    var gradients = [dx, dw]
    if hasWeight { gradients.append(d.weight) }
    if hasBias { gradients.append(d.bias) }
    if hasResidual { gradients.append(masked ?? dy) }
    return gradients
  }
}
