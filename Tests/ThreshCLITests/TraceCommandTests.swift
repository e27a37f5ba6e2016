// SPDX-License-Identifier: Apache-2.0
import Testing

@Test func traceCommand_statsOfARun_arePrinted() throws {
  let command = try Command()
  let script = try command.file(
    "run.lua",
    """
    local th = require "thresh"
    local data = th.data.from_tensors(th.rand(12, 1, 8, 8), th.arange(12):remainder(3):add(1))
    local writer = th.select.write_trace("run.trace", { data = data, method = "made", epochs = 4 })
    writer:write(0, { indices = th.tensor { 1, 2, 4 } }, 0.5)
    writer:write(2, { indices = th.tensor { 1, 5 } }, 0.5)
    writer:close()
    """)
  #expect(try command.run([script]).status == 0)
  let stats = try command.run(["trace", "stats", "run.trace"])
  #expect(stats.status == 0 && stats.errors == "")
  for part in ["made", "selections   2", "never 8", "0.2500 mean Jaccard", "classes      0 3 2"] {
    #expect(stats.output.contains(part), "\(stats.output)")
  }
  #expect(try command.run(["trace", "union", "run.trace"]).output == "0\n1\n3\n4\n")
  #expect(try command.run(["trace", "intersect", "run.trace"]).output == "0\n")
}

@Test func traceCommand_mistake_isOneLineAndStatus2() throws {
  let command = try Command()
  let result = try command.run(["trace", "stat", "run.trace"])
  #expect(result.status == 2 && result.output == "")
  #expect(result.errors == "thresh trace: unknown command 'stat' (did you mean 'stats'?)\n")
  #expect(try command.run(["trace"]).output.hasPrefix("usage: thresh trace COMMAND"))
}

/// SIGKILL in the third epoch, by the run itself: what was selected until then can be read and replayed.
@Test func traceCommand_killedRun_isReadable() throws {
  let command = try Command()
  let script = try command.file(
    "killed.lua",
    """
    local th = require "thresh"
    local x, y = th.rand(40, 1, 4, 4, { seed = 1 }), th.arange(40):remainder(4):add(1)
    local model = th.nn.Sequential(th.nn.Flatten(), th.nn.Linear(16, 4, { seed = 1 }))
    th.train {
      model = model, data = { train = th.data.from_tensors(x, y) }, epochs = 9, batch_size = 8, quiet = true,
      optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 }), trace = "killed.trace",
      select = th.select.RS2 { fraction = 0.2 }, batch_select = th.select.TopK { keep = 0.5 },
      on_epoch = function(row) if row.epoch == 3 then os.execute "kill -KILL $PPID" end end,
    }
    """)
  #expect(try command.run([script]).status != 0)
  let stats = try command.run(["trace", "stats", "killed.trace"])
  #expect(stats.status == 0 && stats.output.contains("selections   3"), "\(stats.output)")
  #expect(stats.output.contains("rows in 3 epochs"), "\(stats.output)")
  let replay = try command.run(["trace", "replay", "killed.trace"])
  #expect(replay.output.contains("epoch 8  selection of epoch 2  8 images"), "\(replay.output)")
}
