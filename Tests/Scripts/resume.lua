-- SPDX-License-Identifier: Apache-2.0
-- Runs that are cut off at a batch and gone on with, with every selector; what is refused; accumulation.
local scratch, scripts = ...
local th = require "thresh"
local tasks = require "thresh.task"
local support = dofile(scripts .. "/support.lua")
local outcome = dofile(scripts .. "/resume/outcome.lua")
local select = th.select

-- The `limit`-th batch whose losses are asked for raises an error, in training and in no other pass.
local calls, limit = 0, math.huge
local function task()
  local own = tasks.classification {}
  local losses = own.losses
  own.losses = function(batch, logits)
    calls = calls + 1
    if calls == limit then error("cut off", 0) end
    return losses(batch, logits)
  end
  return own
end

local digits = th.data.digits { validation = 0.1 }
local data = {
  train = digits.train:subset(th.arange(1, 192)), validation = digits.validation,
  test = digits.test:subset(th.arange(1, 40)),
}

-- A model that draws random numbers as it trains.
local function net()
  return th.nn.Sequential(th.models.mlp { in_channels = 1, image_size = 8, width = 12, classes = 12, seed = 3 },
    th.nn.Dropout(0.1), th.nn.Linear(12, 10))
end

local start = net():state_dict()

local function copy_of(state)
  local copy = {}
  for name, tensor in pairs(state) do copy[name] = tensor:clone() end
  return copy
end

-- Trains from the same start, in `folder`. `make` gives the options of a run, new ones each time.
local function run(make, folder, at)
  th.manual_seed(11)
  local model = net()
  model:load_state_dict(copy_of(start))
  model:load_random_state(th.tensor { { 1, 2, 0 } })
  local config = make(folder)
  local optimizer = config.optimizer or th.optim.SGD
  config.optimizer = optimizer(model:parameters(), config.optimizer_options or { lr = 0.05, momentum = 0.9 })
  config.optimizer_options = nil
  config.model, config.data, config.task = model, config.data or data, task()
  config.epochs, config.batch_size = config.epochs or 3, config.batch_size or 32
  config.seed, config.quiet = 7, true
  config.checkpoint = config.checkpoint or { path = folder .. "/checkpoints", seconds = 1e-9, every = 2 }
  calls, limit = 0, at or math.huge
  return th.train(config), model, config.optimizer
end

local number = 0
local function new_folder()
  number = number + 1
  local folder = scratch .. "/" .. number
  th.make_directory(folder)
  return folder
end

-- A run that is cut off again and again ends as one that is not.
local function check(what, make)
  local folder = new_folder()
  local result, model, optimizer = run(make, folder)
  local whole, batches = outcome.of(result, model, optimizer, folder), calls
  assert(batches > 3, what)
  local cut = new_folder()
  for _, at in ipairs { 2, batches // 2, 3 } do
    local ok, message = pcall(run, make, cut, at)
    if not ok then assert(tostring(message):find "cut off", message) end
  end
  result, model, optimizer = run(make, cut)
  assert(result.resumed, what)
  outcome.assert_same(whole, outcome.of(result, model, optimizer, cut), what)
end

local function traced(selector)
  return function(folder) return { select = selector(), trace = folder .. "/run.trace" } end
end

local proxy = th.models.mlp { in_channels = 1, image_size = 8, width = 8, seed = 9 }
local recorded = scratch .. "/recorded.trace"
do
  local model = th.models.mlp { in_channels = 1, image_size = 8, width = 8, seed = 2 }
  th.train {
    model = model, data = data, epochs = 3, batch_size = 32, quiet = true, trace = recorded,
    optimizer = th.optim.SGD(model:parameters(), { lr = 0.05 }), select = select.RS2 { fraction = 0.5 },
  }
end

local half = { fraction = 0.5, every = 2 }
local function with(more)
  local all = { fraction = 0.5, every = 2 }
  for name, value in pairs(more) do all[name] = value end
  return all
end

local selectors = {
  Full = select.Full,
  Random = function() return select.Random { fraction = 0.5 } end,
  RS2 = function() return select.RS2 { fraction = 0.4 } end,
  RandomPB = function() return select.RandomPB { fraction = 0.5 } end,
  GradMatch = function() return select.GradMatch(with { validation = true }) end,
  ["GradMatch-warm"] = function() return select.GradMatch(with { warm = 0.5 }) end,
  GradMatchPB = function() return select.GradMatchPB(half) end,
  ["GradMatch-subset"] = function() return select.GradMatch(with { weight_normalisation = "subset" }) end,
  ["GradMatch-harvest"] = function() return select.GradMatch(with { scores = "harvest", max_age = 1 }) end,
  ["GradMatch-proxy"] = function() return select.GradMatch(with { proxy = proxy, every = 1 }) end,
  GLISTER = function() return select.GLISTER(half) end,
  InfoBatch = select.InfoBatch,
  MILO = function() return select.MILO { fraction = 0.5, proxy = proxy, sge_part = 0.4 } end,
  MILOFixed = function() return select.MILOFixed { fraction = 0.5, proxy = proxy } end,
  EL2N = function() return select.EL2N { fraction = 0.5, first = 1 } end,
  Forgetting = function() return select.Forgetting { fraction = 0.5, warm = 0.8 } end,
  CRAIG = function() return select.CRAIG(half) end,
  ["Cached-accuracy"] = function() return select.Cached { trace = recorded, policy = "accuracy" } end,
  ["Cached-priority"] = function() return select.Cached { trace = recorded, policy = "priority" } end,
  ["Cached-shuffled"] = function() return select.Cached { trace = recorded, policy = "shuffled" } end,
  -- Keeps a count where no checkpoint sees it, and tells.
  Stateful = function()
    local asked = 0
    return select.define {
      name = "Stateful", fraction = 0.25, first = 0,
      select = function(ctx)
        asked = asked + 1
        ctx.store.last = { at = asked, losses = ctx:losses(), [1.5] = "\255" }
        return th.arange(asked, asked + ctx.budget - 1)
      end,
      state = function() return { asked = asked } end, load_state = function(s) asked = s.asked end,
    }
  end,
}
for name, selector in pairs(selectors) do check(name, traced(selector)) end

local batch_selectors = {
  composer = function() return select.SelectiveBackprop { start = 0, finish = 1, interrupt = 3 } end,
  reuse = function() return select.SelectiveBackprop { start = 0, finish = 1, reuse = true } end,
  jiang = function() return select.SelectiveBackprop { variant = "jiang", beta = 1, stale = 2, history = 50 } end,
  random = function() return select.RandomBackprop { start = 0, finish = 1, variant = "jiang", beta = 1 } end,
  RHO = function() return select.RHO { irreducible = th.zeros(192), keep = 0.3 } end,
  stateful = function()
    local turn = 0
    return {
      name = "turns", state = function() return turn end, load_state = function(s) turn = s end,
      select = function(info, losses)
        turn = turn + 1
        info.state.sum = (info.state.sum or 0) + losses:sum():item()
        return th.arange(1, 1 + turn % #info.indices)
      end,
    }
  end,
}
for name, selector in pairs(batch_selectors) do
  check(name, function(folder) return { batch_select = selector(), trace = folder .. "/run.trace" } end)
end

-- Optimisers, schedules, accumulation, what is measured beside.
local configurations = {
  accumulate = function()
    return { accumulate = 4, schedule = th.schedule.StepLR { step_size = 2, gamma = 0.9 }, schedule_per = "step" }
  end,
  adam = function() return { optimizer = th.optim.AdamW, optimizer_options = { lr = 1e-3, amsgrad = true } } end,
  rmsprop = function()
    return { optimizer = th.optim.RMSProp, optimizer_options = { lr = 1e-3, momentum = 0.9, centered = true } }
  end,
  one_cycle = function()
    return { schedule = th.schedule.OneCycleLR { max_lr = 0.1, total_steps = 18 }, schedule_per = "step" }
  end,
  augmented = function() return { augment = { th.data.random_crop(1) }, matching_error = true } end,
  queue_accumulated = function()
    return { batch_select = select.SelectiveBackprop { variant = "jiang", beta = 1, prime = 0 }, accumulate = 2 }
  end,
}
for name, make in pairs(configurations) do check(name, make) end

return "ok"
