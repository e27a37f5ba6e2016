-- SPDX-License-Identifier: Apache-2.0
-- When a run writes checkpoints, and how it goes on from one: by epochs, by seconds, when a scheduler asks.

local core = require "thresh.core"
local Checkpoints = require "thresh.train.checkpoints"
local identity = require "thresh.train.identity"
local options = require "thresh.options"
local state = require "thresh.train.state"

local M = {}

local rules = {
  path = { "string", required = true },
  every = { "integer", default = 1, from = 1 },
  seconds = { "number", above = 0 },
  keep = { "integer", default = 2, from = 1 },
}

--- The checked option `checkpoint`: a table, or a path alone; nil for none. With a run's folder they are in it,
--- unless the option says otherwise (false: none).
function M.options(given, folder, level)
  if given == nil and folder then given = {} end
  if not given then return nil end
  if type(given) == "string" then given = { path = given } end
  if type(given) ~= "table" then
    error("train: option 'checkpoint' must be a table, a path or false, got " .. options.shown(given), level + 1)
  end
  local filled = {}
  for name, value in pairs(given) do filled[name] = value end
  if filled.path == nil and folder then filled.path = folder:file "checkpoints" end
  return options.check("train: checkpoint", filled, rules, level + 1)
end

-- Refuses the state of another run; warns of another machine.
local function compare(run, found, name)
  local lines = identity.differences(found.identity, run.identity)
  if #lines > 0 then
    local more = #lines - 8
    error(string.format("train: the checkpoint '%s' in '%s' is of another run; resume = false starts afresh:\n  %s%s",
      name, run.checkpoint.path, table.concat(lines, "\n  ", 1, math.min(#lines, 8)),
      more > 0 and string.format("\n  and %d more", more) or ""), 0)
  end
  for _, line in ipairs(identity.differences(found.machine, identity.machine())) do
    io.stderr:write("\nwarning: the run goes on, but not with the bits that it would have had: ", line, "\n")
  end
end

--- Opens the folder of the checkpoints; returns the state to go on from, and its name, if there is one.
function M.open(run, resume)
  local o = run.checkpoint
  if not o then return nil end
  run.identity = identity.of(run)
  run.checkpoints = Checkpoints.open(o.path, o.keep)
  run.written_at = core.clock()
  if not resume then
    run.checkpoints:clear()
    return nil
  end
  local found, name = run.checkpoints:newest()
  if found then compare(run, found, name) end
  return found, name
end

-- Where the run stands.
local function position(run)
  return { epochs = run.at - 1, batches = run.now and run.now.position or 0 }
end

local function write(run)
  local before = run.accounts:turn "checkpoint"
  run.last_checkpoint = run.checkpoints:write(position(run), state.of(run))
  run.written_at = core.clock()
  run.accounts:turn(before)
end

-- Does what a scheduler asked for. A request to end is an error, and the end of a batch run with status 143.
local function answer(run, request, written)
  if not request then return end
  if not written then write(run) end
  if request == "terminate" then
    if run.folder and run.folder.interrupt then run.folder:interrupt() end
    error(string.format("train: ended by SIGTERM; the checkpoint '%s' in '%s' is where it goes on",
      run.last_checkpoint, run.checkpoint.path), 0)
  end
end

--- Writes a checkpoint within an epoch when its seconds are over or a signal asks, between two steps of the
--- optimiser.
function M.between_batches(run)
  if not run.checkpoints or run.group.batches > 0 then return end
  local seconds = run.checkpoint.seconds
  local due = seconds and core.clock() - run.written_at >= seconds
  if due then write(run) end
  answer(run, core.signals.requested(), due)
end

--- Writes one behind an epoch, when its turn is come or a signal asks; the last epoch has one always.
function M.after_epoch(run)
  if not run.checkpoints then return end
  local done = run.at - 1
  local due = done == #run.plan or done % run.checkpoint.every == 0
  if due then write(run) end
  answer(run, core.signals.requested(), due)
end

local Watch = { __close = function() core.signals.unwatch() end }

--- Watches for signals while training goes on, if there are checkpoints and the host allows it: a value to be
--- closed.
function M.watch(run)
  return run.checkpoints and core.signals.watch() and setmetatable({}, Watch) or nil
end

return M
