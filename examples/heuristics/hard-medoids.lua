-- SPDX-License-Identifier: Apache-2.0
-- Hard medoids: a heuristic put together from primitives. Among the images with the highest losses it takes
-- those that represent the others best (facility location on the embeddings), each weighted with how many
-- it stands for. Beside the random baselines on the embedded digits.
--
-- Hardness alone picks near-duplicates and outliers; the medoids of the hard ones are neither.
--
--   thresh examples/heuristics/hard-medoids.lua [--epochs 20] [--fraction 0.2] [--seeds 1,2,3] [--pool 3] [--every 5]

local th = require "thresh"
local select = th.select

local o = th.arguments {
  epochs = { 20, "epochs of each run" },
  fraction = { 0.2, "part of the training images in a subset" },
  pool = { 3, "hard images to choose among, in budgets" },
  every = { 5, "epochs between two selections" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  quiet = { false, "no progress lines" },
}

local hard_medoids = select.define {
  name = "Hard medoids", fraction = o.fraction, every = o.every,
  select = function(ctx)
    local count = math.min(ctx.n, math.floor(o.pool * ctx.budget))
    local _, hard = ctx:losses():topk(count)                     -- (count,)
    local medoids = select.facility_location {
      features = ctx:embeddings()[hard], k = ctx.budget, metric = "cosine",
    }
    return hard[medoids.indices], medoids.weights
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
    hard_medoids,
  },
})
