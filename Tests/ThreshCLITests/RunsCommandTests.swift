// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// Three runs below `runs`: done, failed, and one whose process ended without a word.
private let threeRuns = """
  local th = require "thresh"
  for i, id in ipairs { "aaaaaaaa", "abbbbbbb", "cccccccc" } do
    local run = th.runs.create { name = "t", id = id, config = { lr = i / 10, s = { name = "x" } } }
    run:log { epoch = 1, accuracy = i / 4 }
    run:log { epoch = 2, accuracy = i / 8 }
    if i == 1 then run:finish { accuracy = 0.75 } end
    if i == 2 then run:fail "boom" end
    local checkpoints = require("thresh.train.checkpoints").open(run:file "checkpoints", 2)
    for epochs = 1, 2 do checkpoints:write({ epochs = epochs, batches = 0 }, { seen = epochs }) end
  end
  """

@Test func runsCommand_list_filtersSortsAndChoosesColumns() throws {
  let command = try Command()
  #expect(try command.run([command.file("three.lua", threeRuns)]).status == 0)
  func list(_ words: [String]) throws -> String {
    try command.run(["runs", "list"] + words).output
  }
  let whole = try command.run(["runs", "list"])
  #expect(whole.status == 0 && whole.errors == "3 runs\n")
  for part in ["aaaaaaaa         done", "abbbbbbb       failed", "cccccccc  interrupted"] {
    #expect(whole.output.contains(part), "\(whole.output)")
  }
  let columns = ["--columns", "id,lr,accuracy"]
  #expect(
    try list(["--sort", "lr", "--descending", "--limit", "2"] + columns)
      == """
      id         lr  accuracy
      -----------------------
      cccccccc  0.3     0.375
      abbbbbbb  0.2      0.25

      """)
  #expect(try list(["lr>=0.2", "state!=failed"] + columns).contains("\ncccccccc"))
  #expect(try list(["lr>=0.2", "state!=failed"] + columns).contains("bbbb") == false)
  #expect(
    try list(["--best", "accuracy", "--columns", "id"]).hasPrefix("id\n--------\naaaaaaaa\n"))
  let json = try list(["s.name=x", "id=aaaaaaaa", "--json", "--columns", "id,lr"])
  #expect(json.hasPrefix(#"[{"id":"aaaaaaaa","lr":0.1,"path":"runs/"#), "\(json)")
}

@Test func runsCommand_showCompareExport_tellWhatRunsHold() throws {
  let command = try Command()
  #expect(try command.run([command.file("three.lua", threeRuns)]).status == 0)
  let show = try command.run(["runs", "show", "aa"])
  #expect(show.status == 0, "\(show.errors)")
  for part in [
    "state                    done", "lr                       0.1",
    "accuracy  0.75   0.125     0.25",
  ] {
    #expect(show.output.contains(part), "\(show.output)")
  }
  let gone = try command.run(["runs", "show", "c"])
  #expect(gone.output.contains("interrupted (its process"), "\(gone.output)")
  let ambiguous = try command.run(["runs", "show", "a"])
  #expect(ambiguous.status == 2 && ambiguous.errors.contains("aaaaaaaa or runs/"))
  let compared = try command.run(["runs", "compare", "aa", "ab"])
  #expect(
    compared.output == """
                        t-aaaaaaaa  t-abbbbbbb
      ----------------------------------------
      lr                       0.1         0.2
      metrics.accuracy        0.75        0.25

      """, "\(compared.output)")
  let csv = try command.run(["runs", "export", "--sort", "id", "--limit", "1"])
  #expect(
    csv.output.hasPrefix("id,name,state,started,seconds,config.lr,config.s.name,metrics.accuracy"))
  #expect(csv.output.contains("\naaaaaaaa,t,done,") && csv.output.contains(",0.1,x,0.75"))
  let series = try command.run(
    ["runs", "export", "id=abbbbbbb", "--series", "--format", "jsonl", "--out", "out.jsonl"])
  #expect(series.status == 0 && series.output == "")
  #expect(
    command.text(command.folder + "/out.jsonl") == """
      {"accuracy":0.5,"epoch":1,"id":"abbbbbbb"}
      {"accuracy":0.25,"epoch":2,"id":"abbbbbbb"}

      """)
}

@Test func runsCommand_gc_listsFirstAndSparesWhatRuns() throws {
  let command = try Command()
  #expect(try command.run([command.file("three.lua", threeRuns)]).status == 0)
  func folders() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: command.folder + "/runs")
      .compactMap { $0.hasPrefix("2") ? String($0.suffix(8)) : nil }.sorted()
  }
  func checkpoints() throws -> [String] {
    let folder = try #require(
      try FileManager.default.contentsOfDirectory(atPath: command.folder + "/runs")
        .first { $0.hasSuffix("aaaaaaaa") })
    return try FileManager.default.contentsOfDirectory(
      atPath: "\(command.folder)/runs/\(folder)/checkpoints"
    ).sorted()
  }
  let listed = try command.run(["runs", "gc"])
  #expect(listed.output.contains("3 to delete") && listed.output.contains("--yes deletes them"))
  #expect(try folders().count == 3 && checkpoints().count == 4)
  // This one runs while gc does: its process is gc's parent.
  let alive = try command.file(
    "alive.lua",
    """
    local th = require "thresh"
    local run = th.runs.create { name = "t", id = "dddddddd" }
    run:log { epoch = 1 }
    assert(os.execute(arg[1] .. " runs gc --yes > gc.out"))
    run:finish()
    """)
  let result = try command.run([alive, Command.executable])
  #expect(result.status == 0, "\(result.errors)")
  #expect(command.text(command.folder + "/gc.out").contains("3 deleted"))
  #expect(try folders() == ["aaaaaaaa", "dddddddd"])
  #expect(try checkpoints() == ["000002-00000000.json", "000002-00000000.safetensors"])
  #expect(try command.run(["runs", "gc"]).output == "there is nothing to delete\n")
}

@Test func runsCommand_mistake_isOneLineAndStatus2() throws {
  let command = try Command()
  for (words, problem) in [
    (["lst"], "unknown command 'lst' (did you mean 'list'?)"),
    (["list", "--colums", "x"], "list has no option '--colums' (did you mean 'columns'?)"),
    (["list", "--what", "x"], "list has no option '--what'"),
    (["list"], "runs: 'runs': No such file or directory"),
    (["show"], "show takes 1 run, got 0"),
    (["compare", "x"], "compare takes 2 or more runs, got 1"),
    (["export", "--format", "xml"], "--format must be one of csv, jsonl, got 'xml'"),
    (["list", "--limit", "x"], "--limit needs a whole number, got 'x'"),
  ] {
    let result = try command.run(["runs"] + words)
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors == "thresh runs: \(problem)\n")
  }
  #expect(try command.run([command.file("three.lua", threeRuns)]).status == 0)
  for (words, problem) in [
    (["list", "leraning_rate=1"], "no run below 'runs' has 'leraning_rate'"),
    (["list", "lrr=1"], "no run below 'runs' has 'lrr' (did you mean 'lr'?)"),
    (["list", "x"], "a filter is KEY=VALUE"), (["gc", "--what", "all"], "must be one of failed"),
    (["show", "zz"], "there is no run 'zz' below 'runs'"),
    (["list", "--columns", "nothing"], "no run below 'runs' has 'nothing'"),
  ] {
    let result = try command.run(["runs"] + words)
    #expect(
      result.status == 2 && result.output == "" && result.errors.contains(problem), "\(result)")
  }
  #expect(try command.run(["runs"]).output.hasPrefix("usage: thresh runs COMMAND"))
}

/// Runs are made and indexes brought up to date by several processes at once: none fails, none is missed.
@Test func runsIndex_severalProcesses_agree() throws {
  let command = try Command()
  let script = try command.file(
    "many.lua",
    """
    local th = require "thresh"
    for i = 1, 25 do
      local run = th.runs.create { name = "w" .. arg[1], config = { i = i } }
      run:log { epoch = 1, loss = i }
      run:finish { loss = i }
      local runs = th.runs.open "runs"
      assert(not runs.note, runs.note)
      assert(#runs:where { id = run.id, state = "done" } == 1)
    end
    """)
  let workers = try command.file(
    "workers.lua",
    """
    local pipes = {}
    for i = 1, 4 do pipes[i] = io.popen(arg[1] .. " " .. arg[2] .. " " .. i .. " 2>&1; echo status $?") end
    for _, pipe in ipairs(pipes) do print(pipe:read "a") end
    """)
  let result = try command.run([workers, Command.executable, script])
  #expect(
    result.output.split(separator: "\n").map(String.init) == Array(repeating: "status 0", count: 4),
    "\(result.output)")
  let list = try command.run(["runs", "list"])
  #expect(list.errors == "100 runs\n")
  #expect(try command.run(["runs", "list", "loss=25", "--columns", "name"]).errors == "4 runs\n")
}

@Test func runs_gitRepository_isInTheProvenance() throws {
  let command = try Command()
  let script = try command.file(
    "git.lua",
    """
    local th = require "thresh"
    local git = th.runs.create { root = arg[1] }.provenance.git
    print(git and git.commit or "none", git and git.dirty or "clean")
    """)
  func git(_ words: String) throws -> String {
    let line = "git -c user.name=x -c user.email=x@y.invalid \(words) 2>&1"
    return try command.run(["-e", "io.write(io.popen([[\(line)]]):read 'a')"]).output
  }
  func state() throws -> [String] {
    try command.run([script, "runs"]).output.split { $0 == "\t" || $0 == "\n" }.map(String.init)
  }
  #expect(try state() == ["none", "clean"])
  #expect(try git("init -q .") == "")
  #expect(
    try git("add git.lua && git -c user.name=x -c user.email=x@y.invalid commit -qm one") == "")
  let commit = try git("rev-parse HEAD").split(separator: "\n").map(String.init)
  #expect(try state() == commit + ["clean"])
  _ = try command.file("git.lua", command.text(script) + "-- changed\n")
  let dirty = try state()
  #expect(dirty.first == commit.first && dirty.last?.count == 40 && dirty.last != commit.first)
  _ = try command.file("git.lua", command.text(script) + "-- again\n")
  #expect(try state().last != dirty.last)
}

/// Runs that a script leaves without an end: what ended it ends them, once it has ended them.
@Suite struct LeftRunTests {
  /// How the runs below `runs` ended: state and the first line of the error, sorted.
  private func ends(_ command: borrowing Command) throws -> [String] {
    let source = """
      for _, row in ipairs(require("thresh").runs.open("runs")) do
        local status = require("thresh").runs.load(row.path).status
        local e = status.error or {}
        print(row.name, status.state, e.message or "-", e.traceback and e.traceback:find "inner'" and 1 or 0)
      end
      """
    let result = try command.run(["-e", source])
    return result.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test(arguments: [
    ("error 'boom'", "left.lua:8: boom"), ("error {code = 3}", "error {code = 3}"),
    ("local _ = nil + 1", "attempt to perform arithmetic on a nil value"),
  ])
  func script_endedByAnError_hasFailedRuns(_ problem: String, _ told: String) throws {
    let command = try Command()
    let script = try command.file(
      "left.lua",
      """
      local th = require "thresh"
      local done = th.runs.create { name = "done" }
      done:finish { x = 1 }
      for _ = 1, 2 do th.runs.create { name = "left" }:log { epoch = 1 } end
      local path = th.runs.create({ name = "again" }).path
      th.runs.reopen(path):log { epoch = 2 }
      local function inner()
        \(problem)
      end
      inner(path)
      """)
    let result = try command.run([script])
    #expect(result.status == 1 && result.errors.contains(told))
    let found = try ends(command)
    #expect(found.count == 4 && found[1] == "done\tdone\t-\t0", "\(found)")
    for row in [found[0]] + found[2...] {
      #expect(row.contains("\tfailed\t") && row.contains(told), "\(row)")
      #expect(row.hasSuffix("\t1"), "\(row)")
    }
  }

  /// What another process has taken over stays its own.
  @Test func script_endedByAnError_leavesTheRunsOfOthers() throws {
    let command = try Command()
    let script = try command.file(
      "left.lua",
      """
      local th = require "thresh"
      local path = th.runs.create({ name = "taken" }).path
      local status = path .. "/status.json"
      local text = io.open(status):read "a":gsub('"pid":%d+', '"pid":1')
      th.write_file(status, text)
      error "boom"
      """)
    #expect(try command.run([script]).status == 1)
    #expect(try ends(command) == ["taken\trunning\t-\t0"])
  }

  @Test func script_endedByControlC_hasInterruptedRuns() throws {
    let command = try Command()
    let script = try command.file(
      "loop.lua",
      """
      local run = require("thresh").runs.create { name = "looped" }
      run:log { epoch = 1 }
      print "going" io.flush()
      while true do end
      """)
    let terminal = try Terminal(command, [script])
    try terminal.expect("going\r\n")
    terminal.control("c")
    try terminal.expect("thresh: interrupted!")
    #expect(try terminal.wait() == 130)
    #expect(try ends(command) == ["looped\tinterrupted\t-\t0"])
  }
}
