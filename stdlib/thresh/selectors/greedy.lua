-- SPDX-License-Identifier: Apache-2.0
-- Submodular greedy and geometric selectors: CRAIG, CRAIGPB, Submodular, KCenter, ContextualDiversity,
-- Herding; and the greedy algorithms for gains written in Lua.
--
-- n candidates of C classes, embeddings of E numbers, d numbers a feature, k picks.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select
local rules, selector = base.scored_rules, base.new

---@class select
local M = {}

-- Rules of its own beside shared ones.
local function with(own, shared)
  for name, rule in pairs(shared) do own[name] = own[name] or rule end
  return own
end

local greedy_rules = { greedy = { "string" }, epsilon = { "number", above = 0 } }
local algorithms = { "naive", "lazy", "stochastic", "lazier_than_lazy" }

local function check_greedy(what, o)
  if o.greedy then options.choice(what, "greedy", o.greedy, algorithms, 3) end
  local pools = o.greedy == "stochastic" or o.greedy == "lazier_than_lazy"
  if o.epsilon and not pools then
    error(what .. ": option 'epsilon' is for greedy = 'stochastic' or 'lazier_than_lazy'", 3)
  end
  if o.epsilon and o.epsilon >= 1 then
    error(string.format("%s: option 'epsilon' must be below 1, got %s", what, o.epsilon), 3)
  end
end

local function suffixed(name, o) return o.warm and name .. "-warm" or name end

-- The vectors of the candidates that option `on` names, as arguments of a solver.
local spaces = {
  -- Of images without embeddings, the gradients that their task gives.
  embeddings = function(ctx) return { features = ctx:embeddings() or ctx:residuals() } end,
  gradients = function(ctx) return { features = ctx:residuals(), embeddings = ctx:embeddings() } end,
  residuals = function(ctx) return { features = ctx:residuals() } end,
  probabilities = function(ctx) return { features = ctx:probabilities() } end,
}

local function arguments(ctx, o)
  local a = spaces[o.on](ctx)
  a.budget, a.seed, a.epoch = ctx.budget, ctx.seed, ctx.epoch - 1
  if o.balance then a.labels, a.classes = ctx.labels, ctx.classes end
  return a
end

local distances = { "squared_euclidean", "euclidean" }
local craig_rules = {
  metric = { "string", default = "squared_euclidean" },
  linear_layer = { "boolean", default = false },
}

--- CRAIG: medoids of the gradients, each weighted with the number of candidates that it represents.
---
--- mode "per_class" divides the budget by class size, and the weights of a class sum to its size;
--- "supervised" runs one greedy over all classes. D is of the residuals p - y, the paper's choice, or
--- of whole last-layer gradients with linear_layer; metric "squared_euclidean" is CORDS's, "euclidean"
--- the paper's. greedy: "lazy" (the picks of "naive"), "stochastic" or "lazier_than_lazy" (epsilon
--- 0.01), these two within classes only.
---
--- Formula: max over S of sum_i max_{j in S} (max(D) - D_ij); w_j = how many i have j as their nearest.
--- Source: Mirzasoleiman, Bilmes and Leskovec 2020 (ICML), CORDS.
--- Defaults: mode = "per_class", metric = "squared_euclidean", linear_layer = false, greedy "lazy",
---   scores = "pass" (see select.define), every = 20, first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n_c^2 (C + E) for each class of n_c candidates, and little for the
---   picks; memory n_c^2 floats for one class at a time up to n_c = 8192, above that 64 rows, with more
---   time for the picks.
--- Not when: classes are few and huge, or gradients all alike (a well-fit network): select.RS2 is free
---   and hard to beat.
---
--- Example:
---     local selector = th.select.CRAIG { fraction = 0.1, greedy = "stochastic" }
---     assert(selector.name == "CRAIG" and selector.options.mode == "per_class")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.CRAIG(given)
  local o = options.check("select.CRAIG", given, rules(with({
    mode = { "string", default = "per_class" },
  }, with(with({}, craig_rules), greedy_rules)), { every = 20 }), 2)
  base.checked_source("select.CRAIG", o, 2)
  options.choice("select.CRAIG", "mode", o.mode, { "per_class", "supervised" }, 2)
  options.choice("select.CRAIG", "metric", o.metric, distances, 2)
  check_greedy("select.CRAIG", o)
  if o.mode == "supervised" and o.greedy and o.greedy ~= "naive" and o.greedy ~= "lazy" then
    error("select.CRAIG: mode 'supervised' needs the naive or the lazy greedy", 2)
  end
  return selector(suffixed("CRAIG", o), o, {
    select = function(ctx)
      return solve.craig {
        mode = o.mode, residuals = ctx:residuals(),
        embeddings = o.linear_layer and ctx:embeddings() or nil,
        labels = ctx.labels, classes = ctx.classes, budget = ctx.budget, metric = o.metric,
        greedy = o.greedy, epsilon = o.epsilon, seed = ctx.seed, epoch = ctx.epoch - 1,
      }
    end,
  })
end

--- CRAIGPB: CRAIG over the mean gradients of fixed batches; each image has the weight of its batch, and
--- the weights of the batches sum to their number.
---
--- keep_batches trains on the chosen batches as they are (weights are then constant within a batch and
--- cancel in the weighted mean); false pools and shuffles their images. greedy, epsilon: as in
--- select.CRAIG.
---
--- Formula: that of select.CRAIG over the b = ceil(n / B) batch means.
--- Source: CORDS (decile-team).
--- Defaults: keep_batches = true, metric = "squared_euclidean", linear_layer = false, greedy "lazy",
---   scores = "pass" (see select.define), every = 20, first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n C E + b^2 C E and memory b (C (E + 1) + b) floats.
--- Not when: batches are large and mixed: their means hardly differ.
---
--- Example:
---     local selector = th.select.CRAIGPB { fraction = 0.1, metric = "euclidean" }
---     assert(selector.name == "CRAIGPB" and selector.options.keep_batches)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.CRAIGPB(given)
  local o = options.check("select.CRAIGPB", given, rules(with({
    keep_batches = { "boolean", default = true },
  }, with(with({}, craig_rules), greedy_rules)), { every = 20 }), 2)
  base.checked_source("select.CRAIGPB", o, 2)
  options.choice("select.CRAIGPB", "metric", o.metric, distances, 2)
  check_greedy("select.CRAIGPB", o)
  return selector(suffixed("CRAIGPB", o), o, {
    select = function(ctx)
      return solve.craig {
        mode = "per_batch", residuals = ctx:residuals(),
        embeddings = o.linear_layer and ctx:embeddings() or nil,
        batches = ctx:batches(), keep_batches = o.keep_batches, budget = ctx.budget,
        metric = o.metric, greedy = o.greedy, epsilon = o.epsilon, seed = ctx.seed,
        epoch = ctx.epoch - 1,
      }
    end,
  })
end

local objectives = {
  "facility_location", "graph_cut", "log_determinant", "saturated_coverage", "disparity_sum",
  "disparity_min",
}

--- Subsets that maximise a function of similarities, weight 1.
---
--- objective, with s the similarities and D the distances:
---   "facility_location"   sum_i max_{j in S} s_ij
---   "graph_cut"           lambda sum_{i in V, j in S} s_ij - sum_{i,j in S} s_ij   (lambda 2)
---   "log_determinant"     log det(s_SS + ridge I)                                   (ridge 1)
---   "saturated_coverage"  sum_i min(sum_{j in S} s_ij, alpha sum_{j in V} s_ij)     (alpha 0.1)
---   "disparity_sum", "disparity_min"  the sum or the least of the distances within S; not submodular
--- metric: "cosine" ((1 + cos) / 2), "rbf" (exp(-D^2 / (width mean(D^2))), width 0.1), "dot",
--- "squared_euclidean", "euclidean" (max(D) - D). on: "gradients" (of the last layer), "embeddings",
--- "residuals" or "probabilities". greedy: "lazy" where the function is submodular, else "naive";
--- "stochastic" and "lazier_than_lazy" look at ceil(n/k ln(1/epsilon)) candidates a pick (epsilon
--- 0.01). balance divides the budget by class.
---
--- Formula: greedy for max over S, |S| = k, of objective(S).
--- Source: DeepCore (Guo et al. 2022), submodlib, apricot; greedy: Nemhauser, Wolsey and Fisher 1978,
---   lazy: Minoux 1978, stochastic: Mirzasoleiman et al. 2015.
--- Defaults: objective = "facility_location", metric = "cosine", on = "gradients", balance = true,
---   scores = "pass" (see select.define), every = 20, first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; with n the size of a class, time n^2 d for facility location, graph cut
---   and saturated coverage, k n (d + k) for the log-determinant, k n d for disparity, d = C + E for
---   gradients; memory n^2 floats of one class up to n = 8192 for facility location and saturated
---   coverage (64 rows above that), k n for the log-determinant, else n.
--- Not when: n is large and balance false; disparity picks outliers, so not on noisy labels.
---
--- Example:
---     local selector = th.select.Submodular { fraction = 0.1, objective = "graph_cut", on = "embeddings" }
---     assert(selector.name == "Submodular-graph_cut")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Submodular(given)
  local o = options.check("select.Submodular", given, rules(with({
    objective = { "string", default = "facility_location" },
    metric = { "string", default = "cosine" },
    on = { "string", default = "gradients" },
    balance = { "boolean", default = true },
    lambda = { "number", from = 0 }, ridge = { "number", from = 0 },
    alpha = { "number", above = 0, to = 1 }, width = { "number", above = 0 },
  }, greedy_rules), { every = 20 }), 2)
  base.checked_source("select.Submodular", o, 2)
  options.choice("select.Submodular", "objective", o.objective, objectives, 2)
  options.choice("select.Submodular", "metric", o.metric,
    { "cosine", "rbf", "dot", "squared_euclidean", "euclidean" }, 2)
  options.choice("select.Submodular", "on", o.on,
    { "gradients", "embeddings", "residuals", "probabilities" }, 2)
  check_greedy("select.Submodular", o)
  return selector(suffixed("Submodular-" .. o.objective, o), o, {
    select = function(ctx)
      local a = arguments(ctx, o)
      a.objective, a.metric, a.width = o.objective, o.metric, o.width
      a.lambda, a.ridge, a.alpha = o.lambda, o.ridge, o.alpha
      a.greedy, a.epsilon = o.greedy, o.epsilon
      return solve.submodular(a)
    end,
  })
end

local geometry_rules = {
  on = { "string", default = "embeddings" },
  balance = { "boolean", default = true },
}

--- k-center greedy, or core-set: each pick is the candidate farthest from its nearest pick. The first
--- one is drawn; weight 1.
---
--- on: "embeddings", "gradients", "residuals" or "probabilities". balance divides the budget by class.
---
--- Formula: argmax_i min_{j in S} ||x_i - x_j||; at most twice the best radius.
--- Source: Sener and Savarese 2018 (ICLR); Gonzalez 1985.
--- Defaults: on = "embeddings", balance = true, scores = "pass" (see select.define), every = 20,
---   first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n d a pick, memory n numbers (a copy of one class's features with
---   balance).
--- Not when: labels are noisy or data have outliers, which it takes first.
---
--- Example:
---     local selector = th.select.KCenter { fraction = 0.1, on = "probabilities" }
---     assert(selector.options.on == "probabilities")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.KCenter(given)
  local o = options.check("select.KCenter", given, rules(with({}, geometry_rules), { every = 20 }), 2)
  base.checked_source("select.KCenter", o, 2)
  options.choice("select.KCenter", "on", o.on,
    { "embeddings", "gradients", "residuals", "probabilities" }, 2)
  return selector(suffixed("KCenter", o), o, {
    select = function(ctx) return solve.k_center(arguments(ctx, o)) end,
  })
end

--- Contextual diversity: k-center greedy on the divergence of the predicted probabilities; weight 1.
---
--- Formula: as select.KCenter with the distance (KL(p || q) + KL(q || p)) / 2.
--- Source: Agarwal et al. 2020 (ECCV), as in DeepCore.
--- Defaults: balance = true (the budget is divided by class), scores = "pass" (see select.define),
---   every = 20, first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n C a pick, memory n C numbers.
--- Not when: the model is untrained or saturated: its probabilities say nothing.
---
--- Example:
---     local selector = th.select.ContextualDiversity { fraction = 0.1, balance = false }
---     assert(selector.options.balance == false)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.ContextualDiversity(given)
  local o = options.check("select.ContextualDiversity", given, rules({
    balance = { "boolean", default = true },
  }, { every = 20 }), 2)
  base.checked_source("select.ContextualDiversity", o, 2)
  return selector(suffixed("ContextualDiversity", o), o, {
    select = function(ctx)
      local a = arguments(ctx, { on = "probabilities", balance = o.balance })
      a.distance = "symmetric_kl"
      return solve.k_center(a)
    end,
  })
end

--- Herding: each pick makes the mean of the picks nearest to the mean of all; weight 1.
---
--- on: "embeddings", "residuals" or "probabilities". balance divides the budget by class.
---
--- Formula: argmin_j ||(t + 1) mu - sum_S h - h_j||, with t picks S so far and mu the mean of all h.
--- Source: Welling 2009; iCaRL, Rebuffi et al. 2017 (CVPR).
--- Defaults: on = "embeddings", balance = true, scores = "pass" (see select.define), every = 20,
---   first = 1, no warm. fraction is required.
--- Cost: a forward pass over n; time n d a pick, memory n numbers.
--- Not when: budgets are small and classes have several modes: their mean is typical of none.
---
--- Example:
---     local selector = th.select.Herding { fraction = 0.1 }
---     assert(selector.options.on == "embeddings")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.Herding(given)
  local o = options.check("select.Herding", given, rules(with({}, geometry_rules), { every = 20 }), 2)
  base.checked_source("select.Herding", o, 2)
  options.choice("select.Herding", "on", o.on, { "embeddings", "residuals", "probabilities" }, 2)
  return selector(suffixed("Herding", o), o, {
    select = function(ctx)
      local a = arguments(ctx, o)
      a.seed, a.epoch = nil, nil
      return solve.herding(a)
    end,
  })
end

--- Greedy maximisation of gains that a function tells: k of n candidates, the lowest of equals first.
---
---     select.greedy { n = 100, k = 10, gain = function(i, chosen) … end }
---
--- gain(i, chosen) says what candidate i would add to the list `chosen`, -math.huge where it cannot
--- join; update(i, chosen), if given, is called after i has joined. greedy "lazy" is for gains that
--- never grow: same picks, fewer calls; "stochastic" and "lazier_than_lazy" (epsilon 0.01, seed, epoch)
--- look at ceil(n/k ln(1/epsilon)) candidates a pick. Returns indices, gains and evaluations.
---
--- Formula: k times argmax_i gain(i, S).
--- Source: Nemhauser, Wolsey and Fisher 1978; lazy: Minoux 1978; stochastic: Mirzasoleiman et al. 2015.
--- Defaults: greedy "naive", seed 0, epoch 0.
--- Cost: naive n k calls of gain, stochastic n ln(1/epsilon); lazy n and a few for each pick, n k at
---   worst. O(n) memory.
--- Not when: a native objective does it (select.submodular): a call of Lua costs far more than a row of
---   similarities.
---
--- Example:
---     local value = { 3, 1, 2 }
---     local found = th.select.greedy { n = 3, k = 2, gain = function(i) return value[i] end }
---     assert(found.indices:equal(th.tensor { 1, 3 }))
---@param given table n, k, gain, update, greedy, epsilon, seed, epoch
---@return table result indices, gains and evaluations
function M.greedy(given)
  local o = options.check("select.greedy", given, with({
    n = { "integer", required = true, from = 1 }, k = { "integer", required = true, from = 1 },
    gain = { "callable", required = true }, update = { "callable" },
    seed = { "integer" }, epoch = { "integer" },
  }, greedy_rules), 2)
  check_greedy("select.greedy", o)
  for _, name in ipairs { "gain", "update" } do
    local f = o[name]
    if f and type(f) ~= "function" then o[name] = function(...) return f(...) end end
  end
  o.chosen = {}
  return solve.greedy(o)
end

return M
