// SPDX-License-Identifier: Apache-2.0

/// A number beside a tensor: by PyTorch's rule it changes the result's type only when its category
/// (bool, integer, floating) is above the tensor's.
public enum Scalar: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  case bool(Bool)
  case int(Int64)
  case float(Double)

  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .float(value) }

  public var asDouble: Double {
    switch self {
    case .bool(let v): v ? 1 : 0
    case .int(let v): Double(v)
    case .float(let v): v
    }
  }

  func converted<T: Element>(_: T.Type) -> T {
    switch self {
    case .bool(let v): T(converting: v ? 1 as Int64 : 0)
    case .int(let v): T(converting: v)
    case .float(let v): T(converting: v)
    }
  }

  /// The type of a tensor made of this number alone.
  public var dtype: DType {
    switch self {
    case .bool: .bool
    case .int: .int64
    case .float: .float32
    }
  }
}

/// What stands on either side of an elementwise operation: a tensor or a number.
public protocol Operand {
  var operand: OperandValue { get }
}

public enum OperandValue {
  case tensor(Tensor)
  case scalar(Scalar)

  var tensor: Tensor? { if case .tensor(let t) = self { t } else { nil } }
  var shape: [Int] { tensor?.shape ?? [] }
  var dtype: DType {
    switch self {
    case .tensor(let t): t.dtype
    case .scalar(let s): s.dtype
    }
  }

  func cast(_ dtype: DType) throws -> OperandValue {
    guard case .tensor(let t) = self else { return self }
    return .tensor(try t.cast(dtype))
  }
}

extension OperandValue: Operand { public var operand: OperandValue { self } }
extension Tensor: Operand { public var operand: OperandValue { .tensor(self) } }
extension Scalar: Operand { public var operand: OperandValue { .scalar(self) } }
extension Double: Operand { public var operand: OperandValue { .scalar(.float(self)) } }
extension Int: Operand { public var operand: OperandValue { .scalar(.int(Int64(self))) } }
extension Bool: Operand { public var operand: OperandValue { .scalar(.bool(self)) } }

extension DType {
  /// 0 for bool, 1 for integers, 2 for floating point.
  var category: Int { isFloating ? 2 : isInteger ? 1 : 0 }

  /// PyTorch's promotion: numbers and 0-d tensors only count when their category is above the
  /// others'.
  static func result(_ a: OperandValue, _ b: OperandValue) -> DType {
    /// Tensors with dimensions come before 0-d ones, and these before numbers.
    func rank(_ v: OperandValue) -> Int {
      guard let t = v.tensor else { return 0 }
      return t.ndim == 0 ? 1 : 2
    }
    let (high, low) = rank(a) >= rank(b) ? (a, b) : (b, a)
    if rank(high) == rank(low) { return promote(high.dtype, low.dtype) }
    return low.dtype.category <= high.dtype.category ? high.dtype : low.dtype
  }
}
