// SPDX-License-Identifier: Apache-2.0
import CSQLite
import FoundationEssentials
import Glibc
import Testing
import ThreshTensor

@testable import ThreshRuns

/// Runs written file by file, as any program could.
private struct Runs: ~Copyable {
  let scratch: Scratch
  var root: String { scratch.path }

  init() throws { scratch = try Scratch() }

  func write(_ folder: String, _ file: String, _ text: String) throws {
    let path = "\(root)/\(folder)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(file)"))
  }

  func run(
    _ folder: String, config: String = "{}", status: String = #"{"state":"done"}"#,
    metrics: String? = nil
  ) throws {
    try write(folder, "config.json", config)
    let parts = RunRecord.parts(of: folder)
    try write(folder, "provenance.json", #"{"id":"\#(parts.id)","name":"\#(parts.name)"}"#)
    if let metrics { try write(folder, "metrics.jsonl", metrics) }
    try write(folder, "status.json", status)
  }

  func remove(_ folder: String) throws {
    try FileManager.default.removeItem(atPath: "\(root)/\(folder)")
  }
}

private let a = "2026-01-01-made-0000000a"
private let b = "2026-01-02-made-0000000b"

extension RunIndex {
  fileprivate func row(_ folder: String) throws -> Row {
    try #require(rows().first { $0.folder == folder })
  }

  fileprivate func metric(_ name: String, of folder: String) throws -> MetricSummary? {
    let number = try row(folder).number
    return try metrics(name).first { $0.run == number }?.summary
  }
}

/// Whoever has read a number finds no other run under it, however long ago that was.
@Test(arguments: [false, true])
func runIndex_numbers_areAFoldersForGood(_ inMemory: Bool) throws {
  let runs = try Runs()
  try runs.run(a, metrics: "{\"loss\":1}\n")
  try runs.run(b)
  let index = try RunIndex(root: runs.root, inMemory: inMemory)
  let (first, second) = (try index.row(a).number, try index.row(b).number)
  try runs.write(a, "metrics.jsonl", "{\"loss\":1}\n{\"loss\":0.5}\n")
  try index.update()
  #expect(try index.row(a).number == first)
  #expect(try index.metric("loss", of: a)?.count == 2)
  for folder in [a, b] { try runs.remove(folder) }
  try index.update()
  try runs.run("2026-01-03-made-0000000c")
  try index.update()
  let third = try index.row("2026-01-03-made-0000000c").number
  #expect(third != first && third != second)
}

@Test(arguments: [false, true])
func runIndex_foldersThatChange_areSeen(_ inMemory: Bool) throws {
  let runs = try Runs()
  try runs.run(a, config: #"{"lr":0.003,"s":{"name":"x"},"on":true,"w":[1,2],"big":"inf"}"#)
  let index = try RunIndex(root: runs.root, inMemory: inMemory)
  #expect((index.note == nil) == !inMemory)
  #expect(try index.rows().map(\.folder) == [a])
  #expect(try index.settingKeys() == ["big", "lr", "on", "s.name", "w"])
  #expect(try index.settings("lr").map(\.value) == [.number(0.003)])
  #expect(try index.settings("on").map(\.value) == [.bool(true)])
  #expect(try index.settings("w").map(\.value) == [.array([.integer(1), .integer(2)])])
  #expect(try index.settings("big").map(\.value) == [.number(.infinity)])

  try runs.run(b, status: #"{"state":"running"}"#)
  try index.update()
  #expect(try index.rows().map(\.folder) == [a, b])
  // A line more, a status replaced: each alone is seen.
  try runs.write(b, "metrics.jsonl", "{\"epoch\":1,\"loss\":2}\n")
  try index.update()
  #expect(try index.metric("loss", of: b)?.last == 2)
  try runs.write(b, "status.json", #"{"state":"failed","error":{"message":"boom"}}"#)
  try index.update()
  #expect(try index.row(b).state == "failed")
  #expect(try index.row(b).error == "boom")
  try runs.remove(a)
  try index.update()
  #expect(try index.rows().map(\.folder) == [b])
  #expect(try index.settingKeys() == [])
}

@Test func runIndex_metrics_keepNotFiniteValuesAndSteps() throws {
  let runs = try Runs()
  try runs.run(
    a, status: #"{"state":"done","result":{"accuracy":0.5,"only":"nan"}}"#,
    metrics: """
      {"epoch":3,"loss":"nan","accuracy":0.25,"x":"inf","ok":true}
      {"epoch":4,"loss":2,"accuracy":0.75,"x":"-inf"}
      {"epoch":5,"loss":2,"accuracy":0.5,"gone":"nan"}

      """)
  let index = try RunIndex(root: runs.root)
  let loss = try #require(try index.metric("loss", of: a))
  #expect(loss.count == 3 && loss.last == 2 && loss.lastStep == 5)
  #expect(loss.lowest == 2 && loss.lowestStep == 4 && loss.highest == 2 && loss.highestStep == 4)
  let accuracy = try #require(try index.metric("accuracy", of: a))
  #expect(accuracy.last == 0.5 && accuracy.lastStep == nil)
  #expect(accuracy.highest == 0.75 && accuracy.highestStep == 4 && accuracy.lowestStep == 3)
  let x = try #require(try index.metric("x", of: a))
  #expect(x.last == -.infinity && x.lowest == -.infinity && x.highest == .infinity)
  let gone = try #require(try index.metric("gone", of: a))
  #expect(gone.count == 1 && gone.last.isNaN && gone.lowest.isNaN && gone.lowestStep == nil)
  #expect(try index.metric("only", of: a)?.last.isNaN == true)
  #expect(try index.metric("ok", of: a) == nil)
}

@Test func runIndex_damagedFolders_areListedWithTheReason() throws {
  let runs = try Runs()
  try runs.run(a)
  try runs.write("2026-01-01-empty-00000001", "log.txt", "")
  try runs.write("2026-01-01-half-00000002", "config.json", "{}")
  try runs.run("2026-01-01-cut-00000003", config: #"{"lr":"#)
  try runs.run("2026-01-01-odd-00000004", status: #"{"state":"asleep"}"#)
  try runs.run("2026-01-01-list-00000005", status: "[]")
  try runs.run("2026-01-01-void-00000006", status: "")
  try runs.run("2026-01-01-torn-00000007", metrics: "{\"loss\":1}\n{\"lo")
  try runs.write("2026-01-01-dir-00000008/status.json", "x", "")
  try runs.write("sweeps", "definition.json", "{}")
  let index = try RunIndex(root: runs.root)
  let problems = try index.rows().map { "\($0.name) \($0.state): \($0.problem ?? "-")" }.sorted()
  let wanted = [
    "cut damaged: config.json: offset", "dir damaged: status.json: not a regular file",
    "empty damaged: status.json is missing", "half damaged: status.json is missing",
    "list damaged: status.json holds no JSON object", "made done: -",
    "odd damaged: status.json: 'state' is none", "torn done: 1 unreadable line in metrics.jsonl",
    "void damaged: status.json is empty",
  ]
  #expect(problems.count == wanted.count, "\(problems)")
  for (problem, start) in zip(problems, wanted) { #expect(problem.hasPrefix(start)) }
}

@Test func runIndex_runningWithoutItsProcess_isInterrupted() throws {
  let runs = try Runs()
  let own = ProcessIdentity.own
  func status(host: String, started: Int) -> String {
    """
    {"state":"running","writer":{"host":"\(host)","boot":"\(own.boot)","pid":\(own.pid),\
    "started":\(started)}}
    """
  }
  try runs.run(a, status: status(host: own.host, started: own.started))
  try runs.run(b, status: status(host: own.host, started: own.started + 1))
  try runs.run("2026-01-03-made-0000000c", status: status(host: "elsewhere", started: 1))
  let index = try RunIndex(root: runs.root)
  #expect(try index.row(a).state == "running" && index.row(a).isAlive == true)
  #expect(try index.row(b).state == "interrupted")
  #expect(try index.row(b).problem == "its process \(own.pid) is gone")
  #expect(try index.row("2026-01-03-made-0000000c").state == "running")
  #expect(try index.row("2026-01-03-made-0000000c").isAlive == nil)
}

@Test func runIndex_damagedFile_isMadeAnew() throws {
  let runs = try Runs()
  try runs.run(a)
  let path = runs.root + "/" + RunIndex.fileName
  for damage in ["not a database at all, and long enough to be looked at", ""] {
    _ = try RunIndex(root: runs.root)
    try Data(damage.utf8).write(to: URL(filePath: path))
    let index = try RunIndex(root: runs.root)
    #expect(index.note == nil)
    #expect(try index.rows().map(\.folder) == [a])
  }
}

/// Damage that only a query meets: a page of the tables is overwritten while the index is open.
@Test func runIndex_damagedWhileOpen_isMadeAnew() throws {
  let runs = try Runs()
  for i in 0..<300 { try runs.run("2026-01-01-made-\(10_000_000 + i)", config: #"{"lr":1}"#) }
  let path = runs.root + "/" + RunIndex.fileName
  _ = try RunIndex(root: runs.root)
  var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  for i in 4096..<bytes.count { bytes[i] = 0xa5 }
  try Data(bytes).write(to: URL(filePath: path))
  let index = try RunIndex(root: runs.root)
  #expect(try index.rows().count == 300)
  #expect(index.note == nil)
}

@Test func runIndex_tablesOfALaterVersion_areLeftAlone() throws {
  let runs = try Runs()
  try runs.run(a)
  let path = runs.root + "/" + RunIndex.fileName
  do {
    let later = try Database(path: path)
    try later.execute("CREATE TABLE other (x); PRAGMA user_version = 99")
  }
  let index = try RunIndex(root: runs.root)
  #expect(index.note?.contains("version 99") == true)
  #expect(try index.rows().map(\.folder) == [a])
  #expect(try Database(path: path).version == 99)
}

@Test func runIndex_rootThatIsNone_isRefused() throws {
  let runs = try Runs()
  #expect(throws: TensorError.self) { try RunIndex(root: runs.root + "/none") }
  try runs.run(a)
  #expect(throws: TensorError.self) { try RunIndex(root: "\(runs.root)/\(a)/config.json") }
}

@Test func networkFileSystem_numbersOfTheKernel_areKnown() throws {
  let wanted: [(UInt32, String)] = [
    (0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0xfe53_4d42, "SMB2"), (0x0bd0_0bd0, "Lustre"),
    (0x6573_5546, "FUSE"), (0x00c3_6400, "Ceph"),
  ]
  for (type, name) in wanted { #expect(NetworkFileSystem.name(ofType: type) == name) }
  // ext4, tmpfs, XFS, Btrfs, overlay.
  for type: UInt32 in [0xef53, 0x0102_1994, 0x5846_5342, 0x9123_683e, 0x794c_7630] {
    #expect(NetworkFileSystem.name(ofType: type) == nil)
  }
  #expect(NetworkFileSystem.name(of: "/proc") == nil)
}
