// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// A Lua interpreter as a Swift value, confined to the thread that uses it.
///
/// ```swift
/// let session = try LuaSession()
/// try session.setGlobal("twice", session.registerFunction(path: "twice") { call in
///   .number(2 * (try call.number(1, "x")))
/// })
/// let results = try session.run("return twice(21)", name: "=example")
/// ```
///
/// A registered closure that needs its session takes it from the call: capturing it would keep
/// the session alive for ever.
public final class LuaSession {
  public struct Options {
    /// Bytes that Lua and native storage may take together; 0 for no limit.
    public var memoryLimit: Int
    /// Whether Lua's own environment variables (`LUA_PATH`, ...) are ignored.
    public var ignoreEnvironment: Bool
    /// Whether globals are an allow-list without files, processes, bytecode and `debug`.
    public var isSandboxed: Bool

    public init(
      memoryLimit: Int = LuaMemory.defaultLimit, ignoreEnvironment: Bool = false,
      isSandboxed: Bool = false
    ) {
      self.memoryLimit = memoryLimit
      self.ignoreEnvironment = ignoreEnvironment
      self.isSandboxed = isSandboxed
    }
  }

  let handle: OpaquePointer
  let classes = LuaClassTable()
  /// Whether scripts see an allow-list of globals and no files.
  public let isSandboxed: Bool
  /// Run around each outermost call into Lua; what it returns is run afterwards.
  ///
  /// For a host whose sessions share something of the process, such as a memory budget.
  public var onEntry: (() -> () -> Void)?

  /// Opens a session with Lua's standard libraries. Throws when memory is short.
  public init(_ options: Options = Options()) throws {
    let settings = thresh_settings(
      memory_limit: max(0, options.memoryLimit), ignore_environment: options.ignoreEnvironment,
      sandboxed: options.isSandboxed)
    let handle = thresh_session_create(LuaFunctionBody.hooks, nil, settings)
    guard let handle else { throw LuaError.memory }
    self.handle = handle
    isSandboxed = options.isSandboxed
    thresh_session_set_context(handle, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Opens a session in a `lua_State` that another program owns and that has called the host.
  ///
  /// Libraries, memory and interrupts of the state stay as they are. The session uses the state's
  /// extra space. Call ``finishAdoption()`` before giving control back.
  public init(adopting state: UnsafeMutableRawPointer) throws {
    guard let handle = thresh_session_adopt(LuaFunctionBody.hooks, nil, state) else {
      throw LuaError.memory
    }
    self.handle = handle
    isSandboxed = false
    thresh_session_set_context(handle, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Ends what ``init(adopting:)`` has begun.
  public func finishAdoption() { thresh_session_adopted(handle) }

  deinit {
    thresh_session_close(handle)
    thresh_session_release(handle)
  }

  /// Lua's release, e.g. `5.4.4`.
  public static var luaVersion: String {
    let release = String(cString: thresh_lua_release())
    return release.split(separator: " ").last.map(String.init) ?? release
  }

  static func of(_ handle: OpaquePointer?) -> LuaSession? {
    guard let handle, let context = thresh_session_context(handle) else { return nil }
    return Unmanaged<LuaSession>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Evaluation

  /// Compiles text. `name` is a chunk name: `@file.lua` for a file, `=name` for anything else.
  public func load(_ source: LuaString, name: String) throws -> LuaFunction {
    try loaded(builtin(THRESH_LOAD, [.string(source), .string(name)], failure: .syntax))
  }

  /// Compiles text.
  public func load(_ source: String, name: String) throws -> LuaFunction {
    try load(LuaString(source), name: name)
  }

  /// Compiles a file, or standard input for nil. A first line with `#` and a byte order mark are
  /// skipped; bytecode is refused.
  public func load(file path: LuaString?) throws -> LuaFunction {
    let path = path.map { LuaValue.string($0) } ?? .nil
    return try loaded(builtin(THRESH_LOAD_FILE, [path], failure: .syntax))
  }

  private func loaded(_ values: [LuaValue]) throws -> LuaFunction {
    guard case .function(let function) = values.first else { throw LuaError.memory }
    return function
  }

  /// Compiles and runs text. Throws ``LuaError``.
  @discardableResult
  public func run(
    _ source: String, name: String, arguments: [LuaValue] = []
  ) throws -> [LuaValue] {
    try call(load(source, name: name), arguments)
  }

  /// Compiles and runs a string of Lua.
  @discardableResult
  public func run(
    _ source: LuaString, name: String, arguments: [LuaValue] = []
  ) throws -> [LuaValue] {
    try call(load(source, name: name), arguments)
  }

  /// Calls a function. Throws ``LuaError``; the session stays usable.
  @discardableResult
  public func call(_ function: LuaFunction, _ arguments: [LuaValue] = []) throws -> [LuaValue] {
    guard let reference = function.reference else {
      throw LuaError("a native function cannot be called before Lua has it")
    }
    guard reference.handle == handle else {
      throw LuaError("a function of another Lua session was called")
    }
    return try protected(arguments) { thresh_session_call(handle, reference.slot, $0, $1) }
  }

  /// Whether text is a whole chunk, the beginning of one, or wrong. The text counts as whole lines:
  /// a quoted string without its end is wrong, a long one is unfinished.
  public func completeness(of source: String, name: String) -> LuaCompleteness {
    switch compile(source, name: name) {
    case .success(let function): return .complete(function)
    case .failure(let error):
      guard error.message.hasSuffix("<eof>") else { return .invalid(error) }
      // The end of the line tells a quoted string from a long one.
      guard case .failure(let whole) = compile(source + "\n", name: name) else {
        return .incomplete(error)
      }
      return whole.message.hasSuffix("<eof>") ? .incomplete(error) : .invalid(whole)
    }
  }

  private func compile(_ source: String, name: String) -> Result<LuaFunction, LuaError> {
    do {
      return .success(try load(source, name: name))
    } catch {
      return .failure(error as? LuaError ?? LuaError("\(error)"))
    }
  }

  /// The text that `tostring` gives, `__tostring` honoured.
  public func describe(_ value: LuaValue) throws -> LuaString {
    guard case .string(let text)? = try builtin(THRESH_TO_STRING, [value]).first else {
      throw LuaError.memory
    }
    return text
  }

  // MARK: Globals and modules

  public func setGlobal(_ name: String, _ value: LuaValue) throws {
    _ = try builtin(THRESH_SET_GLOBAL, [.string(name), value])
  }

  public func global(_ name: String) throws -> LuaValue {
    try builtin(THRESH_GET_GLOBAL, [.string(name)]).first ?? .nil
  }

  /// Makes a Lua function over a Swift one, to be put into tables and globals. `path` is the name
  /// in messages and documentation, e.g. `th.nn.relu`.
  public func registerFunction(
    path: String, _ body: @escaping (LuaCall) throws -> LuaResult
  ) throws -> LuaValue {
    try builtin(THRESH_IDENTITY, [.function(path, body)]).first ?? .nil
  }

  /// Puts a value into Lua and gives it back by reference: a table built in Swift becomes one
  /// Lua table.
  public func intern(_ value: LuaValue) throws -> LuaValue {
    try builtin(THRESH_IDENTITY, [value]).first ?? .nil
  }

  /// Makes `require(module)` give this value.
  public func setLoaded(_ module: String, _ value: LuaValue) throws {
    _ = try builtin(THRESH_SET_LOADED, [.string(module), value])
  }

  /// Lets `require(module)` find text of the standard library, which is not copied: it must stay where
  /// it is for as long as the process lives. Its chunk is `@stdlib/…`; positions in errors skip its frames.
  public func preload(module: String, text: UnsafeRawBufferPointer) throws {
    let path = module.split(separator: ".").joined(separator: "/")
    let address = Int64(Int(bitPattern: text.baseAddress))
    _ = try builtin(
      THRESH_PRELOAD,
      [
        .string(module), .integer(address), .integer(Int64(text.count)),
        .string("@stdlib/\(path).lua"),
      ])
  }

  /// `require(module)`.
  public func require(_ module: String) throws -> LuaValue {
    guard case .function(let require) = try global("require") else {
      throw LuaError("the global 'require' is not a function")
    }
    return try call(require, [.string(module)]).first ?? .nil
  }

  /// Sends Lua's warnings to standard error, as `warn("@on")` does.
  public func enableWarnings() throws { _ = try builtin(THRESH_WARNINGS_ON, []) }

  // MARK: Interrupts

  /// Makes Ctrl-C stop what this session runs, with the error `interrupted!`. The last session
  /// that asks gets the signal. Call it on the session's thread.
  public func handleInterrupts() { thresh_install_interrupt_handler(handle) }

  /// Stops what the session runs now; for native code on the session's own thread.
  public func interrupt() { thresh_session_interrupt(handle) }
}

/// What text at a prompt amounts to.
public enum LuaCompleteness {
  case complete(LuaFunction)
  /// More lines are needed.
  case incomplete(LuaError)
  case invalid(LuaError)
}
