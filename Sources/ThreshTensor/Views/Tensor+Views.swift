// SPDX-License-Identifier: Apache-2.0

/// Views: other looks at the same storage, recorded on the tape.
extension Tensor {
  /// Dimensions in another order.
  public func permute(_ order: [Int]) throws -> Tensor {
    let order = try order.map { try checkedDim($0, "permute") }
    guard order.sorted() == Array(shape.indices) else {
      throw TensorError(
        "permute", "needs each dimension of shape \(shapeText(shape)) once, got \(order.count)")
    }
    var inverse = order
    for (i, d) in order.enumerated() { inverse[d] = i }
    let back = inverse
    let rows: Node.Rows =
      order.first == 0 || order.isEmpty ? .each([true]) : .mixed("it moves the first dimension")
    return permutedView(order).recorded("permute", [self], rows: rows) { c in
      [c.grad.permutedView(back)]
    }
  }

  /// Two dimensions exchanged.
  public func transpose(_ a: Int = -2, _ b: Int = -1) throws -> Tensor {
    var order = Array(shape.indices)
    order.swapAt(try checkedDim(a, "transpose"), try checkedDim(b, "transpose"))
    return try permute(order)
  }

  /// A matrix transposed: PyTorch's `t()`; fewer dimensions are left as they are.
  public func t() throws -> Tensor {
    guard ndim <= 2 else {
      throw TensorError("t", "needs at most 2 dimensions, got shape \(shapeText(shape))")
    }
    return ndim < 2 ? self : try transpose(0, 1)
  }

  /// Without its extents of 1, or without dimension `dim` if its extent is 1.
  public func squeeze(_ dim: Int? = nil) throws -> Tensor {
    let gone: [Int]
    if let dim {
      gone = try checkedDims([dim], "squeeze").filter { shape[$0] == 1 }
    } else {
      gone = shape.indices.filter { shape[$0] == 1 }
    }
    let left = shape.indices.filter { !gone.contains($0) }
    let rows: Node.Rows =
      gone.contains(0) ? .mixed("it removes the first dimension") : .each([true])
    return permutedView(left).recorded("squeeze", [self], rows: rows) { c in
      [try c.grad.reshapedUnrecorded(c.inputShapes[0])]
    }
  }

  /// With an extent of 1 inserted before dimension `dim`; -1 appends it.
  public func unsqueeze(_ dim: Int) throws -> Tensor {
    let d = dim < 0 ? dim + ndim + 1 : dim
    guard d >= 0, d <= ndim else {
      throw TensorError("unsqueeze", "the dimension is out of range for shape \(shapeText(shape))")
    }
    let rows: Node.Rows =
      d == 0 ? .mixed("it puts a dimension before the first") : .each([true])
    return unsqueezedView(d).recorded("unsqueeze", [self], rows: rows) { c in
      [try c.grad.reshapedUnrecorded(c.inputShapes[0])]
    }
  }

  /// Position `index` of dimension `dim`, which disappears.
  public func select(_ dim: Int, _ index: Int) throws -> Tensor {
    let d = try checkedDim(dim, "select")
    let i = try checkedPosition(index, shape[d], "select")
    let rows: Node.Rows = d == 0 ? .mixed("it picks one row") : .each([true])
    return selectedView(d, i).recorded("select", [self], rows: rows) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      Loops.convert(c.grad, into: g.selectedView(d, i))
      return [g]
    }
  }

  /// `length` positions of dimension `dim` from `start` on, each `step`-th one.
  public func narrow(_ dim: Int, _ start: Int, _ length: Int, step: Int = 1) throws -> Tensor {
    let d = try checkedDim(dim, "narrow")
    let first = start < 0 ? start + shape[d] : start
    guard first >= 0, length >= 0, step >= 1, first <= shape[d], length <= shape[d],
      length == 0 || step <= shape[d],
      first + max(length - 1, 0) * step < max(shape[d], 1)
        || length == 0
    else {
      throw TensorError(
        "narrow",
        "\(length) positions from the given start do not lie inside an extent of \(shape[d]) "
          + "(shape \(shapeText(shape)))")
    }
    if length == shape[d] && step == 1 { return self }
    let rows: Node.Rows = d == 0 ? .mixed("it takes a range of the rows") : .each([true])
    return narrowedView(d, first, length, step: step).recorded("narrow", [self], rows: rows) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      Loops.convert(c.grad, into: g.narrowedView(d, first, length, step: step))
      return [g]
    }
  }

  /// Extents of 1 read repeatedly, up to `target`; -1 keeps an extent. Shares the storage.
  public func expand(_ target: [Int]) throws -> Tensor {
    let lead = target.count - ndim
    guard lead >= 0 else { throw misfit(target) }
    let full = target.indices.map { d in
      target[d] == -1 && d >= lead ? shape[d - lead] : target[d]
    }
    _ = try Shape.count(full, op: "expand")
    for d in shape.indices where shape[d] != 1 && shape[d] != full[d + lead] {
      throw misfit(target)
    }
    if full == shape { return self }
    let out = expandedView(full)
    return out.recorded("expand", [self], rows: .elementwise(out, [self])) { c in
      [try c.grad.summed(to: c.inputShapes[0])]
    }
  }

  /// PyTorch's other name of `expand`.
  public func broadcastTo(_ target: [Int]) throws -> Tensor { try expand(target) }

  private func misfit(_ target: [Int]) -> TensorError {
    TensorError(
      "expand",
      "shape \(shapeText(shape)) does not broadcast to \(shapeText(target)); "
        + "aligned at the right, extents must be equal or 1")
  }

  /// The diagonal of dimensions `dim1` and `dim2` as the last dimension; `offset` > 0 lies above it.
  public func diagonal(offset: Int = 0, dim1: Int = 0, dim2: Int = 1) throws -> Tensor {
    let (a, b) = (try checkedDim(dim1, "diagonal"), try checkedDim(dim2, "diagonal"))
    guard a != b else { throw TensorError("diagonal", "needs two different dimensions") }
    let rows: Node.Rows =
      a == 0 || b == 0 ? .mixed("it picks elements across rows") : .each([true])
    return diagonalView(offset, a, b).recorded("diagonal", [self], rows: rows) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      Loops.convert(c.grad, into: g.diagonalView(offset, a, b))
      return [g]
    }
  }

  private func diagonalView(_ shift: Int, _ a: Int, _ b: Int) -> Tensor {
    let shift = min(max(shift, -shape[a]), shape[b])
    let length = max(0, min(shape[a] + min(shift, 0), shape[b] - max(shift, 0)))
    let left = shape.indices.filter { $0 != a && $0 != b }
    let at = length == 0 ? 0 : max(shift, 0) * strides[b] + max(-shift, 0) * strides[a]
    return view(
      left.map { shape[$0] } + [length], left.map { strides[$0] } + [strides[a] + strides[b]],
      offset: offset + at)
  }
}
