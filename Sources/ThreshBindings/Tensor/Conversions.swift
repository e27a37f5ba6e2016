// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Other element types and the shapes of other tensors.
func addConversions(to operations: inout TensorOperations) {
  operations.add("to") { call, t in
    let text = try call.string(2, "dtype")
    guard let dtype = DType(name: text) else {
      throw call.argumentError(
        2, "dtype", "unknown dtype '\(text)'\(suggestion(text, DType.allCases.map(\.name)))")
    }
    return .tensor(try t.cast(dtype))
  }
  for (name, dtype) in [
    ("float", .float32), ("double", .float64), ("long", .int64), ("int", .int32),
    ("byte", .uint8), ("bool", .bool),
  ] as [(String, DType)] {
    operations.add(name) { _, t in .tensor(try t.cast(dtype)) }
  }
  operations.add("type_as") { call, t in .tensor(try t.cast(call.tensor(2, "other").dtype)) }
  operations.add("expand_as") { call, t in .tensor(try t.expand(call.tensor(2, "other").shape)) }
  operations.add("view_as") { call, t in .tensor(try t.view(call.tensor(2, "other").shape)) }
  operations.add("reshape_as") { call, t in
    .tensor(try t.reshape(call.tensor(2, "other").shape))
  }
  operations.add("numel") { _, t in .integer(t.count) }
  operations.add("dim") { _, t in .integer(t.ndim) }
}
