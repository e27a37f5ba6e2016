// SPDX-License-Identifier: Apache-2.0

/// The four operations of arithmetic on a few floating-point numbers side by side in memory, the most
/// frequent ones there are: a small operation must not take longer to plan than to do.
///
/// What they give is what `BinaryKernels` gives, bit by bit.
enum SmallBinary {
  /// The result, off the tape; nil where the general way is needed.
  @inline(__always)
  static func run(_ op: BinaryOp, _ a: OperandValue, _ b: OperandValue) throws -> Tensor? {
    guard op == .add || op == .sub || op == .mul || op == .div else { return nil }
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)):
      guard x.dtype == y.dtype, isSmall(x), y.strides == x.strides, y.shape == x.shape else {
        return nil
      }
      let out = try Tensor(like: x)
      if x.dtype == .float32 {
        apply(op, out.pointer(Float.self), x.pointer(Float.self), y.pointer(Float.self), x.count)
      } else {
        apply(op, out.pointer(Double.self), x.pointer(Double.self), y.pointer(Double.self), x.count)
      }
      return out
    case (.tensor(let x), .scalar(let s)):
      guard isSmall(x) else { return nil }
      let out = try Tensor(like: x)
      if x.dtype == .float32 {
        apply(
          op, out.pointer(Float.self), x.pointer(Float.self), s.converted(Float.self), x.count)
      } else {
        apply(
          op, out.pointer(Double.self), x.pointer(Double.self), s.converted(Double.self), x.count)
      }
      return out
    default: return nil
    }
  }

  @inline(__always)
  private static func isSmall(_ t: Tensor) -> Bool {
    t.dtype.isFloating && t.count <= Loops.grain && t.isContiguous
  }

  @inline(never)
  private static func apply<T: FloatingElement>(
    _ op: BinaryOp, _ o: UnsafeMutablePointer<T>, _ p: UnsafePointer<T>, _ q: UnsafePointer<T>,
    _ n: Int
  ) {
    switch op {
    case .add: for i in 0..<n { o[i] = p[i] + q[i] }
    case .sub: for i in 0..<n { o[i] = p[i] - q[i] }
    case .mul: for i in 0..<n { o[i] = p[i] * q[i] }
    default: for i in 0..<n { o[i] = p[i] / q[i] }
    }
  }

  @inline(never)
  private static func apply<T: FloatingElement>(
    _ op: BinaryOp, _ o: UnsafeMutablePointer<T>, _ p: UnsafePointer<T>, _ y: T, _ n: Int
  ) {
    switch op {
    case .add: for i in 0..<n { o[i] = p[i] + y }
    case .sub: for i in 0..<n { o[i] = p[i] - y }
    case .mul: for i in 0..<n { o[i] = p[i] * y }
    default: for i in 0..<n { o[i] = p[i] / y }
    }
  }
}

extension Tensor {
  /// A row-major tensor with undefined content of the shape and type of a row-major one.
  @inline(__always)
  convenience init(like t: Tensor) throws {
    self.init(
      storage: try Storage(byteCount: t.count * t.dtype.size), offset: 0, shape: t.shape,
      strides: t.strides, dtype: t.dtype, count: t.count)
  }
}
