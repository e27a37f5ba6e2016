// SPDX-License-Identifier: Apache-2.0
import CLineEditor
import FoundationEssentials
import Glibc

/// The prompt's history: a file that grows after each entry, so that no crash loses one.
///
/// Entries are kept as bash keeps them, a `#<seconds>` line before each, so that an entry may have
/// several lines.
struct History {
  /// Entries that are kept.
  static let limit: Int32 = 10_000
  /// Longer entries stay out of the file.
  static let maxEntryBytes = 100_000

  let path: String?
  private var last = ""

  init(environment: [String: String]) {
    path = Self.path(environment)
    guard let path else { return }
    if Self.makeFolder(of: path) { _ = thresh_line_load_history(path, Self.limit) }
  }

  /// `THRESH_HISTORY`, else `thresh/history` in the user's folder for state; nil for none.
  static func path(_ environment: [String: String]) -> String? {
    if let path = environment["THRESH_HISTORY"] { return path.isEmpty ? nil : path }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/thresh/history"
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return home + "/.local/state/thresh/history"
  }

  /// Makes the folders above a path. Whether they are there.
  private static func makeFolder(of path: String) -> Bool {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      if mkdir(folder, 0o700) != 0, errno != EEXIST { return false }
    }
    return true
  }

  /// Adds an entry to memory and to the file, unless it repeats the one before.
  mutating func append(_ entry: String) {
    guard !entry.allSatisfy({ $0.isWhitespace }), entry != last else { return }
    last = entry
    thresh_line_add_history(entry)
    guard let path, entry.utf8.count <= Self.maxEntryBytes, !entry.utf8.contains(0) else { return }
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    // One write, so that entries of two sessions do not mix.
    let bytes = Array("#\(time(nil))\n\(entry)\n".utf8)
    _ = write(file, bytes, bytes.count)
  }
}
