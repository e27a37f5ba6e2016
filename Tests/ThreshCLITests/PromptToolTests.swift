// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// What the prompt has beside Lua, at a terminal.
@Suite struct PromptToolTests {
  @Test func topLevelLocals_surviveToTheNextLine() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("local n = 0 local function count() n = n + 1 return n end")
    try terminal.expect("th> ")
    terminal.sendLine("count() + count()")
    try terminal.expect("\r\n3\r\nth> ")
    terminal.sendLine("n, rawget(_G, 'n')")
    try terminal.expect("2\tnil\r\nth> ")
    terminal.sendLine("local kept = 5 error('no')")
    try terminal.expect("th> ")
    terminal.sendLine("kept")
    try terminal.expect("\r\n5\r\nth> ")
  }

  @Test func results_areKeptByNumber() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    for value in ["'one'", "'two'", "'three';"] {
      terminal.sendLine(value)
      try terminal.expect("th> ")
    }
    terminal.sendLine("out[1] .. out[-1] .. _")
    try terminal.expect("\"onethreethree\"\r\nth> ")
    terminal.sendLine("out[99]")
    try terminal.expect("out[99] is not kept; there are out[1] to out[4]")
  }

  @Test func tab_completes_andLists() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.send("th.select.Grad\t")
    try terminal.expect("th.select.GradMatch")
    terminal.send("\t")
    try terminal.expect("GradMatch    GradMatchPB")
    try terminal.expect("th.select.GradMatch")
    terminal.control("u")
    terminal.sendLine("local boxes = th.zeros(2, 3)")
    try terminal.expect("th> ")
    terminal.send("box\t.sha\t")
    terminal.send("\n")
    try terminal.expect("{ 2, 3 }\r\nth> ")
    terminal.send("select.RS2 { repl\tfalse, fr\t0.5 }.fraction\n")
    try terminal.expect("0.5\r\nth> ")
    _ = try command.file("data-file.txt", "x")
    terminal.send("io.open('data-f\t'):read 'a'\n")
    try terminal.expect("\"x\"\r\nth> ")
    terminal.sendLine("for i = 1, 1 do")
    try terminal.expect("..> ")
    terminal.send("print(boxes.nd\t) end\n")
    try terminal.expect("\r\n2\r\nth> ")
  }

  @Test func commands_andHelp_atThePrompt() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("?select.RS2")
    try terminal.expect("Formula: S_t = ")
    terminal.sendLine("?? jaccard")
    try terminal.expect("select.jaccard")
    try terminal.expect("th> ")
    terminal.sendLine("local function f(v) local w = v * 2 error('bad') end f(21)")
    try terminal.expect("stdin:1: bad\r\nstack traceback:\r\n\t[C]: in function 'error'\r\n")
    let frames = try terminal.expect("th> ")
    #expect(
      frames.contains("stdin:1: in main chunk") && !frames.contains("session.lua"), "\(frames)")
    terminal.sendLine(":locals")
    try terminal.expect("w = 42")
    terminal.sendLine(":save kept.lua")
    try terminal.expect("1 entries in kept.lua")
    #expect(command.text(command.folder + "/kept.lua").contains("local w = v * 2"))
    terminal.sendLine("th.sleect")
    try terminal.expect("did you mean 'select'?")
    terminal.sendLine("some_variable = 1")
    try terminal.expect("th> ")
    terminal.sendLine("some_varible")
    try terminal.expect("there is no variable 'some_varible' (did you mean 'some_variable'?)")
    terminal.sendLine("time(function() return 7 end)")
    try terminal.expect("CPU")
    try terminal.expect("\r\n7\r\nth> ")
    terminal.sendLine("x = th.ones(4, 4); who()")
    try terminal.expect("th> ")
    terminal.sendLine("show(th.zeros(3, 4, 4), { protocol = 'letters' })")
    try terminal.expect("th> ")
    terminal.sendLine(":quit")
    #expect(try terminal.wait() == 0)
  }

  @Test func errorInAPastedBlock_showsItsLine() throws {
    let command = try Command()
    let terminal = try Terminal(command, environment: ["TERM": "xterm", "NO_COLOR": "1"])
    try terminal.expect("th> ")
    terminal.send("\u{1b}[200~local a = 20\nlocal b = a + nothing.here\nprint(b)\u{1b}[201~\n")
    try terminal.expect("stdin:2: there is no variable 'nothing'")
    try terminal.expect("    2 | local b = a + nothing.here")
    terminal.sendLine("a")
    try terminal.expect("20\r\n")
  }

  @Test func colours_areForTerminalsThatCan() throws {
    let command = try Command()
    for (environment, coloured) in [
      (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false),
      (["TERM": "dumb"], false),
    ] {
      let terminal = try Terminal(command, environment: environment)
      let before = try terminal.expect("th>")
      #expect(before.contains("\u{1b}[1;32m") == coloured, "\(environment)")
      terminal.sendLine("error('wrong')")
      let message = try terminal.expect("wrong")
      #expect(coloured || !message.contains("\u{1b}[31m"))
      // What is typed while an entry runs may be lost with the terminal's mode.
      try terminal.expect("stack traceback")
      try terminal.expect("th>")
      terminal.control("d")
      #expect(try terminal.wait() == 0)
    }
    let piped = try command.run(["-i"], input: "error('wrong')\n", environment: ["TERM": "xterm"])
    #expect(!piped.errors.contains("\u{1b}") && !piped.output.contains("\u{1b}"))
  }

  @Test func startupFile_isForThePromptAlone() throws {
    let command = try Command()
    try FileManager.default.createDirectory(
      atPath: command.folder + "/.config/thresh", withIntermediateDirectories: true)
    try Data("started = 'yes'".utf8).write(
      to: URL(filePath: command.folder + "/.config/thresh/init.lua"))
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("started")
    try terminal.expect("\"yes\"\r\nth> ")
    let without = try Terminal(command, ["-E", "-i"])
    try without.expect("th> ")
    without.sendLine("rawget(_G, 'started')")
    try without.expect("nil\r\nth> ")
    #expect(try command.run(["-e", "print(rawget(_G, 'started'))"]).output == "nil\n")
    try Data("error('broken start')".utf8).write(
      to: URL(filePath: command.folder + "/.config/thresh/init.lua"))
    let broken = try Terminal(command)
    try broken.expect("broken start")
    try broken.expect("th> ")
  }

  @Test func breakpoint_seesAndSetsTheCallersLocals() throws {
    let command = try Command()
    let script = try command.file(
      "stop.lua",
      """
      local th = require "thresh"
      local scale = 2
      local function f(n)
        local total = n * scale
        th.repl()
        return total, scale
      end
      print("answer", f(4))
      """)
    let terminal = try Terminal(command, [script])
    try terminal.expect("stop.lua:5> ")
    terminal.sendLine("n, total, scale")
    try terminal.expect("4\t8\t2\r\n")
    terminal.sendLine("total = 99 scale = 3")
    try terminal.expect("stop.lua:5> ")
    terminal.control("d")
    try terminal.expect("answer\t99\t3")
    #expect(try terminal.wait() == 0)
    let piped = try command.run([script], input: "total = total + 1\n")
    #expect(piped.output.contains("answer\t9\t2") && piped.status == 0, "\(piped)")
  }

  @Test func undefinedGlobal_inAScript_isAnErrorWithItsLine() throws {
    let command = try Command()
    let script = try command.file(
      "typo.lua", "local value = 1\nlearning_rate = 0.1\nprint(learning_rte)\n")
    let result = try command.run([script])
    #expect(result.status == 1)
    #expect(
      result.errors.contains(
        "typo.lua:3: there is no variable 'learning_rte' (did you mean 'learning_rate'?)"))
    #expect(result.errors.contains("    3 | print(learning_rte)"))
    // Modules may look for what is not there.
    _ = try command.file("mod.lua", "return { jit = jit, found = rawget(_G, 'none') }")
    let with = try command.file("uses.lua", "local m = require 'mod' print(m.jit)")
    #expect(
      try command.run([with], environment: ["LUA_PATH": command.folder + "/?.lua"]).output
        == "nil\n")
  }

  @Test(arguments: [
    "local model = th.models.resnet20{classes = 10, in_channels = 1, seed = 1} th.train{model = model, data = data.digits(), optimizer = optim.SGD(model:parameters(), {lr = 0.1}), epochs = 1000, quiet = true}",
    "local a = th.rand(4000, 4000) while true do a:matmul(a) end",
  ])
  func controlC_inNativeWork_keepsTheSession(source: String) throws {
    try interrupt(source, after: 700_000)
  }

  @Test func longEntry_tellsHowLongItTook() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("local t = os.clock() while os.clock() - t < 1.2 do end")
    let text = try terminal.expect("th> ")
    #expect(text.contains(" s)"), "\(text)")
    terminal.sendLine("1")
    #expect(try !terminal.expect("th> ").contains(" s)"))
  }
}
