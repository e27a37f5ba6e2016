// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// The dimensions and `keepdim` of a reduction: `t:sum()`, `t:sum(2)`, `t:sum{1, 2}`,
/// `t:sum(2, {keepdim = true})`, `t:sum{dim = 2, keepdim = true}`.
struct ReductionArguments {
  var dims: [Int]?
  var keepdim = false
  let options: LuaOptions

  /// - Parameter position: of the dimension argument.
  init(_ call: LuaCall, at position: Int = 2, allowed: [String] = []) throws {
    let names = ["dim", "keepdim"] + allowed
    switch call.kind(position) {
    case .none, .nil:
      options = try call.options(at: position + 1, allowed: names)
    case .integer, .number:
      dims = [try call.dimension(position)]
      options = try call.options(at: position + 1, allowed: names)
    case .table where !(try call.contents(position, "dim").array.isEmpty):
      dims = try call.integers(position, "dim").map { dim in
        guard dim != 0 else {
          throw call.argumentError(position, "dim", "dimensions count from 1, got 0")
        }
        return dim > 0 ? dim - 1 : dim
      }
      options = try call.options(at: position + 1, allowed: names)
    default:
      options = try call.options(at: position, allowed: names)
    }
    if let given = try options.dimensions() {
      guard dims == nil else { throw options.error("dim", "is given twice") }
      dims = given
    }
    keepdim = try options.boolean("keepdim") ?? false
  }

  /// The one dimension of operations that take one.
  func single(_ call: LuaCall) throws -> Int? {
    guard let dims else { return nil }
    guard dims.count == 1 else {
      throw call.argumentError(2, "dim", "one dimension expected, got \(dims.count)")
    }
    return dims[0]
  }
}

func addReductions(to operations: inout TensorOperations) {
  func add(_ name: String, _ reduce: @escaping (Tensor, [Int]?, Bool) throws -> Tensor) {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call)
      return .tensor(try reduce(t, a.dims, a.keepdim))
    }
  }
  add("sum") { try $0.sum(dims: $1, keepdim: $2) }
  add("mean") { try $0.mean(dims: $1, keepdim: $2) }
  add("prod") { try $0.prod(dims: $1, keepdim: $2) }
  add("amax") { try $0.amax(dims: $1, keepdim: $2) }
  add("amin") { try $0.amin(dims: $1, keepdim: $2) }
  add("any") { try $0.any(dims: $1, keepdim: $2) }
  add("all") { try $0.all(dims: $1, keepdim: $2) }
  add("logsumexp") { try $0.logsumexp(dims: $1, keepdim: $2) }
  add("count_nonzero") { try $0.countNonzero(dims: $1, keepdim: $2) }

  for (name, reduce) in [
    ("var", { try $0.variance(dims: $1, correction: $2, keepdim: $3) }),
    ("std", { try $0.std(dims: $1, correction: $2, keepdim: $3) }),
  ] as [(String, (Tensor, [Int]?, Double, Bool) throws -> Tensor)] {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call, allowed: ["correction"])
      return .tensor(try reduce(t, a.dims, a.options.number("correction") ?? 1, a.keepdim))
    }
  }
  operations.add("norm") { call, t in
    let a = try ReductionArguments(call, allowed: ["p"])
    return .tensor(
      try t.norm(a.options.number("p") ?? 2, dims: a.dims, keepdim: a.keepdim))
  }

  // Without a dimension the extreme itself; with one, values and positions.
  for (name, full, along) in [
    ("max", { try $0.amax(keepdim: $1) }, { try $0.maxAlong($1, keepdim: $2) }),
    ("min", { try $0.amin(keepdim: $1) }, { try $0.minAlong($1, keepdim: $2) }),
  ]
    as [(
      String, (Tensor, Bool) throws -> Tensor, (Tensor, Int, Bool) throws -> (Tensor, Tensor)
    )]
  {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call)
      guard let dim = try a.single(call) else { return .tensor(try full(t, a.keepdim)) }
      let (values, indices) = try along(t, dim, a.keepdim)
      return .many([.object(values), .object(try oneBased(indices))])
    }
  }
  for (name, find) in [
    ("argmax", { try $0.argmax(dim: $1, keepdim: $2) }),
    ("argmin", { try $0.argmin(dim: $1, keepdim: $2) }),
  ] as [(String, (Tensor, Int?, Bool) throws -> Tensor)] {
    operations.add(name) { call, t in
      let a = try ReductionArguments(call)
      return .tensor(try oneBased(find(t, a.single(call), a.keepdim)))
    }
  }
  operations.add("cumsum") { call, t in .tensor(try t.cumsum(call.dimension(2))) }
  operations.add("cumprod") { call, t in .tensor(try t.cumprod(call.dimension(2))) }
  operations.add("diff") { call, t in
    let o = try call.options(at: 3, allowed: ["n"])
    return .tensor(try t.diff(n: o.integer("n") ?? 1, dim: call.optionalDimension(2) ?? -1))
  }
  operations.add("softmax") { call, t in .tensor(try t.softmax(call.dimension(2))) }
  operations.add("log_softmax") { call, t in .tensor(try t.logSoftmax(call.dimension(2))) }
}
