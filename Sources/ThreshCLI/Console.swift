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
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Seconds of a clock that only goes forward.
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  enum Colour: String {
    case error = "31"
    case faint = "2"
    case sign = "1;32"
  }

  /// Whether to write in colour: at a terminal that can, unless NO_COLOR is set (no-color.org).
  static func hasColours(_ descriptor: Int32) -> Bool {
    guard isatty(descriptor) == 1, let terminal = getenv("TERM") else { return false }
    let refusal = getenv("NO_COLOR")
    return String(cString: terminal) != "dumb" && (refusal.map { $0.pointee == 0 } ?? true)
  }

  static func colour(_ colour: Colour, _ text: String, of descriptor: Int32 = STDOUT_FILENO)
    -> String
  {
    hasColours(descriptor) ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// A prompt in colour; the line editor is told which bytes take no room.
  static func prompt(_ text: String) -> String {
    guard hasColours(STDOUT_FILENO), inputIsTerminal else { return text }
    let sign = text.dropLast()
    return "\u{1}\u{1b}[\(Colour.sign.rawValue)m\u{2}\(sign)\u{1}\u{1b}[0m\u{2} "
  }

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
