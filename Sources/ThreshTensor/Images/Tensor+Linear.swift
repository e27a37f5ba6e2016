// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// x weight^T + bias, `torch.nn.functional.linear`. (…, I), weight (O, I), bias (O) -> (…, O)
  ///
  /// - Parameter activation: applied to the result.
  public func linear(_ weight: Tensor, bias: Tensor? = nil, activation: Activation = .none) throws
    -> Tensor
  {
    let op = "linear"
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.floating(op, self)
    guard weight.ndim == 2 else {
      throw TensorError(op, "needs a weight of shape (out, in), got \(shapeText(weight.shape))")
    }
    let (o, i) = (weight.shape[0], weight.shape[1])
    guard let last = shape.last, last == i else {
      throw TensorError(
        op,
        "an input of shape \(shapeText(shape)) does not fit a weight of shape "
          + "\(shapeText(weight.shape)): the input's last extent must be \(i)")
    }
    try ImageChecks.parameter(op, "the weight", weight, weight.shape, self)
    try ImageChecks.parameter(op, "the bias", bias, [o], self)
    let x = try contiguousUnrecorded()
    let w = try weight.contiguousUnrecorded()
    let b = try bias?.contiguousUnrecorded()
    let y = try Tensor(empty: shape.dropLast() + [o], dtype, op: op)
    let rows = i == 0 ? shape.dropLast().reduce(1, *) : count / i
    try Gemm.run(
      x.view([rows, i], [i, 1]), w.view([i, o], [1, i]), into: y.view([rows, o], [o, 1]))
    try ConvolutionFinish(bias: b, low: activation.low, high: activation.high).apply(y, o)
    let inputs = [self, weight] + (bias.map { [$0] } ?? [])
    let batched = ndim > 1
    return y.recorded(
      op, inputs,
      rows: batched
        ? .each([true] + [Bool](repeating: false, count: inputs.count - 1))
        : .mixed("its input is one vector, without a batch"),
      saved: [batched ? .rows(x) : .whole(x), .whole(w)]
        + (activation == .none ? [] : [batched ? .rows(y) : .whole(y)])
    ) { c in
      let (x, w) = (c.saved[0], c.saved[1])
      let rows = i == 0 ? x.shape.dropLast().reduce(1, *) : x.count / i
      let (g, sums) = try activation.gradient(
        c.grad.contiguousUnrecorded(), c.saved.last, channels: o)
      let dy = g.view([rows, o], [o, 1])
      var gradients: [Tensor?] = [nil, nil]
      if c.wants[0] {
        let dx = try Tensor(empty: x.shape, x.dtype, op: op)
        try Gemm.run(dy, w, into: dx.view([rows, i], [i, 1]))
        gradients[0] = dx
      }
      if c.wants[1] {
        let dw = try Tensor(empty: [o, i], x.dtype, op: op)
        try Gemm.run(dy.view([o, rows], [1, o]), x.view([rows, i], [i, 1]), into: dw)
        gradients[1] = dw
      }
      if c.wants.count > 2 {
        gradients.append(
          c.wants[2] ? try sums ?? dy.view([rows, o, 1, 1], [o, 1, o, o]).channelSums() : nil)
      }
      return gradients
    }
  }
}
