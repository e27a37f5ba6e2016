// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Operations that are both methods of a tensor and functions of `th`: `t:exp()` and `th.exp(t)`.
///
/// The tensor is argument 1 either way.
struct TensorOperations {
  private(set) var bodies: [(name: String, most: Int?, body: Namespace.Body)] = []

  /// - Parameter most: how many arguments the operation takes, the tensor included; for those that
  ///   write, which must refuse others before.
  mutating func add(
    _ name: String, most: Int? = nil, _ body: @escaping (LuaCall, Tensor) throws -> LuaResult
  ) {
    bodies.append((name, most, { call in try body(call, call.tensor(1, "tensor")) }))
  }

  /// Adds operations of one tensor and nothing else.
  mutating func add(unary operations: KeyValuePairs<String, (Tensor) throws -> Tensor>) {
    for (name, operation) in operations {
      add(name) { call, t in
        call.count < 2
          ? .tensor(try operation(t)) : try delivered(operation(t), call, optionsAt: 2)
      }
    }
  }

  static func all(random: DefaultRandom) -> TensorOperations {
    var operations = TensorOperations()
    addElementwise(to: &operations)
    addInPlace(to: &operations)
    addConversions(to: &operations)
    addRandomFills(to: &operations, random: random)
    addViews(to: &operations)
    addReductions(to: &operations)
    addSummaries(to: &operations)
    addSelecting(to: &operations)
    addIndexWrites(to: &operations)
    addOrdering(to: &operations)
    addLinearAlgebra(to: &operations)
    addTape(to: &operations)
    return operations
  }
}

/// A result, written into the tensor that option `out` names if there is one.
func delivered(_ result: Tensor, _ call: LuaCall, optionsAt i: Int) throws -> LuaResult {
  let options = try call.options(at: i, allowed: ["out"])
  guard let out = try options.tensor("out") else { return .tensor(result) }
  return .tensor(try result.delivered(to: out, call.shortName))
}
