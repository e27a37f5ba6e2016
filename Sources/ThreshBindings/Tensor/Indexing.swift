// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// `t[key]` and `t[key] = value`.
///
/// A key is an integer, a bool mask, an index tensor, or a table with one entry a dimension: an integer
/// (negative from the end), a range `{first, last [, step]}` with both ends included, `{}` for all,
/// `th.newaxis`, a mask or an index tensor. Positions count from 1.
func getItem(_ t: Tensor, _ call: LuaCall) throws -> LuaResult {
  // The usual key takes a short way: an element, or a view of one row.
  if call.kind(2) == .integer, !t.requiresGrad {
    let i = try position(call.integer(2, "key"), t, 0) { call.argumentError(2, "key", $0) }
    return t.ndim == 1 ? .one(luaValue(try t.scalar(at: i))) : .tensor(try t.select(0, i))
  }
  let keys = try tensorKeys(t, call)
  let result = try t.at(keys)
  // Integers for every dimension name one element: a number, as t[2] of a vector is.
  let isElement = result.ndim == 0 && keys.allSatisfy { if case .at = $0 { true } else { false } }
  if isElement && !result.requiresGrad { return .one(try luaValue(result)) }
  return .tensor(result)
}

func setItem(_ t: Tensor, _ call: LuaCall) throws {
  let keys = try tensorKeys(t, call)
  let value: Tensor
  switch call.kind(3) {
  case .integer: value = try Tensor([Int64(try call.integer(3, "value"))], [])
  case .number: value = try Tensor([try call.number(3, "value")], [])
  case .boolean: value = try Tensor([try call.boolean(3, "value")], [])
  default: value = try call.tensorOrList(3, "value")
  }
  try t.assign(keys, value)
}

private func tensorKeys(_ t: Tensor, _ call: LuaCall) throws -> [TensorIndex] {
  if case .table = call.kind(2) {
    let contents = try call.contents(2, "key")
    guard contents.fields.isEmpty else {
      throw call.argumentError(2, "key", "a list with one entry for each dimension expected")
    }
    var keys: [TensorIndex] = []
    var dim = 0
    for entry in contents.array {
      let key = try tensorKey(entry, t, dim, call)
      keys.append(key)
      dim += consumed(key)
    }
    return keys
  }
  return [try tensorKey(call.value(2), t, 0, call)]
}

/// How many dimensions of the tensor a key stands for.
private func consumed(_ key: TensorIndex) -> Int {
  switch key {
  case .newAxis, .ellipsis: 0
  case .mask(let mask): mask.ndim
  default: 1
  }
}

private func tensorKey(_ value: LuaValue, _ t: Tensor, _ dim: Int, _ call: LuaCall) throws
  -> TensorIndex
{
  func problem(_ reason: String) -> any Error { call.argumentError(2, "key", reason) }
  switch value {
  case .integer(let i): return .at(try position(Int(i), t, dim, problem))
  case .number(let x):
    guard let i = Int(exactly: x) else { throw problem("integer expected, got \(x)") }
    return .at(try position(i, t, dim, problem))
  case .object(let object):
    if object is NewAxis { return .newAxis }
    guard let tensor = object as? Tensor else { break }
    if tensor.dtype == .bool { return .mask(tensor) }
    guard tensor.dtype.isInteger else {
      throw problem("an index tensor must hold integers or bools, got \(tensor.dtype.name)")
    }
    return .indices(try zeroBased(tensor, problem))
  case .table(let table):
    return try range(table, t, dim, problem)
  default: break
  }
  throw problem(
    "integer, range {first, last}, {} or Tensor expected, got \(value.typeName)")
}

/// A 1-based position, negative from the end, checked and made 0-based.
private func position(_ i: Int, _ t: Tensor, _ dim: Int, _ problem: (String) -> any Error) throws
  -> Int
{
  guard dim < t.ndim else {
    throw problem("too many indices for a tensor of shape \(shapeText(t.shape))")
  }
  let n = t.shape[dim]
  guard i != 0 else { throw problem("indices count from 1, got 0") }
  guard i >= -n, i <= n else {
    throw problem(
      "index \(i) is out of range for dimension \(dim + 1) of shape \(shapeText(t.shape)); "
        + "1 to \(n), or -1 to -\(n) from the end")
  }
  return i > 0 ? i - 1 : i + n
}

/// `{}`, `{first, last}` or `{first, last, step}`, ends included.
private func range(
  _ table: LuaTable, _ t: Tensor, _ dim: Int, _ problem: (String) -> any Error
) throws -> TensorIndex {
  let contents = try table.contents()
  guard contents.fields.isEmpty else {
    throw problem("a range is {first, last} or {first, last, step}")
  }
  if contents.array.isEmpty { return .all }
  let numbers = try contents.array.map { value in
    switch value {
    case .integer(let i): return Int(i)
    case .number(let x) where Int(exactly: x) != nil: return Int(x)
    default: throw problem("a range holds integers, got \(value.typeName)")
    }
  }
  guard numbers.count == 2 || numbers.count == 3 else {
    throw problem("a range is {first, last} or {first, last, step}, got \(numbers.count) numbers")
  }
  let step = numbers.count == 3 ? numbers[2] : 1
  guard step != 0 else { throw problem("a range's step must not be 0") }
  guard dim < t.ndim else {
    throw problem("too many indices for a tensor of shape \(shapeText(t.shape))")
  }
  let n = t.shape[dim]
  // {1, 0} is the empty range, as in Lua's `for`.
  if step > 0 && numbers[0] >= 1 && numbers[1] == numbers[0] - 1 && numbers[0] <= n + 1 {
    return .range(start: numbers[0] - 1, stop: numbers[0] - 1, step: 1)
  }
  let first = try position(numbers[0], t, dim, problem)
  let last = try position(numbers[1], t, dim, problem)
  if step > 0 { return .range(start: first, stop: last + 1, step: step) }
  return .range(start: first, stop: last == 0 ? nil : last - 1, step: step)
}

/// What `th.newaxis` is.
final class NewAxis {}
