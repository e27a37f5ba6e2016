-- SPDX-License-Identifier: Apache-2.0
-- What stands beside every method: what its budget buys without it.
--
-- Full-EarlyStop is full training cut at what the method spent, with a schedule that decays fully within it; RS2
-- and RandomPB draw as many images at random, singly and by batches; Random-SB draws as many rows of each batch.

local select = require "thresh.select"

local M = {}

-- Methods that are such baselines themselves.
local random = { Full = true, Random = true, RS2 = true, RandomPB = true }

--- Whether a selector or batch selector is random itself.
function M.is_random(selector, batch_select)
  if batch_select then return batch_select.name == "RandomBackprop" end
  return random[(selector.name:gsub("%-warm$", ""))] == true
end

-- The options among `names` that a selector has.
local function picked(given, names)
  local out = {}
  for _, name in ipairs(names) do out[name] = given[name] end
  return out
end

-- The selectors of a subset method's budget: of its fraction, its warm start and, by batches, its handling of them.
local function of_subset(selector)
  local fraction, given = selector.fraction, selector.options or {}
  if not fraction or fraction >= 1 then return {} end
  local every = selector.every
  if not every or every >= math.maxinteger then every = 1 end
  local by_batches = picked(given, { "keep_batches" })
  by_batches.fraction, by_batches.warm, by_batches.every = fraction, selector.warm, every
  local warm = selector.warm and string.format(", warm %g", selector.warm) or ""
  return {
    {
      label = string.format("RS2 %g%s", fraction, warm),
      select = select.RS2 { fraction = fraction, warm = selector.warm },
    },
    {
      label = string.format("RandomPB %g, every %d%s%s", fraction, every, given.keep_batches == false and ", pooled" or "",
        warm),
      select = select.RandomPB(by_batches),
    },
  }
end

local shared = {
  "keep", "start", "finish", "interrupt", "phase", "reuse", "batch_norm", "beta", "prime",
}

-- The rows that a batch method's share is, drawn at random.
local function of_batch(selector)
  local given = selector.options or {}
  local o = picked(given, shared)
  if given.variant == "jiang" then
    o.variant, o.keep = "jiang", nil
  else
    o.beta = nil
    if not o.keep or o.keep >= 1 then return {} end
  end
  local label = o.keep and string.format("Random-SB %g", o.keep) or string.format("Random-SB beta %g", o.beta)
  if given.interrupt and given.interrupt > 0 then label = string.format("%s, interrupt %d", label, given.interrupt) end
  return { { label = label, batch_select = select.RandomBackprop(o) } }
end

--- The baselines of a method as entries: labels, selectors and, of Full-EarlyStop, early_stop = true.
function M.of(label, selector, batch_select)
  local out = { { label = string.format("Full-EarlyStop (%s)", label), early_stop = true } }
  for _, e in ipairs(of_subset(selector)) do out[#out + 1] = e end
  for _, e in ipairs(batch_select and of_batch(batch_select) or {}) do
    -- A method of both kinds is held against random rows of its own subset.
    if not selector.all then e.select = selector end
    out[#out + 1] = e
  end
  return out
end

--- The epochs of full training within what a run has spent: by its images, where a forward pass counts 1 and a
--- backward pass 2 of the 3 that training takes, or by its seconds and those of a full run.
function M.epochs(kind, result, full, n)
  local epochs
  if kind == "seconds" then
    local a_epoch = (full.seconds.train + full.seconds.select) / #full.history
    epochs = (result.seconds.train + result.seconds.select) / a_epoch
  else
    epochs = (result.forwarded + 2 * result.backwarded) / (3 * n)
  end
  return math.max(1, math.floor(epochs + 1e-9))
end

return M
