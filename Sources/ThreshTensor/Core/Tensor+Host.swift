// SPDX-License-Identifier: Apache-2.0

/// How modules above this one get numbers in and out without assuming where tensor memory is.
extension Tensor {
  /// A tensor of `shape` whose memory, in the order of the dense `strides`, `fill` writes whole.
  public static func fromHost<T: Element>(
    _ shape: [Int], strides: [Int]? = nil, _ type: T.Type = T.self,
    _ fill: (UnsafeMutableBufferPointer<T>) throws -> Void
  ) throws -> Tensor {
    if let strides, strides.count != shape.count || !Shape.isDense(shape, strides) {
      throw TensorError("tensor", "strides \(strides) are not dense for \(shapeText(shape))")
    }
    let out = try Tensor(empty: shape, T.dtype, strides: strides, op: "tensor")
    try fill(UnsafeMutableBufferPointer(start: out.pointer(T.self), count: out.count))
    return out
  }

  /// Calls `body` with the elements in row-major order, without a copy where that can be.
  public func withHostElements<T: Element, R>(
    _ type: T.Type = T.self, _ body: (UnsafeBufferPointer<T>) throws -> R
  ) throws -> R {
    guard T.dtype == dtype else {
      throw TensorError("values", "the tensor holds \(dtype.name), not \(T.dtype.name)")
    }
    let dense = try contiguousUnrecorded()
    return try withExtendedLifetime(dense) {
      try body(UnsafeBufferPointer(start: dense.pointer(T.self), count: count))
    }
  }
}
