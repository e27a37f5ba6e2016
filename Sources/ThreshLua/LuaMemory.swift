// SPDX-License-Identifier: Apache-2.0
import CLuaShim
import FoundationEssentials
import Glibc

/// What a session's budget is made of, in bytes.
public struct LuaMemory: Sendable {
  /// Held by Lua's own values.
  public var lua: Int
  /// Held by native storage, as the host's hook reports it.
  public var native: Int
  /// Budget of both; 0 for none.
  public var limit: Int

  /// 80 % of the machine's memory, or of the control group's limit when that is less.
  public static let defaultLimit = available() / 10 * 8

  /// Bytes that this process may use: physical memory or the tightest control group's limit.
  public static func available() -> Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let physical =
      pages > 0 ? pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE))) : (0, true)
    return controlGroupLimits().reduce(physical.1 ? .max : physical.0, min)
  }

  /// Limits of the process's control group (version 2) and of the groups above it.
  private static func controlGroupLimits() -> [Int] {
    guard let membership = text("/proc/self/cgroup") else { return [] }
    var limits: [Int] = []
    for line in membership.split(separator: "\n") where line.hasPrefix("0::") {
      var path = String(line.dropFirst(3))
      while true {
        let file = "/sys/fs/cgroup\(path == "/" ? "" : path)/memory.max"
        if let limit = text(file).flatMap({ Int($0.prefix { $0.isNumber }) }) {
          limits.append(limit)
        }
        guard path != "/", let slash = path.lastIndex(of: "/") else { break }
        path = slash == path.startIndex ? "/" : String(path[..<slash])
      }
    }
    if let limit = text("/sys/fs/cgroup/memory/memory.limit_in_bytes").flatMap({
      Int($0.prefix { $0.isNumber })
    }) {
      limits.append(limit)
    }
    return limits.filter { $0 > 0 }
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

extension LuaSession {
  /// Memory in use and its limit.
  public var memory: LuaMemory {
    LuaMemory(
      lua: thresh_session_lua_bytes(handle), native: thresh_session_native_bytes(handle),
      limit: thresh_session_limit(handle))
  }

  /// Changes the budget; 0 lifts it.
  public func setMemoryLimit(_ bytes: Int) { thresh_session_set_limit(handle, max(0, bytes)) }

  /// Tells Lua's collector of native storage: `bytes` is asked after each call and must be cheap
  /// and callable from any thread. The collector makes a step for each megabyte gained, and
  /// collects everything at twice what survived last or near the budget.
  public func setNativeMemory(bytes: @escaping @convention(c) () -> Int) {
    thresh_session_set_native(handle, bytes)
  }

  /// Collects all garbage. Throws when called while an object is being freed.
  public func collectGarbage() throws { _ = try builtin(THRESH_COLLECT, []) }

  /// Reads the bytes that Lua holds from any thread; it outlives the session.
  public var meter: LuaMemoryMeter { LuaMemoryMeter(handle) }
}

/// Reads what Lua holds, from any thread, for a budget shared with native storage.
public final class LuaMemoryMeter: Sendable {
  private nonisolated(unsafe) let handle: OpaquePointer

  init(_ handle: OpaquePointer) {
    self.handle = handle
    thresh_session_retain(handle)
  }

  deinit { thresh_session_release(handle) }

  /// Bytes that Lua's values hold now.
  public var luaBytes: Int { thresh_session_lua_bytes(handle) }
}
