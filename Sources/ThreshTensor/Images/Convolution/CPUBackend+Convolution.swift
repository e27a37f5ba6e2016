// SPDX-License-Identifier: Apache-2.0
import CInterrupt

/// The three passes of a convolution, by the method that suits the shape.
///
/// Activations are N, H, W, C in memory and weights K, R, S, C, so that a patch is a row and so is a
/// filter. Chunks, and with them all sums, depend on the shapes alone.
extension CPUBackend {
  func convolutionForward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ finish: ConvolutionFinish, into y: Tensor
  ) throws {
    try Interrupt.check("conv2d")
    try withExtendedLifetime((x, w, finish)) {
      switch ConvolutionMethod.choose(z, y.dtype) {
      case .winograd:
        try winograd(z, x, .forward(w, z), finish, into: y)
      case .products:
        try productsForward(z, x, w, finish, into: y)
      case .depthwise, .patches:
        try patchesForward(z, x, w, finish.bias, into: y)
        var rest = finish
        rest.bias = nil
        try self.finish(rest, y)
      }
    }
  }

  func convolutionBackwardData(_ z: ConvolutionShape, _ dy: Tensor, _ w: Tensor, into dx: Tensor)
    throws
  {
    try Interrupt.check("conv2d")
    try withExtendedLifetime((dy, w)) {
      switch ConvolutionMethod.choose(z, dx.dtype) {
      case .winograd:
        if let transposed = z.transposed, transposed.suitsWinograd {
          try winograd(transposed, dy, .backward(w, z), ConvolutionFinish(), into: dx)
        } else {
          try productsBackwardData(z, dy, w, into: dx)
        }
      case .products where z.dilation == Pair(1) || z.stride == Pair(1):
        try productsBackwardData(z, dy, w, into: dx)
      case .products, .depthwise, .patches:
        try patchesBackwardData(z, dy, w, into: dx)
      }
    }
  }

  func convolutionBackwardWeights(
    _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    try Interrupt.check("conv2d")
    try withExtendedLifetime((x, dy)) {
      switch ConvolutionMethod.choose(z, dw.dtype) {
      case .winograd: try winogradWeights(z, x, dy, into: dw)
      case .products: try productsBackwardWeights(z, x, dy, into: dw)
      case .depthwise, .patches: try patchesBackwardWeights(z, x, dy, into: dw)
      }
    }
  }

  /// Residual, clamp and moments in passes of their own, for methods that do not finish by chunk.
  private func finish(_ finish: ConvolutionFinish, _ y: Tensor) throws {
    let (k, rows) = (y.shape[1], y.count / max(y.shape[1], 1))
    if finish.changes {
      func run<T: ImageElement>(_: T.Type) throws {
        let plain = try PlainNorm<T>(k, finish)
        let p = y.pointer(T.self)
        Workers.chunks(of: rows, grain: max(1, 32_768 / k)) { plain.apply(p, k, $0) }
      }
      try y.dispatch(run, run)
    }
    try finish.moments?.gather(y, rows: rows)
  }
}

/// The finish of a convolution as the normalisation kernel computes it: mean 0 and scale 1.
struct PlainNorm<T: ImageElement> {
  private let constants: Tensor
  private let residual: Tensor?
  private let low, high: T

  init(_ k: Int, _ finish: ConvolutionFinish) throws {
    constants = try Tensor(empty: [3, k], T.dtype, op: "conv2d")
    let p = constants.pointer(T.self)
    for i in 0..<k {
      p[i] = 0
      p[k + i] = 1
      p[2 * k + i] = finish.bias?.pointer(T.self)[i] ?? 0
    }
    residual = finish.residual
    (low, high) = (T(finish.low), T(finish.high))
  }

  /// Finishes some rows of y (…, k) in place.
  func apply(_ y: UnsafeMutablePointer<T>, _ k: Int, _ rows: Range<Int>) {
    let (p, at) = (constants.pointer(T.self), rows.lowerBound * k)
    T.kernels.norm(
      y + at, rows.count, k, p, p + k, p + 2 * k, residual.map { $0.pointer(T.self) + at }, low,
      high, y + at)
  }
}
