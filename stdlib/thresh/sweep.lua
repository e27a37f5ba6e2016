-- SPDX-License-Identifier: Apache-2.0
-- Many runs that differ by their settings: planned once, run by however many processes, recorded once each.

local core = require "thresh.core"
local cell_runner = require "thresh.sweep.cell"
local commands = require "thresh.sweep.command"
local halving = require "thresh.sweep.halving"
local json = require "thresh.json"
local launch = require "thresh.sweep.launch"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local progress = require "thresh.progress"
local results = require "thresh.sweep.result"
local shared = require "thresh.sweep.shared"
local space = require "thresh.sweep.space"
local stores = require "thresh.sweep.store"
local tpe = require "thresh.sweep.tpe"
local words = require "thresh.sweep.words"
local work = require "thresh.sweep.work"

local M = {
  log_uniform = space.log_uniform, uniform = space.uniform, int = space.int, choice = space.choice,
}

local rules = {
  name = { "string", required = true }, root = { "string", default = "runs" }, trial = { "callable", required = true },
  params = { "table", default = {} }, grid = { "table" }, random = { "table" }, tpe = { "table" }, asha = { "table" },
  code = { "table", default = {} }, jobs = { "integer", default = 1, from = 1 },
  launcher = { "string", default = "local" }, retry = { "string" }, fail_fast = { "boolean", default = false },
  max_failures = { "integer", from = 1 }, slurm = { "table" }, arguments = { "table" },
  quiet = { "boolean", default = false },
}

-- The words of the command line, where the script has any.
local function words_of(o)
  if o.arguments then return words.parse(o.arguments, false) end
  if type(arg) ~= "table" or type(arg[0]) ~= "string" or arg[-1] == nil then return { set = {} } end
  return words.parse(arg, package.loaded["thresh.arguments"] ~= nil)
end

local function fail(...) error(string.format(...), 0) end

-- What --set can change, by name: where it stands, under which key, an example of its values, and whether it is an
-- option of a search, such as random.n, and no setting.
local function settable(o)
  local known = {}
  for name, value in pairs(space.flat(o.params)) do known[name] = { place = o.params, example = value } end
  for name, values in pairs(o.grid or {}) do known[name] = { place = o.grid, key = name, example = values[1] } end
  for _, part in ipairs { "random", "tpe", "asha" } do
    for name, value in pairs(o[part] or {}) do
      if space.is_distribution(value) then
        known[name] = {
          place = o[part], key = name, example = value.distribution == "choice" and value.values[1] or value.low,
        }
      else
        known[part .. "." .. name] = { place = o[part], key = name, example = value, option = true }
      end
    end
  end
  return known
end

-- The values that a word of --set gives: texts as they were written where the setting is one.
local function values_of(given, example)
  local kind, values = type(example), {}
  for i, value in ipairs(given.values) do
    values[i] = value
    if kind == "string" then
      values[i] = given.texts[i]
    elseif kind ~= "table" and type(value) ~= kind then
      fail("sweep: --set: '%s' is a %s, got '%s'", given.key, kind, given.text)
    end
  end
  return values
end

-- Puts the values of --set in their places: grid, random, tpe or the defaults.
local function override(o, set)
  local known = settable(o)
  for _, given in ipairs(set) do
    local found = known[given.key]
    if not found then
      local names = options.names(known)
      fail("sweep: --set: '%s' is no setting of '%s'%s; it has %s", given.key, o.name,
        options.suggestion(given.key, names), table.concat(names, ", "))
    end
    local values = values_of(given, found.example)
    if found.option then
      if #values > 1 then fail("sweep: --set: '%s' takes 1 value, got %d", given.key, #values) end
      found.place[found.key] = values[1]
    elseif found.place == o.grid then
      o.grid[given.key] = values
    else
      -- A distribution gives way.
      if found.key then found.place[found.key] = nil end
      if #values > 1 then
        o.grid = o.grid or {}
        o.grid[given.key] = values
      else
        o.params = space.merged(o.params, { [given.key] = values[1] })
      end
    end
  end
end

local function shallow(t)
  if not t then return nil end
  local copy = {}
  for k, v in pairs(t) do copy[k] = v end
  return copy
end

-- Checks what is varied and parts the options of searches from their distributions.
local function check_space(o, level)
  for name, values in pairs(o.grid or {}) do
    if type(name) ~= "string" or type(values) ~= "table" or #values == 0 then
      error(string.format("sweep: grid: '%s' needs a list of values, got %s", tostring(name), options.shown(values)),
        level + 1)
    end
    for _, value in ipairs(values) do
      if space.is_distribution(value) then
        error(string.format("sweep: grid: '%s' holds a distribution; those belong in random or tpe", name), level + 1)
      end
    end
  end
  if o.random then
    local own, drawn = {}, {}
    for name, value in pairs(o.random) do
      if space.is_distribution(value) then drawn[name] = value else own[name] = value end
    end
    o.draws = options.check("sweep: random", own, {
      n = { "integer", required = true, from = 1 }, seed = { "integer", default = 1, from = 0 },
    }, level + 1)
    o.drawn = drawn
  end
  if o.tpe then
    if o.grid or o.random then
      error("sweep: tpe chooses all values itself; it goes with params, not with grid or random", level + 1)
    end
    o.search, o.searched = tpe.check(o.tpe, level + 1)
  end
  if o.asha then o.asha = halving.check(o.asha, level + 1) end
  local twice = {}
  for _, part in ipairs { o.grid or {}, o.drawn or {} } do
    for name in pairs(part) do
      if twice[name] then error(string.format("sweep: '%s' stands in grid and in random", name), level + 1) end
      twice[name] = true
    end
  end
end

-- Code counts as the text of the script (of the trial itself where there is no script) and of the files that
-- option `code` names. A file goes by its name alone, so that the sweep is the same started from another folder;
-- a second one of that name by its place, too.
local function code_of(o)
  local code = {}
  local script = type(arg) == "table" and type(arg[0]) == "string" and arg[-1] ~= nil and stores.read(arg[0])
  if script then
    code.script = native.digest(script)
  else
    local ok, dump = pcall(string.dump, o.trial, true)
    code.trial = ok and native.digest(dump) or "unknown"
  end
  for i, path in ipairs(o.code) do
    local text = type(path) == "string" and stores.read(path)
    if not text then fail("sweep: code: file %d, %s, cannot be read", i, options.shown(path)) end
    local name = path:match("[^/]+$"):gsub("%.", "_")
    if code[name] then name = name .. "_" .. i end
    code[name] = native.digest(text)
  end
  return code
end

local function definition_of(o, version, code)
  local function described(t)
    if not t then return nil end
    local copy = {}
    for name, value in pairs(t) do copy[name] = space.is_distribution(value) and tostring(value) or value end
    return copy
  end
  return plain.written("sweep", {
    name = o.name, version = version, code = code, params = o.params, grid = described(o.grid),
    random = described(o.random), tpe = described(o.tpe), asha = described(o.asha),
  })
end

-- The cells: number, hash and, but for searches, params. The hash is that of the sweep's name, configuration, code
-- and version.
local function cells_of(o, version, code)
  local cells = {}
  local function add(params, search)
    local identity = { sweep = o.name, params = params, code = code, version = version, search = search }
    local hash = native.digest(json.encode(plain.written("sweep", identity))):sub(1, 32)
    cells[#cells + 1] = { number = #cells + 1, hash = hash, params = not search and params or nil }
  end
  if o.search then
    for i = 1, o.search.n do
      local described = { number = i }
      for name, value in pairs(o.tpe) do
        -- More trials leave the first ones as they are.
        if name ~= "n" then described[name] = space.is_distribution(value) and tostring(value) or value end
      end
      add(o.params, described)
    end
    return cells
  end
  for _, point in ipairs(space.points(o.grid or {})) do
    for i = 1, o.draws and o.draws.n or 1 do
      local params = space.merged(o.params, point)
      if o.draws then params = space.merged(params, space.draw(o.drawn, o.draws.seed, i)) end
      add(params)
    end
  end
  local seen = {}
  for _, cell in ipairs(cells) do
    if seen[cell.hash] then
      fail("sweep: cells %d and %d are the same: %s", seen[cell.hash], cell.number,
        json.encode(plain.written("sweep", cell.params)))
    end
    seen[cell.hash] = cell.number
  end
  return cells
end

-- Counts failures from here on; ends the work when there are as many as allowed.
local function watcher(sweep)
  local allowed, failures = sweep.fail_fast and 1 or sweep.max_failures or math.huge, 0
  local before = {}
  sweep.store:count(sweep.cells)
  for _, cell in ipairs(sweep.cells) do before[cell.hash] = sweep.store.records[cell.hash] ~= nil end
  return function(cell, record)
    if before[cell.hash] or not record or record.state ~= "failed" then return false end
    failures = failures + 1
    if not sweep.quiet then io.stderr:write("sweep: ", results.failure(cell.number, record), "\n") end
    if failures >= allowed then sweep.ended = { failures = failures, cell = cell, record = record } end
    return failures >= allowed
  end
end

-- Runs cells in this process.
local function here(sweep, cells, watch)
  local line = progress.start { label = sweep.name, total = #cells, quiet = sweep.quiet }
  local reason = work.run(sweep, cells, function(cell)
    local record = sweep.store:record(cell.hash)
    line:step("cell " .. cell.number)
    return watch(cell, record)
  end)
  line:finish(reason or "done")
  return reason
end

-- The end of a process that works for another.
local function leave(reason, failed)
  io.stdout:flush()
  os.exit(reason == "terminated" and 143 or reason == "stopped" and launch.cancelled or failed and 1 or 0)
end

-- A worker does what its sweep wants, and ends there.
local function serve(sweep, task)
  native.follow(task.parent)
  core.set_num_threads(task.threads)
  local definition = sweep.store:definition()
  local difference = stores.difference(definition or {}, json.decode(json.encode(sweep.definition)))
  if #difference > 0 then
    fail("sweep: '%s' is defined otherwise in this worker than at its start; a definition must not depend on chance "
      .. "or time:\n  %s", sweep.name, table.concat(difference, "\n  "))
  end
  leave(work.run(sweep, sweep.cells))
end

local function some_cells(sweep, numbers)
  local cells = {}
  for _, cell in ipairs(sweep.cells) do
    if numbers[cell.number] then
      cells[#cells + 1] = cell
      numbers[cell.number] = nil
    end
  end
  local beyond = next(numbers)
  if beyond then fail("sweep: --cells: there is no cell %d; '%s' has %d", beyond, sweep.name, #sweep.cells) end
  return cells
end

-- Takes the records of failed cells away.
local function retry(store, cells)
  store:count(cells)
  for _, cell in ipairs(cells) do
    if store.records[cell.hash] and store.records[cell.hash].state == "failed" then store:retry(cell.hash) end
  end
end

--- Runs trial(params, run) for every combination of settings that has not been run yet, and returns what all
--- have given: .cells, and tables of them.
---
--- The settings of a cell are `params` with the values of `grid` (every combination; the seed varies slowest) and
--- `random` (n draws of distributions, each for every point of the grid) put in; dotted names reach into tables.
--- The trial returns a table of results; what it raises fails its cell and no other. run is the run's folder as of
--- th.runs.create, and has
---   run:report(step, value)    for `asha`: whether the trial should stop
---   run.shared_trace { … }     the path of a trace that several trials need, as th.sweep.shared makes it
---
--- A cell is known by a digest of the sweep's name, its settings, the product's version and the code: the text of the
--- script (of the trial alone where there is no script) and the files that `code` names. Each is recorded once, below
--- root/sweeps/name; starting the sweep again runs what is missing, and what was interrupted goes on in its run folder.
--- A changed definition is refused with the difference.
---
--- tpe = { n =, metric =, mode ("max"), seed (1), startup (10), gamma (0.25), candidates (24), lr = distribution, … }
--- searches by the tree-structured Parzen estimator; asha = { max =, min (1), factor (3), mode ("max") }
--- stops trials early by asynchronous successive halving. With several jobs both depend on who is done first.
---
--- The script's command line may say --set key=value (several values with commas make an axis, 0..4 counts),
--- --jobs N, --retry failed, --fail-fast, --max-failures N, --launcher local|slurm|print, --cells 1,4-6, --update and
--- --same-code. They are for every sweep of the script; --cells and the launchers end with the first one.
---
--- Example:
---     local found = th.sweep {
---       name = "squares", root = scratch, grid = { x = { 1, 2, 3 }, seed = { 1 } }, quiet = true, arguments = {},
---       trial = function(p, run)
---         run:log { square = p.x ^ 2 }
---         return { square = p.x ^ 2 }
---       end,
---     }
---     assert(#found.cells == 3 and found:best("square").params.x == 3)
---@param given table name, trial (required); root ("runs"), params ({}), grid, random, tpe, asha, code ({}), a list of
---     files; jobs (1), launcher ("local"), retry ("failed" runs failed cells again), fail_fast (false), max_failures,
---     slurm, a table of time, memory, cpus, partition, tasks, parallel, setup and options; arguments (those of the
---     script), quiet (false)
---@return table found name, folder, cells: number, params, state, run (a path), result, seconds; with the methods
---     table { rows, cols, metric, agg }, costs { rows, baseline }, best(metric, mode) and summary()
function M.sweep(given)
  local o = options.check("sweep", given, rules, 2)
  if not o.name:find "^[%w._-]+$" then
    error("sweep: option 'name' must hold letters, digits, '.', '_' and '-' only, got " .. options.shown(o.name), 2)
  end
  local w = words_of(o)
  o.grid, o.random, o.tpe, o.asha = shallow(o.grid), shallow(o.random), shallow(o.tpe), shallow(o.asha)
  for name, values in pairs(o.grid or {}) do
    if type(values) ~= "table" then
      error(string.format("sweep: grid: '%s' needs a list of values, got %s", tostring(name), options.shown(values)), 2)
    end
  end
  override(o, w.set)
  check_space(o, 2)
  options.choice("sweep", "launcher", o.launcher, { "local", "slurm", "print" }, 2)
  if o.retry then options.choice("sweep", "retry", o.retry, { "failed" }, 2) end

  local store = stores.new(o.root, o.name)
  local version, code = require("thresh.runs.native").machine().version, code_of(o)
  local known = w["same-code"] and store:definition()
  if known then version, code = known.version, known.code end
  local sweep = {
    name = o.name, store = store, params = o.params, cells = cells_of(o, version, code), trial = o.trial,
    tpe = o.search, searched = o.searched, asha = o.asha, quiet = o.quiet, jobs = w.jobs or o.jobs,
    fail_fast = w["fail-fast"] or o.fail_fast, max_failures = w["max-failures"] or o.max_failures, slurm = o.slurm,
    definition = definition_of(o, version, code),
  }

  local task = launch.task()
  if task and task.folder == store.folder then serve(sweep, task) end
  -- To a worker of another sweep of the script this one is what has been recorded.
  if task then return results.of(store, sweep.cells, sweep.params) end

  store:define(sweep.definition, sweep.cells, w.update)
  local command = commands.current()
  if w.cells then
    local cells = some_cells(sweep, w.cells)
    if w.retry then retry(store, cells) end
    if store:is_stopped() then
      io.stderr:write(string.format("sweep: '%s' was cancelled; started without --cells it goes on\n", sweep.name))
    end
    local reason = here(sweep, cells, watcher(sweep))
    local _, failed = store:count(cells)
    leave(reason, failed > 0)
  end
  if command then commands.keep(store, command) end
  os.remove(store:path "stop")
  if w.retry or o.retry then retry(store, sweep.cells) end
  for _, cell in ipairs(sweep.cells) do
    if not store:record(cell.hash) then store:forgive(cell.hash) end
  end

  local launcher = w.launcher or o.launcher
  if launcher ~= "local" then
    if not command then fail("sweep: launcher '%s' needs a script file, which the tasks run", launcher) end
    require("thresh.sweep.slurm")[launcher](sweep, command)
    leave()
  end
  local watch = watcher(sweep)
  local done, failed = store:count(sweep.cells)
  local reason
  if done + failed < #sweep.cells then
    if sweep.jobs > 1 then reason = launch.run(sweep, watch) else reason = here(sweep, sweep.cells, watch) end
  end
  if reason == "terminated" then leave(reason) end
  if sweep.ended then
    fail("sweep: '%s' was stopped after %d %s; %s\n%s", sweep.name, sweep.ended.failures,
      sweep.ended.failures == 1 and "failure" or "failures", results.failure(sweep.ended.cell.number, sweep.ended.record),
      "--retry failed runs failed cells again; without it they are left out")
  elseif reason == "stopped" then
    fail("sweep: '%s' was cancelled; starting it again runs what is missing", sweep.name)
  end
  return results.of(store, sweep.cells, sweep.params)
end

--- The path of a trace that several runs need: the first that asks makes it, the others wait for it and replay it.
---
--- It is known by the data's fingerprint, method, options, seed and source model, and lies below root/shared.
---
--- Example:
---     local function trace(root)
---       return th.sweep.shared(root, {
---         method = "GradMatch", options = { fraction = 0.3 }, data = "fingerprint", model = "resnet20", seed = 1,
---         make = function(path) io.open(path, "w"):close() end,
---       })
---     end
---     local path, made = trace(scratch)
---     local again, anew = trace(scratch)
---     assert(path == again and made and not anew)
---@param root string the folder of the runs
---@param given table method, data (a dataset or its fingerprint), model (a text or table that describes the source
---     model), seed, make(path), which writes the trace and may return a table of costs (all required); options ({})
---@return string path
---@return boolean made whether it was made here
function M.shared(root, given)
  if type(root) ~= "string" then error("sweep.shared: needs the folder of the runs, got " .. options.shown(root), 2) end
  local path, _, made = shared.find(root, given, 2)
  return path, made
end

--- The result of a sweep as it stands, from its folder: what th.sweep returns, without running anything.
---
--- Example:
---     th.sweep { name = "one", root = scratch, grid = { x = { 1 } }, quiet = true, arguments = {},
---       trial = function(p) return { y = p.x } end }
---     assert(th.sweep.load("one", { root = scratch }).cells[1].result.y == 1)
---@param name string
---@param given? table root ("runs")
---@return table found as th.sweep returns it
function M.load(name, given)
  local o = options.check("sweep.load", given, { root = { "string", default = "runs" } }, 2)
  if type(name) ~= "string" then error("sweep.load: needs the name of a sweep, got " .. options.shown(name), 2) end
  local store = stores.new(o.root, name)
  local definition = store:definition()
  if not definition then error(string.format("sweep.load: there is no sweep %s in %s/sweeps", options.shown(name), o.root), 2) end
  return results.of(store, store:planned(), definition.params)
end

return setmetatable(M, { __call = function(_, given) return M.sweep(given) end })
