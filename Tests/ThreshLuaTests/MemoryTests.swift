// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing
import ThreshLua

/// Bytes that the stand-ins for tensors claim to hold.
private let nativeBytes = Atomic<Int>(0)
private let nativePeak = Atomic<Int>(0)

/// A stand-in for a tensor of some size.
private final class Buffer {
  let bytes: Int

  init(_ bytes: Int) {
    self.bytes = bytes
    let now = nativeBytes.add(bytes, ordering: .relaxed).newValue
    nativePeak.max(now, ordering: .relaxed)
  }

  deinit { nativeBytes.subtract(bytes, ordering: .relaxed) }
}

/// One at a time, because the native counter is one for the process.
@Suite(.serialized) struct MemoryTests {
  @Test(arguments: [
    "local s = ('x'):rep(1 << 30)",
    "local t = {} for i = 1, math.huge do t[i] = {} end",
    "local s = 'x' while true do s = s .. s end",
    "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
    "string.rep('x', 1 << 28, 'y')",
    "local t = table.pack(string.byte(('x'):rep(1 << 20), 1, -1))",
    "local t = {} for i = 1, 1e7 do t[i] = coroutine.create(print) end",
    "assert(load(function() return 'local a = 1 ' end))",
  ])
  func memoryBomb_isACleanError(source: String) throws {
    let session = try LuaSession(LuaSession.Options(memoryLimit: 32 << 20))
    let error = try session.failure(source)
    let reasons = ["not enough memory", "resulting string too large", "too many", "too long"]
    #expect(reasons.contains { error.message.contains($0) })
    #expect(try session.text("return #('x'):rep(1 << 20)") == "1048576")
    try session.run("assert(not pcall(string.rep, 'x', 1 << 30))", name: "=test")
    #expect(session.memory.lua < 32 << 20)
  }

  @Test func tinyLimit_refusesTheSession() {
    #expect(throws: LuaError.self) { try LuaSession(LuaSession.Options(memoryLimit: 1000)) }
  }

  @Test func defaultLimit_isPartOfTheMachine() {
    #expect(LuaMemory.defaultLimit > 64 << 20)
    #expect(LuaMemory.defaultLimit <= LuaMemory.available())
  }

  @Test func meter_outlivesItsSession() throws {
    var session: LuaSession? = try LuaSession()
    let meter = try #require(session?.meter)
    #expect(meter.luaBytes > 10_000)
    session = nil
    #expect(meter.luaBytes == 0)
  }

  private func bufferSession(limit: Int = 0) throws -> LuaSession {
    let session = try LuaSession(LuaSession.Options(memoryLimit: limit))
    try session.registerClass(Buffer.self, name: "Buffer")
    try session.define("buffer") { .object(Buffer(try $0.integer(1, "bytes"))) }
    session.setNativeMemory(bytes: { nativeBytes.load(ordering: .relaxed) })
    nativePeak.store(0, ordering: .relaxed)
    return session
  }

  @Test func nativeGarbage_isCollectedInTime() throws {
    let session = try bufferSession()
    try session.run("for i = 1, 20000 do buffer(1 << 20) end", name: "=test")
    #expect(nativePeak.load(ordering: .relaxed) <= 160 << 20)
    try session.collectGarbage()
    #expect(nativeBytes.load(ordering: .relaxed) == 0)
  }

  @Test func nativeGarbage_besideALargeLuaHeap_isCollectedInTime() throws {
    let session = try bufferSession()
    try session.run(
      "kept = {} for i = 1, 100000 do kept[i] = {i} end for i = 1, 3000 do buffer(100000) end",
      name: "=test")
    #expect(nativePeak.load(ordering: .relaxed) <= 160 << 20)
  }

  @Test(.timeLimit(.minutes(1))) func nativeStorage_besideALargeLuaHeap_staysAlive() throws {
    let session = try bufferSession()
    try session.run(
      """
      heap, kept = {}, {}
      for i = 1, 100000 do heap[i] = {i} end
      for i = 1, 2000 do kept[i] = buffer(1 << 20) end
      """, name: "=test")
    #expect(nativeBytes.load(ordering: .relaxed) == 2000 << 20)
  }

  @Test func stoppedCollector_staysStopped() throws {
    let session = try bufferSession()
    try session.run("collectgarbage('stop') for i = 1, 100 do buffer(1 << 20) end", name: "=test")
    #expect(nativeBytes.load(ordering: .relaxed) == 100 << 20)
    try session.run("collectgarbage('restart')", name: "=test")
    try session.collectGarbage()
  }

  @Test func outOfMemory_collectsAndTriesOnceMore() throws {
    struct Exhausted: LuaOutOfMemoryError {
      var op: String? { "empty" }
      var message: String { "the budget is used up" }
    }
    let session = try LuaSession()
    let count = InstanceCount()
    var tries = 0
    try session.defineThings(count)
    try session.define("scarce") { call in
      tries += 1
      guard count.live == 0 else { throw Exhausted() }
      return .integer(try call.integer(1, "n"))
    }
    #expect(try session.text("Thing() return scarce(5)") == "5")
    #expect(tries == 2)
    let error = try session.failure("kept = Thing() return scarce(5)")
    #expect(error.message == "test:1: empty: the budget is used up")
    #expect(tries == 4)
  }

  @Test func budget_isSharedWithNativeStorage() throws {
    let session = try bufferSession(limit: 64 << 20)
    let error = try session.failure("kept = buffer(60 << 20) local s = ('x'):rep(8 << 20)")
    #expect(error.message.contains("not enough memory"))
    #expect(try session.text("kept:free() return #('x'):rep(8 << 20)") == "8388608")
  }

  @Test func finaliser_thatCallsNativeCode_isHarmless() throws {
    let session = try bufferSession()
    try session.run(
      """
      for i = 1, 2000 do
        setmetatable({}, {__gc = function() buffer(1 << 18) pcall(buffer, 'x') end})
        buffer(1 << 18)
      end
      """, name: "=test")
    try session.collectGarbage()
    try session.collectGarbage()
    #expect(nativeBytes.load(ordering: .relaxed) <= 1 << 20)
  }

  @Test func deinitialiser_thatCallsLua_getsAnError() throws {
    final class Caller {
      let function: LuaFunction
      let outcome: InstanceCount
      init(_ function: LuaFunction, _ outcome: InstanceCount) {
        self.function = function
        self.outcome = outcome
      }
      deinit {
        do { try function.call() } catch { outcome.deferred += 1 }
      }
    }
    let session = try LuaSession()
    let outcome = InstanceCount()
    try session.registerClass(Caller.self, name: "Caller")
    try session.define("caller") { .object(Caller(try $0.function(1, "f"), outcome)) }
    try session.run("caller(print) collectgarbage() collectgarbage()", name: "=test")
    #expect(outcome.deferred == 1)
  }
}
