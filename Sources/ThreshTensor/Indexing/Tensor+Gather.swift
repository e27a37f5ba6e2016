// SPDX-License-Identifier: Apache-2.0

/// Reads whose places along one dimension come from an index tensor. Negative indices count from the
/// end.
extension Tensor {
  /// The positions `index` (k) of dimension `dim`. (…, n, …) -> (…, k, …), in this memory order.
  public func indexSelect(_ dim: Int, _ index: Tensor) throws -> Tensor {
    let span = Profiler.begin("index_select")
    defer { span.end() }
    let d = try checkedDim(dim, "index_select")
    try index.checkVector("index_select")
    let index = try index.checkedIndices(shape[d], of: shape, wraps: true, "index_select")
    return try selected(d, index).recorded(
      "index_select", [self],
      rows: d == 0 ? .mixed("it picks rows of the batch") : .each([true]), saved: [.whole(index)]
    ) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      g.addSelected(d, c.saved[0], c.grad)
      return [g]
    }
  }

  /// out[i][j] = self[i][index[i][j]] for `dim` 1 of a matrix, and so for any dimension.
  ///
  /// The index has as many dimensions as this tensor and is no larger except along `dim`.
  public func gather(_ dim: Int, _ index: Tensor) throws -> Tensor {
    let span = Profiler.begin("gather")
    defer { span.end() }
    let d = try checkedDim(dim, "gather")
    try checkCovers(index, d, "gather")
    let index = try index.checkedIndices(shape[d], of: shape, wraps: true, "gather")
    return try gathered(d, index).recorded(
      "gather", [self], rows: lineRows(d, index, inputs: 1), saved: [.rows(index)]
    ) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      g.addGathered(d, c.saved[0], c.grad)
      return [g]
    }
  }

  /// The elements at positions of this tensor in row-major order; the shape is the index's.
  public func take(_ index: Tensor) throws -> Tensor {
    let index = try index.checkedIndices(count, of: shape, wraps: true, "take")
    return try reshape([count]).at([.indices(index)])
  }

  /// `gather` along `dim` with the other extents broadcast; without `dim`, of the flat tensor.
  public func takeAlong(_ index: Tensor, dim: Int? = nil) throws -> Tensor {
    guard let dim else { return try reshape([count]).takeAlong(index.reshape([-1]), dim: 0) }
    let d = try checkedDim(dim, "take_along_dim")
    guard index.ndim == ndim else {
      throw TensorError(
        "take_along_dim",
        "the index has shape \(shapeText(index.shape)), the tensor \(shapeText(shape)); they need "
          + "as many dimensions")
    }
    let index = try index.checkedIndices(shape[d], of: shape, wraps: true, "take_along_dim")
    var (own, other) = (shape, index.shape)
    (own[d], other[d]) = (1, 1)
    var common = try Shape.broadcast(own, other, op: "take_along_dim")
    common[d] = shape[d]
    let source = try expand(common)
    common[d] = index.shape[d]
    return try source.gather(d, index.expand(common))
  }

  // Off the tape, of checked row-major int64 indices.

  func selected(_ d: Int, _ index: Tensor) throws -> Tensor {
    var target = shape
    target[d] = index.count
    _ = try Shape.count(target, op: "index_select")
    let out = try Tensor(
      empty: target, dtype, strides: stridesInOrder(target), op: "index_select")
    Picking.gather(
      lined(up: target, along: d), step: strides[d], index.spread(along: d, of: target), into: out)
    return out
  }

  /// Adds `source` at positions `index` of `d`.
  func addSelected(_ d: Int, _ index: Tensor, _ source: Tensor) {
    Picking.scatterAdd(
      source, index.spread(along: d, of: source.shape), dim: d,
      into: lined(up: source.shape, along: d), step: strides[d])
  }

  func gathered(_ d: Int, _ index: Tensor) throws -> Tensor {
    let out = try Tensor(empty: index.shape, dtype, op: "gather")
    Picking.gather(lined(up: index.shape, along: d), step: strides[d], index, into: out)
    return out
  }

  /// Adds `source`, of the index's shape, where `gathered` reads.
  func addGathered(_ d: Int, _ index: Tensor, _ source: Tensor) {
    Picking.scatterAdd(
      source, index, dim: d, into: lined(up: index.shape, along: d), step: strides[d])
  }

  // Checks.

  func checkVector(_ op: String) throws {
    guard ndim <= 1 else {
      throw TensorError(op, "the index must be 1-d, got shape \(shapeText(shape))")
    }
  }

  /// Whether `index` has this tensor's dimensions and is no larger, except along `d`.
  func checkCovers(_ index: Tensor, _ d: Int?, _ op: String) throws {
    guard index.ndim == ndim,
      shape.indices.allSatisfy({ $0 == d || index.shape[$0] <= shape[$0] })
    else {
      throw TensorError(
        op,
        "an index of shape \(shapeText(index.shape)) does not fit a tensor of shape "
          + "\(shapeText(shape)): it needs as many dimensions, and extents that are no larger"
          + (d == nil ? "" : " (except along the dimension of the indices)"))
    }
  }

  /// The rule of operations that work line by line along `d`, of a batch that the index covers.
  func lineRows(_ d: Int, _ index: Tensor, inputs: Int) -> Node.Rows {
    if d == 0 { return .mixed("it picks along the batch") }
    if index.shape[0] != shape[0] { return .mixed("its index covers only some rows") }
    return .each([Bool](repeating: true, count: inputs))
  }
}
