// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Zeroes each element with probability `p` and divides the others by 1 - p.
  ///
  /// Element i of the logical order takes number i of the stream, so that the same stream gives the
  /// same mask with any layout and number of threads.
  public func dropout(_ p: Double, stream: RandomStream) throws -> Tensor {
    let span = Profiler.begin("dropout")
    defer { span.end() }
    let op = "dropout"
    try ImageChecks.floating(op, self)
    guard p >= 0, p <= 1 else { throw TensorError(op, "p must be in [0, 1], got \(p)") }
    var stream = stream
    let uniform = try Tensor.rand(shape, .float32, stream: &stream)
    let scale = p < 1 ? 1 / (1 - p) : 0
    let mask = try Tensor(
      empty: shape, dtype, strides: Loops.outputStrides(shape, [self]), op: op)
    func run<T: ImageElement>(_: T.Type) {
      let (threshold, factor) = (Float(p), T(scale))
      Loops.map(uniform, into: mask) { (u: Float) -> T in u < threshold ? 0 : factor }
    }
    dispatch(run, run)
    return try GradMode.off { try self * mask }.recorded(
      op, [self], rows: .each([true]), saved: [.rows(mask)]
    ) { c in [try c.grad * c.saved[0]] }
  }
}
