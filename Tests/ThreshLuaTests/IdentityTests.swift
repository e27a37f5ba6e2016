// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

/// One Swift object is one userdata, through growth, collection and reuse of places.
@Suite struct IdentityTests {
  private let count = InstanceCount()

  @Test func objects_comingAndGoing_keepIdentityAndLeakNothing() throws {
    let session = try LuaSession()
    try session.defineThings(count)
    let count = count
    var kept = (0..<500).map { Thing(count, weight: Double($0)) }
    try session.define("kept") { call in .object(kept[try call.integer(1, "i") - 1]) }
    try session.define("replace") { call in
      let i = try call.integer(1, "i") - 1
      kept[i] = Thing(count, weight: Double(i))
      return .none
    }
    let found = try session.run(
      """
      local held = {}
      local seed = 1
      local function random(n)
        seed = (seed * 1103515245 + 12345) % 2147483648
        return seed // 65536 % n + 1
      end
      for turn = 1, 40000 do
        local i = random(500)
        local what = random(8)
        if what <= 3 then
          local t = kept(i)
          if held[i] then assert(held[i] == t, 'another userdata') end
          held[i] = t
          assert(t.weight == i - 1, 'another object')
        elseif what == 4 then
          held[i] = nil
        elseif what == 5 and held[i] then
          held[i]:free()
          held[i] = nil
          assert(kept(i).weight == i - 1)
        elseif what == 6 then
          held[i] = nil
          replace(i)
        else
          local sum = Thing(turn) + Thing(1)
          assert(sum.weight == turn + 1)
          assert(sum:grow(1) == sum)
        end
        if turn % 5000 == 0 then collectgarbage() end
      end
      local n = 0
      for i, t in pairs(held) do
        assert(t == kept(i))
        n = n + 1
      end
      held = nil
      collectgarbage() collectgarbage()
      return n
      """, name: "=test")
    guard case .integer(let n)? = found.first else {
      Issue.record("no number came back")
      return
    }
    #expect(n > 100)
    #expect(count.live == 500)
    kept = []
    #expect(count.live == 0)
  }

  @Test func memory_ofLuaValues_isCountedExactly() throws {
    let session = try LuaSession()
    try session.collectGarbage()
    let before = session.memory.lua
    try session.run(
      """
      big = {}
      for i = 1, 20000 do big[i] = { i, {}, { i, i, i, i }, function() return i end } end
      """, name: "=test")
    #expect(session.memory.lua > before + 20000 * 150)
    try session.run("big = nil collectgarbage() collectgarbage()", name: "=test")
    #expect(abs(session.memory.lua - before) < 20_000)
    let own = try session.run("return collectgarbage('count') * 1024", name: "=test")
    guard case .number(let bytes)? = own.first else {
      Issue.record("no number came back")
      return
    }
    #expect(abs(bytes - Double(session.memory.lua)) < 4096)
  }
}
