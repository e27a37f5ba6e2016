// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

@Suite struct CoroutineTests {
  private let session: LuaSession
  private let count = InstanceCount()

  init() throws {
    session = try LuaSession()
    try session.defineThings(count)
    try session.define("through") { .many(try $0.function(1, "f").call()) }
    try session.define("fail") { _ in throw CoreError(op: "fail", message: "no") }
  }

  @Test(arguments: [
    (
      "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return a + b end) "
        + "return co(1) + co(10)", "13"
    ),
    (
      "return select('#', coroutine.resume(coroutine.create(function() return 1, nil, nil end)))",
      "4"
    ),
    (
      "local ok, e = coroutine.resume(coroutine.create(function() error('x', 0) end)) return e", "x"
    ),
    (
      "local co = coroutine.create(print) coroutine.close(co) "
        + "return select(2, coroutine.resume(co))", "cannot resume dead coroutine"
    ),
    (
      "local co co = coroutine.create(function() return pcall(coroutine.close, co) end) "
        + "return select(3, coroutine.resume(co))", "cannot close a running coroutine"
    ),
    ("return select(2, pcall(coroutine.wrap(function() error({}) end))) ~= nil", "true"),
    (
      "return select(2, coroutine.resume(coroutine.running()))",
      "cannot resume non-suspended coroutine"
    ),
    (
      "return select(2, pcall(coroutine.resume, 1))",
      "bad argument #1 to 'coroutine.resume' (coroutine expected, got number)"
    ),
    (
      "local closed = false local co = coroutine.create(function() "
        + "local x <close> = setmetatable({}, {__close = function() closed = true end}) "
        + "coroutine.yield() end) coroutine.resume(co) return coroutine.close(co), closed", "true"
    ),
    (
      "local co = coroutine.create(function() local x <close> = setmetatable({}, "
        + "{__close = function() error('late', 0) end}) coroutine.yield() end) "
        + "coroutine.resume(co) return select(2, coroutine.close(co))", "late"
    ),
    (
      "local s = 0 for v in coroutine.wrap(function() for i = 1, 4 do coroutine.yield(i) end end) "
        + "do s = s + v end return s", "10"
    ),
  ])
  func coroutineLibrary_behavesAsInLua(source: String, result: String) throws {
    #expect(try session.text(source) == result)
  }

  @Test func nativeCalls_inACoroutine_work() throws {
    let source = """
      local co = coroutine.wrap(function()
        local t = Thing(1)
        for i = 1, 3 do coroutine.yield(t:grow(1).weight) end
        local ok, e = pcall(fail)
        return tostring(e), through(function() return t.weight end)
      end)
      co() co() co()
      return co()
      """
    let results = try session.run(source, name: "=test")
    #expect(results[0].text == "test:4: fail: no")
    guard case .number(4) = results[1] else {
      Issue.record("the weight is \(results[1])")
      return
    }
  }

  @Test func yield_acrossSwift_isAClearError() throws {
    let source = """
      local co = coroutine.create(function() through(function() coroutine.yield(1) end) end)
      return select(2, coroutine.resume(co))
      """
    #expect(
      try session.text(source)
        == "test:1: cannot yield here: native code waits for this function to return")
    #expect(
      try session.failure("coroutine.yield()").message
        == "attempt to yield from outside a coroutine")
  }

  @Test func coroutineOfItsOwn_insideACallback_mayYield() throws {
    let source = """
      return through(function()
        local co = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)
        return co() + co()
      end)
      """
    #expect(try session.text(source) == "3")
  }

  @Test func abandonedCoroutines_leakNoObjects() throws {
    try session.run(
      """
      for i = 1, 500 do
        local co = coroutine.wrap(function() local t = Thing(i) coroutine.yield(t) end)
        co()
      end
      """, name: "=test")
    try session.collectGarbage()
    #expect(count.live == 0)
  }

  @Test func interrupt_fromANativeCall_stopsEverything() throws {
    struct Stopped: LuaInterruptError {}
    try session.define("stop") { _ in throw Stopped() }
    for source in [
      "while true do pcall(stop) end",
      "while true do pcall(coroutine.wrap(function() while true do pcall(stop) end end)) end",
      "while true do pcall(through, function() while true do pcall(stop) end end) end",
    ] {
      let error = try session.failure(source)
      #expect(error.kind == .interrupted)
      #expect(error.message == "interrupted!")
      #expect(try session.text("return 1 + 1") == "2")
    }
    #expect(count.live == 0)
  }

  @Test func interrupt_askedForDuringACall_stopsTheLoop() throws {
    let session = session
    var calls = 0
    try session.define("tick") { _ in
      calls += 1
      if calls == 100 { session.interrupt() }
      return .none
    }
    #expect(try session.failure("while true do pcall(tick) end").kind == .interrupted)
    #expect(calls == 100)
    #expect(try session.text("return coroutine.wrap(function() return 5 end)()") == "5")
    try session.setGlobal("tick", .nil)
    try session.collectGarbage()
  }
}
