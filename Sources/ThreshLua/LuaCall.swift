// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// The arguments of one call from Lua. Valid until the function returns: do not keep it.
///
/// Positions are 1-based, as in Lua and in messages. The name of a parameter is the one that
/// messages show: `bad argument #2 'dim' to 'sum' (integer expected, got string)`.
public struct LuaCall {
  @usableFromInline let raw: UnsafeMutablePointer<thresh_call>
  let body: LuaFunctionBody

  /// How many arguments there are, nils included.
  public var count: Int { Int(raw.pointee.count) }

  /// The name that the function was registered with.
  public var function: String { body.name }

  /// The last part of that name, `relu` of `th.nn.relu`: the operation in messages.
  public var shortName: String { body.shortName }

  /// The session that called; it throws while that is closing.
  public var session: LuaSession {
    get throws {
      guard let session = LuaSession.of(raw.pointee.session) else { throw LuaError.closed }
      return session
    }
  }

  var writer: LuaListWriter {
    LuaListWriter(
      list: thresh_call_results(raw), session: LuaSession.of(raw.pointee.session))
  }

  @inline(__always)
  func slot(_ i: Int) -> thresh_value? {
    note(i)
    return i >= 1 && i <= count ? raw.pointee.arguments[i - 1] : nil
  }

  @inlinable @inline(__always)
  func note(_ i: Int) {
    if i > Int(raw.pointee.asked) { raw.pointee.asked = Int32(truncatingIfNeeded: i) }
  }

  /// Whether argument `i` is missing or nil.
  public func isNil(_ i: Int) -> Bool { (slot(i)?.tag ?? THRESH_NIL) == THRESH_NIL }

  /// What argument `i` is, without taking it.
  public func kind(_ i: Int) -> LuaKind { LuaKind(slot(i)) }

  /// The type of argument `i` as messages name it: `no value`, `number`, a class's name.
  public func typeName(_ i: Int) -> String {
    guard let value = slot(i) else { return "no value" }
    switch value.tag {
    case THRESH_NIL: return "nil"
    case THRESH_BOOLEAN: return "boolean"
    case THRESH_INTEGER, THRESH_NUMBER: return "number"
    case THRESH_STRING: return "string"
    case THRESH_TABLE: return "table"
    case THRESH_FUNCTION: return "function"
    case THRESH_OBJECT, THRESH_FREED:
      return value.type.map { String(cString: thresh_class_name($0)) } ?? "userdata"
    default: return value.length == 8 ? "coroutine" : "userdata"
    }
  }

  /// An error about argument `i`, to be thrown.
  public func argumentError(_ i: Int, _ name: String, _ reason: String) -> any Error {
    LuaArgumentError(position: i, parameter: name, reason: reason)
  }

  func expected(_ what: String, _ i: Int, _ name: String) -> any Error {
    argumentError(i, name, "\(what) expected, got \(typeName(i))")
  }

  /// An integer; a float with an integral value is one too.
  public func integer(_ i: Int, _ name: String) throws -> Int {
    switch slot(i)?.tag {
    case THRESH_INTEGER: return Int(raw.pointee.arguments[i - 1].integer)
    case THRESH_NUMBER:
      let number = raw.pointee.arguments[i - 1].number
      guard let integer = Int(exactly: number) else {
        throw argumentError(i, name, "integer expected, got \(LuaCall.text(number))")
      }
      return integer
    default: throw expected("integer", i, name)
    }
  }

  /// A number, integer or float.
  public func number(_ i: Int, _ name: String) throws -> Double {
    switch slot(i)?.tag {
    case THRESH_NUMBER: return raw.pointee.arguments[i - 1].number
    case THRESH_INTEGER: return Double(raw.pointee.arguments[i - 1].integer)
    default: throw expected("number", i, name)
    }
  }

  public func boolean(_ i: Int, _ name: String) throws -> Bool {
    guard let value = slot(i), value.tag == THRESH_BOOLEAN else {
      throw expected("boolean", i, name)
    }
    return value.boolean
  }

  /// A string as text.
  public func string(_ i: Int, _ name: String) throws -> String {
    try withBytes(i, name) { String(decoding: $0, as: UTF8.self) }
  }

  /// Lends the bytes of a string.
  public func withBytes<Result>(
    _ i: Int, _ name: String, _ use: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let value = slot(i), value.tag == THRESH_STRING else {
      throw expected("string", i, name)
    }
    return try use(UnsafeRawBufferPointer(start: value.bytes, count: value.length))
  }

  /// A table, by reference.
  public func table(_ i: Int, _ name: String) throws -> LuaTable {
    guard slot(i)?.tag == THRESH_TABLE else { throw expected("table", i, name) }
    return LuaTable(try reference(i))
  }

  /// A function, by reference.
  public func function(_ i: Int, _ name: String) throws -> LuaFunction {
    guard slot(i)?.tag == THRESH_FUNCTION else { throw expected("function", i, name) }
    return LuaFunction(try reference(i))
  }

  /// A Swift object of a registered class.
  public func object<T: AnyObject>(_ i: Int, _ name: String, as type: T.Type = T.self) throws -> T {
    guard let value = slot(i), value.tag == THRESH_OBJECT, let pointer = value.object else {
      if slot(i)?.tag == THRESH_FREED {
        throw argumentError(i, name, "\(typeName(i).lowercased()) was freed")
      }
      throw expected(expectedName(of: type), i, name)
    }
    let object = Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
    if Swift.type(of: object) == type { return unsafeDowncast(object, to: type) }
    guard let object = object as? T else { throw expected(expectedName(of: type), i, name) }
    return object
  }

  /// The object at `i` when it is one of exactly this class; nil for anything else. The short way for
  /// the usual argument, compiled into the caller.
  @inlinable
  public func exactObject<T: AnyObject>(_ i: Int, as type: T.Type = T.self) -> T? {
    note(i)
    guard i >= 1, i <= Int(raw.pointee.count) else { return nil }
    let value = raw.pointee.arguments + (i - 1)
    guard value.pointee.tag == THRESH_OBJECT, let pointer = value.pointee.object else { return nil }
    let object = Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
    return Swift.type(of: object) == type ? unsafeDowncast(object, to: type) : nil
  }

  /// The object at `i` when it is one of this type; nil for anything else, an error when freed.
  public func objectIf<T: AnyObject>(
    _ i: Int, _ name: String, as type: T.Type = T.self
  ) throws -> T? {
    guard let value = slot(i) else { return nil }
    if value.tag == THRESH_FREED { return try object(i, name, as: type) }
    guard value.tag == THRESH_OBJECT, let pointer = value.object else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue() as? T
  }

  func expectedName(of type: AnyObject.Type) -> String {
    LuaSession.of(raw.pointee.session)?.classes.name(of: type) ?? "\(type)"
  }

  /// Any value. Tables and functions come by reference; a missing argument is nil.
  public func value(_ i: Int) throws -> LuaValue {
    guard let value = slot(i) else { return .nil }
    switch value.tag {
    case THRESH_TABLE: return .table(LuaTable(try reference(i)))
    case THRESH_FUNCTION: return .function(LuaFunction(try reference(i)))
    case THRESH_FREED:
      throw argumentError(i, "value", "\(typeName(i).lowercased()) was freed")
    case THRESH_OTHER: return .opaque(try reference(i))
    default: return LuaValue(lending: value)
    }
  }

  /// Arguments `first`, `first + 1`, ... as values.
  public func values(from first: Int = 1) throws -> [LuaValue] {
    first > count ? [] : try (first...count).map { try value($0) }
  }

  private func reference(_ i: Int) throws -> LuaReference {
    let slot = thresh_call_reference(raw, Int32(i))
    guard slot > 0, let handle = raw.pointee.session else { throw LuaError.memory }
    return LuaReference(handle: handle, slot: slot)
  }

  static func text(_ number: Double) -> String { "\(number)" }
}

/// What an argument is.
public enum LuaKind: Sendable {
  case none, `nil`, boolean, integer, number, string, table, function, object, other

  init(_ value: thresh_value?) {
    self =
      switch value?.tag {
      case nil: .none
      case THRESH_NIL: .nil
      case THRESH_BOOLEAN: .boolean
      case THRESH_INTEGER: .integer
      case THRESH_NUMBER: .number
      case THRESH_STRING: .string
      case THRESH_TABLE: .table
      case THRESH_FUNCTION: .function
      case THRESH_OBJECT, THRESH_FREED: .object
      default: .other
      }
  }
}
