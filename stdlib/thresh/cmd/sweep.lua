-- SPDX-License-Identifier: Apache-2.0
-- `thresh sweep`: how a sweep stands, what it has found, what it would run, and its end.

local commands = require "thresh.sweep.command"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local progress = require "thresh.progress"
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

local function fail(...) error(string.format(...), 0) end

local function parsed(given)
  local o, names, i = { root = "runs" }, {}, 2
  while i <= #given do
    local word = given[i]
    local name, value = word:match "^%-%-([%w%-]+)=(.*)$"
    name = name or word:match "^%-%-([%w%-]+)$"
    if name == "root" then
      if not value then
        i = i + 1
        value = given[i] or fail "--root needs a value"
      end
      o.root = value
    elseif name == "print-commands" then
      o.print_commands = true
    elseif name then
      fail("unknown option '--%s'%s", name, options.suggestion(name, { "root", "print-commands" }))
    else
      names[#names + 1] = word
    end
    i = i + 1
  end
  return names, o
end

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
      print(string.format("cell %d failed: %s (%s)", cell.number,
        (cell.error and cell.error.message or ""):match "[^\n]*", tostring(cell.run)))
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
  local command = o.print_commands and (commands.kept(store) or fail "the sweep was not started by a script")
  for _, cell in ipairs(found.cells) do
    if command then
      if cell.state ~= "done" and cell.state ~= "failed" then
        print(commands.cells_line(command, command.folder, tostring(cell.number)))
      end
    else
      print(string.format("%d\t%s\t%s\t%s", cell.number, cell.state,
        cell.params and require("thresh.json").encode(cell.params) or "-", cell.run or "-"))
    end
  end
end

function actions.cancel(_, store)
  native.publish(store:path "stop", "\n")
  for _, job in ipairs(slurm.jobs(store)) do
    -- A job that is over cannot be cancelled, and need not be.
    slurm.output("scancel " .. job)
  end
  print(string.format("sweep %s: cancelled; cells that run here end before the next one", store.name))
end

--- `thresh sweep WORDS…`: the exit status.
return function(...)
  local words = { ... }
  for i = 1, select("#", ...) do
    if type(words[i]) ~= "string" then
      error("sweep: the words must be strings, got " .. options.shown(words[i]), 2)
    end
  end
  if #words == 0 or words[1] == "--help" or words[1] == "help" then
    print(usage)
    return 0
  end
  local ok, problem = pcall(function()
    local known = {}
    for name in pairs(actions) do known[#known + 1] = name end
    local action = actions[words[1]]
      or fail("unknown command '%s'%s", words[1], options.suggestion(words[1], known))
    local names, o = parsed(words)
    if #names ~= 1 then fail("%s needs the name of one sweep, got %d", words[1], #names) end
    local store = stores.new(o.root, names[1])
    if not store:definition() then fail("there is no sweep '%s' in %s/sweeps", names[1], o.root) end
    action(require("thresh.sweep").load(names[1], { root = o.root }), store, o)
  end)
  if ok then return 0 end
  io.stderr:write("thresh sweep: ", tostring(problem), "\n")
  return 2
end
