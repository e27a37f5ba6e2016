// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

/// Swift values into Lua and back, closures both ways.
@Suite struct ValueTests {
  let session: LuaSession

  init() throws { session = try LuaSession() }

  @Test func set_get_keepsValues() throws {
    try session.set("a", 3)
    try session.set("b", 2.5)
    try session.set("c", "text")
    try session.set("d", true)
    try session.set("e", [1, 2, 3])
    try session.set("f", ["x": 1.5, "y": 2])
    try session.set("g", String?.none)
    #expect(try session.get("a") == 3)
    #expect(try session.get("a") == 3.0)
    #expect(try session.get("b", as: Float.self) == 2.5)
    #expect(try session.get("c") == "text")
    #expect(try session.get("d") == true)
    #expect(try session.get("e") == [1, 2, 3])
    #expect(try session.get("f") == ["x": 1.5, "y": 2.0])
    #expect(try session.get("g", as: Int?.self) == nil)
    #expect(
      try session.text("return math.type(a) .. math.type(b) .. #e .. f.x") == "integerfloat31.5")
  }

  @Test(arguments: [
    ("x = 'text'", "integer expected, got string"), ("x = 1.5", "integer expected, got 1.5"),
    ("x = nil", "integer expected, got nil"), ("x = {}", "integer expected, got table"),
  ])
  func get_otherType_saysSo(_ source: String, _ message: String) throws {
    try session.run(source, name: "=test")
    let error = #expect(throws: LuaError.self) { try session.get("x", as: Int.self) }
    #expect(error?.message == message)
  }

  @Test func literals_areValues() throws {
    try session.setGlobal("v", ["n": 1, "list": [1, 2.5, "x", true, nil]])
    #expect(try session.text("return v.n + #v.list") == "5")
  }

  @Test func register_typedClosure_checksArguments() throws {
    try session.register("hypotenuse") { (a: Double, b: Double) in (a * a + b * b).squareRoot() }
    try session.register("shout") { (text: String, times: Int?) in
      String(repeating: text.uppercased(), count: times ?? 1)
    }
    var seen: [Int] = []
    try session.register("note") { (values: [Int]) in seen = values }
    #expect(try session.text("return hypotenuse(3, 4)") == "5.0")
    #expect(try session.text("return shout('a') .. shout('b', 2)") == "ABB")
    try session.run("note {1, 2}", name: "=test")
    #expect(seen == [1, 2])
    #expect(
      try session.failure("hypotenuse(3)").message
        == "test:1: bad argument #2 to 'hypotenuse' (number expected, got no value)")
    #expect(
      try session.failure("hypotenuse('x', 1)").message
        == "test:1: bad argument #1 to 'hypotenuse' (number expected, got string)")
  }

  @Test func register_errorOfSwift_isRaised() throws {
    struct Refusal: Error, CustomStringConvertible { var description: String { "not today" } }
    try session.register("refuse") { () -> Int in throw Refusal() }
    #expect(try session.failure("refuse()").message == "test:1: refuse: not today")
  }

  @Test func call_byName_convertsBothWays() throws {
    try session.run(
      "model = {score = function(x, names) return x * 2 + #names, 'second' end}", name: "=test")
    let score: Double = try session.call("model.score", 1.5, ["a", "b"])
    #expect(score == 5)
    #expect(try session.call(named: "model.score", [1, "abc"]).count == 2)
    let error = #expect(throws: LuaError.self) { try session.call(named: "model.missing") }
    #expect(error?.message == "'model.missing' is not a function but a nil value")
  }

  @Test func closures_bothWays_callEachOther() throws {
    let adder: LuaFunction =
      try session.run(
        "local n = 0 return function(x) n = n + x return n end", name: "=test"
      ).first.map { try LuaFunction.from(lua: $0) } ?? { throw LuaError("none") }()
    try adder(2)
    #expect(try adder.call(3, returning: Int.self) == 5)
    try session.register("apply") { (f: LuaFunction, x: Int) in try f.call(x, returning: Int.self) }
    #expect(try session.text("return apply(function(x) return x * 10 end, 4)") == "40")
  }

  @Test func functionOfAnotherSession_isRefused() throws {
    let other = try LuaSession()
    try session.run("function f() end", name: "=test")
    let f: LuaFunction = try session.get("f")
    let error = #expect(throws: LuaError.self) { try other.set("f", f) }
    #expect(error?.message == "a value of another Lua session was handed over")
  }
}
