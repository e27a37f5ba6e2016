// SPDX-License-Identifier: Apache-2.0

/// The gradients of the binary operations.
enum BinaryGradient {
  /// Puts `out` on the tape; only operands that a wanted gradient reads are saved.
  static func record(
    _ op: BinaryOp, _ a: OperandValue, _ b: OperandValue, _ inputs: [Tensor], _ out: Tensor
  ) -> Tensor {
    let wants = (a.tensor?.requiresGrad ?? false, b.tensor?.requiresGrad ?? false)
    let needs = operandsRead(op, wants)
    var saved: [Node.Saved] = []
    // What the gradient will read: numbers are kept as they are, tensors come from the tape.
    func source(_ v: OperandValue, _ read: Bool) -> Source {
      switch v {
      case .scalar(let s): return .number(s)
      case .tensor(let t):
        guard read else { return .unread }
        saved.append(.operand(t, of: out.shape))
        return .saved(saved.count - 1)
      }
    }
    let (x, y) = (source(a, needs.a), source(b, needs.b))
    let (hasA, hasB) = (a.tensor != nil, b.tensor != nil)
    return out.recorded(
      op.rawValue, inputs, rows: .elementwise(out, inputs), saved: saved
    ) { c in
      let wantsA = hasA && c.wants[0]
      let wantsB = hasB && c.wants[hasA ? 1 : 0]
      let (left, right) = (x.value(c), y.value(c))
      var gradients: [Tensor?] = []
      if hasA {
        let g = wantsA ? try forLeft(op, c.grad, left, right) : nil
        gradients.append(try g?.summed(to: c.inputShapes[0]))
      }
      if hasB {
        let g = wantsB ? try forRight(op, c.grad, left, right) : nil
        gradients.append(try g?.summed(to: c.inputShapes[hasA ? 1 : 0]))
      }
      return gradients
    }
  }

  private enum Source {
    case number(Scalar)
    case saved(Int)
    case unread

    func value(_ c: Node.Context) -> OperandValue {
      switch self {
      case .number(let s): .scalar(s)
      case .saved(let i): .tensor(c.saved[i])
      case .unread: .scalar(0)
      }
    }
  }

  private static func operandsRead(_ op: BinaryOp, _ wants: (Bool, Bool)) -> (a: Bool, b: Bool) {
    switch op {
    case .add, .sub: (false, false)
    case .mul: (wants.1, wants.0)
    case .div: (wants.1, true)
    case .remainder, .fmod: (wants.1, wants.1)
    default: (true, true)
    }
  }

  private static func forLeft(
    _ op: BinaryOp, _ g: Tensor, _ a: OperandValue, _ b: OperandValue
  ) throws -> Tensor {
    switch op {
    case .mul: return try .binary(.mul, g, b)
    case .div: return try .binary(.div, g, b)
    case .pow:
      // b a^(b-1), and 0 where b is 0.
      let slope = try Tensor.binary(
        .mul, Tensor.binary(.pow, a, OperandValue.minusOne(b)), b)
      return try g * Tensor.where(Tensor.compare(.eq, b, 0, like: slope), 0, slope)
    case .maximum, .minimum: return try .binary(.mul, g, share(op, a, b, g))
    case .atan2: return try .binary(.mul, g, Tensor.binary(.div, b, squares(a, b)))
    default: return g
    }
  }

  private static func forRight(
    _ op: BinaryOp, _ g: Tensor, _ a: OperandValue, _ b: OperandValue
  ) throws -> Tensor {
    switch op {
    case .add: return g
    case .mul: return try .binary(.mul, g, a)
    case .div:
      return try -Tensor.binary(.mul, g, Tensor.binary(.div, Tensor.binary(.div, a, b), b))
    case .remainder:
      return try -Tensor.binary(.mul, g, Tensor.binary(.floorDivide, a, b))
    case .fmod:
      return try -Tensor.binary(.mul, g, Tensor.binary(.div, a, b).trunc())
    case .pow:
      // a^b log a, and 0 where a is 0 and b is not negative.
      let slope = try Tensor.binary(.pow, a, b) * Tensor.unary(.log, a)
      let zero = try Tensor.binary(
        .logicalAnd, Tensor.compare(.eq, a, 0, like: slope), Tensor.compare(.ge, b, 0, like: slope))
      return try g * Tensor.where(zero, 0, slope)
    case .maximum, .minimum:
      return try .binary(.mul, g, Tensor.binary(.sub, 1, share(op, a, b, g)))
    case .atan2: return try -Tensor.binary(.mul, g, Tensor.binary(.div, a, squares(a, b)))
    default: return try -g
    }
  }

  private static func squares(_ a: OperandValue, _ b: OperandValue) throws -> Tensor {
    let (x, y) = (try square(a), try square(b))
    return try .binary(.add, x, y)
  }

  private static func square(_ v: OperandValue) throws -> OperandValue {
    switch v {
    case .tensor(let t): .tensor(try t * t)
    case .scalar(let s): .scalar(.float(s.asDouble * s.asDouble))
    }
  }

  /// The share of the gradient that goes to the left side of a maximum or minimum: half on ties.
  private static func share(
    _ op: BinaryOp, _ a: OperandValue, _ b: OperandValue, _ g: Tensor
  ) throws -> Tensor {
    let wins = try Tensor.binary(op == .maximum ? .gt : .lt, a, b).cast(g.dtype)
    let ties = try Tensor.binary(.eq, a, b).cast(g.dtype)
    return try wins + ties.scaled(by: 0.5)
  }
}

extension OperandValue {
  static func minusOne(_ v: OperandValue) throws -> OperandValue {
    switch v {
    case .tensor(let t): .tensor(try .binary(.sub, t, 1))
    case .scalar(let s): .scalar(.float(s.asDouble - 1))
    }
  }
}

extension Tensor {
  /// A comparison of an operand with a number, as a bool tensor even when both are numbers.
  fileprivate static func compare(
    _ op: BinaryOp, _ a: OperandValue, _ number: Scalar, like t: Tensor
  ) throws -> Tensor {
    if case .scalar(let s) = a { return try binary(op, scalar(s.asDouble, t.dtype), number) }
    return try binary(op, a, number)
  }

  fileprivate static func unary(_ op: UnaryOp, _ a: OperandValue) throws -> Tensor {
    switch a {
    case .tensor(let t): try t.unary(op)
    case .scalar(let s): try scalar(s.asDouble, .float64).unary(op)
    }
  }
}
