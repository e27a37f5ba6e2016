-- SPDX-License-Identifier: Apache-2.0
-- The replay of a trace: the subsets of an earlier run, in one order or another, without its cost.

local core = require "thresh.core"
local options = require "thresh.options"

---@class select
local M = {}

-- The recorded selection that was in force at an epoch. Before the first one the recorded run trained on the whole
-- set: nil; a warm start has its own plan of that, and what comes before then is the first selection.
local function in_force(trace, epoch)
  local first = trace:epochs()[1]
  if first and epoch < first then return trace.options.warm and first or nil end
  return trace:epoch_at(epoch)
end

-- The epoch (from 0) of the recorded selection that is in force in an epoch of this run; nil for the whole set.
local policies = {}

function policies.epoch(trace, ctx) return in_force(trace, ctx.epoch - 1) end

function policies.fraction(trace, ctx)
  return in_force(trace, (ctx.epoch - 1) * trace.run_epochs // ctx.epochs)
end

function policies.loop(trace, ctx)
  return in_force(trace, (ctx.epoch - 1) % trace.run_epochs)
end

function policies.accuracy(trace, ctx, o)
  if not o.accuracies then
    o.accuracies = {}
    for i, epoch in ipairs(trace:epochs()) do
      o.accuracies[i] = { epoch = epoch, accuracy = trace:event(i).accuracy }
    end
  end
  local now
  for _, row in ipairs(ctx.history) do now = row.accuracy or now end
  -- A run that has not been evaluated stands at the beginning.
  if not now then return in_force(trace, 0) end
  local best, distance
  for _, event in ipairs(o.accuracies) do
    local d = event.accuracy and math.abs(event.accuracy - now)
    if d and (not distance or d < distance) then best, distance = event.epoch, d end
  end
  if not best then
    error(string.format("select.Cached: %s records no accuracies; policy 'accuracy' needs a run that was "
      .. "evaluated between its selections", trace.path), 0)
  end
  return best
end

function policies.shuffled(trace, ctx)
  local epochs, recorded = trace:epochs(), in_force(trace, ctx.epoch - 1)
  local order = core.stream(ctx.seed, "select.cached.shuffled"):permutation(#epochs)
  for i, epoch in ipairs(epochs) do
    if epoch == recorded then return epochs[order[i]] end
  end
end

-- A new draw every `every` epochs.
function policies.priority(_, ctx, o) return ctx.done // o.every end

-- How often each candidate was chosen; by a batch selector where no subset was.
local function priorities(trace)
  if trace.event_count > 0 then return trace:counts():to("float64") end
  local _, kept = trace:batch_counts()
  return kept:to("float64")
end

local function draw(trace, ctx, o)
  o.counts = o.counts or priorities(trace)
  local counts = o.counts
  local known = counts:gt(0):sum():item()
  if known == 0 then error("select.Cached: " .. trace.path .. " holds no selection", 0) end
  local taken = math.min(ctx.budget, known)
  local indices = core.multinomial(counts, taken, { seed = ctx.rng:integer(0, 1 << 53) })
  local missing = ctx.budget - taken
  if missing > 0 then
    local rest = counts:eq(0):nonzero():flatten()
    indices = core.cat { indices, rest:index_select(1, ctx.rng:sample(missing, #rest)) }
  end
  return { indices = indices, filled = missing }
end

--- Replays a trace: the subsets of an earlier run, without what they cost, in a run with another
--- learning rate, optimiser or model. The data must be that of the trace (its fingerprint is compared).
--- Before its first selection the recorded run trained on everything, and so does the replay; a trace cannot
--- tell of a later return to that, as "loop" makes one.
---
--- policy says which of the recorded selections is in force:
---   "epoch"     the one in force at the same epoch
---   "fraction"  at the same part of the run, where the number of epochs differs
---   "accuracy"  made when the recorded run was as accurate as this one is now
---   "loop"      by epoch, from the start again at the recorded end
---   "shuffled"  by epoch, the selections in random order: the control that tells whether order matters
---   "priority"  a fresh draw every `every` epochs of `fraction` (the recorded one) of the images, by
---               how often each was chosen; uniform draws fill where too few ever were
---
--- Formula: S_t = recorded S_{policy(t)}; "priority": draws without replacement with p_i ~ count_i.
--- Source: Cached-Grad-Match, on which this product builds; the policies beyond "epoch" are its own.
--- Defaults: policy = "epoch", every 1 and the recorded fraction for "priority". trace (a path or a
---   trace) is required.
--- Cost: reading the file; O(k) an epoch, "priority" O(n log n) a draw; no forward pass.
--- Not when: the data or their order changed; nor as evidence for a selector without "shuffled" and
---   select.RS2 beside it.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", {
---       data = data, method = "Mine", options = { fraction = 0.5 }, epochs = 4,
---     })
---     writer:write(0, { indices = th.tensor { 1, 2, 3 } }, 0.1)
---     writer:close()
---     local selector = th.select.Cached { trace = scratch .. "/run.trace", policy = "loop" }
---     assert(selector.name == "Cached-Mine-loop" and selector.fraction == 0.5)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Cached(given)
  local o = options.check("select.Cached", given, {
    trace = { { "string", "userdata" }, required = true },
    policy = { "string", default = "epoch" },
    fraction = { "number", above = 0, to = 1 },
    every = { "integer", default = 1, from = 1 },
  }, 2)
  options.choice("select.Cached", "policy", o.policy,
    { "epoch", "fraction", "accuracy", "loop", "shuffled", "priority" }, 2)
  if o.fraction and o.policy ~= "priority" then
    error("select.Cached: option 'fraction' goes with policy 'priority'; the others replay what was chosen", 2)
  end
  local trace = type(o.trace) == "string" and core.select.read_trace(o.trace) or o.trace
  if getmetatable(trace) ~= "Trace" then
    error("select.Cached: option 'trace' must be a path or a trace, got " .. options.shown(trace), 2)
  end
  local policy, recorded, checked = policies[o.policy], trace.options, nil
  local suffix = o.policy == "epoch" and "" or "-" .. o.policy
  return {
    name = "Cached-" .. trace.method .. suffix, cached = trace,
    fraction = o.fraction or recorded.fraction or 1, warm = recorded.warm, every = 1, first = 0,
    -- What a replay of the replay's own trace needs, too.
    options = {
      trace = trace.path, policy = o.policy, fraction = o.fraction or recorded.fraction, warm = recorded.warm,
      weight_normalisation = recorded.weight_normalisation, every = o.policy == "priority" and o.every or nil,
    },
    weight_normalisation = recorded.weight_normalisation,
    recorded = function(ctx) return policy(trace, ctx, o) end,
    select = function(ctx)
      if checked ~= ctx.data then
        trace:check(ctx.data)
        checked = ctx.data
      end
      if o.policy == "priority" then return draw(trace, ctx, o) end
      return trace:at(policy(trace, ctx, o))
    end,
  }
end

return M
