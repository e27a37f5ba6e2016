-- SPDX-License-Identifier: Apache-2.0
-- Selectors that give each candidate one number and choose by it.

local core = require "thresh.core"
local deepfool = require "thresh.deepfool"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select

---@class select
local M = {}

-- How scores become a subset, the same for all.
local choice_rules = {
  balance = { "boolean", default = true },
  offset = { "number", default = 0, from = 0, to = 1 },
  strata = { "integer", from = 1 },
  models = { "table" },
}

local function check_models(what, models)
  if models == nil then return end
  if #models == 0 then error(what .. ": option 'models' is an empty list", 4) end
  for i = 1, #models do
    if not core.nn.is_module(models[i]) then
      error(string.format("%s: item %d of 'models' must be a module, got %s", what, i,
        options.shown(models[i])), 4)
    end
  end
end

-- The mean of score(ctx) over the given trained models; without any, of the model in training.
local function averaged(ctx, models, score)
  if not models then return score(ctx) end
  local sum
  for _, model in ipairs(models) do
    local view = ctx:with_model(model)
    local scores = score(view)
    sum = sum and sum + scores or scores
    ctx.forwarded, ctx.backwarded = ctx.forwarded + view.forwarded, ctx.backwarded + view.backwarded
  end
  return sum / #models
end

-- A selector by scores. `own`: its option rules, false to take a shared one away; `defaults`: of its
-- timing; `score`(ctx, options) gives (n,) scores, the highest of which come first unless `lowest`.
local function build(name, given, own, defaults, score, lowest)
  local what = "select." .. name
  local all = {}
  for key, rule in pairs(choice_rules) do all[key] = rule end
  for key, rule in pairs(own) do all[key] = rule or nil end
  local scored = own.models ~= false
  local o = options.check(what, given, (scored and base.scored_rules or base.rules)(all, defaults), 3)
  if scored then
    base.checked_source(what, o, 3)
    if o.models and o.scores ~= "pass" then
      error(what .. ": option 'models' is another source than scores = '" .. o.scores .. "'", 3)
    end
  end
  check_models(what, o.models)
  if o.measure then
    options.choice(what, "measure", o.measure, { "entropy", "least_confidence", "margin" }, 3)
  end
  if o.space then options.choice(what, "space", o.space, { "image", "embedding" }, 3) end
  return base.new(name, o, {
    one_shot = true,
    select = function(ctx)
      local scores = averaged(ctx, o.models, function(view) return score(view, o) end)
      return solve.by_score {
        scores = scores, k = ctx.budget, highest = not lowest,
        labels = o.balance and ctx.labels or nil, classes = o.balance and ctx.classes or nil,
        offset = o.offset, strata = o.strata, draw_ties = true, seed = ctx.seed, epoch = ctx.epoch - 1,
      }
    end,
  })
end

-- One choice at epoch `first`, kept from then on.
local function once(first) return { first = first, every = math.maxinteger } end

--- EL2N: the candidates whose probabilities are farthest from their labels.
---
--- The paper averages over 10 or more networks at about epoch 20: give them as `models`; without, the
--- model in training is scored. balance divides the budget among classes by largest remainder. offset
--- passes over that part of the hardest, which at small fractions is mostly wrong labels. strata draws
--- evenly from that many bins of equal width instead of taking the hardest: coverage-centric sampling
--- (CCS; 50 strata there, with offset as its beta).
---
--- Formula: the k largest ||p_i - y_i||_2.
--- Source: Paul et al. 2021 (NeurIPS); CCS: Zheng et al. 2023 (ICLR).
--- Defaults: first = 20, asked once (every = math.maxinteger), balance = true, offset = 0, no strata,
---   no models, scores = "pass" (see select.define), no
---   warm. fraction is required.
--- Cost: a forward pass over n for each model; O(n C + n log n) time, O(n C) memory.
--- Not when: the fraction is small, without offset or strata: the hardest alone train worse than random
---   ones.
---
--- Example:
---     local models = { th.models.resnet8 { width = 4 }, th.models.resnet8 { width = 4 } }
---     local selector = th.select.EL2N { fraction = 0.5, models = models, first = 0, offset = 0.1 }
---     assert(selector.options.offset == 0.1)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.EL2N(given)
  return build("EL2N", given, {}, once(20), function(ctx)
    return ctx:residuals():norm { dim = 2 }
  end)
end

--- GraNd: the candidates with the largest gradients, of the last layer (as DeepCore; the paper takes
--- all layers).
---
--- models: the paper and DeepCore average over 10. models, balance, offset, strata: as in select.EL2N.
---
--- Formula: the k largest ||r_i|| sqrt(1 + ||h_i||^2), the norm of r (x) [1, h] in closed form, r = p -
---   y.
--- Source: Paul et al. 2021 (NeurIPS); DeepCore (Guo et al. 2022).
--- Defaults: first = 20, asked once (every = math.maxinteger), balance = true, offset = 0, no strata,
---   no models, scores = "pass" (see select.define), no
---   warm. fraction is required.
--- Cost: a forward pass over n for each model; O(n (C + E) + n log n) time, O(n (C + E)) memory.
--- Not when: the model is untrained (it then follows the norm of the input, Kirsch 2023), nor where
---   select.EL2N is not to be used.
---
--- Example:
---     local selector = th.select.GraNd { fraction = 0.5, first = 5 }
---     assert(selector.first == 5 and selector.options.balance)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.GraNd(given)
  return build("GraNd", given, {}, once(20), function(ctx) return ctx:gradient_norms() end)
end

--- Forgetting events: the candidates most often predicted correctly at one presentation and wrongly at
--- the next; those never predicted correctly come before all.
---
--- Harvested while the run itself trains, so it takes no models. Every candidate must have been
--- presented before epoch `first` (the paper counts over whole runs): train with initial = "full".
--- Equal counts are ordered by a seeded draw. balance, offset, strata: as in select.EL2N.
---
--- Formula: the k largest counts of t with correct_i(t) and not correct_i(t + 1).
--- Source: Toneva et al. 2019 (ICLR).
--- Defaults: first = 20, asked once (every = math.maxinteger), balance = true, offset = 0, no strata,
---   no warm. fraction is required.
--- Cost: no forward pass; O(n) time an epoch, O(n log n) to choose, four floats for each candidate.
--- Not when: most is pruned, without offset or strata: at 10 % of CIFAR-10 it is far below random (CCS
---   paper).
---
--- Example:
---     local selector = th.select.Forgetting { fraction = 0.5, first = 10 }
---     assert(selector.first == 10)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Forgetting(given)
  local selector = build("Forgetting", given, { models = false }, once(20), function(ctx)
    local harvest = ctx.harvest
    if not harvest or not harvest.seen then
      error("select.Forgetting: needs the counts that th.train harvests", 0)
    end
    local unseen = harvest.seen:eq(0):sum():item()
    if unseen > 0 then
      error(string.format("select.Forgetting: %d of %d candidates were never trained on; train with "
        .. 'initial = "full"', unseen, ctx.n), 0)
    end
    -- More than any count: a candidate cannot be forgotten as often as it was presented.
    return core.where(harvest.learned:gt(0), harvest.forgotten, harvest.seen:max():item())
  end)
  selector.correctness = true
  return selector
end

local uncertain = {
  least_confidence = function(p) return 1 - p:amax(2) end,
  entropy = function(p)
    -- p ln p is 0 at 0.
    return -(p * p:clamp { min = 1e-38 }:log()):sum(2)
  end,
  margin = function(p)
    local top = p:topk(math.min(2, p.shape[2]))
    return 1 - (top[{ {}, 1 }] - top[{ {}, -1 }])
  end,
}

--- Uncertainty sampling: the candidates whose class the model is least sure of. No label is read except
--- for balance.
---
--- models, balance, offset, strata: as in select.EL2N.
---
--- Formula: the k largest of measure "entropy" -sum p ln p, "least_confidence" 1 - max p, or "margin" 1
---   - p1 + p2 of the two likeliest classes.
--- Source: Lewis and Gale 1994; for choosing training data Coleman et al. 2020 (ICLR).
--- Defaults: measure = "entropy", first = 10, asked once (every = math.maxinteger), balance = true,
---   offset = 0, no strata, no models, scores = "pass" (see select.define), no
---   warm. fraction is required.
--- Cost: a forward pass over n for each model; O(n C + n log n) time, O(n C) memory.
--- Not when: images are few: it is drawn to outliers and near-duplicates.
---
--- Example:
---     local selector = th.select.Uncertainty { fraction = 0.5, measure = "margin" }
---     assert(selector.options.measure == "margin")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Uncertainty(given)
  return build("Uncertainty", given, { measure = { "string", default = "entropy" } }, once(10),
    function(ctx, o) return uncertain[o.measure](ctx:probabilities()) end)
end

--- CAL, contrastive active learning: the candidates whose predictions differ most from those of their
--- neighbours.
---
--- per_class seeks neighbours within the class only, as DeepCore does when it balances. models,
--- balance, offset, strata: as in select.EL2N.
---
--- Formula: the k largest means over the `neighbours` nearest j by embedding of (KL(p_i || p_j) +
---   KL(p_j || p_i)) / 2.
--- Source: Margatina et al. 2021 (EMNLP), symmetrised as in DeepCore.
--- Defaults: neighbours = 10, per_class = false, first = 10, asked once (every = math.maxinteger),
---   balance = true, offset = 0, no strata, no models, scores = "pass" (see select.define), no
---   warm. fraction is required.
--- Cost: a forward pass over n for each model; O(n^2 E) time (per_class: sum n_c^2 E) block by block,
---   O(n (C + E + neighbours)) memory.
--- Not when: n is very large and per_class false; nor where embeddings are untrained.
---
--- Example:
---     local selector = th.select.CAL { fraction = 0.5, neighbours = 5, per_class = true }
---     assert(selector.options.neighbours == 5)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.CAL(given)
  return build("CAL", given, {
    neighbours = { "integer", default = 10, from = 1 },
    per_class = { "boolean", default = false },
  }, once(10), function(ctx, o)
    return solve.neighbour_divergence {
      embeddings = ctx:embeddings(), logits = ctx:logits(), neighbours = o.neighbours,
      labels = o.per_class and ctx.labels or nil, classes = o.per_class and ctx.classes or nil,
    }
  end)
end

-- min over c of (z_y - z_c) / ||w_y - w_c||, with y the predicted class. (n,)
local function head_distances(ctx)
  local head = ctx.model:head()
  if not head then
    error("select.DeepFool: the model has no linear head to measure distances in", 0)
  end
  return core.no_grad(function()
    local z, weight = ctx:logits(), head.weight
    local y = z:argmax(2)
    local apart = weight:cdist(weight):index_select(1, y)
    local gap = z:amax(2):unsqueeze(2) - z
    -- The class itself, and those of the same weights, have no boundary to cross.
    local ratio = core.where(apart:gt(0), gap / apart, math.huge)
    return ratio:scatter(2, y:unsqueeze(2), math.huge):amin(2)
  end)
end

-- The perturbation of each image, batch by batch. (n,)
local function image_distances(ctx, o)
  local parts = {}
  for batch in ctx.data:loader { batch_size = 64, shuffle = false } do
    local norms, steps, forwarded, backwarded = deepfool.perturbations(ctx.model, batch.x, {
      steps = o.steps, overshoot = o.overshoot,
    })
    parts[#parts + 1] = norms
    ctx.forwarded, ctx.backwarded = ctx.forwarded + forwarded, ctx.backwarded + backwarded
  end
  return core.cat(parts)
end

--- DeepFool: the candidates that the smallest perturbation moves over a decision boundary.
---
--- space = "image" (default): the perturbation of the image, by up to `steps` linearised steps, a class's
--- boundary each. space = "embedding": that of what goes into the linear head, where one step is exact and
--- no gradient is needed; distances are then those of features, not of pixels. models, balance, offset,
--- strata: as in select.EL2N.
---
--- Formula: the k smallest ||r||, r the sum of steps |z_c - z_y| / ||v||^2 v with v = grad (z_c - z_y) and
---   c the class of the least |z_c - z_y| / ||v||, until x + (1 + overshoot) r is not predicted as y; in the
---   embedding min_c (z_y - z_c) / ||w_y - w_c||, with rows w of the head's weight.
--- Source: Moosavi-Dezfooli et al. 2016 (CVPR); for choosing data Ducoffe and Precioso 2018.
--- Defaults: space = "image", steps = 50, overshoot = 0.02, first = 10, asked once
---   (every = math.maxinteger), balance = true, offset = 0, no strata, no models, scores = "pass" (see
---   select.define), no warm. fraction is required.
--- Cost: C forward and backward passes over n a step, of which most images need two or three, O(C) copies of
---   64 images; in the embedding a forward pass, O(n C + C^2 E) time, O(n C) memory. For each model.
--- Not when: there are many classes (take the embedding), or embeddings are untrained.
---
--- Example:
---     local selector = th.select.DeepFool { fraction = 0.5, space = "embedding" }
---     assert(selector.options.space == "embedding")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.DeepFool(given)
  local function score(ctx, o)
    if o.space == "embedding" then return head_distances(ctx) end
    return image_distances(ctx, o)
  end
  local selector = build("DeepFool", given, {
    space = { "string", default = "image" }, steps = { "integer", default = 50, from = 1 },
    overshoot = { "number", default = 0.02, from = 0 },
  }, once(10), score, true)
  if selector.scores == "harvest" and selector.options.space == "image" then
    error("select.DeepFool: perturbations of images need passes; scores = 'harvest' goes with space = 'embedding'", 2)
  end
  return selector
end

return M
