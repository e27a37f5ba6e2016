// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Writes to picked positions, into a copy or in place. Positions count from 1.
func addIndexWrites(to operations: inout TensorOperations) {
  operations.add("index_copy") { call, t in
    .tensor(
      try t.indexCopy(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
  operations.add("index_fill") { call, t in
    .tensor(
      try t.indexFill(call.dimension(2), call.indexTensor(3, "index"), requiredScalar(call, 4)))
  }
  operations.add("put") { call, t in
    let o = try call.options(at: 4, allowed: ["accumulate"])
    return .tensor(
      try t.put(
        call.indexTensor(2, "index"), call.tensor(3, "source"),
        accumulate: o.boolean("accumulate") ?? false))
  }
  operations.add("masked_scatter") { call, t in
    .tensor(try t.maskedScatter(call.tensor(2, "mask"), call.tensor(3, "source")))
  }
  operations.add("take_along_dim") { call, t in
    .tensor(try t.takeAlong(call.indexTensor(2, "index"), dim: call.optionalDimension(3)))
  }
  operations.add("isin") { call, t in .tensor(try t.isin(call.tensorOrList(2, "test"))) }
  operations.add("argwhere") { _, t in .tensor(try oneBased(t.nonzero())) }

  operations.add("index_copy_", most: 4) { call, t in
    .tensor(
      try t.indexCopy_(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
  operations.add("index_fill_", most: 4) { call, t in
    .tensor(
      try t.indexFill_(call.dimension(2), call.indexTensor(3, "index"), requiredScalar(call, 4)))
  }
  operations.add("index_add_", most: 4) { call, t in
    .tensor(
      try t.indexAdd_(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
  operations.add("put_", most: 4) { call, t in
    let o = try call.options(at: 4, allowed: ["accumulate"])
    return .tensor(
      try t.put_(
        call.indexTensor(2, "index"), call.tensor(3, "source"),
        accumulate: o.boolean("accumulate") ?? false))
  }
  operations.add("masked_scatter_", most: 3) { call, t in
    .tensor(try t.maskedScatter_(call.tensor(2, "mask"), call.tensor(3, "source")))
  }
  operations.add("scatter_", most: 4) { call, t in
    let (dim, index) = (try call.dimension(2), try call.indexTensor(3, "index"))
    if call.kind(4) == .object {
      return .tensor(try t.scatter_(dim, index, call.tensor(4, "source")))
    }
    return .tensor(try t.scatter_(dim, index, requiredScalar(call, 4)))
  }
  operations.add("scatter_add_", most: 4) { call, t in
    .tensor(
      try t.scatterAdd_(call.dimension(2), call.indexTensor(3, "index"), call.tensor(4, "source")))
  }
}

private func requiredScalar(_ call: LuaCall, _ i: Int) throws -> Scalar {
  guard let value = try scalar(call, i, "value") else {
    throw call.argumentError(i, "value", "number expected, got no value")
  }
  return value
}
