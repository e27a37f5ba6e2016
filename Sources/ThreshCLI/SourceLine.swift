// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The line of source that an error message names, to be shown below it.
struct SourceLine {
  /// `    12 | local x = nil + 1`
  let text: String

  /// Looks for `file:12:` at the message's start. An entry of one line is not shown again.
  init?(in message: String, entry: String?) {
    let first = message.hasPrefix("thresh: ") ? message.dropFirst("thresh: ".count) : message[...]
    let parts = first.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int(parts[1]), number > 0 else { return nil }
    let source: String
    if parts[0] == "stdin" {
      guard let entry, entry.contains("\n") else { return nil }
      source = entry
    } else {
      // Files that are read to be shown are short.
      guard !parts[0].isEmpty, parts[0].utf8.count < 4096,
        let data = FileManager.default.contents(atPath: String(parts[0])), data.count < 1 << 20
      else { return nil }
      source = String(decoding: data, as: UTF8.self)
    }
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    guard number <= lines.count else { return nil }
    let line = lines[number - 1].drop { $0 == " " || $0 == "\t" }
    guard !line.isEmpty, line.utf8.count <= 200 else { return nil }
    text = "    \(number) | \(line)"
  }
}
