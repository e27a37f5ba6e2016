-- SPDX-License-Identifier: Apache-2.0
-- MILO and its parts: subsets from fixed embeddings, whatever the model in training does.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select

---@class select
local M = {}

-- Where embeddings come from, and how alike they are: the same for all.
local embedding_rules = {
  embeddings = { "userdata" },
  proxy = { "userdata" },
  similarity = { "string", default = "rbf" },
}
local graph_cut_rules = { lambda = { "number", default = 0.4, from = 0, to = 0.5 } }
local sge_rules = {
  subsets = { "integer", default = 300, from = 1 },
  epsilon = { "number", default = 0.01, above = 0, to = 0.999 },
}
local wre_rules = {
  objective = { "string", default = "disparity_min" },
  temperature = { "number", default = 1, above = 0 },
}

local function check(name, given, parts, defaults)
  local what, own = "select." .. name, {}
  for _, part in ipairs(parts) do
    for key, rule in pairs(part) do own[key] = rule end
  end
  local o = options.check(what, given, base.rules(own, defaults), 3)
  if (o.embeddings == nil) == (o.proxy == nil) then
    error(what .. ": needs either 'embeddings', an (n, E) tensor, or 'proxy', a trained model", 3)
  end
  if o.embeddings ~= nil and not core.is_tensor(o.embeddings) then
    error(string.format("%s: option 'embeddings' must be a tensor, got %s", what,
      options.shown(o.embeddings)), 3)
  end
  if o.proxy ~= nil and not core.nn.is_module(o.proxy) then
    error(string.format("%s: option 'proxy' must be a module, got %s", what,
      options.shown(o.proxy)), 3)
  end
  options.choice(what, "similarity", o.similarity, { "rbf", "cosine" }, 3)
  if o.objective then
    options.choice(what, "objective", o.objective, { "graph_cut", "disparity_min" }, 3)
  end
  return o
end

-- Tells selectors of one run apart by what they choose from: a sum of the embeddings, or of the proxy's weights.
local function key_of(o)
  local sum = 0
  for _, tensor in ipairs(o.proxy and o.proxy:parameters() or { o.embeddings }) do
    sum = sum + tensor:detach():to("float64"):sum():item()
  end
  return string.format("thresh.milo %s %s %s %s %.17g", o.similarity, o.lambda or "none", o.objective or "none",
    o.temperature or "none", sum)
end

-- What make() gives, once a run. A selector may serve several runs, so it is kept by the run, under a key that
-- is the same when the run is resumed.
local function once(ctx, o, key, make)
  o.key = o.key or key_of(o)
  local kept = ctx.store[o.key] or {}
  ctx.store[o.key] = kept
  if kept[key] == nil then kept[key] = make() end
  return kept[key]
end

local function problem(ctx, o)
  local given = o.embeddings
  if given and (given.ndim ~= 2 or given.shape[1] ~= ctx.n) then
    error(string.format("embeddings must have a row for each of %d candidates, got shape (%s)",
      ctx.n, table.concat(given.shape, ", ")), 0)
  end
  local embeddings = given or once(ctx, o, "embeddings", function()
    local view = ctx:with_model(o.proxy)
    local found = view:embeddings()
    ctx.forwarded = ctx.forwarded + view.forwarded
    return found
  end)
  return {
    embeddings = embeddings, labels = ctx.labels, classes = ctx.classes, similarity = o.similarity,
    lambda = o.lambda,
  }
end

local function sge(ctx, o)
  local given = problem(ctx, o)
  local sums = once(ctx, o, "sums", function() return solve.similarity_sums(given) end)
  given.k, given.epsilon, given.sums, given.seed = ctx.budget, o.epsilon, sums, ctx.seed
  given.subset = ctx.draw % o.subsets
  return solve.sge(given)
end

local function wre(ctx, o)
  local probabilities = once(ctx, o, "probabilities", function()
    local given = problem(ctx, o)
    given.objective = o.objective
    return solve.wre_probabilities {
      gains = solve.milo_order(given).gains, labels = ctx.labels, classes = ctx.classes,
      temperature = o.temperature,
    }
  end)
  return solve.wre {
    probabilities = probabilities, labels = ctx.labels, classes = ctx.classes, k = ctx.budget,
    seed = ctx.seed, epoch = ctx.epoch - 1,
  }
end

--- SGE, stochastic greedy exploration, of MILO: each epoch the next of `subsets` near-maxima of graph
--- cut within each class. Weights are 1.
---
--- `embeddings` (n, E) of a pretrained encoder, or `proxy`, a trained model whose embeddings are taken
--- in one pass; one of them is required. similarity: "rbf", exp(-d^2 / (0.1 mean d^2)), or "cosine".
--- Budgets of classes by largest remainder.
---
--- Formula: max over S of sum_{i in V, j in S} s_ij - lambda sum_{i,j in S} s_ij; each pick is the best
---   of n_c/k_c ln(1/epsilon) drawn ones.
--- Source: MILO, Killamsetty et al. 2023 (arXiv 2301.13287), CORDS.
--- Defaults: similarity = "rbf", lambda = 0.4, subsets = 300, epsilon = 0.01, every = 1, first = 0, no
---   warm. fraction is required.
--- Cost: O(sum n_c^2 E) time once, O(k n_c E) a subset, O(n_c E) memory (a row of similarities at a
---   time); with proxy one forward pass a run.
--- Not when: the run is long and nothing else follows: it shows the typical candidates again and again.
---
--- Example:
---     local embeddings = th.randn(20, 4)
---     local selector = th.select.SGE { fraction = 0.5, embeddings = embeddings, subsets = 100 }
---     assert(selector.options.subsets == 100)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.SGE(given)
  local o = check("SGE", given, { embedding_rules, graph_cut_rules, sge_rules }, { first = 0 })
  return base.new("SGE", o, { select = function(ctx) return sge(ctx, o) end })
end

--- WRE, weighted random exploration, of MILO: each epoch a weighted draw without replacement within
--- each class. Weights are 1.
---
--- gain is what a candidate added to `objective` when the greedy order of its class reached it:
--- "disparity_min" (its distance from those before, the paper's) or "graph_cut". embeddings, proxy,
--- similarity: as in select.SGE.
---
--- Formula: p ~ 1 + z + z^2 / 2 (the Taylor softmax of order 2), z = (gain - least gain) / temperature.
--- Source: MILO, Killamsetty et al. 2023 (arXiv 2301.13287), CORDS.
--- Defaults: objective = "disparity_min", temperature = 1, lambda = 0.4, similarity = "rbf", every = 1,
---   first = 0, no warm. fraction is required.
--- Cost: O(sum n_c^2 E) time once, O(n) an epoch, O(n_c E) memory; with proxy one forward pass a run.
--- Not when: distance in the embeddings means little: it draws outliers most.
---
--- Example:
---     local embeddings = th.randn(20, 4)
---     local selector = th.select.WRE { fraction = 0.5, embeddings = embeddings, temperature = 0.5 }
---     assert(selector.options.temperature == 0.5)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.WRE(given)
  local o = check("WRE", given, { embedding_rules, graph_cut_rules, wre_rules }, { first = 0 })
  return base.new("WRE", o, { select = function(ctx) return wre(ctx, o) end })
end

--- MILO: SGE for the first part of the epochs, WRE for the rest: typical candidates first, then varied
--- ones.
---
--- It looks at embeddings alone, so what it computes can be replayed by select.Cached for any model.
--- Options: as in select.SGE and select.WRE.
---
--- Formula: SGE while epoch < sge_part T, then WRE.
--- Source: Killamsetty et al. 2023 (arXiv 2301.13287), CORDS.
--- Defaults: sge_part = 1 / 6, similarity = "rbf", lambda = 0.4, subsets = 300, epsilon = 0.01,
---   objective = "disparity_min", temperature = 1, every = 1, first = 0, no warm. fraction is required.
--- Cost: that of select.SGE and select.WRE: O(sum n_c^2 E) time once, O(k n_c E) a subset, O(n_c E)
---   memory.
--- Not when: there are no good embeddings: the paper's come from a large pretrained encoder, a small
---   proxy's are a substitute.
---
--- Example:
---     local embeddings = th.randn(20, 4)
---     local selector = th.select.MILO { fraction = 0.5, embeddings = embeddings, sge_part = 0.25 }
---     assert(selector.options.sge_part == 0.25)
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.MILO(given)
  local part = { sge_part = { "number", default = 1 / 6, from = 0, to = 1 } }
  local o = check("MILO", given, { embedding_rules, graph_cut_rules, sge_rules, wre_rules, part },
    { first = 0 })
  return base.new("MILO", o, {
    select = function(ctx)
      if ctx.epoch - 1 < o.sge_part * ctx.epochs - 1e-9 * ctx.epochs then return sge(ctx, o) end
      return wre(ctx, o)
    end,
  })
end

--- MILOFixed: the head of each class's greedy graph-cut order, one subset for the whole run. Weights
--- are 1.
---
--- embeddings, proxy, similarity: as in select.SGE.
---
--- Formula: the k_c first picks of greedy for sum_{i in V, j in S} s_ij - lambda sum_{i,j in S} s_ij.
--- Source: MILO, Killamsetty et al. 2023 (arXiv 2301.13287), CORDS.
--- Defaults: similarity = "rbf", lambda = 0.4, first = 0, asked once (every = math.maxinteger), no
---   warm. fraction is required.
--- Cost: O(sum n_c^2 E) time once; O(n_c E) memory, and the similarities of a class where they fit 256
---   MiB; with proxy one forward pass a run.
--- Not when: the fraction is small: a fixed subset shows the same typical images in every epoch.
---
--- Example:
---     local embeddings = th.randn(20, 4)
---     local selector = th.select.MILOFixed { fraction = 0.5, embeddings = embeddings, similarity = "cosine" }
---     assert(selector.options.similarity == "cosine")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.MILOFixed(given)
  local o = check("MILOFixed", given, { embedding_rules, graph_cut_rules },
    { first = 0, every = math.maxinteger })
  return base.new("MILOFixed", o, {
    select = function(ctx)
      return solve.by_score {
        scores = solve.milo_order(problem(ctx, o)).ranks, highest = false, k = ctx.budget,
        labels = ctx.labels, classes = ctx.classes,
      }
    end,
  })
end

return M
