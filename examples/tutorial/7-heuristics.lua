-- SPDX-License-Identifier: Apache-2.0
-- 7. A heuristic of your own
--
-- A heuristic is a Lua function of `ctx`: the epoch, the budget, and what the model says of every candidate, computed
-- when it is first asked for.
local th = require "thresh"
local select = th.select

-- The hardest images that are not noise: by loss, without the worst twentieth.
local Hard = select.define {
  name = "Hard", fraction = 0.2, every = 2,
  select = function(ctx)
    local order = ctx:losses():argsort { descending = true }
    local skip = ctx.n // 20
    return order:narrow(1, skip + 1, ctx.budget)
  end,
}

-- The same with diversity: k-center among the harder half, on embeddings.
local Spread = select.define {
  name = "Spread", fraction = 0.2, every = 2,
  select = function(ctx)
    local hard = ctx:losses():argsort { descending = true }:narrow(1, 1, ctx.n // 2)
    local centers = select.k_center { features = ctx:embeddings():index_select(1, hard), k = ctx.budget }
    return hard:index_select(1, centers.indices)
  end,
}

local result = th.compare {
  data = th.data.digits(), epochs = 6, batch_size = 64, seeds = { 1 }, quiet = true,
  selectors = { select.RS2 { fraction = 0.2 }, Hard, Spread },
  model = function(seed) return th.models.resnet8 { classes = 10, in_channels = 1, width = 8, seed = seed } end,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.1, momentum = 0.9 }) end,
}
print(result)

-- Weights go with the indices: return { indices = …, weights = … }. What is wrong is told at once.
local Wrong = select.define { name = "Wrong", fraction = 0.2, first = 0, select = function() return { 0, 1 } end }
local model = th.models.mlp { classes = 10, in_channels = 1, image_size = 8, seed = 1 }
local ok, message = pcall(th.train, {
  model = model, data = th.data.digits(), select = Wrong, epochs = 2, quiet = true,
  optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 }),
})
print(ok, message)
assert(not ok and message:find "Wrong")
