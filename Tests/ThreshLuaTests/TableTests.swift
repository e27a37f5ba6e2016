// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

@Suite struct TableTests {
  private let session: LuaSession

  init() throws { session = try LuaSession() }

  private func table(_ source: String) throws -> LuaTable {
    guard case .table(let table)? = try session.run("return " + source, name: "=test").first else {
      throw LuaError("no table came back")
    }
    return table
  }

  @Test func contents_areItemsAndFields() throws {
    let contents = try table("{10, 20, nil, 40, x = 'y', [2.5] = true}").contents()
    #expect(contents.array.count == 4)
    #expect(contents.array[2].isNil)
    #expect(contents.fields.count == 2)
    #expect(contents["x"]?.text == "y")
  }

  @Test func builtTable_becomesALuaTable() throws {
    let built = LuaTable(
      array: [.integer(1), .list([.string("a"), .nil, .boolean(false)])],
      fields: [(.string("name"), .table(LuaTable(["deep": .number(2.5)])))])
    try session.setGlobal("t", .table(built))
    let source = "return t[1], t[2][1], t[2][2], t[2][3], t.name.deep, #t"
    let texts = try session.run(source, name: "=test").map { try session.describe($0).text }
    #expect(texts == ["1", "a", "nil", "false", "2.5", "2"])
  }

  @Test func builtTable_withAnImpossibleKey_isAnError() throws {
    for key in [LuaValue.nil, .number(.nan)] {
      #expect(throws: LuaError.self) {
        try session.setGlobal("t", .table(LuaTable(fields: [(key, .integer(1))])))
      }
    }
  }

  @Test func builtTable_nestedTooDeeply_isAnError() throws {
    var value = LuaValue.integer(1)
    for _ in 0..<40 { value = .list([value]) }
    #expect(throws: LuaError.self) { try session.setGlobal("t", value) }
  }

  @Test func decoding_aCycleOrGreatDepth_isAnError() throws {
    for source in [
      "(function() local t = {} t[1] = t return t end)()",
      "(function() local t = {} t.a = {b = t} return t end)()",
      "(function() local t = {} for i = 1, 40 do t = {t} end return t end)()",
      "(function() local t = {} for i = 1, 30 do t = {t, t, t, t} end return t end)()",
    ] {
      #expect(throws: LuaError.self) { try table(source).decoded(limit: 100_000) }
    }
    let tree = try table("{1, {2, {3}}, a = {b = 'c'}}").decoded()
    guard case .table(let inner)? = try tree.contents()["a"] else {
      Issue.record("the nested table is lost")
      return
    }
    #expect(try inner.contents()["b"]?.text == "c")
    #expect(inner.reference == nil)
  }

  @Test func identity_isThatOfTheLuaTable() throws {
    let values = try session.run("local t = {} return t, t, {}", name: "=test")
    let identities = values.compactMap { value -> UnsafeRawPointer? in
      if case .table(let table) = value { return table.reference?.identity }
      return nil
    }
    #expect(identities.count == 3)
    #expect(identities[0] == identities[1])
    #expect(identities[0] != identities[2])
  }

  @Test func numbers_ofANestedList_areFlat() throws {
    let integers = try table("{{1, 2, 3}, {4, 5, 6}}").numbers()
    #expect(integers.shape == [2, 3])
    guard case .integers(let values) = integers.values else {
      Issue.record("no integers")
      return
    }
    #expect(values == [1, 2, 3, 4, 5, 6])
    let floats = try table("{{1, 2}, {3.5, 4}}").numbers()
    guard case .numbers(let mixed) = floats.values else {
      Issue.record("no floats")
      return
    }
    #expect(mixed == [1, 2, 3.5, 4])
    guard case .booleans(let flags) = try table("{true, false}").numbers().values else {
      Issue.record("no booleans")
      return
    }
    #expect(flags == [true, false])
    #expect(try table("{}").numbers().shape == [0])
    #expect(try table("{{}, {}}").numbers().shape == [2, 0])
    #expect(try table("{{{7}}}").numbers().doubles == [7])
  }

  @Test(arguments: [
    ("{{1, 2}, {3}}", "the list is ragged: [2] has 1 elements, the first of its level has 2"),
    ("{{1, 2}, 3}", "list expected at [2], got number"),
    ("{1, {2}}", "number expected at [2], got table"),
    ("{{1, 'x'}}", "number expected at [1][2], got string"),
    ("{1, true}", "booleans and numbers are mixed at [2]"),
    ("{a = 1}", "list of numbers expected, got a table with named fields"),
    (
      "(function() local t = {} t[1] = t return t end)()",
      "the list is nested more than 32 levels deep"
    ),
    (
      "(function() local t = {1, 1} for i = 1, 31 do t = {t, t, t, t, t, t, t, t} end return t end)()",
      "not enough memory"
    ),
  ])
  func numbers_ofSomethingElse_areAnError(source: String, message: String) throws {
    session.setMemoryLimit(64 << 20)
    let table = try table(source)
    let error = #expect(throws: LuaError.self) { try table.numbers() }
    #expect(error?.message == message)
  }

  @Test func integers_comeAsListOrArguments() throws {
    try session.define("zeros") { call in
      .list(try call.integers(from: 1, "size").map { .integer($0) })
    }
    #expect(try session.text("return table.concat(zeros(2, 3), ',')") == "2,3")
    #expect(try session.text("return table.concat(zeros({2, 3}), ',')") == "2,3")
    #expect(try session.text("return table.concat(zeros(), ',')") == "")
    #expect(
      try session.failure("zeros({2, 'x'})").message
        == "test:1: bad argument #1 'size' to 'zeros' (number expected at [2], got string)")
  }
}
