-- SPDX-License-Identifier: Apache-2.0
-- Which training data is worth training on? Seven answers on the embedded digits, one table.
--
--   thresh examples/quickstart.lua [--seed 1] [--epochs 20] [--fraction 0.2]

local th = require "thresh"
local nn, optim, schedule, select = th.nn, th.optim, th.schedule, th.select

local o = th.arguments {
  seed = { 1, "the seed of everything that is random" },
  epochs = { 20, "epochs of each run" },
  fraction = { 0.2, "part of the training images in a subset" },
  quiet = { false, "no progress lines" },
}

-- A heuristic of one's own: the images whose two best classes are closest.
local function margin()
  return select.define {
    name = "Margin (Lua)", fraction = o.fraction, every = 5,
    select = function(ctx)
      local top = ctx:probabilities():topk(2)                      -- (n, 2)
      local gap = top[{ {}, 1 }] - top[{ {}, 2 }]                  -- (n,)
      local _, indices = gap:topk(ctx.budget, { largest = false })
      return indices
    end,
  }
end

local function sgd(lr)
  return function(parameters)
    return optim.SGD(parameters, { lr = lr, momentum = 0.9, weight_decay = 5e-4, nesterov = true })
  end
end

local f = o.fraction
local result = th.compare {
  data = function(seed) return th.data.digits { seed = seed } end,
  model = function(seed) return th.models.resnet8 { in_channels = 1, classes = 10, seed = seed } end,
  optimizer = sgd(0.05),
  schedule = function(epochs) return schedule.CosineAnnealingLR { t_max = epochs } end,
  epochs = o.epochs, batch_size = 32, seeds = { o.seed }, quiet = o.quiet,
  traces = os.getenv("THRESH_TRACES") or "runs/quickstart",
  selectors = {
    select.Full(),
    select.RS2 { fraction = f },
    select.RandomPB { fraction = f },
    select.GradMatch { fraction = f, every = 5 },
    select.GradMatchPB { fraction = f, every = 5, warm = 0.5 },
    margin(),
    { label = "Full, lr 0.1", select = select.Full(), optimizer = sgd(0.1) },
    {
      label = "Cached-GradMatch, lr 0.1", optimizer = sgd(0.1), baseline = "Full, lr 0.1",
      select = function(run) return select.Cached { trace = run.traces["GradMatch"] } end,
    },
  },
}
print(result)
