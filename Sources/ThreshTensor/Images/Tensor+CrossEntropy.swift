// SPDX-License-Identifier: Apache-2.0
import Glibc

extension Tensor {
  /// Cross-entropy of logits, with softmax and gradient in one: `torch.nn.functional.cross_entropy`.
  ///
  /// Logits (N, C). Targets are 0-based labels (N), int64 or int32, or probabilities (N, C). With
  /// label smoothing e, targets become (1 - e) target + e / C. The mean divides by the sum of the
  /// labels' weights (for probabilities, by N).
  ///
  /// - Throws: when a label is out of range, naming its row.
  public func crossEntropy(
    _ target: Tensor, weights: Tensor? = nil, labelSmoothing: Double = 0,
    reduction: LossReduction = .mean
  ) throws -> Tensor {
    let op = "cross_entropy"
    let span = Profiler.begin(op)
    defer { span.end() }
    guard ndim == 2, shape[1] > 0 else {
      throw TensorError(op, "needs logits of shape (N, C), got \(shapeText(shape))")
    }
    try ImageChecks.floating(op, self)
    try ImageChecks.parameter(op, "the class weights", weights, [shape[1]], self)
    guard labelSmoothing >= 0, labelSmoothing <= 1 else {
      throw TensorError(op, "label_smoothing must be in [0, 1], got \(labelSmoothing)")
    }
    let (n, classes) = (shape[0], shape[1])
    let w = try weights?.doubles() ?? [Double](repeating: 1, count: classes)
    let labels =
      target.dtype.isFloating && target.shape == shape ? nil : try target.labels(op, n, classes)
    let losses = try Tensor(empty: [n], dtype, op: op)
    // d loss / d logits of each row, for a gradient of 1.
    let gradient = Tensor.willRecord([self]) ? try Tensor(empty: shape, dtype, op: op) : nil
    if let labels, labelSmoothing == 0 {
      try crossEntropy(labels, weights == nil ? nil : w, losses, gradient)
    } else {
      try crossEntropy(soft(target, labels), w, labelSmoothing, losses, gradient)
    }
    losses.recorded(op, [self], rows: .each([true]), saved: gradient.map { [.rows($0)] } ?? []) {
      c in
      let column = try c.grad.contiguousUnrecorded()
      return [try c.saved[0] * column.view([column.count, 1], [1, 1])]
    }
    return try losses.reducedLoss(
      op, reduction, weight: labels?.reduce(0) { $0 + w[$1] } ?? Double(n))
  }

  /// Rows a task.
  private static func grain(_ classes: Int) -> Int { max(1, 2_048 / classes) }

  /// With one label a row.
  private func crossEntropy(
    _ labels: [Int], _ weights: [Double]?, _ losses: Tensor, _ gradient: Tensor?
  ) throws {
    let (n, classes) = (shape[0], shape[1])
    let x = try contiguousUnrecorded()
    func run<T: ImageElement>(_: T.Type) {
      let weights = weights?.map { T($0) }
      let (xp, lp) = (x.pointer(T.self), losses.pointer(T.self))
      let gp = gradient?.pointer(T.self)
      Workers.chunks(of: n, grain: Tensor.grain(classes)) { range in
        let from = range.lowerBound
        withUnsafeTemporaryAllocation(of: Double.self, capacity: classes) { room in
          labels.withUnsafeBufferPointer { labels in
            T.kernels.softmaxLoss(
              xp + from * classes, range.count, classes, labels.baseAddress.map { $0 + from },
              weights, room.baseAddress, lp + from, gp.map { $0 + from * classes })
          }
        }
      }
    }
    withExtendedLifetime(x) { dispatch(run, run) }
  }

  /// With probabilities as targets (N, C).
  private func crossEntropy(
    _ soft: Tensor, _ weights: [Double], _ smoothing: Double, _ losses: Tensor,
    _ gradient: Tensor?
  ) throws {
    let (n, classes) = (shape[0], shape[1])
    let x = try contiguousUnrecorded()
    func run<T: ImageElement>(_: T.Type) {
      let (xp, tp, lp) = (x.pointer(T.self), soft.pointer(T.self), losses.pointer(T.self))
      let gp = gradient?.pointer(T.self)
      Workers.chunks(of: n, grain: Tensor.grain(classes)) { range in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: classes) { p in
          for i in range {
            lp[i] = T(
              Tensor.crossEntropyRow(
                xp + i * classes, tp + i * classes, weights, smoothing, p,
                gp.map { $0 + i * classes }))
          }
        }
      }
    }
    withExtendedLifetime((x, soft)) { dispatch(run, run) }
  }

  /// The target as probabilities.
  private func soft(_ target: Tensor, _ labels: [Int]?) throws -> Tensor {
    guard let labels else { return try target.detached().contiguousUnrecorded() }
    let soft = try Tensor.zeros(shape, dtype)
    let classes = shape[1]
    func mark<T: ImageElement>(_: T.Type) {
      let p = soft.pointer(T.self)
      for (i, label) in labels.enumerated() { p[i * classes + label] = 1 }
    }
    dispatch(mark, mark)
    return soft
  }

  /// One row: the loss, and its gradient unless there is no room for it. `p` holds C numbers.
  private static func crossEntropyRow<T: ImageElement>(
    _ x: UnsafePointer<T>, _ target: UnsafePointer<T>, _ weights: [Double], _ smoothing: Double,
    _ p: UnsafeMutableBufferPointer<Double>, _ gradient: UnsafeMutablePointer<T>?
  ) -> Double {
    let classes = weights.count
    var most = -Double.infinity
    for j in 0..<classes { most = max(most, x[j].asDouble) }
    var sum = 0.0
    for j in 0..<classes {
      p[j] = Glibc.exp(x[j].asDouble - most)
      sum += p[j]
    }
    let offset = most + Glibc.log(sum)
    var (loss, mass) = (0.0, 0.0)
    for j in 0..<classes {
      let t = weights[j] * ((1 - smoothing) * target[j].asDouble + smoothing / Double(classes))
      // 0 log 0 = 0: a class without target mass costs nothing, even at logit -infinity.
      if t != 0 { loss += t * (offset - x[j].asDouble) }
      mass += t
    }
    if let gradient {
      for j in 0..<classes {
        let t = weights[j] * ((1 - smoothing) * target[j].asDouble + smoothing / Double(classes))
        gradient[j] = T(mass * p[j] / sum - t)
      }
    }
    return loss
  }

  /// The labels of N rows, checked.
  func labels(_ op: String, _ n: Int, _ classes: Int) throws -> [Int] {
    guard dtype == .int64 || dtype == .int32 || dtype == .uint8, shape == [n] else {
      throw TensorError(
        op,
        "needs integer labels of shape (\(n),) or probabilities of the logits' shape, got "
          + "\(dtype.name) of shape \(shapeText(shape))")
    }
    let labels = try castUnrecorded(.int64).values(Int64.self).map { Int($0) }
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw TensorError(
        op,
        "the label of row \(row) is \(labels[row]), outside the \(classes) classes 0 to \(classes - 1)"
      )
    }
    return labels
  }

  /// The elements of a floating-point tensor as doubles, in row-major order.
  func doubles() throws -> [Double] { try castUnrecorded(.float64).values(Double.self) }
}
