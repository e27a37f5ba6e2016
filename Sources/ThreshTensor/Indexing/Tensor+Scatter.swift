// SPDX-License-Identifier: Apache-2.0
// PyTorch marks writing operations by a trailing underscore.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Writes whose places along one dimension come from an index tensor. Repeated places are written in
/// the order along that dimension, whatever the number of threads.
extension Tensor {
  /// A copy with `source[i][j]` at `[i][index[i][j]]` for `dim` 1 of a matrix, and so for any
  /// dimension; of repeated places the last along `dim` wins.
  public func scatter(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let (d, index) = try scatterArguments("scatter", dim, index, source)
    let source = try source.cast(dtype)
    let out = try orderedCopy()
    out.setGathered(d, index, source)
    return out.recorded(
      "scatter", [self, source], rows: scatterRows(d, index, source), saved: [.rows(index)]
    ) { c in
      let index = c.saved[0]
      var grads: [Tensor?] = [nil, nil]
      if c.wants[0] {
        let g = try c.grad.orderedCopy()
        let zero = try Tensor.zeros([], g.dtype)
        g.setGathered(d, index, zero.expandedView(index.shape))
        grads[0] = g
      }
      if c.wants[1] {
        // Only the source element that was left in its place has a gradient.
        let turns = try Tensor((0..<index.shape[d]).map(Int64.init))
          .spread(along: d, of: index.shape)
        let last = try Tensor(empty: c.grad.shape, .int64, op: "scatter")
        last.setGathered(d, index, turns)
        let left = try Tensor.where(
          last.gathered(d, index).eq(turns), c.grad.gathered(d, index), 0)
        grads[1] = try left.padded(to: c.inputShapes[1])
      }
      return grads
    }
  }

  /// A copy with `value`, converted to this type, where the indices lead.
  public func scatter(_ dim: Int, _ index: Tensor, _ value: Scalar) throws -> Tensor {
    let constant = try OperandValue.scalar(value).asTensor(dtype)
    return try scatter(dim, index, constant.expandedView(index.shape))
  }

  /// A copy with `source[i][j]` added at `[i][index[i][j]]` for `dim` 1 of a matrix, and so for any
  /// dimension; repeats add up.
  public func scatterAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let span = Profiler.begin("scatter_add")
    defer { span.end() }
    let (d, index) = try scatterArguments("scatter_add", dim, index, source)
    try checkAdds("scatter_add")
    let source = try source.cast(dtype)
    let out = try orderedCopy()
    out.addGathered(d, index, source.narrowed(to: index.shape))
    return out.recorded(
      "scatter_add", [self, source], rows: scatterRows(d, index, source), saved: [.rows(index)]
    ) { c in
      [
        c.grad,
        c.wants[1] ? try c.grad.gathered(d, c.saved[0]).padded(to: c.inputShapes[1]) : nil,
      ]
    }
  }

  /// A copy with `alpha · source` added at positions `index` (k) of `dim`; repeats add up.
  ///
  /// The source has this shape with extent k along `dim`.
  public func indexAdd(
    _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: Scalar = 1
  ) throws -> Tensor {
    let span = Profiler.begin("index_add")
    defer { span.end() }
    let (d, index) = try indexAddArguments("index_add", dim, index, source)
    let source = try (alpha == 1 ? source : source * alpha).cast(dtype)
    let out = try orderedCopy()
    out.addSelected(d, index, source)
    return out.recorded(
      "index_add", [self, source],
      rows: d == 0 ? .mixed("it adds to picked rows of the batch") : .each([true, true]),
      saved: [.whole(index)]
    ) { c in
      [c.grad, c.wants[1] ? try c.grad.selected(d, c.saved[0]) : nil]
    }
  }

  // In place.

  /// `scatter` into this tensor.
  @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    try checkInPlace("scatter_", [source])
    let (d, index) = try scatterArguments("scatter_", dim, index, source)
    setGathered(d, try own(index), try own(source).castUnrecorded(dtype))
    wrote()
    return self
  }

  /// `scatter` of one value into this tensor.
  @discardableResult
  public func scatter_(_ dim: Int, _ index: Tensor, _ value: Scalar) throws -> Tensor {
    let constant = try OperandValue.scalar(value).asTensor(dtype)
    return try scatter_(dim, index, constant.expandedView(index.shape))
  }

  /// `scatterAdd` into this tensor.
  @discardableResult
  public func scatterAdd_(_ dim: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    try checkInPlace("scatter_add_", [source])
    let (d, index) = try scatterArguments("scatter_add_", dim, index, source)
    try checkAdds("scatter_add_")
    let source = try own(source).castUnrecorded(dtype)
    addGathered(d, try own(index), source.narrowed(to: index.shape))
    wrote()
    return self
  }

  /// `indexAdd` into this tensor.
  @discardableResult
  public func indexAdd_(
    _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: Scalar = 1
  ) throws -> Tensor {
    try checkInPlace("index_add_", [source])
    let (d, index) = try indexAddArguments("index_add_", dim, index, source)
    let scaled = try GradMode.off { try alpha == 1 ? source : source * alpha }
    addSelected(d, try own(index), try own(scaled).castUnrecorded(dtype))
    wrote()
    return self
  }

  // Checks and pieces.

  private func scatterArguments(
    _ op: String, _ dim: Int, _ index: Tensor, _ source: Tensor
  ) throws -> (d: Int, index: Tensor) {
    let d = try checkedDim(dim, op)
    try checkCovers(index, d, op)
    guard source.ndim == ndim, zip(index.shape, source.shape).allSatisfy({ $0 <= $1 }) else {
      throw TensorError(
        op,
        "a source of shape \(shapeText(source.shape)) has no element for each index of shape "
          + shapeText(index.shape))
    }
    return (d, try index.checkedIndices(shape[d], of: shape, wraps: true, op))
  }

  private func indexAddArguments(
    _ op: String, _ dim: Int, _ index: Tensor, _ source: Tensor
  ) throws -> (d: Int, index: Tensor) {
    let d = try checkedDim(dim, op)
    try index.checkVector(op)
    var expected = shape
    expected[d] = index.count
    guard source.shape == expected else {
      throw TensorError(
        op, "needs a source of shape \(shapeText(expected)), got \(shapeText(source.shape))")
    }
    try checkAdds(op)
    return (d, try index.checkedIndices(shape[d], of: shape, wraps: true, op))
  }

  private func checkAdds(_ op: String) throws {
    guard dtype != .bool else { throw TensorError(op, "not defined for bool tensors") }
  }

  private func scatterRows(_ d: Int, _ index: Tensor, _ source: Tensor) -> Node.Rows {
    if d != 0 && source.shape[0] != shape[0] { return .mixed("its source has other rows") }
    return lineRows(d, index, inputs: 2)
  }

  /// Writes `source` where `gathered` reads.
  func setGathered(_ d: Int, _ index: Tensor, _ source: Tensor) {
    Picking.scatter(
      source.narrowed(to: index.shape), index, dim: d, into: lined(up: index.shape, along: d),
      step: strides[d])
  }

  /// The leading corner of a shape that is no larger.
  private func narrowed(to target: [Int]) -> Tensor { view(target, strides) }

  /// This tensor as the leading corner of zeros of a shape that is no smaller.
  private func padded(to target: [Int]) throws -> Tensor {
    if shape == target { return self }
    let out = try Tensor.zeros(target, dtype)
    Loops.convert(self, into: out.narrowed(to: shape))
    return out
  }

  /// A dense copy in this memory order.
  func orderedCopy() throws -> Tensor { try copyUnrecorded(strides: stridesInOrder(shape)) }

  /// An operand that may be read while this tensor is written in any order.
  private func own(_ operand: Tensor) throws -> Tensor {
    operand.storage === storage ? try operand.orderedCopy() : operand
  }
}
