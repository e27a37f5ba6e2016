// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
@preconcurrency import Glibc
import ThreshLua

/// Writing to the terminal and to pipes, through C's streams, which Lua writes to as well.
enum Console {
  static func write(_ bytes: some Collection<UInt8>, to stream: UnsafeMutablePointer<FILE>) {
    let bytes = Array(bytes)
    fwrite(bytes, 1, bytes.count, stream)
  }

  static func print(_ text: String) {
    write((text + "\n").utf8, to: stdout)
    fflush(stdout)
  }

  /// Writes a line to standard error, after what standard output still holds.
  static func complain(_ text: String) {
    fflush(stdout)
    write((text + "\n").utf8, to: stderr)
    fflush(stderr)
  }

  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// The environment variable's bytes, when it is set.
  static func environment(_ name: String) -> LuaString? {
    guard let value = getenv(name) else { return nil }
    return LuaString(bytes: Array(UnsafeRawBufferPointer(start: value, count: strlen(value))))
  }

  /// Reads a line from standard input without its newline; nil at the end.
  static func readPlainLine() -> LuaString? {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    let count = getline(&buffer, &capacity, stdin)
    guard count >= 0, let buffer else { return nil }
    var bytes = Array(UnsafeRawBufferPointer(start: buffer, count: count))
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return LuaString(bytes: bytes)
  }
}
