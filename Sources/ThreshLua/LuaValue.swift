// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// A Lua value in Swift's hands.
///
/// Tables, functions and the rest travel by reference: passing one copies nothing.
public enum LuaValue {
  case `nil`
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(LuaString)
  case table(LuaTable)
  case function(LuaFunction)
  /// An instance of a class registered with ``LuaSession/registerClass(_:name:inherits:methods:properties:metamethods:index:newIndex:field:newField:)``.
  case object(AnyObject)
  /// Any other value, e.g. a coroutine or the userdata of another library.
  case opaque(LuaReference)

  /// Wraps an integer of the machine's width.
  public static func integer(_ value: Int) -> LuaValue { .integer(Int64(value)) }

  /// Wraps text.
  public static func string(_ value: String) -> LuaValue { .string(LuaString(value)) }

  /// A function value that Lua does not know yet.
  public static func function(
    _ name: String, _ body: @escaping (LuaCall) throws -> LuaResult
  ) -> LuaValue {
    .function(LuaFunction(name: name, body))
  }

  /// A list of values: `{a, b, c}`.
  public static func list(_ items: [LuaValue]) -> LuaValue { .table(LuaTable(array: items)) }

  public var isNil: Bool {
    if case .nil = self { return true }
    return false
  }

  /// The value as text, when it is a string.
  public var text: String? {
    if case .string(let string) = self { return string.text }
    return nil
  }

  /// Lua's name of the type: `nil`, `boolean`, `number`, `string`, `table`, `function`, `userdata`.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .table: "table"
    case .function: "function"
    case .object, .opaque: "userdata"
    }
  }
}

/// Bytes of a Lua string. They are text by custom only.
public struct LuaString: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }
  public init(_ text: String) { bytes = Array(text.utf8) }
  public init(stringLiteral text: String) { self.init(text) }

  /// The bytes as UTF-8; what is none becomes U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
  public var description: String { text }
}

/// A hold on a Lua value that keeps it alive and knows its identity.
///
/// It may be dropped anywhere; using it is for the session's thread. It outlives the session
/// safely: calls through it throw then.
public final class LuaReference {
  let handle: OpaquePointer
  let slot: Int32

  init(handle: OpaquePointer, slot: Int32) {
    self.handle = handle
    self.slot = slot
    thresh_session_retain(handle)
  }

  deinit {
    thresh_session_release_slot(handle, slot)
    thresh_session_release(handle)
  }

  /// The address of the Lua value, to compare identities with; nil once the session is closed.
  public var identity: UnsafeRawPointer? { thresh_session_identity(handle, slot) }

  /// The session that the value lives in.
  public func session() throws(LuaError) -> LuaSession {
    guard let session = LuaSession.of(handle) else { throw LuaError.closed }
    return session
  }
}

/// A Lua function, or a Swift one on its way into Lua.
public final class LuaFunction {
  enum Storage {
    case reference(LuaReference)
    case native(LuaFunctionBody)
  }

  let storage: Storage

  init(_ reference: LuaReference) { storage = .reference(reference) }

  /// A function with a Swift body. `name` is the one in messages and documentation, e.g.
  /// `th.nn.relu`. Each time it is handed to Lua a new closure is made.
  public init(name: String, _ body: @escaping (LuaCall) throws -> LuaResult) {
    storage = .native(LuaFunctionBody(name: name, body))
  }

  /// The hold on the Lua function; nil for a Swift one that Lua has not seen.
  public var reference: LuaReference? {
    if case .reference(let reference) = storage { return reference }
    return nil
  }

  /// Calls the Lua function. Throws ``LuaError``, also when the session is closed.
  @discardableResult
  public func call(_ arguments: [LuaValue] = []) throws -> [LuaValue] {
    guard let reference else {
      throw LuaError("a native function cannot be called before Lua has it")
    }
    return try reference.session().call(self, arguments)
  }
}

/// What a Swift function gives back to Lua.
public enum LuaResult {
  case none
  case one(LuaValue)
  case many([LuaValue])

  public static func boolean(_ value: Bool) -> LuaResult { .one(.boolean(value)) }
  public static func integer(_ value: Int) -> LuaResult { .one(.integer(Int64(value))) }
  public static func number(_ value: Double) -> LuaResult { .one(.number(value)) }
  public static func string(_ value: String) -> LuaResult { .one(.string(LuaString(value))) }
  public static func object(_ value: AnyObject) -> LuaResult { .one(.object(value)) }
  public static func list(_ items: [LuaValue]) -> LuaResult { .one(.list(items)) }
}
