// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Convolution as products with packed filters, on float32: of the pixels themselves (1x1, stride 1),
/// of the overlapping rows of a line, or of patches that are copied some lines at a time.
extension CPUBackend {
  /// Floats of patches, and of outputs, that a task holds at a time.
  private static let patchFloats = 48 << 10
  private static let outputFloats = 64 << 10
  /// Filter gradients from this size on are cut by filters, smaller ones by lines with partial sums.
  private static let partialFloats = 256 << 10

  /// Matrices in panels, packed in parallel: b (k, n) at the given strides.
  private func packed(_ k: Int, _ n: Int, _ b: UnsafePointer<Float>, row: Int, column: Int) throws
    -> Tensor
  {
    let width = thresh_panel_width()
    let panels = (n + width - 1) / width
    let out = try Tensor(empty: [panels * k * width], .float32, op: "conv2d")
    let to = out.pointer(Float.self)
    Workers.chunks(of: panels, grain: max(1, 16_384 / max(1, k * width))) { range in
      thresh_pack_panels(k, n, b, row, column, range.lowerBound, range.upperBound, to)
    }
    return out
  }

  /// Where a chunk of output lines finds the numbers under its filters.
  private enum Source {
    /// The pixels are the rows: 1x1 filters of stride 1.
    case pixels
    /// Rows that overlap in the lines of the image itself, or of a padded copy of them.
    case lines
    /// Patches, copied one after the other.
    case patches
  }

  private func source(_ z: ConvolutionShape) -> Source {
    if z.isPointwise { return .pixels }
    return z.dilation.w == 1 && z.ow >= 8 ? .lines : .patches
  }

  /// Output lines to a chunk: what it copies and its outputs stay in the second-level cache.
  private func linesOfChunk(_ z: ConvolutionShape) -> Int {
    let copied =
      source(z) == .lines ? z.stride.h * paddedLine(z) : z.ow * z.patch
    let lines = min(CPUBackend.patchFloats / copied, CPUBackend.outputFloats / (z.ow * z.k))
    return max(1, lines, 12 / z.ow)
  }

  private func paddedLine(_ z: ConvolutionShape) -> Int { (z.w + 2 * z.padding.w) * z.c }

  /// Bytes of workspace that a chunk of `lines` lines needs.
  private func copiedBytes(_ z: ConvolutionShape, _ lines: Int) -> Int {
    switch source(z) {
    case .pixels: return 1
    case .patches: return 4 * lines * z.ow * z.patch
    case .lines:
      if z.padding == Pair(0) { return 1 }
      return 4 * ((lines - 1) * z.stride.h + z.dilation.h * (z.r - 1) + 1) * paddedLine(z)
    }
  }

  /// Calls `body(a, lda, segment stride, first output row, rows)` for pieces of lines
  /// [first, first + count): rows of R segments of S C numbers (or of one segment of all of them).
  private func forEachPiece(
    _ z: ConvolutionShape, _ x: UnsafePointer<Float>, _ first: Int, _ count: Int,
    _ block: UnsafeMutableRawPointer,
    _ body: (_ a: UnsafePointer<Float>, _ lda: Int, _ segment: Int, _ row: Int, _ rows: Int) -> Void
  ) {
    let copied = block.assumingMemoryBound(to: Float.self)
    switch source(z) {
    case .pixels: body(x + first * z.ow * z.c, z.c, 0, first * z.ow, count * z.ow)
    case .patches:
      var window = z.window
      thresh_im2col_float(&window, x, 0, z.c, first, count, copied)
      body(UnsafePointer(copied), z.patch, 0, first * z.ow, count * z.ow)
    case .lines:
      var line = first
      while line < first + count {
        let (image, top) = (line / z.oh, line % z.oh)
        let lines = min(first + count - line, z.oh - top)
        var from = x + (image * z.h + top * z.stride.h) * z.w * z.c
        var length = z.w * z.c
        if z.padding != Pair(0) {
          let rows = (lines - 1) * z.stride.h + z.dilation.h * (z.r - 1) + 1
          copyPadded(z, x + image * z.h * z.w * z.c, top * z.stride.h - z.padding.h, rows, copied)
          from = UnsafePointer(copied)
          length = paddedLine(z)
        }
        for l in 0..<lines {
          body(
            from + l * z.stride.h * length, z.stride.w * z.c, z.dilation.h * length,
            (line + l) * z.ow, z.ow)
        }
        line += lines
      }
    }
  }

  /// Rows from `top` on of an image, with zeros around it: (rows, W + 2 padding, C).
  private func copyPadded(
    _ z: ConvolutionShape, _ image: UnsafePointer<Float>, _ top: Int, _ rows: Int,
    _ to: UnsafeMutablePointer<Float>
  ) {
    let (edge, width, length) = (z.padding.w * z.c, z.w * z.c, paddedLine(z))
    for i in 0..<rows {
      let line = to + i * length
      guard top + i >= 0, top + i < z.h else {
        line.update(repeating: 0, count: length)
        continue
      }
      line.update(repeating: 0, count: edge)
      (line + edge).update(from: image + (top + i) * width, count: width)
      (line + edge + width).update(repeating: 0, count: edge)
    }
  }

  /// Segments of a row and the numbers in one.
  private func segments(_ z: ConvolutionShape) -> (count: Int, size: Int) {
    source(z) == .lines ? (z.r, z.s * z.c) : (1, z.patch)
  }

  func productsForward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ finish: ConvolutionFinish, into y: Tensor
  ) throws {
    let panels = try packed(z.patch, z.k, w.pointer(Float.self), row: 1, column: z.patch)
    let (xp, pp, yp) = (x.pointer(Float.self), panels.pointer(Float.self), y.pointer(Float.self))
    let lines = linesOfChunk(z)
    let chunks = Workspace.pieces(z.lines, grain: lines, most: Int.max)
    try finish.moments?.reserve(chunks.map { $0.count * z.ow })
    // With a residual, bias and clamp wait for it.
    let plain = finish.residual == nil ? nil : try PlainNorm<Float>(z.k, finish)
    let bias = plain == nil ? finish.bias?.pointer(Float.self) : nil
    let low = plain == nil ? Float(finish.low) : -.infinity
    let high = plain == nil ? Float(finish.high) : .infinity
    let (segments, size) = segments(z)
    try Workspace.run(chunks.count, bytes: copiedBytes(z, lines)) { i, block in
      let (first, count) = (chunks[i].lowerBound, chunks[i].count)
      forEachPiece(z, xp, first, count, block) { a, lda, segment, row, rows in
        var product = thresh_product(
          m: rows, n: z.k, k: size, segments: segments, segment_stride: segment, a: a, lda: lda,
          start: bias, low: low, high: high, c: yp + row * z.k, ldc: z.k, accumulate: 0)
        thresh_gemm_panels(&product, pp)
      }
      let rows = first * z.ow..<(first + count) * z.ow
      plain?.apply(yp, z.k, rows)
      if let to = finish.moments?.piece(i) {
        thresh_column_moments_float(
          yp + rows.lowerBound * z.k, rows.count, z.k, z.k, to.mean, to.m2)
      }
    }
    withExtendedLifetime(panels) {}
  }

  func productsBackwardData(_ z: ConvolutionShape, _ dy: Tensor, _ w: Tensor, into dx: Tensor)
    throws
  {
    for a in 0..<z.stride.h {
      for b in 0..<z.stride.w { try backwardData(z, Phase(z, a, b), dy, w, into: dx) }
    }
  }

  /// The input pixels whose row is `a` and whose column is `b` modulo the stride: the taps of the
  /// filter that reach them form a convolution of stride 1 over the output's gradient.
  private struct Phase {
    let a, b: Int
    /// Taps first, first + step, … along each axis.
    let first: Pair
    let taps: Pair
    /// The window over dy (N, OH, OW, K), its taps in falling order of the filter's.
    let window: thresh_window

    init(_ z: ConvolutionShape, _ a: Int, _ b: Int) {
      (self.a, self.b) = (a, b)
      // Either the stride or the dilation is 1.
      func along(_ at: Int, _ pad: Int, _ stride: Int, _ dilation: Int, _ size: Int) -> (
        first: Int, taps: Int, pad: Int
      ) {
        if stride == 1 { return (0, size, dilation * (size - 1) - pad) }
        let first = (at + pad) % stride
        let taps = first < size ? (size - first - 1) / stride + 1 : 0
        return (first, taps, taps - 1 - (at + pad - first) / stride)
      }
      let v = along(a, z.padding.h, z.stride.h, z.dilation.h, z.r)
      let h = along(b, z.padding.w, z.stride.w, z.dilation.w, z.s)
      first = Pair(v.first, h.first)
      taps = Pair(v.taps, h.taps)
      let rows = a < z.h ? (z.h - a - 1) / z.stride.h + 1 : 0
      let columns = b < z.w ? (z.w - b - 1) / z.stride.w + 1 : 0
      window = thresh_window(
        h: z.oh, w: z.ow, c: z.k, oh: rows, ow: columns, r: taps.h, s: taps.w, stride_h: 1,
        stride_w: 1, pad_h: v.pad, pad_w: h.pad, dilation_h: z.stride.h == 1 ? z.dilation.h : 1,
        dilation_w: z.stride.w == 1 ? z.dilation.w : 1)
    }

    /// The filters of this phase: (taps.h, taps.w, K, C), of w (K, R, S, C).
    func filters(_ z: ConvolutionShape, _ w: UnsafePointer<Float>) throws -> Tensor {
      let out = try Tensor(empty: [taps.h * taps.w * z.k, z.c], .float32, op: "conv2d")
      let to = out.pointer(Float.self)
      for i in 0..<taps.h {
        for j in 0..<taps.w {
          let r = first.h + (taps.h - 1 - i) * z.stride.h
          let s = first.w + (taps.w - 1 - j) * z.stride.w
          for k in 0..<z.k {
            (to + ((i * taps.w + j) * z.k + k) * z.c).update(
              from: w + ((k * z.r + r) * z.s + s) * z.c, count: z.c)
          }
        }
      }
      return out
    }
  }

  private func backwardData(
    _ z: ConvolutionShape, _ phase: Phase, _ dy: Tensor, _ w: Tensor, into dx: Tensor
  ) throws {
    let v = phase.window
    let (gp, to) = (dy.pointer(Float.self), dx.pointer(Float.self))
    let patch = v.r * v.s * z.k
    let stepH = z.stride.h * z.w * z.c
    let stepW = z.stride.w * z.c
    let lines = z.n * v.oh
    /// The first pixel of this phase in its line `l` of the batch.
    func line(_ l: Int) -> UnsafeMutablePointer<Float> {
      to + (l / v.oh * z.h + phase.a) * z.w * z.c + l % v.oh * stepH + phase.b * z.c
    }
    if lines == 0 || v.ow == 0 { return }
    if patch == 0 {
      for l in 0..<lines {
        for i in 0..<v.ow { (line(l) + i * stepW).update(repeating: 0, count: z.c) }
      }
      return
    }
    let filters = z.r == 1 && z.s == 1 ? w : try phase.filters(z, w.pointer(Float.self))
    let panels = try packed(patch, z.c, filters.pointer(Float.self), row: z.c, column: 1)
    let pp = panels.pointer(Float.self)
    let pointwise =
      v.r == 1 && v.s == 1 && v.pad_h == 0 && v.pad_w == 0 && v.oh == z.oh
      && v.ow == z.ow
    // Lines follow each other without a gap in dx where the strides say so.
    let dense = v.ow * stepW == stepH && (v.oh * stepH == z.h * z.w * z.c)
    let rows = min(CPUBackend.patchFloats / patch, CPUBackend.outputFloats / z.c)
    let grain = max(1, max(rows, 12) / v.ow)
    let chunks = Workspace.pieces(lines, grain: grain, most: Int.max)
    try Workspace.run(chunks.count, bytes: pointwise ? 1 : 4 * grain * v.ow * patch) { i, block in
      let (first, count) = (chunks[i].lowerBound, chunks[i].count)
      var from = UnsafePointer(gp + first * v.ow * z.k)
      if !pointwise {
        let copied = block.assumingMemoryBound(to: Float.self)
        var window = v
        thresh_im2col_float(&window, gp, 0, z.k, first, count, copied)
        from = UnsafePointer(copied)
      }
      for l in 0..<(dense ? 1 : count) {
        var product = thresh_product(
          m: dense ? count * v.ow : v.ow, n: z.c, k: patch, segments: 1, segment_stride: 0,
          a: from + l * v.ow * patch, lda: patch, start: nil, low: -.infinity, high: .infinity,
          c: line(first + l), ldc: stepW, accumulate: 0)
        thresh_gemm_panels(&product, pp)
      }
    }
    withExtendedLifetime((panels, filters)) {}
  }

  func productsBackwardWeights(_ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor)
    throws
  {
    let size = z.k * z.patch
    let (xp, gp) = (x.pointer(Float.self), dy.pointer(Float.self))
    let lines = linesOfChunk(z)
    let bytes = copiedBytes(z, lines)
    let (segments, width) = segments(z)

    /// out = dy^T patches over some lines, for the filters from k on.
    func sum(
      _ piece: Range<Int>, _ k: Range<Int>, _ block: UnsafeMutableRawPointer,
      _ out: UnsafeMutablePointer<Float>
    ) {
      var begun: Int32 = 0
      for first in stride(from: piece.lowerBound, to: piece.upperBound, by: lines) {
        let count = min(lines, piece.upperBound - first)
        forEachPiece(z, xp, first, count, block) { b, ldb, segment, row, rows in
          for i in 0..<segments {
            var product = thresh_product(
              m: k.count, n: width, k: rows, segments: 1, segment_stride: 0,
              a: gp + row * z.k + k.lowerBound, lda: z.k, start: nil, low: -.infinity,
              high: .infinity, c: out + i * width, ldc: z.patch, accumulate: begun)
            thresh_gemm_transposed(&product, b + i * segment, ldb)
          }
          begun = 1
        }
      }
    }

    let out = dw.pointer(Float.self)
    if size >= CPUBackend.partialFloats {
      let filters = Workspace.pieces(z.k, grain: 24, most: 16)
      try Workspace.run(filters.count, bytes: bytes) { i, block in
        sum(0..<z.lines, filters[i], block, out + filters[i].lowerBound * z.patch)
      }
      return
    }
    let pieces = Workspace.pieces(z.lines, grain: lines, most: 16)
    let partials = try Tensor(empty: [pieces.count, size], .float32, op: "conv2d")
    let pp = partials.pointer(Float.self)
    try Workspace.run(pieces.count, bytes: bytes) { i, block in
      sum(pieces[i], 0..<z.k, block, pp + i * size)
    }
    Workers.chunks(of: size, grain: 4_096) { range in
      (out + range.lowerBound).update(from: pp + range.lowerBound, count: range.count)
      for piece in 1..<pieces.count {
        let p = pp + piece * size
        for i in range { out[i] += p[i] }
      }
    }
    withExtendedLifetime(partials) {}
  }
}
