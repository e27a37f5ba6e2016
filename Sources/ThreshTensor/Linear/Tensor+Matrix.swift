// SPDX-License-Identifier: Apache-2.0

/// Simple matrices and what is read off them.
extension Tensor {
  /// Ones on the diagonal, zeros elsewhere. (n, m), square by default
  public static func eye(_ n: Int, _ m: Int? = nil, dtype: DType = .float32) throws -> Tensor {
    let out = try Tensor.zeros([n, m ?? n], dtype)
    try out.diagonal().fillUnrecorded(1)
    return out
  }

  /// The diagonal of a matrix, or the matrix with a vector as its diagonal.
  /// (n, m) -> (p), (n) -> (n + |offset|, n + |offset|); `offset` > 0 lies above the main diagonal.
  public func diag(offset: Int = 0) throws -> Tensor {
    if ndim == 2 { return try diagonal(offset: offset) }
    guard ndim == 1, offset.magnitude <= UInt(Int32.max) else {
      throw TensorError(
        "diag", "needs a vector or a matrix, got \(shapeText(shape)) and offset \(offset)")
    }
    let side = count + Int(offset.magnitude)
    let out = try Tensor.zeros([side, side], dtype)
    Loops.convert(self, into: try out.diagonal(offset: offset))
    return out.recorded("diag", [self], rows: .mixed("it spreads a vector over a matrix")) { c in
      [try c.grad.diagonal(offset: offset)]
    }
  }

  /// The sum of the main diagonal. (n, m) -> ()
  public func trace() throws -> Tensor {
    guard ndim == 2 else {
      throw TensorError("trace", "needs a matrix, got shape \(shapeText(shape))")
    }
    return try diagonal().sum()
  }

  /// beta * self + alpha * (a b), with this tensor broadcast. (n, k) (k, m) -> (n, m)
  ///
  /// With beta 0, this tensor's values do not count, be they NaN.
  public func addmm(_ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1) throws -> Tensor
  {
    guard a.ndim == 2, b.ndim == 2 else {
      throw TensorError(
        "addmm", "needs two matrices, got \(shapeText(a.shape)) and \(shapeText(b.shape))")
    }
    func times(_ t: Tensor, _ factor: Double) throws -> Tensor {
      if factor == 1 { return t }
      guard t.dtype.isFloating || factor == factor.rounded() else {
        throw TensorError("addmm", "a factor of \(factor) does not fit \(t.dtype.name) tensors")
      }
      return try t * Tensor.scalar(factor, t.dtype)
    }
    let product = try times(a.matmul(b), alpha)
    guard try Shape.broadcast(shape, product.shape, op: "addmm") == product.shape else {
      throw TensorError(
        "addmm",
        "shape \(shapeText(shape)) does not broadcast to the product's \(shapeText(product.shape))")
    }
    return beta == 0 ? product : try times(self, beta) + product
  }
}
