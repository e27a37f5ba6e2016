// SPDX-License-Identifier: Apache-2.0

/// Running totals along a dimension.
extension Tensor {
  /// The sum of all elements up to each one, along `dim`; integers and bools as int64.
  public func cumsum(_ dim: Int) throws -> Tensor {
    let span = Profiler.begin("cumsum")
    defer { span.end() }
    if ndim == 0 { return try unsqueeze(0).cumsum(dim).squeeze(0) }
    let d = try checkedDim(dim, "cumsum")
    let source = try castUnrecorded(dtype.isFloating ? dtype : .int64).linesLast(d)
    let out: Tensor
    switch source.dtype {
    case .float32: out = try runningSum(source, Float.self)
    case .float64: out = try runningSum(source, Double.self)
    default:
      out = try Tensor.byLines(source, "cumsum", Int64.self) {
        (p: UnsafePointer<Int64>, o, n) in
        var total: Int64 = 0
        for i in 0..<n {
          total &+= p[i]
          o[i] = total
        }
      }
    }
    return out.linesBack(d).recorded("cumsum", [self], rows: scanRows(d)) { c in
      [try c.grad.reverseCumsum(d)]
    }
  }

  private func runningSum<T: FloatingElement>(_ source: Tensor, _: T.Type) throws -> Tensor {
    try Tensor.byLines(source, "cumsum", T.self) { (p: UnsafePointer<T>, o, n) in
      var total = 0.0
      for i in 0..<n {
        total += p[i].asDouble
        o[i] = T(converting: total)
      }
    }
  }

  /// The sum of all elements from each one on, along `d`.
  private func reverseCumsum(_ d: Int) throws -> Tensor {
    func run<T: FloatingElement>(_: T.Type) throws -> Tensor {
      try Tensor.byLines(linesLast(d), "cumsum", T.self) { (p: UnsafePointer<T>, o, n) in
        var total = 0.0
        for i in stride(from: n - 1, through: 0, by: -1) {
          total += p[i].asDouble
          o[i] = T(converting: total)
        }
      }
    }
    return (dtype == .float32 ? try run(Float.self) : try run(Double.self)).linesBack(d)
  }

  /// The product of all elements up to each one, along `dim`; integers and bools as int64.
  public func cumprod(_ dim: Int) throws -> Tensor {
    let span = Profiler.begin("cumprod")
    defer { span.end() }
    if ndim == 0 { return try unsqueeze(0).cumprod(dim).squeeze(0) }
    let d = try checkedDim(dim, "cumprod")
    let source = try castUnrecorded(dtype.isFloating ? dtype : .int64).linesLast(d)
    let out: Tensor
    switch source.dtype {
    case .float32: out = try runningProduct(source, Float.self)
    case .float64: out = try runningProduct(source, Double.self)
    default:
      out = try Tensor.byLines(source, "cumprod", Int64.self) {
        (p: UnsafePointer<Int64>, o, n) in
        var total: Int64 = 1
        for i in 0..<n {
          total &*= p[i]
          o[i] = total
        }
      }
    }
    return out.linesBack(d).recorded(
      "cumprod", [self], rows: scanRows(d), saved: [.rows(self)]
    ) { c in
      let (g, x) = (try c.grad.linesLast(d), try c.saved[0].linesLast(d))
      let result =
        g.dtype == .float32
        ? try productGradient(g, x, Float.self) : try productGradient(g, x, Double.self)
      return [result.linesBack(d)]
    }
  }

  private func runningProduct<T: FloatingElement>(_ source: Tensor, _: T.Type) throws -> Tensor {
    try Tensor.byLines(source, "cumprod", T.self) { (p: UnsafePointer<T>, o, n) in
      var total = 1.0
      for i in 0..<n {
        total *= p[i].asDouble
        o[i] = T(converting: total)
      }
    }
  }

  private func scanRows(_ d: Int) -> Node.Rows {
    d == 0 ? .mixed("it runs along the batch") : .each([true])
  }

  /// Differences of neighbours along `dim`, `n` times over.
  public func diff(n: Int = 1, dim: Int = -1) throws -> Tensor {
    let d = try checkedDim(dim, "diff")
    guard n >= 0 else { throw TensorError("diff", "the order must not be negative") }
    var t = self
    for _ in 0..<min(n, shape[d]) {
      let left = max(t.shape[d] - 1, 0)
      let start = min(1, t.shape[d])
      let (next, before) = (try t.narrow(d, start, left), try t.narrow(d, 0, left))
      t = dtype == .bool ? try next.logicalXor(before) : try next - before
    }
    return t
  }
}

/// Σᵢ gᵢ ∂yᵢ/∂xₖ of running products y, line by line; exact where elements are 0.
private func productGradient<T: FloatingElement>(
  _ g: Tensor, _ x: Tensor, _: T.Type
) throws -> Tensor {
  try Tensor.byLines(g, x, "cumprod", T.self) { g, x, o, n in
    // With p the product before k, the gradient is p Σ gᵢ xₖ₊₁…xᵢ: the sum by Horner's rule.
    var tail = 0.0
    for k in stride(from: n - 1, through: 0, by: -1) {
      tail = g[k].asDouble + (k + 1 < n ? x[k + 1].asDouble * tail : 0)
      o[k] = T(converting: tail)
    }
    var before = 1.0
    for k in 0..<n {
      o[k] = T(converting: before * o[k].asDouble)
      before *= x[k].asDouble
    }
  }
}
