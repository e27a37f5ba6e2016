// SPDX-License-Identifier: Apache-2.0
import Testing

/// What the tests of lua(1) itself pin down (testes/main.lua of Lua 5.4), as far as FlagTests and PromptTests do
/// not say it already. README lists what differs on purpose.
@Suite struct LuaConformanceTests {
  /// A run: files, words, input, environment; what it writes.
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var files: [String: String] = [:]
    var words: [String] = []
    var input = ""
    var environment: [String: String] = [:]
    var output: String?
    var errors: [String] = []
    var status: Int32 = 0
  }

  static let cases: [Case] = [
    Case(testDescription: "an empty standard input", words: ["-"], output: ""),
    Case(
      testDescription: "a chunk of several lines from standard input", words: ["-"],
      input: "print(\n1, rawget(_G, 'a')\n)\n", output: "1\tnil\n"),
    Case(
      testDescription: "standard input without a dash", input: "print(10)\nprint(2)\n",
      output: "10\n2\n"),
    Case(
      testDescription: "a flag behind the dash", words: ["-", "-h"], input: "print(arg[1])",
      output: "-h\n"),
    Case(
      testDescription: "LUA_PATH", files: ["p.lua": "print(package.path)"], words: ["p.lua"],
      environment: ["LUA_PATH": "x"], output: "x\n"),
    Case(
      testDescription: "LUA_PATH_5_4 before LUA_PATH", files: ["p.lua": "print(package.path)"],
      words: ["p.lua"], environment: ["LUA_PATH_5_4": "y", "LUA_PATH": "x"], output: "y\n"),
    Case(
      testDescription: "LUA_CPATH_5_4 before LUA_CPATH", files: ["p.lua": "print(package.cpath)"],
      words: ["p.lua"], environment: ["LUA_CPATH_5_4": "yacc", "LUA_CPATH": "x"], output: "yacc\n"),
    Case(
      testDescription: "LUA_INIT sees arg", files: ["p.lua": "print(X)"], words: ["p.lua", "3.2"],
      environment: ["LUA_INIT": "X=tonumber(arg[1])"], output: "3.2\n"),
    Case(
      testDescription: "an error in LUA_INIT", environment: ["LUA_INIT": "error('msg')"],
      errors: ["LUA_INIT:1: msg"], status: 1),
    Case(
      testDescription: "two semicolons stand for the default path",
      files: ["p.lua": "print((package.path:gsub('^a;.*share/lua.*;b$', 'a;DEFAULT;b')))"],
      words: ["p.lua"],
      environment: ["LUA_PATH": "a;;b"], output: "a;DEFAULT;b\n"),
    Case(
      testDescription: "-l over several libraries",
      files: [
        "one.lua": "print(1); a=2; return {x=15}", "two.lua": "print(a); print(_G['one'].x)",
        "main.lua": "print(a)",
      ],
      words: ["-l", "one", "-ltwo", "-lstring", "-l", "io", "main.lua"],
      environment: ["LUA_PATH": "?.lua;;"], output: "1\n2\n15\n2\n"),
    Case(
      testDescription: "-l with a name of its own",
      files: ["p.lua": "print(str.upper'alo alo', m.max(10, 20))"],
      words: ["-l", "str=string", "-lm=math", "-e", "print(m.sin(0))", "p.lua"],
      output: "0.0\nALO ALO\t20\n"),
    Case(
      testDescription: "arg in libraries", files: ["lib.lua": "assert(arg) print('lib')"],
      words: ["-llib", "-"],
      input: "print('main')", environment: ["LUA_PATH": "?.lua;;"], output: "lib\nmain\n"),
    Case(
      testDescription: "a changed arg is what the script gets", words: ["-e", "arg[1] = 100", "-"],
      input: "print(...)", output: "100\n"),
    Case(
      testDescription: "no warnings by default", input: "io.stderr:write(1); warn[[OOO]]",
      output: ""),
    Case(
      testDescription: "control messages of warn",
      files: [
        "w.lua": """
        warn("@allow")
        warn("@off", "OOO", "@off")
        warn("@off")
        warn("@on", "YYY", "@on")
        warn("@off")
        warn("@on")
        warn("", "@on")
        warn("@on")
        warn("Z", "Z", "Z")
        """
      ],
      words: ["-W", "w.lua"],
      errors: ["Lua warning: @offOOO@off\nLua warning: @on\nLua warning: ZZZ\n"]),
    Case(
      testDescription: "finalizers that fail warn at the end",
      files: [
        "g.lua": "u1 = setmetatable({}, {__gc = function () error('XYZ') end})\n"
          + "u2 = setmetatable({}, {__gc = function () error('ZYX') end})"
      ],
      words: ["-W", "g.lua"], errors: ["ZYX", "XYZ"]),
    Case(
      testDescription: "no new finalizers while the state closes",
      files: [
        "c.lua": """
        setmetatable({}, {__gc = function () print(1) end})
        setmetatable({}, {__gc = function ()
          print("2")
          setmetatable({}, {__gc = function () print(3) end})
          print(collectgarbage())
          os.exit(0, true)
        end})
        """
      ],
      words: ["-W", "c.lua"], output: "2\nnil\n1\n"),
    Case(
      testDescription: "many arguments", files: ["m.lua": "print(({...})[30])"],
      words: ["m.lua"] + Array(repeating: "a", count: 30), output: "a\n"),
    Case(
      testDescription: "several -e share their globals",
      words: ["-eprint(1)", "-ea=3", "-e", "print(a)"],
      output: "1\n3\n"),
    Case(
      testDescription: "entries over lines, printed", words: ["-e_PROMPT='' _PROMPT2=''", "-i"],
      input: "(6*2-6) -- ===\na =\n10\nprint(a)\na", output: "BANNER6\n10\n10\n"),
    Case(
      testDescription: "a long string over lines, and = before an expression",
      words: ["-e_PROMPT='' _PROMPT2=''", "-i"], input: "a = [[b\nc\nd\ne]]\n=a",
      output: "BANNER\"b\\nc\\nd\\ne\"\n"),
    Case(
      testDescription: "an error object that tells itself",
      files: [
        "o.lua":
          "local m = setmetatable({x = 4}, {__tostring = function(x) return 'code ' .. x.x end})\nerror(m)"
      ],
      words: ["o.lua"], errors: ["thresh: code 4\n"], status: 1),
    Case(
      testDescription: "a chunk broken into many lines",
      words: ["-e_PROMPT='' _PROMPT2=''", "-i"],
      input:
        "function\n\nf\n\n(\n\nx\n\n)\n\nlocal\n\na\n\n=\n\n[[\nxuxu\n]]\n\nif x == 11 then return 1 + 12 , 2 + 20 end\n"
        + "return\n\nx\n\n+\n\n1\n--\\\\\nend\nreturn(\n\nf(\n\n100\n)\n)\ndo\n\nreturn\n\nf(\n\n11 )\n\nend\n",
      output: "BANNER101\n13\t22\n"),
    Case(
      testDescription: "a first line that is a comment without an end",
      files: ["h.lua": "#comment in 1st line without \\n at the end"], words: ["h.lua"], output: ""),
    Case(
      testDescription: "an open file is written at the end",
      files: ["f.lua": "io.output('out.txt'); io.write('alo')"],
      words: ["-e", "dofile 'f.lua'"], output: ""),
    Case(testDescription: "os.exit(nil, true)", words: ["-e", "os.exit(nil, true)"]),
    Case(testDescription: "os.exit(true, true)", words: ["-e", "os.exit(true, true)"]),
    Case(
      testDescription: "os.exit(1, true)", words: ["-e", "os.exit(1, true)"], output: "", status: 1),
    Case(
      testDescription: "os.exit(false, true)", words: ["-e", "os.exit(false, true)"], output: "",
      status: 1),
    Case(
      testDescription: "os.exit closes what is to be closed",
      files: [
        "t.lua": """
        local x <close> = setmetatable({}, {__close = function (self, err) assert(err == nil) print("Ok") end})
        local e1 <close> = setmetatable({}, {__close = function () print(120) end})
        os.exit(true, true)
        """
      ],
      words: ["t.lua"], output: "120\nOk\n"),
    Case(testDescription: "-h", words: ["-h"], errors: ["unrecognized option '-h'"], status: 1),
    Case(testDescription: "---", words: ["---"], errors: ["unrecognized option '---'"], status: 1),
    Case(testDescription: "-Ex", words: ["-Ex"], errors: ["unrecognized option '-Ex'"], status: 1),
    Case(testDescription: "-vv", words: ["-vv"], errors: ["unrecognized option '-vv'"], status: 1),
    Case(testDescription: "-iv", words: ["-iv"], errors: ["unrecognized option '-iv'"], status: 1),
    Case(testDescription: "-e alone", words: ["-e"], errors: ["'-e' needs argument"], status: 1),
    Case(testDescription: "-e of no Lua", words: ["-e", "a"], errors: ["syntax error"], status: 1),
    Case(testDescription: "-l alone", words: ["-l"], errors: ["'-l' needs argument"], status: 1),
    Case(
      testDescription: "warn wants strings",
      words: [
        "-W", "-e", "print(pcall(warn)) print(select(2, pcall(warn, 'NOT', {}))) warn('end')",
      ],
      errors: ["Lua warning: end\n"]),
    Case(
      testDescription: "debug.debug reads commands", words: ["-e", "require'debug'.debug()"],
      input: "io.stderr:write(1000)\ncont\n", errors: ["lua_debug> 1000lua_debug> "]),
  ]

  @Test(arguments: cases)
  func run_behavesAsLua(_ example: Case) throws {
    let command = try Command()
    for (name, text) in example.files { _ = try command.file(name, text) }
    let result = try command.run(
      example.words, input: example.input, environment: example.environment)
    #expect(result.status == example.status, "\(result.errors)")
    if let output = example.output {
      let banner = "Thresh 0.1.0  Lua 5.4.4\n"
      #expect(result.output == output.replacing("BANNER", with: banner))
    }
    for part in example.errors { #expect(result.errors.contains(part), "\(result.errors)") }
    if example.testDescription.hasPrefix("an open file") {
      #expect(command.text(command.folder + "/out.txt") == "alo")
    }
  }

  @Test func defaultPaths_areThoseOfAnEmptyEnvironment() throws {
    let command = try Command()
    let script = try command.file("p.lua", "print(package.path, package.cpath)")
    let ignored = try command.run(
      ["-E", script], environment: ["LUA_INIT": "error(10)", "LUA_PATH": "xxx", "LUA_CPATH": "xxx"])
    #expect(try command.run([script]).output == ignored.output && ignored.status == 0)
    #expect(ignored.output.contains("lua") && !ignored.output.contains("xxx"))
  }
}
