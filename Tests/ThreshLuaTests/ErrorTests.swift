// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

@Suite struct ErrorTests {
  /// A callback that owns an object and has a `defer` at the moment it throws.
  private func defineFailing(_ session: LuaSession, _ count: InstanceCount) throws {
    try session.define("fail") { _ in
      let thing = Thing(count)
      defer { count.deferred += 1 }
      throw CoreError(op: "matmul", message: "weight \(thing.weight) is wrong")
    }
  }

  @Test func tenThousandErrors_throughCallbacks_leakNothingAndRunEveryDefer() throws {
    let session = try LuaSession()
    let count = InstanceCount()
    try defineFailing(session, count)
    try session.run("for i = 1, 10000 do assert(not pcall(fail)) end", name: "=test")
    #expect(count.live == 0)
    #expect(count.deferred == 10000)
  }

  @Test func tenThousandErrors_acrossNestedCalls_leakNothingAndRunEveryDefer() throws {
    let session = try LuaSession()
    let count = InstanceCount()
    try defineFailing(session, count)
    try session.define("through") { call in
      let thing = Thing(count)
      defer { count.deferred += 1 }
      let results = try call.function(1, "f").call([.number(thing.weight)])
      return .many(results)
    }
    try session.run(
      """
      for i = 1, 10000 do
        local ok, err = pcall(through, function()
          through(function() fail() end)
        end)
        assert(not ok and err.op == "matmul")
      end
      """, name: "=test")
    #expect(count.live == 0)
    #expect(count.deferred == 30000)
  }

  @Test func errorOfSwift_isATableWithPositionOpAndTraceback() throws {
    let session = try LuaSession()
    try defineFailing(session, InstanceCount())
    let error = try session.failure("local x = 1\nfail()", name: "@table1.lua")
    #expect(error.message == "table1.lua:2: matmul: weight 0.0 is wrong")
    #expect(error.op == "matmul")
    #expect(error.traceback?.contains("table1.lua:2: in main chunk") == true)
    #expect(error.traceback?.contains("[C]: in ?") == false)
    let fields = try session.run(
      "local _, e = pcall(fail); return type(e), e.message, e.op, type(e.traceback), 'x: ' .. e",
      name: "=test")
    #expect(fields[0].text == "table")
    #expect(fields[1].text == "matmul: weight 0.0 is wrong")
    #expect(fields[2].text == "matmul")
    #expect(fields[3].text == "string")
    #expect(fields[4].text == "x: test:1: matmul: weight 0.0 is wrong")
  }

  @Test func position_skipsFramesOfTheStandardLibrary() throws {
    let session = try LuaSession()
    try defineFailing(session, InstanceCount())
    try session.preload(
      module: "thresh.train", text: lasting("return { step = function()\n\n  return (fail()) end }")
    )
    let error = try session.failure(
      "local train = require 'thresh.train'\ntrain.step()\n", name: "@mine.lua")
    #expect(error.message.hasPrefix("mine.lua:2: matmul: "))
    #expect(error.traceback?.contains("stdlib/thresh/train.lua:3") == true)
  }

  @Test func errorValue_crossingSwift_keepsItsIdentity() throws {
    let session = try LuaSession()
    try session.define("through") { .many(try $0.function(1, "f").call()) }
    let results = try session.run(
      """
      local thrown = setmetatable({}, {__tostring = function() return "mine" end})
      local _, caught = pcall(through, function() error(thrown) end)
      local _, text = pcall(through, function() error("plain", 0) end)
      local _, none = pcall(through, function() error() end)
      return caught == thrown, text, none
      """, name: "=test")
    guard case .boolean(true) = results[0] else {
      Issue.record("another value was caught")
      return
    }
    #expect(results[1].text == "plain")
    #expect(results[2].isNil)
  }

  @Test(arguments: [
    ("error('plain')", "test:1: plain"),
    ("error(setmetatable({}, {__tostring = function() return 'shown' end}))", "shown"),
    ("error({code = 3})", "(error object is a table value)"),
    ("error()", "(error object is a nil value)"),
    ("local x = nil + 1", "test:1: attempt to perform arithmetic on a nil value"),
    (
      "error(setmetatable({}, {__tostring = function() error('again') end}))",
      "(error while an error was described)"
    ),
  ])
  func errorOfLua_isToldByItsMessage(source: String, message: String) throws {
    #expect(try LuaSession().failure(source).message == message)
  }

  @Test func errorOfLua_carriesItsValue() throws {
    let session = try LuaSession()
    let error = try session.failure("error({code = 3})")
    guard case .table(let table)? = error.value, case .integer(3) = try table.get("code") else {
      Issue.record("the error value is lost: \(error)")
      return
    }
  }

  @Test func syntaxError_isOfItsKind() throws {
    let error = try LuaSession().failure("x = = 1", name: "@a.lua")
    #expect(error.kind == .syntax)
    #expect(error.message == "a.lua:1: unexpected symbol near '='")
  }

  @Test func recursionThroughSwift_endsInACleanError() throws {
    let session = try LuaSession()
    let count = InstanceCount()
    try session.define("through") { call in
      let thing = Thing(count)
      return .many(try call.function(1, "f").call([.number(thing.weight)]))
    }
    let error = try session.failure("local function f() return through(f) end f()")
    #expect(error.message.contains("C stack overflow"))
    #expect(count.live == 0)
    #expect(try session.text("return 1 + 1") == "2")
  }

  @Test func recursionThroughSwiftAndCoroutines_endsInACleanError() throws {
    let session = try LuaSession()
    try session.define("through") { .many(try $0.function(1, "f").call()) }
    let error = try session.failure(
      "local function f() return coroutine.wrap(function() return through(f) end)() end f()")
    #expect(error.message.contains("C stack overflow"))
    #expect(try session.text("return 1 + 1") == "2")
  }
}
