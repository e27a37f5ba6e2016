// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The Euclidean distance of every row here to every row there, or its square.
  /// (…, n, d) (…, m, d) -> (…, n, m)
  ///
  /// Distances come from one matrix product of the rows, moved to their mean; pairs so close that
  /// the subtraction would cancel are computed from their difference, so that equal rows have
  /// distance 0. The gradient at distance 0 is 0.
  public func cdist(_ other: Tensor, squared: Bool = false) throws -> Tensor {
    let span = Profiler.begin("cdist")
    defer { span.end() }
    guard ndim >= 2, other.ndim >= 2, shape[ndim - 1] == other.shape[other.ndim - 1] else {
      throw TensorError(
        "cdist",
        "needs rows of equal length, (n, d) and (m, d), got \(shapeText(shape)) and "
          + shapeText(other.shape))
    }
    let dtype = DType.promote(dtype, other.dtype)
    guard dtype.isFloating else { throw needsFloating("cdist") }
    let batch = try Shape.broadcast(
      Array(shape.dropLast(2)), Array(other.shape.dropLast(2)), op: "cdist")
    let x = try cast(dtype).expand(batch + shape.suffix(2))
    let y = try other.cast(dtype).expand(batch + other.shape.suffix(2))
    let out = try Tensor(
      empty: batch + [x.shape[batch.count], y.shape[batch.count]], dtype, op: "cdist")
    if dtype == .float32 {
      try Distances.fill(Float.self, x, y, squared, out)
    } else {
      try Distances.fill(Double.self, x, y, squared, out)
    }
    let same = self === other && batch.isEmpty
    return out.recorded(
      "cdist", [x, y],
      rows: same
        ? .mixed("it compares the rows with each other") : .each([true, !batch.isEmpty]),
      saved: [.rows(x), batch.isEmpty ? .whole(y) : .rows(y)] + (squared ? [] : [.rows(out)])
    ) { c in
      try Distances.gradients(c, squared: squared)
    }
  }
}

extension Tensor {
  /// The `p`-norm of the difference of every row here and every row there.
  /// (…, n, d) (…, m, d) -> (…, n, m)
  ///
  /// For p = 2 see `cdist(_:squared:)`; any other takes room for all n m d differences.
  public func cdist(_ other: Tensor, p: Double) throws -> Tensor {
    if p == 2 { return try cdist(other) }
    guard ndim >= 2, other.ndim >= 2, shape[ndim - 1] == other.shape[other.ndim - 1] else {
      throw TensorError(
        "cdist",
        "needs rows of equal length, (n, d) and (m, d), got \(shapeText(shape)) and "
          + shapeText(other.shape))
    }
    guard p >= 0 else { throw TensorError("cdist", "p must not be negative, got \(p)") }
    return try (unsqueeze(-2) - other.unsqueeze(-3)).norm(p, dims: [-1])
  }
}

private enum Distances {
  /// Rows of the output that one task computes.
  private static let block = 64
  /// Below this share of |x|² + |y|², a squared distance is computed from the difference.
  private static let close = 1.0 / 64

  static func fill<T: BLASElement>(
    _: T.Type, _ x: Tensor, _ y: Tensor, _ squared: Bool, _ out: Tensor
  ) throws {
    let (n, m, d) = (x.shape[x.ndim - 2], y.shape[y.ndim - 2], x.shape[x.ndim - 1])
    if out.count == 0 { return }
    if d == 0 {
      out.fillUnrecorded(0)
      return
    }
    guard max(m, d) <= Int32.max else {
      throw TensorError("cdist", "extents are too large: \(shapeText(x.shape))")
    }
    let (a, b) = try GradMode.off { try centred(x, y) }
    let (p, q, o) = (a.pointer(T.self), b.pointer(T.self), out.pointer(T.self))
    let stack = out.count / (n * m)
    let lengths = try Storage(byteCount: stack * m * MemoryLayout<T>.stride)
    let norms = lengths.base.bindMemory(to: T.self, capacity: stack * m)
    Workers.chunks(of: stack * m, grain: max(1, Loops.grain / d)) { range in
      for j in range { norms[j] = squaredLength(q + j * d, nil, d) }
    }
    Profiler.count(flops: 2 * out.count * d)
    let blocks = (n + block - 1) / block
    try Matrices.forEach(stack * blocks, "cdist") { task in
      let (i, from) = (task / blocks, task % blocks * block)
      let rows = min(block, n - from)
      let (p, q, norms) = (p + (i * n + from) * d, q + i * m * d, norms + i * m)
      let o = o + (i * n + from) * m
      T.gemm(
        rows, m, d, BLAS.Operand(base: p, transposed: false, leading: d),
        BLAS.Operand(base: q, transposed: true, leading: d), beta: 0, o, m)
      for r in 0..<rows {
        let (row, o) = (p + r * d, o + r * m)
        let length = squaredLength(row, nil, d)
        for j in 0..<m {
          let both = length + norms[j]
          let distance = both - 2 * o[j]
          // Not a number either.
          o[j] = distance > both * T(close) ? distance : squaredLength(row, q + j * d, d)
        }
        if !squared {
          for j in 0..<m { o[j].formSquareRoot() }
        }
      }
    }
    withExtendedLifetime((a, b, lengths)) {}
  }

  /// Both sets of rows, row-major, moved so that the second one's mean is 0: distances stay.
  private static func centred(_ x: Tensor, _ y: Tensor) throws -> (Tensor, Tensor) {
    if y.shape[y.ndim - 2] == 0 { return (x, y) }
    let centre = try y.mean(dims: [y.ndim - 2], keepdim: true)
    return (try (x - centre).contiguousUnrecorded(), try (y - centre).contiguousUnrecorded())
  }

  /// |x|², or |x - y|², in eight lanes.
  private static func squaredLength<T: FloatingElement>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>?, _ d: Int
  ) -> T {
    @inline(__always)
    func sum(_ term: (Int) -> T) -> T {
      var (a, b, c, e, f, g, h, k): (T, T, T, T, T, T, T, T) = (0, 0, 0, 0, 0, 0, 0, 0)
      var i = 0
      while i &+ 8 <= d {
        a += term(i)
        b += term(i &+ 1)
        c += term(i &+ 2)
        e += term(i &+ 3)
        f += term(i &+ 4)
        g += term(i &+ 5)
        h += term(i &+ 6)
        k += term(i &+ 7)
        i &+= 8
      }
      while i < d {
        a += term(i)
        i &+= 1
      }
      return ((a + b) + (c + e)) + ((f + g) + (h + k))
    }
    guard let y else { return sum { x[$0] * x[$0] } }
    return sum { i in
      let difference = x[i] - y[i]
      return difference * difference
    }
  }

  /// With W = G / D (or 2 G), row i of the gradient for x is Σⱼ Wᵢⱼ (xᵢ - yⱼ), and so for y.
  static func gradients(_ c: Node.Context, squared: Bool) throws -> [Tensor?] {
    let (x, y) = try centred(c.saved[0], c.saved[1])
    let weights: Tensor
    if squared {
      weights = try c.grad.scaled(by: 2)
    } else {
      let distances = c.saved[2]
      weights = try Tensor(empty: distances.shape, distances.dtype)
      if distances.dtype == .float32 {
        Loops.map(c.grad, distances, into: weights) { (g: Float, d: Float) in d == 0 ? 0 : g / d }
      } else {
        Loops.map(c.grad, distances, into: weights) { (g: Double, d: Double) in
          d == 0 ? 0 : g / d
        }
      }
    }
    /// Σⱼ Wᵢⱼ (aᵢ - bⱼ) for each i.
    func pull(_ w: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
      try w.sum(dims: [w.ndim - 1], keepdim: true) * a - Product.compute(w, b)
    }
    return [
      c.wants[0] ? try pull(weights, x, y) : nil,
      c.wants[1] ? try pull(weights.transposedView, y, x) : nil,
    ]
  }
}
