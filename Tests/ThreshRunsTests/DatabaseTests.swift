// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import Testing

@testable import ThreshRuns

@Test func database_values_comeBackAsTheyWere() throws {
  let database = try Database(path: nil)
  try database.execute("CREATE TABLE t (x)")
  let values: [DatabaseValue] = [
    .null, .integer(.max), .number(0.1), .number(.infinity), .text(""), .text("é\u{1F600} ' \" ;"),
  ]
  for value in values { try database.statement("INSERT INTO t VALUES (?)").run([value]) }
  var found: [DatabaseValue] = []
  try database.statement("SELECT x FROM t ORDER BY rowid").each { found.append($0.value(0)) }
  #expect(found == values)
}

@Test func database_failedTransaction_leavesNothing() throws {
  let database = try Database(path: nil)
  try database.execute("CREATE TABLE t (x UNIQUE)")
  #expect(throws: DatabaseError.self) {
    try database.transaction {
      try database.statement("INSERT INTO t VALUES (?)").run([.integer(1)])
      try database.statement("INSERT INTO t VALUES (?)").run([.integer(1)])
    }
  }
  let count = try database.statement("SELECT COUNT(*) FROM t")
  #expect(try count.step() && count.integer(0) == 0)
  count.reset()
  try database.transaction {
    try database.statement("INSERT INTO t VALUES (?)").run([.integer(1)])
  }
}

@Test func database_migrations_runOnceEach() throws {
  let database = try Database(path: nil)
  try database.migrate(["CREATE TABLE a (x)"])
  #expect(try database.version == 1)
  try database.migrate(["CREATE TABLE a (x)", "CREATE TABLE b (x)"])
  #expect(try database.version == 2)
  #expect(throws: DatabaseError.self) { try database.migrate(["CREATE TABLE a (x)"]) }
  // One that fails leaves the version and the tables of before.
  #expect(throws: DatabaseError.self) {
    try database.migrate(["", "", "CREATE TABLE c (x); CREATE TABLE a (x)"])
  }
  #expect(try database.version == 2)
  #expect(throws: DatabaseError.self) { try database.execute("SELECT * FROM c") }
}

@Test func database_lockedByAnother_waits() async throws {
  let scratch = try Scratch()
  let path = scratch.path + "/x.sqlite"
  let first = try Database(path: path)
  try first.execute("CREATE TABLE t (x)")
  let writers = 4
  try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<writers {
      group.addTask {
        let database = try Database(path: path)
        for i in 0..<50 {
          try database.transaction {
            try database.statement("INSERT INTO t VALUES (?)").run([.integer(writer * 100 + i)])
          }
        }
      }
    }
    try await group.waitForAll()
  }
  let count = try first.statement("SELECT COUNT(DISTINCT x) FROM t")
  #expect(try count.step() && count.integer(0) == writers * 50)
}
