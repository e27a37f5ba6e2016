-- SPDX-License-Identifier: Apache-2.0
-- Training, traces and their replay, on the embedded digits.
local th = require "thresh"
local select = th.select
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")
local same_state = support.assert_same_state

local data = th.data.digits { seed = 1 }
assert(#data.train + #data.validation + #data.test == 1797)

local run = support.runner(data, {
  schedule = th.schedule.CosineAnnealingLR { t_max = 2 }, augment = { th.data.random_crop(1) },
})

-- The same seed gives the same bits, with 1 and with 2 threads.
th.set_num_threads(1)
local first, one = run { select = select.RS2 { fraction = 0.3 } }
th.set_num_threads(2)
local second, two = run { select = select.RS2 { fraction = 0.3 } }
same_state(one, two)
assert(first.accuracy == second.accuracy)

-- Replaying a trace gives the weights of the live run.
local live = {
  select.GradMatch { fraction = 0.2, every = 1 },
  select.GradMatchPB { fraction = 0.3, every = 1, warm = 0.67 },
  select.RandomPB { fraction = 0.2 },
}
for i, selector in ipairs(live) do
  local trace = folder .. "/live" .. i .. ".trace"
  local result, a = run { select = selector, trace = trace }
  assert(result.forwarded > 0 and result.seconds.select >= 0)
  local replayed, b = run { select = select.Cached { trace = trace }, trace = folder .. "/replay.trace" }
  same_state(a, b)
  assert(replayed.backwarded == result.backwarded)
end

-- A trace of other data is refused.
local other = th.data.digits { seed = 2 }
local ok, message = pcall(run, { data = other, select = select.Cached { trace = folder .. "/live1.trace" } })
assert(not ok and tostring(message):find("live1.trace", 1, true), tostring(message))

-- What is a selector: a plain table, not one that raises for a name it lacks.
assert(select.is_selector(select.RS2 { fraction = 0.1 }) and select.is_selector(select.Full()))
for _, value in ipairs { th, select, {}, "RS2", { name = "mine" } } do assert(not select.is_selector(value)) end

-- What a heuristic may not return.
local function heuristic(f)
  return select.define { name = "mine", fraction = 0.1, first = 0, select = f }
end
local bad = {
  { "no image", function() return {} end },
  { "below 1", function() return { 0, 1 } end },
  { "above", function() return { 1, 100000 } end },
  { "comes twice", function() return { 1, 2, 2 } end },
  { "budget", function(ctx) return th.arange(ctx.n) end },
  { "3 weights for 2", function() return { 1, 2 }, { 1, 1, 1 } end },
  { "is nan", function() return { 1, 2 }, { 1, 0 / 0 } end },
  { "negative", function() return { 1, 2 }, { 1, -1 } end },
  { "returned nothing", function() end },
  { "integers", function() return th.tensor { 1.5 } end },
  { "got string", function() return "all" end },
}
for _, case in ipairs(bad) do
  local ok, message = pcall(run, { select = heuristic(case[2]) })
  message = tostring(message)
  assert(not ok, case[1] .. " raised nothing")
  assert(message:find("mine", 1, true) and message:find(case[1], 1, true), message)
end

-- The context's figures agree with each other.
run {
  epochs = 1,
  select = heuristic(function(ctx)
    assert(#ctx:losses() == ctx.n and ctx.n == #data.train)
    local p = ctx:probabilities()
    assert(p:sum(2):allclose(th.ones(ctx.n)))
    local picked = p:gather(2, ctx.labels:unsqueeze(2)):squeeze(2)
    assert((-picked:log()):allclose(ctx:losses(), { rtol = 1e-4, atol = 1e-5 }))
    assert(ctx:residuals():sum(2):abs():max():item() < 1e-5)
    assert(ctx:embeddings().shape[1] == ctx.n)
    local _, hardest = ctx:losses():topk(ctx.budget)
    return hardest
  end),
}

-- A warm start trains on everything first.
local warm = run { select = select.GradMatchPB { fraction = 0.5, every = 1, warm = 0.67 } }
assert(warm.history[1].full and not warm.history[#warm.history].full)

-- Comparison.
local result = th.compare {
  data = data, epochs = 1, batch_size = 64, seeds = { 1, 2 }, quiet = true, traces = folder,
  model = function(seed) return th.models.resnet8 { in_channels = 1, seed = seed, width = 4 } end,
  optimizer = function(p) return th.optim.SGD(p, { lr = 0.1, momentum = 0.9 }) end,
  selectors = {
    select.Full(), select.RS2 { fraction = 0.3 }, select.GradMatch { fraction = 0.3, every = 1 },
    { label = "Cached", select = function(r) return select.Cached { trace = r.traces["GradMatch"] } end },
  },
}
local text = tostring(result)
assert(text:find("Full", 1, true) and text:find("Cached", 1, true) and text:find("2 seeds", 1, true), text)
assert(result.rows[1].speedup.median == 1)

return "ok"
