// SPDX-License-Identifier: Apache-2.0
import ThreshLua

/// The interactive prompt: read, run once, show.
struct Prompt {
  let session: LuaSession
  let display: Display

  /// Lines that one entry may have.
  static let maxLines = 10_000

  func run() {
    // `th` and its namespaces as globals.
    do { _ = try session.require("thresh.prompt") } catch { display.report(error) }
    var reader = LineReader()
    while true {
      switch readEntry(&reader) {
      case .entry(let text, let chunk):
        reader.remember(text)
        evaluate(text, chunk)
      case .invalid(let text, let error):
        reader.remember(text)
        display.report(error)
      case .abandoned: continue
      case .end: return
      }
    }
  }

  private enum Entry {
    case entry(String, LuaFunction)
    case invalid(String, LuaError)
    case abandoned
    case end
  }

  /// Reads lines until they are a whole chunk, or wrong.
  private func readEntry(_ reader: inout LineReader) -> Entry {
    var lines: [String] = []
    while true {
      let (prompt, isSet) = promptText(first: lines.isEmpty)
      switch reader.read(prompt: prompt, promptIsSet: isSet) {
      case .interrupted: return .abandoned
      case .end:
        if lines.isEmpty { return .end }
        return compile(lines.joined(separator: "\n"), mayGrow: false) ?? .abandoned
      case .text(let line):
        lines.append(Self.withoutPrompts(line))
        let text = lines.joined(separator: "\n")
        if text.allSatisfy({ $0.isWhitespace }) { return .abandoned }
        if let entry = compile(text, mayGrow: lines.count < Self.maxLines) { return entry }
      }
    }
  }

  /// Compiles text as an expression, else as statements. Nil when more lines are needed.
  private func compile(_ text: String, mayGrow: Bool) -> Entry? {
    let asExpression = session.completeness(of: "return " + text, name: "=stdin")
    if case .complete(let chunk) = asExpression { return .entry(text, chunk) }
    let asStatement = session.completeness(of: text, name: "=stdin")
    switch (asExpression, asStatement) {
    case (_, .complete(let chunk)): return .entry(text, chunk)
    case (.incomplete, _) where mayGrow, (_, .incomplete) where mayGrow: return nil
    case (_, .invalid(let error)), (_, .incomplete(let error)): return .invalid(text, error)
    }
  }

  private func evaluate(_ text: String, _ chunk: LuaFunction) {
    do {
      let results = try session.call(chunk)
      guard let first = results.first else { return }
      try session.setGlobal("_", first)
      if !Self.isMuted(text) { display.show(results) }
    } catch {
      display.report(error)
    }
  }

  /// The text before a line, and whether a script chose it: `_PROMPT` and `_PROMPT2`, as in lua(1).
  private func promptText(first: Bool) -> (String, Bool) {
    let name = first ? "_PROMPT" : "_PROMPT2"
    if let value = try? session.global(name), !value.isNil,
      let text = try? session.describe(value)
    {
      return (text.text, true)
    }
    return (first ? "th> " : "..> ", false)
  }

  /// A semicolon at the end asks for silence.
  static func isMuted(_ text: String) -> Bool {
    text.last { !$0.isWhitespace } == ";"
  }

  /// Drops prompts that were pasted along with the lines.
  static func withoutPrompts(_ text: String) -> String {
    guard text.contains("th> ") || text.contains("..> ") else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("th> ") || line.hasPrefix("..> ") ? line.dropFirst(4) : line
    }.joined(separator: "\n")
  }
}
