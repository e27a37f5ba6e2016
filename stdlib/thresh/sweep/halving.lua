-- SPDX-License-Identifier: Apache-2.0
-- Asynchronous successive halving: a trial goes on behind a rung only while it is among the best part of
-- all that have got there.
--
-- Source: Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys 2020), in the form that
-- stops trials instead of pausing and promoting them: rungs at min * factor^k, and at each the best
-- floor(n / factor), at least one, of the n trials that have been there so far go on.

local core = require "thresh.core"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local store = require "thresh.sweep.store"

local M = {}

--- The options of `asha`, checked.
function M.check(given, level)
  local o = options.check("sweep: asha", given, {
    mode = { "string", default = "max" },
    min = { "integer", default = 1, from = 1 }, max = { "integer", required = true, from = 1 },
    factor = { "integer", default = 3, from = 2 },
  }, level + 1)
  options.choice("sweep: asha", "mode", o.mode, { "max", "min" }, level + 1)
  if o.min >= o.max then
    error(string.format("sweep: asha: min must be below max, got %d and %d", o.min, o.max), level + 1)
  end
  return o
end

--- The steps at which trials are compared.
function M.rungs(asha)
  local rungs, step = {}, asha.min
  while step < asha.max do
    rungs[#rungs + 1] = step
    step = step * asha.factor
  end
  return rungs
end

local function better(asha, a, b)
  if b ~= b then return a == a end
  if asha.mode == "max" then return a > b end
  return a < b
end

--- Whether a value stays among the best 1/factor of `values`, which hold it too.
function M.goes_on(asha, value, values)
  if value ~= value then return false end
  local ahead = 0
  for _, other in ipairs(values) do
    if better(asha, other, value) then ahead = ahead + 1 end
  end
  return ahead < math.max(1, #values // asha.factor)
end

local words = { inf = math.huge, ["-inf"] = -math.huge }

-- What trials had reached at a rung, in files with a number each.
local function values_at(folder)
  local values = {}
  for _, name in ipairs(core.list_directory(folder)) do
    local text = name:find "^%x+$" and store.read(folder .. "/" .. name)
    text = text and text:match "%S+"
    if text then values[#values + 1] = tonumber(text) or words[text] or 0 / 0 end
  end
  return values
end

--- Tells what a trial has reached at a step; whether it should stop. The answer at a rung is kept, so that a
--- trial that goes on from a checkpoint hears the same again.
function M.report(asha, sweep_store, hash, step, value)
  if step >= asha.max then return true end
  local rungs = M.rungs(asha)
  local rung
  for _, at in ipairs(rungs) do if step >= at then rung = at end end
  if not rung then return false end
  local folder = sweep_store:path("rungs", tostring(rung))
  core.make_directory(folder)
  -- The first report at or behind a rung is the one that counts there.
  if native.publish(folder .. "/" .. hash, string.format("%a\n", value)) then
    local stop = not M.goes_on(asha, value, values_at(folder))
    if stop then native.publish(folder .. "/" .. hash .. ".stop", "\n") end
    return stop
  end
  return store.read(folder .. "/" .. hash .. ".stop") ~= nil
end

return M
