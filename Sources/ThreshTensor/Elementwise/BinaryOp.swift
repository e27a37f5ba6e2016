// SPDX-License-Identifier: Apache-2.0

/// The elementwise operations on two operands; the raw value is PyTorch's name.
public enum BinaryOp: String, CaseIterable, Sendable {
  case add, sub, mul, div, remainder, fmod, pow, maximum, minimum, atan2
  case floorDivide = "floor_divide"
  case lt, le, gt, ge, eq, ne
  case logicalAnd = "logical_and"
  case logicalOr = "logical_or"
  case logicalXor = "logical_xor"
  case bitwiseAnd = "bitwise_and"
  case bitwiseOr = "bitwise_or"
  case bitwiseXor = "bitwise_xor"

  var isComparison: Bool {
    switch self {
    case .lt, .le, .gt, .ge, .eq, .ne: true
    default: false
    }
  }
  var isLogical: Bool { self == .logicalAnd || self == .logicalOr || self == .logicalXor }
  /// Whether integers must not be divided by zero.
  var isDivision: Bool { self == .remainder || self == .fmod || self == .floorDivide }
  var isBitwise: Bool { self == .bitwiseAnd || self == .bitwiseOr || self == .bitwiseXor }
  /// Whether the operation has a gradient.
  var isDifferentiable: Bool {
    !isComparison && !isLogical && !isBitwise && self != .floorDivide
  }

  /// The type in which the operation is computed, and the type of its result.
  func types(_ promoted: DType) throws -> (compute: DType, result: DType) {
    if isLogical { return (.bool, .bool) }
    if isComparison { return (promoted == .bool ? .uint8 : promoted, .bool) }
    if isBitwise {
      guard !promoted.isFloating else {
        throw TensorError(rawValue, "needs bool or integer tensors, got \(promoted.name)")
      }
      return (promoted, promoted)
    }
    if self == .div || self == .atan2 { return (promoted.floating, promoted.floating) }
    guard
      promoted != .bool || self == .add || self == .mul || self == .maximum || self == .minimum
    else {
      throw TensorError(
        rawValue, "not defined for bool tensors; use logical_and, logical_or or convert with to")
    }
    return (promoted, promoted)
  }
}

extension Tensor {
  /// `op` on two operands, of which at least one is a tensor: broadcast, promoted and recorded.
  public static func binary(_ op: BinaryOp, _ a: some Operand, _ b: some Operand) throws -> Tensor {
    try binary(op, a.operand, b.operand, into: nil)
  }

  /// The same for operands that are such values already.
  public static func binary(
    _ op: BinaryOp, _ a: OperandValue, _ b: OperandValue
  ) throws -> Tensor {
    try binary(op, a, b, into: nil)
  }

  /// The same, written into `target` where one is given.
  static func binary(
    _ op: BinaryOp, _ a: OperandValue, _ b: OperandValue, into target: Tensor?
  ) throws -> Tensor {
    let span = Profiler.begin(op.rawValue)
    defer { span.end() }
    if target == nil, let out = try SmallBinary.run(op, a, b) {
      span.touches(out, a.tensor, b.tensor)
      guard Tensor.willRecord(a.tensor, b.tensor) else { return out }
      return BinaryGradient.record(op, a, b, [a.tensor, b.tensor].compactMap(\.self), out)
    }
    let shape = try Shape.broadcast(a.shape, b.shape, op: op.rawValue)
    let (compute, result) = try op.types(DType.result(a, b))
    let (x, y) = (try a.cast(compute), try b.cast(compute))
    if op == .pow, !compute.isFloating, case .scalar(let power) = b, power.asDouble < 0 {
      throw TensorError(
        "pow", "integers have no negative integer powers; convert the tensor with to")
    }
    if op.isDivision && !compute.isFloating {
      try checkDivisor(op, y)
    }
    let out =
      try target
      ?? Tensor(
        empty: shape, result, strides: Loops.outputStrides(shape, x.tensor, y.tensor),
        op: op.rawValue)
    BinaryKernels.run(op, compute, x, y, out)
    span.touches(out, x.tensor, y.tensor)
    guard target == nil, op.isDifferentiable, Tensor.willRecord(x.tensor, y.tensor) else {
      return out
    }
    return BinaryGradient.record(op, x, y, [x.tensor, y.tensor].compactMap(\.self), out)
  }

  private static func checkDivisor(_ op: BinaryOp, _ divisor: OperandValue) throws {
    let hasZero =
      switch divisor {
      case .scalar(let s): s.asDouble == 0
      case .tensor(let t): try t.countNonzero().item() != Double(t.count)
      }
    if hasZero { throw TensorError(op.rawValue, "integer division by zero") }
  }
}

/// The loops of the binary operations.
enum BinaryKernels {
  static func run(
    _ op: BinaryOp, _ type: DType, _ a: OperandValue, _ b: OperandValue, _ out: Tensor
  ) {
    switch type {
    case .bool: read(Bool.self, a, b) { boolean(op, $0, $1, out) }
    case .uint8: read(UInt8.self, a, b) { integer(op, $0, $1, out) }
    case .int32: read(Int32.self, a, b) { integer(op, $0, $1, out) }
    case .int64: read(Int64.self, a, b) { integer(op, $0, $1, out) }
    case .float32: read(Float.self, a, b) { floating(op, $0, $1, out) }
    case .float64: read(Double.self, a, b) { floating(op, $0, $1, out) }
    }
  }

  /// Both operands as memory: numbers are read from two temporary elements.
  @inline(__always)
  private static func read<T: Element>(
    _: T.Type, _ a: OperandValue, _ b: OperandValue,
    _ body: (Loops.Input<T>, Loops.Input<T>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: T.self, capacity: 2) { scratch in
      func input(_ v: OperandValue, _ slot: Int) -> Loops.Input<T> {
        switch v {
        case .tensor(let t): return Loops.Input(t)
        case .scalar(let s):
          scratch[slot] = s.converted(T.self)
          return Loops.Input(
            pointer: scratch.baseAddress.unsafelyUnwrapped + slot, shape: [], strides: [])
        }
      }
      withExtendedLifetime((a, b)) { body(input(a, 0), input(b, 1)) }
    }
  }

  private static func boolean(
    _ op: BinaryOp, _ a: Loops.Input<Bool>, _ b: Loops.Input<Bool>, _ out: Tensor
  ) {
    switch op {
    case .logicalAnd, .bitwiseAnd, .mul, .minimum:
      Loops.map(a, b, into: out) { (x: Bool, y: Bool) in x && y }
    case .logicalOr, .bitwiseOr, .add, .maximum:
      Loops.map(a, b, into: out) { (x: Bool, y: Bool) in x || y }
    default: Loops.map(a, b, into: out) { (x: Bool, y: Bool) in x != y }
    }
  }

  private static func compare<T: NumericElement>(
    _ op: BinaryOp, _ a: Loops.Input<T>, _ b: Loops.Input<T>, _ out: Tensor
  ) {
    switch op {
    case .lt: Loops.map(a, b, into: out) { (x: T, y: T) in x < y }
    case .le: Loops.map(a, b, into: out) { (x: T, y: T) in x <= y }
    case .gt: Loops.map(a, b, into: out) { (x: T, y: T) in x > y }
    case .ge: Loops.map(a, b, into: out) { (x: T, y: T) in x >= y }
    case .eq: Loops.map(a, b, into: out) { (x: T, y: T) in x == y }
    default: Loops.map(a, b, into: out) { (x: T, y: T) in x != y }
    }
  }

  private static func integer<T: NumericElement & FixedWidthInteger>(
    _ op: BinaryOp, _ a: Loops.Input<T>, _ b: Loops.Input<T>, _ out: Tensor
  ) {
    switch op {
    case .add: Loops.map(a, b, into: out) { (x: T, y: T) in x &+ y }
    case .sub: Loops.map(a, b, into: out) { (x: T, y: T) in x &- y }
    case .mul: Loops.map(a, b, into: out) { (x: T, y: T) in x &* y }
    case .maximum: Loops.map(a, b, into: out) { (x: T, y: T) in max(x, y) }
    case .minimum: Loops.map(a, b, into: out) { (x: T, y: T) in min(x, y) }
    case .bitwiseAnd: Loops.map(a, b, into: out) { (x: T, y: T) in x & y }
    case .bitwiseOr: Loops.map(a, b, into: out) { (x: T, y: T) in x | y }
    case .bitwiseXor: Loops.map(a, b, into: out) { (x: T, y: T) in x ^ y }
    case .remainder:
      Loops.map(a, b, into: out) { (x: T, y: T) in
        let r = x.remainderReportingOverflow(dividingBy: y).partialValue
        return r != 0 && (r < 0) != (y < 0) ? r &+ y : r
      }
    case .fmod:
      Loops.map(a, b, into: out) { (x: T, y: T) in
        x.remainderReportingOverflow(dividingBy: y).partialValue
      }
    case .floorDivide:
      Loops.map(a, b, into: out) { (x: T, y: T) in
        let q = x.dividedReportingOverflow(by: y).partialValue
        return q &* y != x && (x < 0) != (y < 0) ? q &- 1 : q
      }
    case .pow: Loops.map(a, b, into: out) { (x: T, y: T) in power(x, y) }
    default: compare(op, a, b, out)
    }
  }

  /// x to the power of y, wrapping; a negative power of anything but 1 and -1 is 0.
  private static func power<T: FixedWidthInteger>(_ x: T, _ y: T) -> T {
    if y < 0 {
      if x == 1 { return 1 }
      return x < 0 && x == 0 &- 1 ? (y & 1 == 0 ? 1 : x) : 0
    }
    var (result, base, rest) = (1 as T, x, y)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* base }
      base = base &* base
      rest >>= 1
    }
    return result
  }

  private static func floating<T: MathElement>(
    _ op: BinaryOp, _ a: Loops.Input<T>, _ b: Loops.Input<T>, _ out: Tensor
  ) {
    switch op {
    case .add: Loops.map(a, b, into: out) { (x: T, y: T) in x + y }
    case .sub: Loops.map(a, b, into: out) { (x: T, y: T) in x - y }
    case .mul: Loops.map(a, b, into: out) { (x: T, y: T) in x * y }
    case .div: Loops.map(a, b, into: out) { (x: T, y: T) in x / y }
    // NaN on either side wins.
    case .maximum: Loops.map(a, b, into: out) { (x: T, y: T) in x > y || x != x ? x : y }
    case .minimum: Loops.map(a, b, into: out) { (x: T, y: T) in x < y || x != x ? x : y }
    case .atan2: Loops.map(a, b, into: out) { (x: T, y: T) in T.atan2(x, y) }
    case .remainder:
      Loops.map(a, b, into: out) { (x: T, y: T) in
        let r = T.fmod(x, y)
        return r != 0 && (r < 0) != (y < 0) ? r + y : r
      }
    case .fmod: Loops.map(a, b, into: out) { (x: T, y: T) in T.fmod(x, y) }
    case .floorDivide: Loops.map(a, b, into: out) { (x: T, y: T) in floorDivide(x, y) }
    case .pow:
      if b.shape.isEmpty, b.pointer[0] == 2 {
        Loops.map(a, b, into: out) { (x: T, _: T) in x * x }
      } else if b.shape.isEmpty, b.pointer[0] == 0.5 {
        Loops.map(a, b, into: out) { (x: T, _: T) in x == -.infinity ? .infinity : x.squareRoot() }
      } else {
        Loops.map(a, b, into: out) { (x: T, y: T) in T.pow(x, y) }
      }
    default: compare(op, a, b, out)
    }
  }

  /// Floored division as numpy and PyTorch define it: exact where x / y would round up.
  private static func floorDivide<T: MathElement>(_ x: T, _ y: T) -> T {
    if y == 0 { return x / y }
    let r = T.fmod(x, y)
    var q = (x - r) / y
    if r != 0 && (y < 0) != (r < 0) { q -= 1 }
    if q == 0 { return (x / y).sign == .minus ? -0 : 0 }
    let floor = q.rounded(.down)
    return q - floor > 0.5 ? floor + 1 : floor
  }
}
