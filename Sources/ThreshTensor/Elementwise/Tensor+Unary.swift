// SPDX-License-Identifier: Apache-2.0

/// PyTorch's names of the unary operations. Those without a note compute integers as float32.
extension Tensor {
  /// |x|; keeps the type.
  public func abs() throws -> Tensor { try unary(.abs) }
  /// -x; keeps the type.
  public func neg() throws -> Tensor { try unary(.neg) }
  /// -1, 0 or 1; keeps the type; 0 for NaN.
  public func sign() throws -> Tensor { try unary(.sign) }
  /// x²; keeps the type.
  public func square() throws -> Tensor { try unary(.square) }
  /// max(x, 0); keeps the type.
  public func relu() throws -> Tensor { try unary(.relu) }
  /// Rounded down; keeps the type.
  public func floor() throws -> Tensor { try unary(.floor) }
  /// Rounded up; keeps the type.
  public func ceil() throws -> Tensor { try unary(.ceil) }
  /// Rounded to the nearest integer, halves to the even one; keeps the type.
  public func round() throws -> Tensor { try unary(.round) }
  /// Rounded towards 0; keeps the type.
  public func trunc() throws -> Tensor { try unary(.trunc) }
  /// What `trunc` cuts off, with the sign of x; floating-point only.
  public func frac() throws -> Tensor { try unary(.frac) }
  /// e to the power of x.
  public func exp() throws -> Tensor { try unary(.exp) }
  /// exp(x) - 1, exact near 0.
  public func expm1() throws -> Tensor { try unary(.expm1) }
  /// The natural logarithm.
  public func log() throws -> Tensor { try unary(.log) }
  /// log(1 + x), exact near 0.
  public func log1p() throws -> Tensor { try unary(.log1p) }
  /// The logarithm to base 2.
  public func log2() throws -> Tensor { try unary(.log2) }
  /// The logarithm to base 10.
  public func log10() throws -> Tensor { try unary(.log10) }
  /// The square root.
  public func sqrt() throws -> Tensor { try unary(.sqrt) }
  /// 1 / √x.
  public func rsqrt() throws -> Tensor { try unary(.rsqrt) }
  /// 1 / x.
  public func reciprocal() throws -> Tensor { try unary(.reciprocal) }
  /// The sine.
  public func sin() throws -> Tensor { try unary(.sin) }
  /// The cosine.
  public func cos() throws -> Tensor { try unary(.cos) }
  /// The tangent.
  public func tan() throws -> Tensor { try unary(.tan) }
  /// The inverse sine.
  public func asin() throws -> Tensor { try unary(.asin) }
  /// The inverse cosine.
  public func acos() throws -> Tensor { try unary(.acos) }
  /// The inverse tangent.
  public func atan() throws -> Tensor { try unary(.atan) }
  /// The hyperbolic sine.
  public func sinh() throws -> Tensor { try unary(.sinh) }
  /// The hyperbolic cosine.
  public func cosh() throws -> Tensor { try unary(.cosh) }
  /// The hyperbolic tangent.
  public func tanh() throws -> Tensor { try unary(.tanh) }
  /// 1 / (1 + exp(-x)).
  public func sigmoid() throws -> Tensor { try unary(.sigmoid) }
  /// The error function.
  public func erf() throws -> Tensor { try unary(.erf) }
  /// 1 - erf(x), exact where that is tiny.
  public func erfc() throws -> Tensor { try unary(.erfc) }
  /// x Φ(x), with the exact normal distribution function Φ.
  public func gelu() throws -> Tensor { try unary(.gelu) }
  /// x sigmoid(x).
  public func silu() throws -> Tensor { try unary(.silu) }
  /// log(1 + exp(x)), and x itself above 20.
  public func softplus() throws -> Tensor { try unary(.softplus) }
  /// Whether an element is NaN.
  public func isnan() throws -> Tensor { try unary(.isnan) }
  /// Whether an element is infinite.
  public func isinf() throws -> Tensor { try unary(.isinf) }
  /// Whether an element is neither NaN nor infinite.
  public func isfinite() throws -> Tensor { try unary(.isfinite) }
}
