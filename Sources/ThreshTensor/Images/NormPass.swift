// SPDX-License-Identifier: Apache-2.0

/// Per-channel mean and 1 / sqrt(variance + eps), in the input's type. (C), (C)
struct NormStatistics {
  let mean: Tensor
  let scale: Tensor

  init(mean: Tensor, scale: Tensor) {
    self.mean = mean
    self.scale = scale
  }

  /// Those a layer evaluates with.
  init(of running: RunningStatistics?, eps: Double, like x: Tensor) throws {
    let c = x.shape[1]
    mean = try Tensor(empty: [c], x.dtype, op: "batch_norm")
    scale = try Tensor(empty: [c], x.dtype, op: "batch_norm")
    guard let running else { return }
    func run<T: ImageElement>(_: T.Type) throws {
      let (m, v) = (try running.mean.values(T.self), try running.variance.values(T.self))
      let (mp, sp) = (mean.pointer(T.self), scale.pointer(T.self))
      for i in 0..<c {
        mp[i] = m[i]
        sp[i] = T(1 / (v[i].asDouble + eps).squareRoot())
      }
    }
    try x.dispatch(run, run)
  }

  /// Those of a batch of `rows` values a channel; `running` moves towards them.
  init(
    of moments: ChannelMoments, rows: Int, eps: Double, _ running: RunningStatistics?,
    like x: Tensor
  ) throws {
    let c = moments.channels
    let (mean, scale) = (
      try Tensor(empty: [c], x.dtype, op: "batch_norm"),
      try Tensor(empty: [c], x.dtype, op: "batch_norm")
    )
    let batch = moments.merged()
    func run<T: ImageElement>(_: T.Type) throws {
      let (mp, sp) = (mean.pointer(T.self), scale.pointer(T.self))
      for i in 0..<c {
        mp[i] = T(batch.mean[i])
        sp[i] = T(1 / (batch.m2[i] / Double(rows) + eps).squareRoot())
      }
      try running?.move(T.self, to: batch.mean, batch.m2.map { $0 / Double(rows - 1) })
    }
    try x.dispatch(run, run)
    self.init(mean: mean, scale: scale)
  }
}

extension RunningStatistics {
  /// Moves towards a batch's mean and unbiased variance, in place.
  func move<T: ImageElement>(_: T.Type, to mean: [Double], _ variance: [Double]) throws {
    let share = try momentum ?? 1 / ((batches?.item() ?? 0) + 1)
    func move(_ t: Tensor, _ target: [Double]) {
      let p = t.pointer(T.self)
      for i in target.indices {
        let at = p + i * t.strides[0]
        at.pointee = T((1 - share) * at.pointee.asDouble + share * target[i])
      }
      t.storage.version += 1
    }
    move(self.mean, mean)
    move(self.variance, variance)
    if let batches, batches.dtype == .int64, batches.count == 1 {
      batches.pointer(Int64.self)[0] += 1
      batches.storage.version += 1
    }
  }
}

/// Normalisation of a channels-last x (N, C, H, W) with what follows it, forward and backward:
/// y = clamp((x - mean) scale weight + bias + residual).
struct NormPass {
  let x: Tensor
  let statistics: NormStatistics
  let weight: Tensor?
  /// (2, C): scale weight, and bias.
  fileprivate let affine: Tensor
  let low, high: Double

  /// - Parameters:
  ///   - low, high: the activation as a clamp: ReLU is [0, inf), ReLU6 [0, 6].
  init(
    _ x: Tensor, _ statistics: NormStatistics, _ weight: Tensor?, _ bias: Tensor?,
    low: Double = -.infinity, high: Double = .infinity
  ) throws {
    self.x = x
    self.statistics = statistics
    self.weight = try weight?.contiguousUnrecorded()
    (self.low, self.high) = (low, high)
    affine = try Tensor(empty: [2, x.shape[1]], x.dtype, op: "batch_norm")
    let b = try bias?.contiguousUnrecorded()
    let (affine, dense) = (affine, self.weight)
    func run<T: ImageElement>(_: T.Type) {
      let c = x.shape[1]
      let (scale, shift) = (affine.pointer(T.self), affine.pointer(T.self) + c)
      let s = statistics.scale.pointer(T.self)
      let (w, b) = (dense?.pointer(T.self), b?.pointer(T.self))
      for i in 0..<c {
        scale[i] = (w?[i] ?? 1) * s[i]
        shift[i] = b?[i] ?? 0
      }
    }
    x.dispatch(run, run)
  }

  fileprivate var channels: Int { x.shape[1] }
  fileprivate var rows: Int { x.count / max(channels, 1) }
  fileprivate var grain: Int { max(1, 32_768 / max(channels, 1)) }

  /// - Parameter residual: channels-last like x, added before the clamp.
  func forward(residual: Tensor? = nil, into y: Tensor) throws {
    func run<T: ImageElement>(_: T.Type) {
      let (from, to, c) = (x.pointer(T.self), y.pointer(T.self), channels)
      let (mean, scale) = (statistics.mean.pointer(T.self), affine.pointer(T.self))
      let (low, high) = (T(low), T(high))
      let other = residual?.pointer(T.self)
      Workers.chunks(of: rows, grain: grain) { r in
        let at = r.lowerBound * c
        T.kernels.norm(
          from + at, r.count, c, mean, scale, scale + c, other.map { $0 + at }, low, high, to + at)
      }
    }
    x.dispatch(run, run)
  }

  /// The gradients of x, weight and bias for dy, channels-last.
  ///
  /// - Parameters:
  ///   - constant: the statistics carry no gradient.
  ///   - out: the output, where a residual went into it; without one it is computed again.
  ///   - masked: where dy goes, zeroed where the clamp held the output: the residual's gradient.
  func backward(_ dy: Tensor, constant: Bool, out: Tensor? = nil, masked: Tensor? = nil) throws -> (
    x: NormGradient, weight: Tensor, bias: Tensor
  ) {
    let c = channels
    let coefficients = try Tensor(empty: [3, c], x.dtype, op: "batch_norm")
    let (dWeight, dBias) = (
      try Tensor(empty: [c], x.dtype, op: "batch_norm"),
      try Tensor(empty: [c], x.dtype, op: "batch_norm")
    )
    func run<T: ImageElement>(_: T.Type) throws {
      let (xp, gp) = (x.pointer(T.self), dy.pointer(T.self))
      let mean = statistics.mean.pointer(T.self)
      let (scale, shift) = (affine.pointer(T.self), affine.pointer(T.self) + c)
      let (value, kept) = (out?.pointer(T.self), masked?.pointer(T.self))
      let (low, high) = (T(low), T(high))
      let sums = try ColumnSums.run(rows: rows, columns: c, 2) { r, sums in
        let at = r.lowerBound * c
        T.kernels.normSums(
          xp + at, value.map { UnsafePointer($0 + at) }, gp + at, r.count, c, mean, scale, shift,
          low, high, kept.map { $0 + at }, sums, sums + c)
      }
      let a = coefficients.pointer(T.self)
      let (b, d) = (a + c, a + 2 * c)
      let (s, w) = (statistics.scale.pointer(T.self), weight?.pointer(T.self))
      let (dw, db) = (dWeight.pointer(T.self), dBias.pointer(T.self))
      let n = Double(max(rows, 1))
      for i in 0..<c {
        let s = s[i].asDouble
        let gain = (w?[i].asDouble ?? 1) * s
        a[i] = T(gain)
        b[i] = constant ? 0 : T(gain * s * s * sums[c + i] / n)
        d[i] = constant ? 0 : T(gain * sums[i] / n)
        dw[i] = T(sums[c + i] * s)
        db[i] = T(sums[i])
      }
    }
    try x.dispatch(run, run)
    // What was masked once need not be masked again.
    let gradient = NormGradient(
      pass: self, dy: masked ?? dy, out: masked == nil ? out : nil, clamped: masked == nil,
      coefficients: coefficients)
    return (gradient, dWeight, dBias)
  }
}

/// The gradient of a normalisation's input, computed where it is needed: all at once, or some rows
/// at a time while they are in the cache.
struct NormGradient {
  fileprivate let pass: NormPass
  fileprivate let dy: Tensor
  fileprivate let out: Tensor?
  fileprivate let clamped: Bool
  /// (3, C): dx = a g - b (x - mean) - d, with g the gradient behind the clamp.
  fileprivate let coefficients: Tensor

  /// Writes some rows (rows.count, C) of it; from any thread.
  func write<T: ImageElement>(_ rows: Range<Int>, to dx: UnsafeMutablePointer<T>) {
    let c = pass.channels
    let at = rows.lowerBound * c
    let (a, scale) = (coefficients.pointer(T.self), pass.affine.pointer(T.self))
    T.kernels.normBack(
      pass.x.pointer(T.self) + at, out.map { UnsafePointer($0.pointer(T.self) + at) },
      dy.pointer(T.self) + at, rows.count, c, pass.statistics.mean.pointer(T.self), scale,
      scale + c, clamped ? T(pass.low) : -.infinity, clamped ? T(pass.high) : .infinity, a, a + c,
      a + 2 * c, dx)
  }

  /// All of it, of x's shape.
  func tensor() throws -> Tensor {
    let dx = try Tensor(
      empty: pass.x.shape, pass.x.dtype, strides: pass.x.strides, op: "batch_norm")
    func run<T: ImageElement>(_: T.Type) {
      let to = dx.pointer(T.self)
      Workers.chunks(of: pass.rows, grain: pass.grain) {
        write($0, to: to + $0.lowerBound * pass.channels)
      }
    }
    dx.dispatch(run, run)
    return dx
  }
}
