// SPDX-License-Identifier: Apache-2.0

/// A session as a prompt or a notebook kernel drives it: entries are checked, run and completed; what a word
/// means is looked up.
///
/// The work is done by the Lua module `thresh.prompt`; this is the one door to it.
public final class Interpreter {
  public let session: LuaSession
  private let module: LuaTable

  /// What an entry came to.
  public enum Outcome {
    /// Its results, nils included.
    case values([LuaValue])
    /// What went wrong, and the frames that it went through.
    case failure(message: String, traceback: String?)
    /// The text that a command asked for, such as `?x`.
    case text(String)
    /// The user wants to leave.
    case leave
  }

  /// What can stand at a place.
  public struct Completion {
    /// The byte of the text from which it is replaced.
    public var start: Int
    public var candidates: [(text: String, kind: String)]
  }

  /// Opens the interpreter: `th` and its namespaces become globals.
  public init(_ session: LuaSession) throws {
    self.session = session
    guard case .table(let module) = try session.require("thresh.prompt") else {
      throw LuaError("module 'thresh.prompt' must return a table")
    }
    self.module = module
  }

  @discardableResult
  private func call(_ name: String, _ arguments: [LuaValue] = []) throws -> [LuaValue] {
    guard case .function(let function) = try module.get(name) else {
      throw LuaError("module 'thresh.prompt' has no '\(name)'")
    }
    return try session.call(function, arguments)
  }

  /// Opens a scope of locals for the entries to come; `close` ends it.
  public func open() throws { try call("open") }
  public func close() throws { try call("close") }

  /// Whether a text is a whole entry: an expression, statements or a command.
  public func completeness(of text: String) -> LuaCompleteness {
    let asExpression = session.completeness(of: "return " + text, name: "=stdin")
    if case .complete = asExpression { return asExpression }
    let asStatement = session.completeness(of: text, name: "=stdin")
    if case .complete = asStatement { return asStatement }
    if case .incomplete = asExpression { return asExpression }
    return asStatement
  }

  /// Runs an entry, once. Throws ``ThreshLua/LuaError`` for an interrupt and when memory is short.
  public func run(_ text: String) throws -> Outcome {
    let values = try call("run", [.string(LuaString(text))])
    guard case .boolean(true)? = values.first else {
      return .failure(
        message: values.dropFirst().first?.text ?? "error",
        traceback: values.dropFirst(2).first?.text)
    }
    return .values(Array(values.dropFirst()))
  }

  /// What an entry that is no Lua asks for, such as `?x`, `:locals` and `!ls`; nil for Lua.
  public func command(_ text: String) throws -> Outcome? {
    let trimmed = text.drop { $0 == " " || $0 == "\t" }
    guard let first = trimmed.first, ":?!".contains(first) || text.last == "?" else { return nil }
    let values = try call("command", [.string(LuaString(text))])
    guard let answer = values.first, !answer.isNil else { return nil }
    if case .boolean(true)? = values.dropFirst().first { return .leave }
    return .text(answer.text ?? "")
  }

  /// What can stand at the end of a text. Runs nothing of the user's and ends within 50 ms.
  public func complete(_ text: String) throws -> Completion {
    guard case .table(let answer)? = try call("complete", [.string(LuaString(text))]).first,
      case .integer(let start) = try answer.get("start"),
      case .table(let list) = try answer.get("candidates")
    else { return Completion(start: text.utf8.count, candidates: []) }
    let candidates = try list.contents().array.compactMap { item -> (text: String, kind: String)? in
      guard case .table(let candidate) = item, let text = try candidate.get("text").text else {
        return nil
      }
      return (text, try candidate.get("kind").text ?? "")
    }
    return Completion(start: Int(start) - 1, candidates: candidates)
  }

  /// What is known of the value whose name ends a text.
  public func inspect(_ text: String) throws -> String? {
    try call("inspect", [.string(LuaString(text))]).first?.text
  }

  /// The user's startup file, if there is one.
  public func startupFile() throws -> String? { try call("startup_file").first?.text }

  /// Stops what runs; for the session's own thread and signal handlers on it.
  public func interrupt() { session.interrupt() }
}
