// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshLua

/// How values and errors are shown to the user. `print` stays Lua's own.
struct Display {
  let session: LuaSession

  /// Shows results, nils included: on one line, or each on its own when one has several lines.
  func show(_ values: [LuaValue]) {
    if values.isEmpty { return }
    let texts = values.map(text)
    let separator = texts.contains { $0.contains("\n") } ? "\n" : "\t"
    Console.print(texts.joined(separator: separator))
  }

  /// Strings are quoted and tables inspected, so that a value looks like what would make it.
  func text(_ value: LuaValue) -> String {
    switch value {
    case .nil: return "nil"
    case .boolean(let flag): return flag ? "true" : "false"
    case .string(let string): return Self.quoted(string)
    case .table(let table): return inspected(table)
    default: return described(value)
    }
  }

  private func described(_ value: LuaValue) -> String {
    do {
      return try session.describe(value).text
    } catch {
      return "(\(value.typeName): \(error))"
    }
  }

  private func inspected(_ table: LuaTable) -> String {
    do {
      var inspect = try session.require("thresh.inspect")
      if case .table(let module) = inspect { inspect = try module.get("inspect") }
      guard case .function(let function) = inspect else { return described(.table(table)) }
      return try session.call(function, [.table(table)]).first?.text ?? described(.table(table))
    } catch {
      return described(.table(table))
    }
  }

  /// A string as a Lua literal. Text beyond ASCII stays readable.
  static func quoted(_ string: LuaString) -> String {
    var result = "\""
    for scalar in string.text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<" ", "\u{7f}":
        let code = String(scalar.value)
        result += "\\" + String(repeating: "0", count: 3 - code.count) + code
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Tells an error and its traceback on standard error.
  func report(_ error: any Error, prefix: String = "") {
    guard let error = error as? LuaError else {
      Console.complain("\(prefix)\(error)")
      return
    }
    report(message: prefix + message(of: error), traceback: error.traceback, entry: nil)
  }

  /// The text of an error, or the fields of a table that has none.
  func message(of error: LuaError) -> String {
    guard case .table(let table)? = error.value, error.message.hasPrefix("(error object is a")
    else { return error.message }
    return fields(of: table) ?? error.message
  }

  /// Tells a message, the line of source that it names, and the traceback. `entry` is the text at the prompt.
  func report(message: String, traceback: String?, entry: String?) {
    var text = Console.colour(.error, message, of: STDERR_FILENO)
    if let line = SourceLine(in: message, entry: entry) { text += "\n" + line.text }
    if let traceback {
      text += "\n" + Console.colour(.faint, traceback, of: STDERR_FILENO)
    }
    Console.complain(text)
  }

  /// The fields of an error table that does not tell itself: `{code = 3, message = "no"}`.
  private func fields(of table: LuaTable) -> String? {
    guard let contents = try? table.contents() else { return nil }
    var parts = contents.array.map(text)
    parts += contents.fields.map { field in
      (field.key.text ?? "[\(text(field.key))]") + " = " + text(field.value)
    }.sorted()
    return "error {" + parts.joined(separator: ", ") + "}"
  }
}
