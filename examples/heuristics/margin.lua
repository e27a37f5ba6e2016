-- SPDX-License-Identifier: Apache-2.0
-- Margin: the images whose two likeliest classes are closest, a heuristic in six lines, beside the random
-- baselines on the embedded digits. It looks at the images near the decision boundary alone, and pays for
-- it: compare its line with RS2's.
--
--   thresh examples/heuristics/margin.lua [--epochs 20] [--fraction 0.2] [--seeds 1,2,3] [--every 5]

local th = require "thresh"
local select = th.select

local o = th.arguments {
  epochs = { 20, "epochs of each run" },
  fraction = { 0.2, "part of the training images in a subset" },
  every = { 5, "epochs between two selections" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  quiet = { false, "no progress lines" },
}

local margin = select.define {
  name = "Margin", fraction = o.fraction, every = o.every,
  select = function(ctx)
    local top = ctx:probabilities():topk(2)                      -- (n, 2)
    local gap = top[{ {}, 1 }] - top[{ {}, 2 }]                  -- (n,)
    local _, indices = gap:topk(ctx.budget, { largest = false })
    return indices
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
    margin,
  },
})
