// SPDX-License-Identifier: Apache-2.0

/// Systems of linear equations.
extension Tensor {
  /// The X of A X = B for a square A. (…, n, n) with (…, n, k) or (n) -> as the right side
  ///
  /// Leading extents broadcast. By LU factors with row exchanges (LAPACK's gesv).
  ///
  /// - Throws: when A is not square, is singular, or an element is not finite.
  public func solve(_ b: Tensor) throws -> Tensor {
    let span = Profiler.begin("solve")
    defer { span.end() }
    try Matrices.checkSquare(self, "solve")
    let (a, column) = try Matrices.pair(self, b, "solve")
    let x = try Tensor.solved(a, column, "solve")
    x.recorded(
      "solve", [a, column], rows: Matrices.rows(a, 2),
      saved: [Matrices.saved(a), Matrices.saved(x)]
    ) { c in
      let right = try Tensor.solved(c.saved[0].transposedView, c.grad, "solve")
      let left = c.wants[0] ? try -Product.compute(right, c.saved[1].transposedView) : nil
      return [left, right]
    }
    return b.ndim == 1 ? try x.squeeze(-1) : x
  }

  /// The inverse of a square matrix. (…, n, n) -> (…, n, n)
  ///
  /// - Throws: when the matrix is not square, is singular, or an element is not finite.
  public func inverse() throws -> Tensor {
    let span = Profiler.begin("inverse")
    defer { span.end() }
    try Matrices.checkSquare(self, "inverse")
    let unit = try Tensor.eye(shape[ndim - 1], dtype: dtype).expandedView(shape)
    let out = try Tensor.solved(self, unit, "inverse")
    return out.recorded(
      "inverse", [self], rows: Matrices.rows(self), saved: [Matrices.saved(out)]
    ) { c in
      let transposed = c.saved[0].transposedView
      return [try -Product.compute(Product.compute(transposed, c.grad), transposed)]
    }
  }

  /// The X of op(A) X = B for a triangular A, of which the other half is not read.
  /// (…, n, n) with (…, n, k) or (n) -> as the right side
  ///
  /// - Parameters:
  ///   - upper: the upper half of A counts, else the lower.
  ///   - transpose: op(A) is Aᵀ.
  ///   - unit: the diagonal is not read either and counts as 1.
  /// - Throws: when A is not square, has a 0 on the diagonal, or an element is not finite.
  public func solveTriangular(
    _ b: Tensor, upper: Bool, transpose: Bool = false, unit: Bool = false
  ) throws -> Tensor {
    let span = Profiler.begin("solve_triangular")
    defer { span.end() }
    let triangle = Triangle(upper: upper, transpose: transpose, unit: unit)
    try Matrices.checkSquare(self, "solve_triangular")
    let (a, column) = try Matrices.pair(self, b, "solve_triangular")
    let x = try Tensor.solved(a, column, triangle)
    x.recorded(
      "solve_triangular", [a, column], rows: Matrices.rows(a, 2),
      saved: [Matrices.saved(a), Matrices.saved(x)]
    ) { c in
      var back = triangle
      back.transpose.toggle()
      let right = try Tensor.solved(c.saved[0], c.grad, back)
      guard c.wants[0] else { return [nil, right] }
      let left =
        transpose
        ? try Product.compute(c.saved[1], right.transposedView)
        : try Product.compute(right, c.saved[1].transposedView)
      let negative = try Matrices.copy(-left)
      Matrices.keepTriangle(negative, upper: upper, diagonal: !unit)
      return [negative, right]
    }
    return b.ndim == 1 ? try x.squeeze(-1) : x
  }

  /// A⁻¹ B off the tape, of equal leading extents.
  static func solved(_ a: Tensor, _ b: Tensor, _ op: String) throws -> Tensor {
    a.dtype == .float32
      ? try solved(Float.self, a, b, op) : try solved(Double.self, a, b, op)
  }

  private static func solved<T: LAPACKElement>(_: T.Type, _ a: Tensor, _ b: Tensor, _ op: String)
    throws -> Tensor
  {
    let (n, k) = (b.shape[b.ndim - 2], b.shape[b.ndim - 1])
    let (factors, x) = (try Matrices.columnMajor(a), try Matrices.columnMajor(b))
    if x.count == 0 { return x.transposedView }
    try Matrices.forEach(Matrices.count(a), op) { i in
      var (order, columns, info) = (Int32(n), Int32(k), Int32(0))
      let pivots = try Storage(byteCount: n * 4)
      T.gesv(
        &order, &columns, factors.pointer(T.self) + i * n * n, &order,
        pivots.base.assumingMemoryBound(to: Int32.self), x.pointer(T.self) + i * n * k, &order,
        &info)
      guard info == 0 else {
        throw TensorError(
          op,
          "the matrix is singular: pivot \(info) of \(n) is 0" + Matrices.place(i, in: a))
      }
    }
    return x.transposedView
  }

  /// op(A)⁻¹ B off the tape, of equal leading extents.
  static func solved(_ a: Tensor, _ b: Tensor, _ triangle: Triangle) throws -> Tensor {
    a.dtype == .float32
      ? try solved(Float.self, a, b, triangle) : try solved(Double.self, a, b, triangle)
  }

  private static func solved<T: LAPACKElement>(
    _: T.Type, _ a: Tensor, _ b: Tensor, _ triangle: Triangle
  ) throws -> Tensor {
    let op = "solve_triangular"
    /// Columns of the right side that one task solves for.
    let width = 128
    let (n, k) = (b.shape[b.ndim - 2], b.shape[b.ndim - 1])
    let (factors, x) = (try a.contiguousUnrecorded(), try Matrices.copy(b))
    if x.count == 0 { return x }
    let (p, q) = (factors.pointer(T.self), x.pointer(T.self))
    if !triangle.unit {
      for i in 0..<Matrices.count(a) {
        for j in 0..<n where p[i * n * n + j * (n + 1)] == 0 {
          throw TensorError(
            op,
            "the matrix is singular: diagonal element \(j + 1) of \(n) is 0"
              + Matrices.place(i, in: a))
        }
      }
    }
    let blocks = (k + width - 1) / width
    try Matrices.forEach(Matrices.count(a) * blocks, op) { task in
      let (i, from) = (task / blocks, task % blocks * width)
      T.trsm(n, min(width, k - from), p + i * n * n, triangle, q + i * n * k + from, k)
    }
    return x
  }
}
