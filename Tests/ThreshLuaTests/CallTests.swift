// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

@Suite struct CallTests {
  private let session: LuaSession

  init() throws {
    session = try LuaSession()
    try session.define("th.sum") { call in
      let options = try call.options(
        at: 2, allowed: ["dim", "keepdim", "out", "name", "with", "f", "sizes"])
      let dim = try options.integer("dim") ?? 0
      _ = try (
        options.boolean("keepdim"), options.number("out"), options.string("name"),
        options.table("with"), options.function("f"), options.integers("sizes")
      )
      return .integer(try call.integer(1, "n") + dim)
    }
    try session.run("sum = _G['th.sum']", name: "=test")
  }

  @Test(arguments: [
    ("return sum(2)", "2"), ("return sum(2.0)", "2"), ("return sum(2, {dim = 3})", "5"),
    ("return sum(2, {dim = 3.0, keepdim = true, out = 1, name = 'a', with = {}, f = print})", "5"),
    ("return sum(2, {sizes = {1, 2, 3}})", "2"), ("return sum(2, {sizes = 4})", "2"),
    ("return sum(2, nil)", "2"), ("return sum(math.mininteger)", "-9223372036854775808"),
  ])
  func goodArguments_pass(source: String, result: String) throws {
    #expect(try session.text(source) == result)
  }

  @Test(arguments: [
    ("sum()", "bad argument #1 'n' to 'sum' (integer expected, got no value)"),
    ("sum(nil)", "bad argument #1 'n' to 'sum' (integer expected, got nil)"),
    ("sum('2')", "bad argument #1 'n' to 'sum' (integer expected, got string)"),
    ("sum({})", "bad argument #1 'n' to 'sum' (integer expected, got table)"),
    ("sum(print)", "bad argument #1 'n' to 'sum' (integer expected, got function)"),
    ("sum(io.stdout)", "bad argument #1 'n' to 'sum' (integer expected, got userdata)"),
    (
      "sum(coroutine.create(print))",
      "bad argument #1 'n' to 'sum' (integer expected, got coroutine)"
    ),
    ("sum(2.5)", "bad argument #1 'n' to 'sum' (integer expected, got 2.5)"),
    ("sum(1e300)", "bad argument #1 'n' to 'sum' (integer expected, got 1e+300)"),
    ("sum(0/0)", "bad argument #1 'n' to 'sum' (integer expected, got -nan)"),
    ("sum(2^63)", "bad argument #1 'n' to 'sum' (integer expected, got 9.223372036854776e+18)"),
    (
      "sum(1, {kepdim = true})",
      "bad argument #2 'options' to 'sum' (unknown option 'kepdim' (did you mean 'keepdim'?))"
    ),
    (
      "sum(1, {zzzzzz = true})",
      "bad argument #2 'options' to 'sum' (unknown option 'zzzzzz')"
    ),
    ("sum(1, {3})", "bad argument #2 'options' to 'sum' (named options expected, got a list)"),
    ("sum(1, 3)", "bad argument #2 'options' to 'sum' (table expected, got number)"),
    (
      "sum(1, {[true] = 1})",
      "bad argument #2 'options' to 'sum' (named options expected, got a boolean as a name)"
    ),
    ("sum(1, {dim = 'x'})", "option 'dim' of 'sum': integer expected, got string"),
    ("sum(1, {dim = 1.5})", "option 'dim' of 'sum': integer expected, got 1.5"),
    ("sum(1, {keepdim = 1})", "option 'keepdim' of 'sum': boolean expected, got number"),
    ("sum(1, {name = {}})", "option 'name' of 'sum': string expected, got table"),
    (
      "sum(1, {sizes = {1, 'x'}})",
      "option 'sizes' of 'sum': number expected at [2], got string"
    ),
    ("sum(1, {sizes = {1.5}})", "option 'sizes' of 'sum': list of integers expected, got 1.5"),
  ])
  func badArguments_areToldPlainly(source: String, message: String) throws {
    let error = try session.failure(source)
    let shown = error.message.replacing("got nan", with: "got -nan")
    #expect(shown == "test:1: " + message)
  }

  @Test func manyArgumentsAndResults_pass() throws {
    try session.define("echo") { .many(try $0.values()) }
    #expect(try session.text("return select('#', echo(table.unpack({}, 1, 200)))") == "200")
    #expect(
      try session.text("return (select(150, echo(table.unpack(t or {}, 1, 149), 7)))") == "nil")
    let source = """
      local t = {}
      for i = 1, 5000 do t[i] = i end
      return select(4999, echo(table.unpack(t)))
      """
    #expect(try session.run(source, name: "=test").count == 2)
  }

  @Test func strings_carryAnyBytes() throws {
    try session.define("echo") { .many(try $0.values()) }
    #expect(try session.text("return echo('a\\0b\\255') == 'a\\0b\\255'") == "true")
    let results = try session.run("return 'a\\0\\255'", name: "=test")
    guard case .string(let string) = results[0] else {
      Issue.record("no string came back")
      return
    }
    #expect(string.bytes == [97, 0, 255])
    #expect(string.text == "a\0\u{fffd}")
  }

  @Test func values_crossAndReturnUnchanged() throws {
    try session.define("echo") { .many(try $0.values()) }
    let source = """
      local co = coroutine.create(print)
      local values = {1, 2.5, "x", true, false, {}, print, co, io.stdout, echo}
      for i, v in ipairs(values) do
        if not rawequal(echo(v), v) then return i end
      end
      return math.type(echo(3)), math.type(echo(3.0))
      """
    let results = try session.run(source, name: "=test")
    #expect(results.map { $0.text } == ["integer", "float"])
  }

  @Test func function_calledFromSwift_givesAllResults() throws {
    let results = try session.run(
      "return function(...) return select('#', ...), ... end", name: "=t")
    guard case .function(let function) = results[0] else {
      Issue.record("no function came back")
      return
    }
    let answer = try function.call([.nil, .boolean(true), .nil])
    #expect(answer.count == 4)
    #expect(answer[1].isNil && answer[3].isNil)
  }

  @Test func closures_areReleasedWithTheirLuaFunctions() throws {
    let count = InstanceCount()
    try session.define("counter") { _ in
      let thing = Thing(count)
      return .one(
        .function("step") { _ in
          thing.weight += 1
          return .number(thing.weight)
        })
    }
    #expect(try session.text("local f = counter() f() return f()") == "2.0")
    try session.run("for i = 1, 100 do counter()() end", name: "=test")
    try session.collectGarbage()
    #expect(count.live == 0)
  }

  @Test func references_droppedBySwift_areReleased() throws {
    let session = try LuaSession()
    try session.define("look") { call in
      _ = try call.values()
      return .none
    }
    try session.run("weak = setmetatable({}, {__mode = 'k'})", name: "=test")
    try session.run(
      "for i = 1, 1000 do local t = {}; weak[t] = true; look(t, function() return t end) end",
      name: "=test")
    try session.collectGarbage()
    #expect(try session.text("return next(weak)") == "nil")
  }

  @Test func valueOfAnotherSession_isRefused() throws {
    let other = try LuaSession().run("return {}", name: "=test")
    #expect(throws: LuaError.self) { try session.setGlobal("x", other[0]) }
  }

  @Test func metamethodErrors_reachSwiftAsErrors() throws {
    let results = try session.run(
      """
      return setmetatable({}, {__index = function(_, k) error('no ' .. k, 0) end,
                               __newindex = function() error('fixed', 0) end})
      """, name: "=test")
    guard case .table(let table) = results[0] else {
      Issue.record("no table came back")
      return
    }
    #expect(throws: LuaError.self) { try table.get("x") }
    #expect(throws: LuaError.self) { try table.set("x", .nil) }
    #expect(try table.contents().fields.isEmpty)
  }

  @Test func suggestion_findsNearNamesOnly() {
    #expect(suggestion("kepdim", ["dim", "keepdim"]) == " (did you mean 'keepdim'?)")
    #expect(suggestion("shap", ["shape", "size"]) == " (did you mean 'shape'?)")
    #expect(suggestion("teh", ["the", "tensor"]) == " (did you mean 'the'?)")
    #expect(suggestion("xyz", ["shape", "size"]) == "")
    #expect(suggestion("x", [String]()) == "")
  }

  @Test(arguments: [
    ("1 + 1", false), ("for i = 1, 2 do", true), ("f(", true), ("'abc", false), ("[[abc", true),
    ("x = = 1", false), ("local x <", true),
  ])
  func completeness_knowsUnfinishedText(source: String, unfinished: Bool) throws {
    switch session.completeness(of: source, name: "=test") {
    case .incomplete: #expect(unfinished)
    default: #expect(!unfinished)
    }
  }
}
