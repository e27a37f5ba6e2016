-- SPDX-License-Identifier: Apache-2.0
-- Subset selectors: plain tables with a name and one function, `select(ctx) -> indices, weights`.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select
local timing, rules, selector = base.timing, base.rules, base.new

local M = {}

--- A heuristic of your own: name, fraction, select(ctx) -> indices [, weights].
--
-- Also every (epochs between selections, 1), first (the first epoch to select at, counted from 0; 1,
-- since an untrained model has nothing to say; before it a uniform draw is trained on) and warm
-- (the part of the epochs whose budget is spent on the full set first).
function M.define(given)
  local o = options.check("select.define", given, rules {
    name = { "string", required = true },
    select = { "callable", required = true },
  }, 2)
  local name = o.name
  o.name = nil
  return selector(name, o, { select = o.select })
end

--- Every image, weight 1.
function M.Full()
  return { name = "Full", fraction = 1, every = 1, first = 0, all = true, options = {} }
end

--- One uniform draw without replacement, kept for the whole run.
function M.Random(given)
  local o = options.check("select.Random", given, {
    fraction = timing.fraction, warm = timing.warm,
  }, 2)
  o.every, o.first = math.maxinteger, 0
  return selector("Random", o, {
    select = function(ctx) return solve.random(ctx.n, ctx.budget, { seed = ctx.seed }) end,
  })
end

--- RS2 (Okanovic et al. 2024): a fresh draw each epoch. Without replacement (default) it walks
--- through a permutation in chunks of the budget, so that every image is seen equally often.
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

--- Fixed batches drawn at random, weight 1: the control of GradMatchPB.
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
  lambda = { "number", from = 0 },
  eps = { "number", default = 0, from = 0 },
  linear_layer = { "boolean", default = true },
}

--- GRAD-MATCH (Killamsetty et al. 2021): non-negative orthogonal matching pursuit on last-layer
--- gradients, within each class. mode: "per_class_per_gradient" (the paper's) or "per_class".
---
--- lambda (0.5 of the mean squared gradient norm by default) is relative, so that picks do not
--- depend on the scale of the gradients. When fewer than the budget are found, uniform draws with
--- the mean selected weight fill it; the filled share is recorded.
function M.GradMatch(given)
  local own = { mode = { "string", default = "per_class_per_gradient" } }
  for name, rule in pairs(gradmatch_rules) do own[name] = rule end
  local o = options.check("select.GradMatch", given, rules(own, { every = 20 }), 2)
  options.choice("select.GradMatch", "mode", o.mode, { "per_class_per_gradient", "per_class" }, 2)
  o.lambda = o.lambda or 0.5
  return selector(o.warm and "GradMatch-warm" or "GradMatch", o, {
    select = function(ctx)
      return solve.gradmatch {
        mode = o.mode, residuals = ctx:residuals(),
        embeddings = o.linear_layer and ctx:embeddings() or nil,
        labels = ctx.labels, classes = ctx.classes, budget = ctx.budget,
        lambda = o.lambda, eps = o.eps, seed = ctx.seed, epoch = ctx.epoch - 1,
      }
    end,
  })
end

--- GRAD-MATCHPB: matching pursuit over the mean gradients of fixed batches; each image has its
--- batch's weight. keep_batches trains on the chosen batches as they are (the paper's code: weights
--- are then constant within a batch and cancel); false pools and shuffles their images.
function M.GradMatchPB(given)
  local own = { keep_batches = { "boolean", default = true } }
  for name, rule in pairs(gradmatch_rules) do own[name] = rule end
  local o = options.check("select.GradMatchPB", given, rules(own, { every = 20 }), 2)
  o.lambda = o.lambda or 0
  return selector(o.warm and "GradMatchPB-warm" or "GradMatchPB", o, {
    select = function(ctx)
      return solve.gradmatch {
        mode = "per_batch", residuals = ctx:residuals(),
        embeddings = o.linear_layer and ctx:embeddings() or nil,
        labels = ctx.labels, classes = ctx.classes, budget = ctx.budget,
        lambda = o.lambda, eps = o.eps, seed = ctx.seed, epoch = ctx.epoch - 1,
        batches = ctx:batches(), keep_batches = o.keep_batches,
      }
    end,
  })
end

--- Whether `value` is a selector: a table with a name and a select function, or `Full`.
function M.is_selector(value)
  return type(value) == "table" and type(value.name) == "string"
    and (value.all == true or value.select ~= nil)
end

for _, family in ipairs { "cached", "scores", "online", "milo", "batches", "greedy" } do
  for name, make in pairs(require("thresh.selectors." .. family)) do M[name] = make end
end

-- The solvers themselves, for heuristics: select.omp and the like.
for name, f in pairs(solve) do
  if M[name] == nil then M[name] = f end
end

return M
