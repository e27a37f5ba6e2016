// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Group normalisation (Wu and He 2018): each image's channels in `groups` groups of one mean and
  /// biased variance each. (N, C), (N, C, L) or (N, C, H, W), weight and bias (C).
  public func groupNorm(
    _ groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) throws -> Tensor {
    let op = "group_norm"
    let span = Profiler.begin(op)
    defer { span.end() }
    guard (2...4).contains(ndim) else {
      throw TensorError(
        op, "needs an input of shape (N, C), (N, C, L) or (N, C, H, W), got \(shapeText(shape))")
    }
    try ImageChecks.floating(op, self)
    let channels = shape[1]
    guard groups >= 1, channels >= 1, channels % groups == 0 else {
      throw TensorError(op, "\(groups) groups do not divide \(channels) channels")
    }
    try ImageChecks.parameter(op, "the weight", weight, [channels], self)
    try ImageChecks.parameter(op, "the bias", bias, [channels], self)
    let x = try channelRows()
    let y = try Tensor(empty: x.shape, dtype, strides: x.strides, op: op)
    // Of each channel, so that the backward pass reads what BatchNorm's kernels read.
    let mean = try Tensor(empty: [shape[0], channels], dtype, op: op)
    let scale = try Tensor(empty: [shape[0], channels], dtype, op: op)
    let w = try weight?.contiguousUnrecorded()
    let b = try bias?.contiguousUnrecorded()
    func run<T: ImageElement>(_: T.Type) throws {
      try x.groupNormForward(T.self, groups, eps, w, b, mean, scale, y)
    }
    try dispatch(run, run)
    let parameters = [weight, bias].compactMap { $0 }
    let (hasWeight, hasBias) = (weight != nil, bias != nil)
    let out = y.view(shape, ndim == 4 ? y.strides : Array(y.strides[..<ndim]))
    return out.recorded(
      op, [self] + parameters,
      rows: .each([true] + [Bool](repeating: false, count: parameters.count)),
      saved: [.rows(x), .rows(mean), .rows(scale)] + (w.map { [.whole($0)] } ?? [])
    ) { c in
      let (x, dy) = (c.saved[0], try c.grad.channelRows())
      let dx = try Tensor(empty: x.shape, x.dtype, strides: x.strides, op: op)
      let d = try Tensor(empty: [2, channels], x.dtype, op: op)
      func run<T: ImageElement>(_: T.Type) throws {
        try x.groupNormBackward(
          T.self, groups, dy, hasWeight ? c.saved[3] : nil, c.saved[1], c.saved[2], dx, d)
      }
      try dy.dispatch(run, run)
      let target = c.inputShapes[0]
      return [dx.view(target, target.count == 4 ? dx.strides : Array(dx.strides[..<target.count]))]
        + (hasWeight ? [d.view([channels], [1])] : [])
        + (hasBias ? [d.view([channels], [1], offset: channels)] : [])
    }
  }

  private func groupNormForward<T: ImageElement>(
    _: T.Type, _ groups: Int, _ eps: Double, _ weight: Tensor?, _ bias: Tensor?, _ mean: Tensor,
    _ scale: Tensor, _ y: Tensor
  ) throws {
    let (channels, rows) = (shape[1], shape[2] * shape[3])
    let size = channels / groups
    let n = Double(max(rows * size, 1))
    let (from, to) = (pointer(T.self), y.pointer(T.self))
    let (mp, sp) = (mean.pointer(T.self), scale.pointer(T.self))
    let (w, b) = (weight?.pointer(T.self), bias?.pointer(T.self))
    let bytes = channels * (2 * MemoryLayout<Double>.stride + 2 * MemoryLayout<T>.stride)
    try Workspace.run(shape[0], bytes: bytes) { image, block in
      let means = block.assumingMemoryBound(to: Double.self)
      let squares = means + channels
      let gain = (block + 16 * channels).assumingMemoryBound(to: T.self)
      let shift = gain + channels
      let at = image * rows * channels
      if rows > 0 { T.kernels.columnMoments(from + at, rows, channels, channels, means, squares) }
      for g in 0..<groups {
        let members = g * size..<(g + 1) * size
        let mean = members.reduce(0.0) { $0 + means[$1] } / Double(size)
        let variance =
          members.reduce(0.0) {
            $0 + squares[$1] + Double(rows) * (means[$1] - mean) * (means[$1] - mean)
          } / n
        let s = 1 / (variance + eps).squareRoot()
        for c in members {
          mp[image * channels + c] = T(mean)
          sp[image * channels + c] = T(s)
          gain[c] = T(s) * (w?[c] ?? 1)
          shift[c] = b?[c] ?? 0
        }
      }
      T.kernels.norm(
        from + at, rows, channels, mp + image * channels, gain, shift, nil, -.infinity, .infinity,
        to + at)
    }
  }

  private func groupNormBackward<T: ImageElement>(
    _: T.Type, _ groups: Int, _ dy: Tensor, _ weight: Tensor?, _ mean: Tensor, _ scale: Tensor,
    _ dx: Tensor, _ d: Tensor
  ) throws {
    let (channels, rows) = (shape[1], shape[2] * shape[3])
    let size = channels / groups
    let n = Double(max(rows * size, 1))
    let (x, g, out) = (pointer(T.self), dy.pointer(T.self), dx.pointer(T.self))
    let (mp, sp) = (mean.pointer(T.self), scale.pointer(T.self))
    let w = weight?.pointer(T.self)
    // Sums of dy and dy (x - mean) of each image and channel.
    let sums = try Tensor.zeros([max(shape[0], 1), 2 * channels], .float64)
    let all = sums.pointer(Double.self)
    try Workspace.run(shape[0], bytes: 3 * channels * MemoryLayout<T>.stride) { image, block in
      let a = block.assumingMemoryBound(to: T.self)
      let (b, c) = (a + channels, a + 2 * channels)
      let at = image * rows * channels
      let m = mp + image * channels
      let s = all + image * 2 * channels
      T.kernels.normSums(
        x + at, nil, g + at, rows, channels, m, m, m, -.infinity, .infinity, nil, s, s + channels)
      for group in 0..<groups {
        let members = group * size..<(group + 1) * size
        let scale = sp[image * channels + group * size].asDouble
        var (sum, product) = (0.0, 0.0)
        for i in members {
          sum += s[i] * (w?[i].asDouble ?? 1)
          product += s[channels + i] * (w?[i].asDouble ?? 1)
        }
        for i in members {
          a[i] = T((w?[i].asDouble ?? 1) * scale)
          b[i] = T(scale * scale * scale * product / n)
          c[i] = T(scale * sum / n)
        }
      }
      T.kernels.normBack(
        x + at, nil, g + at, rows, channels, m, m, m, -.infinity, .infinity, a, b, c, out + at)
    }
    let (dw, db) = (d.pointer(T.self), d.pointer(T.self) + channels)
    for i in 0..<channels {
      var (byWeight, byBias) = (0.0, 0.0)
      for image in 0..<shape[0] {
        let s = all + image * 2 * channels
        byWeight += s[channels + i] * sp[image * channels + i].asDouble
        byBias += s[i]
      }
      (dw[i], db[i]) = (T(byWeight), T(byBias))
    }
  }
}
