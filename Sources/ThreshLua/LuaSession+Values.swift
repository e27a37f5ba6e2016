// SPDX-License-Identifier: Apache-2.0

/// Swift values in and out, functions both ways.
extension LuaSession {
  /// The global `name`.
  public func get<Value: LuaConvertible>(_ name: String, as type: Value.Type = Value.self) throws
    -> Value
  {
    try Value.from(lua: global(name))
  }

  /// Assigns the global `name`.
  public func set(_ name: String, _ value: some LuaConvertible) throws {
    try setGlobal(name, value.luaValue)
  }

  /// Calls what `name` leads to, a global or a field such as `model.score`, and gives its first
  /// result.
  @discardableResult
  public func call<Value: LuaConvertible>(
    _ name: String, _ arguments: any LuaConvertible..., returning type: Value.Type = Value.self
  ) throws -> Value {
    try Value.from(lua: call(named: name, arguments.map(\.luaValue)).first ?? .nil)
  }

  /// Calls what `name` leads to; all its results.
  public func call(named name: String, _ arguments: [LuaValue] = []) throws -> [LuaValue] {
    let parts = name.split(separator: ".").map(String.init)
    var value = try global(parts.first ?? name)
    for part in parts.dropFirst() {
      guard case .table(let table) = value else { throw LuaError("'\(name)' is not a function") }
      value = try table.get(part)
    }
    guard case .function(let function) = value else {
      throw LuaError("'\(name)' is not a function but a \(value.typeName) value")
    }
    return try call(function, arguments)
  }

  /// Makes a Swift closure a global function of Lua. Arguments are checked as those of Lua's own
  /// functions: `bad argument #1 to 'hypotenuse' (number expected, got string)`.
  ///
  /// ```swift
  /// try session.register("hypotenuse") { (a: Double, b: Double) in (a * a + b * b).squareRoot() }
  /// ```
  public func register<each Argument: LuaConvertible, Result: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Result
  ) throws {
    try setGlobal(
      name,
      registerFunction(path: name) { call in
        var reader = ArgumentReader(call: call)
        return .one(try body(repeat try reader.next((each Argument).self)).luaValue)
      })
  }

  /// Makes a Swift closure without a result a global function of Lua.
  public func register<each Argument: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Void
  ) throws {
    try setGlobal(
      name,
      registerFunction(path: name) { call in
        var reader = ArgumentReader(call: call)
        try body(repeat try reader.next((each Argument).self))
        return .none
      })
  }
}

/// Takes a call's arguments one after another.
private struct ArgumentReader {
  let call: LuaCall
  var position = 0

  mutating func next<Value: LuaConvertible>(_ type: Value.Type) throws -> Value {
    position += 1
    let value = try call.value(position)
    do {
      return try Value.from(lua: value)
    } catch let error as LuaError where error.kind == .runtime {
      let reason = position > call.count ? error.message.replacingNil : error.message
      throw LuaArgumentError(position: position, parameter: nil, reason: reason)
    }
  }
}

extension String {
  /// As Lua tells of an argument that is missing.
  fileprivate var replacingNil: String {
    hasSuffix(", got nil") ? dropLast(3) + "no value" : self
  }
}

extension LuaFunction {
  /// Calls the Lua function with Swift values; all its results.
  @discardableResult
  public func callAsFunction(_ arguments: any LuaConvertible...) throws -> [LuaValue] {
    try call(arguments.map(\.luaValue))
  }

  /// Calls the Lua function and takes its first result.
  public func call<Value: LuaConvertible>(
    _ arguments: any LuaConvertible..., returning type: Value.Type
  ) throws -> Value {
    try Value.from(lua: call(arguments.map(\.luaValue)).first ?? .nil)
  }
}
