// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Running extremes and reductions with two results. Positions count from 1.
func addSummaries(to operations: inout TensorOperations) {
  for (name, run) in [
    ("cummax", { try $0.cummax($1) }), ("cummin", { try $0.cummin($1) }),
  ] as [(String, (Tensor, Int) throws -> (values: Tensor, indices: Tensor))] {
    operations.add(name) { call, t in
      let found = try run(t, call.dimension(2))
      return .many([.object(found.values), .object(try oneBased(found.indices))])
    }
  }
  operations.add("logcumsumexp") { call, t in .tensor(try t.logcumsumexp(call.dimension(2))) }
  operations.add("aminmax") { call, t in
    let a = try ReductionArguments(call)
    let found = try t.aminmax(dim: a.single(call), keepdim: a.keepdim)
    return .many([.object(found.min), .object(found.max)])
  }
  for (name, both) in [
    ("var_mean", { try $0.varianceAndMean(dims: $1, correction: $2, keepdim: $3) }),
    ("std_mean", { try $0.stdAndMean(dims: $1, correction: $2, keepdim: $3) }),
  ] as [(String, (Tensor, [Int]?, Double, Bool) throws -> (Tensor, Tensor))] {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call, allowed: ["correction"])
      let (first, mean) = try both(
        t, a.dims, a.options.number("correction") ?? 1, a.keepdim)
      return .many([.object(first), .object(mean)])
    }
  }
  for (name, reduce) in [
    ("nansum", { try $0.nansum(dims: $1, keepdim: $2) }),
    ("nanmean", { try $0.nanmean(dims: $1, keepdim: $2) }),
  ] as [(String, (Tensor, [Int]?, Bool) throws -> Tensor)] {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call)
      return .tensor(try reduce(t, a.dims, a.keepdim))
    }
  }
  operations.add("kthvalue") { call, t in
    let k = try call.integer(2, "k")
    let a = try ReductionArguments(call, at: 3)
    let found = try t.kthvalue(k, dim: a.single(call) ?? -1, keepdim: a.keepdim)
    return .many([.object(found.values), .object(try oneBased(found.indices))])
  }
}
