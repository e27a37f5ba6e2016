// SPDX-License-Identifier: Apache-2.0
import Testing

/// lua(1)'s command line, as its own test suite describes it.
@Suite struct FlagTests {
  @Test(arguments: [
    (["-e", "print(1)"], "1\n"),
    (["-eprint(1)", "-e", "print(2)"], "1\n2\n"),
    (["-e", "print(1, ...)"], "1\n"),
    (["-l", "m=math", "-e", "print(m.type(1))"], "integer\n"),
    (["-lm=math", "-e", "print(m.type(1))"], "integer\n"),
    (["-l", "string", "-e", "print(string.len('abc'))"], "3\n"),
    (["-v"], "Thresh 0.1.0  Lua 5.4.4\n"),
    (["--version"], "Thresh 0.1.0  Lua 5.4.4\n"),
    (["--seed", "7", "-e", "print(1)"], "1\n"),
    (["--seed=7", "--threads=1", "--max-memory=1.5G", "-e", "print(1)"], "1\n"),
    (
      ["-e", "print(arg[0]:match('[^/]*$'), arg[1], arg[2])"],
      "thresh\t-e\tprint(arg[0]:match('[^/]*$'), arg[1], arg[2])\n"
    ),
  ])
  func options_aloneOrCombined_doAsInLua(arguments: [String], output: String) throws {
    let result = try Command().run(arguments)
    #expect(result.output == output)
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test(arguments: [
    (["-h"], "unrecognized option '-h'"),
    (["---"], "unrecognized option '---'"),
    (["-Ex"], "unrecognized option '-Ex'"),
    (["-vv"], "unrecognized option '-vv'"),
    (["-iv"], "unrecognized option '-iv'"),
    (["-e"], "'-e' needs argument"),
    (["-e", "-v"], "'-e' needs argument"),
    (["-l"], "'-l' needs argument"),
    (["--sead", "3"], "unrecognized option '--sead' (did you mean '--seed'?)"),
    (["--seed"], "'--seed' needs a value"),
    (["--seed", "x"], "'--seed' needs an integer from 0 to 2^64 - 1, got 'x'"),
    (["--threads", "0"], "'--threads' needs a number of threads from 1 to 1024, got '0'"),
    (["--max-memory", "2Q"], "'--max-memory' needs a size such as 512M or 2G, got '2Q'"),
  ])
  func badOption_endsWithTheReasonAndUsage(arguments: [String], reason: String) throws {
    let result = try Command().run(arguments)
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("thresh: \(reason)\nusage: thresh [options]"))
    #expect(result.output == "")
  }

  @Test func help_isPrinted() throws {
    let result = try Command().run(["--help"])
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("usage: thresh [options] [script [args]]\n"))
    #expect(result.output.contains("--max-memory SIZE"))
  }

  /// With the modules inside the binary, and with those of a folder.
  @Test(arguments: [[:], ["THRESH_STDLIB": ExampleTests.folder.path + "/../stdlib"]])
  func everyCommandOfTheHelp_isThere(environment: [String: String]) throws {
    let help = try Command().run(["--help"]).output
    let line = try #require(help.split(separator: "\n").first { $0.hasPrefix("Commands: ") })
    let names = line.dropFirst("Commands: ".count).split(separator: ", ").map(String.init)
    #expect(names.count >= 6)
    for name in names {
      let result = try Command().run([name, "--help"], environment: environment)
      #expect(result.status == 0, "\(name): \(result.errors)")
      #expect(result.output.contains("thresh \(name)"), "\(name): \(result.output)")
    }
  }

  @Test func script_getsArgWithNegativeIndicesAndDots() throws {
    let command = try Command()
    let script = try command.file(
      "show.lua", "print(#arg, arg[0], arg[1], arg[-1], arg[-2], arg[-3] ~= nil, ...)")
    let result = try command.run(["-e", "x=1", script, "a", "-v", "--", "--seed"])
    #expect(result.output == "4\t\(script)\ta\tx=1\t-e\ttrue\ta\t-v\t--\t--seed\n")
  }

  @Test func script_withShebangAndByteOrderMark_runs() throws {
    let command = try Command()
    let script = try command.file(
      "a.lua", "\u{feff}#!/usr/bin/env thresh\nprint(debug.getinfo(1).currentline)")
    #expect(try command.run([script]).output == "2\n")
  }

  @Test(arguments: [[], ["-"], ["-", "a", "b"]])
  func script_fromStandardInput_runs(arguments: [String]) throws {
    let result = try Command().run(arguments, input: "#first\nprint(10, ...)")
    let words = arguments.dropFirst().map { "\t" + $0 }.joined()
    #expect(result.output == "10\(words)\n")
  }

  @Test func dash_afterDoubleDash_isAFile() throws {
    let result = try Command().run(["--", "-"], input: "print(10)")
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot open -"))
  }

  @Test func script_withADashInItsName_runsAfterDoubleDash() throws {
    let command = try Command()
    _ = try command.file("-x.lua", "print(arg[0], arg[-1])")
    #expect(try command.run(["--", "-x.lua"]).output == "-x.lua\t--\n")
  }

  @Test func error_inAScript_isToldWithTracebackAndStatusOne() throws {
    let command = try Command()
    _ = try command.file("bad.lua", "local function f()\n  error('oh')\nend\nf()")
    let result = try command.run(["bad.lua"])
    #expect(result.status == 1)
    #expect(
      result.errors == """
        thresh: bad.lua:2: oh
            2 | error('oh')
        stack traceback:
        \t[C]: in function 'error'
        \tbad.lua:2: in local 'f'
        \tbad.lua:4: in main chunk

        """)
  }

  @Test(arguments: [
    ("error(setmetatable({}, {__tostring = function() return 'mine' end}))", "thresh: mine"),
    ("error({code = 3, why = 'no'})", "thresh: error {code = 3, why = \"no\"}"),
    ("error()", "thresh: (error object is a nil value)"),
    ("x = = 1", "thresh: (command line):1: unexpected symbol near '='"),
  ])
  func errorValue_ofAnyKind_isTold(source: String, message: String) throws {
    let result = try Command().run(["-e", source])
    #expect(result.errors.split(separator: "\n").first.map(String.init) == message)
    #expect(result.status == 1)
  }

  @Test func missingScript_isToldWithStatusOne() throws {
    let result = try Command().run(["none.lua"])
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("thresh: cannot open none.lua"))
  }

  @Test func errorInAnOption_endsTheRun() throws {
    let result = try Command().run(["-e", "error('a', 0)", "-e", "print(1)"])
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("thresh: a\n"))
    #expect(try Command().run(["-l", "no_such_module"]).status == 1)
  }

  @Test func initialisation_prefersTheVersionedVariable() throws {
    let both = ["LUA_INIT": "x = 10", "LUA_INIT_5_4": "x = 20"]
    #expect(try Command().run(["-e", "print(x)"], environment: both).output == "20\n")
    #expect(
      try Command().run(["-e", "print(x)"], environment: ["LUA_INIT": "x = 10"]).output == "10\n")
    #expect(try Command().run(["-E", "-e", "print(x)"], environment: both).output == "nil\n")
  }

  @Test func initialisation_fromAFile_runs() throws {
    let command = try Command()
    _ = try command.file("init.lua", "x = 30")
    let result = try command.run(["-e", "print(x)"], environment: ["LUA_INIT": "@init.lua"])
    #expect(result.output == "30\n")
    let failing = try command.run(["-e", "print(x)"], environment: ["LUA_INIT": "error('no')"])
    #expect(failing.status == 1)
    #expect(failing.errors.hasPrefix("thresh: LUA_INIT:1: no"))
  }

  @Test func environment_isIgnoredWithE() throws {
    let variables = ["LUA_PATH": "xxx", "LUA_CPATH": "yyy"]
    let source = "print(package.path == 'xxx', package.cpath == 'yyy')"
    #expect(try Command().run(["-e", source], environment: variables).output == "true\ttrue\n")
    #expect(
      try Command().run(["-E", "-e", source], environment: variables).output == "false\tfalse\n")
  }

  @Test func warnings_areOffUntilAsked() throws {
    #expect(try Command().run(["-e", "warn('oh', ' no')"]).errors == "")
    #expect(try Command().run(["-W", "-e", "warn('oh', ' no')"]).errors == "Lua warning: oh no\n")
    #expect(try Command().run(["-e", "warn('@on') warn('oh')"]).errors == "Lua warning: oh\n")
  }

  @Test func library_withAVersionSuffix_isGlobalWithoutIt() throws {
    let command = try Command()
    _ = try command.file("lib-v2.lua", "return {x = 7}")
    let result = try command.run(["-l", "lib-v2", "-e", "print(lib.x)"])
    #expect(result.output == "7\n")
  }

  @Test func brokenArgTable_isAnError() throws {
    let command = try Command()
    let script = try command.file("a.lua", "print(...)")
    let result = try command.run(["-e", "arg = 1", script])
    #expect(result.errors.hasPrefix("thresh: 'arg' is not a table"))
    #expect(try command.run(["-e", "arg = {'x', 'y'}", script]).output == "x\ty\n")
  }

  @Test func osExit_givesItsStatus() throws {
    #expect(try Command().run(["-e", "os.exit(5)"]).status == 5)
    #expect(try Command().run(["-e", "os.exit(true, true)"]).status == 0)
    #expect(try Command().run(["-e", "os.exit(false)"]).status == 1)
  }

  @Test func finalisers_runAtTheEnd() throws {
    let source = "x = setmetatable({}, {__gc = function() print('closed') end})"
    #expect(try Command().run(["-e", source]).output == "closed\n")
  }

  @Test func bytecode_asAScriptOrInput_isRefused() throws {
    let command = try Command()
    let dumper = "io.open('dump.luac', 'wb'):write(string.dump(function() print(1) end)):close()"
    #expect(try command.run(["-e", dumper]).status == 0)
    let result = try command.run(["dump.luac"])
    #expect(result.status == 1)
    #expect(result.errors.contains("attempt to load a binary chunk"))
  }

  @Test func seed_decidesRandomNumbers() throws {
    let source = "print(math.random(1 << 60))"
    let first = try Command().run(["--seed", "3", "-e", source]).output
    #expect(try Command().run(["--seed", "3", "-e", source]).output == first)
    #expect(try Command().run(["--seed", "4", "-e", source]).output != first)
  }

  @Test func memoryLimit_isACleanError() throws {
    let result = try Command().run([
      "--max-memory", "40M", "-e", "print(pcall(string.rep, 'x', 1 << 30))",
      "-e", "local t = {} for i = 1, 1e9 do t[i] = i end",
    ])
    #expect(result.output == "false\tnot enough memory\n")
    #expect(result.errors.hasPrefix("thresh: not enough memory"))
    #expect(result.status == 1)
  }

  @Test func command_isAModuleWhenThereIsOne() throws {
    let module = """
      package.preload["thresh.cmd.runs"] = function()
        return function(...) print("runs", arg[0], ...) return 3 end
      end
      """
    let result = try Command().run(["runs", "list", "--all"], environment: ["LUA_INIT": module])
    #expect(result.output == "runs\truns\tlist\t--all\n")
    #expect(result.status == 3)
    let command = try Command()
    _ = try command.file("other", "print('script', ...)")
    #expect(try command.run(["other", "a"]).output == "script\ta\n")
  }
}
