// SPDX-License-Identifier: Apache-2.0

/// Operators and PyTorch's names of the binary operations.
extension Tensor {
  /// a + b, by numpy's broadcasting and PyTorch's promotion.
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try binary(.add, a, b) }
  public static func + (a: Tensor, b: Scalar) throws -> Tensor { try binary(.add, a, b) }
  public static func + (a: Scalar, b: Tensor) throws -> Tensor { try binary(.add, a, b) }

  /// a - b.
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try binary(.sub, a, b) }
  public static func - (a: Tensor, b: Scalar) throws -> Tensor { try binary(.sub, a, b) }
  public static func - (a: Scalar, b: Tensor) throws -> Tensor { try binary(.sub, a, b) }

  /// a * b, element by element.
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try binary(.mul, a, b) }
  public static func * (a: Tensor, b: Scalar) throws -> Tensor { try binary(.mul, a, b) }
  public static func * (a: Scalar, b: Tensor) throws -> Tensor { try binary(.mul, a, b) }

  /// a / b; integers are divided as float32.
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try binary(.div, a, b) }
  public static func / (a: Tensor, b: Scalar) throws -> Tensor { try binary(.div, a, b) }
  public static func / (a: Scalar, b: Tensor) throws -> Tensor { try binary(.div, a, b) }

  public static prefix func - (a: Tensor) throws -> Tensor { try a.unary(.neg) }

  /// a - b ⌊a / b⌋: the sign of the divisor. Integer division by zero is an error.
  public func remainder(_ b: some Operand) throws -> Tensor { try .binary(.remainder, self, b) }

  /// a - b trunc(a / b): the sign of the dividend. Integer division by zero is an error.
  public func fmod(_ b: some Operand) throws -> Tensor { try .binary(.fmod, self, b) }

  /// ⌊a / b⌋, of the promoted type. Integer division by zero is an error.
  public func floorDivide(_ b: some Operand) throws -> Tensor {
    try .binary(.floorDivide, self, b)
  }

  /// a to the power of b. Integer tensors refuse a negative integer as b.
  public func pow(_ b: some Operand) throws -> Tensor {
    try .binary(.pow, self, b)
  }

  /// The larger of both, element by element; NaN wins.
  public func maximum(_ b: some Operand) throws -> Tensor { try .binary(.maximum, self, b) }
  /// The smaller of both, element by element; NaN wins.
  public func minimum(_ b: some Operand) throws -> Tensor { try .binary(.minimum, self, b) }
  /// The angle of the point (b, self).
  public func atan2(_ b: some Operand) throws -> Tensor { try .binary(.atan2, self, b) }

  // Comparisons, as bool tensors.
  public func lt(_ b: some Operand) throws -> Tensor { try .binary(.lt, self, b) }
  public func le(_ b: some Operand) throws -> Tensor { try .binary(.le, self, b) }
  public func gt(_ b: some Operand) throws -> Tensor { try .binary(.gt, self, b) }
  public func ge(_ b: some Operand) throws -> Tensor { try .binary(.ge, self, b) }
  public func eq(_ b: some Operand) throws -> Tensor { try .binary(.eq, self, b) }
  public func ne(_ b: some Operand) throws -> Tensor { try .binary(.ne, self, b) }

  // Truth of "not 0", as bool tensors.
  public func logicalAnd(_ b: some Operand) throws -> Tensor { try .binary(.logicalAnd, self, b) }
  public func logicalOr(_ b: some Operand) throws -> Tensor { try .binary(.logicalOr, self, b) }
  public func logicalXor(_ b: some Operand) throws -> Tensor { try .binary(.logicalXor, self, b) }
  public func logicalNot() throws -> Tensor { try unary(.logicalNot) }

  // Bits of integers; truth of bools.
  public func bitwiseAnd(_ b: some Operand) throws -> Tensor { try .binary(.bitwiseAnd, self, b) }
  public func bitwiseOr(_ b: some Operand) throws -> Tensor { try .binary(.bitwiseOr, self, b) }
  public func bitwiseXor(_ b: some Operand) throws -> Tensor { try .binary(.bitwiseXor, self, b) }
  public func bitwiseNot() throws -> Tensor { try unary(.bitwiseNot) }

  /// Conversion to another element type, recorded between floating-point types.
  public func cast(_ dtype: DType) throws -> Tensor {
    if dtype == self.dtype { return self }
    let span = Profiler.begin("to")
    defer { span.end() }
    let out = try castUnrecorded(dtype)
    span.touches(out, self)
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
    return try sum(dims: dims, keepdim: true).reshape(target)
  }
}

extension Loops {
  /// target += t, converting, with `t` broadcast to the target's shape; floating-point targets only.
  static func addInto(_ target: Tensor, _ t: Tensor) {
    if t.dtype == target.dtype, t.shape == target.shape, t.strides == target.strides,
      target.isDense
    {
      func run<T: ImageElement>(_: T.Type) {
        let (to, from) = (target.pointer(T.self), t.pointer(T.self))
        Workers.chunks(of: target.count, grain: Loops.grain) {
          T.kernels.addInto(to + $0.lowerBound, from + $0.lowerBound, $0.count)
        }
      }
      return target.dispatch(run, run)
    }
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
