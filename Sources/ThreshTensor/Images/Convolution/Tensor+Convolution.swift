// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// 2-d cross-correlation, `torch.nn.functional.conv2d`.
  ///
  /// (N, C, H, W), weight (K, C / groups, R, S), bias (K) -> (N, K, OH, OW), with
  /// OH = (H + 2 padding - dilation (R - 1) - 1) / stride + 1. The result is channels-last.
  ///
  /// - Parameter activation: applied to the result while it is in the cache.
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1,
    groups: Int = 1, activation: Activation = .none
  ) throws -> Tensor {
    let op = "conv2d"
    let span = Profiler.begin(op)
    defer { span.end() }
    let settings = ConvolutionSettings(
      stride: stride, padding: padding, dilation: dilation, groups: groups)
    let sizes = try ConvolutionShape(op, self, weight, settings)
    try ImageChecks.parameter(op, "the bias", bias, [weight.shape[0]], self)
    let x = try channelsLastUnrecorded()
    let w = try weight.channelsLastUnrecorded()
    let y = try Tensor.image([sizes.n, sizes.k, sizes.oh, sizes.ow], dtype, op)
    try backend.convolutionForward(
      sizes, x, w,
      ConvolutionFinish(
        bias: bias?.contiguousUnrecorded(), low: activation.low, high: activation.high), into: y)
    let inputs = [self, weight] + (bias.map { [$0] } ?? [])
    return y.recorded(
      op, inputs, rows: .each([true] + [Bool](repeating: false, count: inputs.count - 1)),
      saved: [.rows(x), .whole(w)] + (activation == .none ? [] : [.rows(y)])
    ) { c in
      let (x, w) = (c.saved[0], c.saved[1])
      let (dy, sums) = try activation.gradient(
        c.grad.channelsLastUnrecorded(), c.saved.last, channels: w.shape[0])
      let sizes = try ConvolutionShape(x.shape, w.shape, settings)
      let sum = backend.convolutionAdds(sizes, x.dtype) ? c.sum(0, likeImage: x) : nil
      let dx = c.wants[0] ? try sum ?? Tensor.image(x.shape, x.dtype, op) : nil
      let dw = c.wants[1] ? try Tensor.image(w.shape, w.dtype, op) : nil
      try backend.convolutionBackward(
        sizes, x, w, .tensor(dy), dx: dx, adding: sum != nil, dw: dw)
      var gradients = [dx, dw]
      if c.wants.count > 2 { gradients.append(c.wants[2] ? try sums ?? dy.channelSums() : nil) }
      return gradients
    }
  }

  /// Sums over all but the channels of a channels-last image. (N, C, H, W) -> (C)
  func channelSums() throws -> Tensor {
    let out = try Tensor(empty: [shape[1]], dtype, op: "sum")
    func run<T: ImageElement>(_: T.Type) throws {
      let sums = try ColumnSums.run(rows: count / max(shape[1], 1), columns: shape[1], 1) {
        rows, sums in
        T.kernels.columnSums(
          self.pointer(T.self) + rows.lowerBound * shape[1], rows.count, shape[1], sums)
      }
      let o = out.pointer(T.self)
      for i in 0..<shape[1] { o[i] = T(sums[i]) }
    }
    try dispatch(run, run)
    return out
  }
}

/// Sums over the rows of a matrix, in pieces that depend on its shape alone, folded in order.
enum ColumnSums {
  /// - Parameter kinds: how many sums of `columns` numbers `body` adds to.
  static func run(
    rows: Int, columns: Int, _ kinds: Int,
    _ body: (_ rows: Range<Int>, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) throws -> [Double] {
    let size = kinds * columns
    let pieces = Workspace.pieces(rows, grain: max(16, 32_768 / max(columns, 1)), most: 32)
    var total = [Double](repeating: 0, count: size)
    if pieces.isEmpty || size == 0 { return total }
    let partials = try Tensor.zeros([pieces.count, size], .float64)
    let p = partials.pointer(Double.self)
    Workers.run(pieces.count) { i in body(pieces[i], p + i * size) }
    for i in pieces.indices { for j in 0..<size { total[j] += p[i * size + j] } }
    return total
  }
}

extension Node.Context {
  /// The sum of gradients so far of input `i`, where it lies in memory as the image x does.
  func sum(_ i: Int, likeImage x: Tensor) -> Tensor? {
    guard let sum = sums[i], sum.dtype == x.dtype,
      sum.strides == Shape.channelsLastStrides(x.shape)
    else { return nil }
    return sum
  }
}
