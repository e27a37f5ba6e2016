// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// `--sandbox` and `--max-seconds`: what the escape list of Tests/Scripts/sandbox.lua cannot try from
/// within, because it ends the run.
@Suite(.serialized) struct SandboxTests {
  static let scripts = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts")

  @Test func sandbox_escapeList_allHeld() throws {
    let command = try Command()
    let script = Self.scripts.appending(path: "sandbox.lua").path
    let result = try command.run(
      ["--sandbox", "--max-memory", "256M", script], seconds: 120)
    #expect(result.output == "113 attempts held\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
    let left = try FileManager.default.contentsOfDirectory(atPath: command.folder)
    #expect(left.allSatisfy { $0.hasPrefix(".") }, "files were made: \(left)")
  }

  /// Time runs out, the script is stopped with a message and a traceback, not killed.
  @Test(arguments: [
    ("a loop", "while true do end"),
    ("pcall in a loop", "while true do pcall(function() while true do end end) end"),
    ("pcall of pcall", "local function f() while true do pcall(f) end end f()"),
    ("a coroutine", "coroutine.wrap(function() while true do end end)()"),
    (
      "a coroutine in pcall",
      "while true do pcall(coroutine.wrap(function() while true do end end)) end"
    ),
    ("coroutines one after another", "while true do coroutine.wrap(function() end)() end"),
    ("a comparator", "table.sort({3, 2, 1}, function() while true do end end)"),
    ("a handler", "xpcall(error, function() while true do end end)"),
    (
      "a loop with a handler that loops",
      "xpcall(function() while true do end end, function() while true do end end)"
    ),
    (
      "a handler in a handler",
      """
      local function loop() while true do end end
      xpcall(function() xpcall(loop, loop) end, function() xpcall(loop, loop) end)
      """
    ),
    (
      "gsub with a function",
      "while true do pcall(string.gsub, 'x', 'x', function() while true do end end) end"
    ),
    (
      "__index",
      "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end"
    ),
    (
      "__close",
      "while true do pcall(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) end) end"
    ),
    ("__tostring", "print(setmetatable({}, {__tostring = function() while true do end end}))"),
    ("load's reader", "load(function() while true do end end)"),
    ("load of a reader without end", "load(function() return ' ' end)"),
    ("a native function's callback", "require 'thresh'.no_grad(function() while true do end end)"),
    ("native calls", "local th = require 'thresh' while true do pcall(th.ones, 2) end"),
    (
      "a large product",
      "local th = require 'thresh' local a = th.ones(3000, 3000) while true do pcall(th.matmul, a, a) end"
    ),
    (
      "concat through __index",
      "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1 << 60)"
    ),
    (
      "a sort by numbers",
      "local t = {} for i = 1, 2e6 do t[i] = i * 7919 % 1000003 end while true do table.sort(t) t[1] = 0 end"
    ),
    ("goto", "::again:: goto again"),
  ])
  func sandbox_timeIsUp_stops(_ name: String, _ script: String) throws {
    let result = try Command().run(["--sandbox", "--max-seconds", "0.3", "-e", script])
    #expect(result.status == 124)
    #expect(
      result.errors.hasPrefix("thresh: the time limit of 0.3 s was reached\nstack traceback:"))
  }

  /// C code of Lua's that looks at nothing: the watchdog ends the process, as documented.
  @Test func sandbox_patternMatching_endsProcess() throws {
    let result = try Command().run([
      "--sandbox", "--max-seconds", "0.2", "-e",
      "pcall(string.find, ('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
    ])
    #expect(result.status == 124)
    #expect(result.errors.hasSuffix("; nothing else stops it, so the process ends\n"))
  }

  /// An error whose text never comes costs the time limit and no more.
  @Test func sandbox_errorThatLoopsWhenShown_ends() throws {
    let result = try Command().run([
      "--sandbox", "--max-seconds", "0.2", "-e",
      "error(setmetatable({}, {__tostring = function() while true do end end}))",
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("error while an error was described"))
  }

  @Test func sandbox_uncaughtMemoryBomb_isAnError() throws {
    let result = try Command().run([
      "--sandbox", "--max-memory", "64M", "-e", "local s = 'x' while true do s = s .. s end",
    ])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("thresh: not enough memory"))
  }

  @Test func sandbox_environmentVariables_areNotRead() throws {
    let result = try Command().run(
      ["--sandbox", "-e", "print(injected)"], environment: ["LUA_INIT": "injected = true"])
    #expect(result.output == "nil\n")
  }

  @Test func sandbox_prompt_isRefused() throws {
    let result = try Command().run(["--sandbox", "-i", "-e", "print(1)"])
    #expect(result.status == 1)
    #expect(result.errors == "thresh: '--sandbox' is for scripts: it has no prompt\n")
  }

  /// The library's own modules, which have nothing but standard error of their own.
  @Test func sandbox_training_works() throws {
    let command = try Command()
    let script = try command.file(
      "train.lua",
      """
      local th = require "thresh"
      local data = th.data.digits { validation = 0.2 }
      local model = th.models.mlp { in_channels = 1, image_size = 8, classes = 10, seed = 3 }
      local result = th.train {
        model = model, data = data, optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 }),
        select = th.select.Random { fraction = 0.2 }, epochs = 1, batch_size = 64, seed = 7,
      }
      print(type(result), th.plot ~= nil, th.inspect ~= nil)
      """)
    let result = try command.run(["--sandbox", script])
    #expect(result.output == "table\ttrue\ttrue\n", "\(result.errors)")
    #expect(result.status == 0)
  }

  @Test func maxSeconds_withoutSandbox_stopsAndKeepsLibraries() throws {
    let result = try Command().run([
      "--max-seconds=0.3", "-e", "print(io.open ~= nil) while true do pcall(error) end",
    ])
    #expect(result.status == 124)
    #expect(result.output == "true\n")
  }

  @Test func maxSeconds_finaliserAtTheEnd_endsProcess() throws {
    let result = try Command().run([
      "--max-seconds=0.3", "-e",
      "x = setmetatable({}, {__gc = function() while true do end end})",
    ])
    #expect(result.status == 124)
  }

  @Test(arguments: ["-1", "x", "nan", ""])
  func maxSeconds_badValue_isRefused(_ value: String) throws {
    let result = try Command().run(["--max-seconds=\(value)", "-e", ""])
    #expect(result.status == 1)
    #expect(
      result.errors.hasPrefix("thresh: '--max-seconds' needs a number of seconds, got '\(value)'"))
  }
}
