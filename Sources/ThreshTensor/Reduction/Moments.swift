// SPDX-License-Identifier: Apache-2.0

/// The variance of deviations from a rounded mean: Σd² - (Σd)² / n over n - correction, in double.
private struct Variance<T: FloatingElement>: Fold {
  let n: Double
  let correction: Double
  let root: Bool
  var start: SIMD2<Double> { .zero }
  func fold(_ total: SIMD2<Double>, _ x: T) -> SIMD2<Double> {
    let d = x.asDouble
    return total + SIMD2(d, d * d)
  }
  func join(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> { a + b }
  func finish(_ total: SIMD2<Double>) -> T {
    let squares = total.y - total.x * total.x / n
    // NaN must come through the comparison with 0.
    let spread = (squares < 0 ? 0 : squares) / (n > correction ? n - correction : 0)
    return T(converting: root ? spread.squareRoot() : spread)
  }
}

extension Tensor {
  /// The variance over `dims` (all by default), divided by n - `correction`.
  public func variance(
    dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false
  ) throws -> Tensor {
    try spreadAround("var", dims, correction, keepdim, root: false)
  }

  /// The standard deviation over `dims` (all by default), divided by n - `correction`.
  public func std(
    dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false
  ) throws -> Tensor {
    try spreadAround("std", dims, correction, keepdim, root: true)
  }

  private func spreadAround(
    _ op: String, _ dims: [Int]?, _ correction: Double, _ keepdim: Bool, root: Bool
  ) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating(op) }
    let dims = try checkedDims(dims, op)
    let n = Double(dims.reduce(1) { $0 * shape[$1] })
    let out = try Tensor(empty: reducedShape(dims, keepdim), dtype, op: op)
    try GradMode.off {
      let deviations = try self - mean(dims: dims, keepdim: true)
      if dtype == .float32 {
        let fold = Variance<Float>(n: n, correction: correction, root: root)
        try Reduction.run(deviations, dims: dims, into: out, fold)
      } else {
        let fold = Variance<Double>(n: n, correction: correction, root: root)
        try Reduction.run(deviations, dims: dims, into: out, fold)
      }
    }
    return out.recorded(
      op, [self], rows: Tensor.reductionRows(dims), saved: [.rows(self), .rows(out)]
    ) { c in
      let x = c.saved[0]
      let n = Double(dims.reduce(1) { $0 * x.shape[$1] })
      let deviations = try x - x.mean(dims: dims, keepdim: true)
      var g = c.grad
      if root {
        let y = c.saved[1]
        g = try Tensor.where(y.eq(0), 0, g / (y * 2))
      }
      let slope = Scalar.float(2 / max(n - correction, 0))
      return [try deviations * slope * g.spread(over: x.shape, dims)]
    }
  }
}
