// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Pooling over windows of images: (N, C, H, W) -> (N, C, OH, OW), channels-last.
extension Tensor {
  /// The largest value of each window; `stride` is the kernel's size unless given.
  ///
  /// - Throws: when the padding is more than half the kernel, as PyTorch does.
  public func maxPool2d(
    _ kernel: Pair, stride: Pair? = nil, padding: Pair = 0, dilation: Pair = 1
  ) throws -> Tensor {
    let op = "max_pool2d"
    let span = Profiler.begin(op)
    defer { span.end() }
    let window = try poolWindow(op, kernel, stride ?? kernel, padding, dilation)
    let x = try channelsLastUnrecorded()
    let y = try Tensor.image([shape[0], window.c, window.oh, window.ow], dtype, op)
    let at = try Tensor.image(y.shape, .int32, op)
    func run<T: ImageElement>(_: T.Type) {
      let (from, to, places) = (x.pointer(T.self), y.pointer(T.self), at.pointer(Int32.self))
      let work = window.ow * window.c * window.r * window.s
      Workers.chunks(of: shape[0] * window.oh, grain: max(1, 16_384 / max(1, work))) { lines in
        var window = window
        T.kernels.maxPool(&window, from, lines.lowerBound, lines.count, to, places)
      }
    }
    dispatch(run, run)
    return y.recorded(op, [self], rows: .each([true]), saved: [.rows(at)]) { c in
      let dy = try c.grad.channelsLastUnrecorded()
      let dx = try Tensor.image(c.inputShapes[0], dy.dtype, op)
      func run<T: ImageElement>(_: T.Type) {
        let (g, places, to) = (
          dy.pointer(T.self), c.saved[0].pointer(Int32.self), dx.pointer(T.self)
        )
        Workers.chunks(of: dx.shape[0], grain: 1) { images in
          var window = window
          T.kernels.maxPoolBack(&window, g, places, images.lowerBound, images.count, to)
        }
      }
      dy.dispatch(run, run)
      return [dx]
    }
  }

  /// The mean of each window. With `countIncludePad`, padding counts as zeros in the mean.
  public func avgPool2d(
    _ kernel: Pair, stride: Pair? = nil, padding: Pair = 0, countIncludePad: Bool = true
  ) throws -> Tensor {
    let op = "avg_pool2d"
    let span = Profiler.begin(op)
    defer { span.end() }
    let window = try poolWindow(op, kernel, stride ?? kernel, padding, 1)
    let include: Int32 = countIncludePad ? 1 : 0
    let x = try channelsLastUnrecorded()
    let y = try Tensor.image([shape[0], window.c, window.oh, window.ow], dtype, op)
    func run<T: ImageElement>(_: T.Type) {
      let (from, to) = (x.pointer(T.self), y.pointer(T.self))
      let work = window.ow * window.c * window.r * window.s
      Workers.chunks(of: shape[0] * window.oh, grain: max(1, 16_384 / max(1, work))) { lines in
        var window = window
        T.kernels.avgPool(&window, include, from, lines.lowerBound, lines.count, to)
      }
    }
    dispatch(run, run)
    return y.recorded(op, [self], rows: .each([true])) { c in
      let dy = try c.grad.channelsLastUnrecorded()
      let dx = try Tensor.image(c.inputShapes[0], dy.dtype, op)
      func run<T: ImageElement>(_: T.Type) {
        let (g, to) = (dy.pointer(T.self), dx.pointer(T.self))
        Workers.chunks(of: dx.shape[0], grain: 1) { images in
          var window = window
          T.kernels.avgPoolBack(&window, include, g, images.lowerBound, images.count, to)
        }
      }
      dy.dispatch(run, run)
      return [dx]
    }
  }

  /// Means over a grid of `size` cells: rows floor(i H / OH) to ceil((i + 1) H / OH), columns alike.
  public func adaptiveAvgPool2d(_ size: Pair) throws -> Tensor {
    let op = "adaptive_avg_pool2d"
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.image(op, self)
    try ImageChecks.pair(op, "the output size", size, least: 1)
    guard shape[2] >= 1, shape[3] >= 1 else {
      throw TensorError(op, "needs images with pixels, got \(shapeText(shape))")
    }
    let window = thresh_window(
      h: shape[2], w: shape[3], c: shape[1], oh: size.h, ow: size.w, r: 1, s: 1, stride_h: 1,
      stride_w: 1, pad_h: 0, pad_w: 0, dilation_h: 1, dilation_w: 1)
    let x = try channelsLastUnrecorded()
    let y = try Tensor.image([shape[0], shape[1], size.h, size.w], dtype, op)
    let grain = max(1, 16_384 / max(1, count / max(1, shape[0])))
    func run<T: ImageElement>(_: T.Type) {
      let (from, to) = (x.pointer(T.self), y.pointer(T.self))
      Workers.chunks(of: shape[0], grain: grain) { images in
        var window = window
        T.kernels.adaptivePool(&window, from, images.lowerBound, images.count, to)
      }
    }
    dispatch(run, run)
    return y.recorded(op, [self], rows: .each([true])) { c in
      let dy = try c.grad.channelsLastUnrecorded()
      let dx = try Tensor.image(c.inputShapes[0], dy.dtype, op)
      func run<T: ImageElement>(_: T.Type) {
        let (g, to) = (dy.pointer(T.self), dx.pointer(T.self))
        Workers.chunks(of: dx.shape[0], grain: grain) { images in
          var window = window
          T.kernels.adaptivePoolBack(&window, g, images.lowerBound, images.count, to)
        }
      }
      dy.dispatch(run, run)
      return [dx]
    }
  }

  /// The mean of each channel. (N, C, H, W) -> (N, C, 1, 1)
  public func globalAvgPool2d() throws -> Tensor { try adaptiveAvgPool2d(1) }

  private func poolWindow(
    _ op: String, _ kernel: Pair, _ stride: Pair, _ padding: Pair, _ dilation: Pair
  ) throws -> thresh_window {
    try ImageChecks.image(op, self)
    try ImageChecks.pair(op, "the kernel", kernel, least: 1)
    try ImageChecks.pair(op, "stride", stride, least: 1)
    try ImageChecks.pair(op, "padding", padding, least: 0)
    try ImageChecks.pair(op, "dilation", dilation, least: 1)
    guard 2 * padding.h <= kernel.h, 2 * padding.w <= kernel.w else {
      throw TensorError(
        op,
        "the padding (\(padding.h), \(padding.w)) must be at most half of the kernel "
          + "(\(kernel.h), \(kernel.w))")
    }
    let (h, w) = (shape[2], shape[3])
    let oh = ConvolutionShape.extent(h, kernel.h, stride.h, padding.h, dilation.h)
    let ow = ConvolutionShape.extent(w, kernel.w, stride.w, padding.w, dilation.w)
    guard oh >= 1, ow >= 1, h * w <= Int32.max else {
      throw TensorError(
        op, "a \(kernel.h)x\(kernel.w) window does not fit into images of \(h)x\(w)")
    }
    return thresh_window(
      h: h, w: w, c: shape[1], oh: oh, ow: ow, r: kernel.h, s: kernel.w, stride_h: stride.h,
      stride_w: stride.w, pad_h: padding.h, pad_w: padding.w, dilation_h: dilation.h,
      dilation_w: dilation.w)
  }
}
