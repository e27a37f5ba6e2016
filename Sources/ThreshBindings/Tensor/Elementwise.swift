// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Elementwise operations: of one tensor, of two operands, and choices by a mask.
func addElementwise(to operations: inout TensorOperations) {
  operations.add(unary: [
    "abs": { try $0.abs() }, "neg": { try $0.neg() }, "sign": { try $0.sign() },
    "square": { try $0.square() }, "relu": { try $0.relu() }, "floor": { try $0.floor() },
    "ceil": { try $0.ceil() }, "round": { try $0.round() }, "trunc": { try $0.trunc() },
    "exp": { try $0.exp() }, "expm1": { try $0.expm1() }, "log": { try $0.log() },
    "log1p": { try $0.log1p() }, "log2": { try $0.log2() }, "log10": { try $0.log10() },
    "sqrt": { try $0.sqrt() }, "rsqrt": { try $0.rsqrt() }, "reciprocal": { try $0.reciprocal() },
    "sin": { try $0.sin() }, "cos": { try $0.cos() }, "tan": { try $0.tan() },
    "asin": { try $0.asin() }, "acos": { try $0.acos() }, "atan": { try $0.atan() },
    "sinh": { try $0.sinh() }, "cosh": { try $0.cosh() }, "tanh": { try $0.tanh() },
    "sigmoid": { try $0.sigmoid() }, "frac": { try $0.frac() }, "erf": { try $0.erf() },
    "erfc": { try $0.erfc() }, "gelu": { try $0.gelu() }, "silu": { try $0.silu() },
    "softplus": { try $0.softplus() }, "isnan": { try $0.isnan() }, "isinf": { try $0.isinf() },
    "isfinite": { try $0.isfinite() }, "logical_not": { try $0.logicalNot() },
    "bitwise_not": { try $0.bitwiseNot() },
  ])
  for (name, op) in binaryOperations {
    operations.add(name) { call, t in
      let result = try Tensor.binary(op, .tensor(t), LuaOperand(call, 2, "other").operand)
      return call.count < 3 ? .tensor(result) : try delivered(result, call, optionsAt: 3)
    }
  }
  operations.add("clamp") { call, t in
    let (least, most) = try clampBounds(call)
    return .tensor(try t.clamp(min: least, max: most))
  }
  operations.add("lerp") { call, t in
    .tensor(try t.lerp(call.tensor(2, "end"), LuaOperand(call, 3, "weight")))
  }
  for (name, make) in [
    ("addcmul", { try $0.addcmul($1, $2, value: $3) }),
    ("addcdiv", { try $0.addcdiv($1, $2, value: $3) }),
  ] as [(String, (Tensor, Tensor, Tensor, Scalar) throws -> Tensor)] {
    operations.add(name) { call, t in
      let o = try call.options(at: 4, allowed: ["value"])
      return .tensor(
        try make(t, call.tensor(2, "a"), call.tensor(3, "b"), o.scalar("value") ?? 1))
    }
  }
  operations.add("nan_to_num") { call, t in
    let o = try call.options(at: 2, allowed: ["nan", "posinf", "neginf"])
    return .tensor(
      try t.nanToNum(
        nan: o.number("nan") ?? 0, posinf: o.number("posinf"), neginf: o.number("neginf")))
  }
  operations.add("isclose") { call, t in
    let o = try call.options(at: 3, allowed: ["rtol", "atol", "equal_nan"])
    return .tensor(
      try t.isclose(
        call.tensor(2, "other"), rtol: o.number("rtol") ?? 1e-5, atol: o.number("atol") ?? 1e-8,
        equalNaN: o.boolean("equal_nan") ?? false))
  }
  operations.add("where") { call, condition in
    .tensor(
      try Tensor.where(
        condition, LuaOperand(call, 2, "a"), LuaOperand(call, 3, "b")))
  }
}

private let binaryOperations: KeyValuePairs<String, BinaryOp> = [
  "add": .add, "sub": .sub, "mul": .mul, "div": .div, "remainder": .remainder, "fmod": .fmod,
  "floor_divide": .floorDivide, "pow": .pow, "maximum": .maximum, "minimum": .minimum,
  "atan2": .atan2, "lt": .lt, "le": .le, "gt": .gt, "ge": .ge, "eq": .eq, "ne": .ne,
  "logical_and": .logicalAnd, "logical_or": .logicalOr, "logical_xor": .logicalXor,
  "bitwise_and": .bitwiseAnd, "bitwise_or": .bitwiseOr, "bitwise_xor": .bitwiseXor,
]

/// `{min=, max=}`, or the two bounds one after the other.
func clampBounds(_ call: LuaCall) throws -> (Scalar?, Scalar?) {
  if call.kind(2) == .table {
    try call.refuse(behind: 2)
    let options = try call.options(at: 2, allowed: ["min", "max"])
    return (try options.scalar("min"), try options.scalar("max"))
  }
  return (try scalar(call, 2, "min"), try scalar(call, 3, "max"))
}

/// A number argument that keeps its kind; nil when missing.
func scalar(_ call: LuaCall, _ i: Int, _ name: String) throws -> Scalar? {
  switch call.kind(i) {
  case .none, .nil: nil
  case .integer: .int(Int64(try call.integer(i, name)))
  case .boolean: .bool(try call.boolean(i, name))
  default: .float(try call.number(i, name))
  }
}

extension LuaOptions {
  func scalar(_ name: String) throws -> Scalar? {
    switch value(name) {
    case .integer(let value): .int(value)
    case .boolean(let value): .bool(value)
    default: try number(name).map { .float($0) }
    }
  }
}

/// An argument of an elementwise operation: a tensor or a number.
struct LuaOperand: Operand {
  let operand: OperandValue

  init(_ call: LuaCall, _ i: Int, _ name: String) throws {
    if let tensor = call.exactObject(i, as: Tensor.self) {
      operand = .tensor(tensor)
      return
    }
    switch call.kind(i) {
    case .integer: operand = .scalar(.int(Int64(try call.integer(i, name))))
    case .number: operand = .scalar(.float(try call.number(i, name)))
    case .boolean: operand = .scalar(.bool(try call.boolean(i, name)))
    case .object: operand = .tensor(try call.tensor(i, name))
    default:
      throw call.argumentError(i, name, "Tensor or number expected, got \(call.typeName(i))")
    }
  }
}

/// `+ - * / // % ^`, unary minus, `& | ~`, `#` and `tostring`; `<` explains itself.
func tensorOperators() -> [LuaMethod] {
  func binary(_ name: String, _ op: BinaryOp) -> LuaMethod {
    method(name) { call in
      .tensor(
        try Tensor.binary(
          op, LuaOperand(call, 1, "left operand").operand,
          LuaOperand(call, 2, "right operand").operand))
    }
  }
  func refused(_ name: String, _ symbol: String, _ hint: String) -> LuaMethod {
    method(name) { _ in
      throw TensorError(symbol, "Lua turns its result into one boolean; use \(hint)")
    }
  }
  return [
    binary("__add", .add), binary("__sub", .sub), binary("__mul", .mul), binary("__div", .div),
    binary("__mod", .remainder), binary("__idiv", .floorDivide), binary("__pow", .pow),
    binary("__band", .bitwiseAnd), binary("__bor", .bitwiseOr), binary("__bxor", .bitwiseXor),
    method("__unm") { call in .tensor(try -call.tensor(1, "self")) },
    method("__bnot") { call in .tensor(try call.tensor(1, "self").bitwiseNot()) },
    method("__len") { call in
      let t = try call.tensor(1, "self")
      guard let first = t.shape.first else {
        throw TensorError("#", "a 0-d tensor has no length; t:item() is its value")
      }
      return .integer(first)
    },
    method("__tostring") { call in .string("\(try call.tensor(1, "self"))") },
    refused("__lt", "<", "a:lt(b) or a:gt(b)"),
    refused("__le", "<=", "a:le(b) or a:ge(b)"),
  ]
}
