// SPDX-License-Identifier: Apache-2.0

/// The update of one parameter by each optimiser: one pass over flat memory, off the tape.
///
/// Formulas and the order of operations are those of PyTorch's `torch.optim`.
extension Tensor {
  /// Stochastic gradient descent; the parameter's buffer is made at the first step with momentum.
  public struct SGDUpdate: Sendable {
    public var lr: Double
    public var momentum = 0.0
    public var dampening = 0.0
    public var weightDecay = 0.0
    public var nesterov = false
    /// Climb instead of descend.
    public var maximize = false
    public init(lr: Double) { self.lr = lr }
  }

  /// One SGD step in place. Returns the momentum buffer, nil without momentum.
  public func sgdStep_(_ update: SGDUpdate, buffer: Tensor?) throws -> Tensor? {
    guard let grad = try gradientForUpdate() else { return buffer }
    let span = Profiler.begin("sgd_step")
    defer { span.end() }
    Profiler.count(bytes: (update.momentum == 0 ? 3 : 5) * byteCount)
    let first = buffer == nil
    let buffer = try update.momentum == 0 ? nil : buffer ?? stateTensor()
    func run<T: FloatingElement>(_: T.Type) {
      let (p, g) = (pointer(T.self), grad.pointer(T.self))
      let b = buffer?.pointer(T.self)
      let (lr, mu) = (T(update.lr), T(update.momentum))
      let (take, wd) = (T(1 - update.dampening), T(update.weightDecay))
      let (nesterov, sign) = (update.nesterov, T(update.maximize ? -1 : 1))
      Workers.chunks(of: count, grain: Loops.grain) { range in
        guard let b else {
          for i in range { p[i] -= lr * (sign * g[i] + wd * p[i]) }
          return
        }
        if first {
          for i in range { b[i] = sign * g[i] + wd * p[i] }
        } else {
          for i in range { b[i] = mu * b[i] + take * (sign * g[i] + wd * p[i]) }
        }
        if nesterov {
          for i in range { p[i] -= lr * (sign * g[i] + wd * p[i] + mu * b[i]) }
        } else {
          for i in range { p[i] -= lr * b[i] }
        }
      }
    }
    dtype == .float64 ? run(Double.self) : run(Float.self)
    storage.version += 1
    return buffer
  }

  /// Adam and AdamW.
  public struct AdamUpdate: Sendable {
    public var lr: Double
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var eps = 1e-8
    public var weightDecay = 0.0
    /// AdamW: the decay shrinks the parameter instead of joining the gradient.
    public var decoupled = false
    public var amsgrad = false
    public var maximize = false
    public init(lr: Double) { self.lr = lr }
  }

  /// What Adam remembers of a parameter.
  public struct AdamState {
    public var step = 0
    public var mean: Tensor
    public var square: Tensor
    public var largest: Tensor?

    public init(step: Int, mean: Tensor, square: Tensor, largest: Tensor?) {
      self.step = step
      self.mean = mean
      self.square = square
      self.largest = largest
    }
  }

  /// One Adam step in place. Returns the state to hand to the next one.
  public func adamStep_(_ update: AdamUpdate, state: AdamState?) throws -> AdamState? {
    guard let grad = try gradientForUpdate() else { return state }
    let span = Profiler.begin("adam_step")
    defer { span.end() }
    Profiler.count(bytes: (update.amsgrad ? 9 : 7) * byteCount)
    var state =
      try state
      ?? AdamState(
        step: 0, mean: stateTensor(), square: stateTensor(),
        largest: update.amsgrad ? stateTensor() : nil)
    state.step += 1
    let correction1 = 1 - power(update.beta1, state.step)
    let correction2 = 1 - power(update.beta2, state.step)
    let (mean, square, largest) = (state.mean, state.square, state.largest)
    func run<T: FloatingElement>(_: T.Type) {
      let (p, g) = (pointer(T.self), grad.pointer(T.self))
      let (m, v) = (mean.pointer(T.self), square.pointer(T.self))
      let top = largest?.pointer(T.self)
      let (take1, keep2, take2) = (T(1 - update.beta1), T(update.beta2), T(1 - update.beta2))
      let rate = T(update.lr / correction1)
      let (root, eps) = (T(correction2.squareRoot()), T(update.eps))
      let shrink = T(update.decoupled ? 1 - update.lr * update.weightDecay : 1)
      let wd = T(update.decoupled ? 0 : update.weightDecay)
      let sign = T(update.maximize ? -1 : 1)
      Workers.chunks(of: count, grain: Loops.grain) { range in
        for i in range {
          let x = p[i] * shrink
          let g = sign * g[i] + wd * x
          m[i] += (g - m[i]) * take1
          v[i] = keep2 * v[i] + take2 * g * g
          var square = v[i]
          if let top {
            top[i] = Swift.max(top[i], square)
            square = top[i]
          }
          p[i] = x - rate * m[i] / (square.squareRoot() / root + eps)
        }
      }
    }
    dtype == .float64 ? run(Double.self) : run(Float.self)
    storage.version += 1
    return state
  }

  /// RMSProp.
  public struct RMSPropUpdate: Sendable {
    public var lr: Double
    public var alpha = 0.99
    public var eps = 1e-8
    public var weightDecay = 0.0
    public var momentum = 0.0
    public var centered = false
    public var maximize = false
    public init(lr: Double) { self.lr = lr }
  }

  /// What RMSProp remembers of a parameter.
  public struct RMSPropState {
    public var square: Tensor
    public var mean: Tensor?
    public var buffer: Tensor?

    public init(square: Tensor, mean: Tensor?, buffer: Tensor?) {
      self.square = square
      self.mean = mean
      self.buffer = buffer
    }
  }

  /// One RMSProp step in place. Returns the state to hand to the next one.
  public func rmspropStep_(_ update: RMSPropUpdate, state: RMSPropState?) throws -> RMSPropState? {
    guard let grad = try gradientForUpdate() else { return state }
    let span = Profiler.begin("rmsprop_step")
    defer { span.end() }
    Profiler.count(
      bytes: (3 + 2 * (1 + (update.centered ? 1 : 0) + (update.momentum > 0 ? 1 : 0))) * byteCount)
    let state =
      try state
      ?? RMSPropState(
        square: stateTensor(), mean: update.centered ? stateTensor() : nil,
        buffer: update.momentum > 0 ? stateTensor() : nil)
    func run<T: FloatingElement>(_: T.Type) {
      let (p, g) = (pointer(T.self), grad.pointer(T.self))
      let v = state.square.pointer(T.self)
      let (m, b) = (state.mean?.pointer(T.self), state.buffer?.pointer(T.self))
      let (keep, take) = (T(update.alpha), T(1 - update.alpha))
      let (lr, mu, wd, eps) = (
        T(update.lr), T(update.momentum), T(update.weightDecay), T(update.eps)
      )
      let sign = T(update.maximize ? -1 : 1)
      Workers.chunks(of: count, grain: Loops.grain) { range in
        for i in range {
          let g = sign * g[i] + wd * p[i]
          v[i] = keep * v[i] + take * g * g
          var spread = v[i]
          if let m {
            m[i] += (g - m[i]) * take
            spread -= m[i] * m[i]
          }
          let step = g / (spread.squareRoot() + eps)
          if let b {
            b[i] = mu * b[i] + step
            p[i] -= lr * b[i]
          } else {
            p[i] -= lr * step
          }
        }
      }
    }
    dtype == .float64 ? run(Double.self) : run(Float.self)
    storage.version += 1
    return state
  }

  /// The sum of squares of the gradient in double, 0 without one; for clipping by norm.
  public func squaredGradientNorm() throws -> Double {
    guard let grad = try gradientForUpdate() else { return 0 }
    let span = Profiler.begin("gradient_norm")
    defer { span.end() }
    span.touches(grad)
    func run<T: FloatingElement>(_: T.Type) -> Double {
      let g = grad.pointer(T.self)
      let size = Loops.grain
      let pieces = (count + size - 1) / size
      var partials = [Double](repeating: 0, count: pieces)
      partials.withUnsafeMutableBufferPointer { partials in
        let out = partials.baseAddress
        Workers.run(pieces) { piece in
          var total = 0.0
          for i in piece * size..<Swift.min(count, (piece + 1) * size) {
            total += g[i].asDouble * g[i].asDouble
          }
          out?[piece] = total
        }
      }
      return partials.reduce(0, +)
    }
    return dtype == .float64 ? run(Double.self) : run(Float.self)
  }

  /// Multiplies the gradient in place.
  public func scaleGradient(_ factor: Double) throws {
    guard let grad = try gradientForUpdate() else { return }
    let span = Profiler.begin("scale_gradient")
    defer { span.end() }
    span.touches(grad, grad)
    func run<T: FloatingElement>(_: T.Type) {
      let (g, s) = (grad.pointer(T.self), T(factor))
      Workers.chunks(of: count, grain: Loops.grain) { range in for i in range { g[i] *= s } }
    }
    dtype == .float64 ? run(Double.self) : run(Float.self)
    grad.storage.version += 1
  }

  /// The gradient in this parameter's memory order, nil without one.
  private func gradientForUpdate() throws -> Tensor? {
    guard dtype.isFloating else {
      throw TensorError("step", "parameters must be floating-point, got \(dtype.name)")
    }
    guard isDense else {
      throw TensorError(
        "step", "a parameter of shape \(shapeText(shape)) is a view with gaps; clone it first")
    }
    guard let grad else { return nil }
    guard grad.shape == shape, grad.dtype == dtype else {
      throw TensorError(
        "step",
        "a parameter of shape \(shapeText(shape)) has a gradient of shape \(shapeText(grad.shape))")
    }
    return grad.strides == strides ? grad : try grad.copyUnrecorded(strides: strides)
  }

  /// Zeros in this parameter's memory order.
  private func stateTensor() throws -> Tensor {
    let state = try Tensor(empty: shape, dtype, strides: strides, op: "step")
    state.fillUnrecorded(0)
    return state
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return result
  }
}
