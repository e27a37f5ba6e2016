// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// Runs an entry at the prompt and stops it by Ctrl-C some microseconds after it has begun; what the session held
/// is still there, and it works.
func interrupt(_ source: String, after microseconds: UInt32) throws {
  let command = try Command()
  let terminal = try Terminal(command)
  try terminal.expect("th> ")
  terminal.sendLine("kept = 41")
  try terminal.expect("th> ")
  terminal.sendLine("io.write('go', 'ing\\n') io.flush() " + source)
  try terminal.expect("going\r\n")
  usleep(microseconds)
  terminal.control("c")
  try terminal.expect("interrupted!")
  try terminal.expect("th> ")
  terminal.sendLine("kept + 1")
  try terminal.expect("42\r\nth> ")
  terminal.sendLine("coroutine.wrap(function() return 'still runs' end)()")
  try terminal.expect("\"still runs\"\r\nth> ")
}

/// The prompt at a terminal.
@Suite struct PromptTests {
  @Test func prompt_atATerminal_showsBannerAndResults() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("Thresh 0.1.0  Lua 5.4.4\r\n")
    try terminal.expect("th> ")
    terminal.sendLine("1 + 1")
    try terminal.expect("1 + 1\r\n2\r\nth> ")
    terminal.sendLine("'a', nil, nil")
    try terminal.expect("\"a\"\tnil\tnil\r\nth> ")
    terminal.sendLine("_ .. 'b'")
    try terminal.expect("\"ab\"\r\nth> ")
    terminal.sendLine("17;")
    try terminal.expect("17;\r\nth> ")
    terminal.sendLine("_ * 2")
    try terminal.expect("34\r\nth> ")
    terminal.control("d")
    #expect(try terminal.wait() == 0)
  }

  @Test func prompt_hasTheLibraryAtHand_andLuasOwnSelect() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("#th.ones(3), select('#', 1, 2), type(select.RS2), type(nn.Linear)")
    try terminal.expect("3\t2\t\"function\"\t\"function\"\r\nth> ")
    terminal.control("d")
    #expect(try terminal.wait() == 0)
  }

  @Test func entry_overSeveralLines_isOneChunk() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("for i = 1, 2 do")
    try terminal.expect("..> ")
    terminal.sendLine("local x = i print('x' .. x) end")
    try terminal.expect("x1\r\nx2\r\nth> ")
    terminal.sendLine("math.max(1,")
    try terminal.expect("..> ")
    terminal.sendLine("5)")
    try terminal.expect("5\r\nth> ")
  }

  @Test func entry_isRunOnce() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("n = 0")
    try terminal.expect("th> ")
    terminal.sendLine("(function() n = n + 1 error('once') end)()")
    try terminal.expect("once")
    try terminal.expect("th> ")
    terminal.sendLine("print('n', n)")
    try terminal.expect("n\t1\r\n")
  }

  @Test func pastedBlock_withPrompts_isOneChunk() throws {
    let command = try Command()
    let terminal = try Terminal(command, environment: ["TERM": "xterm", "NO_COLOR": "1"])
    try terminal.expect("th> ")
    terminal.send("\u{1b}[200~th> local a = 20\n..> local b = 22\n..> print(a + b)\u{1b}[201~")
    terminal.send("\n")
    try terminal.expect("42\r\n")
  }

  @Test func error_isToldAndTheSessionStays() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("x = 5 error(setmetatable({}, {__tostring = function() return 'mine' end}))")
    try terminal.expect("\r\nmine\r\nstack traceback:")
    try terminal.expect("th> ")
    terminal.sendLine("x y")
    try terminal.expect("stdin:1: syntax error near 'y'\r\nth> ")
    terminal.sendLine("x")
    try terminal.expect("5\r\nth> ")
  }

  @Test func controlC_abandonsTheLine() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.send("abandoned")
    try terminal.expect("abandoned")
    terminal.control("c")
    try terminal.expect("th> ")
    terminal.sendLine("for i = 1, 2 do")
    try terminal.expect("..> ")
    terminal.control("c")
    try terminal.expect("th> ")
    terminal.sendLine("20 + 1")
    try terminal.expect("21\r\nth> ")
    terminal.control("d")
    #expect(try terminal.wait() == 0)
  }

  @Test(arguments: [
    "while true do end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do pcall(error) end",
    "while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end",
    "local function f() local ok = pcall(f) return f() end f()",
    "table.sort({3, 2, 1, 5, 4}, function() while true do end end)",
    "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(co) coroutine.close(co)",
    "while true do debug.sethook() end",
    "for _ in function() return 1 end do end",
    "repeat until load('while true do end')()",
  ])
  func controlC_inALoop_keepsTheSession(source: String) throws {
    try interrupt(source, after: 100_000)
  }

  @Test func suspendedCoroutine_afterAnInterrupt_runsOn() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("co = coroutine.wrap(function() while true do coroutine.yield(7) end end)")
    try terminal.expect("th> ")
    terminal.sendLine("io.write('go', 'ing\\n') io.flush() while true do co() end")
    try terminal.expect("going\r\n")
    terminal.control("c")
    try terminal.expect("interrupted!")
    try terminal.expect("th> ")
    terminal.sendLine("#'alive'")
    try terminal.expect("5\r\nth> ")
  }

  /// The run is interrupted, other processes get the cell, and what is printed later is not the run's.
  @Test func controlC_inASweep_endsItsCell() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine(
      "th.sweep { name = 's', quiet = true, grid = { x = { 1 } }, trial = function() "
        + "io.write('go', 'ing\\n') io.flush() while true do end end }")
    try terminal.expect("going\r\n")
    terminal.control("c")
    try terminal.expect("interrupted!")
    try terminal.expect("th> ")
    terminal.sendLine("run = th.runs.open('runs')[1]")
    try terminal.expect("th> ")
    terminal.sendLine("print(run.state .. '/' .. th.sweep.load('s').cells[1].state)")
    try terminal.expect("\r\ninterrupted/interrupted")
    try terminal.expect("th> ")
    terminal.sendLine("print(io.open(run.path .. '/log.txt'), 'at the end')")
    try terminal.expect("\r\nnil")
  }

  @Test func controlC_inAScript_endsItAsAShellExpects() throws {
    let command = try Command()
    let script = try command.file("loop.lua", "print('going') io.flush() while true do end")
    let terminal = try Terminal(command, [script])
    try terminal.expect("going\r\n")
    terminal.control("c")
    try terminal.expect("thresh: interrupted!")
    #expect(try terminal.wait() == 130)
  }

  @Test func secondControlC_whenTheFirstCannotBeAnswered_ends() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine(
      "io.write('go', 'ing\\n') io.flush() local _ = ('a'):rep(40):find(('a?'):rep(40) .. ('a*'):rep(40) .. 'b')"
    )
    try terminal.expect("going\r\n")
    usleep(200_000)
    terminal.control("c")
    usleep(800_000)
    terminal.control("c")
    #expect(try terminal.wait() == 130)
  }

  @Test func history_survivesAKill() throws {
    let command = try Command()
    let path = command.folder + "/.local/state/thresh/history"
    do {
      let terminal = try Terminal(command)
      try terminal.expect("th> ")
      terminal.sendLine("first_entry = 1")
      try terminal.expect("th> ")
      terminal.sendLine("for i = 1, 2 do")
      try terminal.expect("..> ")
      terminal.sendLine("second_entry = i end")
      try terminal.expect("th> ")
      terminal.crash()
    }
    #expect(command.text(path).contains("\nfor i = 1, 2 do\nsecond_entry = i end\n"))
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.control("p")
    try terminal.expect("second_entry = i end")
    terminal.control("p")
    terminal.send("\n")
    try terminal.expect("th> ")
    terminal.sendLine("'value ' .. first_entry")
    try terminal.expect("value 1")
  }

  @Test func history_goesWhereTheEnvironmentSays() throws {
    let command = try Command()
    let path = command.folder + "/deep/er/hist"
    let terminal = try Terminal(command, environment: ["THRESH_HISTORY": path])
    try terminal.expect("th> ")
    terminal.sendLine("1 + 2")
    try terminal.expect("3\r\nth> ")
    terminal.sendLine("1 + 2")
    try terminal.expect("3\r\nth> ")
    terminal.control("d")
    #expect(try terminal.wait() == 0)
    #expect(command.text(path).split(separator: "\n").filter { $0 == "1 + 2" }.count == 1)
    let none = try Command()
    let silent = try Terminal(none, environment: ["THRESH_HISTORY": ""])
    try silent.expect("th> ")
    silent.sendLine("1 + 2")
    try silent.expect("3\r\nth> ")
    #expect(!FileManager.default.fileExists(atPath: none.folder + "/.local"))
  }

  @Test func history_grownTooLong_isCutToItsLimit() throws {
    let command = try Command()
    let entries = (1...13_000).map { "#\(1_700_000_000 + $0)\nentry_\($0) = \($0)\n" }.joined()
    let path = try command.file("hist", entries)
    let terminal = try Terminal(command, environment: ["THRESH_HISTORY": path])
    try terminal.expect("th> ")
    let lines = command.text(path).split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("entry_") }.count == 10_000)
    #expect(lines.last == "entry_13000 = 13000")
  }

  @Test func interactiveFlag_afterAScript_keepsItsGlobals() throws {
    let command = try Command()
    let script = try command.file("set.lua", "value = 11")
    let terminal = try Terminal(command, ["-i", script])
    try terminal.expect("th> ")
    terminal.sendLine("value")
    try terminal.expect("11\r\nth> ")
  }
}

/// The prompt's loop fed from a pipe.
@Suite struct PipedPromptTests {
  @Test(arguments: [
    ("1+1\n", "2\n"),
    ("x = 5\nx, nil, nil\n", "5\tnil\tnil\n"),
    ("for i = 1, 2 do\nprint(i)\nend\n", "1\n2\n"),
    ("\"tab\\t\\0end\"\n", "\"tab\\t\\000end\"\n"),
    ("'a\\nb', 1\n", "\"a\\nb\"\t1\n"),
    ("3;\n_\n", "3\n"),
    ("return 4\n", "4\n"),
    ("=5\n6\n", "5\n6\n"),
    ("\n\n  \n7\n", "7\n"),
    ("nil\n", "nil\n"),
    ("(function() end)()\n", ""),
    ("_PROMPT = 'alo> '\n8\n", "alo> 8\nalo> "),
  ])
  func lines_fromAPipe_printResultsOnly(input: String, output: String) throws {
    let result = try Command().run(["-i"], input: input)
    #expect(result.output == "Thresh 0.1.0  Lua 5.4.4\n" + output)
    #expect(result.status == 0)
  }

  @Test func unfinishedEntry_atTheEnd_isAnError() throws {
    let result = try Command().run(["-i"], input: "for i = 1, 2 do\n")
    #expect(result.errors == "stdin:1: 'end' expected near <eof>\n")
  }
}
