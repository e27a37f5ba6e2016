-- SPDX-License-Identifier: Apache-2.0
-- Subset selectors: plain tables with a name and one function, `select(ctx) -> indices, weights`.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select
local timing, rules, selector = base.timing, base.rules, base.new

---@class select
local M = {}

--- A heuristic of your own: name, fraction and select(ctx) -> indices [, weights]; examples/heuristics
--- shows three.
---
--- What ctx says of the candidates comes, by scores, from one of three sources, and the trace names it:
---   "pass"     a pass of the model in training when it is asked: evaluation mode, BatchNorm folded into the
---              convolutions, no augmentation, no tape, large batches
---   "harvest"  what passed by when each was last trained on: training mode, augmented, some steps old. It
---              costs no pass, but for those never trained on and, with max_age, those trained on more than
---              that many epochs ago
---   "proxy"    another model, `proxy`, trained before and passed over once a run
---
--- ctx has epoch (from 1), epochs, budget, n, labels, classes, seed, rng, history, harvest and store (a
--- table that lasts as long as the run), and the methods logits, probabilities, losses, residuals,
--- embeddings, gradients, gradient_norms, batches, validation and with_model. What is returned is checked before
--- training uses it.
---
--- A checkpoint holds what is in ctx.store: numbers, strings, tensors and tables of these. A heuristic that keeps
--- something elsewhere gives it by state() and takes it back by load_state(s), so that a resumed run goes on with it.
---
--- Formula: yours.
--- Source: the common frame of subset selectors, as CORDS (decile-team) has it.
--- Defaults: every = 1 (epochs between selections), first = 1 (the first epoch to select at, from 0; an
---   untrained model has nothing to say, and before it a uniform draw is trained on), no warm (the part
---   of the epochs whose budget is spent on the full set first); scores = "pass", no max_age and no proxy
---   (see below). fraction is required.
--- Cost: yours; a method of ctx that looks at the model makes one forward pass over n candidates, once
---   a selection.
--- Not when: a selector of th.select does the same: it is native and tested.
---
--- Example:
---     local First = th.select.define {
---       name = "First", fraction = 0.5,
---       select = function(ctx) return th.arange(1, ctx.budget) end,
---     }
---     assert(First.select({ budget = 3 }):equal(th.tensor { 1, 2, 3 }))
---@param given table name, fraction, select, every, first, warm, scores, max_age, proxy, state, load_state
---@return table selector as th.train takes it as `select`
function M.define(given)
  local o = options.check("select.define", given, base.scored_rules {
    name = { "string", required = true },
    select = { "callable", required = true },
    state = { "callable" }, load_state = { "callable" },
  }, 2)
  base.checked_source("select.define", o, 2)
  if (o.state == nil) ~= (o.load_state == nil) then
    error("select.define: options 'state' and 'load_state' go together", 2)
  end
  local name = o.name
  o.name = nil
  return selector(name, o, { select = o.select, state = o.state, load_state = o.load_state })
end

--- Every image, weight 1: what all else is measured against.
---
--- Formula: S = {1 … n}, w = 1.
--- Source: none needed.
--- Defaults: none; it takes no options.
--- Cost: nothing to select; an epoch trains on all n.
--- Not when: the question is what a budget buys: compare with a full run of the same seconds whose
---   learning rate decays fully in them.
---
--- Example:
---     assert(th.select.Full().fraction == 1)
---@return table selector as th.train takes it as `select`
function M.Full()
  return { name = "Full", fraction = 1, every = 1, first = 0, all = true, options = {} }
end

--- One uniform draw without replacement, kept for the whole run.
---
--- Formula: S uniform among the subsets of size k = floor(fraction n), w = 1.
--- Source: the "Random" of CORDS and of the GRAD-MATCH paper.
--- Defaults: no warm. fraction is required.
--- Cost: O(k) time and memory, once a run; no forward pass.
--- Not when: it is the only control: select.RS2 costs the same and is far better.
---
--- Example:
---     local selector = th.select.Random { fraction = 0.1 }
---     assert(#selector.select { n = 50, budget = 5, seed = 1 } == 5)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Random(given)
  local o = options.check("select.Random", given, {
    fraction = timing.fraction, warm = timing.warm,
  }, 2)
  o.every, o.first = math.maxinteger, 0
  return selector("Random", o, {
    select = function(ctx) return solve.random(ctx.n, ctx.budget, { seed = ctx.seed }) end,
  })
end

--- A fresh draw each epoch, the strong control: no selector is worth its cost that does not beat it.
---
--- Without replacement it walks through a permutation in chunks of k and takes a new one when it is
--- used up; where k does not divide n, the last chunk is filled up from the permutation's beginning.
---
--- Formula: S_t = the t-th chunk of k of a permutation of 1 … n; with replacement a uniform draw of k
---   each time; w = 1.
--- Source: RS2, Okanovic et al. 2024 (ICLR); "AdaptiveRandom" in CORDS.
--- Defaults: replacement = false, every = 1, first = 0, no warm. fraction is required.
--- Cost: O(n) time and memory a draw (O(k) with replacement); no forward pass.
--- Not when: the images to train on must stay the same, as where they have to be stored.
---
--- Example:
---     local selector = th.select.RS2 { fraction = 0.1 }
---     local a = selector.select { n = 50, budget = 5, seed = 1, draw = 0 }
---     local b = selector.select { n = 50, budget = 5, seed = 1, draw = 1 }
---     assert(th.select.jaccard(a, b) == 0)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.RS2(given)
  local o = options.check("select.RS2", given, rules({
    replacement = { "boolean", default = false },
  }, { first = 0 }), 2)
  return selector("RS2", o, {
    select = function(ctx)
      return solve.rs2(ctx.n, ctx.budget, {
        seed = ctx.seed, draw = ctx.draw, replacement = o.replacement,
      })
    end,
  })
end

--- Fixed batches drawn at random, the control of GradMatchPB and CRAIGPB.
---
--- Formula: ceil(k / B) of the ceil(n / B) batches of a fixed partition, without replacement; w = 1.
--- Source: this product's counterpart to the per-batch selectors of CORDS, which has none.
--- Defaults: keep_batches = true (the batches are trained on as they are; false pools and shuffles
---   their images), every = 1, first = 0, no warm. fraction is required.
--- Cost: O(n) time and memory a draw; no forward pass.
--- Not when: what is tested chooses single images: its control is select.RS2.
---
--- Example:
---     local selector = th.select.RandomPB { fraction = 0.1, keep_batches = false }
---     assert(selector.options.keep_batches == false)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.RandomPB(given)
  local o = options.check("select.RandomPB", given, rules({
    keep_batches = { "boolean", default = true },
  }, { first = 0 }), 2)
  return selector("RandomPB", o, {
    select = function(ctx)
      return solve.random_batches(ctx:batches(), ctx.budget, {
        seed = ctx.seed, epoch = ctx.epoch - 1, keep_batches = o.keep_batches,
      })
    end,
  })
end

local gradmatch_rules = {
  validation = { "boolean", default = false },
  lambda = { "number", from = 0 },
  absolute = { "boolean", default = false },
  eps = { "number", default = 0, from = 0 },
  linear_layer = { "boolean", default = true },
  weight_normalisation = { "string", default = "sum" },
}

-- A GRAD-MATCH of checked options. `problem(ctx)` gives what the mode alone needs.
local function gradmatch(name, o, problem)
  base.checked_source("select." .. name, o, 3)
  options.choice("select." .. name, "weight_normalisation", o.weight_normalisation,
    { "sum", "subset", "batch" }, 3)
  return selector(o.warm and name .. "-warm" or name, o, {
    weight_normalisation = o.weight_normalisation,
    select = function(ctx)
      local given = problem(ctx)
      given.residuals, given.embeddings = ctx:residuals(), o.linear_layer and ctx:embeddings() or nil
      if o.validation then
        local held_out = ctx:validation()
        given.held_out_residuals, given.held_out_labels = held_out.residuals, held_out.labels
        given.held_out_embeddings = o.linear_layer and held_out.embeddings or nil
      end
      given.labels, given.classes, given.budget = ctx.labels, ctx.classes, ctx.budget
      given.lambda, given.absolute, given.eps = o.lambda, o.absolute, o.eps
      given.seed, given.epoch = ctx.seed, ctx.epoch - 1
      return solve.gradmatch(given)
    end,
  })
end

--- GRAD-MATCH: weighted subsets whose last-layer gradients sum to those of all, by non-negative
--- orthogonal matching pursuit within each class.
---
--- mode "per_class_per_gradient" (the paper's) matches for class c the gradients of output c alone,
--- r_ic [1, h_i]; "per_class" whole gradients. Detectors have no class of an image: the gradients of
--- their head biases are matched whole and over all images, whatever the mode. validation matches the
--- sum over the run's validation data instead of the candidates' own; it needs validation examples of every class. lambda is relative
--- to the mean squared gradient norm, so that picks do not depend on the scale of the gradients;
--- absolute = true takes it as it is, 0.5 as published (late in training it then outweighs the gradients,
--- and most of the subset is random fill). The default is what 0.5 is beside the squared norm of about 120
--- that gradients of an untrained network were measured to have. Where fewer than k are found, uniform draws with the mean
--- selected weight fill the subset; the filled share is in the history.
---
--- weight_normalisation says what the weighted loss of a batch, sum(w l), is divided by: "sum", the sum
--- of its weights, so that only ratios within the batch matter (CORDS); "subset", its size times the
--- mean weight of the whole subset; "batch", its size, with the weights as they are, of order n / k.
---
--- Formula: min over S, |S| <= k, w >= 0 of ||sum_S w_i g_i - sum_j g_j||^2 + lambda ||w||^2, with g_i
---   = r_i (x) [1, h_i], residual r = p - y and embedding h, for each class.
--- Source: Killamsetty et al. 2021 (ICML), CORDS; relative lambda and fill weights are this product's.
--- Defaults: mode = "per_class_per_gradient", validation = false, lambda = 0.004 (0.5 with absolute),
---   absolute = false, eps = 0 (the relative residual to stop at), linear_layer = true (false: the bias alone),
---   weight_normalisation = "sum", scores = "pass" (see select.define), every = 20, first = 1, no warm.
---   fraction is required.
--- Cost: a forward pass over n (and the validation data); time sum over classes of n_c k_c (k_c + E)
---   for "per_class_per_gradient", with C + E for E in "per_class"; memory n (C + E) and n_c k_c floats
---   for one class at a time. No n x d matrix.
--- Not when: gradients are all alike (a well-fit network), nor for its speed at every = 1: the forward
---   pass then costs a third of a full epoch.
---
--- Example:
---     local selector = th.select.GradMatch { fraction = 0.3, every = 10, warm = 0.5 }
---     assert(selector.name == "GradMatch-warm" and selector.options.lambda == 0.004)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.GradMatch(given)
  local own = { mode = { "string", default = "per_class_per_gradient" } }
  for name, rule in pairs(gradmatch_rules) do own[name] = rule end
  local o = options.check("select.GradMatch", given, base.scored_rules(own, { every = 20 }), 2)
  options.choice("select.GradMatch", "mode", o.mode, { "per_class_per_gradient", "per_class" }, 2)
  o.lambda = o.lambda or o.absolute and 0.5 or 0.004
  return gradmatch("GradMatch", o, function(ctx)
    return { mode = ctx.classes == 1 and "per_class" or o.mode }
  end)
end

--- GRAD-MATCHPB: matching pursuit over the mean gradients of fixed batches; each image has its batch's
--- weight.
---
--- keep_batches trains on the chosen batches as they are (the paper's code; weights are then constant
--- within a batch, and cancel with weight_normalisation "sum"); false pools and shuffles their images
--- (CORDS today). validation, lambda, absolute, eps, linear_layer and weight_normalisation as in
--- select.GradMatch; with validation the target is the mean validation gradient times the number of
--- batches.
---
--- Formula: as select.GradMatch over the b = ceil(n / B) mean gradients R_b^T [1, H_b] / B, for ceil(k
---   / B) picks and no classes.
--- Source: Killamsetty et al. 2021 (ICML), CORDS.
--- Defaults: keep_batches = true, validation = false, lambda = 0, absolute = false, eps = 0,
---   linear_layer = true, weight_normalisation = "sum", scores = "pass" (see select.define),
---   every = 20, first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n C E + b (k / B) d and memory b d floats, d = C (E + 1) (C
---   without linear_layer).
--- Not when: batches are large and mixed: their means hardly differ, and select.RandomPB is free.
---
--- Example:
---     local selector = th.select.GradMatchPB { fraction = 0.3 }
---     assert(selector.options.lambda == 0 and selector.every == 20)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.GradMatchPB(given)
  local own = { keep_batches = { "boolean", default = true } }
  for name, rule in pairs(gradmatch_rules) do own[name] = rule end
  local o = options.check("select.GradMatchPB", given, base.scored_rules(own, { every = 20 }), 2)
  o.lambda = o.lambda or 0
  return gradmatch("GradMatchPB", o, function(ctx)
    return { mode = "per_batch", batches = ctx:batches(), keep_batches = o.keep_batches }
  end)
end

--- Whether `value` is a selector: a table with a name and a select function, or `Full`.
---
--- Example:
---     assert(th.select.is_selector(th.select.Full()) and not th.select.is_selector {})
---@param value any
---@return boolean is_selector
function M.is_selector(value)
  return type(value) == "table" and type(rawget(value, "name")) == "string"
    and (rawget(value, "all") == true or rawget(value, "select") ~= nil)
end

for _, family in ipairs { "cached", "scores", "online", "milo", "batches", "greedy" } do
  for name, make in pairs(require("thresh.selectors." .. family)) do M[name] = make end
end

M.gradients = require("thresh.gradients").gradients

-- The solvers themselves, for heuristics: select.omp and the like.
for name, f in pairs(solve) do
  if M[name] == nil then M[name] = f end
end

return M
