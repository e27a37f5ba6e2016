// SPDX-License-Identifier: Apache-2.0
/// Throws where a name of a file or folder cannot be used: in a sandbox, and when it holds a zero
/// byte, at which the system would take it to end.
private func check(_ path: String, _ name: String, isSandboxed: Bool) throws {
  if isSandboxed {
    throw LuaError("'\(name)' is the name of a file or folder, and a sandboxed session has none")
  }
  if path.utf8.contains(0) {
    throw LuaError("'\(name)' is the name of a file or folder, which cannot hold a zero byte")
  }
}

extension LuaCall {
  /// The name of a file or folder. Every binding takes such names through here, so that none works
  /// in a sandbox.
  public func path(_ i: Int, _ name: String) throws -> String {
    let path = try string(i, name)
    try check(path, name, isSandboxed: session.isSandboxed)
    return path
  }
}

extension LuaOptions {
  /// An option that names a file or folder; refused in a sandbox.
  public func path(_ name: String) throws -> String? {
    guard let path = try string(name) else { return nil }
    try check(path, name, isSandboxed: session?.isSandboxed ?? true)
    return path
  }
}
