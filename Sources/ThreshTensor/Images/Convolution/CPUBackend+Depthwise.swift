// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Depthwise convolution, one filter for each channel, directly: channels are the SIMD dimension.
extension CPUBackend {
  /// Calls `body` with the filters as (R, S, C), turned by 180 degrees on demand. The tensor's
  /// memory is (C, R, S).
  private func withFilters<T: ImageElement>(
    _ z: ConvolutionShape, _ w: UnsafePointer<T>, turned: Bool = false,
    _ body: (UnsafePointer<T>) throws -> Void
  ) throws {
    let area = z.r * z.s
    let block = try Storage(byteCount: area * z.c * MemoryLayout<T>.stride)
    let filters = block.base.assumingMemoryBound(to: T.self)
    for c in 0..<z.c {
      for i in 0..<area { filters[i * z.c + c] = w[c * area + (turned ? area - 1 - i : i)] }
    }
    try withExtendedLifetime(block) { try body(filters) }
  }

  func depthwiseForward<T: ImageElement>(
    _ z: ConvolutionShape, _ x: UnsafePointer<T>, _ w: UnsafePointer<T>, _ bias: UnsafePointer<T>?,
    _ y: UnsafeMutablePointer<T>
  ) throws {
    try withFilters(z, w) { filters in
      Workers.chunks(of: z.lines, grain: max(1, 16_384 / max(1, z.ow * z.c))) { lines in
        var window = z.window
        T.kernels.depthwise(&window, x, filters, bias, lines.lowerBound, lines.count, y)
      }
    }
  }

  func depthwiseBackwardData<T: ImageElement>(
    _ z: ConvolutionShape, _ dy: UnsafePointer<T>, _ w: UnsafePointer<T>,
    _ dx: UnsafeMutablePointer<T>
  ) throws {
    // With stride 1 the gradient is a depthwise convolution by the turned filters.
    let pad = Pair(
      z.dilation.h * (z.r - 1) - z.padding.h, z.dilation.w * (z.s - 1) - z.padding.w)
    if z.stride == Pair(1), pad.h >= 0, pad.w >= 0 {
      try withFilters(z, w, turned: true) { filters in
        let grain = max(1, 16_384 / max(1, z.w * z.c))
        Workers.chunks(of: z.n * z.h, grain: grain) { lines in
          var window = z.window
          (window.h, window.w, window.oh, window.ow) = (z.oh, z.ow, z.h, z.w)
          (window.pad_h, window.pad_w) = (pad.h, pad.w)
          T.kernels.depthwise(&window, dy, filters, nil, lines.lowerBound, lines.count, dx)
        }
      }
      return
    }
    try withFilters(z, w) { filters in
      Workers.chunks(of: z.n, grain: 1) { images in
        var window = z.window
        T.kernels.depthwiseData(&window, dy, filters, images.lowerBound, images.count, dx)
      }
    }
  }

  func depthwiseBackwardWeights<T: ImageElement>(
    _ z: ConvolutionShape, _ x: UnsafePointer<T>, _ dy: UnsafePointer<T>,
    _ dw: UnsafeMutablePointer<T>
  ) throws {
    let (area, size) = (z.r * z.s, z.r * z.s * z.c)
    let pieces = Workspace.pieces(z.lines, grain: max(1, 16_384 / max(1, z.ow * z.c)), most: 32)
    let partials = try Tensor.zeros([max(pieces.count, 1), size], .float64)
    let p = partials.pointer(Double.self)
    try Workspace.run(pieces.count, bytes: size * MemoryLayout<T>.stride) { task, block in
      var window = z.window
      T.kernels.depthwiseWeights(
        &window, x, dy, pieces[task].lowerBound, pieces[task].count,
        block.assumingMemoryBound(to: T.self), p + task * size)
    }
    for c in 0..<z.c {
      for i in 0..<area {
        var sum = 0.0
        for piece in 0..<max(pieces.count, 1) { sum += p[piece * size + i * z.c + c] }
        dw[c * area + i] = T(sum)
      }
    }
  }
}
