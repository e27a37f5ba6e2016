// SPDX-License-Identifier: Apache-2.0

/// Eigenvalues of symmetric matrices.
extension Tensor {
  /// The eigenvalues, rising, and eigenvectors (as columns) of a symmetric matrix, of which only the
  /// lower half is read. (…, n, n) -> (…, n), (…, n, n)
  ///
  /// By divide and conquer (LAPACK's syevd). The gradient of the vectors needs distinct eigenvalues.
  ///
  /// - Throws: when the matrix is not square, an element is not finite, or the iteration does not
  ///   converge.
  public func eigh() throws -> (values: Tensor, vectors: Tensor) {
    try Matrices.checkSquare(self, "eigh")
    let (w, v) =
      dtype == .float32
      ? try eigenpairs(Float.self, "eigh", vectors: true)
      : try eigenpairs(Double.self, "eigh", vectors: true)
    let rows = Matrices.rows(self)
    let saved: [Node.Saved] = [ndim > 2 ? .rows(w) : .whole(w), Matrices.saved(v)]
    w.recorded("eigh", [self], rows: rows, saved: saved) { c in
      [try Tensor.valuesGradient(c.grad, c.saved[1])]
    }
    v.recorded("eigh", [self], rows: rows, saved: saved) { c in
      let (w, v) = (c.saved[0], c.saved[1])
      let gaps = try w.unsqueezedView(w.ndim - 1) - w.unsqueezedView(w.ndim)
      let unit = try Tensor.eye(w.shape[w.ndim - 1], dtype: w.dtype)
      let shares = try Tensor.where(unit.eq(1), 0, Tensor.where(unit.eq(1), 1, gaps).reciprocal())
      let inner = try Product.compute(v.transposedView, c.grad) * shares
      return [try Product.compute(Product.compute(v, inner), v.transposedView)]
    }
    return (w, v)
  }

  /// The eigenvalues of a symmetric matrix alone, rising. (…, n, n) -> (…, n)
  public func eigvalsh() throws -> Tensor {
    if Tensor.willRecord(self) { return try eigh().values }
    try Matrices.checkSquare(self, "eigvalsh")
    return dtype == .float32
      ? try eigenpairs(Float.self, "eigvalsh", vectors: false).w
      : try eigenpairs(Double.self, "eigvalsh", vectors: false).w
  }

  /// V diag(g) Vᵀ.
  private static func valuesGradient(_ g: Tensor, _ v: Tensor) throws -> Tensor {
    try Product.compute(v * g.unsqueezedView(g.ndim - 1), v.transposedView)
  }

  private func eigenpairs<T: LAPACKElement>(_: T.Type, _ op: String, vectors: Bool) throws -> (
    w: Tensor, v: Tensor
  ) {
    let span = Profiler.begin(op)
    defer { span.end() }
    let n = shape[ndim - 1]
    // The lower half of a row-major matrix is the upper half of a column-major one, and what LAPACK
    // leaves as columns of that are rows here.
    let v = try Matrices.copy(self)
    let w = try Tensor(empty: Array(shape.dropLast(1)), dtype, op: op)
    if n == 0 { return (w, v.transposedView) }
    try Matrices.forEach(Matrices.count(self), op) { i in
      var (order, info) = (Int32(n), Int32(0))
      let integers = try Storage(byteCount: (5 * n + 3) * 4)
      let scratch = integers.base.assumingMemoryBound(to: Int32.self)
      var room = Int32(5 * n + 3)
      try LAPACK.withWork(T.self) { work, length in
        // A query leaves the size of the integer room in its first place; ours is always enough.
        T.syevd(
          vectors ? "V" : "N", "U", &order, v.pointer(T.self) + i * n * n, &order,
          w.pointer(T.self) + i * n, work, length, scratch, &room, &info, 1, 1)
      }
      guard info == 0 else {
        throw TensorError(op, "the iteration did not converge" + Matrices.place(i, in: self))
      }
    }
    return (w, v.transposedView)
  }

  /// The sign and the logarithm of the absolute value of the determinant. (…, n, n) -> (…), (…)
  ///
  /// Where a determinant itself would overflow. A singular matrix gives 0 and -infinity.
  public func slogdet() throws -> (sign: Tensor, logabsdet: Tensor) {
    let span = Profiler.begin("slogdet")
    defer { span.end() }
    try Matrices.checkSquare(self, "slogdet")
    let shape = Array(shape.dropLast(2))
    let sign = try Tensor(empty: shape, dtype, op: "slogdet")
    let log = try Tensor(empty: shape, dtype, op: "slogdet")
    if dtype == .float32 {
      try logDeterminants(Float.self, sign, log)
    } else {
      try logDeterminants(Double.self, sign, log)
    }
    log.recorded(
      "slogdet", [self], rows: Matrices.rows(self), saved: [Matrices.saved(self)]
    ) { c in
      let a = c.saved[0]
      let unit = try Tensor.eye(a.shape[a.ndim - 1], dtype: a.dtype).expandedView(a.shape)
      let inverse = try Tensor.solved(a.transposedView, unit, "slogdet")
      let g = c.grad
      return [try inverse * g.unsqueezedView(g.ndim).unsqueezedView(g.ndim + 1)]
    }
    return (sign, log)
  }

  private func logDeterminants<T: LAPACKElement>(
    _: T.Type, _ sign: Tensor, _ log: Tensor
  ) throws {
    let n = shape[ndim - 1]
    let factors = try Matrices.copy(self)
    try Matrices.forEach(Matrices.count(self), "slogdet") { i in
      var (order, lead, info) = (Int32(n), Int32(max(n, 1)), Int32(0))
      let p = factors.pointer(T.self) + i * n * n
      let storage = try Storage(byteCount: max(n, 1) * 4)
      let pivots = storage.base.assumingMemoryBound(to: Int32.self)
      T.getrf(&order, &order, p, &lead, pivots, &info)
      var (s, total) = (1.0, 0.0)
      for j in 0..<n {
        let x = p[j * (n + 1)].asDouble
        s *= (x > 0 ? 1 : x < 0 ? -1 : 0) * (pivots[j] == j + 1 ? 1 : -1)
        total += Double.log(x.magnitude)
      }
      sign.pointer(T.self)[i] = T(converting: s)
      log.pointer(T.self)[i] = T(converting: total)
    }
  }
}
