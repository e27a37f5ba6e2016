// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// The Lua class `Tensor`: properties, operators, indexing, and every operation as a method.
func registerTensor(in session: LuaSession, operations: TensorOperations) throws {
  func property(
    _ name: String, _ get: @escaping (Tensor) throws -> LuaResult
  ) -> LuaProperty {
    LuaProperty(name, get: translated { call in try get(call.tensor(1, "self")) })
  }

  try session.registerClass(
    Tensor.self, name: "Tensor",
    methods: operations.bodies.map { method($0.name, $0.body) },
    properties: [
      property("shape") { .list($0.shape.map { .integer($0) }) },
      property("strides") { .list($0.strides.map { .integer($0) }) },
      property("ndim") { .integer($0.ndim) },
      property("count") { .integer($0.count) },
      property("dtype") { .string($0.dtype.name) },
      property("is_contiguous") { .boolean($0.isContiguous) },
      LuaProperty(
        "grad",
        get: { call in
          guard let grad = try call.tensor(1, "self").grad else { return .one(.nil) }
          return .tensor(grad)
        },
        set: setGrad),
      LuaProperty(
        "requires_grad", get: { .boolean(try $0.tensor(1, "self").requiresGrad) },
        set: { call in
          let wanted = try call.boolean(3, "requires_grad")
          _ = try translated { call in
            try call.tensor(1, "self").requireGrad(wanted)
            return .none
          }(call)
        }),
    ],
    metamethods: tensorOperators(),
    index: translated { call in try getItem(call.tensor(1, "self"), call) },
    newIndex: { call in
      _ = try translated { call in
        try setItem(call.tensor(1, "self"), call)
        return .none
      }(call)
    })
}

private func setGrad(_ call: LuaCall) throws {
  let tensor = try call.tensor(1, "self")
  guard let grad = try call.optionalTensor(3, "grad") else {
    tensor.grad = nil
    return
  }
  guard grad.shape == tensor.shape, grad.dtype == tensor.dtype else {
    throw call.argumentError(
      3, "grad",
      "needs \(tensor.dtype.name) \(shapeText(tensor.shape)), got \(grad.dtype.name) "
        + shapeText(grad.shape))
  }
  tensor.grad = grad
}

/// `+ - * / // % ^`, unary minus, `#`, `tostring`, `& | ~` on bools and integers; `<` and `..` explain
/// themselves.
private func tensorOperators() -> [LuaMethod] {
  func binary(_ name: String, _ operation: @escaping (Operand, Operand) throws -> Tensor)
    -> LuaMethod
  {
    method(name) { call in
      .tensor(try operation(Operand(call, 1, "left operand"), Operand(call, 2, "right operand")))
    }
  }
  func refused(_ name: String, _ symbol: String, _ hint: String) -> LuaMethod {
    method(name) { _ in
      throw TensorError(symbol, "Lua turns its result into one boolean; use \(hint)")
    }
  }
  return [
    binary("__add") { try $0.tensor(beside: $1) + $1.tensor(beside: $0) },
    binary("__sub") { try $0.tensor(beside: $1) - $1.tensor(beside: $0) },
    binary("__mul") { try $0.tensor(beside: $1) * $1.tensor(beside: $0) },
    binary("__div") { try $0.tensor(beside: $1) / $1.tensor(beside: $0) },
    method("__unm") { call in .tensor(try -call.tensor(1, "self")) },
    method("__len") { call in
      let t = try call.tensor(1, "self")
      guard let first = t.shape.first else {
        throw TensorError("#", "a 0-d tensor has no length; use t:item() for its value")
      }
      return .integer(first)
    },
    method("__tostring") { call in .string("\(try call.tensor(1, "self"))") },
    refused("__lt", "<", "a:lt(b) or a:gt(b)"),
    refused("__le", "<=", "a:le(b) or a:ge(b)"),
  ]
}

/// An operand of an elementwise operation: a tensor, or a number that takes on the other's type where
/// it can.
enum Operand {
  case tensor(Tensor)
  case integer(Int64)
  case number(Double)
  case boolean(Bool)

  init(_ call: LuaCall, _ i: Int, _ name: String) throws {
    switch call.kind(i) {
    case .integer: self = .integer(Int64(try call.integer(i, name)))
    case .number: self = .number(try call.number(i, name))
    case .boolean: self = .boolean(try call.boolean(i, name))
    default: self = .tensor(try call.tensor(i, name))
    }
  }

  /// This operand as a tensor; a float beside a float64 tensor keeps its precision.
  func tensor(beside other: Operand) throws -> Tensor {
    switch self {
    case .tensor(let tensor): return tensor
    case .integer(let value): return try Tensor([value], [])
    case .boolean(let value): return try Tensor([value], [])
    case .number(let value):
      if case .tensor(let tensor) = other, tensor.dtype == .float64 {
        return try Tensor([value], [])
      }
      return try Tensor([Float(value)], [])
    }
  }
}
