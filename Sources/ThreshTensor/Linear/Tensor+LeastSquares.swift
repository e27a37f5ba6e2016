// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// What `lstsq` finds.
  public struct LeastSquares {
    /// The X of least norm among those that minimise |A X - B|. (…, m, k), or (m) for a vector
    public let solution: Tensor
    /// The squared length of each column of A X - B. (…, k), or () for a vector
    public let residuals: Tensor
    /// The number of singular values that count, int64. (…)
    public let rank: Tensor
    /// Falling. (…, min(n, m))
    public let singularValues: Tensor
  }

  /// Least squares for any matrix, of full rank or not. (…, n, m) with (…, n, k) or (n)
  ///
  /// By singular values (LAPACK's gelsd). It has no gradient: a backward pass through it throws.
  ///
  /// - Parameter rcond: singular values below this share of the largest count as 0; by default the
  ///   type's epsilon times max(n, m).
  /// - Throws: when the rows do not fit, an element is not finite, or the iteration fails.
  public func lstsq(_ b: Tensor, rcond: Double? = nil) throws -> LeastSquares {
    let span = Profiler.begin("lstsq")
    defer { span.end() }
    try Matrices.check(self, "lstsq")
    guard shape[ndim - 2] > 0, shape[ndim - 1] > 0 else {
      throw TensorError("lstsq", "needs at least one row and column, got \(shapeText(shape))")
    }
    let (a, column) = try GradMode.off { try Matrices.pair(self, b, "lstsq") }
    let (x, s, rank) =
      a.dtype == .float32
      ? try Tensor.leastSquares(Float.self, a, column, rcond)
      : try Tensor.leastSquares(Double.self, a, column, rcond)
    let residuals = try GradMode.off {
      let miss = try Product.compute(a, x) - column
      return try (miss * miss).sum(dims: [miss.ndim - 2])
    }
    let vector = b.ndim == 1
    func finish(_ t: Tensor) throws -> Tensor {
      (vector ? try t.squeeze(-1) : t).recordedWithoutGradient("lstsq", [self, b])
    }
    return LeastSquares(
      solution: try finish(x), residuals: try finish(residuals), rank: rank,
      singularValues: s.recordedWithoutGradient("lstsq", [self]))
  }

  private static func leastSquares<T: LAPACKElement>(
    _: T.Type, _ a: Tensor, _ b: Tensor, _ rcond: Double?
  ) throws -> (x: Tensor, s: Tensor, rank: Tensor) {
    let (n, m, k) = (a.shape[a.ndim - 2], a.shape[a.ndim - 1], b.shape[b.ndim - 1])
    let (p, tall, batch) = (min(n, m), max(n, m), Array(a.shape.dropLast(2)))
    let factors = try Matrices.columnMajor(a)
    // The right side and the solution share columns of max(n, m) elements; LAPACK wants one at least.
    let held = max(k, 1)
    let sides = try Tensor.zeros(batch + [held, tall], a.dtype)
    let given = sides.narrowedView(batch.count, 0, k)
    Loops.convert(b.transposedView, into: given.narrowedView(batch.count + 1, 0, n))
    let s = try Tensor.zeros(batch + [p], a.dtype)
    let rank = try Tensor.zeros(batch, .int64)
    let limit = T(rcond ?? T.ulpOfOne.asDouble * Double(tall))
    try Matrices.forEach(Matrices.count(a), "lstsq") { i in
      var (rows, columns, right, lead) = (Int32(n), Int32(m), Int32(held), Int32(tall))
      var (limit, found, info) = (limit, Int32(0), Int32(0))
      func run(_ work: UnsafeMutablePointer<T>, _ length: Int, _ integers: LAPACK.Out) {
        var length = Int32(clamping: length)
        T.gelsd(
          &rows, &columns, &right, factors.pointer(T.self) + i * n * m, &rows,
          sides.pointer(T.self) + i * held * tall, &lead, s.pointer(T.self) + i * p, &limit, &found,
          work, &length, integers, &info)
      }
      var (size, integers): (T, Int32) = (0, 0)
      run(&size, -1, &integers)
      let length = Int(size.nextUp) + 1
      let work = try Storage(byteCount: length * MemoryLayout<T>.stride)
      let scratch = try Storage(byteCount: max(1, Int(integers)) * 4)
      run(
        work.base.assumingMemoryBound(to: T.self), length,
        scratch.base.assumingMemoryBound(to: Int32.self))
      guard info == 0 else {
        throw TensorError("lstsq", "the iteration did not converge" + Matrices.place(i, in: a))
      }
      rank.pointer(Int64.self)[i] = Int64(found)
    }
    return (given.narrowedView(batch.count + 1, 0, m).transposedView, s, rank)
  }
}
