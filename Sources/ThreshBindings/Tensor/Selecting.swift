// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Picking, scattering and masking. Positions count from 1.
func addSelecting(to operations: inout TensorOperations) {
  operations.add("index_select") { call, t in
    .tensor(try t.indexSelect(call.dimension(2), call.indexTensor(3, "index")))
  }
  operations.add("gather") { call, t in
    .tensor(try t.gather(call.dimension(2), call.indexTensor(3, "index")))
  }
  operations.add("scatter") { call, t in
    let (dim, index) = (try call.dimension(2), try call.indexTensor(3, "index"))
    if let value = call.kind(4) == .object ? nil : try scalar(call, 4, "value") {
      return .tensor(try t.scatter(dim, index, value))
    }
    return .tensor(try t.scatter(dim, index, call.tensor(4, "source")))
  }
  operations.add("scatter_add") { call, t in
    .tensor(
      try t.scatterAdd(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
  operations.add("index_add") { call, t in
    .tensor(
      try t.indexAdd(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
  operations.add("take") { call, t in .tensor(try t.take(call.indexTensor(2, "index"))) }
  operations.add("masked_select") { call, t in
    .tensor(try t.maskedSelect(call.tensor(2, "mask")))
  }
  operations.add("masked_fill") { call, t in
    guard let value = try scalar(call, 3, "value") else {
      throw call.argumentError(3, "value", "number expected, got no value")
    }
    return .tensor(try t.maskedFill(call.tensor(2, "mask"), value))
  }
  operations.add("nonzero") { _, t in .tensor(try oneBased(t.nonzero())) }
  operations.add("flip") { call, t in
    let dims = try call.integers(from: 2, "dims").map { dim in
      guard dim != 0 else { throw call.argumentError(2, "dims", "dimensions count from 1, got 0") }
      return dim > 0 ? dim - 1 : dim
    }
    return .tensor(try t.flip(dims))
  }
  operations.add("roll") { call, t in
    .tensor(
      try t.roll([call.integer(2, "shift")], call.optionalDimension(3).map { [$0] }))
  }
  operations.add("tril") { call, t in
    .tensor(try t.tril(call.optionalInteger(2, "diagonal") ?? 0))
  }
  operations.add("triu") { call, t in
    .tensor(try t.triu(call.optionalInteger(2, "diagonal") ?? 0))
  }
  operations.add("equal") { call, t in .boolean(try t.equal(call.tensor(2, "other"))) }
  operations.add("allclose") { call, t in
    let o = try call.options(at: 3, allowed: ["rtol", "atol", "equal_nan"])
    return .boolean(
      try t.allclose(
        call.tensor(2, "other"), rtol: o.number("rtol") ?? 1e-5, atol: o.number("atol") ?? 1e-8,
        equalNaN: o.boolean("equal_nan") ?? false))
  }
}

/// `th.cat`, `th.stack`, `th.newaxis`, `th.is_tensor`.
func addJoining(to th: inout Namespace) {
  th.value("newaxis", .object(NewAxis()))
  th.function("is_tensor") { call in .boolean(try call.objectIf(1, "value", as: Tensor.self) != nil)
  }
  th.function("cat") { call in
    .tensor(try Tensor.cat(tensorList(call, 1, "tensors"), call.optionalDimension(2) ?? 0))
  }
  // einsum("ij,jk->ik", {a, b})
  th.function("einsum") { call in
    .tensor(try Tensor.einsum(call.string(1, "equation"), tensorList(call, 2, "tensors")))
  }
  th.function("meshgrid") { call in
    .tensors(try Tensor.meshgrid(tensorList(call, 1, "tensors")))
  }
  th.function("stack") { call in
    .tensor(try Tensor.stack(tensorList(call, 1, "tensors"), call.optionalDimension(2) ?? 0))
  }
}
