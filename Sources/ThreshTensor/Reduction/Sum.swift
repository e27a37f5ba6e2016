// SPDX-License-Identifier: Apache-2.0

/// Sums floating-point elements in double.
private struct FloatSum<T: FloatingElement>: Fold {
  /// What the sum is divided by at the end.
  var divisor = 1.0
  var start: Double { 0 }
  func fold(_ total: Double, _ x: T) -> Double { total + x.asDouble }
  func join(_ a: Double, _ b: Double) -> Double { a + b }
  func finish(_ total: Double) -> T { T(converting: total / divisor) }
}

/// Sums integers and bools in int64, which wraps.
private struct IntegerSum<T: Element>: Fold {
  var start: Int64 { 0 }
  func fold(_ total: Int64, _ x: T) -> Int64 { total &+ x.asInt64 }
  func join(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  func finish(_ total: Int64) -> Int64 { total }
}

extension Tensor {
  /// The sum over `dims` (all by default); integers and bools are summed as int64.
  public func sum(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("sum")
    defer { span.end() }
    let dims = try checkedDims(dims, "sum")
    let out = try Tensor(
      empty: reducedShape(dims, keepdim), dtype.isFloating ? dtype : .int64, op: "sum")
    switch dtype {
    case .bool: try Reduction.run(self, dims: dims, into: out, IntegerSum<Bool>())
    case .uint8: try Reduction.run(self, dims: dims, into: out, IntegerSum<UInt8>())
    case .int32: try Reduction.run(self, dims: dims, into: out, IntegerSum<Int32>())
    case .int64: try Reduction.run(self, dims: dims, into: out, IntegerSum<Int64>())
    case .float32: try Reduction.run(self, dims: dims, into: out, FloatSum<Float>())
    case .float64: try Reduction.run(self, dims: dims, into: out, FloatSum<Double>())
    }
    guard Tensor.willRecord(self) else { return out }
    return out.recorded("sum", [self], rows: Tensor.reductionRows(dims)) { c in
      [try c.grad.spread(over: c.inputShapes[0], dims)]
    }
  }

  /// The mean over `dims` (all by default) of a floating-point tensor; NaN over nothing.
  public func mean(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("mean")
    defer { span.end() }
    let dims = try checkedDims(dims, "mean")
    let out = try Tensor(empty: reducedShape(dims, keepdim), dtype, op: "mean")
    let n = Double(dims.reduce(1) { $0 * shape[$1] })
    switch dtype {
    case .float32: try Reduction.run(self, dims: dims, into: out, FloatSum<Float>(divisor: n))
    case .float64: try Reduction.run(self, dims: dims, into: out, FloatSum<Double>(divisor: n))
    default: throw needsFloating("mean")
    }
    guard Tensor.willRecord(self) else { return out }
    return out.recorded("mean", [self], rows: Tensor.reductionRows(dims)) { c in
      let shape = c.inputShapes[0]
      let n = Double(dims.reduce(1) { $0 * shape[$1] })
      return [try c.grad.scaled(by: 1 / n).spread(over: shape, dims)]
    }
  }

  /// The shape of a reduction over `dims`.
  func reducedShape(_ dims: [Int], _ keepdim: Bool) -> [Int] {
    if dims.count == ndim && !keepdim { return [] }
    return keepdim
      ? shape.indices.map { dims.contains($0) ? 1 : shape[$0] }
      : shape.indices.filter { !dims.contains($0) }.map { shape[$0] }
  }

  /// A reduction's output, or its gradient, read as if it still had the reduced extents.
  func spread(over shape: [Int], _ dims: [Int]) throws -> Tensor {
    let kept = shape.indices.map { dims.contains($0) ? 1 : shape[$0] }
    return try reshapedUnrecorded(kept).expandedView(shape)
  }

  /// This tensor times a constant, off the tape.
  func scaled(by factor: Double) throws -> Tensor {
    let out = try Tensor(empty: shape, dtype, strides: Loops.outputStrides(shape, self))
    switch dtype {
    case .float32:
      let factor = Float(factor)
      Loops.map(self, into: out) { (x: Float) in x * factor }
    case .float64: Loops.map(self, into: out) { (x: Double) in x * factor }
    default: throw needsFloating("mul")
    }
    return out
  }

  static func reductionRows(_ dims: [Int]) -> Node.Rows {
    dims.contains(0) ? .mixed("it reduces over the batch") : .each([true])
  }

  /// The error of an operation that is defined on floating-point tensors only.
  func needsFloating(_ op: String) -> TensorError {
    TensorError(op, "needs a float32 or float64 tensor, got \(dtype.name); convert it with to")
  }
}
