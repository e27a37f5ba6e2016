// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// The trailing options table of a call, already checked for unknown names.
///
/// Accessors give nil for an option that was not given and throw for one of the wrong type:
/// `option 'dim' of 'sum': integer expected, got string`.
public struct LuaOptions {
  private var values: [(name: String, value: LuaValue)] = []
  private let body: LuaFunctionBody
  let session: LuaSession?

  init(of body: LuaFunctionBody, session: LuaSession?) {
    self.body = body
    self.session = session
  }

  private var function: String { body.shortName }

  mutating func add(_ name: String, _ value: LuaValue) { values.append((name, value)) }

  /// Whether no option was given.
  public var isEmpty: Bool { values.isEmpty }

  /// The names that were given.
  public var names: [String] { values.map { $0.name } }

  /// Whether the option was given.
  public func has(_ name: String) -> Bool { value(name) != nil }

  /// The option as it came.
  public func value(_ name: String) -> LuaValue? { values.first { $0.name == name }?.value }

  /// An error about an option, to be thrown.
  public func error(_ name: String, _ reason: String) -> LuaError {
    LuaError("option '\(name)' of '\(function)': \(reason)")
  }

  private func expected(_ what: String, _ name: String, _ value: LuaValue) -> LuaError {
    var got = value.typeName
    if case .object(let object) = value, let session {
      got = session.classes.name(of: type(of: object)) ?? got
    }
    if case .number(let number) = value, what == "integer" { got = LuaCall.text(number) }
    return error(name, "\(what) expected, got \(got)")
  }

  public func integer(_ name: String) throws -> Int? {
    switch value(name) {
    case nil: return nil
    case .integer(let value): return Int(value)
    case .number(let value):
      guard let integer = Int(exactly: value) else {
        throw expected("integer", name, .number(value))
      }
      return integer
    case let value?: throw expected("integer", name, value)
    }
  }

  public func number(_ name: String) throws -> Double? {
    switch value(name) {
    case nil: return nil
    case .integer(let value): return Double(value)
    case .number(let value): return value
    case let value?: throw expected("number", name, value)
    }
  }

  public func boolean(_ name: String) throws -> Bool? {
    switch value(name) {
    case nil: return nil
    case .boolean(let value): return value
    case let value?: throw expected("boolean", name, value)
    }
  }

  public func string(_ name: String) throws -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let value): return value.text
    case let value?: throw expected("string", name, value)
    }
  }

  public func table(_ name: String) throws -> LuaTable? {
    switch value(name) {
    case nil: return nil
    case .table(let value): return value
    case let value?: throw expected("table", name, value)
    }
  }

  public func function(_ name: String) throws -> LuaFunction? {
    switch value(name) {
    case nil: return nil
    case .function(let value): return value
    case let value?: throw expected("function", name, value)
    }
  }

  public func object<T: AnyObject>(_ name: String, as type: T.Type = T.self) throws -> T? {
    guard let value = value(name) else { return nil }
    if case .object(let object) = value, let object = object as? T { return object }
    throw expected(session?.classes.name(of: type) ?? "\(type)", name, value)
  }

  /// A flat list of integers; a single integer counts as a list of one.
  public func integers(_ name: String) throws -> [Int]? {
    switch value(name) {
    case nil: return nil
    case .integer(let value): return [Int(value)]
    case .table(let table):
      let numbers: LuaNumbers
      do {
        numbers = try table.numbers()
      } catch let failure as LuaError where failure.kind == .runtime {
        throw error(name, failure.message)
      }
      return try numbers.flatIntegers { error(name, $0) }
    case let value?: throw expected("integer or list of integers", name, value)
    }
  }
}

extension LuaCall {
  /// The options table at `i`; none when the argument is missing or nil. Throws for an unknown
  /// name, with the nearest known one, and for a positional item.
  public func options(at i: Int, allowed: [String]) throws -> LuaOptions {
    var options = LuaOptions(of: body, session: LuaSession.of(raw.pointee.session))
    if isNil(i) { return options }
    if try lend(i, to: &options, allowed) { return options }
    let contents = try contents(i, "options")
    if !contents.array.isEmpty {
      throw argumentError(i, "options", "named options expected, got a list")
    }
    for (key, value) in contents.fields {
      guard let name = key.text else {
        throw argumentError(i, "options", "named options expected, got a \(key.typeName) as a name")
      }
      try check(name, i, allowed)
      options.add(name, value)
    }
    return options
  }

  private func check(_ name: String, _ i: Int, _ allowed: [String]) throws {
    guard allowed.contains(name) else {
      throw argumentError(i, "options", "unknown option '\(name)'" + suggestion(name, allowed))
    }
  }

  /// The short way for the usual few numbers and flags. False when the table needs the long one.
  private func lend(_ i: Int, to options: inout LuaOptions, _ allowed: [String]) throws -> Bool {
    guard slot(i)?.tag == THRESH_TABLE else { return false }
    let limit = 8
    return try withUnsafeTemporaryAllocation(of: thresh_value.self, capacity: 2 * limit) { fields in
      guard let keys = fields.baseAddress else { return false }
      let values = keys + limit
      let count = thresh_call_lend_fields(raw, Int32(i), keys, values, Int32(limit))
      guard count >= 0 else { return false }
      for field in 0..<Int(count) {
        let name = LuaString.text(borrowing: keys[field])
        try check(name, i, allowed)
        options.add(name, LuaValue(lending: values[field]))
      }
      return true
    }
  }
}
