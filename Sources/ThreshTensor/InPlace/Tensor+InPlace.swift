// SPDX-License-Identifier: Apache-2.0
// PyTorch marks writing operations by a trailing underscore.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Writing into tensors. Each write counts a version of the storage, so that the backward pass
/// notices saved tensors that have changed.
extension Tensor {
  /// Refuses a write that the tape would have to know of, or that would hit elements twice.
  func checkInPlace(_ op: String, _ operands: [Tensor] = []) throws {
    if GradMode.isEnabled {
      if requiresGrad {
        let what = node == nil ? "a leaf that requires a gradient" : "a tensor on the tape"
        throw TensorError(
          op, "\(what) cannot be changed in place while operations are recorded; use no_grad")
      }
      if operands.contains(where: \.requiresGrad) {
        throw TensorError(
          op,
          "a value that requires a gradient cannot be written in place, the tape would lose it; "
            + "detach it or use no_grad")
      }
    }
    for d in shape.indices where strides[d] == 0 && shape[d] > 1 {
      throw TensorError(
        op,
        "an expanded tensor of shape \(shapeText(shape)) shares elements; clone it before writing")
    }
  }

  /// An operand that may be read while this tensor is written: a copy if it overlaps differently.
  func apart(_ operand: Tensor) throws -> Tensor {
    guard operand.storage === storage else { return operand }
    if operand.offset == offset && operand.strides == strides && operand.shape == shape {
      return operand
    }
    return try operand.copyUnrecorded(strides: Shape.contiguousStrides(operand.shape))
  }

  /// Counts a write.
  func wrote() { storage.version += 1 }

  /// Copies `source`, broadcast and converted, into this tensor.
  @discardableResult
  public func copy_(_ source: Tensor) throws -> Tensor {
    let span = Profiler.begin("copy_")
    defer { span.end() }
    try checkInPlace("copy_", [source])
    guard try Shape.broadcast(shape, source.shape, op: "copy_") == shape else {
      throw TensorError(
        "copy_",
        "shape \(shapeText(source.shape)) does not broadcast to \(shapeText(shape))")
    }
    Loops.convert(try apart(source), into: self)
    wrote()
    return self
  }

  /// Writes this result of `op` into `out` and gives that back: PyTorch's `out=`. `out` has the
  /// result's shape and a type of its kind or a wider one.
  public func delivered(to out: Tensor, _ op: String) throws -> Tensor {
    guard out.shape == shape else {
      throw TensorError(
        op, "out has shape \(shapeText(out.shape)), the result \(shapeText(shape))")
    }
    guard dtype.category <= out.dtype.category else {
      throw TensorError(op, "a result of \(dtype.name) does not fit an out of \(out.dtype.name)")
    }
    return try out.copy_(self)
  }

  /// Sets every element to `value`, converted to this tensor's type.
  @discardableResult
  public func fill_(_ value: Double) throws -> Tensor {
    try checkInPlace("fill_")
    fillUnrecorded(value)
    wrote()
    return self
  }

  /// Sets every element to 0.
  @discardableResult
  public func zero_() throws -> Tensor {
    try checkInPlace("zero_")
    fillUnrecorded(0)
    wrote()
    return self
  }
}
