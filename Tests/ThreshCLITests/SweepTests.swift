// SPDX-License-Identifier: Apache-2.0
import CTerminal
import FoundationEssentials
import Glibc
import Testing

/// A sweep of six cells whose first two wait for the file `go`. What happens stands in `log`: a line
/// `begin X PROCESS` and a line `end X` for each try of a cell. It waits by io.popen, for os.execute leaves
/// Ctrl-C unheard meanwhile.
private let script = """
  local th = require "thresh"
  local function note(text)
    local file = io.open("log", "a")
    file:write(text, "\\n")
    file:close()
  end
  local function there(name)
    local file = io.open(name)
    return file and file:close()
  end
  local found = th.sweep {
    name = "s", grid = { x = { 1, 2, 3, 4, 5, 6 } }, quiet = true,
    trial = function(p, run)
      note(string.format("begin %d %d", p.x, io.open "/proc/self/stat":read "n"))
      while p.x <= 2 and not there "go" do io.popen("sleep 0.05"):close() end
      note("end " .. p.x)
      return { y = p.x * p.x }
    end,
  }
  print(found)
  """

/// A sweep at work in a folder of its own.
private final class Sweep {
  let command: Command

  init() throws {
    command = try Command()
    _ = try command.file("sweep.lua", script)
  }

  /// Starts the script; its output goes to the file `name`.
  func start(_ arguments: [String], _ name: String = "out") throws -> Child {
    let input = try command.file(".nothing", "")
    let (output, errors) = (command.folder + "/" + name, command.folder + "/" + name + ".errors")
    return try Child.start(
      ["sweep.lua"] + arguments, environment: command.environment([:])
    ) { words, variables in
      thresh_test_start(
        Command.executable, words, variables, command.folder, input, output, errors)
    }
  }

  func text(_ name: String) -> String { command.text(command.folder + "/" + name) }

  var log: [[Substring]] {
    text("log").split(separator: "\n").map { $0.split(separator: " ") }
  }

  func count(_ word: String, _ x: Int? = nil) -> Int {
    log.count { $0.first == word[...] && (x == nil || $0.dropFirst().first == "\(x ?? 0)"[...]) }
  }

  /// The process that last began a cell.
  func process(of x: Int) throws -> pid_t {
    let line = log.last { $0[0] == "begin" && $0[1] == "\(x)"[...] }
    guard let id = line.flatMap({ pid_t($0[2]) }) else { throw Command.Trouble("no cell \(x)") }
    return id
  }

  func wait(_ what: String, _ condition: () -> Bool) throws {
    for _ in 0..<6000 {
      if condition() { return }
      usleep(10_000)
    }
    throw Command.Trouble(
      "a minute has passed, but not \(what):\n\(text("log"))\(text("out.errors"))")
  }

  func go() throws { _ = try command.file("go", "") }

  /// Each cell ended once and is recorded, with a run folder of its own.
  func expectAllRecordedOnce() throws {
    for x in 1...6 { #expect(count("end", x) == 1, "\(text("log"))") }
    let runs = try FileManager.default.contentsOfDirectory(atPath: command.folder + "/runs")
    #expect(runs.count { $0.contains("-s-") } == 6)
    let cells = try FileManager.default.contentsOfDirectory(
      atPath: command.folder + "/runs/sweeps/s/cells")
    #expect(cells.count == 6 && cells.allSatisfy { $0.hasSuffix(".json") })
  }
}

@Suite struct SweepTests {
  @Test func sweep_workerIsKilled_itsCellGoesOnAndNoOtherRunsAgain() throws {
    let sweep = try Sweep()
    let child = try sweep.start(["--jobs", "2"])
    try sweep.wait("two cells begun") { sweep.count("begin") == 2 }
    kill(try sweep.process(of: 2), SIGKILL)
    try sweep.wait("the cell begun again") { sweep.count("begin", 2) == 2 }
    try sweep.go()
    #expect(try child.wait(seconds: 60) == 0, "\(sweep.text("out.errors"))")
    try sweep.expectAllRecordedOnce()
    #expect(sweep.count("begin") == 7)
    #expect(sweep.text("out").contains("6 cells, 6 done"))
    // A second start runs nothing and prints the same.
    let again = try sweep.start(["--jobs", "2"], "again")
    #expect(try again.wait(seconds: 60) == 0)
    #expect(sweep.count("begin") == 7 && sweep.text("again") == sweep.text("out"))
  }

  @Test func sweep_startIsKilled_workersEndAndAnotherStartGoesOn() throws {
    let sweep = try Sweep()
    let child = try sweep.start(["--jobs", "2"])
    try sweep.wait("two cells begun") { sweep.count("begin") == 2 }
    let workers = try [1, 2].map { try sweep.process(of: $0) }
    kill(child.id, SIGKILL)
    #expect(try child.wait(seconds: 60) == 128 + SIGKILL)
    try sweep.wait("the workers ended") { workers.allSatisfy { !isRunning($0) } }
    try sweep.go()
    let again = try sweep.start(["--jobs", "2"])
    #expect(try again.wait(seconds: 60) == 0, "\(sweep.text("out.errors"))")
    try sweep.expectAllRecordedOnce()
  }

  @Test func sweep_twoStartsAtOnce_shareTheCells() throws {
    let sweep = try Sweep()
    let first = try sweep.start(["--jobs", "2"], "first")
    let second = try sweep.start(["--jobs", "2"], "second")
    try sweep.wait("two cells begun") {
      sweep.count("begin", 1) == 1 && sweep.count("begin", 2) == 1
    }
    try sweep.go()
    #expect(try first.wait(seconds: 60) == 0, "\(sweep.text("first.errors"))")
    #expect(try second.wait(seconds: 60) == 0, "\(sweep.text("second.errors"))")
    try sweep.expectAllRecordedOnce()
    #expect(sweep.count("begin") == 6 && sweep.text("first") == sweep.text("second"))
  }

  @Test func sweep_interrupted_endsAllWorkersAndCellsAreFree() throws {
    let sweep = try Sweep()
    let child = try sweep.start(["--jobs", "2"])
    try sweep.wait("two cells begun") { sweep.count("begin") == 2 }
    let workers = try [1, 2].map { try sweep.process(of: $0) }
    kill(child.id, SIGINT)
    #expect(try child.wait(seconds: 60) == 130)
    #expect(workers.allSatisfy { !isRunning($0) })
    let status = try sweep.command.run(["sweep", "status", "s"])
    #expect(status.output.contains("2 interrupted, 4 waiting"), "\(status.output)\(status.errors)")
    try sweep.go()
    #expect(try sweep.start([]).wait(seconds: 60) == 0)
    try sweep.expectAllRecordedOnce()
  }

  /// What a cell took counts with its earlier tries, and so does a trace that those have made.
  @Test func sweep_cellEndedBySIGTERM_keepsItsSeconds() throws {
    let command = try Command()
    let script = try command.file(
      "term.lua",
      """
      local th = require "thresh"
      print(th.sweep {
        name = "term", grid = { x = { 1 } }, quiet = true,
        trial = function(p, run)
          local before = io.open "begun"
          run.shared_trace {
            method = "M", data = "f", model = "m", seed = 1,
            make = function(path)
              os.execute "sleep 0.3"
              io.open(path, "w"):close()
            end,
          }
          if before then return { y = 1 } end
          io.open("begun", "w"):close()
          th.signals.watch()
          os.execute "sleep 0.2; kill -TERM $PPID"
          error "ended"
        end,
      }.cells[1].seconds)
      """)
    #expect(try command.run([script]).status == 128 + SIGTERM)
    let result = try command.run([script])
    let seconds = try #require(Double(result.output.dropLast()))
    #expect(seconds >= 0.2, "\(result.errors)")
    let record = try command.run([
      "-e", "local s = require('thresh').sweep.load('term').cells[1].shared print(#s, s[1].made)",
    ])
    #expect(record.output == "1\ttrue\n")
  }

  @Test func sweep_workersThatNeverReachIt_areAnError() throws {
    let command = try Command()
    let script = try command.file(
      "other.lua",
      """
      local name = "s" .. io.open("/proc/self/stat"):read "n"
      require("thresh").sweep { name = name, grid = { x = { 1, 2 } }, quiet = true, trial = function() return {} end }
      """)
    let result = try command.run([script, "--jobs", "2"])
    #expect(result.status == 1 && result.errors.contains("2 of 2 cells are not recorded"))
  }

  /// What --cells runs is tried again with --retry, and in a cancelled sweep it says why it is not run.
  @Test func sweep_someCells_areRetriedAndToldOfTheCancellation() throws {
    let command = try Command()
    let script = try command.file(
      "some.lua",
      """
      require("thresh").sweep {
        name = "some", grid = { x = { 1, 2 } }, quiet = true,
        trial = function(p)
          if not io.open "luck" then error "no luck" end
          return { y = p.x }
        end,
      }
      """)
    #expect(try command.run([script, "--cells", "2"]).status == 1)
    _ = try command.file("luck", "")
    #expect(try command.run([script, "--cells", "2"]).status == 1)
    #expect(try command.run([script, "--cells", "2", "--retry", "failed"]).status == 0)
    #expect(try command.run(["sweep", "cancel", "some"]).status == 0)
    let cancelled = try command.run([script, "--cells", "1"])
    #expect(cancelled.status == 3 && cancelled.errors.contains("'some' was cancelled"))
  }

  @Test func sweep_cancelled_endsAndCellsAreFree() throws {
    let sweep = try Sweep()
    let child = try sweep.start(["--jobs", "2"])
    try sweep.wait("two cells begun") { sweep.count("begin") == 2 }
    let cancelled = try sweep.command.run(["sweep", "cancel", "s"])
    #expect(cancelled.status == 0, "\(cancelled.errors)")
    #expect(try child.wait(seconds: 60) == 1)
    #expect(sweep.text("out.errors").contains("'s' was cancelled; starting it again runs"))
    try sweep.go()
    #expect(try sweep.start(["--jobs", "2"]).wait(seconds: 60) == 0)
    try sweep.expectAllRecordedOnce()
  }

  @Test func sweep_oneProcessInterrupted_goesOnInTheSameFolder() throws {
    let sweep = try Sweep()
    let child = try sweep.start([])
    try sweep.wait("a cell begun") { sweep.count("begin") == 1 }
    kill(child.id, SIGINT)
    #expect(try child.wait(seconds: 60) == 130)
    try sweep.go()
    #expect(try sweep.start([]).wait(seconds: 60) == 0)
    try sweep.expectAllRecordedOnce()
  }

  @Test func sweep_workerCannotRun_errorShowsItsLog() throws {
    let sweep = try Sweep()
    _ = try sweep.command.file(
      "sweep.lua", "if os.getenv 'THRESH_SWEEP_WORKER' then error 'no such luck' end\n" + script)
    let child = try sweep.start(["--jobs", "2"])
    #expect(try child.wait(seconds: 60) == 1)
    let errors = sweep.text("out.errors")
    #expect(errors.contains("a worker ended with status 1") && errors.contains("no such luck"))
  }

  @Test func sweep_cellWhoseProcessDiesAlways_failsAloneAtLast() throws {
    let sweep = try Sweep()
    _ = try sweep.command.file(
      "sweep.lua",
      """
      local th = require "thresh"
      print(th.sweep { name = "s", grid = { x = { 1, 2, 3 } }, quiet = true, trial = function(p)
        if p.x == 2 then os.execute("kill -9 " .. io.open "/proc/self/stat":read "n") end
        return { y = p.x }
      end })
      """)
    let child = try sweep.start(["--jobs", "2"])
    #expect(try child.wait(seconds: 60) == 0, "\(sweep.text("out.errors"))")
    let output = sweep.text("out")
    #expect(output.contains("2 done, 1 failed") && output.contains("died 3 times"), "\(output)")
  }

  @Test func sweep_printLauncher_linesRunTheCells() throws {
    let sweep = try Sweep()
    try sweep.go()
    let printed = try sweep.command.run(["sweep.lua", "--launcher", "print", "--set", "x=1,2"])
    let lines = printed.output.split(separator: "\n")
    try #require(lines.count == 2, "\(printed)")
    #expect(lines[1].hasSuffix("sweep.lua --set x=1,2 --cells 2"))
    #expect(lines[1].hasPrefix("cd \(sweep.command.folder) && "), "\(printed.output)")
    #expect(sweep.count("begin") == 0)
    let plan = try sweep.command.run(["sweep", "plan", "s", "--print-commands"])
    #expect(plan.output == printed.output, "\(plan.output)\(plan.errors)")
    let ran = try sweep.command.run(["sweep.lua", "--set", "x=1,2", "--cells", "2"])
    #expect(ran.status == 0 && sweep.count("end", 2) == 1 && sweep.count("begin") == 1)
    let beyond = try sweep.command.run(["sweep.lua", "--set", "x=1,2", "--cells", "3"])
    #expect(beyond.status == 1 && beyond.errors.contains("there is no cell 3; 's' has 2"))
    let status = try sweep.command.run(["sweep", "plan", "s"])
    #expect(
      status.output.contains("1\twaiting\t{\"x\":1}\t-\n2\tdone\t{\"x\":2}\truns/"),
      "\(status.output)")
  }

  @Test func sweepCommand_mistake_isOneLineAndStatus2() throws {
    let command = try Command()
    let result = try command.run(["sweep", "statsu", "s"])
    #expect(result.status == 2 && result.output == "")
    #expect(
      result.errors == "thresh sweep: unknown command 'statsu' (did you mean 'status'?)\n")
    let missing = try command.run(["sweep", "collect", "s", "--root=elsewhere"])
    #expect(
      missing.errors == "thresh sweep: there is no sweep 's' in elsewhere/sweeps\n")
    #expect(try command.run(["sweep"]).output.hasPrefix("usage: thresh sweep COMMAND"))
  }

  @Test func sweep_workerIsKilledInTraining_goesOnFromItsCheckpoint() throws {
    let sweep = try Sweep()
    _ = try sweep.command.file(
      "sweep.lua",
      """
      local th = require "thresh"
      local data = th.data.digits()
      local killed = arg[1] == "killed"
      local grid = { seed = { 1, 2 } }
      local found = th.sweep { name = "s", root = arg[1], grid = grid, quiet = true, trial = function(p, run)
        local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = p.seed }
        local result = th.train {
          model = model, data = data, epochs = 4, seed = p.seed, quiet = true, run = run,
          optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 }),
          select = th.select.RS2 { fraction = 0.3 },
          on_epoch = function(row)
            local file = io.open("log", "a")
            file:write(string.format("begin %d %d\\n", p.seed, io.open "/proc/self/stat":read "n"))
            file:close()
            local _, epochs = io.open "log":read "a":gsub("begin 2 ", "")
            while killed and p.seed == 2 and epochs >= 3 and not io.open "go" do os.execute "sleep 0.05" end
          end,
        }
        local sum = 0
        for _, w in ipairs(model:parameters()) do sum = sum + w:to("float64"):square():sum():item() end
        return { accuracy = result.accuracy, loss = result.history[4].loss, weights = sum, rows = #run:metrics() }
      end }
      for _, cell in ipairs(found.cells) do
        print(string.format("weights %a %a %d", cell.result.weights, cell.result.loss, cell.result.rows))
      end
      """)
    let child = try sweep.start(["killed", "--jobs", "2"])
    try sweep.wait("three epochs") { sweep.count("begin", 2) == 3 }
    kill(try sweep.process(of: 2), SIGKILL)
    try sweep.wait("training that goes on") { sweep.count("begin", 2) >= 4 }
    try sweep.go()
    #expect(try child.wait(seconds: 60) == 0, "\(sweep.text("out.errors"))")
    // Of the four epochs at most the one that was cut off was trained again.
    #expect(sweep.count("begin", 1) == 4 && sweep.count("begin", 2) <= 5, "\(sweep.text("log"))")
    #expect(try sweep.start(["whole"], "uncut").wait(seconds: 60) == 0)
    #expect(sweep.text("out") == sweep.text("uncut"), "\(sweep.text("out"))")
    #expect(sweep.text("out").contains("weights"))
  }

  @Test func sweepExample_run_sharesItsTraces() throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "sweep-digits.lua").path
    let result = try command.run(
      [script, "--quiet", "--set", "epochs=2", "--set", "seed=1", "--jobs", "2"])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.contains("4 cells, 4 done") && result.output.contains("amortised s"))
    let shared = try FileManager.default.contentsOfDirectory(
      atPath: command.folder + "/runs/shared")
    #expect(shared.count == 1)
  }

  /// What is missing when the disk is full stays missing; all that was recorded is there.
  @Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
  func sweep_fullDisk_errorAndNothingRecordedIsLost() throws {
    let disk = try SmallDisk()
    let script = try disk.command.file(
      "sweep.lua",
      """
      local th = require "thresh"
      local x = {}
      for i = 1, 100 do x[i] = i end
      print(th.sweep { name = "s", root = "disk/runs", grid = { x = x }, quiet = true, trial = function(p)
        return { y = p.x }
      end })
      """)
    let full = try disk.command.run([script])
    #expect(full.status == 1 && full.errors.contains("No space left on device"), "\(full.errors)")
    let cells = disk.path + "/runs/sweeps/s/cells"
    let recorded = try FileManager.default.contentsOfDirectory(atPath: cells)
      .filter { $0.hasSuffix(".json") }
    #expect(recorded.count > 1 && recorded.count < 100)
    for name in recorded {
      #expect(disk.command.text("\(cells)/\(name)").contains(#""state":"done""#))
    }
    // With room the same start goes on.
    try disk.remount("size=16m")
    let whole = try disk.command.run([script])
    #expect(whole.status == 0 && whole.output.contains("100 cells, 100 done"), "\(whole.errors)")
  }
}

/// Whether a process is there and more than the remains of one.
private func isRunning(_ id: pid_t) -> Bool {
  guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
    let end = text.lastIndex(of: ")")
  else { return false }
  return !text[end...].hasPrefix(") Z")
}
