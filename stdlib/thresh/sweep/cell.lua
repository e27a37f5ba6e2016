-- SPDX-License-Identifier: Apache-2.0
-- One cell of a sweep: claimed, run in a folder of its own, recorded once.

local core = require "thresh.core"
local inspect = require("thresh.inspect").inspect
local json = require "thresh.json"
local halving = require "thresh.sweep.halving"
local handles = require "thresh.runs.run"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local runs = require "thresh.runs"
local shared = require "thresh.sweep.shared"
local space = require "thresh.sweep.space"
local stores = require "thresh.sweep.store"
local tpe = require "thresh.sweep.tpe"

local M = {}

-- A cell whose process died this often is recorded as failed, so that it does not end every worker.
local deaths_allowed = 3

-- The trials of a search so far, in order of their numbers.
local function trials_of(sweep)
  local trials = {}
  for _, cell in ipairs(sweep.cells) do
    local record = sweep.store:record(cell.hash)
    local point = record and sweep.store:point(cell.hash)
    if point then
      local value = record.state == "done" and space.at(record.result, sweep.tpe.metric)
      trials[#trials + 1] = { number = cell.number, point = point, value = type(value) == "number" and value or 0 / 0 }
    end
  end
  return trials
end

--- The values of a cell; a search chooses them when the cell is first begun.
function M.params(sweep, cell)
  if cell.params then return cell.params end
  local point = sweep.store:point(cell.hash)
  if not point then
    point = sweep.store:choose(cell.hash, tpe.suggest(sweep.tpe, sweep.searched, cell.number, trials_of(sweep)))
  end
  cell.params = space.merged(sweep.params, point)
  return cell.params
end

-- A folder whose process died while it made it; a new one takes its place.
local function put_aside(path, problem)
  local aside, n = path .. ".broken", 1
  while not os.rename(path, aside) do
    n = n + 1
    if n > 99 then error(problem, 0) end
    aside = path .. ".broken" .. n
  end
  io.stderr:write(string.format("sweep: %s; it is kept as %s\n", tostring(problem), aside))
end

-- Whether a folder is not there any more, as one that `thresh runs gc` has deleted.
local function is_gone(path)
  local file, _, code = io.open(path)
  if file then file:close() end
  return code == 2 -- ENOENT
end

-- The folder of an earlier try that was not recorded, or nil.
local function begun(sweep, cell, lease, id)
  local store = sweep.store
  local path = store:started(cell.hash)
  if path then
    if not is_gone(path) then return path end
    os.remove(store:path("started", cell.hash))
    return nil
  end
  -- One that an earlier holder of the lease has made but not noted.
  local ending = "-" .. sweep.name .. "-" .. id .. "/"
  for _, name in ipairs(lease.generation > 0 and core.list_directory(store.root) or {}) do
    if #name == 10 + #ending and name:sub(-#ending) == ending then return store.root .. "/" .. name:sub(1, -2) end
  end
end

-- The run folder, that of an earlier try that did not end or a new one; and whether the run has ended.
local function run_of(sweep, cell, lease)
  local store = sweep.store
  local function release() native.release(lease.path) end
  local tries = store:tries(cell.hash)
  local id = native.digest(string.format("%s:%s:%d", cell.hash, store:token(), tries)):sub(1, 12)
  local path = begun(sweep, cell, lease, id)
  if path then
    local ok, known = pcall(runs.load, path)
    if ok then
      store:start(cell.hash, path)
      if known.status.state == "done" or known.status.state == "failed" then return known, true end
      return handles.of_cell(runs.reopen(path), release), false
    end
    put_aside(path, known)
    os.remove(store:path("started", cell.hash))
  end
  local run = runs.create {
    root = store.root, name = sweep.name, config = cell.params, id = id, tags = { "sweep:" .. sweep.name },
  }
  store:start(cell.hash, run.path)
  return handles.of_cell(run, release), false
end

-- What a trial finds on its run beside the run's own methods.
local function equip(sweep, cell, run, notes)
  rawset(run, "report", function(self, step, value)
    if self ~= run then error("run.report is a method: write run:report(step, value)", 2) end
    if not math.tointeger(step) or step < 0 then
      error("run:report: step must be a whole number of at least 0, got " .. options.shown(step), 2)
    end
    if type(value) ~= "number" then error("run:report: needs a number, got " .. options.shown(value), 2) end
    if not sweep.asha then return false end
    local stop = halving.report(sweep.asha, sweep.store, cell.hash, math.tointeger(step), value)
    if stop and step < sweep.asha.max then notes.stopped = math.tointeger(step) end
    return stop
  end)
  rawset(run, "shared_trace", function(given)
    if given == run then error("run.shared_trace is a function: write run.shared_trace { … }", 2) end
    local path, record, made, seconds, cpu_seconds = shared.find(sweep.store.root, given, 2)
    notes.seconds, notes.cpu_seconds = notes.seconds + seconds, notes.cpu_seconds + cpu_seconds
    local key = path:match "([^/]+)/[^/]+$"
    for _, known in ipairs(notes.shared) do if known.key == key then return path end end
    notes.shared[#notes.shared + 1] = {
      key = key, seconds = record.seconds, cpu_seconds = record.cpu_seconds, made = made,
    }
    return path
  end)
end

-- An error with the frames that it came from.
local function with_traceback(problem)
  if type(problem) == "table" and rawget(problem, "traceback") then return problem end
  local message = type(problem) == "table" and rawget(problem, "message") or problem
  if type(message) ~= "string" then message = inspect(message) end
  return { message = message, traceback = debug.traceback(message, 2) }
end

local function number_of(cell)
  local seed = type(cell.params) == "table" and math.tointeger(cell.params.seed)
  return seed and seed >= 0 and seed or math.tointeger(tonumber(cell.hash:sub(1, 8), 16))
end

-- What the trial prints goes to the log of its run as well.
local function logged(run, body)
  local own = print
  print = function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    -- Where Ctrl-C has stopped the trial, nobody has put the other print back.
    if run.status.state == "running" then run:write(table.concat(words, "\t") .. "\n") end
    own(...)
  end
  local results = table.pack(xpcall(body, with_traceback))
  print = own
  return table.unpack(results, 1, results.n)
end

-- Why a search cannot use a result, or nil.
local function lacks(sweep, result)
  local metric = sweep.tpe and sweep.tpe.metric
  if not metric or type(space.at(result, metric)) == "number" then return nil end
  local names = options.names(space.flat(result))
  return string.format("tpe needs the number '%s' in the result%s; it has %s", metric,
    options.suggestion(metric, names), #names > 0 and table.concat(names, ", ") or "none")
end

-- Runs the trial: its result, or nil and an error.
local function try(sweep, cell, run)
  -- Draws without a seed of their own are the cell's, whatever ran before it in this process.
  core.manual_seed(number_of(cell))
  math.randomseed(number_of(cell))
  local ok, result = logged(run, function() return sweep.trial(cell.params, run) end)
  if not ok then return nil, result end
  -- One that ends its run itself has told its result there, and why it failed.
  if run.status.state == "interrupted" then return nil, { message = "the trial has interrupted its run" } end
  if run.status.state == "failed" then return {} end
  if result == nil then result = run.status.result or {} end
  local fits, copy = pcall(plain.written, "the result of the trial", result)
  if not fits or type(copy) ~= "table" or #copy > 0 then
    return nil, { message = fits and "the trial must return a table of results by name, got "
      .. (type(copy) == "table" and "a list" or options.shown(copy)) or tostring(copy) }
  end
  copy = plain.read(copy)
  local problem = lacks(sweep, copy)
  if problem then return nil, { message = problem } end
  return copy
end

-- What earlier tries of a run have taken that SIGTERM ended: seconds, cpu_seconds and the shared traces.
local function spent(run)
  local text = stores.read(run.path .. "/spent.json")
  local ok, value = pcall(json.decode, text or "")
  return ok and type(value) == "table" and plain.read(value) or { seconds = 0, cpu_seconds = 0, shared = {} }
end

-- Whether the process was asked to end, by SIGTERM, while a trial trained.
local function terminated() return core.signals.requested() == "terminate" end

local function message_of(problem)
  return { message = tostring(rawget(problem, "message")), traceback = rawget(problem, "traceback") }
end

-- Runs a claimed cell and records how it ended.
local function complete(sweep, cell, lease)
  local store = sweep.store
  M.params(sweep, cell)
  local run, over = run_of(sweep, cell, lease)
  local record = { number = cell.number, params = cell.params, run = run.path, tries = store:tries(cell.hash) + 1 }
  if over then
    -- It ended, but the process did so before it was recorded.
    local status = run.status
    record.state, record.result, record.seconds = status.state, status.result, status.seconds
    record.error = status.error
  elseif lease.deaths >= deaths_allowed then
    record.state = "failed"
    record.error = { message = string.format("the process that ran it died %d times; out of memory?", lease.deaths) }
    run:fail(record.error)
  else
    local before = spent(run)
    -- Waiting for a shared trace, or making it, is told apart.
    local notes = { seconds = 0, cpu_seconds = 0, shared = before.shared }
    equip(sweep, cell, run, notes)
    local clock, cpu = core.clock(), os.clock()
    local result, problem = try(sweep, cell, run)
    record.seconds = before.seconds + core.clock() - clock - notes.seconds
    record.cpu_seconds = before.cpu_seconds + os.clock() - cpu - notes.cpu_seconds
    if problem and terminated() then
      run:save("spent.json", {
        seconds = record.seconds, cpu_seconds = record.cpu_seconds, shared = json.list(notes.shared),
      })
      -- Training has said so itself where it wrote a checkpoint.
      if run.status.state == "running" then run:interrupt() end
      return "terminated"
    end
    if #notes.shared > 0 then record.shared = notes.shared end
    if problem then
      record.state, record.error = "failed", message_of(problem)
      if run.status.state == "running" then
        run:write(record.error.traceback or record.error.message .. "\n")
        run:fail(problem)
      end
    elseif run.status.state == "failed" then
      -- A trial may have ended its run itself.
      record.state, record.error = "failed", run.status.error
    else
      if run.status.state == "running" then run:finish(result) end
      record.state, record.result, record.stopped = "done", result, notes.stopped
    end
  end
  store:finish(cell.hash, record)
  return record.state
end

--- Runs a cell unless it is recorded or someone else works on it: "done" or "failed", "recorded", "taken", or
--- "terminated" when the process is to end. Errors are those of the sweep's files, not of the trial.
function M.run(sweep, cell)
  local store = sweep.store
  if store:record(cell.hash) then return "recorded" end
  if terminated() then return "terminated" end
  local lease = native.claim(store:path("leases", cell.hash), store.stale, store.beat)
  if not lease then return "taken" end
  if store:record(cell.hash) then
    native.release(lease.path)
    return "recorded"
  end
  local ok, outcome = pcall(complete, sweep, cell, lease)
  native.release(lease.path)
  if not ok then
    error(string.format("sweep: cell %d of '%s' cannot be recorded and is to be run again: %s", cell.number,
      sweep.name, tostring(outcome)), 0)
  end
  return outcome
end

return M
