-- SPDX-License-Identifier: Apache-2.0
-- Selectors that give each candidate one number and choose by it.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select

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
    ctx.forwarded = ctx.forwarded + view.forwarded
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
  local o = options.check(what, given, base.rules(all, defaults), 3)
  check_models(what, o.models)
  if o.measure then
    options.choice(what, "measure", o.measure, { "entropy", "least_confidence", "margin" }, 3)
  end
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

--- EL2N (Paul et al. 2021): the highest ||p - y||, the norm of the error of the probabilities.
---
--- The paper averages over 10 or more networks at about epoch 20: give them as `models`; without, the
--- model in training is scored. Asked once, at epoch `first` (20), and kept; `every` asks again.
--- balance (true) divides the budget among classes by largest remainder. offset (0) passes over the
--- hardest part, which at small fractions is mostly wrong labels. strata draws evenly from that many
--- bins of equal width instead of taking the hardest: coverage-centric sampling (CCS, Zheng et al.
--- 2023; 50 strata there, with offset as its beta).
--- Cost: a forward pass over n images for each model, O(n C), O(n log n) to sort.
--- Not at small fractions without offset or strata: the hardest alone train worse than random ones.
function M.EL2N(given)
  return build("EL2N", given, {}, once(20), function(ctx)
    return ctx:residuals():norm { dim = 2 }
  end)
end

--- GraNd (Paul et al. 2021): the highest gradient norm, of the last layer: ||r|| sqrt(1 + ||h||^2) with
--- the residual r = p - y and the embedding h, in closed form (as DeepCore; the paper takes all layers).
---
--- Averaged over `models` (the paper and DeepCore: 10). Asked once, at epoch `first` (20). balance,
--- offset, strata: as select.EL2N. Cost: a forward pass for each model, O(n (C + E)).
--- Not at initialisation: there it follows the norm of the input (Kirsch 2023), nor as EL2N.
function M.GraNd(given)
  return build("GraNd", given, {}, once(20), function(ctx) return ctx:gradient_norms() end)
end

--- Forgetting events (Toneva et al. 2019): the candidates most often predicted correctly at one
--- presentation and wrongly at the next; those never predicted correctly come before all.
---
--- Harvested while the run itself trains, so it takes no models and costs no forward pass: O(n) time and
--- memory an epoch. Every candidate must have been presented before epoch `first` (20; the paper counts
--- over whole runs): train with initial = "full". Equal counts are ordered by a seeded draw. balance,
--- offset, strata: as select.EL2N. Not at high pruning without offset or strata: at 10 % of CIFAR-10 it
--- is far below random (CCS paper).
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

--- Uncertainty sampling (Lewis and Gale 1994; Coleman et al. 2020 as a proxy for selection): the most
--- uncertain. measure: "entropy" (-sum p ln p, the default), "least_confidence" (1 - max p) or "margin"
--- (1 - p1 + p2, of the two likeliest classes). No label is read except for balance.
---
--- Asked once, at epoch `first` (10). models, balance, offset, strata: as select.EL2N. Cost: a forward
--- pass for each model, O(n C). Not with few images: it is drawn to outliers and near-duplicates.
function M.Uncertainty(given)
  return build("Uncertainty", given, { measure = { "string", default = "entropy" } }, once(10),
    function(ctx, o) return uncertain[o.measure](ctx:probabilities()) end)
end

--- CAL, contrastive active learning (Margatina et al. 2021): the highest mean symmetrised divergence
--- (KL(p_i || p_j) + KL(p_j || p_i)) / 2 from the `neighbours` (10) nearest by embedding.
---
--- per_class (false) seeks neighbours within the class only, as DeepCore does when it balances. Asked
--- once, at epoch `first` (10). models, balance, offset, strata: as select.EL2N.
--- Cost: a forward pass, O(n^2 E) for distances block by block (per_class: O(sum n_c^2 E)), O(n C)
--- memory. Not for very large n without per_class, nor where embeddings are untrained.
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

--- DeepFool (Moosavi-Dezfooli et al. 2016; for choosing data Ducoffe and Precioso 2018): the smallest
--- L2 perturbations that change the prediction.
---
--- Measured in the embedding, before the linear head, where the classifier is linear: the first of the
--- method's (at most 50) linearised steps is then exact, min_c (z_y - z_c) / ||w_y - w_c||, and no
--- gradient with respect to the image is needed. Distances are therefore those of features, not of
--- pixels. Asked once, at epoch `first` (10). models, balance, offset, strata: as select.EL2N.
--- Cost: a forward pass for each model, O(n C + C^2 E). Not where embeddings are untrained.
function M.DeepFool(given)
  return build("DeepFool", given, {}, once(10), head_distances, true)
end

return M
