// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshRuns
import ThreshTensor

/// A Lua table of functions while it is being filled.
///
/// Every function that Lua sees is added through here, so that errors of the core are told alike and
/// the names can be listed (for the reference and for the test that feeds everything random arguments).
struct Namespace {
  typealias Body = (LuaCall) throws -> LuaResult

  /// The name in messages and in the reference, e.g. `th.nn`.
  let path: String
  private(set) var fields: [LuaTable.Field] = []

  init(_ path: String) { self.path = path }

  /// Adds a function under `name`.
  ///
  /// - Parameter most: how many arguments it takes, for one that must refuse others before it acts;
  ///   any other refuses afterwards what it has not asked for.
  mutating func function(_ name: String, most: Int? = nil, _ body: @escaping Body) {
    let whole = told(body, most: most, as: path == "th" ? name : nil)
    fields.append((.string(name), .function("\(path).\(name)", whole)))
  }

  /// Adds any other value under `name`.
  mutating func value(_ name: String, _ value: LuaValue) {
    fields.append((.string(name), value))
  }

  /// Adds a nested namespace under the last part of its path.
  mutating func namespace(_ nested: Namespace) {
    let name = nested.path.split(separator: ".").last.map(String.init) ?? nested.path
    value(name, nested.table)
  }

  /// Leaves only what a sandbox may have; any other function tells that it is not there.
  mutating func close() {
    fields = Sandbox.closed(fields, path: path)
  }

  var table: LuaValue { .table(LuaTable(fields: fields)) }
}

/// `body` with the core's errors turned into those that Lua is told about.
///
/// - Parameter name: the operation in messages, whatever the core made it of.
func translated(_ body: @escaping Namespace.Body, as name: String? = nil) -> Namespace.Body {
  { call in
    do {
      return try body(call)
    } catch let error as TensorError {
      throw luaError(error, as: name)
    } catch let error as COCOError {
      throw NativeError(op: nil, message: error.message)
    } catch let error as DatabaseError {
      throw NativeError(op: "runs", message: error.message)
    }
  }
}

/// The translated body of what a script calls by its name: it refuses arguments that it does not take.
func told(
  _ body: @escaping Namespace.Body, most: Int? = nil, as name: String? = nil
) -> Namespace.Body {
  translated(
    { call in
      if let most { try call.refuse(behind: most) }
      let result = try body(call)
      try call.refuseSurplus()
      return result
    }, as: name)
}

/// A method of a registered class, its errors translated. What Lua itself calls, a metamethod, gets
/// more arguments than it needs.
func method(
  _ name: String, most: Int? = nil, as title: String? = nil, _ body: @escaping Namespace.Body
) -> LuaMethod {
  LuaMethod(name, name.hasPrefix("__") ? translated(body) : told(body, most: most, as: title))
}

private struct NativeError: LuaConvertibleError {
  let op: String?
  let message: String
}

private struct NativeOutOfMemory: LuaOutOfMemoryError {
  let op: String?
  let message: String
}

private struct NativeInterrupt: LuaInterruptError {}

private func luaError(_ error: TensorError, as name: String?) -> any Error {
  switch error.kind {
  case .invalid: NativeError(op: name ?? error.op, message: error.text(countingFrom: 1))
  case .outOfMemory: NativeOutOfMemory(op: name ?? error.op, message: error.message)
  case .interrupted: NativeInterrupt()
  }
}
