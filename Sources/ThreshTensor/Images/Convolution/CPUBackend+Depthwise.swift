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
    if z.turnsDepthwise {
      try withFilters(z, w, turned: true) { filters in
        let grain = max(1, 16_384 / max(1, z.w * z.c))
        Workers.chunks(of: z.n * z.h, grain: grain) { lines in
          var window = z.turnedWindow
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

  /// Forward without bias; the moments are gathered while a chunk of lines is in the cache.
  func depthwiseForward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ moments: ChannelMoments?, into y: Tensor
  ) throws {
    let grain = max(1, 16_384 / max(1, z.ow * z.c))
    let chunks = Workspace.pieces(z.lines, grain: grain, most: 256)
    try moments?.reserve(chunks.map { $0.count * z.ow })
    func run<T: ImageElement>(_: T.Type) throws {
      let (from, to) = (x.pointer(T.self), y.pointer(T.self))
      try withFilters(z, w.pointer(T.self)) { filters in
        Workers.run(chunks.count) { i in
          var window = z.window
          T.kernels.depthwise(
            &window, from, filters, nil, chunks[i].lowerBound, chunks[i].count, to)
          if let piece = moments?.piece(i) {
            T.kernels.columnMoments(
              to + chunks[i].lowerBound * z.ow * z.c, chunks[i].count * z.ow, z.c, z.c, piece.mean,
              piece.m2)
          }
        }
      }
    }
    try y.dispatch(run, run)
  }

  /// Both gradients behind a normalisation, an image at a time.
  func depthwiseBackward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ gradient: NormGradient, _ dx: Tensor,
    _ dw: Tensor
  ) throws {
    let (area, size) = (z.r * z.s, z.r * z.s * z.c)
    let (input, output) = (z.h * z.w * z.c, z.oh * z.ow * z.c)
    let pieces = Workspace.pieces(z.n, grain: 1, most: 32)
    let partials = try Tensor.zeros([pieces.count, size], .float64)
    let sums = partials.pointer(Double.self)
    let turns = z.turnsDepthwise
    func run<T: ImageElement>(_: T.Type) throws {
      let (xp, to, out) = (x.pointer(T.self), dx.pointer(T.self), dw.pointer(T.self))
      try withFilters(z, w.pointer(T.self), turned: turns) { filters in
        let bytes = (output + size) * MemoryLayout<T>.stride
        try Workspace.run(pieces.count, bytes: bytes) { i, space in
          let g = space.assumingMemoryBound(to: T.self)
          for n in pieces[i] {
            gradient.write(n * z.oh * z.ow..<(n + 1) * z.oh * z.ow, to: g)
            var window = z.window
            T.kernels.depthwiseWeights(
              &window, xp + n * input, g, 0, z.oh, g + output, sums + i * size)
            if turns {
              var turned = z.turnedWindow
              T.kernels.depthwise(&turned, g, filters, nil, 0, z.h, to + n * input)
            } else {
              T.kernels.depthwiseData(&window, g, filters, 0, 1, to + n * input)
            }
          }
        }
      }
      for c in 0..<z.c {
        for i in 0..<area {
          out[c * area + i] = T(pieces.indices.reduce(0.0) { $0 + sums[$1 * size + i * z.c + c] })
        }
      }
    }
    try dx.dispatch(run, run)
    withExtendedLifetime(partials) {}
  }
}

extension ConvolutionShape {
  /// The padding with which the turned filters give the input's gradient, for stride 1.
  private var turnedPadding: Pair {
    Pair(dilation.h * (r - 1) - padding.h, dilation.w * (s - 1) - padding.w)
  }

  /// Whether the gradient of a depthwise convolution's input is one by the turned filters.
  fileprivate var turnsDepthwise: Bool {
    stride == Pair(1) && turnedPadding.h >= 0 && turnedPadding.w >= 0
  }

  /// The window of that convolution.
  fileprivate var turnedWindow: thresh_window {
    var v = window
    (v.h, v.w, v.oh, v.ow) = (oh, ow, h, w)
    (v.pad_h, v.pad_w) = (turnedPadding.h, turnedPadding.w)
    return v
  }
}
