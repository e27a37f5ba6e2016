// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// exp(x) / Σ exp(x) along `dim`.
  public func softmax(_ dim: Int) throws -> Tensor {
    try soft("softmax", dim, logarithm: false)
  }

  /// x - log Σ exp(x) along `dim`.
  public func logSoftmax(_ dim: Int) throws -> Tensor {
    try soft("log_softmax", dim, logarithm: true)
  }

  private func soft(_ op: String, _ dim: Int, logarithm: Bool) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating(op) }
    if ndim == 0 { return try unsqueeze(0).soft(op, dim, logarithm: logarithm).squeeze(0) }
    let d = try checkedDim(dim, op)
    let lines = try linesLast(d)
    let out =
      (dtype == .float32
      ? try softLines(lines, op, Float.self, logarithm)
      : try softLines(lines, op, Double.self, logarithm)).linesBack(d)
    let rows: Node.Rows = d == 0 ? .mixed("it runs along the batch") : .each([true])
    return out.recorded(op, [self], rows: rows, saved: [.rows(out)]) { c in
      let (g, y) = (try c.grad.linesLast(d), try c.saved[0].linesLast(d))
      let result =
        g.dtype == .float32
        ? try softGradient(g, y, op, Float.self, logarithm)
        : try softGradient(g, y, op, Double.self, logarithm)
      return [result.linesBack(d)]
    }
  }

  /// log Σ exp(x) over `dims` (all by default), exact for large elements; integers as float32.
  public func logsumexp(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("logsumexp")
    defer { span.end() }
    let x = try cast(dtype.floating)
    let dims = try checkedDims(dims, "logsumexp")
    let out = try GradMode.off {
      if dims.count == 1, count > 0 {
        return try x.logSumExpColumns(dims[0]).reshapedUnrecorded(reducedShape(dims, keepdim))
      }
      if dims.contains(where: { shape[$0] == 0 }) {
        return try Tensor.full(reducedShape(dims, keepdim), -.infinity, x.dtype)
      }
      let top = try x.amax(dims: dims, keepdim: true)
      // An infinite largest element is its own answer.
      let shift = try Tensor.where(top.isfinite(), top, 0)
      let total = try (x - shift).exp().sum(dims: dims, keepdim: true).log() + shift
      return try total.reshapedUnrecorded(reducedShape(dims, keepdim))
    }
    return out.recorded(
      "logsumexp", [x], rows: Tensor.reductionRows(dims), saved: [.rows(x), .rows(out)]
    ) { c in
      let x = c.saved[0]
      let share = try (x - c.saved[1].spread(over: x.shape, dims)).exp()
      return [try c.grad.spread(over: x.shape, dims) * share]
    }
  }

  /// log Σ exp(x) along one dimension, off the tape; the tensor has elements.
  private func logSumExpColumns(_ d: Int) throws -> Tensor {
    let (source, out) = (
      try contiguousUnrecorded(),
      try Tensor(empty: Array(shape[..<d] + shape[(d + 1)...]), dtype, op: "logsumexp")
    )
    let k = shape[d]
    let columns = shape[(d + 1)...].reduce(1, *)
    func run<T: ImageElement>(_: T.Type) {
      let (x, y) = (source.pointer(T.self), out.pointer(T.self))
      let kernel = T.kernels.logSumExp
      let blocks = (columns + 1023) / 1024
      Workers.chunks(
        of: out.count / columns * blocks, grain: max(1, Loops.grain / (k * min(1024, columns)))
      ) {
        for task in $0 {
          let (i, first) = (task / blocks, task % blocks * 1024)
          kernel(
            x + i * k * columns + first, k, columns, min(1024, columns - first),
            y + i * columns + first)
        }
      }
    }
    withExtendedLifetime((source, out)) { dispatch(run, run) }
    return out
  }
}

private func softLines<T: MathElement>(
  _ lines: Tensor, _ op: String, _: T.Type, _ logarithm: Bool
) throws -> Tensor {
  try Tensor.byLines(lines, op, T.self) { (p: UnsafePointer<T>, o, n) in
    var top = p[0]
    for i in 0..<n where p[i] > top { top = p[i] }
    var total = 0.0
    if logarithm {
      for i in 0..<n { total += T.exp(p[i] - top).asDouble }
      let shift = T(converting: Double.log(total))
      for i in 0..<n { o[i] = p[i] - top - shift }
    } else {
      for i in 0..<n {
        o[i] = T.exp(p[i] - top)
        total += o[i].asDouble
      }
      let scale = T(converting: 1 / total)
      for i in 0..<n { o[i] *= scale }
    }
  }
}

/// y (g - Σ g y) for softmax, g - exp(y) Σ g for its logarithm.
private func softGradient<T: MathElement>(
  _ g: Tensor, _ y: Tensor, _ op: String, _: T.Type, _ logarithm: Bool
) throws -> Tensor {
  try Tensor.byLines(g, y, op, T.self) { g, y, o, n in
    var total = 0.0
    if logarithm {
      for i in 0..<n { total += g[i].asDouble }
      let sum = T(converting: total)
      for i in 0..<n { o[i] = g[i] - T.exp(y[i]) * sum }
    } else {
      for i in 0..<n { total += g[i].asDouble * y[i].asDouble }
      let sum = T(converting: total)
      for i in 0..<n { o[i] = y[i] * (g[i] - sum) }
    }
  }
}
