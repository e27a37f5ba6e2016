-- SPDX-License-Identifier: Apache-2.0
-- Several workers on this machine: the script is run again by each, which comes to th.sweep and works there.

local core = require "thresh.core"
local commands = require "thresh.sweep.command"
local json = require "thresh.json"
local native = require "thresh.sweep.native"
local progress = require "thresh.progress"
local store_module = require "thresh.sweep.store"

local M = {}

M.variable = "THRESH_SWEEP_WORKER"

--- What this process is told as a worker: folder, parent, threads; nil when it is none.
function M.task()
  local text = os.getenv(M.variable)
  return text and json.decode(text)
end

local function start(sweep, command, number, threads)
  local log = sweep.store:path("workers", number .. ".log")
  local task = { folder = sweep.store.folder, parent = native.process_id(), threads = threads }
  return {
    log = log, number = number,
    id = native.start(commands.words(command), { [M.variable] = json.encode(task) }, log),
  }
end

-- The last lines of a worker's log.
local function tail(path)
  local lines = {}
  for line in (store_module.read(path) or ""):gmatch "[^\r\n]+" do lines[#lines + 1] = line end
  return table.concat(lines, "\n  ", math.max(1, #lines - 9))
end

local function stop(workers)
  for _, worker in ipairs(workers) do native.stop(worker.id) end
  local deadline = core.clock() + 30
  for _, worker in ipairs(workers) do
    while not native.status(worker.id) do
      if core.clock() > deadline then native.stop(worker.id, true) end
      native.sleep(0.02)
    end
  end
end

-- The status of a worker that has found the sweep cancelled.
M.cancelled = 3

-- Starts workers anew that a signal has ended; an error of one that ended by itself before the work was done.
local function tend(sweep, command, workers, threads)
  for i = #workers, 1, -1 do
    local status = native.status(workers[i].id)
    if status and status >= 128 then
      sweep.deaths = sweep.deaths + 1
      if sweep.deaths > 3 * #workers + 3 then
        stop(workers)
        error(string.format("sweep: workers die without finishing a cell, the last by signal %d; its log %s ends:\n"
          .. "  %s", status - 128, workers[i].log, tail(workers[i].log)), 0)
      end
      workers[i] = start(sweep, command, workers[i].number, threads)
    elseif status and status ~= 0 and status ~= M.cancelled then
      local log = workers[i].log
      stop(workers)
      error(string.format("sweep: a worker ended with status %d; its log %s ends:\n  %s", status, log, tail(log)), 0)
    elseif status then
      sweep.last_log = workers[i].log
      table.remove(workers, i)
    end
  end
end

--- Runs the cells by `sweep.jobs` workers. `watch(cell, record)` is told of each cell that has ended; when it
--- returns true, the workers are stopped. Returns nil, or "stopped".
function M.run(sweep, watch)
  local command = commands.current()
  if not command then
    error("sweep: several jobs need a script file, which the workers run again; here there is none", 0)
  end
  local jobs = math.min(sweep.jobs, math.max(1, #sweep.cells))
  local threads = math.max(1, core.num_threads() // jobs)
  local line = progress.start { label = sweep.name, total = #sweep.cells, quiet = sweep.quiet }
  local workers, told, reason = {}, {}, nil
  sweep.deaths = 0
  for number = 1, jobs do workers[number] = start(sweep, command, number, threads) end
  repeat
    tend(sweep, command, workers, threads)
    local done, failed = sweep.store:count(sweep.cells)
    if done + failed > line.count then sweep.deaths = 0 end
    line:step(string.format("%d workers%s", #workers, failed > 0 and string.format(", %d failed", failed) or ""),
      done + failed - line.count)
    for _, cell in ipairs(sweep.cells) do
      local record = not told[cell.hash] and sweep.store.records[cell.hash]
      if record then
        told[cell.hash] = true
        if watch(cell, record) then reason = "stopped" end
      end
    end
    if sweep.store:is_stopped() then reason = "stopped" end
    if not reason and done + failed < #sweep.cells then native.sleep(0.05) end
  until reason or done + failed == #sweep.cells or #workers == 0
  -- Those that have seen all cells recorded end by themselves.
  if reason then stop(workers) end
  while #workers > 0 do
    if native.status(workers[1].id) then table.remove(workers, 1) else native.sleep(0.01) end
  end
  line:finish(reason or "done")
  local done, failed = sweep.store:count(sweep.cells)
  if not reason and done + failed < #sweep.cells then
    error(string.format("sweep: the workers of '%s' have ended, but %d of %d cells are not recorded; a worker runs the "
      .. "script again and must come to the same th.sweep. The last one's log %s ends:\n  %s", sweep.name,
      #sweep.cells - done - failed, #sweep.cells, sweep.last_log, tail(sweep.last_log)), 0)
  end
  return reason
end

return M
