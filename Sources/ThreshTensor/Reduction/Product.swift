// SPDX-License-Identifier: Apache-2.0

/// Multiplies floating-point elements in double.
private struct FloatProduct<T: FloatingElement>: Fold {
  var start: Double { 1 }
  func fold(_ total: Double, _ x: T) -> Double { total * x.asDouble }
  func join(_ a: Double, _ b: Double) -> Double { a * b }
  func finish(_ total: Double) -> T { T(converting: total) }
}

/// Multiplies integers and bools in int64, which wraps.
private struct IntegerProduct<T: Element>: Fold {
  var start: Int64 { 1 }
  func fold(_ total: Int64, _ x: T) -> Int64 { total &* x.asInt64 }
  func join(_ a: Int64, _ b: Int64) -> Int64 { a &* b }
  func finish(_ total: Int64) -> Int64 { total }
}

extension Tensor {
  /// The product over `dims` (all by default); integers and bools are multiplied as int64.
  public func prod(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("prod")
    defer { span.end() }
    let dims = try checkedDims(dims, "prod")
    let out = try Tensor(
      empty: reducedShape(dims, keepdim), dtype.isFloating ? dtype : .int64, op: "prod")
    switch dtype {
    case .bool: try Reduction.run(self, dims: dims, into: out, IntegerProduct<Bool>())
    case .uint8: try Reduction.run(self, dims: dims, into: out, IntegerProduct<UInt8>())
    case .int32: try Reduction.run(self, dims: dims, into: out, IntegerProduct<Int32>())
    case .int64: try Reduction.run(self, dims: dims, into: out, IntegerProduct<Int64>())
    case .float32: try Reduction.run(self, dims: dims, into: out, FloatProduct<Float>())
    case .float64: try Reduction.run(self, dims: dims, into: out, FloatProduct<Double>())
    }
    return out.recorded(
      "prod", [self], rows: Tensor.reductionRows(dims), saved: [.rows(self)]
    ) { c in
      let x = c.saved[0]
      return [try c.grad.spread(over: x.shape, dims) * x.productsOfOthers(dims)]
    }
  }

  /// For each element the product of all others over `dims`; exact where elements are 0.
  private func productsOfOthers(_ dims: [Int]) throws -> Tensor {
    let order = shape.indices.filter { !dims.contains($0) } + dims
    let moved = permutedView(order)
    let n = dims.reduce(1) { $0 * shape[$1] }
    let lines = try moved.reshapedUnrecorded([n == 0 ? 0 : count / n, n]).contiguousUnrecorded()
    func run<T: FloatingElement>(_: T.Type) throws -> Tensor {
      try Tensor.byLines(lines, "prod", T.self) { (p: UnsafePointer<T>, o, n) in
        var before = 1.0
        for i in 0..<n {
          o[i] = T(converting: before)
          before *= p[i].asDouble
        }
        var after = 1.0
        for i in stride(from: n - 1, through: 0, by: -1) {
          o[i] = T(converting: o[i].asDouble * after)
          after *= p[i].asDouble
        }
      }
    }
    let others = dtype == .float32 ? try run(Float.self) : try run(Double.self)
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    return try others.reshapedUnrecorded(moved.shape).permutedView(inverse)
  }
}
