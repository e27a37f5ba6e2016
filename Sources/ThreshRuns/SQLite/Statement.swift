// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// A value of a database. A NaN is written as null: SQLite has none.
public enum DatabaseValue: Equatable, Sendable {
  case null
  case integer(Int)
  case number(Double)
  case text(String)
}

/// A compiled statement. Parameters count from 1, columns from 0.
public final class Statement {
  private let handle: OpaquePointer
  private unowned let database: Database

  init(_ sql: String, _ database: Database) throws {
    var compiled: OpaquePointer?
    let code = sqlite3_prepare_v2(database.handle, sql, -1, &compiled, nil)
    guard code == SQLITE_OK, let compiled else { throw database.failure(code) }
    handle = compiled
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// Gives the parameters their values, the first ones first.
  @discardableResult
  public func bind(_ values: [DatabaseValue]) throws -> Statement {
    reset()
    for (i, value) in values.enumerated() {
      let position = Int32(i + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(handle, position)
        case .integer(let value): sqlite3_bind_int64(handle, position, Int64(value))
        case .number(let value): sqlite3_bind_double(handle, position, value)
        case .text(let value): Statement.bind(value, handle, position)
        }
      guard code == SQLITE_OK else { throw database.failure(code) }
    }
    return self
  }

  private static func bind(_ text: String, _ handle: OpaquePointer, _ position: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        // SQLite copies what it is told may change.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        guard let base = $0.baseAddress else {
          return sqlite3_bind_text(handle, position, "", 0, copied)
        }
        return sqlite3_bind_text64(
          handle, position, base, UInt64($0.count), copied, UInt8(SQLITE_UTF8))
      }
    }
  }

  /// Goes to the next row; false at the end.
  public func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    case let code:
      let failure = database.failure(code)
      sqlite3_reset(handle)
      throw failure
    }
  }

  /// Runs a statement that gives no rows.
  public func run(_ values: [DatabaseValue]) throws {
    try bind(values)
    while try step() {}
  }

  /// Calls `body` at every row.
  public func each(_ values: [DatabaseValue] = [], _ body: (Statement) throws -> Void) throws {
    try bind(values)
    defer { reset() }
    while try step() { try body(self) }
  }

  public func reset() {
    sqlite3_reset(handle)
  }

  public func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

  public func number(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  public func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  public func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  public func value(_ column: Int32) -> DatabaseValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .number(number(column))
    case SQLITE_TEXT: .text(text(column))
    default: .null
    }
  }
}
