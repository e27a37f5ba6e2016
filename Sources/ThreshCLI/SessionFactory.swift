// SPDX-License-Identifier: Apache-2.0
import ThreshKit

/// Makes the session that the command line asks for: the one place that knows which it is.
enum SessionFactory {
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
    return session.lua
  }
}
