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
    AtomicFile.syncFolder(of: path)
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
