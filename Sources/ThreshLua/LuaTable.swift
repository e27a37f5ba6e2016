// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// A table: either one in Lua, read on demand, or one built in Swift on its way to Lua.
public final class LuaTable {
  /// One key with its value.
  public typealias Field = (key: LuaValue, value: LuaValue)

  /// The items `t[1] ... t[#t]` and all other fields in Lua's order.
  public struct Contents {
    public var array: [LuaValue] = []
    public var fields: [Field] = []

    /// The value of a field whose key is this text.
    public subscript(key: String) -> LuaValue? {
      fields.first { $0.key.text == key }?.value
    }
  }

  enum Storage {
    case reference(LuaReference)
    case built(Contents)
  }

  let storage: Storage

  init(_ reference: LuaReference) { storage = .reference(reference) }

  /// Builds a table. A new Lua table is made each time it is handed over.
  public init(array: [LuaValue] = [], fields: [Field] = []) {
    storage = .built(Contents(array: array, fields: fields))
  }

  /// Builds a table of named fields.
  public convenience init(_ named: KeyValuePairs<String, LuaValue>) {
    self.init(fields: named.map { (.string($0.key), $0.value) })
  }

  /// The hold on the Lua table, for identity; nil for a table built in Swift.
  public var reference: LuaReference? {
    if case .reference(let reference) = storage { return reference }
    return nil
  }

  /// Reads one level of the table, without metamethods. Tables inside come by reference.
  public func contents() throws -> Contents {
    switch storage {
    case .built(let contents): return contents
    case .reference(let reference):
      return try reference.session().readContents { outcome, items in
        thresh_session_read_table(reference.handle, reference.slot, outcome, items)
      }
    }
  }

  /// The items `t[1] ... t[#t]`.
  public var array: [LuaValue] { get throws { try contents().array } }

  /// All fields that are not items of the list, in Lua's order.
  public var fields: [Field] { get throws { try contents().fields } }

  /// Reads the whole tree into tables built in Swift. Throws when it is nested more than 32 levels
  /// deep, contains itself, or unfolds to more than `limit` values.
  public func decoded(limit: Int = 10_000_000) throws -> LuaTable {
    var left = limit
    return try decoded(depth: 32, left: &left)
  }

  private func decoded(depth: Int, left: inout Int) throws -> LuaTable {
    guard depth > 0 else { throw LuaError("the table is nested more than 32 levels deep") }
    func decode(_ value: LuaValue) throws -> LuaValue {
      left -= 1
      guard left >= 0 else { throw LuaError("the table holds too many values") }
      guard case .table(let table) = value else { return value }
      return .table(try table.decoded(depth: depth - 1, left: &left))
    }
    let contents = try contents()
    let array = try contents.array.map(decode)
    return LuaTable(
      array: array, fields: try contents.fields.map { ($0.key, try decode($0.value)) })
  }

  /// Reads a nested list of numbers or booleans as one flat array.
  public func numbers() throws -> LuaNumbers {
    guard case .reference(let reference) = storage else {
      throw LuaError("only a table of Lua can be read as numbers")
    }
    return try reference.session().readNumbers { numbers, outcome in
      thresh_session_read_numbers(reference.handle, reference.slot, numbers, outcome)
    }
  }

  /// Reads `t[key]`, metamethods included. Throws what they raise.
  public func get(_ key: LuaValue) throws -> LuaValue {
    if case .built(let contents) = storage {
      guard let text = key.text else { throw LuaError("a built table is read by name only") }
      return contents[text] ?? .nil
    }
    return try session().builtin(THRESH_GET, [.table(self), key]).first ?? .nil
  }

  /// Reads `t[name]`, metamethods included.
  public func get(_ name: String) throws -> LuaValue { try get(.string(name)) }

  /// Assigns `t[key] = value`, metamethods included. Throws what they raise.
  public func set(_ key: LuaValue, _ value: LuaValue) throws {
    _ = try session().builtin(THRESH_SET, [.table(self), key, value])
  }

  /// Assigns `t[name] = value`, metamethods included.
  public func set(_ name: String, _ value: LuaValue) throws { try set(.string(name), value) }

  private func session() throws -> LuaSession {
    guard let reference else { throw LuaError("a built table is not in Lua yet") }
    return try reference.session()
  }
}

/// Numbers of a nested list, row by row.
public struct LuaNumbers {
  public enum Values {
    case booleans([Bool])
    case integers([Int64])
    case numbers([Double])
  }

  /// Extents, outermost first; an empty list has shape `(0)`.
  public var shape: [Int]
  /// Integers as long as all are; one float makes all of them floats. An empty list has floats.
  public var values: Values

  init(_ raw: thresh_numbers) {
    shape = withUnsafeBytes(of: raw.shape) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(raw.rank)).map { Int($0) }
    }
    switch raw.kind {
    case THRESH_KIND_BOOLEAN:
      values = .booleans(UnsafeBufferPointer(start: raw.integers, count: raw.count).map { $0 != 0 })
    case THRESH_KIND_INTEGER:
      values = .integers(Array(UnsafeBufferPointer(start: raw.integers, count: raw.count)))
    case THRESH_KIND_NUMBER:
      values = .numbers(Array(UnsafeBufferPointer(start: raw.numbers, count: raw.count)))
    default:
      values = .numbers([])
    }
  }

  /// All values as floats; booleans are 0 and 1.
  public var doubles: [Double] {
    switch values {
    case .booleans(let items): items.map { $0 ? 1 : 0 }
    case .integers(let items): items.map { Double($0) }
    case .numbers(let items): items
    }
  }
}
