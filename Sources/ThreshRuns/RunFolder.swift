// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// The folder of one run.
public enum RunFolder {
  /// Makes the folder of a new run, and those above it.
  /// - Throws: `TensorError` when it is there already: a run has one writer.
  public static func create(_ path: String) throws {
    if path.isEmpty || path.utf8.contains(0) {
      throw TensorError("runs", "'\(path)' cannot be the name of a folder")
    }
    var above = path.hasPrefix("/") ? "/" : ""
    let names = path.split(separator: "/")
    for name in names.dropLast() {
      above += name
      // Whatever mkdir says of a folder that is there, the last mkdir tells.
      mkdir(above, 0o777)
      above += "/"
    }
    guard mkdir(above + (names.last ?? ""), 0o777) == 0 else {
      let reason = errno == EEXIST ? "is there already" : "cannot be made: \(reason(errno))"
      throw TensorError("runs", "the folder '\(path)' \(reason)")
    }
  }

  /// Removes the folder of a run and all below it; links are removed, not followed.
  /// - Throws: `TensorError` also for a folder that is not named as those of runs are.
  public static func remove(_ path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard RunRecord.isDated(name) else {
      throw TensorError("runs", "'\(path)' is not named as a run's folder, YYYY-MM-DD-NAME-ID")
    }
    var problem: Int32 = 0
    walk(path) { entry, isFolder in
      if (isFolder ? rmdir(entry) : unlink(entry)) != 0 && problem == 0 { problem = errno }
    }
    guard problem == 0 else {
      throw TensorError("runs", "'\(path)' cannot be removed: \(reason(problem))")
    }
  }

  /// Seconds since something was put into a folder or taken away.
  public static func age(_ path: String) throws -> Double {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw TensorError("runs", "'\(path)': \(reason(errno))")
    }
    return EventWriter.now - Double(status.st_mtim.tv_sec)
  }

  /// The bytes of all files below a folder.
  public static func size(_ path: String) -> Int {
    var sum = 0
    walk(path) { entry, isFolder in
      var status = stat()
      if !isFolder && lstat(entry, &status) == 0 { sum += Int(status.st_size) }
    }
    return sum
  }

  /// Visits what is below a folder, and then the folder itself.
  private static func walk(_ path: String, _ visit: (_ path: String, _ isFolder: Bool) -> Void) {
    var status = stat()
    let isFolder = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    if isFolder {
      for entry in (try? entries(of: path)) ?? [] { walk(path + "/" + entry.name, visit) }
    }
    visit(path, isFolder)
  }

  /// The names in a folder, and what readdir tells of each (DT_DIR, …).
  /// - Throws: `TensorError` when it cannot be read.
  static func entries(of path: String) throws -> [(name: String, type: UInt8)] {
    guard let folder = opendir(path) else {
      throw TensorError("runs", "'\(path)' cannot be read: \(reason(errno))")
    }
    defer { closedir(folder) }
    var entries: [(name: String, type: UInt8)] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { entries.append((name, entry.pointee.d_type)) }
    }
    return entries
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
