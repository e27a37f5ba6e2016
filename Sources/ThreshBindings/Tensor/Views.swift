// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Other looks at the same elements.
func addViews(to operations: inout TensorOperations) {
  operations.add("reshape") { call, t in
    .tensor(try t.reshape(call.integers(from: 2, "shape")))
  }
  operations.add("view") { call, t in .tensor(try t.view(call.integers(from: 2, "shape"))) }
  operations.add("flatten") { call, t in
    .tensor(
      try t.flatten(
        start: call.optionalDimension(2, "start") ?? 0, end: call.optionalDimension(3, "end") ?? -1)
    )
  }
  operations.add("permute") { call, t in
    let order = try call.integers(from: 2, "dims").map { dim in
      guard dim != 0 else { throw call.argumentError(2, "dims", "dimensions count from 1, got 0") }
      return dim > 0 ? dim - 1 : dim
    }
    return .tensor(try t.permute(order))
  }
  operations.add("transpose") { call, t in
    .tensor(
      try t.transpose(call.optionalDimension(2, "a") ?? -2, call.optionalDimension(3, "b") ?? -1))
  }
  operations.add("t") { _, t in .tensor(try t.t()) }
  operations.add("squeeze") { call, t in .tensor(try t.squeeze(call.optionalDimension(2))) }
  operations.add("unsqueeze") { call, t in .tensor(try t.unsqueeze(call.dimension(2))) }
  operations.add("select") { call, t in
    let dim = try call.dimension(2)
    let index = try call.integer(3, "index")
    guard index != 0 else { throw call.argumentError(3, "index", "indices count from 1, got 0") }
    return .tensor(try t.select(dim, index > 0 ? index - 1 : index))
  }
  operations.add("narrow") { call, t in
    let dim = try call.dimension(2)
    let start = try call.integer(3, "start")
    guard start != 0 else { throw call.argumentError(3, "start", "positions count from 1, got 0") }
    return .tensor(try t.narrow(dim, start > 0 ? start - 1 : start, call.count(4, "length")))
  }
  operations.add("expand") { call, t in .tensor(try t.expand(call.integers(from: 2, "shape"))) }
  operations.add("broadcast_to") { call, t in
    .tensor(try t.broadcastTo(call.integers(from: 2, "shape")))
  }
  operations.add("unflatten") { call, t in
    .tensor(try t.unflatten(call.dimension(2), call.integers(3, "sizes")))
  }
  operations.add("movedim") { call, t in
    .tensor(try t.movedim(dimensions(call, 2, "from"), dimensions(call, 3, "to")))
  }
  operations.add("unfold") { call, t in
    .tensor(
      try t.unfold(
        call.dimension(2), call.count(3, "size"), call.optionalInteger(4, "step") ?? 1))
  }
  operations.add("diagonal") { call, t in
    .tensor(try t.diagonal(offset: call.optionalInteger(2, "offset") ?? 0))
  }
  operations.add("contiguous") { _, t in .tensor(try t.contiguous()) }
  // The same values in the memory order of the image operations: (N, H, W, C).
  operations.add("channels_last") { _, t in .tensor(try t.channelsLast()) }
  operations.add("clone") { _, t in .tensor(try t.clone()) }
  operations.add("item") { _, t in
    guard t.count == 1 else { _ = try t.item(); return .none }
    return .one(try luaValue(t))
  }
  operations.add("tolist") { _, t in .one(try nestedList(t)) }
  operations.add("size") { call, t in
    guard let dim = try call.optionalDimension(2) else {
      return .list(t.shape.map { .integer($0) })
    }
    let d = dim < 0 ? dim + t.ndim : dim
    guard d >= 0, d < t.ndim else {
      throw call.argumentError(
        2, "dim", "is out of range for a tensor of shape \(shapeText(t.shape))")
    }
    return .integer(t.shape[d])
  }
}

/// One dimension or a list of them, counted from 1 or from the end.
private func dimensions(_ call: LuaCall, _ i: Int, _ name: String) throws -> [Int] {
  guard call.kind(i) == .table else { return [try call.dimension(i, name)] }
  return try call.integers(i, name).map { dim in
    guard dim != 0 else { throw call.argumentError(i, name, "dimensions count from 1, got 0") }
    return dim > 0 ? dim - 1 : dim
  }
}

/// The elements as nested Lua lists; a 0-d tensor is a number.
private func nestedList(_ t: Tensor) throws -> LuaValue {
  // A value or a list takes about 96 bytes on its way: as an element, a Swift value and Lua's. The
  // lists count too: a tensor of shape (1 << 31, 0) has no element.
  for depth in 0...t.ndim {
    let items = try Shape.count(t.shape.prefix(depth) + [96], op: "tolist")
    try MemoryPool.shared.require(items, "tolist")
  }
  let values: [LuaValue] =
    switch t.dtype {
    case .bool: try t.values(Bool.self).map { .boolean($0) }
    case .uint8, .int32, .int64: try t.castValues(Int64.self).map { .integer($0) }
    case .float32, .float64: try t.castValues(Double.self).map { .number($0) }
    }
  func nest(_ dim: Int, _ start: Int, _ size: Int) -> LuaValue {
    if dim == t.ndim { return values[start] }
    let n = t.shape[dim]
    if n == 0 { return .list([]) }
    return .list((0..<n).map { nest(dim + 1, start + $0 * (size / n), size / n) })
  }
  return nest(0, 0, t.count)
}
