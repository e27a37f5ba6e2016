// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Operations that are both methods of a tensor and functions of `th`: `t:exp()` and `th.exp(t)`.
///
/// The tensor is argument 1 either way.
struct TensorOperations {
  private(set) var bodies: [(name: String, body: Namespace.Body)] = []

  mutating func add(_ name: String, _ body: @escaping (LuaCall, Tensor) throws -> LuaResult) {
    bodies.append((name, { call in try body(call, call.tensor(1, "tensor")) }))
  }

  /// Adds operations of one tensor and nothing else.
  mutating func add(unary operations: KeyValuePairs<String, (Tensor) throws -> Tensor>) {
    for (name, operation) in operations {
      add(name) { _, t in .tensor(try operation(t)) }
    }
  }

  static func all() -> TensorOperations {
    var operations = TensorOperations()
    addElementwise(to: &operations)
    addViews(to: &operations)
    addReductions(to: &operations)
    addSelecting(to: &operations)
    addOrdering(to: &operations)
    addLinearAlgebra(to: &operations)
    addTape(to: &operations)
    return operations
  }
}
