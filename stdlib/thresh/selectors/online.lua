-- SPDX-License-Identifier: Apache-2.0
-- Selectors that follow the run: GLISTER by the loss on held-out data, InfoBatch by the last losses.

local core = require "thresh.core"
local options = require "thresh.options"
local base = require "thresh.selector"
local solve = core.select

---@class select
local M = {}

--- GLISTER-online: the candidates whose gradient steps lower the loss on the validation data most.
--- Weights are 1.
---
--- greedy "naive" takes the best of all a pick, "stochastic" the best of n/k ln(1/epsilon) drawn ones,
--- "rounds" k / rounds picks at once. eta: by default the optimiser's last learning rate. linear_layer:
--- gradients of the weights too, not of the bias alone. validate_on: "test" chooses training data by
--- the test set, and its accuracy then says little.
---
--- Formula: gain(i) = <g_i, v>, with v the mean validation gradient of the last layer; after picks S
---   the validation logits stand one step along the sum of their gradients, o - eta sum_S g_i [1; h],
---   and v is that of those logits.
--- Source: Killamsetty et al. 2021 (AAAI), CORDS.
--- Defaults: greedy = "stochastic", epsilon = 0.01, rounds = 15, linear_layer = false,
---   validate_on = "validation", scores = "pass" (see select.define), every = 20, first = 1, no warm.
---   fraction is required.
--- Cost: forward passes over n candidates and m held-out images; stochastic O(n C E + k m C E), naive
---   O(k (n + m) C E), rounds O(rounds (n + m) C E) time, with E = 1 without linear_layer; O((n + m) (C
---   + E)) memory.
--- Not when: validation images are few or unclean, or one class fits badly: it has no class balance.
---
--- Example:
---     local selector = th.select.GLISTER { fraction = 0.1, greedy = "rounds", rounds = 20 }
---     assert(selector.options.validate_on == "validation")
---@param given table the options, as told above
---@return table selector as th.train takes it as `select`
function M.GLISTER(given)
  local o = options.check("select.GLISTER", given, base.scored_rules({
    greedy = { "string", default = "stochastic" },
    epsilon = { "number", default = 0.01, above = 0, to = 0.999 },
    rounds = { "integer", default = 15, from = 1 },
    eta = { "number", from = 0 },
    linear_layer = { "boolean", default = false },
    validate_on = { "string", default = "validation" },
  }, { every = 20 }), 2)
  base.checked_source("select.GLISTER", o, 2)
  options.choice("select.GLISTER", "greedy", o.greedy, { "naive", "stochastic", "rounds" }, 2)
  options.choice("select.GLISTER", "validate_on", o.validate_on, { "validation", "test" }, 2)
  return base.new(o.warm and "GLISTER-warm" or "GLISTER", o, {
    select = function(ctx)
      local held_out = ctx:validation(o.validate_on)
      return solve.glister {
        residuals = ctx:residuals(), embeddings = o.linear_layer and ctx:embeddings() or nil,
        held_out_logits = held_out.logits, held_out_labels = held_out.labels,
        held_out_embeddings = o.linear_layer and held_out.embeddings or nil,
        k = ctx.budget, eta = o.eta or ctx.lr, greedy = o.greedy, epsilon = o.epsilon,
        rounds = o.rounds, seed = ctx.seed, epoch = ctx.epoch - 1,
      }
    end,
  })
end

--- InfoBatch: leaves out part of the candidates whose last loss is below the mean, and weighs the rest
--- of them up, so that the expected gradient stays.
---
--- It has no fraction: what is left out follows the losses, 30 to 40 % in practice, not `ratio`. Losses
--- are harvested from training (a candidate not seen yet counts 3) and divided by the size of the
--- batch, not by the sum of weights. With schedule_per = "step" the schedule sees fewer steps in pruned
--- epochs.
---
--- Formula: each epoch drops ratio of {i: loss_i < mean loss}, drawn anew; the others of these have w =
---   1 / (1 - ratio), all else w = 1. From epoch delta T on it trains on everything.
--- Source: Qin et al. 2024 (ICLR).
--- Defaults: ratio = 0.5, delta = 0.875.
--- Cost: no forward pass; O(n) time and memory an epoch.
--- Not when: a given budget is to be kept, or more than half is to be pruned.
---
--- Example:
---     local selector = th.select.InfoBatch { ratio = 0.4 }
---     local ctx = { last_losses = th.tensor { 1.0, 1, 1, 9 }, epoch = 10, epochs = 10, seed = 1 }
---     assert(#selector.select(ctx).indices == 4)
---@param given? table the options, as told above
---@return table selector as th.train takes it as `select`
function M.InfoBatch(given)
  local o = options.check("select.InfoBatch", given, {
    ratio = { "number", default = 0.5, from = 0, to = 0.9 },
    delta = { "number", default = 0.875, from = 0, to = 1 },
  }, 2)
  -- Named in the trace, so that a replay divides as this does.
  o.fraction, o.every, o.first, o.weight_normalisation = 1, 1, 0, "batch"
  return base.new("InfoBatch", o, {
    weight_normalisation = "batch",
    select = function(ctx)
      return solve.infobatch {
        losses = ctx.last_losses, epoch = ctx.epoch - 1, epochs = ctx.epochs, ratio = o.ratio,
        delta = o.delta, seed = ctx.seed,
      }
    end,
  })
end

return M
