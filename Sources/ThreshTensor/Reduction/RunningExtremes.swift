// SPDX-License-Identifier: Apache-2.0

/// Running extremes and running log-sums along a dimension.
extension Tensor {
  /// The largest of all elements up to each one along `dim`, and where it stands: of equal ones the
  /// last. NaN wins. Gradients flow to the elements that were picked.
  public func cummax(_ dim: Int) throws -> (values: Tensor, indices: Tensor) {
    try runningExtreme("cummax", dim, largest: true)
  }

  /// The smallest of all elements up to each one along `dim`. See `cummax`.
  public func cummin(_ dim: Int) throws -> (values: Tensor, indices: Tensor) {
    try runningExtreme("cummin", dim, largest: false)
  }

  private func runningExtreme(_ op: String, _ dim: Int, largest: Bool) throws -> (
    values: Tensor, indices: Tensor
  ) {
    let span = Profiler.begin(op)
    defer { span.end() }
    if ndim == 0 {
      let (values, indices) = try unsqueeze(0).runningExtreme(op, dim, largest: largest)
      return (try values.squeeze(0), try indices.squeeze(0))
    }
    let d = try checkedDim(dim, op)
    let source = try linesLast(d)
    let keys = dtype == .bool ? try source.castUnrecorded(.uint8) : source
    let indices: Tensor
    switch keys.dtype {
    case .uint8: indices = try runningPositions(UInt8.self, keys, op, largest)
    case .int32: indices = try runningPositions(Int32.self, keys, op, largest)
    case .int64: indices = try runningPositions(Int64.self, keys, op, largest)
    case .float32: indices = try runningPositions(Float.self, keys, op, largest)
    default: indices = try runningPositions(Double.self, keys, op, largest)
    }
    let places = indices.linesBack(d)
    let values = try source.gathered(ndim - 1, indices).linesBack(d)
    return (values.recordPicks(op, from: self, [(places, 1)], along: d), places)
  }

  /// log Σ exp(x) of all elements up to each one along `dim`, exact for large elements.
  public func logcumsumexp(_ dim: Int) throws -> Tensor {
    let span = Profiler.begin("logcumsumexp")
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating("logcumsumexp") }
    if ndim == 0 { return try unsqueeze(0).logcumsumexp(dim).squeeze(0) }
    let d = try checkedDim(dim, "logcumsumexp")
    let source = try linesLast(d)
    let out =
      dtype == .float32 ? try runningLogs(Float.self, source) : try runningLogs(Double.self, source)
    return out.linesBack(d).recorded(
      "logcumsumexp", [self],
      rows: d == 0 ? .mixed("it runs along the batch") : .each([true]),
      saved: [.rows(self), .rows(out.linesBack(d))]
    ) { c in
      let (g, x, y) = (
        try c.grad.linesLast(d), try c.saved[0].linesLast(d), try c.saved[1].linesLast(d)
      )
      let result =
        g.dtype == .float32
        ? try runningLogGradient(Float.self, g, x, y)
        : try runningLogGradient(Double.self, g, x, y)
      return [result.linesBack(d)]
    }
  }
}

/// The position of the extreme so far; an element equal to it takes its place, and so does NaN.
private func runningPositions<T: NumericElement>(
  _: T.Type, _ source: Tensor, _ op: String, _ largest: Bool
) throws -> Tensor {
  try Tensor.byLines(source, op, Int64.self) {
    (p: UnsafePointer<T>, o: UnsafeMutablePointer<Int64>, n) in
    var at = 0
    for i in 0..<n {
      let (x, best) = (p[i], p[at])
      if x != x || (best == best && (largest ? x >= best : x <= best)) { at = i }
      o[i] = Int64(at)
    }
  }
}

private func runningLogs<T: MathElement>(_: T.Type, _ source: Tensor) throws -> Tensor {
  try Tensor.byLines(source, "logcumsumexp", T.self) { (p: UnsafePointer<T>, o, n) in
    // The sum of exp(x - top); equal infinities are taken out, their difference is NaN.
    var (top, total) = (-Double.infinity, 0.0)
    for i in 0..<n {
      let x = p[i].asDouble
      if x > top {
        total = total * Double.exp(top - x) + 1
        top = x
      } else {
        total += x == top ? 1 : Double.exp(x - top)
      }
      o[i] = T(converting: top + Double.log(total))
    }
  }
}

/// exp(xⱼ - yⱼ) tⱼ with tⱼ = gⱼ + exp(yⱼ - yⱼ₊₁) tⱼ₊₁: no power is above 1, as y rises.
private func runningLogGradient<T: MathElement>(
  _: T.Type, _ g: Tensor, _ x: Tensor, _ y: Tensor
) throws -> Tensor {
  let out = try Tensor(empty: g.shape, T.dtype, op: "logcumsumexp")
  let n = g.shape[g.ndim - 1]
  if out.count == 0 { return out }
  let (p, q, r, o) = (
    g.pointer(T.self), x.pointer(T.self), y.pointer(T.self), out.pointer(T.self)
  )
  Workers.chunks(of: g.count / n, grain: max(1, Loops.grain / n)) { range in
    for line in range {
      var tail = 0.0
      for j in stride(from: n - 1, through: 0, by: -1) {
        let at = line * n + j
        let here = r[at].asDouble
        if j + 1 < n && r[at + 1].asDouble != here {
          tail *= Double.exp(here - r[at + 1].asDouble)
        }
        tail += p[at].asDouble
        o[at] = T(converting: q[at] == r[at] ? tail : Double.exp(q[at].asDouble - here) * tail)
      }
    }
  }
  return out
}
