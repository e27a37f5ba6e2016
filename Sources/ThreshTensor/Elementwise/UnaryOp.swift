// SPDX-License-Identifier: Apache-2.0

/// The elementwise operations on one tensor; the raw value is PyTorch's name.
public enum UnaryOp: String, CaseIterable, Sendable {
  case abs, neg, sign, square, relu
  case floor, ceil, round, trunc, frac
  case exp, expm1, log, log1p, log2, log10, sqrt, rsqrt, reciprocal
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  case sigmoid, erf, erfc, gelu, silu, softplus
  case isnan, isinf, isfinite
  case logicalNot = "logical_not"
  case bitwiseNot = "bitwise_not"

  enum Kind {
    /// Integers stay integers.
    case same
    /// Integers are computed as float32.
    case floating
    /// A bool for each element.
    case test
    /// Bools and integers only.
    case bits
  }

  var kind: Kind {
    switch self {
    case .abs, .neg, .sign, .square, .relu, .floor, .ceil, .round, .trunc, .frac: .same
    case .isnan, .isinf, .isfinite, .logicalNot: .test
    case .bitwiseNot: .bits
    default: .floating
    }
  }

  /// What the gradient reads.
  enum Reads { case nothing, input, output, none }

  /// `.none`: there is no gradient.
  var reads: Reads {
    switch self {
    case .neg, .sign, .floor, .ceil, .round, .trunc, .frac: .nothing
    case .exp, .expm1, .sqrt, .rsqrt, .reciprocal, .tan, .tanh, .sigmoid, .relu: .output
    case .isnan, .isinf, .isfinite, .logicalNot, .bitwiseNot: .none
    default: .input
    }
  }
}

extension Tensor {
  /// `op` on each element, recorded.
  public func unary(_ op: UnaryOp) throws -> Tensor {
    let span = Profiler.begin(op.rawValue)
    defer { span.end() }
    let result: DType
    switch op.kind {
    case .same:
      guard op != .frac || dtype.isFloating else { throw needsFloating("frac") }
      // The sign of a bool is the bool, as in PyTorch.
      if op == .sign && dtype == .bool { return try clone() }
      guard dtype != .bool else {
        throw TensorError(op.rawValue, "not defined for bool tensors; convert them with to")
      }
      result = dtype
    case .floating: result = dtype.floating
    case .test: result = .bool
    case .bits:
      guard !dtype.isFloating else {
        throw TensorError(op.rawValue, "needs a bool or integer tensor, got \(dtype.name)")
      }
      result = dtype
    }
    let x = op.kind == .floating ? try cast(result) : self
    let out = try Tensor(
      empty: shape, result, strides: Loops.outputStrides(shape, x), op: op.rawValue)
    UnaryKernels.run(op, x, out)
    span.touches(out, x)
    guard op.reads != .none, Tensor.willRecord(x) else { return out }
    let saved: () -> [Node.Saved] = {
      switch op.reads {
      case .input: [.rows(x)]
      case .output: [.rows(out)]
      default: []
      }
    }
    return out.recorded(op.rawValue, [x], rows: .each([true]), saved: saved()) { c in
      [try UnaryGradient.compute(op, c.grad, c.saved.first)]
    }
  }

  /// Writes `op` of each element into this tensor.
  func unaryInPlace(_ op: UnaryOp) throws {
    let span = Profiler.begin(op.rawValue)
    defer { span.end() }
    try checkInPlace(op.rawValue + "_")
    guard op.kind != .floating || dtype.isFloating, op.kind != .test || dtype == .bool else {
      throw TensorError(op.rawValue + "_", "the result does not fit a tensor of \(dtype.name)")
    }
    guard op != .frac || dtype.isFloating else { throw needsFloating("frac_") }
    // As out of place, the sign of a bool is the bool.
    if op == .sign && dtype == .bool { return }
    guard op.kind != .same || dtype != .bool else {
      throw TensorError(op.rawValue + "_", "not defined for bool tensors; convert them with to")
    }
    guard op.kind != .bits || !dtype.isFloating else {
      throw TensorError(op.rawValue + "_", "needs a bool or integer tensor, got \(dtype.name)")
    }
    UnaryKernels.run(op, self, self)
    span.touches(self, self)
    wrote()
  }
}

/// The loops of the unary operations.
enum UnaryKernels {
  static func run(_ op: UnaryOp, _ a: Tensor, _ out: Tensor) {
    switch a.dtype {
    case .bool: boolean(op, a, out)
    case .uint8: integer(op, UInt8.self, a, out)
    case .int32: integer(op, Int32.self, a, out)
    case .int64: integer(op, Int64.self, a, out)
    case .float32: floating(op, Float.self, a, out)
    case .float64: floating(op, Double.self, a, out)
    }
  }

  private static func boolean(_ op: UnaryOp, _ a: Tensor, _ out: Tensor) {
    switch op {
    case .isnan, .isinf: out.fillUnrecorded(0)
    case .isfinite: out.fillUnrecorded(1)
    default: Loops.map(a, into: out) { (x: Bool) in !x }
    }
  }

  private static func integer<T: NumericElement & FixedWidthInteger>(
    _ op: UnaryOp, _: T.Type, _ a: Tensor, _ out: Tensor
  ) {
    switch op {
    case .abs: Loops.map(a, into: out) { (x: T) in x < 0 ? 0 &- x : x }
    case .neg: Loops.map(a, into: out) { (x: T) in 0 &- x }
    case .sign: Loops.map(a, into: out) { (x: T) in x.signum() }
    case .square: Loops.map(a, into: out) { (x: T) in x &* x }
    case .relu: Loops.map(a, into: out) { (x: T) in max(x, 0) }
    case .isnan, .isinf: out.fillUnrecorded(0)
    case .isfinite: out.fillUnrecorded(1)
    case .logicalNot: Loops.map(a, into: out) { (x: T) in x == 0 }
    case .bitwiseNot: Loops.map(a, into: out) { (x: T) in ~x }
    default: Loops.map(a, into: out) { (x: T) in x }
    }
  }

  private static func floating<T: MathElement>(
    _ op: UnaryOp, _: T.Type, _ a: Tensor, _ out: Tensor
  ) {
    switch op {
    case .abs: Loops.map(a, into: out) { (x: T) in x.magnitude }
    case .neg: Loops.map(a, into: out) { (x: T) in -x }
    case .sign: Loops.map(a, into: out) { (x: T) -> T in x > 0 ? 1 : x < 0 ? -1 : 0 }
    case .square: Loops.map(a, into: out) { (x: T) in x * x }
    case .relu: Loops.map(a, into: out) { (x: T) in x < 0 ? 0 : x }
    case .floor: Loops.map(a, into: out) { (x: T) in x.rounded(.down) }
    case .ceil: Loops.map(a, into: out) { (x: T) in x.rounded(.up) }
    case .round: Loops.map(a, into: out) { (x: T) in x.rounded(.toNearestOrEven) }
    case .trunc: Loops.map(a, into: out) { (x: T) in x.rounded(.towardZero) }
    case .frac: Loops.map(a, into: out) { (x: T) in x - x.rounded(.towardZero) }
    case .exp: Loops.map(a, into: out) { (x: T) in T.exp(x) }
    case .expm1: Loops.map(a, into: out) { (x: T) in T.expm1(x) }
    case .log: Loops.map(a, into: out) { (x: T) in T.log(x) }
    case .log1p: Loops.map(a, into: out) { (x: T) in T.log1p(x) }
    case .log2: Loops.map(a, into: out) { (x: T) in T.log2(x) }
    case .log10: Loops.map(a, into: out) { (x: T) in T.log10(x) }
    case .sqrt: Loops.map(a, into: out) { (x: T) in x.squareRoot() }
    case .rsqrt: Loops.map(a, into: out) { (x: T) in 1 / x.squareRoot() }
    case .reciprocal: Loops.map(a, into: out) { (x: T) in 1 / x }
    case .sin: Loops.map(a, into: out) { (x: T) in T.sin(x) }
    case .cos: Loops.map(a, into: out) { (x: T) in T.cos(x) }
    case .tan: Loops.map(a, into: out) { (x: T) in T.tan(x) }
    case .asin: Loops.map(a, into: out) { (x: T) in T.asin(x) }
    case .acos: Loops.map(a, into: out) { (x: T) in T.acos(x) }
    case .atan: Loops.map(a, into: out) { (x: T) in T.atan(x) }
    case .sinh: Loops.map(a, into: out) { (x: T) in T.sinh(x) }
    case .cosh: Loops.map(a, into: out) { (x: T) in T.cosh(x) }
    case .tanh: Loops.map(a, into: out) { (x: T) in T.tanh(x) }
    case .sigmoid: Loops.map(a, into: out) { (x: T) in 1 / (1 + T.exp(-x)) }
    case .erf: Loops.map(a, into: out) { (x: T) in T.erf(x) }
    case .erfc: Loops.map(a, into: out) { (x: T) in T.erfc(x) }
    case .gelu:
      let c = T(0.5.squareRoot())
      Loops.map(a, into: out) { (x: T) in x / 2 * T.erfc(-x * c) }
    case .silu: Loops.map(a, into: out) { (x: T) in x / (1 + T.exp(-x)) }
    case .softplus:
      Loops.map(a, into: out) { (x: T) in x > 20 ? x : T.log1p(T.exp(x)) }
    case .isnan: Loops.map(a, into: out) { (x: T) in x.isNaN }
    case .isinf: Loops.map(a, into: out) { (x: T) in x.isInfinite }
    case .isfinite: Loops.map(a, into: out) { (x: T) in x.isFinite }
    case .logicalNot: Loops.map(a, into: out) { (x: T) in x == 0 }
    case .bitwiseNot: break
    }
  }
}

/// The gradients of the unary operations: g times the slope at the saved input or output.
enum UnaryGradient {
  static func compute(_ op: UnaryOp, _ g: Tensor, _ saved: Tensor?) throws -> Tensor {
    guard let saved else {
      switch op {
      case .neg: return try g.scaled(by: -1)
      case .frac: return g
      default: return try Tensor.zeros(g.shape, g.dtype)
      }
    }
    let out = try Tensor(
      empty: g.shape, g.dtype, strides: Loops.outputStrides(g.shape, [saved, g]))
    if g.dtype == .float32 {
      run(op, Float.self, g, saved, out)
    } else {
      run(op, Double.self, g, saved, out)
    }
    return out
  }

  /// x is the input, y the output, whichever `UnaryOp.reads` says.
  private static func run<T: MathElement>(
    _ op: UnaryOp, _: T.Type, _ g: Tensor, _ s: Tensor, _ out: Tensor
  ) {
    switch op {
    case .abs: Loops.map(g, s, into: out) { (g: T, x: T) in x > 0 ? g : x < 0 ? -g : 0 }
    case .square: Loops.map(g, s, into: out) { (g: T, x: T) in g * 2 * x }
    case .relu: Loops.map(g, s, into: out) { (g: T, y: T) in y > 0 ? g : 0 }
    case .exp: Loops.map(g, s, into: out) { (g: T, y: T) in g * y }
    case .expm1: Loops.map(g, s, into: out) { (g: T, y: T) in g * (y + 1) }
    case .log: Loops.map(g, s, into: out) { (g: T, x: T) in g / x }
    case .log1p: Loops.map(g, s, into: out) { (g: T, x: T) in g / (1 + x) }
    case .log2:
      let c = T.log(2)
      Loops.map(g, s, into: out) { (g: T, x: T) in g / (x * c) }
    case .log10:
      let c = T.log(10)
      Loops.map(g, s, into: out) { (g: T, x: T) in g / (x * c) }
    case .sqrt: Loops.map(g, s, into: out) { (g: T, y: T) in g / (2 * y) }
    case .rsqrt: Loops.map(g, s, into: out) { (g: T, y: T) in g * (y * y * y) / -2 }
    case .reciprocal: Loops.map(g, s, into: out) { (g: T, y: T) in -g * y * y }
    case .sin: Loops.map(g, s, into: out) { (g: T, x: T) in g * T.cos(x) }
    case .cos: Loops.map(g, s, into: out) { (g: T, x: T) in -g * T.sin(x) }
    case .tan: Loops.map(g, s, into: out) { (g: T, y: T) in g * (1 + y * y) }
    case .asin: Loops.map(g, s, into: out) { (g: T, x: T) in g / (1 - x * x).squareRoot() }
    case .acos: Loops.map(g, s, into: out) { (g: T, x: T) in -g / (1 - x * x).squareRoot() }
    case .atan: Loops.map(g, s, into: out) { (g: T, x: T) in g / (1 + x * x) }
    case .sinh: Loops.map(g, s, into: out) { (g: T, x: T) in g * T.cosh(x) }
    case .cosh: Loops.map(g, s, into: out) { (g: T, x: T) in g * T.sinh(x) }
    case .tanh: Loops.map(g, s, into: out) { (g: T, y: T) in g * (1 - y * y) }
    case .sigmoid: Loops.map(g, s, into: out) { (g: T, y: T) in g * y * (1 - y) }
    case .erf:
      let c = 2 / T(Double.pi.squareRoot())
      Loops.map(g, s, into: out) { (g: T, x: T) in g * c * T.exp(-x * x) }
    case .erfc:
      let c = -2 / T(Double.pi.squareRoot())
      Loops.map(g, s, into: out) { (g: T, x: T) in g * c * T.exp(-x * x) }
    case .gelu:
      let (c, d) = (T(0.5.squareRoot()), T((0.5 / Double.pi).squareRoot()))
      Loops.map(g, s, into: out) { (g: T, x: T) in
        g * (T.erfc(-x * c) / 2 + x * d * T.exp(-x * x / 2))
      }
    case .silu:
      Loops.map(g, s, into: out) { (g: T, x: T) in
        let y = 1 / (1 + T.exp(-x))
        return g * y * (1 + x * (1 - y))
      }
    case .softplus:
      Loops.map(g, s, into: out) { (g: T, x: T) in x > 20 ? g : g / (1 + T.exp(-x)) }
    default: out.fillUnrecorded(0)
    }
  }
}
