-- SPDX-License-Identifier: Apache-2.0
-- `thresh sweep`: how a sweep stands, what it has found, what it would run, and its end.

local command_line = require "thresh.command_line"
local commands = require "thresh.sweep.command"
local json = require "thresh.json"
local native = require "thresh.sweep.native"
local plain = require "thresh.runs.plain"
local progress = require "thresh.progress"
local results = require "thresh.sweep.result"
local slurm = require "thresh.sweep.slurm"
local stores = require "thresh.sweep.store"

local usage = [[
usage: thresh sweep COMMAND NAME [options]

  status NAME     how many cells are done, running, failed and missing; jobs of Slurm
  collect NAME    the table of results, as the script's th.sweep gives it
  plan NAME       every cell: its number, state, settings and run
  cancel NAME     no further cell is begun, and jobs of Slurm are cancelled; starting the script again
                  goes on

Options:
  --root FOLDER      where runs are (runs)
  --print-commands   of plan: the command of each cell that has no result, one a line]]

local fail = command_line.fail

local known = { root = command_line.text, ["print-commands"] = true }

local actions = {}

function actions.status(found, store)
  print(found:summary())
  local seconds = 0
  for _, cell in ipairs(found.cells) do seconds = seconds + (cell.seconds or 0) end
  if seconds > 0 then print("Time in cells: " .. progress.duration(seconds)) end
  for _, cell in ipairs(found.cells) do
    if cell.state == "running" then
      local lease = native.lease(store:path("leases", cell.hash), store.stale) or {}
      print(string.format("cell %d: process %s of %s, renewed %.0f s ago", cell.number, tostring(lease.process),
        tostring(lease.host), lease.age or 0))
    elseif cell.state == "failed" then
      print(results.failure(cell.number, cell))
    end
  end
  for _, job in ipairs(slurm.jobs(store)) do
    -- Slurm forgets jobs some minutes after their end, and squeue then fails.
    local text = slurm.output("squeue -h -r -o '%i %T' -j " .. job) or ""
    local counts, parts = {}, {}
    for state in text:gmatch "%S+ (%S+)" do counts[state] = (counts[state] or 0) + 1 end
    for state, count in pairs(counts) do parts[#parts + 1] = count .. " " .. state end
    table.sort(parts)
    print(string.format("job %s: %s", job, #parts > 0 and table.concat(parts, ", ") or "not in the queue"))
  end
end

function actions.collect(found) print(tostring(found)) end

function actions.plan(found, store, o)
  local command = o["print-commands"] and (commands.kept(store) or fail "the sweep was not started by a script")
  for _, cell in ipairs(found.cells) do
    if command then
      if cell.state ~= "done" and cell.state ~= "failed" then
        print(commands.cells_line(command, command.folder, tostring(cell.number)))
      end
    else
      print(string.format("%d\t%s\t%s\t%s", cell.number, cell.state,
        cell.params and json.encode(plain.written("sweep", cell.params)) or "-", cell.run or "-"))
    end
  end
end

function actions.cancel(_, store)
  native.publish(store:path "stop", "\n")
  for _, job in ipairs(slurm.jobs(store)) do
    -- A job that is over cannot be cancelled, and need not be.
    slurm.output("scancel " .. job)
  end
  print(string.format("sweep %s: cancelled; workers are ended, and one process alone ends behind its cell", store.name))
end

--- `thresh sweep WORDS…`: the exit status.
return command_line.program("sweep", usage, function(words)
  local action = command_line.chosen(actions, words[1])
  local names, o = command_line.parsed(words, 2, known, { root = "runs" })
  if #names ~= 1 then fail("%s needs the name of one sweep, got %d", words[1], #names) end
  local store = stores.new(o.root, names[1])
  if not store:definition() then fail("there is no sweep '%s' in %s/sweeps", names[1], o.root) end
  action(require("thresh.sweep").load(names[1], { root = o.root }), store, o)
end)
