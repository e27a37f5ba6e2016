// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Operations on the tape: gradients, detaching, dropping rows.
func addTape(to operations: inout TensorOperations) {
  operations.add("backward", most: 3) { call, t in
    let positional = call.kind(2) == .object
    let o = try call.options(at: positional ? 3 : 2, allowed: ["retain_graph"])
    try t.backward(
      positional ? call.tensor(2, "gradient") : nil,
      retainGraph: o.boolean("retain_graph") ?? false)
    return .none
  }
  operations.add("detach") { _, t in .tensor(t.detached()) }
  operations.add("requires_grad_", most: 2) { call, t in
    .tensor(try t.requireGrad(call.optionalBoolean(2, "wanted") ?? true))
  }
  // Drops all rows but these between forward and backward.
  operations.add("keep", most: 2) { call, t in
    let rows: Tensor
    let n = t.shape.first ?? 0
    if call.kind(2) == .object, try call.tensor(2, "rows").dtype == .bool {
      let mask = try call.tensor(2, "rows")
      guard mask.shape == [n] else {
        throw call.argumentError(
          2, "rows", "a mask of a batch of \(n) has shape (\(n),), got \(shapeText(mask.shape))")
      }
      rows = try mask.nonzero().flatten()
    } else {
      rows = try call.indexTensor(2, "rows")
    }
    // Beyond the first row a negative one stays as it was given, for the message.
    let wrapped = try rows.castValues(Int64.self).map { row in
      row < 0 && row >= -n ? Int(row) + n : Int(row)
    }
    return .tensor(try t.keep(wrapped))
  }
}
