// SPDX-License-Identifier: Apache-2.0

/// The largest element; NaN wins.
private struct Largest<T: NumericElement>: Fold {
  var start: T { T.lowest }
  @inline(__always)
  func fold(_ total: T, _ x: T) -> T { total >= x || total != total ? total : x }
  @inline(__always)
  func join(_ a: T, _ b: T) -> T { fold(a, b) }
  func finish(_ total: T) -> T { total }
}

/// The smallest element; NaN wins.
private struct Smallest<T: NumericElement>: Fold {
  var start: T { T.highest }
  @inline(__always)
  func fold(_ total: T, _ x: T) -> T { total <= x || total != total ? total : x }
  @inline(__always)
  func join(_ a: T, _ b: T) -> T { fold(a, b) }
  func finish(_ total: T) -> T { total }
}

extension Tensor {
  /// The largest element over `dims` (all by default); NaN wins. Ties share the gradient evenly.
  public func amax(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    try extreme("amax", dims, keepdim, largest: true)
  }

  /// The smallest element over `dims` (all by default); NaN wins. Ties share the gradient evenly.
  public func amin(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    try extreme("amin", dims, keepdim, largest: false)
  }

  private func extreme(
    _ op: String, _ dims: [Int]?, _ keepdim: Bool, largest: Bool
  ) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    let dims = try checkedDims(dims, op)
    if dtype == .bool {
      return largest ? try any(dims: dims, keepdim: keepdim) : try all(dims: dims, keepdim: keepdim)
    }
    try checkNotEmpty(op, dims)
    let out = try Tensor(empty: reducedShape(dims, keepdim), dtype, op: op)
    func run<T: NumericElement>(_: T.Type) throws {
      if largest {
        try Reduction.run(self, dims: dims, into: out, Largest<T>())
      } else {
        try Reduction.run(self, dims: dims, into: out, Smallest<T>())
      }
    }
    switch dtype {
    case .bool: break
    case .uint8: try run(UInt8.self)
    case .int32: try run(Int32.self)
    case .int64: try run(Int64.self)
    case .float32: try run(Float.self)
    case .float64: try run(Double.self)
    }
    return out.recorded(
      op, [self], rows: Tensor.reductionRows(dims), saved: [.rows(self), .rows(out)]
    ) { c in
      let x = c.saved[0]
      let winners = try x.sharers(of: c.saved[1].spread(over: x.shape, dims))
      let share = try winners / winners.sum(dims: dims, keepdim: true)
      return [try share * c.grad.spread(over: x.shape, dims)]
    }
  }

  /// 1 where the element equals `value` (NaN included), else 0.
  private func sharers(of value: Tensor) throws -> Tensor {
    try eq(value).logicalOr(isnan()).cast(dtype)
  }

  /// Throws when a reduction without a neutral element has nothing to reduce.
  func checkNotEmpty(_ op: String, _ dims: [Int]) throws {
    guard !dims.contains(where: { shape[$0] == 0 }) else {
      throw TensorError(op, "nothing to reduce: shape \(shapeText(shape)) has an empty extent")
    }
  }

  /// The largest elements along `dim` and their (first) positions; NaN wins.
  public func maxAlong(_ dim: Int, keepdim: Bool = false) throws -> (
    values: Tensor, indices: Tensor
  ) {
    try extremeWithIndex("max", dim, keepdim, largest: true)
  }

  /// The smallest elements along `dim` and their (first) positions; NaN wins.
  public func minAlong(_ dim: Int, keepdim: Bool = false) throws -> (
    values: Tensor, indices: Tensor
  ) {
    try extremeWithIndex("min", dim, keepdim, largest: false)
  }

  /// The (first) position of the largest element along `dim`, or in the flattened tensor.
  public func argmax(dim: Int? = nil, keepdim: Bool = false) throws -> Tensor {
    try argExtreme("argmax", dim, keepdim, largest: true)
  }

  /// The (first) position of the smallest element along `dim`, or in the flattened tensor.
  public func argmin(dim: Int? = nil, keepdim: Bool = false) throws -> Tensor {
    try argExtreme("argmin", dim, keepdim, largest: false)
  }

  private func argExtreme(
    _ op: String, _ dim: Int?, _ keepdim: Bool, largest: Bool
  ) throws -> Tensor {
    if let dim {
      return try GradMode.off { try extremeWithIndex(op, dim, keepdim, largest: largest).indices }
    }
    let flat = try reshapedUnrecorded([count])
    let index = try GradMode.off {
      try flat.extremeWithIndex(op, 0, false, largest: largest).indices
    }
    return keepdim ? index.view(shape.map { _ in 1 }, shape.map { _ in 1 }) : index
  }

  private func extremeWithIndex(
    _ op: String, _ dim: Int, _ keepdim: Bool, largest: Bool
  ) throws -> (values: Tensor, indices: Tensor) {
    let span = Profiler.begin(op)
    defer { span.end() }
    if ndim == 0 {
      guard dim == 0 || dim == -1 else { throw TensorError(op, "a 0-d tensor has no dimensions") }
      let found = try unsqueeze(0).extremeWithIndex(op, 0, keepdim, largest: largest)
      return keepdim ? (try found.values.squeeze(0), found.indices.selectedView(0, 0)) : found
    }
    let d = try checkedDim(dim, op)
    try checkNotEmpty(op, [d])
    let target = reducedShape([d], true)
    let values = try Tensor(empty: target, dtype, op: op)
    let indices = try Tensor(empty: target, .int64, op: op)
    let source = try linesLast(d)
    let n = shape[d]
    func run<T: NumericElement>(_: T.Type, _ p: UnsafePointer<T>, _ v: UnsafeMutablePointer<T>) {
      let i = indices.pointer(Int64.self)
      Workers.chunks(of: values.count, grain: max(1, Loops.grain / n)) { range in
        for line in range {
          let p = p + line * n
          let at = largest ? position(p, n, >) : position(p, n, <)
          i[line] = Int64(at)
          v[line] = p[at]
        }
      }
    }
    switch dtype {
    case .bool:
      // A bool is one byte, 0 or 1.
      run(UInt8.self, source.bytes, values.bytes)
    case .uint8: run(UInt8.self, source.pointer(), values.pointer())
    case .int32: run(Int32.self, source.pointer(), values.pointer())
    case .int64: run(Int64.self, source.pointer(), values.pointer())
    case .float32: run(Float.self, source.pointer(), values.pointer())
    case .float64: run(Double.self, source.pointer(), values.pointer())
    }
    let out = keepdim ? values : values.selectedView(d, 0)
    out.recorded(op, [self], rows: Tensor.reductionRows([d]), saved: [.rows(indices)]) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      let grad = keepdim ? c.grad : c.grad.unsqueezedView(d)
      try Lines.add(grad, at: c.saved[0], along: d, to: g, factor: 1)
      return [g]
    }
    return (out, keepdim ? indices : indices.selectedView(d, 0))
  }

  private var bytes: UnsafeMutablePointer<UInt8> {
    (storage.base + offset).assumingMemoryBound(to: UInt8.self)
  }
}

/// The first position that beats all others, or the first NaN.
@inline(__always)
private func position<T: NumericElement>(
  _ p: UnsafePointer<T>, _ n: Int, _ beats: (T, T) -> Bool
) -> Int {
  var at = 0
  if p[0] != p[0] { return 0 }
  for i in 1..<max(n, 1) where beats(p[i], p[at]) || p[i] != p[i] {
    at = i
    if p[i] != p[i] { break }
  }
  return at
}
