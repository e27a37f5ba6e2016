-- SPDX-License-Identifier: Apache-2.0
-- DUAL pruning (Cho, Shin, Kim and Yun 2025, "Lightweight Dataset Pruning without Full Training via Example
-- Difficulty and Prediction Uncertainty", ICML, arXiv 2502.06905), beside the random baselines on the
-- embedded digits.
--
-- With p_t the probability of an image's true class at epoch t, and for each window of J epochs its mean m
-- and standard deviation s (divisor J - 1), the score is the mean over windows of (1 - m) s: hard and
-- uncertain early in training. At high pruning the highest scores alone are too hard, so k images are drawn
-- without replacement with probabilities ~ score Beta(mean p; a, b), where b = 15 (1 - mean p of the ten
-- highest scores) (1 - r^c), a = 16 - b, and r the pruned part.
--
-- Approximated: the first T epochs of the run itself are the ones on all images that give p_t, and training
-- goes on from there with the subset; the paper trains anew, with T = 30 and J = 10 for runs of 200
-- epochs. p_t = exp(-loss) is harvested from training (last_losses), as in the authors' code, so scoring
-- costs no forward pass; the T full epochs are in the table.
--
--   thresh examples/heuristics/dual.lua [--epochs 20] [--fraction 0.2] [--seeds 1,2,3] [--scored 6] [--window 3]

local th = require "thresh"
local select = th.select

local o = th.arguments {
  epochs = { 20, "epochs of each run" },
  fraction = { 0.2, "part of the training images in a subset" },
  scored = { 6, "first epochs, on all images, that the score is made of: T" },
  window = { 3, "epochs in a window: J" },
  c = { 5.5, "how late sampling turns to easier images as more is pruned; the authors' for CIFAR-10" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  quiet = { false, "no progress lines" },
}

if o.window < 2 or o.window > o.scored then
  io.stderr:write("dual: needs --window from 2 to --scored, so that there is a window\n")
  os.exit(2)
end

-- The mean over windows of (1 - mean) std, from p (T, n). (n,)
local function dual_scores(p, window)
  local sum
  local windows = p.shape[1] - window + 1
  for t = 1, windows do
    local part = p[{ { t, t + window - 1 } }]                    -- (J, n)
    local score = (1 - part:mean(1)) * part:std(1)
    sum = sum and sum + score or score
  end
  return sum / windows
end

-- k images by score and the density of their mean probability; its constant factor cancels.
local function beta_draw(scores, mean, k, pruned, seed)
  local _, top = scores:topk(math.min(10, #scores))
  local b = 15 * (1 - mean[top]:mean():item()) * (1 - pruned ^ o.c)
  local m = mean:clamp { min = 1e-6, max = 1 - 1e-6 }
  return th.multinomial(scores * m ^ (15 - b) * (1 - m) ^ (b - 1), k, { seed = seed })
end

-- fraction = 1 lets it choose everything while it watches; then it chooses o.fraction once.
local dual = select.define {
  name = "DUAL", fraction = 1, first = 0, every = 1,
  select = function(ctx)
    local run = ctx.store.dual or { seen = {} }
    ctx.store.dual = run
    if run.chosen then return run.chosen end
    if ctx.epoch > 1 then run.seen[ctx.epoch - 1] = (-ctx.last_losses):exp() end
    if ctx.epoch <= o.scored then return th.arange(ctx.n) end
    local p = th.stack(run.seen):to "float64"                    -- (T, n)
    local k = math.floor(o.fraction * ctx.n)
    run.chosen = beta_draw(dual_scores(p, o.window), p:mean(1), k, 1 - o.fraction, ctx.seed)
    return run.chosen
  end,
}

print(th.compare {
  data = function(seed) return th.data.digits { seed = seed } end,
  model = function(seed) return th.models.resnet8 { in_channels = 1, classes = 10, seed = seed } end,
  optimizer = function(parameters)
    return th.optim.SGD(parameters, { lr = 0.05, momentum = 0.9, weight_decay = 5e-4, nesterov = true })
  end,
  schedule = function(epochs) return th.schedule.CosineAnnealingLR { t_max = epochs } end,
  epochs = o.epochs, batch_size = 32, seeds = o.seeds, quiet = o.quiet,
  selectors = {
    select.RS2 { fraction = o.fraction },
    select.Random { fraction = o.fraction },
    select.RandomPB { fraction = o.fraction },
    dual,
  },
})
