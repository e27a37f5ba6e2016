// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// libThresh.so in programs that are not ours, and other people's C modules in ours.
@Suite struct ModuleTests {
  static let lua = "/usr/bin/lua5.4"
  static let hasLua = access(lua, X_OK) == 0
  static let hasCompiler = access("/usr/bin/cc", X_OK) == 0 && access("/usr/bin/make", X_OK) == 0

  static func hasModule(_ name: String) -> Bool {
    access("/usr/lib/x86_64-linux-gnu/lua/5.4/\(name).so", R_OK) == 0
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static var library: String {
    let folder = Command.executable.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
    return folder + "/libThresh.so"
  }

  /// Runs a script in Debian's interpreter, which finds the built library.
  func stock(_ script: String) throws -> Command.Result {
    let command = try Command()
    return try command.run(
      ["-e", "package.cpath = '\(Self.library)'", command.file("script.lua", script)],
      program: Self.lua)
  }

  @Test(.enabled(if: hasLua, "lua5.4 is not installed"))
  func stockLua_require_givesTensors() throws {
    let result = try stock("local th = require 'thresh' print(th.ones(2, 2):sum():item())")
    #expect(result.output == "4.0\n", "\(result.errors)")
    #expect(result.status == 0)
  }

  @Test(.enabled(if: hasLua, "lua5.4 is not installed"))
  func stockLua_errorsAndCallbacks_areItsOwn() throws {
    let result = try stock(
      """
      local th = require "thresh"
      print(select(2, pcall(th.matmul, th.ones(2, 3), th.ones(2, 3))))
      print(pcall(th.no_grad, function() error("inner", 0) end))
      print(th.no_grad(function() return th.is_grad_enabled() end))
      print(require "thresh" == th, io ~= nil, string.dump ~= nil)
      """)
    #expect(
      result.output == """
        script.lua:2: matmul: inner sizes differ: (2, 3) x (2, 3); a:size(2) must equal b:size(1)
        false	inner
        false
        true	true	true

        """ || result.output.hasSuffix("false\tinner\nfalse\ntrue\ttrue\ttrue\n"))
    #expect(result.output.contains("matmul: inner sizes differ"))
  }

  /// A coroutine that was there first knows nothing of the session until it calls it.
  @Test(.enabled(if: hasLua, "lua5.4 is not installed"))
  func stockLua_coroutinesOfBefore_work() throws {
    let result = try stock(
      """
      local early = coroutine.wrap(function()
        local th = coroutine.yield()
        coroutine.yield(th.zeros(3):add(1):sum():item())
        coroutine.yield(pcall(th.ones, "x"))
      end)
      early()
      local th = coroutine.wrap(function() return require "thresh" end)()
      print(early(th))
      print(early())
      """)
    #expect(result.output.hasPrefix("3.0\nfalse\t"), "\(result.errors)")
    #expect(result.status == 0)
  }

  /// Also where math.random was replaced before: then the state tells nothing of it.
  @Test(.enabled(if: hasLua, "lua5.4 is not installed"))
  func stockLua_randomNumbers_areToldAndPutBack() throws {
    for replaced in ["", "math.random = string.len"] {
      let result = try stock(
        """
        local random = math.random
        \(replaced)
        local th = require "thresh"
        local state = th.get_rng_state()
        local a, b = random(0), th.rand(1)[1]
        th.set_rng_state(state)
        print(state.math ~= nil, random(0) == a, th.rand(1)[1] == b)
        """)
      let told = replaced.isEmpty
      #expect(result.output == "\(told)\t\(told)\ttrue\n", "\(result.errors)")
    }
  }

  /// The state ends with threads of the engine about, objects alive and finalisers that use them.
  @Test(.enabled(if: hasLua, "lua5.4 is not installed"))
  func stockLua_end_isQuiet() throws {
    let result = try stock(
      """
      before = setmetatable({}, { __gc = function(t) print(pcall(function() return t.th.ones(1) end)) end })
      local th = require "thresh"
      before.th = th
      x = th.matmul(th.ones(512, 512), th.ones(512, 512))
      after = setmetatable({}, { __gc = function() print(pcall(function() return x:sum():item() end)) end })
      """)
    #expect(result.output.hasPrefix("true\t134217728.0\nfalse\t"), "\(result.errors)")
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test func library_links_noReadline() throws {
    let result = try Command().run([Self.library], program: "/usr/bin/ldd")
    #expect(result.output.contains("liblua5.4"))
    #expect(!result.output.contains("readline"))
  }

  @Test(.enabled(if: hasCompiler, "there is no C compiler"))
  func header_hostInC_runs() throws {
    let command = try Command()
    let flags = "-std=c17 -Wall -Wextra -Werror -I\(Self.root)/Sources/CThresh/include"
    let folder = Self.library.dropLast("/libThresh.so".count)
    let built = try command.run(
      [
        "-c",
        "cc \(flags) -o host \(Self.root)/examples/embedding/c/host.c -L\(folder) "
          + "-Wl,-rpath,\(folder) -lThresh",
      ], program: "/bin/sh")
    #expect(built.status == 0, "\(built.errors)")
    let result = try command.run([], program: command.folder + "/host")
    #expect(
      result.output == """
        Thresh 0.1.0
        hello from C
        sum 6
        refused 1: stranger:1: attempt to index a nil value (global 'io')

        """, "\(result.errors)")
    let script = try command.file("loop.lua", "while true do pcall(error) end")
    let looped = try command.run([script], program: command.folder + "/host", seconds: 30)
    #expect(looped.status == 1)
    #expect(looped.errors.hasPrefix("host: the time limit of 5 s was reached\n"))
  }

  @Test(.enabled(if: hasModule("cjson"), "lua-cjson is not installed"))
  func debianModule_cjson_loads() throws {
    let result = try Command().run([
      "-e", "local json = require 'cjson' print(json.encode {1, 2.5, 'x'}, json.decode('[4]')[1])",
    ])
    #expect(result.output == "[1,2.5,\"x\"]\t4.0\n", "\(result.errors)")
  }

  @Test(.enabled(if: hasModule("lpeg"), "lua-lpeg is not installed"))
  func debianModule_lpeg_loads() throws {
    let result = try Command().run([
      "-e", "local lpeg = require 'lpeg' print(lpeg.match(lpeg.R('09') ^ 1, '123x'))",
    ])
    #expect(result.output == "4\n", "\(result.errors)")
  }

  /// Their functions raise through our protected calls, and coroutines of ours run in theirs.
  @Test(.enabled(if: hasModule("lpeg"), "lua-lpeg is not installed"))
  func debianModule_callback_raises() throws {
    let result = try Command().run([
      "-e",
      """
      local lpeg = require 'lpeg'
      local th = require 'thresh'
      print(pcall(lpeg.match, lpeg.C(1) / function() th.ones('x') end, 'a'))
      print(lpeg.match(lpeg.C(1) / function(c) return th.ones(2):sum():item() end, 'a'))
      """,
    ])
    #expect(result.output.contains("integer expected, got string"))
    #expect(result.output.hasSuffix("\n2.0\n"))
  }
}
