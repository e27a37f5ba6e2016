// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshBindings

@_exported import ThreshLua
@_exported import ThreshTensor

/// USR1 and TERM as requests to scripts that watch for them; see `th.signals`.
public typealias RunSignals = ThreshBindings.RunSignals

/// A Lua session with the tensor core, the models, the selectors and the standard library in it.
///
/// ```swift
/// let session = try Session()
/// try session.register("double") { (x: Double) in 2 * x }
/// try session.set("rate", 0.1)
/// try session.run("local th = require 'thresh'; total = th.ones(2, 2):sum():item() * double(rate)")
/// let total: Double = try session.get("total")
/// ```
///
/// A session is used from one thread at a time. Any number of them may be open in a process; each
/// has its own globals, limits and random numbers. They share the engine's threads and the pool of
/// tensors: the limit of each session counts its own Lua values and the tensors of all. Of sessions
/// that run on several threads at once, the one entered last says how much tensors may take.
public final class Session {
  /// The interpreter below: globals, calls, interrupts.
  public let lua: LuaSession

  private let budget: MemoryBudget

  /// The version of the product.
  public static let version = threshVersion

  public struct Options: Sendable {
    /// Bytes that Lua and tensors may take together; 0 for no limit.
    public var memoryLimit = LuaMemory.defaultLimit
    /// Seconds of wall-clock time that each call of the host may take; nil for no limit.
    public var timeLimit: Double?
    /// Instructions of Lua's machine that each call of the host may take; nil for no limit.
    public var instructionLimit: Int?
    /// Whether the process ends, with status 124, when a call goes on two seconds after its time.
    public var endsProcess = false
    /// Whether scripts see only what cannot touch the world outside: see ``sandboxed``.
    public var isSandboxed = false
    /// Whether Lua's own environment variables (`LUA_PATH`, …) are ignored.
    public var ignoreEnvironment = false
    /// The seed of random numbers that are drawn without one of their own.
    public var seed: UInt64 = 0
    /// Threads of the tensor engine, shared by all sessions; nil leaves them as they are.
    public var threads: Int?

    public init() {}

    /// For scripts that are not trusted: globals and functions of `th` by allow-list, without files,
    /// processes, `debug` and bytecode; 1 GiB for Lua and tensors together; 60 seconds for each call.
    ///
    /// A session is one realm: scripts that must not see each other need a session each. Functions
    /// that the host registers are as safe as the host makes them. Use `endsProcess`, or a process
    /// of its own, where a script must not hold up the host: matching a pattern over megabytes and
    /// decompositions of large matrices cannot be stopped from within.
    public static var sandboxed: Options {
      var options = Options()
      options.isSandboxed = true
      options.memoryLimit = 1 << 30
      options.timeLimit = 60
      options.ignoreEnvironment = true
      return options
    }
  }

  /// Opens a session. Throws when memory is short or the standard library is broken.
  public convenience init(_ options: Options = Options()) throws {
    let lua = try LuaSession(
      LuaSession.Options(
        memoryLimit: options.memoryLimit, ignoreEnvironment: options.ignoreEnvironment,
        isSandboxed: options.isSandboxed))
    try self.init(lua, options)
    lua.setLimits(
      LuaLimits(
        seconds: options.timeLimit, instructions: options.instructionLimit,
        endsProcess: options.endsProcess))
  }

  /// Opens a session in a `lua_State` of another program's, which has called a C function.
  ///
  /// The state keeps its libraries; memory and time are the other program's affair.
  public convenience init(adopting state: UnsafeMutableRawPointer) throws {
    let lua = try LuaSession(adopting: state)
    defer { lua.finishAdoption() }
    var options = Options()
    options.memoryLimit = 0
    try self.init(lua, options)
  }

  private init(_ lua: LuaSession, _ options: Options) throws {
    self.lua = lua
    if let threads = options.threads { Workers.threadCount = threads }
    let meter = lua.meter
    let budget = MemoryBudget(options.memoryLimit) { meter.luaBytes }
    self.budget = budget
    let before = MemoryPool.shared.use(budget)
    // Before the first session there was no budget to go back to.
    defer { if let before { _ = MemoryPool.shared.use(before) } }
    lua.onEntry = {
      let before = MemoryPool.shared.use(budget)
      return { if let before { _ = MemoryPool.shared.use(before) } }
    }
    lua.setNativeMemory { MemoryPool.shared.footprint }
    try Bindings.install(in: lua, seed: options.seed)
    try StandardLibrary.install(in: lua)
  }

  /// Runs Lua text and gives its results. Throws `LuaError`.
  @discardableResult
  public func run(_ source: String, name: String = "=session", arguments: [LuaValue] = []) throws
    -> [LuaValue]
  {
    try lua.run(source, name: name, arguments: arguments)
  }

  /// Makes a Swift function a global of Lua that reads its arguments itself.
  public func register(_ name: String, _ body: @escaping (LuaCall) throws -> LuaResult) throws {
    try lua.setGlobal(name, try lua.registerFunction(path: name, body))
  }

  /// Makes a Swift closure a global of Lua; its arguments are checked and converted.
  public func register<each Argument: LuaConvertible, Result: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Result
  ) throws {
    try lua.register(name, body)
  }

  /// Makes a Swift closure without a result a global of Lua.
  public func register<each Argument: LuaConvertible>(
    _ name: String, _ body: @escaping (repeat each Argument) throws -> Void
  ) throws {
    try lua.register(name, body)
  }

  /// The global `name`, as it is.
  public subscript(name: String) -> LuaValue {
    get throws { try lua.global(name) }
  }

  /// The global `name` as a Swift value.
  public func get<Value: LuaConvertible>(_ name: String, as type: Value.Type = Value.self) throws
    -> Value
  {
    try lua.get(name)
  }

  /// Assigns the global `name`.
  public func set(_ name: String, _ value: some LuaConvertible) throws { try lua.set(name, value) }

  /// Calls the function that `name` leads to, such as `score` or `model.score`; its first result.
  public func call<Value: LuaConvertible>(
    _ name: String, _ arguments: any LuaConvertible..., returning type: Value.Type = Value.self
  ) throws -> Value {
    try Value.from(lua: lua.call(named: name, arguments.map(\.luaValue)).first ?? .nil)
  }

  /// Calls the function that `name` leads to; all its results.
  @discardableResult
  public func callAll(_ name: String, _ arguments: any LuaConvertible...) throws -> [LuaValue] {
    try lua.call(named: name, arguments.map(\.luaValue))
  }
}

extension Tensor: LuaConvertible {
  public var luaValue: LuaValue { .object(self) }
  public static func from(lua value: LuaValue) throws -> Self {
    guard case .object(let object) = value, let tensor = object as? Self else {
      throw value.mismatch("Tensor")
    }
    return tensor
  }
}
