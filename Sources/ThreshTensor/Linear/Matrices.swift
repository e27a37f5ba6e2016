// SPDX-License-Identifier: Apache-2.0

/// What the operations of linear algebra share: checks, copies, and loops over stacks of matrices.
enum Matrices {
  /// Checks for floating-point matrices with extents LAPACK can count and finite elements.
  static func check(_ t: Tensor, _ op: String) throws {
    guard t.dtype.isFloating else { throw t.needsFloating(op) }
    guard t.ndim >= 2 else {
      throw TensorError(op, "needs a matrix (…, n, m), got shape \(shapeText(t.shape))")
    }
    guard t.shape.suffix(2).allSatisfy({ $0 <= Int(Int32.max) / 8 }) else {
      throw TensorError(op, "the matrix is too large: \(shapeText(t.shape))")
    }
    let finite =
      t.dtype == .float32 ? try allFinite(Float.self, t) : try allFinite(Double.self, t)
    guard finite else { throw TensorError(op, "the input has elements that are NaN or infinite") }
  }

  static func checkSquare(_ t: Tensor, _ op: String) throws {
    guard t.ndim >= 2, t.shape[t.ndim - 1] == t.shape[t.ndim - 2] else {
      throw TensorError(op, "needs a square matrix, got shape \(shapeText(t.shape))")
    }
    try check(t, op)
  }

  private static func allFinite<T: FloatingElement>(_: T.Type, _ t: Tensor) throws -> Bool {
    let dense = try t.contiguousUnrecorded()
    let p = dense.pointer(T.self)
    // A sum of zeros is 0 unless something is not finite.
    var zero: T = 0
    for i in 0..<dense.count { zero += p[i] * 0 }
    return zero == 0
  }

  /// A row-major copy that may be overwritten.
  static func copy(_ t: Tensor) throws -> Tensor {
    try t.copyUnrecorded(strides: Shape.contiguousStrides(t.shape))
  }

  /// A column-major copy, shown as its transpose. (…, n, m) -> (…, m, n)
  static func columnMajor(_ t: Tensor) throws -> Tensor { try copy(t.transposedView) }

  /// Runs `body` for every matrix of a stack, in parallel; the first error is thrown.
  static func forEach(_ count: Int, _ op: String, _ body: (Int) throws -> Void) throws {
    _ = BLAS.ready
    let failure = FirstFailure()
    Workers.run(count) { i in
      do {
        try Interrupt.check(op)
        try body(i)
      } catch { failure.keep(error) }
    }
    try failure.raise()
  }

  /// The number of matrices in a stack.
  static func count(_ t: Tensor) -> Int { t.shape.dropLast(2).reduce(1, *) }

  /// `" (matrix 3 of the stack)"` where there is a stack.
  static func place(_ i: Int, in t: Tensor) -> String {
    t.ndim > 2 ? " (matrix \(i + 1) of \(count(t)) in the stack)" : ""
  }

  /// Whether the rows of an operation on stacks are the matrices of the stack.
  static func rows(_ t: Tensor, _ inputs: Int = 1) -> Node.Rows {
    t.ndim > 2
      ? .each([Bool](repeating: true, count: inputs))
      : .mixed("the rows of its matrix depend on each other")
  }

  static func saved(_ t: Tensor) -> Node.Saved { t.ndim > 2 ? .rows(t) : .whole(t) }

  /// Two operands of one type with equal leading extents, recorded; a vector becomes a column.
  static func pair(_ a: Tensor, _ b: Tensor, _ op: String) throws -> (a: Tensor, b: Tensor) {
    let column = b.ndim == 1 ? try b.unsqueeze(-1) : b
    guard column.ndim >= 2, column.shape[column.ndim - 2] == a.shape[a.ndim - 2] else {
      throw TensorError(
        op,
        "the right side needs \(a.shape[a.ndim - 2]) rows, as the matrix has: "
          + "\(shapeText(a.shape)) and \(shapeText(b.shape))")
    }
    let dtype = DType.promote(a.dtype, b.dtype)
    let batch = try Shape.broadcast(
      Array(a.shape.dropLast(2)), Array(column.shape.dropLast(2)), op: op)
    let pair = (
      a: try a.cast(dtype).expand(batch + a.shape.suffix(2)),
      b: try column.cast(dtype).expand(batch + column.shape.suffix(2))
    )
    try check(pair.b, op)
    return pair
  }

  /// Zeros the elements of fresh row-major square matrices outside a triangle.
  static func keepTriangle(_ t: Tensor, upper: Bool, diagonal: Bool = true) {
    if t.dtype == .float32 {
      keepTriangle(Float.self, t, upper, diagonal)
    } else {
      keepTriangle(Double.self, t, upper, diagonal)
    }
  }

  private static func keepTriangle<T: FloatingElement>(
    _: T.Type, _ t: Tensor, _ upper: Bool, _ diagonal: Bool
  ) {
    let n = t.shape[t.ndim - 1]
    for row in 0..<count(t) * n {
      let (p, i) = (t.pointer(T.self) + row * n, row % n)
      if upper {
        p.update(repeating: 0, count: diagonal ? i : i + 1)
      } else {
        let from = diagonal ? i + 1 : i
        (p + from).update(repeating: 0, count: n - from)
      }
    }
  }
}

extension Tensor {
  /// Records an output whose backward pass is an error, rather than a gradient lost in silence.
  func recordedWithoutGradient(_ op: String, _ inputs: [Tensor]) -> Tensor {
    recorded(op, inputs, rows: .mixed("it has no gradient")) { _ in
      throw TensorError("backward", "'\(op)' has no gradient; detach its input or use no_grad")
    }
  }
}
