// SPDX-License-Identifier: Apache-2.0

/// Elementwise choices: where, clamp and their kin.
extension Tensor {
  /// `a` where `condition` holds, else `b`; all three are broadcast.
  public static func `where`(
    _ condition: Tensor, _ a: some Operand, _ b: some Operand
  ) throws -> Tensor {
    let span = Profiler.begin("where")
    defer { span.end() }
    guard condition.dtype == .bool else {
      throw TensorError("where", "the condition must be a bool tensor, got \(condition.dtype.name)")
    }
    let (left, right) = (a.operand, b.operand)
    let dtype = DType.result(left, right)
    let (x, y) = (try left.asTensor(dtype), try right.asTensor(dtype))
    let shape = try Shape.broadcast(
      try Shape.broadcast(x.shape, y.shape, op: "where"), condition.shape, op: "where")
    let out = try Tensor(
      empty: shape, dtype, strides: Loops.outputStrides(shape, x, y), op: "where")
    func run<T: Element>(_: T.Type) {
      Loops.map(condition, x, y, into: out) { (c: Bool, x: T, y: T) in c ? x : y }
    }
    switch dtype {
    case .bool: run(Bool.self)
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    }
    return out.recorded(
      "where", [x, y], rows: .elementwise(out, [x, y]), saved: [.operand(condition, of: shape)]
    ) { c in
      let condition = c.saved[0]
      return [
        c.wants[0]
          ? try Tensor.where(condition, c.grad, 0).summed(to: c.inputShapes[0]) : nil,
        c.wants[1]
          ? try Tensor.where(condition, 0, c.grad).summed(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  /// Limited to `min … max`; either may be missing. NaN stays NaN.
  public func clamp(min: Scalar? = nil, max: Scalar? = nil) throws -> Tensor {
    let span = Profiler.begin("clamp")
    defer { span.end() }
    let dtype = try clampType("clamp", min, max)
    let x = try cast(dtype)
    let out = try Tensor(
      empty: shape, dtype, strides: Loops.outputStrides(shape, x), op: "clamp")
    x.clampInto(out, min, max)
    return out.recorded("clamp", [x], rows: .each([true]), saved: [.rows(x)]) { c in
      let x = c.saved[0]
      var g = c.grad
      if let min { g = try Tensor.where(x.lt(min), 0, g) }
      if let max { g = try Tensor.where(x.gt(max), 0, g) }
      return [g]
    }
  }

  func clampType(_ op: String, _ min: Scalar?, _ max: Scalar?) throws -> DType {
    guard min != nil || max != nil else {
      throw TensorError(op, "needs a lower or an upper bound")
    }
    var dtype = dtype
    for bound in [min, max].compactMap(\.self) where bound.dtype.category > dtype.category {
      dtype = bound.dtype
    }
    guard dtype != .bool else { throw TensorError(op, "not defined for bool tensors") }
    return dtype
  }

  func clampInto(_ out: Tensor, _ min: Scalar?, _ max: Scalar?) {
    func run<T: NumericElement>(_: T.Type) {
      switch (min?.converted(T.self), max?.converted(T.self)) {
      case (let low?, let high?):
        Loops.map(self, into: out) { (x: T) in
          let y = x < low ? low : x
          return y > high ? high : y
        }
      case (let low?, nil): Loops.map(self, into: out) { (x: T) in x < low ? low : x }
      case (nil, let high?): Loops.map(self, into: out) { (x: T) in x > high ? high : x }
      case (nil, nil): break
      }
    }
    switch out.dtype {
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    case .bool: break
    }
  }

  /// self + weight (end - self).
  public func lerp(_ end: Tensor, _ weight: some Operand) throws -> Tensor {
    try self + Tensor.binary(.mul, end - self, weight)
  }

  /// `self + value · a · b`.
  public func addcmul(_ a: Tensor, _ b: Tensor, value: Scalar = 1) throws -> Tensor {
    try self + a * b * value
  }

  /// `self + value · a / b`.
  public func addcdiv(_ a: Tensor, _ b: Tensor, value: Scalar = 1) throws -> Tensor {
    try self + a / b * value
  }

  /// With NaN, +inf and -inf replaced; the infinities by the largest finite numbers by default.
  public func nanToNum(
    nan: Double = 0, posinf: Double? = nil, neginf: Double? = nil
  ) throws -> Tensor {
    guard dtype.isFloating else { return self }
    let most = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    let finite = try isfinite()
    var filled = try Tensor.where(isnan(), nan, self)
    filled = try Tensor.where(filled.eq(Double.infinity), posinf ?? most, filled)
    filled = try Tensor.where(filled.eq(-Double.infinity), neginf ?? -most, filled)
    return try Tensor.where(finite, self, filled)
  }

  /// With `value` where `mask` holds.
  public func maskedFill(_ mask: Tensor, _ value: Scalar) throws -> Tensor {
    guard mask.dtype == .bool else {
      throw TensorError("masked_fill", "the mask must be a bool tensor, got \(mask.dtype.name)")
    }
    guard value.dtype.category <= dtype.category else {
      throw TensorError(
        "masked_fill", "a \(value.dtype.name) value does not fit a tensor of \(dtype.name)")
    }
    return try Tensor.where(mask, value, self)
  }
}

extension OperandValue {
  func asTensor(_ dtype: DType) throws -> Tensor {
    switch self {
    case .tensor(let t): return try t.cast(dtype)
    case .scalar(let s):
      let t = try Tensor(empty: [], dtype)
      switch dtype {
      case .bool: t.pointer(Bool.self).pointee = s.converted(Bool.self)
      case .uint8: t.pointer(UInt8.self).pointee = s.converted(UInt8.self)
      case .int32: t.pointer(Int32.self).pointee = s.converted(Int32.self)
      case .int64: t.pointer(Int64.self).pointee = s.converted(Int64.self)
      case .float32: t.pointer(Float.self).pointee = s.converted(Float.self)
      case .float64: t.pointer(Double.self).pointee = s.converted(Double.self)
      }
      return t
    }
  }
}
