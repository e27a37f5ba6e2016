// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc

/// What SQLite refused, and its words for it.
public struct DatabaseError: Error, CustomStringConvertible, Sendable {
  /// SQLite's result code without its details.
  public let code: Int32
  public let message: String

  public var description: String { message }

  /// Whether the file is no database, or no whole one any more.
  public var isCorruption: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
}

/// A SQLite database: statements, transactions and versions of its tables, and no more.
///
/// For one thread at a time. Other processes may use the same file: the log is write-ahead, and who finds
/// it locked waits.
public final class Database {
  let handle: OpaquePointer
  private var cached: [String: Statement] = [:]

  /// How long a statement waits for another process.
  static let patience: Int32 = 10_000

  /// Opens a file, or makes it; nil makes a database in memory.
  public init(path: String?) throws {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path ?? ":memory:", &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      sqlite3_close_v2(opened)
      throw DatabaseError(code: code & 0xff, message: message)
    }
    handle = opened
    sqlite3_busy_timeout(handle, Database.patience)
    if path != nil { try useLog() }
  }

  deinit {
    cached.removeAll()
    sqlite3_close_v2(handle)
  }

  /// The change to the write-ahead log does not wait for others as statements do, so that it is tried again.
  private func useLog() throws {
    for attempt in 0... {
      do {
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = NORMAL")
        return
      } catch let error as DatabaseError where error.code == SQLITE_BUSY && attempt < 100 {
        usleep(50_000)
      }
    }
  }

  func failure(_ code: Int32) -> DatabaseError {
    DatabaseError(code: code & 0xff, message: String(cString: sqlite3_errmsg(handle)))
  }

  /// Runs statements that give nothing.
  public func execute(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code) }
  }

  /// The compiled statement; each text is compiled once.
  public func statement(_ sql: String) throws -> Statement {
    if let known = cached[sql] { return known }
    let made = try Statement(sql, self)
    cached[sql] = made
    return made
  }

  /// Runs `body` in a transaction that writes: all of it happens, or nothing.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Some errors have rolled back already.
      if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// The number of migrations that the tables have gone through.
  public var version: Int {
    get throws {
      let statement = try statement("PRAGMA user_version")
      defer { statement.reset() }
      return try statement.step() ? statement.integer(0) : 0
    }
  }

  /// Brings the tables up to date: migration `i` leads from version `i` to the next.
  /// - Throws: `DatabaseError` also when the tables are of a later version than all migrations.
  public func migrate(_ migrations: [String]) throws {
    if try version == migrations.count { return }
    try transaction {
      let version = try version
      guard version <= migrations.count else {
        throw DatabaseError(
          code: SQLITE_SCHEMA,
          message: "its tables are of version \(version), those known go to \(migrations.count)")
      }
      for migration in migrations[version...] { try execute(migration) }
      try execute("PRAGMA user_version = \(migrations.count)")
    }
  }
}
