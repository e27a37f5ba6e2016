// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Operations on the tape: gradients, detaching, dropping rows.
func addTape(to operations: inout TensorOperations) {
  operations.add("backward") { call, t in
    let positional = call.kind(2) == .object
    let o = try call.options(at: positional ? 3 : 2, allowed: ["retain_graph"])
    try t.backward(
      positional ? call.tensor(2, "gradient") : nil,
      retainGraph: o.boolean("retain_graph") ?? false)
    return .none
  }
  operations.add("detach") { _, t in .tensor(t.detached()) }
  operations.add("requires_grad_") { call, t in
    .tensor(try t.requireGrad(call.optionalBoolean(2, "wanted") ?? true))
  }
  // Drops all rows but these between forward and backward.
  operations.add("keep") { call, t in
    let rows: Tensor
    if call.kind(2) == .object, try call.tensor(2, "rows").dtype == .bool {
      rows = try call.tensor(2, "rows").nonzero().flatten()
    } else {
      rows = try call.indexTensor(2, "rows")
    }
    let n = t.shape.first ?? 0
    return .tensor(try t.keep(rows.castValues(Int64.self).map { Int($0 < 0 ? $0 + Int64(n) : $0) }))
  }
}
