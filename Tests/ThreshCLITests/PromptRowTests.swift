// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

/// What people know from other prompts, each at a terminal: one entry and what must appear.
@Suite struct PromptRowTests {
  /// A word for the row, entries, and texts that follow the last of them in this order.
  private static let rows: [(String, [String], [String])] = [
    ("several results, nils kept", ["1, nil, 'x', nil"], ["1\tnil\t\"x\"\tnil\r\n"]),
    ("a trailing semicolon mutes", ["x = 5", "x;", "x + 1"], ["x + 1\r\n6\r\n"]),
    ("locals live on", ["local a, b = 2, 3", "a * b"], ["6\r\n"]),
    (
      "tables sorted, cut by depth, cycles marked",
      ["t = { b = 1, a = { { { { 1 } } } }, 7 } t.self = t", "t"],
      ["{ 7,", "a = { { { {…} } } }", "b = 1", "self = <cycle>"]
    ),
    (
      "long tables are cut",
      ["local long = {} for i = 1, 500 do long[i] = i end", "long"], ["99, 100, …"]
    ),
    (
      "tensors are summarised", ["th.arange(1, 5000)"],
      ["Tensor i64 (5000,)  min 1 max 5000", "1,    2,    3, …, 4998, 4999, 5000]"]
    ),
    ("a table as error is shown", ["error { code = 3 }"], ["{ code = 3 }", "stack traceback"]),
    (
      "tracebacks are without frames of the host",
      ["local function f() error 'deep' end f()"],
      ["stdin:1: deep", "stack traceback", "in main chunk\r\nth> "]
    ),
    ("what io.write returns is not shown", ["io.write('')"], ["io.write('')\r\nth> "]),
    (
      "bench tells the median and the extremes", ["bench(function() end, { seconds = 0.05 })"],
      [" a call [", "rounds of"]
    ),
    (
      "profile tells operations and lines",
      ["profile(function()\nlocal a = th.rand(200, 200) a:matmul(a)\nend)"],
      ["matmul", "line", "stdin:2"]
    ),
    ("apropos looks names and texts up", ["apropos 'matching pursuit'"], ["select.omp"]),
    ("help knows Lua's own functions", ["?string.rep"], ["string.rep(s, n [, separator])"]),
    ("help suggests what was meant", ["?selct"], ["did you mean 'select'?"]),
    (
      "who lists tensors with shape and bytes", ["w = th.zeros(8, 4)", "who()"],
      ["w", "Tensor", "float32 (8, 4)", "128 B"]
    ),
    (
      "the shell is at hand", ["!echo from the shell; exit 3"], ["from the shell", "exit status 3"]
    ),
    ("the last value is kept", ["6 * 7", "_ + 1"], ["43\r\n"]),
    (
      "unknown options are told with a suggestion", ["select.RS2 { fractoin = 0.5 }"],
      ["did you mean 'fraction'?"]
    ),
    ("unknown words with a colon too", [":loclas"], ["did you mean 'locals'?"]),
    (
      "the seed of random numbers is settable",
      [
        "th.manual_seed(3)",
        "local r = th.rand(2):equal((function() th.manual_seed(3) return th.rand(2) end)())", "r",
      ], ["true\r\n"]
    ),
    ("memory is told", ["th.memory().tensors >= 0"], ["true\r\n"]),
    ("a picture in characters", ["show(th.ones(3, 4, 4), { protocol = 'letters' })"], ["th> "]),
    (
      "a picture for kitty", ["show(th.ones(3, 4, 4), { protocol = 'kitty' })"],
      ["\u{1b}_G", "\u{1b}\\"]
    ),
    (
      "a picture in sixels", ["show(th.ones(3, 4, 4), { protocol = 'sixel' })"],
      ["\u{1b}P", "\u{1b}\\"]
    ),
  ]

  @Test(arguments: rows.map { $0.0 })
  func row_atTheTerminal_isThere(name: String) throws {
    let (_, entries, texts) = try #require(Self.rows.first { $0.0 == name })
    let command = try Command()
    let terminal = try Terminal(command, environment: ["NO_COLOR": "1"])
    try terminal.expect("th> ")
    for entry in entries.dropLast() {
      for line in entry.split(separator: "\n") {
        terminal.sendLine(String(line))
        try terminal.expect("> ")
      }
    }
    for line in try #require(entries.last).split(separator: "\n") {
      terminal.sendLine(String(line))
    }
    for text in texts { try terminal.expect(text) }
  }

  @Test func save_tensors_areReadBack() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine("local a = th.ones(2, 3) b = th.arange(1, 4) c = 'no tensor'")
    try terminal.expect("th> ")
    terminal.sendLine(":save kept.npz")
    try terminal.expect("2 tensors in kept.npz")
    try terminal.expect("th> ")
    terminal.sendLine("local back = th.load_npz 'kept.npz'")
    try terminal.expect("th> ")
    terminal.sendLine("back.a:equal(a) and back.b:equal(b) and back.c == nil")
    try terminal.expect("true\r\n")
  }

  /// What is typed before Tab, and what one or two of them make of it.
  @Test(arguments: [
    (
      "keys of tables", "colours = { crimson = 1, ['light blue'] = 2 }", "colours.cr\t",
      "colours.crimson"
    ),
    (
      "string keys in brackets", "colours = { ['light blue'] = 2 }", "colours['li\t",
      "colours['light blue']"
    ),
    ("methods behind a colon", "t = th.ones(2)", "t:cumpr\t", "t:cumprod"),
    ("modules of require", "x = 1", "require 'thresh.detection_t\t", "thresh.detection_table"),
    ("options inside a constructor's table", "x = 1", "optim.SGD(nil, { moment\t", "momentum"),
    ("keywords", "x = 1", "repe\t", "repeat"),
    ("globals of the user", "marvellous_name = 1", "marvel\t", "marvellous_name"),
  ])
  func tab_completes(name: String, first: String, typed: String, made: String) throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine(first)
    try terminal.expect("th> ")
    terminal.send(typed)
    try terminal.expect(made)
  }

  /// What completion must not do: call what the user has written.
  @Test func tab_onAnObjectWithMetamethods_callsNoneOfThem() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine(
      "calls = 0 local function f() calls = calls + 1 while true do end end "
        + "trap = setmetatable({ field = 1 }, { __index = f, __pairs = f, __len = f, __tostring = f })"
    )
    try terminal.expect("th> ")
    terminal.send("trap.fie\t")
    try terminal.expect("trap.field")
    terminal.control("u")
    terminal.send("trap.nothing.fie\t")
    terminal.control("u")
    terminal.sendLine("'calls ' .. calls")
    try terminal.expect("\"calls 0\"")
  }

  @Test func controlR_searchesTheHistory() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    for entry in ["needle = 77", "needle = 5", "other = 1"] {
      terminal.sendLine(entry)
      try terminal.expect("th> ")
    }
    terminal.control("r")
    terminal.send("7")
    try terminal.expect("needle = 77")
    terminal.send("\r")
    try terminal.expect("\rth> needle = 77")
    try terminal.expect("th> ")
    usleep(200_000)
    terminal.sendLine("'found ' .. needle")
    try terminal.expect("found 77")
  }

  @Test func progress_atATerminal_isOneLineOnly() throws {
    let command = try Command()
    let terminal = try Terminal(command)
    try terminal.expect("th> ")
    terminal.sendLine(
      "local p = th.progress.start { label = 'work', total = 4 } for i = 1, 4 do "
        + "local t = th.clock() while th.clock() - t < 0.12 do end p:step 'a step' end p:finish()")
    try terminal.expect("p:finish()\r\n")
    let shown = try terminal.expect("th> ")
    #expect(shown.contains("\rwork  1/4  a step".replacing("\r", with: "\r\u{1b}[K")), "\(shown)")
    #expect(!shown.contains("\n"), "\(shown)")
  }
}
