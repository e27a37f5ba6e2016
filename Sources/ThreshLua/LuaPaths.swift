// SPDX-License-Identifier: Apache-2.0
private func refusal(_ name: String) -> LuaError {
  LuaError("'\(name)' is the name of a file or folder, and a sandboxed session has none")
}

extension LuaCall {
  /// The name of a file or folder. Every binding takes such names through here, so that none works
  /// in a sandbox.
  public func path(_ i: Int, _ name: String) throws -> String {
    let path = try string(i, name)
    if try session.isSandboxed { throw refusal(name) }
    return path
  }
}

extension LuaOptions {
  /// An option that names a file or folder; refused in a sandbox.
  public func path(_ name: String) throws -> String? {
    guard let path = try string(name) else { return nil }
    if session?.isSandboxed ?? true { throw refusal(name) }
    return path
  }
}
