// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The matrix product, by PyTorch's rules for every pair of ranks.
  ///
  /// `(k) (k) -> ()`, `(n, k) (k, m) -> (n, m)`, `(n, k) (k) -> (n)`, `(k) (k, m) -> (m)`, and
  /// `(…, n, k) (…, k, m) -> (…, n, m)` with leading extents broadcast.
  public func matmul(_ other: Tensor) throws -> Tensor {
    let span = Profiler.begin("matmul")
    defer { span.end() }
    guard ndim > 0, other.ndim > 0 else {
      throw TensorError(
        "matmul",
        "needs at least 1 dimension on both sides, got \(shapeText(shape)) x "
          + shapeText(other.shape))
    }
    guard shape[ndim - 1] == other.shape[max(other.ndim - 2, 0)] else {
      throw TensorError(
        "matmul", "inner sizes differ: \(shapeText(shape)) x \(shapeText(other.shape))")
    }
    let dtype = DType.promote(dtype, other.dtype)
    let (a, b) = (try cast(dtype), try other.cast(dtype))
    let out = try Product.compute(a, b)
    let carries = Product.rows(a, b, out)
    return out.recorded(
      "matmul", [a, b],
      rows: carries == [false, false] ? .mixed("neither side has rows") : .each(carries),
      saved: [carries[0] ? .rows(a) : .whole(a), carries[1] ? .rows(b) : .whole(b)]
    ) { c in
      [
        c.wants[0] ? try Product.leftGradient(c.grad, c.saved[0], c.saved[1]) : nil,
        c.wants[1] ? try Product.rightGradient(c.grad, c.saved[0], c.saved[1]) : nil,
      ]
    }
  }

  /// Matrix products of two stacks. (B, n, k) (B, k, m) -> (B, n, m)
  public func bmm(_ other: Tensor) throws -> Tensor {
    guard ndim == 3, other.ndim == 3, shape[0] == other.shape[0] else {
      throw TensorError(
        "bmm",
        "needs two stacks of as many matrices, got \(shapeText(shape)) and "
          + shapeText(other.shape))
    }
    return try matmul(other)
  }

  /// A matrix times a vector. (n, k) (k) -> (n)
  public func mv(_ vector: Tensor) throws -> Tensor {
    guard ndim == 2, vector.ndim == 1 else {
      throw TensorError(
        "mv", "needs a matrix and a vector, got \(shapeText(shape)) and \(shapeText(vector.shape))"
      )
    }
    return try matmul(vector)
  }

  /// The inner product of two vectors. (k) (k) -> ()
  public func dot(_ other: Tensor) throws -> Tensor {
    guard ndim == 1, other.ndim == 1 else {
      throw TensorError(
        "dot", "needs two vectors, got \(shapeText(shape)) and \(shapeText(other.shape))")
    }
    return try matmul(other)
  }

  /// Every product of an element here with one there. (n) (m) -> (n, m)
  public func outer(_ other: Tensor) throws -> Tensor {
    guard ndim == 1, other.ndim == 1 else {
      throw TensorError(
        "outer", "needs two vectors, got \(shapeText(shape)) and \(shapeText(other.shape))")
    }
    return try unsqueezedLast() * other
  }

  /// (n) -> (n, 1), recorded with the rows where they are.
  private func unsqueezedLast() throws -> Tensor { try unsqueeze(-1) }
}

/// Products of tensors of any rank, off the tape.
enum Product {
  static func compute(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.ndim == 1 || b.ndim == 1 {
      let x = a.ndim == 1 ? a.unsqueezedView(0) : a
      let y = b.ndim == 1 ? b.unsqueezedView(1) : b
      let full = try compute(x, y)
      var shape = full.shape
      if a.ndim == 1 { shape.remove(at: shape.count - 2) }
      if b.ndim == 1 { shape.removeLast() }
      return full.view(shape, Shape.contiguousStrides(shape))
    }
    if a.ndim == 2 && b.ndim == 2 {
      let out = try Tensor(empty: [a.shape[0], b.shape[1]], a.dtype, op: "matmul")
      try Gemm.run(a, b, into: out)
      return out
    }
    let lead = Array(a.shape.dropLast(2))
    // A stack times one matrix is one tall product, where its rows lie regularly.
    if b.ndim == 2 {
      let rows = try Shape.count(lead, op: "matmul") * a.shape[a.ndim - 2]
      let flat = try a.reshapedUnrecorded([rows, a.shape[a.ndim - 1]])
      let out = try compute(flat, b)
      let shape = lead + [a.shape[a.ndim - 2], b.shape[1]]
      return out.view(shape, Shape.contiguousStrides(shape))
    }
    let batch = try Shape.broadcast(lead, Array(b.shape.dropLast(2)), op: "matmul")
    let (n, m) = (a.shape[a.ndim - 2], b.shape[b.ndim - 1])
    let out = try Tensor(empty: batch + [n, m], a.dtype, op: "matmul")
    let x = a.expandedView(batch + a.shape.suffix(2))
    let y = b.expandedView(batch + b.shape.suffix(2))
    let count = batch.reduce(1, *)
    func product(_ i: Int) throws {
      var (rest, xo, yo) = (i, x.offset, y.offset)
      for d in stride(from: batch.count - 1, through: 0, by: -1) {
        xo += rest % batch[d] * x.strides[d]
        yo += rest % batch[d] * y.strides[d]
        rest /= batch[d]
      }
      let k = x.shape[batch.count + 1]
      let left = x.view([n, k], Array(x.strides.suffix(2)), offset: xo)
      let right = y.view([k, m], Array(y.strides.suffix(2)), offset: yo)
      try Gemm.multiply(left, right, into: out.view([n, m], [m, 1], offset: i * n * m))
    }
    if count == 0 { return out }
    Profiler.count(flops: 2 * out.count * x.shape[batch.count + 1])
    // The first one alone: what it throws (bool, too large), all would.
    try product(0)
    let failure = FirstFailure()
    Workers.run(count - 1) { i in
      do { try product(i + 1) } catch { failure.keep(error) }
    }
    try failure.raise()
    return out
  }

  /// Which operands have the output's first extent as their own.
  static func rows(_ a: Tensor, _ b: Tensor, _ out: Tensor) -> [Bool] {
    if a.ndim == 1 || (a.ndim == 2 && b.ndim > 2) {
      return [false, b.ndim > 2 && b.shape[0] == out.shape[0]]
    }
    if b.ndim <= 2 { return [true, false] }
    return [
      a.ndim >= b.ndim && a.shape[0] == out.shape[0],
      b.ndim >= a.ndim && b.shape[0] == out.shape[0],
    ]
  }

  /// The gradient for `a` of out = a b.
  static func leftGradient(_ grad: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.ndim == 1 && b.ndim == 1 { return try b * grad }
    if b.ndim == 1 {
      return try compute(grad.unsqueezedView(grad.ndim), b.unsqueezedView(0))
    }
    if a.ndim == 1 {
      return try compute(grad.unsqueezedView(grad.ndim - 1), b.transposedView)
        .summed(to: [1, a.shape[0]]).reshapedUnrecorded(a.shape)
    }
    return try compute(grad, b.transposedView).summed(to: a.shape)
  }

  /// The gradient for `b` of out = a b.
  static func rightGradient(_ grad: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    if a.ndim == 1 && b.ndim == 1 { return try a * grad }
    if a.ndim == 1 {
      return try compute(a.unsqueezedView(1), grad.unsqueezedView(grad.ndim - 1)).summed(
        to: b.shape)
    }
    if b.ndim == 1 {
      return try flat(a).transposedView.matmul(flat(grad.unsqueezedView(grad.ndim)))
        .reshapedUnrecorded(b.shape)
    }
    if b.ndim == 2 { return try compute(flat(a).transposedView, flat(grad)) }
    return try compute(a.transposedView, grad).summed(to: b.shape)
  }

  /// (…, n, k) -> (… n, k)
  private static func flat(_ t: Tensor) throws -> Tensor {
    let k = t.shape[t.ndim - 1]
    return try t.reshapedUnrecorded([t.shape.dropLast().reduce(1, *), k])
  }
}
