// SPDX-License-Identifier: Apache-2.0
import ThreshKit

/// The interactive prompt: read, run once, show.
struct Prompt {
  let session: LuaSession
  let display: Display
  let interpreter: Interpreter
  /// What stands before the prompt's sign: the place of a breakpoint.
  var place = ""

  /// Lines that one entry may have.
  static let maxLines = 10_000
  /// Entries that take longer are told how long they took.
  static let noticedSeconds = 1.0

  init(session: LuaSession, display: Display) throws {
    self.session = session
    self.display = display
    interpreter = try Interpreter(session)
  }

  /// The prompt that the command line asks for.
  func run(startupFile: Bool) throws {
    try interpreter.open()
    if startupFile, let path = try interpreter.startupFile() {
      do { try session.call(session.load(file: LuaString(path))) } catch { display.report(error) }
    }
    var reader = LineReader()
    loop(&reader)
  }

  /// Reads and runs entries until there are no more.
  func loop(_ reader: inout LineReader) {
    // It holds the session, which must close when its owner lets go of it.
    defer { LineReader.completer = nil }
    while true {
      switch readEntry(&reader) {
      case .entry(let text):
        reader.remember(text)
        evaluate(text)
      case .command(let text, let outcome):
        reader.remember(text)
        if case .leave = outcome { return }
        if case .text(let answer) = outcome, !answer.isEmpty { Console.print(answer) }
      case .invalid(let text, let error):
        reader.remember(text)
        display.report(error)
      case .abandoned: continue
      case .end: return
      }
    }
  }

  private enum Entry {
    case entry(String)
    case command(String, Interpreter.Outcome)
    case invalid(String, any Error)
    case abandoned
    case end
  }

  /// Reads lines until they are a whole chunk, or wrong.
  private func readEntry(_ reader: inout LineReader) -> Entry {
    var lines: [String] = []
    while true {
      let (prompt, isSet) = promptText(first: lines.isEmpty)
      let before = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
      LineReader.completer = { complete(before, $0) }
      switch reader.read(prompt: prompt, promptIsSet: isSet) {
      case .interrupted: return .abandoned
      case .end:
        if lines.isEmpty { return .end }
        return check(lines.joined(separator: "\n"), mayGrow: false) ?? .abandoned
      case .text(let line):
        // As in lua(1), `=x` shows x.
        let line = Self.withoutPrompts(line)
        lines.append(lines.isEmpty && line.hasPrefix("=") ? "return " + line.dropFirst() : line)
        let text = lines.joined(separator: "\n")
        if text.allSatisfy({ $0.isWhitespace }) { return .abandoned }
        if lines.count == 1, let outcome = command(text) { return outcome }
        if let entry = check(text, mayGrow: lines.count < Self.maxLines) { return entry }
      }
    }
  }

  private func command(_ text: String) -> Entry? {
    do {
      return try interpreter.command(text).map { .command(text, $0) }
    } catch {
      return .invalid(text, error)
    }
  }

  /// Whether text is a whole entry. Nil when more lines are needed.
  private func check(_ text: String, mayGrow: Bool) -> Entry? {
    switch interpreter.completeness(of: text) {
    case .complete: .entry(text)
    case .incomplete where mayGrow: nil
    case .incomplete(let error), .invalid(let error): .invalid(text, error)
    }
  }

  private func evaluate(_ text: String) {
    let began = Console.seconds
    do {
      switch try interpreter.run(text) {
      case .values(let values): if !Self.isMuted(text) { display.show(values) }
      case .failure(let message, let traceback):
        display.report(message: message, traceback: traceback, entry: text)
      default: break
      }
    } catch {
      display.report(error)
      session.callLoaded("thresh.runs.run", "end_cells")
    }
    let seconds = Console.seconds - began
    if Console.outputIsTerminal, seconds >= Self.noticedSeconds {
      Console.print(Console.colour(.faint, "(\(Self.duration(seconds)))"))
    }
  }

  private static func duration(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    if seconds < 60 { return "\(tenths / 10).\(tenths % 10) s" }
    return "\(tenths / 600) min \(tenths / 10 % 60) s"
  }

  /// Candidates for what stands before the cursor; `before` are the entry's earlier lines.
  private func complete(_ before: String, _ line: String) -> (start: Int, candidates: [String]) {
    guard let found = try? interpreter.complete(before + line) else { return (0, []) }
    return (max(0, found.start - before.utf8.count), found.candidates.map(\.text))
  }

  /// The text before a line, and whether a script chose it: `_PROMPT` and `_PROMPT2`, as in lua(1).
  private func promptText(first: Bool) -> (String, Bool) {
    let name = first ? "_PROMPT" : "_PROMPT2"
    if let value = try? session.global(name), !value.isNil,
      let text = try? session.describe(value)
    {
      return (text.text, true)
    }
    let sign = place.isEmpty ? "th> " : "\(place)> "
    let text = first ? sign : String(repeating: ".", count: max(2, sign.count - 2)) + "> "
    return (Console.prompt(text), false)
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
