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

  try session.registerClass(NewAxis.self, name: "NewAxis")
  try session.registerClass(
    Tensor.self, name: "Tensor",
    methods: operations.bodies.map { method($0.name, most: $0.most, as: $0.name, $0.body) },
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
