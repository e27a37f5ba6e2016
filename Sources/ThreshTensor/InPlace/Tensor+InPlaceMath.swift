// SPDX-License-Identifier: Apache-2.0
// PyTorch marks writing operations by a trailing underscore.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

extension Tensor {
  /// self = op(self, b), which must broadcast to this shape and fit this type.
  @discardableResult
  public func binaryInPlace(_ op: BinaryOp, _ b: some Operand) throws -> Tensor {
    let name = op.rawValue + "_"
    let other = b.operand
    try checkInPlace(name, other.tensor.map { [$0] } ?? [])
    guard try Shape.broadcast(shape, other.shape, op: name) == shape else {
      throw TensorError(
        name, "shape \(shapeText(other.shape)) does not broadcast to \(shapeText(shape))")
    }
    let (compute, result) = try op.types(DType.result(.tensor(self), other))
    guard result.category <= dtype.category else {
      throw TensorError(
        name,
        "a result of \(result.name) does not fit a tensor of \(dtype.name); use \(op.rawValue)"
      )
    }
    let y: OperandValue =
      if let t = other.tensor { .tensor(try apart(t)) } else { other }
    if compute == dtype && result == dtype {
      _ = try Tensor.binary(op, .tensor(self), y, into: self)
    } else {
      let value = try GradMode.off { try Tensor.binary(op, .tensor(self), y, into: nil) }
      Loops.convert(value, into: self)
    }
    wrote()
    return self
  }

  @discardableResult
  public func add_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.add, b) }
  @discardableResult
  public func sub_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.sub, b) }
  @discardableResult
  public func mul_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.mul, b) }
  @discardableResult
  public func div_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.div, b) }
  @discardableResult
  public func remainder_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.remainder, b) }
  @discardableResult
  public func floorDivide_(_ b: some Operand) throws -> Tensor {
    try binaryInPlace(.floorDivide, b)
  }
  @discardableResult
  public func pow_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.pow, b) }
  @discardableResult
  public func maximum_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.maximum, b) }
  @discardableResult
  public func minimum_(_ b: some Operand) throws -> Tensor { try binaryInPlace(.minimum, b) }

  /// self = op(self), for any unary operation whose result fits this type.
  @discardableResult
  public func unary_(_ op: UnaryOp) throws -> Tensor {
    try unaryInPlace(op)
    return self
  }

  @discardableResult
  public func relu_() throws -> Tensor { try unary_(.relu) }
  @discardableResult
  public func exp_() throws -> Tensor { try unary_(.exp) }
  @discardableResult
  public func sqrt_() throws -> Tensor { try unary_(.sqrt) }
  @discardableResult
  public func neg_() throws -> Tensor { try unary_(.neg) }
  @discardableResult
  public func sigmoid_() throws -> Tensor { try unary_(.sigmoid) }
  @discardableResult
  public func tanh_() throws -> Tensor { try unary_(.tanh) }

  @discardableResult
  public func clamp_(min: Scalar? = nil, max: Scalar? = nil) throws -> Tensor {
    try checkInPlace("clamp_")
    guard try clampType("clamp_", min, max) == dtype else {
      throw TensorError("clamp_", "the bounds do not fit a tensor of \(dtype.name)")
    }
    clampInto(self, min, max)
    wrote()
    return self
  }

  /// self += alpha · a · b, PyTorch's `addcmul_`.
  @discardableResult
  public func addcmul_(_ a: Tensor, _ b: Tensor, value: Scalar = 1) throws -> Tensor {
    try add_(a * b * value)
  }

  /// Writes `value` where `mask`, broadcast to this shape, holds.
  @discardableResult
  public func maskedFill_(_ mask: Tensor, _ value: Scalar) throws -> Tensor {
    try checkInPlace("masked_fill_")
    let filled = try GradMode.off { try maskedFill(mask, value) }
    guard filled.shape == shape else {
      throw TensorError(
        "masked_fill_",
        "a mask of shape \(shapeText(mask.shape)) does not broadcast to \(shapeText(shape))")
    }
    return try copy_(filled)
  }
}
