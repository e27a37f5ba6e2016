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
    let method = ConvolutionMethod.choose(z, y.dtype)
    let span = Profiler.convolution("forward", method, z, x, w, y)
    defer { span.end() }
    try withExtendedLifetime((x, w, finish)) {
      switch method {
      case .winograd:
        try winograd(z, x, .forward(w, z), finish, into: y)
      case .products:
        try productsForward(z, x, w, finish, into: y)
      case .depthwise where !finish.changes:
        try depthwiseForward(z, x, w, finish.moments, into: y)
      case .depthwise, .patches:
        try patchesForward(z, x, w, finish.bias, into: y)
        var rest = finish
        rest.bias = nil
        try rest.apply(y, z.k)
        try finish.moments?.gather(y, rows: z.n * z.oh * z.ow)
      }
    }
  }

  func convolutionBackward(
    _ z: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ dy: OutputGradient, dx: Tensor?,
    adding: Bool, dw: Tensor?
  ) throws {
    try Interrupt.check("conv2d")
    // An empty batch has no numbers to sum up, and no gradient of its own.
    if z.n == 0 {
      dw?.fillUnrecorded(0)
      return
    }
    try withExtendedLifetime((x, w, dy)) {
      let method = ConvolutionMethod.choose(z, w.dtype)
      // Behind a normalisation, the gradient of the output need not go through memory.
      if case .norm(let gradient) = dy, let dx, let dw, joinsBackward(method, z) {
        let span = Profiler.convolution("data and weights", method, z, x, w, dx)
        Profiler.count(flops: z.flops)
        defer { span.end() }
        return method == .depthwise
          ? try depthwiseBackward(z, x, w, gradient, dx, dw)
          : try pointwiseBackward(z, x, w, gradient, dx, adding, dw)
      }
      let dy = try dy.tensor()
      if let dx { try backwardData(method, z, dy, w, into: dx, adding) }
      if let dw { try backwardWeights(method, z, x, dy, into: dw) }
    }
  }

  func convolutionAdds(_ z: ConvolutionShape, _ dtype: DType) -> Bool {
    ConvolutionMethod.choose(z, dtype) == .products && z.dataSuitsProducts
  }

  /// Whether both gradients can be computed together, some rows or images at a time.
  private func joinsBackward(_ method: ConvolutionMethod, _ z: ConvolutionShape) -> Bool {
    switch method {
    case .products: z.isPointwise && z.k * z.c < CPUBackend.partialFloats
    case .depthwise: z.n >= 4
    case .winograd, .patches: false
    }
  }

  private func backwardData(
    _ method: ConvolutionMethod, _ z: ConvolutionShape, _ dy: Tensor, _ w: Tensor,
    into dx: Tensor, _ adding: Bool
  ) throws {
    let span = Profiler.convolution("data", method, z, dy, w, dx)
    defer { span.end() }
    switch method {
    case .winograd:
      if let transposed = z.transposed, transposed.suitsWinograd {
        try winograd(transposed, dy, .backward(w, z), ConvolutionFinish(), into: dx)
      } else {
        span.uses(.products)
        try productsBackwardData(z, dy, w, into: dx, adding)
      }
    case .products where z.dataSuitsProducts:
      try productsBackwardData(z, dy, w, into: dx, adding)
    case .products, .depthwise, .patches:
      if method == .products { span.uses(.patches) }
      try patchesBackwardData(z, dy, w, into: dx)
    }
  }

  private func backwardWeights(
    _ method: ConvolutionMethod, _ z: ConvolutionShape, _ x: Tensor, _ dy: Tensor, into dw: Tensor
  ) throws {
    let span = Profiler.convolution("weights", method, z, x, dy, dw)
    defer { span.end() }
    switch method {
    case .winograd: try winogradWeights(z, x, dy, into: dw)
    case .products: try productsBackwardWeights(z, x, dy, into: dw)
    case .depthwise, .patches: try patchesBackwardWeights(z, x, dy, into: dw)
    }
  }
}

/// The gradient of a convolution's output: as a tensor, or behind the normalisation that follows it.
enum OutputGradient {
  case tensor(Tensor)
  case norm(NormGradient)

  func tensor() throws -> Tensor {
    switch self {
    case .tensor(let dy): dy
    case .norm(let gradient): try gradient.tensor()
    }
  }
}

extension ConvolutionFinish {
  /// Bias, residual and clamp in a pass of their own, on y (…, K) with its channels innermost.
  func apply(_ y: Tensor, _ k: Int) throws {
    guard changes, k > 0 else { return }
    func run<T: ImageElement>(_: T.Type) throws {
      let plain = try PlainNorm<T>(k, self)
      let p = y.pointer(T.self)
      Workers.chunks(of: y.count / k, grain: max(1, 32_768 / k)) { plain.apply(p, k, $0) }
    }
    try y.dispatch(run, run)
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
