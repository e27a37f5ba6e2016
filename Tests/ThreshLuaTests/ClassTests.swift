// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

@Suite struct ClassTests {
  private let count = InstanceCount()
  private let session: LuaSession

  init() throws {
    session = try LuaSession()
    try session.defineThings(count)
  }

  @Test(arguments: [
    ("return Thing(2):grow(3).weight", "5.0"),
    ("local t = Thing(); t.weight = 4; return t.weight", "4.0"),
    ("return #Thing()", "7"),
    ("return (Thing(1) + Thing(2)).weight", "3.0"),
    ("return Thing()[4]", "40"),
    ("return #Thing().shape", "2"),
    ("local t = Thing(); return t == t:grow(1)", "true"),
    ("local t = Thing(); local s = {}; s[t] = 1; return s[t:grow(1)]", "1"),
    ("return Thing() == Thing()", "false"),
    ("return getmetatable(Thing())", "Thing"),
    ("return (tostring(Thing()):gsub('0x%x+', 'P'))", "Thing: P"),
  ])
  func object_inLua_behaves(source: String, result: String) throws {
    #expect(try session.text(source) == result)
  }

  @Test(arguments: [
    ("return Thing().shap", "test:1: no field or method 'shap' in Thing (did you mean 'shape'?)"),
    ("return Thing().zzz", "test:1: no field or method 'zzz' in Thing"),
    ("Thing().wieght = 1", "test:1: no field 'wieght' in Thing (did you mean 'weight'?)"),
    ("Thing().shape = 1", "test:1: field 'shape' of Thing cannot be assigned to"),
    ("Thing()[1] = 1", "test:1: Thing cannot be assigned to with a number as key"),
    ("Thing():grow('x')", "test:1: bad argument #1 'by' to 'grow' (number expected, got string)"),
    ("Thing().grow(1, 2)", "test:1: bad argument #1 'self' to 'grow' (Thing expected, got number)"),
    (
      "local t = Thing(); t:free(); return t.weight",
      "test:1: bad argument #1 'self' to 'weight' (thing was freed)"
    ),
    (
      "local t = Thing(); t:free(); t:grow(1)",
      "test:1: calling 'grow' on bad self (thing was freed)"
    ),
    (
      "Thing().grow(io.stdout, 1)",
      "test:1: bad argument #1 'self' to 'grow' (Thing expected, got userdata)"
    ),
  ])
  func misuse_ofAnObject_isToldPlainly(source: String, message: String) throws {
    #expect(try session.failure(source).message == message)
  }

  @Test func subclass_withoutItsOwnClass_isItsBase() throws {
    let count = count
    try session.define("Special") { _ in .object(SpecialThing(count, weight: 9)) }
    #expect(try session.text("return getmetatable(Special())") == "Thing")
    #expect(try session.text("return Special():grow(1).weight") == "10.0")
  }

  @Test func subclass_withItsOwnClass_inheritsMembers() throws {
    let count = count
    try session.registerClass(
      SpecialThing.self, name: "Special", inherits: Thing.self,
      methods: [LuaMethod("shine") { _ in .string("bright") }])
    try session.define("Special") { _ in .object(SpecialThing(count, weight: 9)) }
    #expect(try session.text("return getmetatable(Special())") == "Special")
    #expect(try session.text("return Special():grow(1).weight") == "10.0")
    #expect(try session.text("return Special():shine()") == "bright")
    #expect(try session.text("return #Special()") == "7")
    #expect(try session.text("return Special()[2]") == "20")
    let error = try session.failure("return Special().shin")
    #expect(error.message.contains("in Special (did you mean 'shine'?)"))
    #expect(try session.failure("return Thing().shine").message.contains("in Thing"))
  }

  @Test func unregisteredClass_asAResult_isAnError() throws {
    try session.define("counter") { _ in .object(InstanceCount()) }
    #expect(
      try session.failure("counter()").message
        == "test:1: Lua knows no class for a value of type InstanceCount")
  }

  @Test func garbage_isReleased() throws {
    try session.run("for i = 1, 1000 do Thing(i):grow(1) end collectgarbage()", name: "=test")
    #expect(count.live == 0)
  }

  @Test func closeVariable_andFree_releaseAtOnce() throws {
    let count = count
    try session.define("live") { _ in .integer(count.live) }
    #expect(try session.text("do local t <close> = Thing() end return live()") == "0")
    #expect(try session.text("local t = Thing(); t:free(); t:free(); return live()") == "0")
  }

  @Test func finaliser_calledTwiceByAScript_releasesOnce() throws {
    let kept = Thing(count)
    try session.define("kept") { _ in .object(kept) }
    try session.run(
      """
      local t = kept()
      local gc = debug.getmetatable(t).__gc
      gc(t) gc(t) gc(t) gc(io.stdout) gc(1)
      t = nil
      collectgarbage()
      """, name: "=test")
    #expect(count.live == 1)
    #expect(kept.weight == 0)
  }

  @Test func metatable_putOnAForeignUserdata_isNotBelieved() throws {
    let error = try session.failure(
      """
      local fake = io.tmpfile()
      debug.setmetatable(fake, debug.getmetatable(Thing()))
      return fake.weight
      """)
    #expect(error.message.contains("Thing expected, got userdata"))
  }

  @Test func resurrectedObject_isFreedNotDangling() throws {
    let results = try session.run(
      """
      local kept
      do
        local t = Thing(1)
        setmetatable({t = t}, {__gc = function(o) kept = o.t end})
      end
      collectgarbage() collectgarbage()
      return pcall(function() return kept.weight end)
      """, name: "=test")
    #expect(results.count == 2)
  }

  @Test func objectsInResults_underATightLimit_leakNothing() throws {
    let count = count
    try session.define("many") { call in
      .many((0..<(try call.integer(1, "n"))).map { .object(Thing(count, weight: Double($0))) })
    }
    try session.define("nested") { call in
      .list((0..<(try call.integer(1, "n"))).map { .list([.object(Thing(count)), .integer($0)]) })
    }
    try session.collectGarbage()
    for slack in stride(from: 1_000, through: 200_000, by: 3_333) {
      session.setMemoryLimit(session.memory.lua + slack)
      _ = try? session.run("local t = {many(500)} ; return #t", name: "=test")
      _ = try? session.run("return #nested(500)", name: "=test")
      session.setMemoryLimit(0)
      try session.collectGarbage()
      #expect(count.live == 0)
    }
  }

  @Test func session_closedWithLiveObjects_releasesThem() throws {
    let count = InstanceCount()
    do {
      let session = try LuaSession()
      try session.defineThings(count)
      try session.run("kept = {Thing(), Thing(), Thing()}", name: "=test")
      #expect(count.live == 3)
    }
    #expect(count.live == 0)
  }

  @Test func reference_outlivingItsSession_throws() throws {
    var session: LuaSession? = try LuaSession()
    let results = try session?.run("return function() end, {}, Thing", name: "=test") ?? []
    session = nil
    guard case .function(let function) = results[0], case .table(let table) = results[1] else {
      Issue.record("no function and table came back")
      return
    }
    #expect(throws: LuaError.self) { try function.call() }
    #expect(throws: LuaError.self) { try table.contents() }
    #expect(table.reference?.identity == nil)
  }
}
