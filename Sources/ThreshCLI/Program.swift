// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshKit

/// One run of the command: flags, then script, command or prompt.
struct Program {
  let arguments: Arguments
  let session: LuaSession
  let display: Display

  /// Runs the command line; the exit status.
  static func run(_ words: [LuaString]) -> Int32 {
    let arguments: Arguments
    do {
      arguments = try Arguments(words)
    } catch {
      let message = (error as? Arguments.Failure)?.message ?? "\(error)"
      Console.complain("thresh: \(message)\n\(Usage.short)")
      return EXIT_FAILURE
    }
    if arguments.help {
      Console.print(Usage.help)
      return EXIT_SUCCESS
    }
    if arguments.version { Console.print(Usage.banner) }
    if arguments.settings.isSandboxed, arguments.interactive || arguments.wantsPrompt {
      Console.complain("thresh: '--sandbox' is for scripts: it has no prompt")
      return EXIT_FAILURE
    }
    do {
      let session = try SessionFactory.make(
        arguments.settings, ignoreEnvironment: arguments.ignoreEnvironment)
      let program = Program(
        arguments: arguments, session: session, display: Display(session: session))
      return program.run()
    } catch {
      Console.complain("thresh: \(error)")
      return EXIT_FAILURE
    }
  }

  private func run() -> Int32 {
    session.handleInterrupts()
    RunSignals.allow(true)
    do {
      try setArgumentTable()
      if !arguments.ignoreEnvironment, !session.isSandboxed { try runInitialisation() }
      for step in arguments.steps { try run(step) }
      let status = try runScript()
      if arguments.interactive {
        try prompt()
        return EXIT_SUCCESS
      }
      return status
    } catch {
      display.report(error, prefix: "thresh: ")
      let error = error as? LuaError ?? LuaError("\(error)")
      endRuns(failed: error.kind == .interrupted || RunSignals.terminated ? nil : error)
      if RunSignals.terminated { return terminatedStatus }
      switch error.kind {
      case .interrupted: return interruptedStatus
      case .limit: return timedOutStatus
      default: return EXIT_FAILURE
      }
    }
  }

  /// Ends what the script has begun with `th.runs` and left without an end.
  private func endRuns(failed error: LuaError?) {
    let problem = error.map { error in
      LuaValue.table(
        LuaTable([
          "message": .string(LuaString(display.message(of: error))),
          "traceback": error.traceback.map { .string(LuaString($0)) } ?? .nil,
        ]))
    }
    session.callLoaded("thresh.runs.run", "end_all", [problem ?? .nil])
  }

  /// The prompt, which undefined globals are errors at.
  private func prompt() throws {
    RunSignals.allow(false)
    try makeStrict(nil)
    try Prompt(session: session, display: display).run(startupFile: !arguments.ignoreEnvironment)
  }

  /// Makes reading an undefined global an error, in the script at `path` and in entries. A sandbox
  /// lacks `debug`, which tells the script from the modules it loads.
  private func makeStrict(_ path: String?) throws {
    if session.isSandboxed { return }
    guard case .table(let strict) = try session.require("thresh.strict"),
      case .function(let on) = try strict.get("on")
    else { return }
    try session.call(on, path.map { [.string(LuaString($0))] } ?? [])
  }

  /// As a shell reports a process that Ctrl-C ended, and one that TERM did.
  private var interruptedStatus: Int32 { 128 + SIGINT }
  private var terminatedStatus: Int32 { 128 + SIGTERM }

  /// As timeout(1) reports a process that it ended.
  private var timedOutStatus: Int32 { 124 }

  /// `arg`: the script at 0, its arguments from 1, what stood before it below 0.
  private func setArgumentTable() throws {
    let script = arguments.script == arguments.all.count ? 0 : arguments.script
    let fields = arguments.all.enumerated().map { index, word in
      (key: LuaValue.integer(index - script), value: LuaValue.string(word))
    }
    try session.setGlobal("arg", .table(LuaTable(fields: fields)))
  }

  private func runInitialisation() throws {
    for name in ["LUA_INIT_5_4", "LUA_INIT"] {
      guard let text = Console.environment(name) else { continue }
      if text.bytes.first == UInt8(ascii: "@") {
        let path = LuaString(bytes: Array(text.bytes.dropFirst()))
        try session.call(session.load(file: path))
      } else {
        try session.run(text, name: "=\(name)")
      }
      return
    }
  }

  private func run(_ step: Arguments.Step) throws {
    switch step {
    case .warnings: try session.enableWarnings()
    case .evaluate(let text): try session.run(text, name: "=(command line)")
    case .require(let text): try require(text.text)
    }
  }

  /// `-l name`, `-l global=name`, and `-l name-suffix`, whose global has no suffix.
  private func require(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let module = String(parts.last ?? "")
    var global = String(parts.first ?? "")
    if parts.count == 1, let mark = global.firstIndex(of: "-") { global = String(global[..<mark]) }
    try session.setGlobal(global, session.require(module))
  }

  private func runScript() throws -> Int32 {
    guard arguments.script < arguments.all.count else {
      let idle = arguments.isIdle
      if arguments.wantsPrompt {
        Console.print(Usage.banner)
        try prompt()
      } else if idle {
        try session.call(session.load(file: nil))
      }
      return EXIT_SUCCESS
    }
    let name = arguments.all[arguments.script]
    if Usage.commands.contains(name.text) { return try runCommand(name.text) }
    let script = try session.load(file: arguments.scriptIsStandardInput ? nil : name)
    try makeStrict(arguments.scriptIsStandardInput ? nil : name.text)
    try session.call(script, scriptArguments())
    return EXIT_SUCCESS
  }

  /// A command's module returns a function of the command's words; an integer that it returns is
  /// the exit status.
  private func runCommand(_ name: String) throws -> Int32 {
    guard case .function(let body) = try session.require("thresh.cmd.\(name)") else {
      throw LuaError("module 'thresh.cmd.\(name)' must return a function")
    }
    guard case .integer(let status)? = try session.call(body, scriptArguments()).first else {
      return EXIT_SUCCESS
    }
    return Int32(truncatingIfNeeded: status & 0xff)
  }

  /// What a script gets as `...`: `arg[1]` and so on, as initialisation code has left them.
  private func scriptArguments() throws -> [LuaValue] {
    guard case .table(let table) = try session.global("arg") else {
      throw LuaError("'arg' is not a table")
    }
    return try table.contents().array
  }
}
