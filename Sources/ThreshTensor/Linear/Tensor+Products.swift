// SPDX-License-Identifier: Apache-2.0

/// Products by the names that say their ranks.
extension Tensor {
  /// The product of two matrices. (n, k) (k, m) -> (n, m)
  public func mm(_ other: Tensor) throws -> Tensor {
    guard ndim == 2, other.ndim == 2 else {
      throw TensorError(
        "mm", "needs two matrices, got \(shapeText(shape)) and \(shapeText(other.shape))")
    }
    return try matmul(other)
  }

  /// beta * self + alpha * (a b) for stacks of matrices, with this tensor broadcast.
  /// (b, n, k) (b, k, m) -> (b, n, m)
  ///
  /// With beta 0, this tensor's values do not count, be they NaN.
  public func baddbmm(_ a: Tensor, _ b: Tensor, beta: Double = 1, alpha: Double = 1) throws
    -> Tensor
  {
    func times(_ t: Tensor, _ factor: Double) throws -> Tensor {
      if factor == 1 { return t }
      guard t.dtype.isFloating || factor == factor.rounded() else {
        throw TensorError("baddbmm", "a factor of \(factor) does not fit \(t.dtype.name) tensors")
      }
      return try t * Tensor.scalar(factor, t.dtype)
    }
    let product = try times(a.bmm(b), alpha)
    guard try Shape.broadcast(shape, product.shape, op: "baddbmm") == product.shape else {
      throw TensorError(
        "baddbmm",
        "shape \(shapeText(shape)) does not broadcast to the product's \(shapeText(product.shape))")
    }
    return beta == 0 ? product : try times(self, beta) + product
  }
}
