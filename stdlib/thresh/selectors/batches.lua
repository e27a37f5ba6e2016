-- SPDX-License-Identifier: Apache-2.0
-- Batch selectors: asked at each step which rows of the batch to train on.
--
-- A batch selector is a plain table with a name and select(info, losses) -> rows, or nil to keep the
-- batch. info: epoch and batch (from 1), epochs, elapsed (the part of the epochs that is done), n,
-- indices (the images of the batch), seed, and state, a table of the selector's own for this run. What
-- the training loop further reads: active(info), reuse, statistics, mode, batch_norm, scale_factor,
-- queue, wanted(info), blind; each is told of below.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"

---@class select
local M = {}

-- When a selector chooses, and how it gets its losses.
local timing = {
  start = { "number", from = 0, to = 1 },
  finish = { "number", from = 0, to = 1 },
  interrupt = { "integer", from = 0 },
  phase = { "string", default = "composer" },
}
local scoring = {
  reuse = { "boolean", default = false },
  statistics = { "string", default = "freeze" },
  mode = { "string", default = "train" },
  batch_norm = { "string", default = "kept_rows" },
  scale_factor = { "number", default = 1, above = 0, to = 1 },
}
local keep_rule = { "number", default = 0.5, above = 0, to = 1 }

-- Whether a batch is chosen from. interrupt = 0: always. Phase "composer": but for every interrupt-th
-- batch. Phase "seed": but for the first of every interrupt batches. So interrupt = 1 switches off.
local function in_phase(batch, interrupt, phase)
  if interrupt == 0 then return true end
  return (phase == "seed" and batch - 1 or batch) % interrupt ~= 0
end

-- Checks what all batch selectors share; the options with their defaults.
local function checked(what, given, own, defaults)
  local o = options.check(what, given, base.merged({ timing, scoring, own }, defaults), 3)
  local function choice(name, choices) options.choice(what, name, o[name], choices, 4) end
  choice("phase", { "seed", "composer" })
  choice("statistics", { "update", "freeze" })
  choice("mode", { "train", "eval" })
  choice("batch_norm", { "kept_rows", "constant" })
  if o.start > o.finish then
    error(string.format("%s: start must not be above finish, got %g and %g", what, o.start, o.finish), 3)
  end
  if o.reuse and o.scale_factor < 1 then
    error(string.format("%s: scale_factor %g makes the selecting pass another one than the training pass; "
      .. "it needs reuse = false", what, o.scale_factor), 3)
  end
  return o
end

-- A selector of checked options.
local function new(name, o, fields)
  fields.active = function(info)
    return info.elapsed >= o.start and info.elapsed < o.finish
      and in_phase(info.batch, o.interrupt, o.phase)
  end
  return base.new(name, o, fields, scoring)
end

-- A selector that chooses nothing in the first `prime` epochs.
local function primed(selector, o)
  local in_time = selector.active
  selector.active = function(info) return (info.epochs_done or 0) >= o.prime and in_time(info) end
  return selector
end

local function share(keep, n) return math.min(n, math.max(1, math.floor(keep * n + 1e-9))) end

local composer = { start = 0.5, finish = 0.9, interrupt = 2 }
local always = { start = 0, finish = 1, interrupt = 0 }

-- Rows by the rank of their loss.
local function by_rank(o)
  return function(info, losses)
    return core.select.rank_sample(losses, o.keep, {
      seed = info.seed, epoch = info.epoch - 1, batch = info.batch - 1,
    })
  end
end

-- Puts the losses that were computed (of `rows`; of all when nil) beside those remembered: a loss stays
-- with its image, whatever batch it comes in next.
local function remembered(info, losses, rows)
  local s = info.state
  local images = rows and info.indices:index_select(1, rows) or info.indices
  if #images > 0 then s.loss[images], s.at[images] = losses, info.epoch end
  return s.loss:index_select(1, info.indices)
end

-- The rows of the batch whose loss is not known or from more than `stale` epochs ago.
local function outdated(stale)
  return function(info)
    local s = info.state
    if not s.loss then
      s.loss = core.zeros(info.n, { dtype = "float64" })
      s.at = core.full(info.n, -(1 << 40), { dtype = "int64" })
    end
    return s.at:index_select(1, info.indices):lt(info.epoch - stale):nonzero():flatten()
  end
end

local function jiang(o)
  local selector = {
    queue = o.queue,
    select = function(info, losses, rows)
      local s = info.state
      s.history = s.history or core.select.loss_history { capacity = o.history }
      if o.stale > 0 then losses = remembered(info, losses:to("float64"), rows) end
      local p = s.history:probabilities(losses, { beta = o.beta, minimum = o.minimum })
      local stream = core.stream(info.seed, "select.selective_backprop", info.epoch - 1, info.batch - 1)
      return stream:rand(#p, { dtype = "float64" }):lt(p):nonzero():flatten()
    end,
  }
  if o.stale > 0 then selector.wanted = outdated(o.stale) end
  return selector
end

local jiang_rules = {
  beta = { "number", default = 3, from = 0 },
  minimum = { "number", default = 0, from = 0, to = 1 },
  history = { "integer", default = 1024, from = 1, to = 1 << 24 },
  queue = { "boolean" },
  stale = { "integer", default = 0, from = 0, to = 1 << 30 },
  prime = { "integer", default = 1, from = 0 },
}

--- Selective-Backprop: trains on the rows whose losses are high, chosen anew in each batch.
---
--- variant "composer" and "seed" keep n rows without replacement by the rank of their loss. They differ
--- in phase: "composer" trains on the whole of every interrupt-th batch, "seed" (its Algorithm 1) of
--- the first of every interrupt. keep = 1 keeps all; interrupt = 0 never interrupts, 1 switches
--- selection off. They choose while start <= elapsed part of the epochs < finish.
---
--- variant "jiang": the first `prime` epochs train on everything; then each row is kept with a
--- probability of its own, which keeps 1 / (1 + beta) of them. Kept rows are queued to whole batches
--- (queue; without reuse), the rest goes at the epoch's end. stale = s uses an image's loss for s
--- epochs before it is computed again (StaleSB; 0 computes all). Losses come from evaluation mode.
---
--- reuse = false, as published, computes losses in a selecting pass without tape, and the kept rows go
--- through the model again. reuse = true goes on with the first pass's activations: exact but for
--- BatchNorm, whose statistics stay those of the whole batch and whose backward reductions run over
--- kept rows (batch_norm "kept_rows") or which counts as constant ("constant"). mode is that of the
--- selecting pass; statistics "freeze" keeps it from moving BatchNorm's running statistics ("update"
--- moves them twice a step, as Composer does); scale_factor < 1 shrinks its images.
---
--- Formula: "composer", "seed": p(rank q) ~ ((q + 0.5) / n)^(1 / keep - 1), q = 0 … n - 1 ascending by
---   loss; "jiang": p = max(minimum, F(loss)^beta), F the part of the last `history` losses below it,
---   the batch's own among them.
--- Source: Jiang et al. 2019 ("jiang"); MosaicML Composer ("composer").
--- Defaults: variant = "composer", keep = 0.5, start = 0.5, finish = 0.9, interrupt = 2,
---   phase = "composer" (that of the variant), reuse = false, statistics = "freeze", mode = "train",
---   batch_norm = "kept_rows", scale_factor = 1; "jiang": beta = 3, minimum = 0, history = 1024,
---   queue = true, stale = 0, prime = 1, start = 0, finish = 1, interrupt = 0, mode = "eval".
--- Cost: 1/3 + keep of a plain step, with reuse 1/3 + 2/3 keep (a forward pass is a third); beside it
---   O(n log n) for a batch of n. Memory of one batch, and an image's last loss with stale.
--- Not when: high losses are those of wrong labels; nor without its control: select.RandomBackprop of
---   the same keep costs less, and often does as well.
---
--- Example:
---     local selector = th.select.SelectiveBackprop { keep = 0.5, reuse = true }
---     local info = { seed = 1, epoch = 1, batch = 1 }
---     assert(#selector.select(info, th.tensor { 0.1, 0.5, 2.0, 3.0 }) == 2)
---@param given? table the options, as told above
---@return table selector as th.train takes it as `batch_select`
function M.SelectiveBackprop(given)
  local variant = "composer"
  if type(given) == "table" and rawget(given, "variant") ~= nil then variant = given.variant end
  options.choice("select.SelectiveBackprop", "variant", variant, { "composer", "seed", "jiang" }, 2)
  local what = "select.SelectiveBackprop (" .. variant .. ")"
  if variant ~= "jiang" then
    local o = checked(what, given, { variant = { "string" }, keep = keep_rule },
      { start = 0.5, finish = 0.9, interrupt = 2, phase = variant })
    o.variant = variant
    return new("SelectiveBackprop-" .. variant, o, { select = by_rank(o) })
  end
  local own = { variant = { "string" } }
  for name, rule in pairs(jiang_rules) do own[name] = rule end
  local o = checked(what, given, own, { start = 0, finish = 1, interrupt = 0, mode = "eval" })
  if o.queue == nil then o.queue = not o.reuse end
  if o.reuse and (o.queue or o.stale > 0) then
    error(what .. ": reuse = true goes on with the batch at hand; it needs queue = false and stale = 0", 2)
  end
  return primed(new("SelectiveBackprop-jiang", o, jiang(o)), o)
end

--- Random rows: the control of Selective-Backprop, at the same keep and in the same phases.
---
--- It reads no loss: with reuse = false the rows are drawn before any pass; reuse = true spends what
--- SelectiveBackprop{reuse = true} spends. start, finish, interrupt, phase, batch_norm and prime as in
--- select.SelectiveBackprop; there is no selecting pass whose statistics, mode or scale_factor could be chosen.
---
--- Formula: variant "composer": keep n of n rows, uniformly; "jiang": each row with probability U^beta,
---   U uniform, a part of 1 / (1 + beta).
--- Source: the "random" variants of Jiang et al. 2019's code, in Composer's phases.
--- Defaults: variant = "composer", keep = 0.5 ("jiang": beta = 3), start = 0.5, finish = 0.9, interrupt = 2,
---   phase = "composer", prime = 0, reuse = false, batch_norm = "kept_rows".
--- Cost: keep of a plain step, with reuse 1/3 + 2/3 keep; O(n) for a batch of n.
--- Not when: all that is wanted is cheaper epochs: select.RS2 leaves images out before they are loaded.
---
--- Example:
---     local selector = th.select.RandomBackprop { keep = 0.25 }
---     local info = { seed = 1, epoch = 1, batch = 1, indices = th.arange(1, 8) }
---     assert(#selector.select(info) == 2)
---@param given? table the options, as told above
---@return table selector as th.train takes it as `batch_select`
function M.RandomBackprop(given)
  local what = "select.RandomBackprop"
  local o = checked(what, given, {
    variant = { "string", default = "composer" }, keep = keep_rule, beta = { "number", default = 3, from = 0 },
    prime = { "integer", default = 0, from = 0 },
  }, composer)
  options.choice(what, "variant", o.variant, { "composer", "jiang" }, 2)
  local idle = { statistics = "a selecting pass", mode = "a selecting pass", scale_factor = "a selecting pass" }
  idle[o.variant == "jiang" and "keep" or "beta"] = o.variant == "jiang" and "variant 'composer'" or "variant 'jiang'"
  for name, place in pairs(idle) do
    if given and rawget(given, name) ~= nil then
      error(string.format("%s: option '%s' is of %s, which there is none of here", what, name, place), 2)
    end
    o[name] = nil
  end
  local selector = new("RandomBackprop", o, {
    blind = not o.reuse,
    select = function(info)
      local n = #info.indices
      local stream = core.stream(info.seed, "select.random_backprop", info.epoch - 1, info.batch - 1)
      if o.variant == "jiang" then
        local u, v = stream:rand(n), stream:rand(n)
        return v:lt(u ^ o.beta):nonzero():flatten()
      end
      return (stream:sample(share(o.keep, n), n):sort())
    end,
  })
  return primed(selector, o)
end

-- The `keep` part of the rows with the largest scores, in the order of rows.
local function highest(scores, keep)
  local _, rows = scores:topk(share(keep, #scores))
  return (rows:sort())
end

--- The rows with the highest losses of each batch: a control that overfits to outliers and wrong
--- labels.
---
--- start, finish, interrupt, phase, reuse and what else scores the batch: as in
--- select.SelectiveBackprop.
---
--- Formula: the max(1, floor(keep n)) rows of largest loss.
--- Source: "topk" of Jiang et al. 2019's code; ordered SGD (Kawaguchi and Lu 2020) without its
---   schedule.
--- Defaults: keep = 0.5, start = 0, finish = 1, interrupt = 0, phase = "composer", reuse = false,
---   statistics = "freeze", mode = "train", batch_norm = "kept_rows", scale_factor = 1.
--- Cost: 1/3 + keep of a plain step, with reuse 1/3 + 2/3 keep; O(n log n) for a batch of n.
--- Not when: labels are noisy; it is here to be compared with.
---
--- Example:
---     local selector = th.select.TopK { keep = 0.5 }
---     assert(selector.select({}, th.tensor { 0.1, 0.5, 2.0, 3.0 }):equal(th.tensor { 3, 4 }))
---@param given? table the options, as told above
---@return table selector as th.train takes it as `batch_select`
function M.TopK(given)
  local o = checked("select.TopK", given, { keep = keep_rule }, always)
  return new("TopK", o, { select = function(_, losses) return highest(losses, o.keep) end })
end

--- The rows with the lowest losses of each batch: a control that should do badly.
---
--- Options as in select.TopK.
---
--- Formula: the max(1, floor(keep n)) rows of smallest loss.
--- Source: "lowk" of Jiang et al. 2019's code.
--- Defaults: keep = 0.5, start = 0, finish = 1, interrupt = 0, phase = "composer", reuse = false,
---   statistics = "freeze", mode = "train", batch_norm = "kept_rows", scale_factor = 1.
--- Cost: 1/3 + keep of a plain step, with reuse 1/3 + 2/3 keep; O(n log n) for a batch of n.
--- Not when: accuracy is the aim.
---
--- Example:
---     local selector = th.select.LowK { keep = 0.5 }
---     assert(selector.select({}, th.tensor { 0.1, 0.5, 2.0, 3.0 }):equal(th.tensor { 1, 2 }))
---@param given? table the options, as told above
---@return table selector as th.train takes it as `batch_select`
function M.LowK(given)
  local o = checked("select.LowK", given, { keep = keep_rule }, always)
  return new("LowK", o, { select = function(_, losses) return highest(-losses, o.keep) end })
end

--- RHO-LOSS: of a large batch the rows with the highest reducible holdout loss.
---
--- irreducible: the loss of each candidate (n,) under a model trained on held-out data, in the order of
--- the data set; required. start, finish, interrupt, phase, reuse and what else scores the batch: as in
--- select.SelectiveBackprop.
---
--- Formula: the max(1, floor(keep n)) rows of largest loss_i - irreducible_i.
--- Source: Mindermann et al. 2022 (ICML).
--- Defaults: keep = 0.1 (320 -> 32 rows), start = 0, finish = 1, interrupt = 0, phase = "composer",
---   reuse = false, statistics = "freeze", mode = "train", batch_norm = "kept_rows", scale_factor = 1.
--- Cost: a selecting pass over the large batch, 1/3 / keep + 1 steps of the small one; O(n log n) for a
---   batch of n; n floats; and once the training of the other model.
--- Not when: there is no held-out data to train the other model on; nor to save time: it saves steps,
---   not seconds.
---
--- Example:
---     local selector = th.select.RHO { irreducible = { 0, 3, 0 }, keep = 0.5 }
---     local info = { n = 3, indices = th.tensor { 2, 3 } }
---     assert(selector.select(info, th.tensor { 3.0, 1.0 }):equal(th.tensor { 2 }))
---@param given table the options, as told above
---@return table selector as th.train takes it as `batch_select`
function M.RHO(given)
  local o = checked("select.RHO", given, {
    irreducible = { { "userdata", "table" }, required = true },
    keep = { "number", default = 0.1, above = 0, to = 1 },
  }, always)
  local irreducible = o.irreducible
  if type(irreducible) == "table" then
    local ok, made = pcall(core.tensor, irreducible, { dtype = "float32" })
    if not ok then error("select.RHO: option 'irreducible' cannot be made a tensor: " .. tostring(made), 2) end
    irreducible = made
  end
  if not core.is_tensor(irreducible) or irreducible.ndim ~= 1 then
    error("select.RHO: option 'irreducible' must be a tensor with a loss for each candidate, got "
      .. options.shown(irreducible), 2)
  end
  irreducible = irreducible:detach()
  if irreducible:isnan():any():item() then
    error("select.RHO: option 'irreducible' has losses that are nan", 2)
  end
  o.irreducible = nil
  return new("RHO", o, {
    select = function(info, losses)
      if #irreducible ~= info.n then
        error(string.format("select.RHO: %d irreducible losses for %d candidates", #irreducible, info.n), 0)
      end
      return highest(losses - irreducible:index_select(1, info.indices), o.keep)
    end,
  })
end

return M
