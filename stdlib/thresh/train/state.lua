-- SPDX-License-Identifier: Apache-2.0
-- All that a run is made of between two steps of its optimiser, as a tree that a checkpoint holds; and back.

local core = require "thresh.core"
local identity = require "thresh.train.identity"
local pack = require "thresh.train.pack"

local M = {}

-- Fields of a run that go as they are.
local plain = {
  "at", "now", "chosen", "recorded", "used", "warned", "draws", "steps", "forwarded", "backwarded", "store", "batch_state",
}

-- What a file can hold of a row: the detections and curves of an evaluation are too much, and are left out.
local function kept_row(row)
  local kept = {}
  for name, value in pairs(row) do
    if type(value) == "table" and not pack.holds(value) then
      value = kept_row(value)
    elseif not pack.holds(value) then
      value = nil
    end
    kept[name] = value
  end
  return kept
end

-- A selector's own account of itself, for one that keeps something in its closure.
local function state_of(selector)
  return selector and selector.state and selector.state()
end

--- The state of a run.
function M.of(run)
  local state = { identity = run.identity, machine = identity.machine() }
  for _, name in ipairs(plain) do state[name] = run[name] end
  state.model = run.model:state_dict()
  state.optimizer = run.optimizer:state_dict()
  state.groups = run.optimizer.param_groups
  state.random = { default = core.get_rng_state(), model = run.model:random_state() }
  state.harvest = run.harvest:state()
  state.queue = run.queue and run.queue:state()
  state.selector, state.batch_selector = state_of(run.selector), state_of(run.batch_select)
  state.history = {}
  for i, row in ipairs(run.history) do state.history[i] = kept_row(row) end
  state.seconds, state.cpu_seconds = run.accounts.seconds, run.accounts.cpu_seconds
  state.trace = run.writer and { bytes = run.writer:position(), counts = run.writer:counts() }
  return state
end

local function load_selector(what, selector, state)
  if state == nil then return end
  if not selector.load_state then
    error(string.format("train: the checkpoint has a state of %s '%s', which has no load_state", what,
      selector.name), 0)
  end
  selector.load_state(state)
end

--- Puts a state into a run that has been started with the same configuration.
function M.load(run, state)
  for _, name in ipairs(plain) do run[name] = state[name] end
  run.model:load_state_dict(state.model)
  run.model:load_random_state(state.random.model)
  run.optimizer:load_state_dict(state.optimizer)
  run.optimizer:load_param_groups(state.groups)
  core.set_rng_state(state.random.default)
  run.harvest:load(state.harvest)
  if run.queue then run.queue:load(state.queue) end
  load_selector("selector", run.selector, state.selector)
  load_selector("batch selector", run.batch_select, state.batch_selector)
  run.history = state.history
  run.accounts:load(state.seconds, state.cpu_seconds)
end

return M
