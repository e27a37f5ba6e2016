// SPDX-License-Identifier: Apache-2.0

/// Picking along one dimension by an index tensor, and the writes that undo it.
extension Tensor {
  /// The positions `index` of dimension `dim`. (…, n, …) with (k) -> (…, k, …)
  public func indexSelect(_ dim: Int, _ index: Tensor) throws -> Tensor {
    let d = try checkedDim(dim, "index_select")
    guard index.ndim <= 1 else {
      throw TensorError(
        "index_select", "the index must be 1-d, got shape \(shapeText(index.shape))")
    }
    let index = try index.checkedIndices(shape[d], "index_select")
    let rows: Node.Rows =
      d == 0 ? .mixed("it picks rows of the batch") : .each([true])
    return try picked(d, index).recorded(
      "index_select", [self], rows: rows, saved: [.whole(index)]
    ) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      try g.addPicked(d, c.saved[0], c.grad)
      return [g]
    }
  }

  /// A copy with the rows of `source` added at positions `index` of `dim`; repeats add up.
  public func indexAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let d = try checkedDim(dim, "index_add")
    let index = try index.checkedIndices(shape[d], "index_add")
    var expected = shape
    expected[d] = index.count
    guard source.shape == expected else {
      throw TensorError(
        "index_add",
        "needs a source of shape \(shapeText(expected)), got \(shapeText(source.shape))")
    }
    guard dtype != .bool else { throw TensorError("index_add", "not defined for bool tensors") }
    let source = try source.cast(dtype)
    let out = try copyUnrecorded(strides: Shape.contiguousStrides(shape))
    try out.addPicked(d, index, source)
    let rows: Node.Rows =
      d == 0 ? .mixed("it adds to picked rows of the batch") : .each([true, true])
    return out.recorded(
      "index_add", [self, source], rows: rows, saved: [.whole(index)]
    ) { c in
      [c.grad, c.wants[1] ? try c.grad.picked(d, c.saved[0]) : nil]
    }
  }

  /// Every index as int64, row-major, negative ones counted from the end, all inside `extent`.
  func checkedIndices(_ extent: Int, _ op: String) throws -> Tensor {
    guard dtype.isInteger else {
      throw TensorError(op, "indices must be integers, got \(dtype.name)")
    }
    let dense = try castUnrecorded(.int64).contiguousUnrecorded()
    let p = dense.pointer(Int64.self)
    let n = Int64(extent)
    var negative = false
    for i in 0..<dense.count {
      guard p[i] >= -n, p[i] < n else {
        throw TensorError(op, "an index is out of range for an extent of \(extent)")
      }
      if p[i] < 0 { negative = true }
    }
    if !negative { return dense }
    let wrapped = try Tensor(empty: shape, .int64, op: op)
    let q = wrapped.pointer(Int64.self)
    for i in 0..<dense.count { q[i] = p[i] < 0 ? p[i] + n : p[i] }
    return wrapped
  }

  /// The positions of checked int64 `index` along `d`, off the tape.
  func picked(_ d: Int, _ index: Tensor) throws -> Tensor {
    var target = shape
    target[d] = index.count
    let out = try Tensor(empty: target, dtype, op: "index_select")
    let source = try contiguousUnrecorded()
    let (outer, n, inner) = blocks(d)
    let k = index.count
    let bytes = inner * dtype.size
    let (from, to) = (
      source.storage.base + source.offset * dtype.size, out.storage.base
    )
    let p = index.pointer(Int64.self)
    Workers.chunks(of: outer * k, grain: max(1, 65_536 / max(bytes, 1))) { range in
      for i in range {
        let row = i / k * n + Int(p[i % k])
        (to + i * bytes).copyMemory(from: from + row * bytes, byteCount: bytes)
      }
    }
    return out
  }

  /// Adds `source` at positions of checked int64 `index` along `d` of this row-major tensor.
  ///
  /// Repeated positions are added in order, each by one thread.
  func addPicked(_ d: Int, _ index: Tensor, _ source: Tensor) throws {
    let (outer, n, inner) = blocks(d)
    let k = index.count
    let p = index.pointer(Int64.self)
    let dense = try source.contiguousUnrecorded()
    func run<T: NumericElement>(_: T.Type) {
      let (o, s) = (pointer(T.self), dense.pointer(T.self))
      // Cut along outer and inner extents only, so that no two tasks write one element.
      let pieces = outer >= 8 || inner < 64 ? 1 : (inner + 63) / 64
      let width = (inner + pieces - 1) / pieces
      Workers.chunks(of: outer * pieces, grain: max(1, Loops.grain / max(1, k * width))) { range in
        for task in range {
          let (block, first) = (task / pieces, task % pieces * width)
          let length = min(width, inner - first)
          if length <= 0 { continue }
          for j in 0..<k {
            let to = o + ((block * n + Int(p[j])) * inner + first)
            let from = s + ((block * k + j) * inner + first)
            for i in 0..<length { to[i] = T.sum(to[i], from[i]) }
          }
        }
      }
    }
    switch dtype {
    case .bool: break
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    }
  }

  /// The extents before `d`, of `d`, and after it, as three numbers.
  func blocks(_ d: Int) -> (outer: Int, n: Int, inner: Int) {
    (shape[..<d].reduce(1, *), shape[d], shape[(d + 1)...].reduce(1, *))
  }
}
