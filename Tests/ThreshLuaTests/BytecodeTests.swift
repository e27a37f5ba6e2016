// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshLua

/// A crafted binary chunk can crash Lua, so none is ever loaded.
@Suite struct BytecodeTests {
  @Test(arguments: [
    "return load(dump)",
    "return load(dump, 'x', 'b')",
    "return load(dump, 'x', 'bt', {})",
    "local done return load(function() if not done then done = true return dump end end)",
    "return loadfile(path)",
    "return loadfile(path, 'b')",
    "return loadfile(path, 'bt', {})",
    "return pcall(dofile, path)",
    "package.path = path return pcall(require, 'chunk')",
  ])
  func binaryChunk_isRefused(source: String) throws {
    let session = try LuaSession()
    let path = FileManager.default.temporaryDirectory.path + "/thresh-\(UUID().uuidString).luac"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try session.setGlobal("path", .string(path))
    try session.run(
      """
      dump = string.dump(function() return 1 end)
      local file = assert(io.open(path, 'wb'))
      file:write(dump)
      file:close()
      """, name: "=test")
    let results = try session.run(source, name: "=test")
    #expect(results.count == 2)
    if case .boolean(true) = results[0] { Issue.record("it was loaded") }
    if case .function = results[0] { Issue.record("it was loaded") }
    let message = try session.describe(results[1]).text
    #expect(message.contains("attempt to load a binary chunk (mode is 't')"))
  }

  @Test func binaryChunk_fromSwift_isRefused() throws {
    let session = try LuaSession()
    guard
      case .string(let dump)? = try session.run(
        "return string.dump(function() end)", name: "=test"
      ).first
    else {
      Issue.record("no dump")
      return
    }
    let error = #expect(throws: LuaError.self) { try session.load(dump, name: "=x") }
    #expect(error?.kind == .syntax)
  }

  @Test(arguments: [
    ("return load('return ...')(3)", "3"),
    ("return load('return x', 'n', 't', {x = 4})()", "4"),
    ("return load('return x', 'n', nil, {x = 5})()", "5"),
    ("return load('return x', 'n', 'bt', nil) ~= nil", "true"),
    ("return select(2, load('x = ='))", "[string \"x = =\"]:1: unexpected symbol near '='"),
    (
      "return (select(2, loadfile('/none.lua')))",
      "cannot open /none.lua: No such file or directory"
    ),
    ("return #package.searchers", "4"),
  ])
  func text_isLoadedAsBefore(source: String, result: String) throws {
    #expect(try LuaSession().text(source) == result)
  }

  @Test func module_fromAFile_getsItsNameAndPath() throws {
    let session = try LuaSession()
    let folder = FileManager.default.temporaryDirectory.path + "/thresh-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try session.setGlobal("folder", .string(folder))
    try session.run(
      """
      local function write(name, text)
        local file = assert(io.open(folder .. '/' .. name, 'w'))
        file:write(text)
        file:close()
      end
      write('good.lua', 'return {...}')
      write('bad.lua', 'return = 1')
      package.path = folder .. '/?.lua'
      local good, path = require 'good'
      assert(good[1] == 'good' and good[2] == folder .. '/good.lua' and path == good[2])
      local ok, message = pcall(require, 'bad')
      assert(not ok and message:find("error loading module 'bad' from file", 1, true), message)
      ok, message = pcall(require, 'none')
      assert(not ok and message:find("no file '" .. folder .. "/none.lua'", 1, true), message)
      """, name: "=test")
  }

  @Test func preloadedModule_isFoundAndNamed() throws {
    let session = try LuaSession()
    try session.preload(
      module: "thresh.deep.thing",
      text: lasting("return {name = ..., line = debug.getinfo(1, 'S').source}"))
    #expect(try session.text("return require('thresh.deep.thing').name") == "thresh.deep.thing")
    #expect(
      try session.text("return require('thresh.deep.thing').line")
        == "@stdlib/thresh/deep/thing.lua")
  }
}
