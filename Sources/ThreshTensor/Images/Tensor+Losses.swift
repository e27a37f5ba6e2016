// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The elementwise losses, each with its derivatives by prediction and target.
extension Tensor {
  /// (x - t)^2.
  public func mseLoss(_ target: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try elementwiseLoss("mse_loss", target, reduction, { ($0 - $1) * ($0 - $1) }) { x, t in
      (2 * (x - t), 2 * (t - x))
    }
  }

  /// |x - t|.
  public func l1Loss(_ target: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try elementwiseLoss("l1_loss", target, reduction, { Swift.abs($0 - $1) }) { x, t in
      let sign: Double = x > t ? 1 : x < t ? -1 : 0
      return (sign, -sign)
    }
  }

  /// (x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2 (Girshick 2015).
  public func smoothL1Loss(
    _ target: Tensor, beta: Double = 1, reduction: LossReduction = .mean
  ) throws -> Tensor {
    guard beta >= 0 else {
      throw TensorError("smooth_l1_loss", "beta must not be negative, got \(beta)")
    }
    if beta == 0 { return try l1Loss(target, reduction: reduction) }
    return try elementwiseLoss(
      "smooth_l1_loss", target, reduction,
      { x, t in
        let d = Swift.abs(x - t)
        return d < beta ? d * d / (2 * beta) : d - beta / 2
      }
    ) { x, t in
      let d = min(max((x - t) / beta, -1), 1)
      return (d, -d)
    }
  }

  /// (x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2) (Huber 1964).
  public func huberLoss(
    _ target: Tensor, delta: Double = 1, reduction: LossReduction = .mean
  ) throws -> Tensor {
    guard delta > 0 else { throw TensorError("huber_loss", "delta must be positive, got \(delta)") }
    return try elementwiseLoss(
      "huber_loss", target, reduction,
      { x, t in
        let d = Swift.abs(x - t)
        return d <= delta ? d * d / 2 : delta * (d - delta / 2)
      }
    ) { x, t in
      let d = min(max(x - t, -delta), delta)
      return (d, -d)
    }
  }

  /// Binary cross-entropy of logits: max(x, 0) - x t + log(1 + exp(-|x|)), with the positive part
  /// t weighed by `positiveWeight`.
  public func bceWithLogits(
    _ target: Tensor, positiveWeight: Double = 1, reduction: LossReduction = .mean
  ) throws -> Tensor {
    // log(1 + exp(-x)), without overflow.
    func softMinus(_ x: Double) -> Double { max(-x, 0) + Glibc.log1p(Glibc.exp(-Swift.abs(x))) }
    return try elementwiseLoss(
      "bce_with_logits", target, reduction,
      { x, t in (1 - t) * x + (1 + (positiveWeight - 1) * t) * softMinus(x) }
    ) { x, t in
      let falling = 1 / (1 + Glibc.exp(x))  // -d softMinus / dx
      return (
        1 - t - (1 + (positiveWeight - 1) * t) * falling,
        -x + (positiveWeight - 1) * softMinus(x)
      )
    }
  }

  /// Minus the log-probability of each label, times its class's weight: `nll_loss`.
  ///
  /// Log-probabilities (N, C), labels (N); the mean divides by the sum of the labels' weights.
  public func nllLoss(
    _ labels: Tensor, weights: Tensor? = nil, reduction: LossReduction = .mean
  ) throws -> Tensor {
    let op = "nll_loss"
    let span = Profiler.begin(op)
    defer { span.end() }
    guard ndim == 2, shape[1] > 0 else {
      throw TensorError(op, "needs log-probabilities of shape (N, C), got \(shapeText(shape))")
    }
    try ImageChecks.floating(op, self)
    try ImageChecks.parameter(op, "the class weights", weights, [shape[1]], self)
    let (n, classes) = (shape[0], shape[1])
    let chosen = try labels.labels(op, n, classes)
    let w = try weights?.doubles() ?? [Double](repeating: 1, count: classes)
    let x = try contiguousUnrecorded()
    let losses = try Tensor(empty: [n], dtype, op: op)
    let slope = try Tensor.zeros(shape, dtype)
    func run<T: ImageElement>(_: T.Type) {
      let (xp, lp, sp) = (x.pointer(T.self), losses.pointer(T.self), slope.pointer(T.self))
      for i in 0..<n {
        let (at, weight) = (i * classes + chosen[i], T(w[chosen[i]]))
        lp[i] = -weight * xp[at]
        sp[at] = -weight
      }
    }
    withExtendedLifetime(x) { dispatch(run, run) }
    losses.recorded(op, [self], rows: .each([true]), saved: [.rows(slope)]) { c in
      let column = try c.grad.contiguousUnrecorded()
      return [try c.saved[0] * column.view([column.count, 1], [1, 1])]
    }
    return try losses.reducedLoss(
      op, reduction, weight: chosen.reduce(0) { $0 + w[Int($1)] })
  }

  /// - Parameters:
  ///   - f: the loss of a prediction and a target, in float64.
  ///   - slopes: its derivatives by the two.
  private func elementwiseLoss(
    _ op: String, _ target: Tensor, _ reduction: LossReduction,
    _ f: @escaping (Double, Double) -> Double,
    _ slopes: @escaping (Double, Double) -> (Double, Double)
  ) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.floating(op, self)
    try ImageChecks.parameter(op, "the target", target, shape, self)
    let losses = try Tensor(
      empty: shape, dtype, strides: Loops.outputStrides(shape, [self, target]), op: op)
    func run<T: ImageElement>(_: T.Type) {
      Loops.map(self, target, into: losses) { (x: T, t: T) in T(f(x.asDouble, t.asDouble)) }
    }
    dispatch(run, run)
    losses.recorded(
      op, [self, target], rows: .elementwise(losses, [self, target]),
      saved: [.rows(self), .rows(target)]
    ) { c in
      func gradient(_ part: (Double, Double) -> Double) throws -> Tensor {
        let (x, t, g) = (c.saved[0], c.saved[1], c.grad)
        let out = try Tensor(
          empty: x.shape, x.dtype, strides: Loops.outputStrides(x.shape, [x]), op: op)
        func run<T: ImageElement>(_: T.Type) {
          Loops.map(x, t, g, into: out) { (x: T, t: T, g: T) in
            T(part(x.asDouble, t.asDouble) * g.asDouble)
          }
        }
        x.dispatch(run, run)
        return out
      }
      return [
        c.wants[0] ? try gradient { slopes($0, $1).0 } : nil,
        c.wants[1] ? try gradient { slopes($0, $1).1 } : nil,
      ]
    }
    return try losses.reducedLoss(op, reduction, weight: Double(losses.count))
  }
}
