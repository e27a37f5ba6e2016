// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// What the index keeps of one run's folder.
struct RunRecord {
  var id = ""
  var name = ""
  /// `running`, `done`, `failed`, `interrupted`, or `damaged` for a folder that cannot be read.
  var state = "damaged"
  var started: String?
  var ended: String?
  var seconds: Double?
  var writer: ProcessIdentity?
  var tags: [String] = []
  /// What is wrong with the folder.
  var problem: String?
  /// Message of the error that the run ended with.
  var error: String?
  var config = JSON.object([] as [JSON.Member])
  var metrics: [String: MetricSummary] = [:]

  static let states: Set<String> = ["running", "done", "failed", "interrupted"]

  /// Reads a folder. Whatever is wrong with it is told in the record; nothing is thrown.
  init(folder: String, at path: String) {
    (name, id, started) = RunRecord.parts(of: folder)
    do {
      let status = try RunRecord.object("status.json", at: path)
      config = try RunRecord.object("config.json", at: path)
      try read(status)
    } catch {
      problem = (error as? TensorError)?.message ?? "\(error)"
    }
    // What else there is says more of a damaged run than nothing.
    if let provenance = try? RunRecord.object("provenance.json", at: path) {
      name = provenance["name"]?.string ?? name
      id = provenance["id"]?.string ?? id
      tags = provenance["tags"]?.array?.compactMap(\.string) ?? []
    } else if problem == nil {
      problem = "provenance.json cannot be read"
    }
    guard let bytes = try? WholeFile.read(path + "/metrics.jsonl") else { return }
    let rows = MetricSummary.read(bytes)
    for (name, summary) in rows.metrics { merge(summary, as: name) }
    if rows.unreadable > 0 && problem == nil {
      problem =
        "\(rows.unreadable) unreadable line\(rows.unreadable == 1 ? "" : "s") in metrics.jsonl"
    }
  }

  private mutating func read(_ status: JSON) throws {
    guard let state = status["state"]?.string, RunRecord.states.contains(state) else {
      throw TensorError("runs", "status.json: 'state' is none of a run")
    }
    self.state = state
    started = status["started"]?.string ?? started
    ended = status["ended"]?.string
    seconds = status["seconds"]?.double
    error = status["error"]?["message"]?.string
    if let writer = status["writer"], let host = writer["host"]?.string,
      let boot = writer["boot"]?.string, let pid = writer["pid"]?.integer,
      let started = writer["started"]?.integer
    {
      self.writer = ProcessIdentity(host: host, boot: boot, pid: pid, started: started)
    }
    guard case .object(let result)? = status["result"] else { return }
    for member in result {
      guard let value = MetricSummary.number(member.value) else { continue }
      var summary = MetricSummary()
      summary.end(with: value)
      metrics[member.name] = summary
    }
  }

  /// The rows' summary with the value of the result as its last one.
  private mutating func merge(_ rows: MetricSummary, as name: String) {
    var rows = rows
    if let result = metrics[name] { rows.end(with: result.last) }
    metrics[name] = rows
  }

  private static func object(_ file: String, at path: String) throws -> JSON {
    if access(path + "/" + file, F_OK) != 0 && errno == ENOENT {
      throw TensorError("runs", "\(file) is missing")
    }
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path + "/" + file)
    } catch let error as TensorError {
      // The row tells the folder.
      let told = error.message
      throw TensorError(
        "runs", told.hasPrefix(path) ? String(told.dropFirst(path.count + 1)) : told)
    }
    do {
      let value = try JSON.parse(bytes)
      guard case .object = value else { throw TensorError("runs", "\(file) holds no JSON object") }
      return value
    } catch let error as JSON.ParseError {
      throw TensorError("runs", bytes.isEmpty ? "\(file) is empty" : "\(file): \(error)")
    }
  }

  /// Name, id and day of `2026-11-25-NAME-ID`.
  static func parts(of folder: String) -> (name: String, id: String, day: String?) {
    guard isDated(folder) else { return (folder, "", nil) }
    let rest = folder.dropFirst(11)
    let day = String(folder.prefix(10))
    guard let dash = rest.lastIndex(of: "-") else { return (String(rest), "", day) }
    return (String(rest[..<dash]), String(rest[rest.index(after: dash)...]), day)
  }

  /// Whether a folder's name begins as those of runs do: YYYY-MM-DD-.
  static func isDated(_ folder: String) -> Bool {
    let bytes = Array(folder.utf8.prefix(11))
    return bytes.count == 11
      && bytes.enumerated().allSatisfy { i, byte in
        [4, 7, 10].contains(i) ? byte == UInt8(ascii: "-") : byte >= 0x30 && byte <= 0x39
      }
  }
}
