-- SPDX-License-Identifier: Apache-2.0
-- Cells of sweeps that fare ill: trials that end their run, folders that are gone, processes that died, odd values.
local scratch = ...
local th = require "thresh"
local native = require "thresh.sweep.native"

local function sweep(o)
  o.root, o.quiet, o.arguments = scratch .. "/runs", true, o.arguments or {}
  return th.sweep(o)
end

local function remove(path) assert(os.execute(string.format("rm -r '%s'", path))) end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

-- A trial may end its run itself; that counts.
do
  local found = sweep {
    name = "ends", grid = { how = { "finish", "both", "fail", "failed", "not", "stop" } },
    trial = function(p, run)
      if p.how == "finish" then run:finish { y = 1 } return end
      if p.how == "both" then run:finish { y = 2 } return { y = 3 } end
      if p.how == "fail" then run:fail "on purpose" return end
      if p.how == "failed" then run:fail "on purpose" return { y = 9 } end
      if p.how == "stop" then run:interrupt() return end
      return { y = 4 }
    end,
  }
  local states = {}
  for i, cell in ipairs(found.cells) do
    states[i] = cell.state .. (cell.result and cell.result.y or "")
    assert(cell.params.how == "stop" or th.runs.load(cell.run).status.state == cell.state)
  end
  assert(table.concat(states, " ") == "done1 done3 failed failed done4 failed", table.concat(states, " "))
  assert(found.cells[3].error.message == "on purpose" and found.cells[6].error.message:find "has interrupted its run")
  -- What failed is no result.
  assert(found:best("y").result.y == 4 and found.cells[4].error.message == "on purpose")
end

-- A search that looks for what no result has says so.
do
  local found = sweep {
    name = "metric", tpe = { n = 2, metric = "acuracy", x = th.sweep.uniform(0, 1) }, trial = function() return { accuracy = 1 } end,
  }
  assert(found.cells[1].state == "failed" and found.cells[1].error.message
    == "tpe needs the number 'acuracy' in the result (did you mean 'accuracy'?); it has accuracy", found.cells[1].error.message)
  found = sweep {
    name = "told", tpe = { n = 1, metric = "y", x = th.sweep.uniform(0, 1) }, trial = function(_, run) run:fail "no memory" end,
  }
  assert(found.cells[1].error.message == "no memory")
  found = sweep {
    name = "deep", tpe = { n = 2, metric = "a.b", x = th.sweep.uniform(0, 1) }, trial = function(p) return { a = { b = p.x } } end,
  }
  assert(found.cells[2].state == "done")
end

-- Settings that JSON has no number for stay apart, and come back.
do
  local o = {
    name = "infinite", grid = { clip = { 1, math.huge, -math.huge } }, trial = function(p) return { y = p.clip > 0 and 1 or 0 } end,
  }
  local t = sweep(o):table { rows = "clip" }
  assert(#t.rows == 3 and t.rows[2][1] == "inf" and t.rows[3][1] == "-inf", #t.rows)
  assert(th.sweep.load("infinite", { root = scratch .. "/runs" }).cells[2].params.clip == math.huge)
end

-- Bytes that are no text end neither a record nor a run.
do
  local o = { name = "bytes", grid = { x = { 1, 2 } }, trial = function(p, run)
    run:log { note = "a\xff", v = p.x }
    if p.x == 1 then error "bad byte \xff" end
    return { note = "\xc3" }
  end }
  local found = sweep(o)
  assert(found.cells[1].state == "failed" and found.cells[1].error.message:find "bad byte \u{FFFD}")
  assert(found.cells[2].state == "done" and found.cells[2].result.note == "\u{FFFD}")
  assert(#th.runs.load(found.cells[2].run):metrics() == 1)
  assert(th.runs.load(found.cells[2].run).status.state == "done")
end

-- --set: names with dots are names, texts stay as they are written.
do
  local function params(...)
    local found = sweep {
      name = "set", random = { n = 2, seed = 1, ["data.seed"] = th.sweep.int(1, 100), ["model.n"] = th.sweep.int(1, 100) },
      params = { tag = "x" }, trial = function() return {} end, arguments = { "--update", ... },
    }
    local list = {}
    for i, cell in ipairs(found.cells) do list[i] = cell.params end
    return list
  end
  local drawn, set, other = params(), params("--set", "data.seed=3"), params("--set", "model.n=4")
  assert(#set == 2 and set[1].data.seed == 3 and set[2].data.seed == 3 and set[1].model.n == drawn[1].model.n)
  assert(#other == 2 and other[1].model.n == 4 and other[2].model.n == 4 and other[1].data.seed == drawn[1].data.seed)
  assert(#params("--set", "random.n=3") == 3 and drawn[1].data.seed ~= params("--set", "random.seed=2")[1].data.seed)
  local tags = params("--set", 'tag=007,1e3,"a,b",true')
  local texts = {}
  for i = 1, #tags, 2 do texts[#texts + 1] = tags[i].tag end
  assert(table.concat(texts, "|") == "007|1e3|a,b|true", table.concat(texts, "|"))
  local ok, problem = pcall(params, "--set", "random.n=1,2")
  assert(not ok and problem:find "'random.n' takes 1 value, got 2", problem)
end

-- A cell whose run folder is gone, as `thresh runs gc` removes it, begins anew.
do
  local root = scratch .. "/runs"
  local o = { name = "gone", grid = { x = { 1 } }, trial = function(p) return { y = p.x } end }
  local first = sweep(o)
  remove(first.cells[1].run)
  os.remove(root .. "/sweeps/gone/cells/" .. first.cells[1].hash .. ".json")
  assert(sweep(o).cells[1].state == "done")

  -- A sweep that is removed begins anew, on the same day and with nothing of the one before.
  local folder = first.cells[1].run
  remove(root .. "/sweeps/gone")
  local ran = 0
  o.trial = function() ran = ran + 1 return { y = 5 } end
  local anew = sweep(o)
  assert(ran == 1 and anew.cells[1].result.y == 5 and anew.cells[1].run ~= folder)
end

-- Who died at a cell counts until somebody starts the sweep again.
do
  local o = { name = "deaths", grid = { x = { 1 } }, trial = function() return { y = 1 } end }
  local cell = sweep(o).cells[1]
  local hash, folder = cell.hash, scratch .. "/runs/sweeps/deaths"
  remove(cell.run)
  os.remove(folder .. "/cells/" .. hash .. ".json")
  os.remove(folder .. "/started/" .. hash)
  for generation = 1, 4 do
    local file = assert(io.open(string.format("%s/leases/%s.%d", folder, hash, generation), "w"))
    file:write "elsewhere boot 1 1\n"
    file:close()
    assert(os.execute(string.format("touch -d '1 hour ago' '%s/leases/%s.%d'", folder, hash, generation)))
  end
  local lease = assert(native.claim(folder .. "/leases/" .. hash, 60, 5))
  assert(lease.deaths == 4)
  native.release(lease.path)
  local found = sweep(o)
  assert(found.cells[1].state == "done" and found.cells[1].result.y == 1, found.cells[1].error and found.cells[1].error.message)
  lease = assert(native.claim(folder .. "/leases/" .. hash, 60, 5))
  assert(lease.deaths == 0)
  native.release(lease.path)
end

-- A trace that a cell asks for twice counts once.
do
  local found = sweep {
    name = "twice", grid = { x = { 1 } },
    trial = function(_, run)
      local given = { method = "M", data = "f", model = "m", seed = 4, make = function(path) io.open(path, "w"):close() end }
      assert(run.shared_trace(given) == run.shared_trace(given))
      return { y = 1 }
    end,
  }
  assert(#found.cells[1].shared == 1 and found.cells[1].shared[1].made)
end

-- --cells without any number is refused.
do
  local words = require "thresh.sweep.words"
  for _, given in ipairs { "", "," } do
    local ok, problem = pcall(words.parse, { "--cells", given }, false)
    assert(not ok and problem:find "needs numbers such as 1,4%-6", problem)
  end
end

-- A run that is opened again loses the rows behind the state that training goes on from; a second training of
-- one run comes behind the first.
do
  local data = th.data.digits()
  local small = { train = data.train:subset(th.arange(1, 64)), test = data.test:subset(th.arange(1, 16)) }
  local function train(run, epochs, checkpoint)
    local model = th.models.mlp { in_channels = 1, image_size = 8, width = 4, seed = 1 }
    return th.train {
      model = model, data = small, epochs = epochs, batch_size = 32, quiet = true, run = run, checkpoint = checkpoint, trace = false,
      optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 }),
    }
  end
  local function epochs_of(run)
    local list = {}
    for i, row in ipairs(run:metrics()) do list[i] = row.epoch or "-" end
    return table.concat(list, " ")
  end
  local run = th.runs.create { root = scratch .. "/trained", name = "t" }
  run:log { note = "before" }
  train(run, 2, false)
  train(run, 3, false)
  assert(epochs_of(run) == "- 1 2 1 2 3", epochs_of(run))
  -- What was logged since it was opened again stays, too.
  run = th.runs.reopen(run.path)
  run:log { epoch = 0, note = "now" }
  train(run, 1, false)
  assert(epochs_of(run) == "- 1 2 3 0 1", epochs_of(run))
  train(run, 1, false)
  assert(epochs_of(run) == "- 0 1 1", epochs_of(run))
  -- Two trainings, each with checkpoints of its own, that are over: nothing is lost.
  run = th.runs.create { root = scratch .. "/trained", name = "v" }
  run:log { epoch = 0, note = "before" }
  local function both()
    train(run, 2, run:file "first")
    train(run, 3, run:file "second")
  end
  both()
  local whole = read(run.path .. "/metrics.jsonl")
  assert(epochs_of(run) == "0 1 2 1 2 3")
  run = th.runs.reopen(run.path)
  both()
  assert(read(run.path .. "/metrics.jsonl") == whole)
  -- Killed behind an epoch whose checkpoint was not written: the row of then is not that of the new try.
  run = th.runs.create { root = scratch .. "/trained", name = "u" }
  train(run, 2)
  run:log { epoch = 3, loss = 99, train_seconds = 1e6 }
  run = th.runs.reopen(run.path)
  train(run, 2)
  assert(epochs_of(run) == "1 2", epochs_of(run))
  assert(not io.open(run.path .. "/subsets.trace"))
  run = th.runs.reopen(run.path)
  train(run, 1, false)
  assert(epochs_of(run) == "1" and read(run.path .. "/metrics.jsonl"):find '"epoch":1')
end

return "ok"
