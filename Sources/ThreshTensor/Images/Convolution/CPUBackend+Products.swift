// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Convolution as products with packed filters, on float32: of the pixels themselves (1x1, stride 1),
/// of the overlapping rows of a line, or of patches that are copied some lines at a time.
extension CPUBackend {
  /// Filter gradients from this size on are cut by filters, smaller ones by lines with partial sums.
  static let partialFloats = 512 << 10

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

  func productsForward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ finish: ConvolutionFinish, into y: Tensor
  ) throws {
    let panels = try packed(z.patch, z.k, w.pointer(Float.self), row: 1, column: z.patch)
    let (xp, pp, yp) = (x.pointer(Float.self), panels.pointer(Float.self), y.pointer(Float.self))
    let rows = PatchRows(z.window)
    let lines = rows.linesOfChunk(z.k, of: z.lines)
    let chunks = Workspace.pieces(z.lines, grain: lines, most: Int.max)
    try finish.moments?.reserve(chunks.map { $0.count * z.ow })
    // With a residual, bias and clamp wait for it.
    let plain = finish.residual == nil ? nil : try PlainNorm<Float>(z.k, finish)
    let bias = plain == nil ? finish.bias?.pointer(Float.self) : nil
    let low = plain == nil ? Float(finish.low) : -.infinity
    let high = plain == nil ? Float(finish.high) : .infinity
    try Workspace.run(chunks.count, bytes: rows.copiedBytes(lines)) { i, block in
      let (first, count) = (chunks[i].lowerBound, chunks[i].count)
      rows.forEachPiece(xp, first, count, block) { a, lda, segment, row, m in
        var product = thresh_product(
          m: m, n: z.k, k: rows.segmentSize, segments: rows.segments, segment_stride: segment,
          a: a, lda: lda, start: bias, low: low, high: high, c: yp + row * z.k, ldc: z.k,
          accumulate: 0)
        thresh_gemm_panels(&product, pp)
      }
      let done = first * z.ow..<(first + count) * z.ow
      plain?.apply(yp, z.k, done)
      if let to = finish.moments?.piece(i) {
        thresh_column_moments_float(
          yp + done.lowerBound * z.k, done.count, z.k, z.k, to.mean, to.m2)
      }
    }
    withExtendedLifetime(panels) {}
  }

  func productsBackwardData(
    _ z: ConvolutionShape, _ dy: Tensor, _ w: Tensor, into dx: Tensor, _ adding: Bool
  ) throws {
    for a in 0..<z.stride.h {
      for b in 0..<z.stride.w { try backwardData(z, Phase(z, a, b), dy, w, into: dx, adding) }
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
    _ z: ConvolutionShape, _ phase: Phase, _ dy: Tensor, _ w: Tensor, into dx: Tensor,
    _ adding: Bool
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
      if adding { return }
      for l in 0..<lines {
        for i in 0..<v.ow { (line(l) + i * stepW).update(repeating: 0, count: z.c) }
      }
      return
    }
    let filters = z.r == 1 && z.s == 1 ? w : try phase.filters(z, w.pointer(Float.self))
    let panels = try packed(patch, z.c, filters.pointer(Float.self), row: z.c, column: 1)
    let pp = panels.pointer(Float.self)
    // Lines follow each other without a gap in dx where the strides say so.
    let dense = v.ow * stepW == stepH && v.oh * stepH == z.h * z.w * z.c
    let rows = PatchRows(v)
    let grain = rows.linesOfChunk(z.c, of: lines)
    let chunks = Workspace.pieces(lines, grain: grain, most: Int.max)
    try Workspace.run(chunks.count, bytes: rows.copiedBytes(grain)) { i, block in
      rows.forEachPiece(gp, chunks[i].lowerBound, chunks[i].count, block) {
        a, lda, segment, row, m in
        // Rows of one line at a time, unless all of them are evenly apart.
        let step = dense ? m : v.ow
        for first in stride(from: 0, to: m, by: step) {
          var product = thresh_product(
            m: step, n: z.c, k: rows.segmentSize, segments: rows.segments, segment_stride: segment,
            a: a + first * lda, lda: lda, start: nil, low: -.infinity, high: .infinity,
            c: line((row + first) / v.ow), ldc: stepW, accumulate: adding ? 1 : 0)
          thresh_gemm_panels(&product, pp)
        }
      }
    }
    withExtendedLifetime((panels, filters)) {}
  }

  func productsBackwardWeights(_ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor)
    throws
  {
    let size = z.k * z.patch
    let (xp, gp) = (x.pointer(Float.self), dy.pointer(Float.self))
    // A line is a short sum; where it has many numbers, patches of several lines are the longer one.
    let rows = PatchRows(z.window, overlapping: z.s * z.c <= 64)
    let lines = rows.linesOfChunk(z.k, of: z.lines)
    let bytes = rows.copiedBytes(lines)

    /// out = dy^T patches over some lines, for the filters from k on.
    func sum(
      _ piece: Range<Int>, _ k: Range<Int>, _ block: UnsafeMutableRawPointer,
      _ out: UnsafeMutablePointer<Float>
    ) {
      var begun: Int32 = 0
      for first in stride(from: piece.lowerBound, to: piece.upperBound, by: lines) {
        let count = min(lines, piece.upperBound - first)
        rows.forEachPiece(xp, first, count, block) { b, ldb, segment, row, depth in
          let width = rows.segmentSize
          for i in 0..<rows.segments {
            var product = thresh_product(
              m: k.count, n: width, k: depth, segments: 1, segment_stride: 0,
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
    let pieces = Workspace.pieces(z.lines, grain: lines, most: size >= 128 << 10 ? 8 : 16)
    let partials = try Tensor(empty: [pieces.count, size], .float32, op: "conv2d")
    let pp = partials.pointer(Float.self)
    try Workspace.run(pieces.count, bytes: bytes) { i, block in
      sum(pieces[i], 0..<z.k, block, pp + i * size)
    }
    fold(pp, pieces.count, size, into: out)
    withExtendedLifetime(partials) {}
  }

  /// Both gradients of a 1x1 convolution of stride 1 behind a normalisation, some rows at a time.
  func pointwiseBackward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ gradient: NormGradient, _ dx: Tensor,
    _ adding: Bool, _ dw: Tensor
  ) throws {
    let panels = try packed(z.k, z.c, w.pointer(Float.self), row: z.c, column: 1)
    let (xp, pp, to) = (x.pointer(Float.self), panels.pointer(Float.self), dx.pointer(Float.self))
    let size = z.k * z.c
    // Rows whose gradient stays in the cache; enough of them for the sums of the weights.
    let block = max(96, PatchRows.copiedFloats / z.k)
    let most = size >= 128 << 10 ? 8 : 16
    let pieces = Workspace.pieces(z.n * z.h * z.w, grain: block, most: most)
    let partials = try Tensor(empty: [pieces.count, size], .float32, op: "conv2d")
    let sums = partials.pointer(Float.self)
    try Workspace.run(pieces.count, bytes: 4 * block * z.k) { i, space in
      let g = space.assumingMemoryBound(to: Float.self)
      for first in stride(from: pieces[i].lowerBound, to: pieces[i].upperBound, by: block) {
        let rows = min(block, pieces[i].upperBound - first)
        gradient.write(first..<first + rows, to: g)
        var data = thresh_product(
          m: rows, n: z.c, k: z.k, segments: 1, segment_stride: 0, a: g, lda: z.k, start: nil,
          low: -.infinity, high: .infinity, c: to + first * z.c, ldc: z.c,
          accumulate: adding ? 1 : 0)
        thresh_gemm_panels(&data, pp)
        var weights = thresh_product(
          m: z.k, n: z.c, k: rows, segments: 1, segment_stride: 0, a: g, lda: z.k, start: nil,
          low: -.infinity, high: .infinity, c: sums + i * size, ldc: z.c,
          accumulate: first == pieces[i].lowerBound ? 0 : 1)
        thresh_gemm_transposed(&weights, xp + first * z.c, z.c)
      }
    }
    fold(sums, pieces.count, size, into: dw.pointer(Float.self))
    withExtendedLifetime((panels, partials)) {}
  }

  /// out = the sum of `pieces` vectors, in order.
  private func fold(
    _ partials: UnsafeMutablePointer<Float>, _ pieces: Int, _ size: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    Workers.chunks(of: size, grain: 4_096) { range in
      (out + range.lowerBound).update(from: partials + range.lowerBound, count: range.count)
      for piece in 1..<pieces {
        thresh_add_into_float(
          out + range.lowerBound, partials + piece * size + range.lowerBound, range.count)
      }
    }
  }
}
