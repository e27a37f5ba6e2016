// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Whether both have one shape and equal elements; NaN equals nothing.
  public func equal(_ other: Tensor) throws -> Bool {
    guard shape == other.shape else { return false }
    return try GradMode.off { try eq(other).all().item() == 1 }
  }

  /// Whether |a - b| <= atol + rtol |b|, element by element; equal infinities are close.
  public func isclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
  ) throws -> Tensor {
    try GradMode.off {
      let dtype = DType.promote(self.dtype, other.dtype) == .float32 ? DType.float32 : .float64
      let (a, b) = (try castUnrecorded(dtype), try other.castUnrecorded(dtype))
      let room = try b.abs() * Scalar.float(rtol) + Scalar.float(atol)
      var close = try (a - b).abs().le(room).logicalAnd(b.isfinite())
      close = try close.logicalOr(a.eq(b))
      return equalNaN ? try close.logicalOr(a.isnan().logicalAnd(b.isnan())) : close
    }
  }

  /// Whether all elements are close (see `isclose`).
  public func allclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
  ) throws -> Bool {
    try isclose(other, rtol: rtol, atol: atol, equalNaN: equalNaN).all().item() == 1
  }
}
