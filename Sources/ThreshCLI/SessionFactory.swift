// SPDX-License-Identifier: Apache-2.0
import ThreshKit

/// Makes the session that the command line asks for: the one place that knows which it is.
enum SessionFactory {
  /// `thresh.core.prompt(place)`: the prompt inside a running script, for `th.repl`.
  private static func addBreakpoints(to session: LuaSession) throws {
    let prompt = try session.registerFunction(path: "prompt") { call in
      try call.refuse(behind: 1)
      let session = try call.session
      var prompt = try Prompt(session: session, display: Display(session: session))
      prompt.place = try call.optionalString(1, "place") ?? ""
      var reader = LineReader()
      prompt.loop(&reader)
      return .none
    }
    try session.run(
      "package.loaded['thresh.core'].prompt = ...", name: "=prompt", arguments: [prompt])
  }

  static func make(_ settings: SessionSettings, ignoreEnvironment: Bool) throws -> LuaSession {
    var options = settings.isSandboxed ? Session.Options.sandboxed : Session.Options()
    if let limit = settings.memoryLimit { options.memoryLimit = limit }
    if let seconds = settings.timeLimit { options.timeLimit = seconds > 0 ? seconds : nil }
    options.endsProcess = true
    if ignoreEnvironment { options.ignoreEnvironment = true }
    options.seed = settings.seed ?? 0
    options.threads = settings.threads
    let session = try Session(options)
    if let seed = settings.seed {
      try session.run(
        "math.randomseed(...)", name: "=seed", arguments: [.integer(Int64(bitPattern: seed))])
    }
    if !settings.isSandboxed { try addBreakpoints(to: session.lua) }
    return session.lua
  }
}
