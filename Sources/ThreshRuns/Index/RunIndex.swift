// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import ThreshTensor

/// What is known of all runs below a folder, kept in a SQLite file beside them.
///
/// The folders are the truth: the file is brought up to date with those that have changed, made anew when it is
/// damaged, and may be deleted at any time. Where it cannot be, on a network file system or without
/// permission, the same tables live in memory and all folders are read.
public final class RunIndex {
  public let root: String
  /// Why there is no file; nil when there is one.
  public private(set) var note: String?
  private var database: Database

  /// The index's file in the folder of runs.
  public static let fileName = "index.sqlite"

  private var path: String { root + "/" + RunIndex.fileName }

  /// Opens the index of the runs below `root`, which must be a folder, and brings it up to date.
  public init(root: String, inMemory: Bool = false) throws {
    var status = stat()
    guard stat(root, &status) == 0 else {
      throw TensorError("runs", "'\(root)': \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw TensorError("runs", "'\(root)' is no folder")
    }
    self.root = root
    database = try RunIndex.opened(nil)
    if inMemory {
      note = "asked for"
    } else if let kind = NetworkFileSystem.name(of: root) {
      note = "'\(root)' is on a network file system (\(kind)), where SQLite's locks do not hold"
    }
    if note == nil { openFile() }
    try update()
  }

  private static func opened(_ path: String?) throws -> Database {
    let database = try Database(path: path)
    try database.migrate(RunTables.migrations)
    return database
  }

  /// Opens the file; a damaged one is made anew, and for any other reason the tables are in memory.
  private func openFile() {
    do {
      do {
        database = try RunIndex.opened(path)
      } catch let error as DatabaseError where error.isCorruption {
        try remake()
      }
    } catch {
      note = "\(path): \(error)"
    }
  }

  private func remake() throws {
    database = try RunIndex.opened(nil)
    for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
    database = try RunIndex.opened(path)
  }

  /// Gives `body` the tables. A damaged file is made anew, one that cannot be used is replaced by tables in
  /// memory, and `body` is called again.
  func withTables<Result>(_ body: (RunTables) throws -> Result) throws -> Result {
    do {
      return try body(RunTables(database: database))
    } catch let error as DatabaseError where note == nil {
      if error.isCorruption {
        try remake()
      } else {
        note = "\(path): \(error)"
        database = try RunIndex.opened(nil)
      }
      let tables = RunTables(database: database)
      try bring(tables)
      return try body(tables)
    }
  }

  /// Reads the folders that have changed since the last time, and forgets those that are gone.
  public func update() throws { try withTables(bring) }

  private func bring(_ tables: RunTables) throws {
    let known = try tables.stamps()
    var present = Set<String>()
    var changed: [(folder: String, stamp: Int)] = []
    let stamps = try FolderStamps(root: root)
    for folder in try folders() {
      let stamp = stamps.stamp(of: folder)
      if stamp == nil && !RunRecord.isDated(folder) { continue }
      present.insert(folder)
      if known[folder] != stamp ?? 0 { changed.append((folder, stamp ?? 0)) }
    }
    let gone = known.keys.filter { !present.contains($0) }
    if !gone.isEmpty { try tables.transaction { for folder in gone { try tables.remove(folder) } } }
    // In parts, so that others who write need not wait for all.
    for start in stride(from: 0, to: changed.count, by: 256) {
      // Stamps are older than what is read, so that a change in between is seen the next time.
      let records = changed[start..<min(start + 256, changed.count)].map {
        ($0.folder, $0.stamp, RunRecord(folder: $0.folder, at: root + "/" + $0.folder))
      }
      try tables.transaction {
        for (folder, stamp, record) in records { try tables.put(record, folder, stamp) }
      }
    }
  }

  /// The folders below the root, and what may be one.
  private func folders() throws -> [String] {
    let types = [DT_DIR, DT_LNK, DT_UNKNOWN].map { UInt8($0) }
    return try RunFolder.entries(of: root)
      .filter { types.contains($0.type) && !$0.name.hasPrefix(".") }.map(\.name)
  }
}
