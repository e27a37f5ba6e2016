// SPDX-License-Identifier: Apache-2.0
import CStdlib
import FoundationEssentials
import ThreshBindings
import ThreshTensor

@_exported import ThreshLua

/// USR1 and TERM as requests to scripts that watch for them; see `th.signals`.
public typealias RunSignals = ThreshBindings.RunSignals

/// A Lua session with the tensor core, the models, the selectors and the standard library in it.
///
/// ```swift
/// let session = try Session()
/// try session.run("local th = require 'thresh'; print(th.ones(2, 2):sum())")
/// ```
public final class Session {
  /// The interpreter below: globals, calls, interrupts.
  public let lua: LuaSession

  /// The version of the product.
  public static let version = threshVersion

  public struct Options {
    /// Bytes that Lua and tensors may take together; 0 for no limit.
    public var memoryLimit = LuaMemory.defaultLimit
    /// Whether Lua's own environment variables (`LUA_PATH`, …) are ignored.
    public var ignoreEnvironment = false
    /// The seed of random numbers that are drawn without one of their own.
    public var seed: UInt64 = 0
    /// Threads of the tensor engine, shared by all sessions; nil leaves them as they are.
    public var threads: Int?

    public init() {}
  }

  /// Opens a session. Throws when memory is short or the standard library is broken.
  public init(_ options: Options = Options()) throws {
    lua = try LuaSession(
      LuaSession.Options(
        memoryLimit: options.memoryLimit, ignoreEnvironment: options.ignoreEnvironment))
    if let threads = options.threads { Workers.threadCount = threads }
    let meter = lua.meter
    MemoryPool.shared.setLimit(
      options.memoryLimit > 0 ? options.memoryLimit : Int.max, others: { meter.luaBytes })
    lua.setNativeMemory { MemoryPool.shared.footprint }
    try Bindings.install(in: lua, seed: options.seed)
    try installStandardLibrary()
  }

  /// Runs Lua text. Throws `LuaError`.
  @discardableResult
  public func run(_ source: String, name: String = "=session", arguments: [LuaValue] = []) throws
    -> [LuaValue]
  {
    try lua.run(source, name: name, arguments: arguments)
  }

  /// Makes a Swift function a global of Lua.
  public func register(_ name: String, _ body: @escaping (LuaCall) throws -> LuaResult) throws {
    try lua.setGlobal(name, try lua.registerFunction(path: name, body))
  }

  /// The standard library comes from the binary; THRESH_STDLIB names a folder to use instead, for
  /// those who work on it. `require "thresh.embedded"` gives a function that reads its texts.
  private func installStandardLibrary() throws {
    if let folder = ProcessInfo.processInfo.environment["THRESH_STDLIB"] {
      try lua.run(
        """
        local d = ...
        package.path = d .. '/?.lua;' .. d .. '/?/init.lua;' .. package.path
        package.loaded['thresh.embedded'] = function(name)
          local path = package.searchpath(name, d .. '/?.lua;' .. d .. '/?/init.lua')
          local file = path and io.open(path)
          if not file then return nil end
          local text = file:read 'a'
          file:close()
          return text
        end
        """,
        name: "=stdlib", arguments: [.string(folder)])
      return
    }
    // The text of a module, or nil: what help() reads.
    let text = try lua.registerFunction(path: "embedded") { call in
      let file = thresh_stdlib_find(try call.string(1, "module"))
      guard let text = file.text else { return .one(.nil) }
      return .string(String(cString: text))
    }
    try lua.run(
      "package.loaded['thresh.embedded'] = ...", name: "=stdlib", arguments: [text])
    for i in 0..<thresh_stdlib_count() {
      let file = thresh_stdlib_at(i)
      let name = String(cString: file.name)
      guard !name.hasPrefix("meta.") else { continue }
      try lua.preload(module: name, source: String(cString: file.text))
    }
  }
}
