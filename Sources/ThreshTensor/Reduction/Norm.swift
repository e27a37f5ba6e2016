// SPDX-License-Identifier: Apache-2.0

/// Σ|x|^p and its root, in double; p is neither 0 nor infinite.
private struct PowerNorm<T: FloatingElement>: Fold {
  let p: Double
  var start: Double { 0 }
  func fold(_ total: Double, _ x: T) -> Double {
    let a = x.asDouble.magnitude
    return total + (p == 1 ? a : p == 2 ? a * a : Double.pow(a, p))
  }
  func join(_ a: Double, _ b: Double) -> Double { a + b }
  func finish(_ total: Double) -> T {
    T(converting: p == 1 ? total : p == 2 ? total.squareRoot() : Double.pow(total, 1 / p))
  }
}

extension Tensor {
  /// The vector norm over `dims` (all by default): (Σ|x|^p)^(1/p), the largest |x| for infinity, the
  /// smallest for -infinity, the count of nonzero elements for 0.
  public func norm(_ p: Double = 2, dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("norm")
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating("norm") }
    guard !p.isNaN else { throw TensorError("norm", "the order must not be NaN") }
    let dims = try checkedDims(dims, "norm")
    if p == 0 { return try countNonzero(dims: dims, keepdim: keepdim).cast(dtype) }
    if p.isInfinite {
      return p > 0
        ? try abs().amax(dims: dims, keepdim: keepdim)
        : try abs().amin(dims: dims, keepdim: keepdim)
    }
    let out = try Tensor(empty: reducedShape(dims, keepdim), dtype, op: "norm")
    if dtype == .float32 {
      try Reduction.run(self, dims: dims, into: out, PowerNorm<Float>(p: p))
    } else {
      try Reduction.run(self, dims: dims, into: out, PowerNorm<Double>(p: p))
    }
    return out.recorded(
      "norm", [self], rows: Tensor.reductionRows(dims), saved: [.rows(self), .rows(out)]
    ) { c in
      let x = c.saved[0]
      let g = try c.grad.spread(over: x.shape, dims)
      if p == 1 { return [try g * x.sign()] }
      let y = try c.saved[1].spread(over: x.shape, dims)
      // sign(x) (|x| / norm)^(p-1), and 0 where the norm is 0.
      let ratio = try x.abs() / y
      let slope = try p == 2 ? x / y : x.sign() * ratio.pow(p - 1)
      return [try g * Tensor.where(y.eq(0), 0, slope)]
    }
  }
}
