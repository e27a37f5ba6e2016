// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The tables of the index: runs, the leaves of their configurations by key, and what their metrics came to.
struct RunTables {
  let database: Database

  /// A number is one folder's for good: whoever has read it finds nothing else under it later.
  static let migrations = [
    "",
    """
    DROP TABLE IF EXISTS run;
    DROP TABLE IF EXISTS setting;
    DROP TABLE IF EXISTS metric;
    CREATE TABLE run (
      number INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT NOT NULL UNIQUE, stamp INTEGER NOT NULL,
      id TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, started TEXT, ended TEXT,
      seconds REAL, host TEXT, boot TEXT, pid INTEGER, process INTEGER, tags TEXT NOT NULL,
      problem TEXT, error TEXT, config TEXT NOT NULL);
    CREATE TABLE setting (
      key TEXT NOT NULL, run INTEGER NOT NULL, kind INTEGER NOT NULL, value,
      PRIMARY KEY (key, run)) WITHOUT ROWID;
    CREATE INDEX setting_run ON setting (run);
    CREATE TABLE metric (
      name TEXT NOT NULL, run INTEGER NOT NULL, count INTEGER NOT NULL, last REAL,
      last_step INTEGER, lowest REAL, lowest_step INTEGER, highest REAL, highest_step INTEGER,
      PRIMARY KEY (name, run)) WITHOUT ROWID;
    CREATE INDEX metric_run ON metric (run);
    """,
  ]

  func transaction(_ body: () throws -> Void) throws { try database.transaction(body) }

  /// The stamp of each folder that is known.
  func stamps() throws -> [String: Int] {
    var stamps: [String: Int] = [:]
    try database.statement("SELECT folder, stamp FROM run").each {
      stamps[$0.text(0)] = $0.integer(1)
    }
    return stamps
  }

  func remove(_ folder: String) throws {
    for table in ["setting", "metric"] {
      try database.statement(
        "DELETE FROM \(table) WHERE run = (SELECT number FROM run WHERE folder = ?)"
      ).run([.text(folder)])
    }
    try database.statement("DELETE FROM run WHERE folder = ?").run([.text(folder)])
  }

  /// Takes a record in the place of what was known of its folder.
  func put(_ record: RunRecord, _ folder: String, _ stamp: Int) throws {
    let number = try number(of: folder)
    try remove(folder)
    let run = try insert(record, folder, stamp, number)
    let setting = try database.statement("INSERT OR REPLACE INTO setting VALUES (?, ?, ?, ?)")
    for leaf in Setting.leaves(of: record.config) {
      try setting.run([.text(leaf.key), run, .integer(leaf.kind.rawValue), leaf.value])
    }
    let metric = try database.statement("INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (name, m) in record.metrics {
      try metric.run([
        .text(name), run, .integer(m.count), .number(m.last), .optional(m.lastStep),
        .number(m.lowest), .optional(m.lowestStep), .number(m.highest), .optional(m.highestStep),
      ])
    }
  }

  private func number(of folder: String) throws -> DatabaseValue {
    let statement = try database.statement("SELECT number FROM run WHERE folder = ?")
    defer { statement.reset() }
    try statement.bind([.text(folder)])
    return try statement.step() ? statement.value(0) : .null
  }

  private func insert(
    _ record: RunRecord, _ folder: String, _ stamp: Int, _ number: DatabaseValue
  ) throws -> DatabaseValue {
    let tags = JSON.array(record.tags.map { .string($0) }).text
    let statement = try database.statement(
      """
      INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      RETURNING number
      """)
    defer { statement.reset() }
    try statement.bind([
      number, .text(folder), .integer(stamp),
      .text(record.id), .text(record.name), .text(record.state),
      .optional(record.started), .optional(record.ended),
      record.seconds.map { .number($0) } ?? .null, .optional(record.writer?.host),
      .optional(record.writer?.boot), .optional(record.writer?.pid),
      .optional(record.writer?.started), .text(tags), .optional(record.problem),
      .optional(record.error), .text(record.config.text),
    ])
    return try statement.step() ? statement.value(0) : .null
  }
}

extension DatabaseValue {
  static func optional(_ value: String?) -> DatabaseValue { value.map { .text($0) } ?? .null }
  static func optional(_ value: Int?) -> DatabaseValue { value.map { .integer($0) } ?? .null }
}
