// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
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
  mutating func function(_ name: String, _ body: @escaping Body) {
    fields.append((.string(name), .function("\(path).\(name)", translated(body))))
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
func translated(_ body: @escaping Namespace.Body) -> Namespace.Body {
  { call in
    do {
      return try body(call)
    } catch let error as TensorError {
      throw luaError(error)
    } catch let error as COCOError {
      throw NativeError(op: nil, message: error.message)
    }
  }
}

/// A method of a registered class, its errors translated.
func method(_ name: String, _ body: @escaping Namespace.Body) -> LuaMethod {
  LuaMethod(name, translated(body))
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

private func luaError(_ error: TensorError) -> any Error {
  switch error.kind {
  case .invalid: NativeError(op: error.op, message: error.message)
  case .outOfMemory: NativeOutOfMemory(op: error.op, message: error.message)
  case .interrupted: NativeInterrupt()
  }
}
