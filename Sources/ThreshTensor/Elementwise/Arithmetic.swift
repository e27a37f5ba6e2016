// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// a + b, by numpy's broadcasting and PyTorch's promotion.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor {
    try arithmetic("add", a, b) { c in
      [
        c.wants[0] ? try c.grad.summed(to: c.inputShapes[0]) : nil,
        c.wants[1] ? try c.grad.summed(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  /// a - b.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor {
    try arithmetic("sub", a, b) { c in
      [
        c.wants[0] ? try c.grad.summed(to: c.inputShapes[0]) : nil,
        c.wants[1] ? try (-c.grad).summed(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  /// a * b, element by element.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor {
    try arithmetic("mul", a, b, saves: true) { c in
      [
        c.wants[0] ? try (c.grad * c.saved[1]).summed(to: c.inputShapes[0]) : nil,
        c.wants[1] ? try (c.grad * c.saved[0]).summed(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  /// a / b; integers are divided as float32.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor {
    try arithmetic("div", a, b, saves: true) { c in
      let byNumerator = try c.grad / c.saved[1]
      return [
        c.wants[0] ? try byNumerator.summed(to: c.inputShapes[0]) : nil,
        c.wants[1]
          ? try (-(byNumerator * c.saved[0] / c.saved[1])).summed(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  public static prefix func - (a: Tensor) throws -> Tensor {
    guard a.dtype != .bool else { throw TensorError("neg", "not defined for bool tensors") }
    let out = try Tensor(empty: a.shape, a.dtype, strides: Loops.outputStrides(a.shape, [a]))
    switch a.dtype {
    case .uint8: Loops.map(a, into: out) { (x: UInt8) in 0 &- x }
    case .int32: Loops.map(a, into: out) { (x: Int32) in 0 &- x }
    case .int64: Loops.map(a, into: out) { (x: Int64) in 0 &- x }
    case .float32: Loops.map(a, into: out) { (x: Float) in -x }
    case .float64: Loops.map(a, into: out) { (x: Double) in -x }
    case .bool: break
    }
    return out.recorded("neg", [a], rows: .elementwise(out, [a])) { c in [try -c.grad] }
  }

  /// The four arithmetic operations: promote, broadcast, compute, record.
  private static func arithmetic(
    _ op: String, _ a: Tensor, _ b: Tensor, saves: Bool = false,
    backward: @escaping Node.Backward
  ) throws -> Tensor {
    let shape = try Shape.broadcast(a.shape, b.shape, op: op)
    var dtype = resultType(a, b)
    if op == "div" { dtype = dtype.floating }
    if dtype == .bool {
      throw TensorError(op, "not defined for two bool tensors; use logical_and, logical_or or to")
    }
    let (x, y) = (try a.cast(dtype), try b.cast(dtype))
    let out = try Tensor(
      empty: shape, dtype, strides: Loops.outputStrides(shape, [x, y]), op: op)
    switch dtype {
    case .bool: break
    case .uint8: integer(op, UInt8.self, x, y, out)
    case .int32: integer(op, Int32.self, x, y, out)
    case .int64: integer(op, Int64.self, x, y, out)
    case .float32: floating(op, Float.self, x, y, out)
    case .float64: floating(op, Double.self, x, y, out)
    }
    return out.recorded(
      op, [x, y], rows: .elementwise(out, [x, y]),
      saved: saves ? [.operand(x, of: shape), .operand(y, of: shape)] : [], backward: backward)
  }

  private static func floating<T: FloatingElement>(
    _ op: String, _: T.Type, _ a: Tensor, _ b: Tensor, _ out: Tensor
  ) {
    switch op {
    case "add": Loops.map(a, b, into: out) { (x: T, y: T) in x + y }
    case "sub": Loops.map(a, b, into: out) { (x: T, y: T) in x - y }
    case "mul": Loops.map(a, b, into: out) { (x: T, y: T) in x * y }
    default: Loops.map(a, b, into: out) { (x: T, y: T) in x / y }
    }
  }

  private static func integer<T: NumericElement & FixedWidthInteger>(
    _ op: String, _: T.Type, _ a: Tensor, _ b: Tensor, _ out: Tensor
  ) {
    switch op {
    case "add": Loops.map(a, b, into: out) { (x: T, y: T) in x &+ y }
    case "sub": Loops.map(a, b, into: out) { (x: T, y: T) in x &- y }
    default: Loops.map(a, b, into: out) { (x: T, y: T) in x &* y }
    }
  }

  /// PyTorch's promotion: a 0-d tensor only counts when its category (bool, integer, floating) is
  /// above the other's.
  static func resultType(_ a: Tensor, _ b: Tensor) -> DType {
    func category(_ t: DType) -> Int { t.isFloating ? 2 : t.isInteger ? 1 : 0 }
    if (a.ndim == 0) != (b.ndim == 0) {
      let (scalar, array) = a.ndim == 0 ? (a.dtype, b.dtype) : (b.dtype, a.dtype)
      if category(scalar) <= category(array) { return array }
      return scalar
    }
    return DType.promote(a.dtype, b.dtype)
  }

  /// Conversion to another element type, recorded between floating-point types.
  public func cast(_ dtype: DType) throws -> Tensor {
    if dtype == self.dtype { return self }
    let out = try castUnrecorded(dtype)
    guard dtype.isFloating else { return out }
    let source = self.dtype
    return out.recorded("to", [self], rows: .each([true])) { c in
      [try c.grad.castUnrecorded(source)]
    }
  }

  /// Sums a gradient over the extents along which its operand was broadcast.
  public func summed(to target: [Int]) throws -> Tensor {
    if shape == target { return self }
    let lead = ndim - target.count
    let dims = shape.indices.filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
    let total = try sum(dims: dims, keepdim: true)
    return total.view(target, Array(total.strides.dropFirst(lead)))
  }
}

extension Loops {
  /// target += t, converting, with `t` broadcast to the target's shape; floating-point targets only.
  static func addInto(_ target: Tensor, _ t: Tensor) {
    switch (target.dtype, t.dtype) {
    case (.float32, .float32): map(target, t, into: target) { (x: Float, y: Float) in x + y }
    case (.float32, .float64):
      map(target, t, into: target) { (x: Float, y: Double) in x + Float(y) }
    case (.float64, .float32):
      map(target, t, into: target) { (x: Double, y: Float) in x + Double(y) }
    case (.float64, .float64): map(target, t, into: target) { (x: Double, y: Double) in x + y }
    default: break
    }
  }
}
