// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Sorting, counting and cutting into parts. Positions count from 1.
func addOrdering(to operations: inout TensorOperations) {
  operations.add("sort") { call, t in
    let (dim, o) = try dimensionAndOptions(call, ["descending", "stable"])
    let (values, indices) = try t.sort(
      dim: dim ?? -1, descending: o.boolean("descending") ?? false)
    return .many([.object(values), .object(try oneBased(indices))])
  }
  operations.add("argsort") { call, t in
    let (dim, o) = try dimensionAndOptions(call, ["descending", "stable"])
    let order = try t.argsort(dim: dim ?? -1, descending: o.boolean("descending") ?? false)
    return .tensor(try oneBased(order))
  }
  operations.add("topk") { call, t in
    let k = try call.count(2, "k")
    let o = try call.options(at: 3, allowed: ["dim", "largest", "sorted"])
    let (values, indices) = try t.topk(
      k, dim: o.dimension() ?? -1, largest: o.boolean("largest") ?? true,
      sorted: o.boolean("sorted") ?? true)
    return .many([.object(values), .object(try oneBased(indices))])
  }
  // The values, for each element the position of its value, and how often each occurs.
  operations.add("unique") { _, t in
    let found = try t.uniqueWithCounts()
    return .many([
      .object(found.values), .object(try oneBased(found.inverse)), .object(found.counts),
    ])
  }
  // Element i counts how often i occurs: numbers count from 1.
  operations.add("bincount") { call, t in
    let o = try call.options(at: 2, allowed: ["weights", "minlength"])
    guard t.dtype.isInteger else {
      throw call.argumentError(1, "tensor", "needs integers, got \(t.dtype.name)")
    }
    let positions = try zeroBased(t) { call.argumentError(1, "tensor", $0) }
    return .tensor(
      try positions.bincount(
        weights: o.tensor("weights"), minlength: o.integer("minlength") ?? 0))
  }
  operations.add("searchsorted") { call, t in
    let o = try call.options(at: 3, allowed: ["right"])
    return .tensor(
      try oneBased(
        t.searchsorted(
          call.tensorOrList(2, "values"), right: o.boolean("right") ?? false)))
  }
  operations.add("bucketize") { call, t in
    let o = try call.options(at: 3, allowed: ["right"])
    return .tensor(
      try oneBased(
        call.tensorOrList(2, "boundaries").searchsorted(t, right: o.boolean("right") ?? false)))
  }
  operations.add("histc") { call, t in
    let o = try call.options(at: 2, allowed: ["bins", "min", "max"])
    return .tensor(
      try t.histc(
        bins: o.integer("bins") ?? 100, min: o.number("min") ?? 0, max: o.number("max") ?? 0))
  }
  operations.add("median") { call, t in
    let a = try ReductionArguments(call)
    guard let dim = try a.single(call) else {
      let median = try t.median()
      return .tensor(a.keepdim ? try median.reshape(t.shape.map { _ in 1 }) : median)
    }
    let (values, indices) = try t.median(dim: dim, keepdim: a.keepdim)
    return .many([.object(values), .object(try oneBased(indices))])
  }
  operations.add("quantile") { call, t in
    let a = try ReductionArguments(call, at: 3)
    let dim = try a.single(call)
    if call.kind(2) == .table {
      // Several shares: one result for each, along a new first dimension.
      let shares = try call.numbers(2, "q").doubles
      guard !shares.isEmpty else { throw call.argumentError(2, "q", "needs at least one share") }
      return .tensor(
        try Tensor.stack(shares.map { try t.quantile($0, dim: dim, keepdim: a.keepdim) }))
    }
    return .tensor(try t.quantile(call.number(2, "q"), dim: dim, keepdim: a.keepdim))
  }
  operations.add("split") { call, t in
    let dim = try call.optionalDimension(3) ?? 0
    if call.kind(2) == .table { return .tensors(try t.split(call.integers(2, "sizes"), dim)) }
    return .tensors(try t.split(call.count(2, "size"), dim))
  }
  operations.add("chunk") { call, t in
    .tensors(try t.chunk(call.count(2, "chunks"), call.optionalDimension(3) ?? 0))
  }
  operations.add("tile") { call, t in .tensor(try t.tile(call.integers(from: 2, "counts"))) }
  operations.add("repeat_interleave") { call, t in
    .tensor(try t.repeatInterleave(call.count(2, "count"), call.optionalDimension(3)))
  }
}

/// An optional dimension at argument 2, and the options behind it or in its place.
private func dimensionAndOptions(_ call: LuaCall, _ allowed: [String]) throws -> (
  Int?, LuaOptions
) {
  if call.kind(2) == .table {
    let o = try call.options(at: 2, allowed: ["dim"] + allowed)
    return (try o.dimension(), o)
  }
  return (try call.optionalDimension(2), try call.options(at: 3, allowed: allowed))
}
