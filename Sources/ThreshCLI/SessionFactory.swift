// SPDX-License-Identifier: Apache-2.0
import ThreshLua

/// Makes the session that the command line asks for: the one place that knows which it is.
enum SessionFactory {
  static func make(_ settings: SessionSettings, ignoreEnvironment: Bool) throws -> LuaSession {
    let session = try LuaSession(
      LuaSession.Options(
        memoryLimit: settings.memoryLimit ?? LuaMemory.defaultLimit,
        ignoreEnvironment: ignoreEnvironment))
    if let seed = settings.seed {
      try session.run(
        "math.randomseed(...)", name: "=seed", arguments: [.integer(Int64(bitPattern: seed))])
    }
    return session
  }
}
