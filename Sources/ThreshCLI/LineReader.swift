// SPDX-License-Identifier: Apache-2.0
import CLineEditor
import FoundationEssentials
@preconcurrency import Glibc

/// Where the prompt's lines come from: a terminal with editing, or plain standard input.
struct LineReader {
  enum Line {
    case text(String)
    case interrupted
    case end
  }

  let editing: Bool
  private var history: History?

  /// What Tab asks: the text up to the cursor, answered with candidates and the byte they begin at.
  nonisolated(unsafe) static var completer: ((String) -> (start: Int, candidates: [String]))?

  init() {
    editing = Console.inputIsTerminal
    guard editing else { return }
    thresh_line_open("thresh")
    thresh_line_set_completer { text, start in
      guard let text, let start, let answer = LineReader.completer?(String(cString: text)),
        !answer.candidates.isEmpty
      else { return nil }
      start.pointee = Int32(answer.start)
      // C frees it all.
      guard
        let memory = calloc(
          answer.candidates.count + 1, MemoryLayout<UnsafeMutablePointer<CChar>?>.stride)
      else { return nil }
      let list = memory.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
      for (i, candidate) in answer.candidates.enumerated() { list[i] = strdup(candidate) }
      return list
    }
    history = History(environment: ProcessInfo.processInfo.environment)
  }

  /// Reads a line. A pipe sees no prompt unless a script has set one.
  func read(prompt: String, promptIsSet: Bool) -> Line {
    fflush(stdout)
    guard editing else {
      if promptIsSet {
        Console.write(prompt.utf8, to: stdout)
        fflush(stdout)
      }
      return Console.readPlainLine().map { .text($0.text) } ?? .end
    }
    var line: UnsafeMutablePointer<CChar>?
    switch thresh_line_read(prompt, &line) {
    case THRESH_LINE_INTERRUPTED: return .interrupted
    case THRESH_LINE_READ:
      guard let line else { return .end }
      defer { free(line) }
      return .text(String(cString: line))
    default:
      Console.print("")
      return .end
    }
  }

  mutating func remember(_ entry: String) { history?.append(entry) }
}
