// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Convolution as products of patch matrices by OpenBLAS: im2col by chunks of output lines, for both
/// types, in groups or not; and depthwise convolution, which shares the passes' form.
extension CPUBackend {
  /// Bytes of patches that a task holds at a time: about what stays in the second-level cache.
  private static let chunkBytes = 384 << 10
  /// Bytes that the partial sums of weight gradients may take together.
  private static let partialBytes = 48 << 20

  /// Output lines to a chunk of patches.
  private func chunkLines<T>(_ z: ConvolutionShape, _: T.Type) -> Int {
    max(1, CPUBackend.chunkBytes / max(1, z.ow * z.patch * MemoryLayout<T>.stride))
  }

  private func patchBytes<T>(_ z: ConvolutionShape, _ lines: Int, _: T.Type) -> Int {
    z.isPointwise ? 1 : lines * z.ow * z.patch * MemoryLayout<T>.stride
  }

  /// The patches of `lines` lines from `line` on, of one group: copied, or the pixels themselves.
  private func patches<T: ImageElement>(
    _ z: ConvolutionShape, _ x: UnsafePointer<T>, _ group: Int, _ line: Int, _ lines: Int,
    _ block: UnsafeMutableRawPointer
  ) -> BLAS.Operand<T> {
    if z.isPointwise {
      return BLAS.Operand(
        base: x + line * z.ow * z.c + group * z.groupC, transposed: false, leading: z.c)
    }
    let col = block.assumingMemoryBound(to: T.self)
    var window = z.window
    T.kernels.im2col(&window, x, group * z.groupC, z.groupC, line, lines, col)
    return BLAS.Operand(base: UnsafePointer(col), transposed: false, leading: z.patch)
  }

  func patchesForward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ bias: Tensor?, into y: Tensor
  ) throws {
    _ = BLAS.ready
    func run<T: ImageElement>(_: T.Type) throws {
      let (xp, wp, yp) = (
        UnsafePointer(x.pointer(T.self)), UnsafePointer(w.pointer(T.self)), y.pointer(T.self)
      )
      let bp = bias.map { UnsafePointer($0.pointer(T.self)) }
      if z.isDepthwise {
        try depthwiseForward(z, xp, wp, bp, yp)
        return
      }
      let lines = chunkLines(z, T.self)
      let pieces = Workspace.pieces(z.lines, grain: lines, most: Int.max)
      try Workspace.run(pieces.count, bytes: patchBytes(z, lines, T.self)) { task, block in
        let (first, count) = (pieces[task].lowerBound, pieces[task].count)
        let out = yp + first * z.ow * z.k
        if let bp { T.kernels.fillRows(out, count * z.ow, z.k, z.k, bp) }
        for g in 0..<z.groups {
          T.gemm(
            count * z.ow, z.groupK, z.patch, patches(z, xp, g, first, count, block),
            BLAS.Operand(base: wp + g * z.groupK * z.patch, transposed: true, leading: z.patch),
            beta: bp == nil ? 0 : 1, out + g * z.groupK, z.k)
        }
      }
    }
    try y.dispatch(run, run)
  }

  func patchesBackwardData(_ z: ConvolutionShape, _ dy: Tensor, _ w: Tensor, into dx: Tensor)
    throws
  {
    if z.patch > 1, let transposed = z.transposed {
      try patchesForward(transposed, dy, try flipped(z, w), nil, into: dx)
      return
    }
    _ = BLAS.ready
    func run<T: ImageElement>(_: T.Type) throws {
      let (gp, wp, xp) = (
        UnsafePointer(dy.pointer(T.self)), UnsafePointer(w.pointer(T.self)), dx.pointer(T.self)
      )
      if z.isDepthwise {
        try depthwiseBackwardData(z, gp, wp, xp)
        return
      }
      let image = z.h * z.w * z.c
      // Patches overlap inside an image and never between images.
      let lines = min(z.oh, chunkLines(z, T.self))
      let bytes = lines * z.ow * z.patch * MemoryLayout<T>.stride
      try Workspace.run(z.n, bytes: bytes) { n, block in
        let col = block.assumingMemoryBound(to: T.self)
        var window = z.window
        (xp + n * image).update(repeating: 0, count: image)
        for first in stride(from: 0, to: z.oh, by: lines) {
          let (line, count) = (n * z.oh + first, min(lines, z.oh - first))
          for g in 0..<z.groups {
            T.gemm(
              count * z.ow, z.patch, z.groupK,
              BLAS.Operand(
                base: gp + line * z.ow * z.k + g * z.groupK, transposed: false, leading: z.k),
              BLAS.Operand(base: wp + g * z.groupK * z.patch, transposed: false, leading: z.patch),
              beta: 0, col, z.patch)
            T.kernels.col2im(&window, xp, g * z.groupC, z.groupC, line, count, col)
          }
        }
      }
    }
    try dx.dispatch(run, run)
  }

  func patchesBackwardWeights(_ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor)
    throws
  {
    _ = BLAS.ready
    func run<T: ImageElement>(_: T.Type) throws {
      let (xp, gp) = (UnsafePointer(x.pointer(T.self)), UnsafePointer(dy.pointer(T.self)))
      let out = dw.pointer(T.self)
      if z.isDepthwise {
        try depthwiseBackwardWeights(z, xp, gp, out)
        return
      }
      let size = z.k * z.patch
      let most = min(32, max(2, CPUBackend.partialBytes / max(1, size * MemoryLayout<T>.stride)))
      let lines = chunkLines(z, T.self)
      let pieces = Workspace.pieces(z.lines, grain: min(lines, z.oh), most: most)
      let partials = try Tensor(empty: [max(pieces.count, 1), size], dw.dtype, op: "conv2d")
      let pp = partials.pointer(T.self)
      if pieces.isEmpty { pp.update(repeating: 0, count: size) }
      try Workspace.run(pieces.count, bytes: patchBytes(z, lines, T.self)) { task, block in
        let piece = pieces[task]
        for first in stride(from: piece.lowerBound, to: piece.upperBound, by: lines) {
          let count = min(lines, piece.upperBound - first)
          for g in 0..<z.groups {
            T.gemm(
              z.groupK, z.patch, count * z.ow,
              BLAS.Operand(
                base: gp + first * z.ow * z.k + g * z.groupK, transposed: true, leading: z.k),
              patches(z, xp, g, first, count, block), beta: first == piece.lowerBound ? 0 : 1,
              pp + task * size + g * z.groupK * z.patch, z.patch)
          }
        }
      }
      Workers.chunks(of: size, grain: 4_096) { range in
        (out + range.lowerBound).update(from: pp + range.lowerBound, count: range.count)
        for piece in 1..<max(pieces.count, 1) {
          let p = pp + piece * size
          for i in range { out[i] += p[i] }
        }
      }
    }
    try dw.dispatch(run, run)
  }

  /// Filters turned by 180 degrees with their channels exchanged. (K, C, R, S) -> (C, K, R, S)
  private func flipped(_ z: ConvolutionShape, _ w: Tensor) throws -> Tensor {
    let out = try Tensor.image([z.c, z.k, z.r, z.s], w.dtype, "conv2d")
    func run<T: ImageElement>(_: T.Type) {
      let (from, to) = (w.pointer(T.self), out.pointer(T.self))
      let area = z.r * z.s
      Workers.chunks(of: z.c, grain: max(1, 16_384 / max(1, z.k * area))) { channels in
        for c in channels {
          for i in 0..<area {
            let row = to + (c * area + area - 1 - i) * z.k
            for k in 0..<z.k { row[k] = from[(k * area + i) * z.c + c] }
          }
        }
      }
    }
    w.dispatch(run, run)
    return out
  }
}
