// SPDX-License-Identifier: Apache-2.0

/// The element types of a tensor, in promotion order.
public enum DType: UInt8, CaseIterable, Sendable {
  case bool, uint8, int32, int64, float32, float64

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .uint8: 1
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// PyTorch's name of the type, `"float32"` and the like.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .int32: "int32"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    }
  }

  public init?(name: String) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  public var isFloating: Bool { self == .float32 || self == .float64 }
  public var isInteger: Bool { !isFloating && self != .bool }

  /// The type of an operation on two tensors: PyTorch's promotion rule for tensors with dimensions.
  public static func promote(_ a: DType, _ b: DType) -> DType {
    a.rawValue >= b.rawValue ? a : b
  }

  /// The type in which a floating-point function of this type is computed.
  public var floating: DType { isFloating ? self : .float32 }
}

/// A Swift type that tensors hold.
public protocol Element: Sendable, Equatable, BitwiseCopyable {
  static var dtype: DType { get }
  /// Conversion with C's rules, made total: NaN becomes 0, values out of range wrap or clamp.
  init(converting value: Double)
  init(converting value: Int64)
  var asDouble: Double { get }
  var asInt64: Int64 { get }
}

extension Float: Element {
  public static var dtype: DType { .float32 }
  @inlinable public init(converting value: Double) { self = Float(value) }
  @inlinable public init(converting value: Int64) { self = Float(value) }
  @inlinable public var asDouble: Double { Double(self) }
  @inlinable public var asInt64: Int64 { Int64(converting: Double(self)) }
}

extension Double: Element {
  public static var dtype: DType { .float64 }
  @inlinable public init(converting value: Double) { self = value }
  @inlinable public init(converting value: Int64) { self = Double(value) }
  @inlinable public var asDouble: Double { self }
  @inlinable public var asInt64: Int64 { Int64(converting: self) }
}

extension Int64: Element {
  public static var dtype: DType { .int64 }
  @inlinable public init(converting value: Double) {
    if value >= 0x1p63 {
      self = .max
    } else if value <= -0x1p63 {
      self = .min
    } else {
      self = value.isNaN ? 0 : Int64(value)
    }
  }
  @inlinable public init(converting value: Int64) { self = value }
  @inlinable public var asDouble: Double { Double(self) }
  @inlinable public var asInt64: Int64 { self }
}

extension Int32: Element {
  public static var dtype: DType { .int32 }
  @inlinable public init(converting value: Double) {
    self = Int32(truncatingIfNeeded: Int64(converting: value))
  }
  @inlinable public init(converting value: Int64) { self = Int32(truncatingIfNeeded: value) }
  @inlinable public var asDouble: Double { Double(self) }
  @inlinable public var asInt64: Int64 { Int64(self) }
}

extension UInt8: Element {
  public static var dtype: DType { .uint8 }
  @inlinable public init(converting value: Double) {
    self = UInt8(truncatingIfNeeded: Int64(converting: value))
  }
  @inlinable public init(converting value: Int64) { self = UInt8(truncatingIfNeeded: value) }
  @inlinable public var asDouble: Double { Double(self) }
  @inlinable public var asInt64: Int64 { Int64(self) }
}

extension Bool: Element {
  public static var dtype: DType { .bool }
  @inlinable public init(converting value: Double) { self = value != 0 }
  @inlinable public init(converting value: Int64) { self = value != 0 }
  @inlinable public var asDouble: Double { self ? 1 : 0 }
  @inlinable public var asInt64: Int64 { self ? 1 : 0 }
}

/// The two floating-point element types; every differentiable operation runs on both.
public protocol FloatingElement: Element, BinaryFloatingPoint {
  init(_ value: Double)
}
extension Float: FloatingElement {}
extension Double: FloatingElement {}

/// The element types with arithmetic.
public protocol NumericElement: Element, Comparable, Numeric {
  /// The least value: -infinity for floating-point types.
  static var lowest: Self { get }
  /// The greatest value: infinity for floating-point types.
  static var highest: Self { get }
  /// a + b; integers wrap.
  static func sum(_ a: Self, _ b: Self) -> Self
  /// a * b; integers wrap.
  static func product(_ a: Self, _ b: Self) -> Self
}

extension NumericElement where Self: BinaryFloatingPoint {
  @inlinable public static var lowest: Self { -.infinity }
  @inlinable public static var highest: Self { .infinity }
  @inlinable public static func sum(_ a: Self, _ b: Self) -> Self { a + b }
  @inlinable public static func product(_ a: Self, _ b: Self) -> Self { a * b }
}

extension NumericElement where Self: FixedWidthInteger {
  @inlinable public static var lowest: Self { .min }
  @inlinable public static var highest: Self { .max }
  @inlinable public static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
  @inlinable public static func product(_ a: Self, _ b: Self) -> Self { a &* b }
}

extension Float: NumericElement {}
extension Double: NumericElement {}
extension Int64: NumericElement {}
extension Int32: NumericElement {}
extension UInt8: NumericElement {}
