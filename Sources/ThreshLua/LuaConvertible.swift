// SPDX-License-Identifier: Apache-2.0

/// A Swift type that goes into Lua and comes out of it by itself.
///
/// ```swift
/// try session.set("rates", [0.1, 0.01])
/// let best: Double = try session.call("tune", 3, "sgd")
/// ```
public protocol LuaConvertible {
  var luaValue: LuaValue { get }
  /// Takes a value that came out of Lua. Throws ``LuaError``: `number expected, got string`.
  static func from(lua value: LuaValue) throws -> Self
}

extension LuaValue {
  /// The error for a value that is not what was asked for.
  public func mismatch(_ expected: String) -> LuaError {
    LuaError("\(expected) expected, got \(typeName)")
  }
}

extension LuaValue: LuaConvertible {
  public var luaValue: LuaValue { self }
  public static func from(lua value: LuaValue) -> LuaValue { value }
}

extension Bool: LuaConvertible {
  public var luaValue: LuaValue { .boolean(self) }
  public static func from(lua value: LuaValue) throws -> Bool {
    guard case .boolean(let flag) = value else { throw value.mismatch("boolean") }
    return flag
  }
}

extension Int: LuaConvertible {
  public var luaValue: LuaValue { .integer(Int64(self)) }
  /// A float with an integral value is an integer too, as in Lua.
  public static func from(lua value: LuaValue) throws -> Int {
    switch value {
    case .integer(let integer): return Int(integer)
    case .number(let number):
      guard let integer = Int(exactly: number) else {
        throw LuaError("integer expected, got \(number)")
      }
      return integer
    default: throw value.mismatch("integer")
    }
  }
}

extension Double: LuaConvertible {
  public var luaValue: LuaValue { .number(self) }
  public static func from(lua value: LuaValue) throws -> Double {
    switch value {
    case .integer(let integer): return Double(integer)
    case .number(let number): return number
    default: throw value.mismatch("number")
    }
  }
}

extension Float: LuaConvertible {
  public var luaValue: LuaValue { .number(Double(self)) }
  public static func from(lua value: LuaValue) throws -> Float {
    Float(try Double.from(lua: value))
  }
}

extension String: LuaConvertible {
  public var luaValue: LuaValue { .string(self) }
  public static func from(lua value: LuaValue) throws -> String {
    guard case .string(let string) = value else { throw value.mismatch("string") }
    return string.text
  }
}

extension LuaString: LuaConvertible {
  public var luaValue: LuaValue { .string(self) }
  public static func from(lua value: LuaValue) throws -> LuaString {
    guard case .string(let string) = value else { throw value.mismatch("string") }
    return string
  }
}

extension LuaTable: LuaConvertible {
  public var luaValue: LuaValue { .table(self) }
  public static func from(lua value: LuaValue) throws -> Self {
    guard case .table(let table) = value, let table = table as? Self else {
      throw value.mismatch("table")
    }
    return table
  }
}

extension LuaFunction: LuaConvertible {
  public var luaValue: LuaValue { .function(self) }
  public static func from(lua value: LuaValue) throws -> Self {
    guard case .function(let function) = value, let function = function as? Self else {
      throw value.mismatch("function")
    }
    return function
  }
}

extension Optional: LuaConvertible where Wrapped: LuaConvertible {
  public var luaValue: LuaValue { self?.luaValue ?? .nil }
  public static func from(lua value: LuaValue) throws -> Wrapped? {
    value.isNil ? nil : try Wrapped.from(lua: value)
  }
}

/// A list `{a, b, c}`.
extension Array: LuaConvertible where Element: LuaConvertible {
  public var luaValue: LuaValue { .list(map(\.luaValue)) }
  public static func from(lua value: LuaValue) throws -> [Element] {
    guard case .table(let table) = value else { throw value.mismatch("table") }
    return try table.array.map { try Element.from(lua: $0) }
  }
}

/// A table of named fields; keys that are no strings are an error.
extension Dictionary: LuaConvertible where Key == String, Value: LuaConvertible {
  public var luaValue: LuaValue {
    .table(
      LuaTable(fields: sorted { $0.key < $1.key }.map { (.string($0.key), $0.value.luaValue) }))
  }
  public static func from(lua value: LuaValue) throws -> [String: Value] {
    guard case .table(let table) = value else { throw value.mismatch("table") }
    let contents = try table.contents()
    guard contents.array.isEmpty else { throw LuaError("named fields expected, got a list") }
    var result: [String: Value] = [:]
    for (key, value) in contents.fields {
      result[try String.from(lua: key)] = try Value.from(lua: value)
    }
    return result
  }
}

extension LuaValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .nil }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral items: LuaValue...) { self = .list(items) }
  public init(dictionaryLiteral fields: (String, LuaValue)...) {
    self = .table(LuaTable(fields: fields.map { (.string($0.0), $0.1) }))
  }
}
