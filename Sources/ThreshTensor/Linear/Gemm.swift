// SPDX-License-Identifier: Apache-2.0

/// Products of two matrices, cut into tiles by their shape alone.
enum Gemm {
  /// Multiplications worth a task of their own.
  private static let tile = 1 << 21
  /// Multiplications that a task has at most: fractions of a second, after which Ctrl-C is seen.
  private static let largestTile = 1 << 30

  /// out = a b, with `out` row-major and fresh. (M, K) (K, N) -> (M, N)
  static func run(_ a: Tensor, _ b: Tensor, into out: Tensor) throws {
    Profiler.count(flops: flops(a, b))
    try multiply(a, b, into: out)
  }

  /// Two for each multiply-accumulate.
  static func flops(_ a: Tensor, _ b: Tensor) -> Int { 2 * a.count * b.shape[1] }

  /// `run` for the tasks of an operation that counts its FLOPs itself.
  static func multiply(_ a: Tensor, _ b: Tensor, into out: Tensor) throws {
    switch out.dtype {
    case .float32: try floating(Float.self, a, b, out)
    case .float64: try floating(Double.self, a, b, out)
    case .int64: plain(Int64.self, a, b, out)
    case .int32: plain(Int32.self, a, b, out)
    case .uint8: plain(UInt8.self, a, b, out)
    case .bool: throw TensorError("matmul", "not defined for bool tensors; convert them with to")
    }
  }

  private static func floating<T: BLASElement>(
    _: T.Type, _ a: Tensor, _ b: Tensor, _ out: Tensor
  ) throws {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    if m * n == 0 { return }
    if k == 0 {
      out.fillUnrecorded(0)
      return
    }
    guard max(m, k, n) <= Int32.max else {
      throw TensorError(
        "matmul", "extents are too large: \(shapeText(a.shape)) x \(shapeText(b.shape))")
    }
    _ = BLAS.ready
    let (a, b) = (try readable(a), try readable(b))
    try withExtendedLifetime((a, b)) {
      let (x, y, z) = (operand(a, T.self), operand(b, T.self), out.pointer(T.self))
      try Interrupt.check("matmul")
      if n == 1 || m == 1 {
        vector(m, n, k, x, y, z)
      } else if try !ownProduct(m, n, k, x, y, z) {
        tiles(m, n, k, x, y, z)
      }
      try Interrupt.check("matmul")
    }
  }

  /// Whether the engine's own kernels did it: float32, but for the largest matrices.
  private static func ownProduct<T: BLASElement>(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<T>, _ b: BLAS.Operand<T>,
    _ out: UnsafeMutablePointer<T>
  ) throws -> Bool {
    guard let a = a as? FloatGemm.Operand, let b = b as? FloatGemm.Operand,
      let out = out as? UnsafeMutablePointer<Float>, n * k <= 1 << 24
    else { return false }
    return try FloatGemm.run(m, n, k, a, b, out)
  }

  /// A matrix BLAS can read: itself or a copy.
  private static func readable(_ t: Tensor) throws -> Tensor {
    if let layout = BLAS.layout(t.shape[0], t.shape[1], (t.strides[0], t.strides[1])),
      layout.leading <= Int32.max
    {
      return t
    }
    return try t.copyUnrecorded(strides: Shape.contiguousStrides(t.shape))
  }

  private static func operand<T: Element>(_ t: Tensor, _: T.Type) -> BLAS.Operand<T> {
    let layout =
      BLAS.layout(t.shape[0], t.shape[1], (t.strides[0], t.strides[1])) ?? (false, t.shape[1])
    return BLAS.Operand(
      base: t.pointer(T.self), transposed: layout.transposed, leading: layout.leading)
  }

  /// A matrix times a vector, cut along the output.
  private static func vector<T: BLASElement>(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<T>, _ b: BLAS.Operand<T>,
    _ out: UnsafeMutablePointer<T>
  ) {
    let grain = max(16, tile / 8 / k)
    if n == 1 {
      let step = b.transposed ? 1 : b.leading
      Workers.chunks(of: m, grain: grain) { r in
        T.gemv(r.count, k, a.rows(from: r.lowerBound), b.base, step, beta: 0, out + r.lowerBound, 1)
      }
    } else {
      // (1, K) (K, N): the transposed matrix times the row.
      let step = a.transposed ? a.leading : 1
      let flipped = BLAS.Operand(base: b.base, transposed: !b.transposed, leading: b.leading)
      Workers.chunks(of: n, grain: grain) { r in
        T.gemv(
          r.count, k, flipped.rows(from: r.lowerBound), a.base, step, beta: 0, out + r.lowerBound,
          1)
      }
    }
  }

  private static func tiles<T: BLASElement>(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<T>, _ b: BLAS.Operand<T>,
    _ out: UnsafeMutablePointer<T>
  ) {
    let work = Double(m) * Double(n) * Double(k)
    let most = max(32, work / Double(largestTile))
    let wanted = Int(min(most, max(1, work / Double(tile))))
    // Products of long thin matrices (weight gradients) are cut along K, in up to 16 partial sums.
    if wanted >= 4 && max(m, n) < 192 && k >= 4096 {
      let cuts = min(16, wanted, k / 1024)
      let size = (k + cuts - 1) / cuts
      let partials = UnsafeMutablePointer<T>.allocate(capacity: cuts * m * n)
      defer { partials.deallocate() }
      Workers.run(cuts) { c in
        let from = min(k, c * size)
        T.gemm(
          m, n, min(k, from + size) - from, a.columns(from: from), b.rows(from: from), beta: 0,
          partials + c * m * n, n)
      }
      out.update(from: partials, count: m * n)
      for c in 1..<cuts {
        let partial = partials + c * m * n
        for i in 0..<m * n { out[i] += partial[i] }
      }
      return
    }
    let alongRows = m >= n
    let extent = alongRows ? m : n
    let size = max(32, ((extent + wanted - 1) / wanted + 15) / 16 * 16)
    Workers.run((extent + size - 1) / size) { piece in
      if Interrupt.isRequested { return }
      let from = piece * size
      let length = min(size, extent - from)
      if alongRows {
        T.gemm(length, n, k, a.rows(from: from), b, beta: 0, out + from * n, n)
      } else {
        T.gemm(m, length, k, a, b.columns(from: from), beta: 0, out + from, n)
      }
    }
  }

  /// Integer products, which wrap.
  private static func plain<T: NumericElement & FixedWidthInteger>(
    _: T.Type, _ a: Tensor, _ b: Tensor, _ out: Tensor
  ) {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    let (x, y, z) = (a.pointer(T.self), b.pointer(T.self), out.pointer(T.self))
    let (xs, ys) = (a.strides, b.strides)
    Workers.chunks(of: m, grain: max(1, Loops.grain / max(1, n * k))) { range in
      for i in range {
        let row = z + i * n
        row.update(repeating: 0, count: n)
        for l in 0..<k {
          let v = x[i * xs[0] + l * xs[1]]
          let other = y + l * ys[0]
          for j in 0..<n { row[j] &+= v &* other[j &* ys[1]] }
        }
      }
    }
  }
}
