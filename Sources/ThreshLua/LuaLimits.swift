// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// What one call of the host's into Lua may take. When it is reached the call ends with a
/// ``LuaError`` of the kind `limit`, whatever the script catches; the session stays usable.
///
/// Not stopped: finalisers, message handlers of `xpcall` (but in a sandbox), and single operations in
/// C such as matching a pattern; those end first, unless `endsProcess` is set.
public struct LuaLimits: Sendable {
  /// Seconds of wall-clock time; nil for no limit. Kept by a timer, at no cost while Lua runs.
  public var seconds: Double?
  /// Instructions of Lua's machine, to the nearest hundred; nil for no limit. Counting them takes
  /// about as long as running them.
  public var instructions: Int?
  /// Whether the process ends with status 124 when the call has not stopped two seconds after its
  /// time was over.
  public var endsProcess: Bool

  public init(seconds: Double? = nil, instructions: Int? = nil, endsProcess: Bool = false) {
    self.seconds = seconds
    self.instructions = instructions
    self.endsProcess = endsProcess
  }
}

extension LuaSession {
  /// Sets the limits of the calls that follow. The time limit takes one of the process's real-time
  /// signals that has no handler.
  public func setLimits(_ limits: LuaLimits) {
    thresh_session_set_limits(
      handle,
      thresh_limits(
        seconds: limits.seconds ?? 0, instructions: Int64(limits.instructions ?? 0),
        ends_process: limits.endsProcess))
  }
}
