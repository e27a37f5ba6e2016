// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Functions that make tensors: `th.zeros(2, 3)`, `th.tensor{{1, 2}, {3, 4}}`, `th.arange(10)`.
func addConstructors(to th: inout Namespace) {
  let shared = ["dtype", "requires_grad"]

  func shaped(_ name: String, _ make: @escaping ([Int], DType) throws -> Tensor) {
    th.function(name) { call in
      let (shape, options) = try shapeAndOptions(call, shared)
      return try finished(make(shape, options.dtype() ?? .float32), options)
    }
  }
  shaped("zeros") { try Tensor.zeros($0, $1) }
  shaped("ones") { try Tensor.ones($0, $1) }
  shaped("empty") { try undefined($0, $1) }

  th.function("full") { call in
    let shape =
      call.kind(1) == .table ? try call.integers(1, "shape") : [try call.count(1, "shape")]
    let options = try call.options(at: 3, allowed: shared)
    let value = try LuaOperand(call, 2, "value").operand
    return try finished(Tensor.full(shape, value, options.dtype()), options)
  }

  th.function("tensor") { call in
    let options = try call.options(at: 2, allowed: shared)
    let dtype = try options.dtype()
    switch call.kind(1) {
    case .integer:
      let t = try Tensor([Int64(try call.integer(1, "data"))], [])
      return try finished(t.cast(dtype ?? .int64), options)
    case .number:
      let t = try Tensor([try call.number(1, "data")], [])
      return try finished(t.cast(dtype ?? .float32), options)
    case .boolean:
      let t = try Tensor([try call.boolean(1, "data")], [])
      return try finished(t.cast(dtype ?? .bool), options)
    case .object:
      let t = try call.tensor(1, "data").detached().clone()
      return try finished(t.cast(dtype ?? t.dtype), options)
    default:
      return try finished(makeTensor(try call.numbers(1, "data"), dtype: dtype), options)
    }
  }

  th.function("full_like") { call in
    let like = try call.tensor(1, "tensor")
    let value = try LuaOperand(call, 2, "value").operand
    let options = try call.options(at: 3, allowed: shared)
    let filled = try Tensor.full(like.shape, value, options.dtype() ?? like.dtype)
    return try finished(filled, options)
  }
  for (name, make) in [
    ("empty_like", { try undefined($0, $1) }),
    ("zeros_like", { try Tensor.zeros($0, $1) }), ("ones_like", { try Tensor.ones($0, $1) }),
  ] as [(String, ([Int], DType) throws -> Tensor)] {
    th.function(name) { call in
      let like = try call.tensor(1, "tensor")
      let options = try call.options(at: 2, allowed: shared)
      return try finished(make(like.shape, options.dtype() ?? like.dtype), options)
    }
  }

  // arange(n): 1, 2, …, n as Lua's `for` counts; arange(first, last, step), both ends included.
  th.function("arange") { call in
    let positional = min(try call.positionalCount, 3)
    let options = try call.options(at: positional + 1, allowed: shared)
    guard positional >= 1 else {
      throw call.argumentError(1, "last", "a number expected, got no value")
    }
    let whole = (1...positional).allSatisfy { call.kind($0) == .integer }
    let first = positional >= 2 ? try call.number(1, "first") : 1
    let last = try call.number(positional >= 2 ? 2 : 1, "last")
    let step = positional >= 3 ? try call.number(3, "step") : 1
    guard step != 0, step.isFinite, first.isFinite, last.isFinite else {
      throw call.argumentError(
        positional, "step", "finite bounds and a step other than 0 are needed")
    }
    let count = max(0, ((last - first) / step * (1 + 1e-12)).rounded(.down) + 1)
    guard count < 1e12 else {
      throw call.argumentError(1, "last", "\(count) elements are too many")
    }
    try MemoryPool.shared.require(Int(count) * 16, "arange")
    let values = (0..<Int(count)).map { first + Double($0) * step }
    let t = try Tensor(values).cast(options.dtype() ?? (whole ? .int64 : .float32))
    return try finished(t, options)
  }

  th.function("linspace") { call in
    let (first, last) = (try call.number(1, "first"), try call.number(2, "last"))
    let n = try call.count(3, "n")
    let options = try call.options(at: 4, allowed: shared)
    guard n < 1 << 40 else { throw call.argumentError(3, "n", "\(n) elements are too many") }
    try MemoryPool.shared.require(n * 16, "linspace")
    let step = n > 1 ? (last - first) / Double(n - 1) : 0
    // From both ends, so that the last element is exact.
    let values = (0..<n).map { i in
      i < (n + 1) / 2 ? first + Double(i) * step : last - Double(n - 1 - i) * step
    }
    return try finished(Tensor(values).cast(options.dtype() ?? .float32), options)
  }

  th.function("eye") { call in
    let n = try call.count(1, "n")
    let hasColumns = call.kind(2) == .integer || call.kind(2) == .number
    let m = hasColumns ? try call.count(2, "m") : n
    let options = try call.options(at: hasColumns ? 3 : 2, allowed: shared)
    let t = try Tensor.zeros([n, m], options.dtype() ?? .float32)
    if min(n, m) > 0 { _ = try t.diagonal().fill_(1) }
    return try finished(t, options)
  }
}

/// Leading integers (or one list) as a shape, and the options behind them.
func shapeAndOptions(_ call: LuaCall, from first: Int = 1, _ allowed: [String]) throws -> (
  [Int], LuaOptions
) {
  let positional = max(try call.positionalCount, first - 1)
  let shape = try call.integers(from: first, until: positional, "shape")
  for (i, extent) in shape.enumerated() where extent < 0 {
    throw call.argumentError(
      call.kind(first) == .table ? first : first + i, "shape",
      "extents must not be negative, got \(extent)")
  }
  return (shape, try call.options(at: positional + 1, allowed: allowed))
}

/// The constructed tensor as a result, marked as wanting a gradient when asked.
func finished(_ tensor: Tensor, _ options: LuaOptions) throws -> LuaResult {
  if try options.boolean("requires_grad") ?? false { try tensor.requireGrad() }
  return .tensor(tensor)
}

/// A tensor whose content nobody has decided. Of bools it is false: any other byte than 0 and 1 in
/// one is no value of Swift's `Bool`.
private func undefined(_ shape: [Int], _ dtype: DType) throws -> Tensor {
  dtype == .bool ? try Tensor.zeros(shape, dtype) : try Tensor(empty: shape, dtype)
}
