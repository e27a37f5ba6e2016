-- SPDX-License-Identifier: Apache-2.0
-- Sweeps in one process: plan, records, refusals, overrides, searches, shared traces and tables.
local scratch = ...
local th = require "thresh"
local json = require "thresh.json"
local native = require "thresh.sweep.native"

local function raises(f, pattern)
  local ok, problem = pcall(f)
  if ok then error("not refused: " .. pattern, 2) end
  if not tostring(problem):find(pattern) then error(tostring(problem) .. "\nlacks: " .. pattern, 2) end
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = io.open(path, "r")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

-- Sweeps of this test say nothing and read the words that they are given.
local count = 0
local function sweep(o)
  o.root, o.quiet = o.root or scratch .. "/runs", true
  o.arguments = o.arguments or {}
  if not o.name then
    count = count + 1
    o.name = "s" .. count
  end
  return th.sweep(o)
end

-- The complaints that go to standard error, for as long as f runs.
local function complaints(f)
  local own, heard = io.stderr, {}
  io.stderr = setmetatable({ write = function(_, ...) for _, s in ipairs { ... } do heard[#heard + 1] = s end end,
    flush = function() end }, {})
  local ok, problem = pcall(f)
  io.stderr = own
  assert(ok, problem)
  return table.concat(heard)
end

-- Cells come in the order of their names, the seed outermost; each runs once.
do
  local ran = {}
  local o = {
    name = "grid", grid = { lr = { 0.1, 0.3 }, seed = { 1, 2 }, ["selector.name"] = { "A", "B" } },
    params = { epochs = 3, selector = { fraction = 0.5 } },
    trial = function(p, run)
      ran[#ran + 1] = string.format("%d %g %s", p.seed, p.lr, p.selector.name)
      assert(p.epochs == 3 and p.selector.fraction == 0.5)
      run:log { epoch = 1, value = p.lr }
      print("printed", p.lr)
      return { value = p.lr * 10 + p.seed, name = p.selector.name, nested = { deep = p.seed } }
    end,
  }
  local own = print
  print = function() end
  local found = sweep(o)
  print = own
  assert(table.concat(ran, ", ") == "1 0.1 A, 1 0.1 B, 1 0.3 A, 1 0.3 B, 2 0.1 A, 2 0.1 B, 2 0.3 A, 2 0.3 B")
  assert(#found.cells == 8)
  for i, cell in ipairs(found.cells) do assert(cell.number == i and cell.state == "done" and cell.seconds >= 0) end
  local cell = found.cells[3]
  assert(cell.params.selector.name == "A" and cell.params.selector.fraction == 0.5 and cell.result.value == 4)
  local run = th.runs.load(cell.run)
  assert(run.id:find "^%x%x%x%x%x%x%x%x%x%x%x%x$" and run.config.lr == 0.3 and run.status.result.value == 4)
  assert(#run:metrics() == 1 and read(cell.run .. "/log.txt"):find "printed\t0.3")

  -- A second start runs nothing, and finds the same.
  ran = {}
  local again = sweep(o)
  assert(#ran == 0 and again.cells[3].result.value == 4 and again.cells[3].run == cell.run)
  assert(th.sweep.load("grid", { root = scratch .. "/runs" }).cells[8].result.value == 5)
  assert(found:best("value").number == 7 and found:best("value", "min").number == 1)
  assert(found:best("nested.deep", "max").params.seed == 2)

  -- Tables by settings.
  local t = found:table { metric = "value" }
  assert(table.concat(t.columns, " ") == "lr selector.name value" and #t.rows == 4)
  assert(t.rows[1][1] == "0.1" and t.rows[1][3].median == 2.5 and t.rows[1][3].low == 2 and t.rows[1][3].high == 3
    and t.rows[1][3].n == 2)
  t = found:table { metric = "value", rows = "lr", cols = "selector.name", agg = "mean" }
  assert(table.concat(t.columns, " ") == "lr selector.name=A selector.name=B" and t.rows[2][3] == 4.5)
  assert(found:table { metric = "value", rows = {}, agg = "mean±std" }.rows[1][1] == "3.5 ± 1.2")
  assert(found:table { metric = "value", rows = "lr", agg = "count" }.rows[1][2] == 4)
  assert(tostring(found):find "8 cells, 8 done" and tostring(found):find "nested.deep")
  raises(function() found:table { metric = "valeu" } end, "no result has the number 'valeu' %(did you mean 'value'%?%)")
  raises(function() found:table { rows = "le" } end, "names 'le', which is no setting of the sweep %(did you mean 'lr'%?%)")
  raises(function() found:table { cols = "lr" } end, "one metric must be named")
  raises(function() found:table { agg = "meen" } end, "did you mean 'mean'")
end

-- Draws without a seed of their own do not depend on what ran before.
do
  local function draws(cells)
    local found = sweep { grid = { x = cells }, params = { seed = 3 }, trial = function() return { a = th.randn(1)[1], b = math.random() } end }
    return found.cells[#found.cells].result
  end
  local alone, behind = draws { 2 }, draws { 1, 2 }
  assert(alone.a == behind.a and alone.b == behind.b)
end

-- A failing cell keeps its traceback and hurts no other.
do
  local broken, ran = true, 0
  local o = {
    name = "failing", grid = { x = { 1, 2, 3 } },
    trial = function(p)
      ran = ran + 1
      local function inner() if p.x == 2 and broken then error "out of luck" end end
      inner()
      return { y = p.x }
    end,
  }
  local found = sweep(o)
  local cell = found.cells[2]
  assert(cell.state == "failed" and cell.error.message:find "out of luck" and cell.error.traceback:find "inner")
  assert(found.cells[3].state == "done")
  local status = th.runs.load(cell.run).status
  assert(status.state == "failed" and status.error.message:find "out of luck" and status.error.traceback:find "inner")
  assert(read(cell.run .. "/log.txt"):find "inner")
  assert(tostring(found):find "cell 2 failed: .*out of luck")
  assert(found:table({ rows = "x", metric = "y" }).rows[2][2] == "-")

  -- A recorded failure is a record: it is run again when asked, in a folder of its own.
  ran, broken = 0, false
  assert(sweep(o).cells[2].state == "failed" and ran == 0)
  o.arguments = { "--retry", "failed" }
  local again = sweep(o).cells[2]
  assert(ran == 1 and again.state == "done" and again.run ~= cell.run and again.tries == 2)
  assert(th.runs.load(cell.run).status.state == "failed")

  -- What is no result fails the cell as well.
  found = sweep { grid = { x = { 1, 2, 3, 4 } }, trial = function(p)
    return ({ 7, { 1, 2 }, { f = print }, { inf = math.huge, nan = 0 / 0 } })[p.x]
  end }
  assert(found.cells[1].error.message:find "table of results by name, got 7")
  assert(found.cells[2].error.message:find "got a list")
  assert(found.cells[3].error.message:find "'f' is a function")
  assert(found.cells[4].result.inf == math.huge and found.cells[4].result.nan ~= found.cells[4].result.nan)
end

-- The first failure, or the n-th, ends a sweep that wants it; what was done stays.
do
  local o = { name = "fast", grid = { x = { 1, 2, 3, 4, 5 } }, trial = function(p)
    if p.x % 2 == 0 then error "even" end
    return {}
  end }
  o.arguments = { "--fail-fast" }
  raises(function() sweep(o) end, "stopped after 1 failure; cell 2 failed: .*even")
  local found = th.sweep.load("fast", { root = scratch .. "/runs" })
  assert(found.cells[1].state == "done" and found.cells[2].state == "failed" and found.cells[3].state == "waiting")
  o.arguments = { "--max-failures=1" }
  raises(function() sweep(o) end, "stopped after 1 failure; cell 4 failed")
  o.arguments = { "--max-failures", "2", "--retry=failed" }
  raises(function() sweep(o) end, "stopped after 2 failures; cell 4 failed")
  o.arguments = {}
  assert(sweep(o).cells[5].state == "done")
end

-- A changed definition is refused with the difference; --update takes it and keeps what is the same.
do
  local ran = 0
  local function trial(p)
    ran = ran + 1
    return { y = p.x }
  end
  sweep { name = "changing", grid = { x = { 1, 2 } }, params = { epochs = 1 }, trial = trial }
  raises(function() sweep { name = "changing", grid = { x = { 1, 3 } }, params = { epochs = 1 }, trial = trial } end,
    "'changing' was started with another definition:\n  grid%.x: was %[1,2%], is %[1,3%]\n.*%-%-update")
  raises(function() sweep { name = "changing", grid = { x = { 1, 2 } }, params = { epoch = 1 }, trial = trial } end,
    "params%.epoch: was not there, is 1\n  params%.epochs: was 1, is not there")
  assert(ran == 2)
  local found = sweep { name = "changing", grid = { x = { 3, 2, 1 } }, params = { epochs = 1 }, trial = trial,
    arguments = { "--update" } }
  assert(ran == 3 and #found.cells == 3 and found.cells[1].result.y == 3 and found.cells[3].result.y == 1)
  -- Other code makes other cells; --same-code is a promise that it does not matter.
  local function other(p)
    ran = ran + 1
    return { y = p.x + 0 }
  end
  local o = { name = "changing", grid = { x = { 3, 2, 1 } }, params = { epochs = 1 }, trial = other }
  raises(function() sweep(o) end, "code%.trial: was \"%x+\", is \"%x+\"")
  o.arguments = { "--same-code" }
  assert(sweep(o).cells[2].result.y == 2 and ran == 3)
  o.arguments = { "--update" }
  assert(sweep(o).cells[2].result.y == 2 and ran == 6)
  -- Files that are named count as code.
  local helper = scratch .. "/helper.lua"
  write(helper, "return 1")
  o = { name = "helped", grid = { x = { 1 } }, code = { helper }, trial = other }
  sweep(o)
  -- As seen from another folder they are the same; of two with one name each counts.
  local done = ran
  o.code = { scratch .. "/./helper.lua" }
  sweep(o)
  assert(ran == done)
  o.code = { helper, scratch .. "/./helper.lua" }
  raises(function() sweep(o) end, "code%.helper_lua_2: was not there")
  o.code = { helper }
  write(helper, "return 2")
  raises(function() sweep(o) end, "code%.helper_lua: was")
  o.code = { scratch .. "/none.lua" }
  raises(function() sweep(o) end, "none.lua', cannot be read")
end

-- Overrides on the command line.
do
  local function cells(arguments, more)
    local o = { grid = { lr = { 0.1 }, seed = { 1, 2 } }, params = { epochs = 5, selector = { name = "A", warm = false } },
      trial = function(p) return {} end, arguments = arguments }
    for k, v in pairs(more or {}) do o[k] = v end
    local list = {}
    for i, cell in ipairs(sweep(o).cells) do
      local p = cell.params
      list[i] = string.format("%s/%s/%s/%s/%s", p.lr, p.seed, p.epochs, p.selector.name, p.selector.warm)
    end
    return table.concat(list, " ")
  end
  assert(cells { "--set", "lr=0.3", "--set=epochs=2" } == "0.3/1/2/A/false 0.3/2/2/A/false")
  assert(cells { "--set", "seed=0..2" } == "0.1/0/5/A/false 0.1/1/5/A/false 0.1/2/5/A/false")
  assert(cells { "--set", "seed=3", "--set", "selector.name=B,C" } == "0.1/3/5/B/false 0.1/3/5/C/false")
  assert(cells { "--set", "seed=3", "--set", "selector.name=1", "--set", "selector.warm=true" } == "0.1/3/5/1/true")
  for arguments, message in pairs {
    [{ "--set", "lrr=1" }] = "'lrr' is no setting of 's%d+' %(did you mean 'lr'%?%); it has epochs, lr",
    [{ "--set", "selector.nme=B" }] = "did you mean 'selector.name'%?",
    [{ "--set", "epochs=many" }] = "'epochs' is a number, got 'many'",
    [{ "--set", "epochs" }] = "needs key=value, got 'epochs'",
    [{ "--set", "lr=" }] = "needs key=value",
    [{ "--set" }] = "%-%-set needs a value",
    [{ "--jbos", "2" }] = "unknown argument '%-%-jbos' %(did you mean '%-%-jobs'%?%)",
    [{ "--jobs", "0" }] = "%-%-jobs needs a whole number of at least 1, got '0'",
    [{ "--retry", "faild" }] = "must be one of failed, got 'faild' %(did you mean 'failed'%?%)",
    [{ "--launcher", "slrum" }] = "did you mean 'slurm'%?",
    [{ "--fail-fast=1" }] = "is a flag and takes no value",
    [{ "--cells", "3-1" }] = "needs numbers such as 1,4%-6",
    [{ "--cells", "1-99999999999" }] = "'1%-99999999999' has more than 1000000 numbers",
    [{ "--set", "seed=0..999999999999" }] = "'0..999999999999' has more than 1000000 numbers",
    [{ "--set", "seed=-9223372036854775807..9223372036854775807" }] = "has more than 1000000 numbers",
  } do raises(function() cells(arguments) end, message) end
  raises(function() cells({ "--jobs", "2" }) end, "several jobs need a script file")
  -- th.arguments leaves the words of a sweep alone.
  local own = arg
  arg = { [0] = "script.lua", "--epochs", "2", "--set", "lr=0.3", "--fail-fast", "--jobs=2" }
  assert(th.arguments({ epochs = { 1 } }).epochs == 2)
  arg = own
end

-- Draws at random.
do
  local function values(arguments)
    local found = sweep {
      random = { n = 4, seed = 7, lr = th.sweep.log_uniform(1e-4, 1e-1), depth = th.sweep.int(1, 3),
        keep = th.sweep.uniform(0, 1), name = th.sweep.choice { "SGD", "Adam" } },
      grid = { seed = { 1, 2 } }, trial = function() return {} end, arguments = arguments,
    }
    local list = {}
    for i, cell in ipairs(found.cells) do list[i] = cell.params end
    return list
  end
  local a, b = values(), values()
  assert(#a == 8 and json.encode(a) == json.encode(b))
  for i, p in ipairs(a) do
    assert(p.lr >= 1e-4 and p.lr <= 1e-1 and math.type(p.depth) == "integer" and p.depth >= 1 and p.depth <= 3)
    assert(p.keep >= 0 and p.keep <= 1 and (p.name == "SGD" or p.name == "Adam"))
    assert(p.seed == (i - 1) // 4 + 1 and p.lr == a[(i - 1) % 4 + 1].lr)
  end
  assert(a[1].lr ~= a[2].lr)
  -- More draws leave the first ones as they are; a value that is set is drawn no more.
  local more = values { "--set", "random.n=5", "--set", "depth=2" }
  assert(#more == 10 and more[1].lr == a[1].lr and more[1].depth == 2)
  -- The logarithm is uniform: half of the draws lie below the geometric mean.
  local lr, below = th.sweep.log_uniform(1e-4, 1e-1), 0
  for i = 1, 2000 do if lr:draw(th.stream(1, "draws", i)) < 10 ^ -2.5 then below = below + 1 end end
  assert(math.abs(below / 2000 - 0.5) < 0.04)
  local counts = { 0, 0, 0 }
  for i = 1, 3000 do
    local n = th.sweep.int(1, 3):draw(th.stream(1, "draws", i))
    counts[n] = counts[n] + 1
  end
  for _, n in ipairs(counts) do assert(math.abs(n - 1000) < 100) end
  raises(function() th.sweep.log_uniform(0, 1) end, "low must be above 0, got 0")
  raises(function() th.sweep.uniform(1, 1) end, "needs numbers low < high, got 1 and 1")
  raises(function() th.sweep.int(1, 2.5) end, "needs whole numbers low < high, got 1 and 2.5")
  raises(function() th.sweep.int("1", 2) end, "needs whole numbers low < high, got '1' and 2")
  raises(function() th.sweep.choice {} end, "needs a list of values")
end

-- What cannot be a sweep.
for message, o in pairs {
  ["needs the option 'trial'"] = {},
  ["unknown option 'gird' %(did you mean 'grid'%?%)"] = { gird = {}, trial = print },
  ["option 'name' must hold letters"] = { name = "a b", trial = print },
  ["grid: 'lr' needs a list of values, got 0.1"] = { grid = { lr = 0.1 }, trial = print },
  ["cells 1 and 2 are the same: {\"lr\":1}"] = { grid = { lr = { 1, 1 } }, trial = print },
  ["holds a distribution; those belong in random or tpe"] = { grid = { lr = { th.sweep.uniform(0, 1) } }, trial = print },
  ["'lr' stands in grid and in random"] = { grid = { lr = { 1 } }, random = { n = 1, lr = th.sweep.uniform(0, 1) }, trial = print },
  ["random: needs the option 'n'"] = { random = { lr = th.sweep.uniform(0, 1) }, trial = print },
  ["tpe chooses all values itself"] = { tpe = {}, grid = { x = { 1 } }, trial = print },
  ["tpe: needs a distribution"] = { tpe = { n = 3, metric = "y" }, trial = print },
  ["tpe: needs the option 'metric'"] = { tpe = { n = 3, x = th.sweep.uniform(0, 1) }, trial = print },
  ["asha: min must be below max, got 9 and 9"] = { asha = { min = 9, max = 9 }, trial = print },
  ["'params.model' is a function"] = { params = { model = print }, trial = print },
  ["launcher must be one of local, slurm, print"] = { launcher = "ssh", trial = print },
} do raises(function() sweep(o) end, message) end

-- Records that cannot be read are put aside; a run that ended is recorded without being run again.
do
  local ran = 0
  local o = { name = "corrupt", grid = { x = { 1, 2 } }, trial = function(p)
    ran = ran + 1
    return { y = p.x }
  end }
  local found = sweep(o)
  local path = string.format("%s/cells/%s.json", found.folder, found.cells[1].hash)
  write(path, read(path):sub(1, 20))
  local heard = complaints(function() found = sweep(o) end)
  assert(heard:find "cannot be read" and heard:find "counts as not recorded")
  assert(ran == 2 and found.cells[1].state == "done" and found.cells[1].result.y == 1)
  assert(read(path:gsub("/cells/(%x+).json", "/retried/%1.unreadable")))
  -- Without its record and with an end that never came, the run goes on in its folder.
  os.remove(path)
  write(found.cells[1].run .. "/status.json", '{"state":"running","started":"2026-01-01T00:00:00Z"}')
  assert(sweep(o).cells[1].run == found.cells[1].run and ran == 3)
  -- A run folder that was half made is put aside.
  os.remove(path)
  os.remove(found.cells[1].run .. "/status.json")
  heard = complaints(function() found = sweep(o) end)
  assert(heard:find "is no run that can be read" and heard:find "%.broken" and ran == 4)
  assert(found.cells[1].state == "done" and read(found.cells[1].run .. ".broken/config.json"))
  -- One that was made but not noted is found by its name.
  os.remove(path)
  os.remove(found.folder .. "/started/" .. found.cells[1].hash)
  assert(sweep(o).cells[1].run == found.cells[1].run and ran == 4)
  write(found.folder .. "/definition.json", "{")
  raises(function() sweep(o) end, "definition.json cannot be read")
  -- A folder that cannot be made.
  write(scratch .. "/plain", "")
  raises(function() sweep { root = scratch .. "/plain/runs", trial = print } end, "plain/runs.*cannot be made a folder")
end

-- Successive halving: the best third of those that were at a rung before goes on.
do
  local halving = require "thresh.sweep.halving"
  local asha = { mode = "max", min = 1, max = 27, factor = 3 }
  assert(table.concat(halving.rungs(asha), " ") == "1 3 9")
  assert(halving.goes_on(asha, 1, { 1 }) and halving.goes_on(asha, 2, { 1, 2 }) and not halving.goes_on(asha, 1, { 1, 2 }))
  assert(halving.goes_on(asha, 5, { 1, 2, 3, 4, 5, 6 }) and not halving.goes_on(asha, 4, { 1, 2, 3, 4, 5, 6 }))
  assert(not halving.goes_on(asha, 0 / 0, { 0 / 0 }) and halving.goes_on(asha, 1, { 0 / 0, 0 / 0, 1 }))
  local found = sweep {
    grid = { q = { 5, 3, 7, 1, 6, 8 } }, asha = asha,
    trial = function(p, run)
      local steps = 0
      for step = 1, 27 do
        steps = step
        if run:report(step, p.q) then break end
      end
      return { steps = steps }
    end,
  }
  -- At rung 1: 5 (of 1), 3 no, 7 (of 3), 1 no, 6 no (the best one of five is 7), 8 (the best two of six are 8 and 7).
  local steps = {}
  for i, cell in ipairs(found.cells) do steps[i] = cell.result.steps .. (cell.stopped and "s" or "") end
  assert(table.concat(steps, " ") == "27 1s 27 1s 1s 27", table.concat(steps, " "))
  -- Without asha nobody is stopped.
  found = sweep { grid = { x = { 1, 2 } }, trial = function(p, run)
    assert(run:report(1, p.x) == false)
    return {}
  end }
  assert(found.cells[2].state == "done")
  found = sweep { grid = { x = { 1, 2, 3 } }, trial = function(p, run)
    if p.x == 1 then run.report(1, 2) elseif p.x == 2 then run:report(0.5, 1) else run:report(1, "x") end
  end }
  assert(found.cells[1].error.message:find "run.report is a method" and found.cells[2].error.message:find "whole number"
    and found.cells[3].error.message:find "needs a number, got 'x'")
end

-- The Parzen estimator: closed forms of its densities, and a search that finds the top.
do
  local tpe = require "thresh.sweep.tpe"
  local parts = tpe.mixture({}, 0, 1)
  -- One normal density of width 1 over [0, 1], cut off: phi(x - 1/2) / (Phi(1/2) - Phi(-1/2)).
  local function phi(z) return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) end
  assert(math.abs(tpe.density(parts, 0.25) - phi(0.25) / 0.3829249225) < 1e-5)
  -- A point in the middle of the left half: its farther neighbour, the mean of the whole, is 1/4 away.
  parts = tpe.mixture({ 0.25 }, 0, 1)
  assert(#parts == 2 and parts[1].mean == 0.25 and parts[1].width == 1 / 3 and parts[2].width == 1)
  parts = tpe.mixture({ 0.1 }, 0, 1)
  assert(math.abs(parts[1].width - 0.4) < 1e-12)
  local sum, n = 0, 2000
  parts = tpe.mixture({ 0.1, 0.5, 0.52, 0.9 }, 0, 1)
  for i = 1, n do sum = sum + tpe.density(parts, (i - 0.5) / n) / n end
  assert(math.abs(sum - 1) < 1e-5)
  local odds = tpe.odds({ "a", "b" }, { "a", "a", "b" }, function(a, b) return a == b end)
  assert(odds[1] == 3 / 5 and odds[2] == 2 / 5)

  local function search(n, arguments)
    return sweep {
      tpe = { n = n, metric = "y", seed = 3, lr = th.sweep.log_uniform(1e-5, 1), depth = th.sweep.int(1, 20),
        name = th.sweep.choice { "bad", "good", "worse" } },
      params = { fixed = 1 }, arguments = arguments,
      trial = function(p)
        assert(p.fixed == 1)
        local miss = (math.log(p.lr, 10) + 3) ^ 2 + ((p.depth - 12) / 10) ^ 2
        return { y = -miss - (p.name == "good" and 0 or p.name == "bad" and 0.5 or 1) }
      end,
    }
  end
  local found = search(60)
  local best = found:best("y")
  assert(best.params.name == "good" and best.result.y > -0.05, best.result.y)
  -- What it proposes is better than draws at random: the median of the last 20 against that of the first 10.
  local function median(first, last)
    local values = {}
    for i = first, last do values[#values + 1] = found.cells[i].result.y end
    table.sort(values)
    return values[(#values + 1) // 2]
  end
  assert(median(41, 60) > median(1, 10) + 0.5)
  for _, cell in ipairs(found.cells) do
    local p = cell.params
    assert(p.lr >= 1e-5 and p.lr <= 1 and p.depth >= 1 and p.depth <= 20 and math.type(p.depth) == "integer")
  end
  -- The same again with one worker; a longer search begins alike.
  local again = search(70)
  for i = 1, 60 do assert(json.encode(found.cells[i].params) == json.encode(again.cells[i].params)) end
  -- A failed trial counts as the worst.
  found = sweep { tpe = { n = 15, metric = "y", startup = 5, x = th.sweep.uniform(0, 1) }, trial = function(p)
    if p.x < 0.5 then error "no" end
    return { y = p.x }
  end }
  assert(#found.cells == 15 and found:best("y").params.x > 0.5)
end

-- A shared trace is made once; costs stand in three accounts.
do
  local made = 0
  local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
  local o = {
    name = "sharing", grid = { lr = { 0.1, 0.2, 0.3 }, method = { "Cached", "Full" } },
    trial = function(p, run)
      if p.method == "Full" then return { y = p.lr } end
      local path = run.shared_trace {
        method = "Mine", options = { fraction = 0.5 }, data = data, model = "mlp", seed = 1,
        make = function(path)
          made = made + 1
          local writer = th.select.write_trace(path, { data = data, method = "Mine", options = { fraction = 0.5 }, epochs = 2 })
          writer:write(0, { indices = th.tensor { 1, 2, 3 } }, 0.1)
          writer:close()
          return { forwarded = 6 }
        end,
      }
      assert(th.select.Cached({ trace = path }).name == "Cached-Mine")
      return { y = p.lr }
    end,
  }
  local found = sweep(o)
  assert(made == 1)
  local first, second = found.cells[1], found.cells[3]
  assert(first.params.method == "Cached" and first.shared[1].made and not second.shared[1].made)
  assert(first.shared[1].key == second.shared[1].key and second.shared[1].seconds == first.shared[1].seconds)
  assert(json.decode(read(scratch .. "/runs/shared/" .. first.shared[1].key .. "/made.json")).forwarded == 6)

  -- The three accounts, by numbers that are put into the records.
  for i, cell in ipairs(found.cells) do
    cell.seconds = cell.params.method == "Full" and 10 or i
    for _, trace in ipairs(cell.shared or {}) do trace.seconds = 6 end
  end
  local t = found:costs { rows = "method", baseline = { method = "Full" } }
  assert(table.concat(t.columns, "|") == "method|marginal s|with source s|amortised s|marginal speedup|"
    .. "with source speedup|amortised speedup")
  assert(t.rows[1][1] == "Cached" and t.rows[1][2] == 3 and t.rows[1][3] == 9 and t.rows[1][4] == 5)
  assert(t.rows[1][5] == 10 / 3 and t.rows[1][6] == 10 / 9 and t.rows[1][7] == 2 and t.rows[2][5] == 1)
  assert(tostring(found):find "amortised s")
  raises(function() found:costs { baseline = { method = "None" } } end, "no cell has the settings")

  -- Another key is another trace; a maker that fails leaves the next one the try.
  local function trace(given)
    local all = { method = "M", data = "f", model = "m", seed = 1, make = function(path) write(path, "x") end }
    for k, v in pairs(given) do all[k] = v end
    return th.sweep.shared(scratch .. "/runs", all)
  end
  local path, was_made = trace {}
  assert(was_made and read(path) == "x" and not select(2, trace {}))
  for _, other in ipairs { { seed = 2 }, { model = { name = "m", width = 2 } }, { data = "g" }, { method = "N" }, { options = { a = 1 } } } do
    assert(select(2, trace(other)))
  end
  raises(function() trace { seed = 9, make = function() error "no luck" end } end, "no luck")
  raises(function() trace { seed = 9, make = function() end } end, "has left no file")
  assert(select(2, trace { seed = 9 }))
  raises(function() trace { sead = 1 } end, "unknown option 'sead'")
  raises(function() th.sweep.shared(7, {}) end, "needs the folder of the runs, got 7")
end

-- Leases: what one process holds another does not get; see LeaseTests for those of other processes.
do
  local base = scratch .. "/lease"
  local lease = native.claim(base, 60, 5)
  assert(lease.path == base .. ".0" and lease.generation == 0 and lease.deaths == 0)
  local state = native.lease(base, 60)
  assert(not state.free and state.process == native.process_id())
  native.release(lease.path)
  assert(native.lease(base, 60).free and native.lease(base, 60).released)
  assert(native.publish(scratch .. "/once", "a") and not native.publish(scratch .. "/once", "b"))
  assert(read(scratch .. "/once") == "a")
  raises(function() native.status(1) end, "process 1 was not started here")
  raises(function() native.start({ "/no/such/program" }) end, "'/no/such/program' cannot be started")
end

-- Slurm: slices, ranges and the batch script; see SlurmTests for the real one.
do
  local slurm = require "thresh.sweep.slurm"
  local slices = slurm.slices(10, 4)
  local sizes, next_first = {}, 1
  for i, slice in ipairs(slices) do
    assert(slice.first == next_first)
    sizes[i], next_first = slice.last - slice.first + 1, slice.last + 1
  end
  assert(table.concat(sizes, " ") == "2 3 2 3" and next_first == 11)
  assert(slurm.ranges { 1, 2, 3, 5, 7, 8 } == "1-3,5,7-8")
  local cells = {}
  for i = 1, 7 do cells[i] = { number = 2 * i } end
  local text, lines = slurm.script({ name = "s", slurm = { time = "1:00:00", cpus = 2, parallel = 3, partition = "p",
    setup = "module load x", options = { "--account=a" } } },
    { program = "/bin/thresh", before = {}, script = "a b.lua", after = { "--set", "lr=1" } }, cells, 3,
    { folder = "/data", sweep = "/data/runs/sweeps/s", cells = "/data/1.cells" })
  assert(table.concat(lines) == "2,4\n6,8\n10,12,14\n")
  for _, part in ipairs { "#SBATCH --array=0-2%3", "#SBATCH --time=1:00:00", "#SBATCH --account=a", "#SBATCH --partition=p",
    "module load x\n", "/bin/thresh --threads=2 'a b.lua' --set lr=1 --cells \"$cells\" &", "cd /data || exit 1" } do
    assert(text:find(part, 1, true), part)
  end
  raises(function() slurm.script({ name = "s", slurm = { tme = "1" } }, {}, cells, 3, {}) end, "did you mean 'time'")
end

return "ok"
