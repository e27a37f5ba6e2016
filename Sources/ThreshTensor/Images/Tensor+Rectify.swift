// SPDX-License-Identifier: Apache-2.0

/// Rectifiers as networks use them: one pass, the mask recomputed from the output.
extension Tensor {
  /// min(max(x, 0), limit): ReLU, and ReLU6 with a limit of 6. NaN stays.
  public func rectified(limit: Double = .infinity) throws -> Tensor {
    let span = Profiler.begin("relu")
    defer { span.end() }
    try ImageChecks.floating("relu", self)
    let out = try Tensor(empty: shape, dtype, strides: Loops.outputStrides(shape, [self]))
    func run<T: ImageElement>(_: T.Type) {
      if limit == .infinity {
        Loops.map(self, into: out) { (x: T) in x < 0 ? 0 : x }
      } else {
        let most = T(limit)
        Loops.map(self, into: out) { (x: T) in x < 0 ? 0 : x > most ? most : x }
      }
    }
    dispatch(run, run)
    return out.recorded("relu", [self], rows: .elementwise(out, [self]), saved: [.rows(out)]) { c in
      [try c.saved[0].rectifierGradient(c.grad, limit)]
    }
  }

  /// max(a + b, 0) of two tensors of one shape: the end of a residual block.
  public func addRectified(_ other: Tensor) throws -> Tensor {
    let op = "add_relu"
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.floating(op, self)
    guard shape == other.shape, dtype == other.dtype else {
      throw TensorError(
        op,
        "needs two tensors of one shape and type, got \(dtype.name) \(shapeText(shape)) and "
          + "\(other.dtype.name) \(shapeText(other.shape))")
    }
    let out = try Tensor(empty: shape, dtype, strides: Loops.outputStrides(shape, [self, other]))
    func run<T: ImageElement>(_: T.Type) {
      Loops.map(self, other, into: out) { (x: T, y: T) in
        let sum = x + y
        return sum < 0 ? 0 : sum
      }
    }
    dispatch(run, run)
    return out.recorded(
      op, [self, other], rows: .elementwise(out, [self, other]), saved: [.rows(out)]
    ) { c in
      let gradient = try c.saved[0].rectifierGradient(c.grad, .infinity)
      return [gradient, gradient]
    }
  }

  /// dy where this output lies strictly between 0 and the limit, else 0.
  private func rectifierGradient(_ dy: Tensor, _ limit: Double) throws -> Tensor {
    let out = try Tensor(empty: shape, dtype, strides: Loops.outputStrides(shape, [self]))
    func run<T: ImageElement>(_: T.Type) {
      if limit == .infinity {
        Loops.map(self, dy, into: out) { (y: T, g: T) in y > 0 ? g : 0 }
      } else {
        let most = T(limit)
        Loops.map(self, dy, into: out) { (y: T, g: T) in y > 0 && y < most ? g : 0 }
      }
    }
    dispatch(run, run)
    return out
  }
}
