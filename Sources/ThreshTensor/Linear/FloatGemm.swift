// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Products of float32 matrices by the engine's own kernels, which keep small and narrow matrices
/// near the CPU's peak where OpenBLAS does not.
enum FloatGemm {
  typealias Operand = BLAS.Operand<Float>

  /// Multiplications worth a task of their own.
  private static let task = 1 << 20
  /// Rows of a long sum that are added up at a time.
  private static let depth = 256

  /// out = a b, row-major. (M, K) (K, N) -> (M, N)
  ///
  /// - Returns: false when the layout of the operands does not suit; nothing is done then.
  static func run(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, _ out: UnsafeMutablePointer<Float>
  ) throws -> Bool {
    switch (a.transposed, b.transposed) {
    case (true, false): try outer(m, n, k, a, b, out)
    case (false, true) where n >= 2 * m && n >= 64: try swapped(m, n, k, a, b, out)
    case (false, _): try inner(m, n, k, a, b, out)
    case (true, true): return false
    }
    return true
  }

  private static func product(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int, accumulate: Bool = false
  ) -> thresh_product {
    thresh_product(
      m: m, n: n, k: k, segments: 1, segment_stride: 0, a: a, lda: lda, start: nil,
      low: -.infinity, high: .infinity, c: c, ldc: ldc, accumulate: accumulate ? 1 : 0)
  }

  /// Each task packs some panels of b and multiplies a with them; with many rows, all of b is packed
  /// first and the tasks have rows of a.
  private static func inner(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, _ out: UnsafeMutablePointer<Float>
  ) throws {
    let width = thresh_panel_width()
    let panels = (n + width - 1) / width
    let (row, column) = b.transposed ? (1, b.leading) : (b.leading, 1)
    if m <= 128 {
      let pieces = Workspace.pieces(panels, grain: max(1, task / (m * k * width)))
      try Workspace.run(pieces.count, bytes: 4 * k * width) { i, block in
        let packed = block.assumingMemoryBound(to: Float.self)
        for panel in pieces[i] {
          let j = panel * width
          let columns = min(width, n - j)
          thresh_pack_panels(k, columns, b.base + j * column, row, column, 0, 1, packed)
          var p = product(m, columns, k, a.base, a.leading, out + j, n)
          thresh_gemm_panels(&p, packed)
        }
      }
      return
    }
    let packed = try Tensor(empty: [panels * k * width], .float32, op: "matmul")
    let to = packed.pointer(Float.self)
    Workers.chunks(of: panels, grain: max(1, 32_768 / (k * width))) { range in
      thresh_pack_panels(k, n, b.base, row, column, range.lowerBound, range.upperBound, to)
    }
    let grain = max(24, min(96, task / (n * k)))
    let pieces = Workspace.pieces(m, grain: grain, most: Int.max)
    Workers.run(pieces.count) { i in
      if Interrupt.isRequested { return }
      let first = pieces[i].lowerBound
      var p = product(
        pieces[i].count, n, k, a.base + first * a.leading, a.leading, out + first * n, n)
      thresh_gemm_panels(&p, to)
    }
    withExtendedLifetime(packed) {}
    try Interrupt.check("matmul")
  }

  /// out^T = b^T a^T: what is packed is a, where it is the smaller one and b lies transposed.
  private static func swapped(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, _ out: UnsafeMutablePointer<Float>
  ) throws {
    let turned = try Tensor(empty: [n, m], .float32, op: "matmul")
    let to = turned.pointer(Float.self)
    let left = Operand(base: b.base, transposed: false, leading: b.leading)
    let right = Operand(base: a.base, transposed: true, leading: a.leading)
    try inner(n, m, k, left, right, to)
    Workers.chunks(of: n, grain: max(16, 16_384 / m / 16 * 16)) { rows in
      thresh_transpose(rows.count, m, to + rows.lowerBound * m, m, out + rows.lowerBound, n)
    }
    withExtendedLifetime(turned) {}
  }

  /// a^T b where a lies as (K, M): weight gradients.
  private static func outer(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, _ out: UnsafeMutablePointer<Float>
  ) throws {
    func sum(
      _ rows: Range<Int>, _ columns: Range<Int>, _ depths: Range<Int>,
      _ c: UnsafeMutablePointer<Float>
    ) {
      for first in stride(from: depths.lowerBound, to: depths.upperBound, by: depth) {
        let count = min(depth, depths.upperBound - first)
        var p = product(
          rows.count, columns.count, count, a.base + first * a.leading + rows.lowerBound, a.leading,
          c + rows.lowerBound * n + columns.lowerBound, n, accumulate: first > depths.lowerBound)
        thresh_gemm_transposed(&p, b.base + first * b.leading + columns.lowerBound, b.leading)
      }
    }
    // Long sums of few elements are cut along the sum, and their parts added in order.
    if k >= 4_096 && m * n <= 65_536 {
      let cuts = Workspace.pieces(k, grain: 1_024, most: 16)
      let partials = try Tensor(empty: [cuts.count, m * n], .float32, op: "matmul")
      let pp = partials.pointer(Float.self)
      Workers.run(cuts.count) { i in sum(0..<m, 0..<n, cuts[i], pp + i * m * n) }
      Workers.chunks(of: m * n, grain: 8_192) { range in
        (out + range.lowerBound).update(from: pp + range.lowerBound, count: range.count)
        for i in 1..<cuts.count {
          thresh_add_into_float(
            out + range.lowerBound, pp + i * m * n + range.lowerBound, range.count)
        }
      }
      withExtendedLifetime(partials) {}
      return
    }
    let columns = Workspace.pieces(n, grain: 4 * thresh_panel_width(), most: 64)
    let rows = Workspace.pieces(m, grain: max(24, task / (k * (columns.first?.count ?? 1))))
    Workers.run(rows.count * columns.count) { i in
      if Interrupt.isRequested { return }
      sum(rows[i / columns.count], columns[i % columns.count], 0..<k, out)
    }
    try Interrupt.check("matmul")
  }
}
