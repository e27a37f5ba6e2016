// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The thin QR decomposition A = Q R, Q with orthonormal columns, R upper triangular, with
  /// p = min(n, m). (…, n, m) -> (…, n, p), (…, p, m)
  ///
  /// By Householder reflections (LAPACK's geqrf and orgqr). The gradient needs n >= m and a matrix of
  /// full rank (M. Seeger et al., Auto-differentiating linear algebra, 2017).
  ///
  /// - Throws: when an element is not finite.
  public func qr() throws -> (q: Tensor, r: Tensor) {
    let span = Profiler.begin("qr")
    defer { span.end() }
    try Matrices.check(self, "qr")
    let (q, r) =
      dtype == .float32 ? try reflected(Float.self) : try reflected(Double.self)
    guard shape[ndim - 2] >= shape[ndim - 1] else {
      return (q.recordedWithoutGradient("qr", [self]), r.recordedWithoutGradient("qr", [self]))
    }
    let saved = [Matrices.saved(q), Matrices.saved(r)]
    let rows = Matrices.rows(self)
    q.recorded("qr", [self], rows: rows, saved: saved) { c in
      let q = c.saved[0]
      let m = try -Product.compute(c.grad.transposedView, q)
      return [try Tensor.qrGradient(c.grad, m, q, c.saved[1])]
    }
    r.recorded("qr", [self], rows: rows, saved: saved) { c in
      let m = try Product.compute(c.saved[1], c.grad.transposedView)
      return [try Tensor.qrGradient(nil, m, c.saved[0], c.saved[1])]
    }
    return (q, r)
  }

  /// (G + Q S) R⁻ᵀ, with S symmetric and its lower half that of M.
  private static func qrGradient(
    _ grad: Tensor?, _ m: Tensor, _ q: Tensor, _ r: Tensor
  ) throws -> Tensor {
    let symmetric = try m.tril() + m.tril(-1).transposedView
    var sum = try Product.compute(q, symmetric)
    if let grad { sum = try grad + sum }
    return try Tensor.solved(r, sum.transposedView, Triangle(upper: true)).transposedView
  }

  private func reflected<T: LAPACKElement>(_: T.Type) throws -> (q: Tensor, r: Tensor) {
    let (n, m) = (shape[ndim - 2], shape[ndim - 1])
    let (p, batch) = (min(n, m), Array(shape.dropLast(2)))
    let a = try Matrices.columnMajor(self)
    let r = try Tensor.zeros(batch + [p, m], dtype)
    // Column-major.
    let q = try Tensor(empty: batch + [p, n], dtype, op: "qr")
    if p == 0 { return (q.transposedView, r) }
    try Matrices.forEach(Matrices.count(self), "qr") { i in
      let (x, y, z) = (
        a.pointer(T.self) + i * n * m, r.pointer(T.self) + i * p * m,
        q.pointer(T.self) + i * n * p
      )
      var (rows, columns, rank, info) = (Int32(n), Int32(m), Int32(p), Int32(0))
      let tau = try Storage(byteCount: p * MemoryLayout<T>.stride)
      let factors = tau.base.assumingMemoryBound(to: T.self)
      try LAPACK.withWork(T.self) { work, length in
        T.geqrf(&rows, &columns, x, &rows, factors, work, length, &info)
      }
      for row in 0..<p { for column in row..<m { y[row * m + column] = x[column * n + row] } }
      z.update(from: x, count: n * p)
      try LAPACK.withWork(T.self) { work, length in
        T.orgqr(&rows, &rank, &rank, z, &rows, factors, work, length, &info)
      }
    }
    return (q.transposedView, r)
  }
}
