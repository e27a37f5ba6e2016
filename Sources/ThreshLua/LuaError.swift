// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// An error that came out of Lua, or one of the host's own.
public struct LuaError: Error, CustomStringConvertible {
  public enum Kind: Sendable {
    case runtime
    case syntax
    case memory
    case interrupted
    /// The time or the instructions of the outermost call were used up; no `pcall` catches it.
    case limit
    case closed
  }

  public var kind: Kind
  /// The whole text, with the position of the user's line where Lua knows it.
  public var message: String
  /// The operation that failed, when a native one did.
  public var op: String?
  /// Lua's frames at the time of the error, without the host's.
  public var traceback: String?
  /// The error value itself: a string, a table, anything that `error` took.
  ///
  /// It is for the session's thread alone, wherever the error itself travels.
  public nonisolated(unsafe) var value: LuaValue?

  public init(_ message: String, kind: Kind = .runtime, op: String? = nil) {
    self.message = message
    self.kind = kind
    self.op = op
  }

  static var closed: LuaError { LuaError("the Lua session is closed", kind: .closed) }
  static var memory: LuaError { LuaError("not enough memory", kind: .memory) }

  public var description: String { message }
}

/// An error that knows how it wants to be told in Lua: `<position>: <op>: <message>`.
public protocol LuaConvertibleError: Error {
  /// The operation as the user typed it, e.g. `matmul`; nil when there is none to name.
  var op: String? { get }
  /// What was given and what was needed.
  var message: String { get }
}

/// Storage ran out: garbage is collected and the call made once more before the error is raised.
public protocol LuaOutOfMemoryError: LuaConvertibleError {}

/// The operation noticed Ctrl-C: the whole of what the session runs is stopped.
public protocol LuaInterruptError: Error {}

/// An argument of the wrong type or value.
struct LuaArgumentError: Error {
  var position: Int
  var parameter: String?
  var reason: String
}

extension LuaError {
  /// Takes the texts and the value of a failed call.
  init(taking outcome: inout thresh_outcome, handle: OpaquePointer) {
    let message = outcome.message.map {
      String(
        decoding: UnsafeRawBufferPointer(start: $0, count: outcome.message_length), as: UTF8.self)
    }
    self.init(message ?? "not enough memory")
    kind =
      switch outcome.status {
      case THRESH_OUT_OF_MEMORY: .memory
      case THRESH_INTERRUPTED: .interrupted
      case THRESH_LIMITED: .limit
      case THRESH_CLOSED: .closed
      default: .runtime
      }
    op = outcome.op.map { String(cString: $0) }
    traceback = outcome.traceback.map { String(cString: $0) }
    if outcome.values.count > 0 {
      value = LuaValue(taking: &outcome.values.values[0], handle: handle)
    }
  }
}
