// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import ThreshLua

/// Limits of time and instructions, inside the process.
@Suite(.serialized) struct LimitTests {
  static let loops = [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()",
    "while true do coroutine.wrap(function() local n = 0 for i = 1, 50 do n = n + i end end)() end",
    "table.sort({1, 2, 3}, function() while true do end end)",
    "local f f = function() return coroutine.wrap(f)() end while true do pcall(f) end",
  ]

  @Test(arguments: loops)
  func instructions_usedUp_raisesLimit(_ loop: String) throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(instructions: 100_000))
    for _ in 1...2 {
      let error = try session.failure(loop)
      #expect(error.kind == .limit)
      #expect(error.message == "the limit of 100000 instructions was reached")
      #expect(try session.text("return 1 + 1") == "2")
    }
  }

  @Test(arguments: loops)
  func time_usedUp_raisesLimit(_ loop: String) throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(seconds: 0.05))
    for _ in 1...2 {
      let error = try session.failure(loop)
      #expect(error.kind == .limit)
      #expect(error.message == "the time limit of 0.05 s was reached")
    }
    #expect(try session.text("return 1 + 1") == "2")
  }

  @Test func instructions_eachCall_startsAnew() throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(instructions: 50_000))
    for _ in 1...20 { try session.run("for i = 1, 5000 do end", name: "=test") }
  }

  @Test func instructions_setHook_isRefused() throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(instructions: 50_000))
    #expect(try session.failure("debug.sethook()").message.contains("the session has a limit"))
  }

  @Test func limits_lifted_countNoMore() throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(seconds: 10, instructions: 1000))
    #expect(try session.failure("for i = 1, 1e5 do end").kind == .limit)
    session.setLimits(LuaLimits())
    try session.run("for i = 1, 1e5 do end", name: "=test")
    #expect(try session.text("return debug.gethook()") == "nil")
  }

  /// A coroutine that was stopped and one that was suspended meanwhile run on as usual.
  @Test func limits_suspendedCoroutine_goesOn() throws {
    let session = try LuaSession()
    session.setLimits(LuaLimits(seconds: 0.05))
    try session.run(
      "co = coroutine.wrap(function() local n = 0 while true do n = n + 1 coroutine.yield(n) end end) co()",
      name: "=test")
    #expect(try session.failure("while true do co() end").kind == .limit)
    session.setLimits(LuaLimits())
    #expect(try session.text("return pcall(co)") != "")
  }

  /// The outer session's time also stops an inner one that has none of its own.
  @Test func time_sessionInSession_stopsBoth() throws {
    let (outer, inner) = (try LuaSession(), try LuaSession())
    outer.setLimits(LuaLimits(seconds: 0.05))
    try outer.define("inner") { _ in
      _ = try? inner.run(
        "while true do pcall(function() while true do end end) end", name: "=inner")
      return .none
    }
    #expect(try outer.failure("while true do pcall(inner) end").kind == .limit)
    #expect(try inner.text("return 7") == "7")
  }

  @Test func time_innerSession_leavesTheOuterOne() throws {
    let (outer, inner) = (try LuaSession(), try LuaSession())
    inner.setLimits(LuaLimits(seconds: 0.05))
    try outer.define("inner") { _ in
      _ = try inner.run("while true do end", name: "=inner")
      return .none
    }
    let caught = try outer.text("local ok, problem = pcall(inner) return tostring(problem)")
    #expect(caught.hasSuffix("the time limit of 0.05 s was reached"))
  }

  @Test func time_onAnotherThread_isKeptThere() throws {
    let failed = try onThread {
      let session = try LuaSession()
      session.setLimits(LuaLimits(seconds: 0.05))
      return try session.failure("while true do end").kind == .limit
    }
    #expect(failed)
  }

  /// Runs `body` on a thread of its own, with the small stack that such threads have.
  private func onThread(_ body: @escaping @Sendable () throws -> Bool) throws -> Bool {
    final class Work {
      let body: @Sendable () throws -> Bool
      var result = false
      init(_ body: @escaping @Sendable () throws -> Bool) { self.body = body }
    }
    let work = Work(body)
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let work = Unmanaged<Work>.fromOpaque(pointer).takeUnretainedValue()
        work.result = (try? work.body()) ?? false
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    #expect(started == 0)
    pthread_join(thread, nil)
    return work.result
  }

  @Test func sandbox_globals_areTheAllowList() throws {
    let session = try LuaSession(LuaSession.Options(isSandboxed: true))
    let names = try session.text(
      """
      local names = {}
      for name in pairs(_G) do names[#names + 1] = name end
      table.sort(names)
      return table.concat(names, " ")
      """)
    #expect(
      names
        == "_G _VERSION assert collectgarbage coroutine error getmetatable ipairs load math next os "
        + "pairs pcall print rawequal rawget rawlen rawset require select setmetatable string table "
        + "tonumber tostring type utf8 xpcall")
    #expect(
      try session.text("return #os.date() > 0 and os.clock() >= 0 and os.time() > 0") == "true")
  }

  /// What the sandbox puts in place of Lua's own behaves as that does.
  @Test(arguments: [
    "return select('#', xpcall(function(...) return ... end, print, 1, nil, nil))",
    "return xpcall(error, function(m) return 'H' .. m end, 'x')",
    "return select(2, xpcall(error, function(m) return 'H' .. m end, 'x'))",
    "return select(2, coroutine.wrap(function() return xpcall(coroutine.yield, print, 3) end)())",
    "local co = coroutine.wrap(function() return xpcall(function() return coroutine.yield(1) end, print) end) co() return select(2, co(5))",
    "return load('return ...')(4)",
    "return load('x = 5', 'n', 't', _ENV) and 1",
    "local e = {} load('y = 5', 'n', 't', e)() return e.y",
    "return select(2, load('return x', 'n', 't', nil) and pcall(load('return x', 'n', 't', nil)))",
    "return select(2, load('x ='))",
    "return select(2, load('x =', '=name'))",
    "return select(2, load(function() error 'reader' end))",
    "return (select(2, load(function() return {} end)):gsub('^test:1: ', ''))",
    "local n = 0 return load(function() n = n + 1 return n < 3 and 'return 1 ' or nil end)",
    "return load(('x = 1 '):rep(20000)) ~= nil",
    "return ('ab'):rep(3, ',')",
    "return (''):rep(3, ',')",
    "return ('x'):rep(0) .. ('x'):rep(-1)",
    "local t = {3, 1, 2} table.sort(t) return table.concat(t)",
    "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t)",
    "return pcall(table.sort, {1, 'x'})",
    "local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return table.concat(t)",
    "local t = {1, 2} return table.remove(t) + table.remove(t, 1)",
    "return table.concat(table.move({1, 2, 3}, 2, 3, 1))",
    "return type(collectgarbage 'count') .. collectgarbage() .. tostring(collectgarbage 'step')",
    "return getmetatable(setmetatable({}, {__metatable = 4}))",
    "return pcall(setmetatable, {}, 1)",
    "return require 'string' == string",
  ])
  func sandbox_replacement_behavesAlike(_ source: String) throws {
    let plain = try LuaSession()
    let closed = try LuaSession(LuaSession.Options(isSandboxed: true))
    func outcome(_ session: LuaSession) -> String {
      (try? session.text(source)) ?? "raised"
    }
    #expect(outcome(closed) == outcome(plain))
  }
}
