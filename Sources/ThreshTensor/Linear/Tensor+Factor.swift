// SPDX-License-Identifier: Apache-2.0

/// Factors of matrices.
extension Tensor {
  /// The lower triangular L with L Lᵀ = A, or with `upper` Lᵀ. (…, n, n) -> (…, n, n)
  ///
  /// A is symmetric positive definite; only its lower half is read. The gradient is symmetric
  /// (I. Murray, Differentiation of the Cholesky decomposition, 2016).
  ///
  /// - Throws: when A is not square or not positive definite (naming the first minor that is not),
  ///   or an element is not finite.
  public func cholesky(upper: Bool = false) throws -> Tensor {
    let span = Profiler.begin("cholesky")
    defer { span.end() }
    try Matrices.checkSquare(self, "cholesky")
    let lower = try Matrices.copy(self)
    if dtype == .float32 {
      try Tensor.choleskyInPlace(Float.self, lower)
    } else {
      try Tensor.choleskyInPlace(Double.self, lower)
    }
    Matrices.keepTriangle(lower, upper: false)
    lower.recorded(
      "cholesky", [self], rows: Matrices.rows(self), saved: [Matrices.saved(lower)]
    ) { c in
      let lower = c.saved[0]
      // S = L⁻ᵀ Φ(Lᵀ G) L⁻¹, with Φ the lower half and half of the diagonal.
      let phi = try Matrices.copy(Product.compute(lower.transposedView, c.grad))
      Matrices.keepTriangle(phi, upper: false)
      let diagonal = try phi.diagonal(dim1: -2, dim2: -1)
      Loops.convert(try diagonal.scaled(by: 0.5), into: diagonal)
      let transposed = Triangle(upper: false, transpose: true)
      let left = try Tensor.solved(lower, phi, transposed)
      let s = try Tensor.solved(lower, left.transposedView, transposed)
      return [try (s + s.transposedView).scaled(by: 0.5)]
    }
    return upper ? try lower.transpose().contiguous() : lower
  }

  private static func choleskyInPlace<T: LAPACKElement>(_: T.Type, _ a: Tensor) throws {
    let n = a.shape[a.ndim - 1]
    if a.count == 0 { return }
    try Matrices.forEach(Matrices.count(a), "cholesky") { i in
      var (order, info) = (Int32(n), Int32(0))
      // The lower half of a row-major matrix is the upper half of a column-major one.
      T.potrf("U", &order, a.pointer(T.self) + i * n * n, &order, &info, 1)
      guard info == 0 else {
        throw TensorError(
          "cholesky",
          "the matrix is not positive definite: its leading minor of order \(info) is not"
            + Matrices.place(i, in: a))
      }
    }
  }

  /// The determinant of a square matrix. (…, n, n) -> (…)
  ///
  /// The gradient, det(A) A⁻ᵀ, needs a regular matrix.
  public func det() throws -> Tensor {
    let span = Profiler.begin("det")
    defer { span.end() }
    try Matrices.checkSquare(self, "det")
    let out = try Tensor(empty: Array(shape.dropLast(2)), dtype, op: "det")
    if dtype == .float32 {
      try Tensor.determinants(Float.self, self, into: out)
    } else {
      try Tensor.determinants(Double.self, self, into: out)
    }
    return out.recorded(
      "det", [self], rows: Matrices.rows(self),
      saved: [Matrices.saved(self), ndim > 2 ? .rows(out) : .whole(out)]
    ) { c in
      let a = c.saved[0]
      let unit = try Tensor.eye(a.shape[a.ndim - 1], dtype: a.dtype).expandedView(a.shape)
      let inverse = try Tensor.solved(a.transposedView, unit, "det")
      let factor = try c.grad * c.saved[1]
      return [try inverse * factor.unsqueezedView(factor.ndim).unsqueezedView(factor.ndim + 1)]
    }
  }

  private static func determinants<T: LAPACKElement>(_: T.Type, _ a: Tensor, into out: Tensor)
    throws
  {
    let n = a.shape[a.ndim - 1]
    // A matrix and its transpose have the same determinant.
    let factors = try Matrices.copy(a)
    try Matrices.forEach(Matrices.count(a), "det") { i in
      var (order, lead, info) = (Int32(n), Int32(max(n, 1)), Int32(0))
      let p = factors.pointer(T.self) + i * n * n
      let storage = try Storage(byteCount: max(n, 1) * 4)
      let pivots = storage.base.assumingMemoryBound(to: Int32.self)
      T.getrf(&order, &order, p, &lead, pivots, &info)
      var product = 1.0
      for j in 0..<n { product *= p[j * (n + 1)].asDouble * (pivots[j] == j + 1 ? 1 : -1) }
      out.pointer(T.self)[i] = T(converting: product)
    }
  }

  /// The thin singular value decomposition A = U diag(S) Vh, with p = min(n, m).
  /// (…, n, m) -> (…, n, p), (…, p) falling, (…, p, m)
  ///
  /// By divide and conquer (LAPACK's gesdd). It has no gradient: a backward pass through it throws.
  ///
  /// - Throws: when an element is not finite, or the iteration does not converge.
  public func svd() throws -> (u: Tensor, s: Tensor, vh: Tensor) {
    let (u, s, vh) = try decomposed(vectors: true, "svd")
    return (
      u.recordedWithoutGradient("svd", [self]), s.recordedWithoutGradient("svd", [self]),
      vh.recordedWithoutGradient("svd", [self])
    )
  }

  /// The singular values alone, falling. (…, n, m) -> (…, min(n, m))
  public func svdvals() throws -> Tensor {
    try decomposed(vectors: false, "svdvals").s.recordedWithoutGradient("svdvals", [self])
  }

  private func decomposed(vectors: Bool, _ op: String) throws -> (u: Tensor, s: Tensor, vh: Tensor)
  {
    let span = Profiler.begin(op)
    defer { span.end() }
    try Matrices.check(self, op)
    return dtype == .float32
      ? try decomposed(Float.self, vectors, op) : try decomposed(Double.self, vectors, op)
  }

  private func decomposed<T: LAPACKElement>(_: T.Type, _ vectors: Bool, _ op: String) throws
    -> (u: Tensor, s: Tensor, vh: Tensor)
  {
    let (n, m) = (shape[ndim - 2], shape[ndim - 1])
    let (p, batch) = (min(n, m), Array(shape.dropLast(2)))
    let a = try Matrices.columnMajor(self)
    // Column-major too.
    let u = try Tensor(empty: batch + (vectors ? [p, n] : [0, 0]), dtype, op: op)
    let vh = try Tensor(empty: batch + (vectors ? [m, p] : [0, 0]), dtype, op: op)
    let s = try Tensor(empty: batch + [p], dtype, op: op)
    let result = (u: u.transposedView, s: s, vh: vh.transposedView)
    if s.count == 0 { return result }
    try Matrices.forEach(Matrices.count(a), op) { i in
      var (rows, columns, rank, info) = (Int32(n), Int32(m), Int32(p), Int32(0))
      let integers = try Storage(byteCount: 8 * p * 4)
      let scratch = integers.base.assumingMemoryBound(to: Int32.self)
      func run(_ work: UnsafeMutablePointer<T>, _ length: Int) {
        var length = Int32(clamping: length)
        T.gesdd(
          vectors ? "S" : "N", &rows, &columns, a.pointer(T.self) + i * n * m, &rows,
          s.pointer(T.self) + i * p, u.pointer(T.self) + (vectors ? i * n * p : 0), &rows,
          vh.pointer(T.self) + (vectors ? i * p * m : 0), &rank, work, &length, scratch, &info, 1)
      }
      var size: T = 0
      run(&size, -1)
      let length = Int(size.nextUp) + 1
      let work = try Storage(byteCount: length * MemoryLayout<T>.stride)
      run(work.base.assumingMemoryBound(to: T.self), length)
      guard info == 0 else {
        throw TensorError(op, "the iteration did not converge" + Matrices.place(i, in: self))
      }
    }
    return result
  }
}
