// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension RunIndex {
  /// One run in a list of many.
  public struct Row: Sendable {
    /// What settings and metrics are told by.
    public let number: Int
    public let folder: String
    public let id: String
    public let name: String
    public let state: String
    public let started: String?
    public let ended: String?
    public let seconds: Double?
    public let tags: [String]
    public let problem: String?
    public let error: String?
    /// Whether its process runs; nil where this machine cannot know.
    public let isAlive: Bool?
  }

  /// All runs, the oldest first.
  ///
  /// A run that says of itself that it is running, while its process on this machine is gone, was interrupted.
  public func rows() throws -> [Row] {
    try withTables { tables in
      var rows: [Row] = []
      let host = Machine.hostName
      try tables.database.statement(
        """
        SELECT number, folder, id, name, state, started, ended, seconds, tags, problem, error,
          host, boot, pid, process FROM run ORDER BY started, folder
        """
      ).each { s in
        func text(_ column: Int32) -> String? { s.isNull(column) ? nil : s.text(column) }
        var (state, problem) = (s.text(4), text(9))
        var isAlive: Bool?
        if state == "running", s.text(11) == host {
          let writer = ProcessIdentity(
            host: host, boot: s.text(12), pid: s.integer(13), started: s.integer(14))
          isAlive = writer.isAlive
          if isAlive == false {
            state = "interrupted"
            problem = problem ?? "its process \(writer.pid) is gone"
          }
        }
        rows.append(
          Row(
            number: s.integer(0), folder: s.text(1), id: s.text(2), name: s.text(3), state: state,
            started: text(5), ended: text(6), seconds: s.isNull(7) ? nil : s.number(7),
            tags: s.text(8) == "[]"
              ? [] : try JSON.parse(s.text(8)).array?.compactMap(\.string) ?? [],
            problem: problem, error: text(10), isAlive: isAlive))
      }
      return rows
    }
  }

  /// The keys of all configurations, in order.
  public func settingKeys() throws -> [String] {
    try texts("SELECT DISTINCT key FROM setting ORDER BY key")
  }

  /// The names of all metrics, in order.
  public func metricNames() throws -> [String] {
    try texts("SELECT DISTINCT name FROM metric ORDER BY name")
  }

  private func texts(_ sql: String) throws -> [String] {
    try withTables { tables in
      var texts: [String] = []
      try tables.database.statement(sql).each { texts.append($0.text(0)) }
      return texts
    }
  }

  /// The value of one key of the configurations, by run.
  public func settings(_ key: String) throws -> [(run: Int, value: JSON)] {
    try withTables { tables in
      var values: [(run: Int, value: JSON)] = []
      try tables.database.statement("SELECT run, kind, value FROM setting WHERE key = ?")
        .each([.text(key)]) { s in
          let value: JSON =
            switch Setting.Kind(rawValue: s.integer(1)) {
            case .boolean: .bool(s.integer(2) != 0)
            case .integer: .integer(s.integer(2))
            case .number: .number(s.isNull(2) ? .nan : s.number(2))
            case .list: try JSON.parse(s.text(2))
            case .text, nil: .string(s.text(2))
            }
          values.append((s.integer(0), value))
        }
      return values
    }
  }

  /// What one metric came to, by run.
  public func metrics(_ name: String) throws -> [(run: Int, summary: MetricSummary)] {
    try summaries("SELECT run, * FROM metric WHERE name = ?", .text(name)).map {
      ($0.run, $0.summary)
    }
  }

  /// All metrics of one run by name.
  public func metrics(ofRun run: Int) throws -> [(name: String, summary: MetricSummary)] {
    try summaries("SELECT run, * FROM metric WHERE run = ? ORDER BY name", .integer(run)).map {
      ($0.name, $0.summary)
    }
  }

  private func summaries(
    _ sql: String, _ value: DatabaseValue
  ) throws -> [(run: Int, name: String, summary: MetricSummary)] {
    try withTables { tables in
      var found: [(run: Int, name: String, summary: MetricSummary)] = []
      try tables.database.statement(sql).each([value]) { s in
        // A NaN is null in the table.
        func number(_ column: Int32) -> Double { s.isNull(column) ? .nan : s.number(column) }
        func step(_ column: Int32) -> Int? { s.isNull(column) ? nil : s.integer(column) }
        found.append(
          (
            s.integer(0), s.text(1),
            MetricSummary(
              count: s.integer(3), last: number(4), lastStep: step(5), lowest: number(6),
              lowestStep: step(7), highest: number(8), highestStep: step(9))
          ))
      }
      return found
    }
  }

  /// The configuration of one run.
  public func config(ofRun run: Int) throws -> JSON {
    try withTables { tables in
      let statement = try tables.database.statement("SELECT config FROM run WHERE number = ?")
      defer { statement.reset() }
      try statement.bind([.integer(run)])
      return try statement.step() ? JSON.parse(statement.text(0)) : .object([] as [JSON.Member])
    }
  }
}
