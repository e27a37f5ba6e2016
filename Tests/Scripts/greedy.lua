-- SPDX-License-Identifier: Apache-2.0
-- Submodular greedy and geometric selectors: the solvers from Lua, and the selectors in training.
local th = require "thresh"
local select = th.select
local _, scripts = ...
local support = dofile(scripts .. "/support.lua")

local function same(a, b) return table.concat(a:tolist(), " ") == table.concat(b:tolist(), " ") end

local function fails(what, f, ...) return support.refused({ what }, f, ...) end

-- A gain in Lua, coverage of sets, against the native facility location of the same function.
local x = th.randn(40, 5, { seed = 3, dtype = "float64" })
local unit = x / x:norm { dim = 2, keepdim = true }
local s = (unit:matmul(unit:t()) + 1) / 2
local function coverage_gain(i, chosen)
  local best = th.zeros(40, { dtype = "float64" })
  for _, j in ipairs(chosen) do best = th.maximum(best, s[j]) end
  return (s[i] - best):relu():sum():item()
end
local native = select.facility_location { features = x, k = 6 }
local given = select.facility_location { similarity = (s + s:t()) / 2, k = 6 }
assert(same(native.indices, given.indices))
assert(native.weights:sum():item() == 40 and #native.gains == 6)
local calls, order = {}, {}
for _, greedy in ipairs { "naive", "lazy" } do
  local updated = {}
  local mine = select.greedy {
    n = 40, k = 6, gain = coverage_gain, greedy = greedy,
    update = function(i, chosen)
      updated[#updated + 1] = i
      assert(#chosen == #updated and chosen[#chosen] == i)
    end,
  }
  assert(same(mine.indices, native.indices))
  assert(mine.gains:allclose(native.gains))
  calls[greedy], order[greedy] = mine.evaluations, updated
  assert(table.concat(updated, " ") == table.concat(mine.indices:tolist(), " "))
end
assert(calls.naive == 40 + 39 + 38 + 37 + 36 + 35 and calls.lazy < calls.naive)
local pools = select.greedy { n = 40, k = 6, gain = coverage_gain, greedy = "stochastic", seed = 2 }
local lazier = select.greedy { n = 40, k = 6, gain = coverage_gain, greedy = "lazier_than_lazy", seed = 2 }
assert(same(pools.indices, lazier.indices) and lazier.evaluations <= pools.evaluations)
-- Candidates that cannot join are left out.
-- 200 random problems: weighted coverage, whose gains never grow, pick by pick as the definition has them; lazily
-- the same.
for problem = 1, 200 do
  local draw = th.stream(problem, "greedy problems")
  local n, m = draw:integer(2, 14), draw:integer(1, 10)
  local k, covers, weight = draw:integer(1, n), {}, {}
  for j = 1, m do weight[j] = draw:integer(1, 4) end
  for i = 1, n do
    covers[i] = {}
    for j = 1, m do covers[i][j] = draw:uniform() < 0.35 end
  end
  local function added(i, chosen)
    local sum = 0
    for j = 1, m do
      local known = false
      for _, c in ipairs(chosen) do known = known or covers[c][j] end
      if covers[i][j] and not known then sum = sum + weight[j] end
    end
    return sum
  end
  local want, taken = {}, {}
  for _ = 1, k do
    local best, place = -1, nil
    for i = 1, n do
      local value = not taken[i] and added(i, want) or -1
      if value > best then best, place = value, i end
    end
    want[#want + 1], taken[place] = place, true
  end
  for _, algorithm in ipairs { "naive", "lazy" } do
    local found = select.greedy { n = n, k = k, gain = added, greedy = algorithm }
    assert(found.indices:equal(th.tensor(want, { dtype = "int64" })), "problem " .. problem .. ", " .. algorithm)
  end
end

local few = select.greedy { n = 5, k = 4, gain = function(i) return i % 2 == 0 and i or -math.huge end }
assert(same(few.indices, th.tensor { 4, 2 }))

-- Distances, a block of rows at a time.
local d = select.pairwise_distances(x)
assert(d:allclose(th.cdist(x, x), { rtol = 1e-9, atol = 1e-9 }))
assert(select.pairwise_distances(x, { 3, -1 }):allclose(d[{ { 3, 40, 37 } }]))
assert(select.pairwise_distances(x, { 7 }, { squared = true }):sqrt():allclose(d[{ { 7, 7 } }]))
local r = th.randn(40, 3, { seed = 4, dtype = "float64" })
local g = th.cat({ r:unsqueeze(3), r:unsqueeze(3) * x:unsqueeze(2) }, 3):reshape(40, 18)
assert(select.pairwise_distances(r, nil, { embeddings = x }):allclose(th.cdist(g, g), { rtol = 1e-8, atol = 1e-8 }))

-- k-center starts where it is told and goes to the farthest.
local centers = select.k_center { features = x, k = 3, start = 5 }
local _, far = d[5]:max(1)
assert(centers.indices[1] == 5 and centers.indices[2] == far:item())
assert(math.abs(centers.radius - th.minimum(th.minimum(d[5], d[centers.indices[2]]), d[centers.indices[3]]):max():item()) < 1e-9)
assert(same(select.k_center({ features = x, k = 4, seed = 3 }).indices, select.k_center({ features = x, k = 4, seed = 3 }).indices))

-- Herding's first pick is nearest to the mean, and its error is what it says.
local herded = select.herding { features = x, k = 4 }
local mean = x:mean(1)
local _, near = (x - mean):norm({ dim = 2 }):min(1)
assert(herded.indices[1] == near:item())
assert(math.abs((x:index_select(1, herded.indices):mean(1) - mean):norm():item() - herded.error) < 1e-9)

-- What does not fit is told by name.
local gain = function() return 1 end
fails("'k'", select.facility_location, { features = x })
fails("features", select.facility_location, { k = 3 })
fails("41 of 40", select.facility_location, { features = x, k = 41 })
fails("similarity", select.facility_location, { features = x, similarity = s, k = 3 })
fails("epsilon", select.facility_location, { features = x, k = 3, epsilon = 0.1 })
fails("'fast'", select.facility_location, { features = x, k = 3, greedy = "fast" })
fails("'cos'", select.facility_location, { features = x, k = 3, metric = "cos" })
fails("'cut'", select.submodular, { features = x, k = 3, objective = "cut" })
fails("not submodular", select.submodular, { features = x, k = 3, objective = "disparity_sum", greedy = "lazy" })
fails("start", select.k_center, { features = x, k = 3, start = 41 })
fails("symmetric_kl", select.k_center, { features = x, k = 3, distance = "kl" })
fails("no probability", select.k_center, { features = x, k = 3, distance = "symmetric_kl" })
fails("0 of 40", select.herding, { features = x, k = 0 })
fails("(5,)", select.herding, { features = th.ones(5), k = 1 })
fails("41", select.pairwise_distances, x, { 41 })
fails("a number", select.greedy, { n = 3, k = 1, gain = function() return "much" end })
fails("not a number", select.greedy, { n = 3, k = 1, gain = function() return 0 / 0 end })
fails("oh no", select.greedy, { n = 3, k = 1, gain = function() error "oh no" end })
fails("4 of 3", select.greedy, { n = 3, k = 4, gain = gain })
fails("gain", select.greedy, { n = 3, k = 1 })
fails("supervised", select.CRAIG, { fraction = 0.1, mode = "supervise" })
fails("epsilon", select.CRAIG, { fraction = 0.1, epsilon = 0.1 })
fails("on", select.Herding, { fraction = 0.1, on = "gradients" })

-- Every selector trains, and gives the same bits on any number of threads.
local data = th.data.digits { seed = 1 }
local n = #data.train
local train = support.runner(data)
local function run(selector)
  local seen = {}
  local inner = selector.select
  selector.select = function(ctx)
    local chosen = inner(ctx)
    seen[#seen + 1] = chosen
    assert(chosen.filled == 0 and chosen.indices:unique().count == #chosen.indices)
    if not chosen.batches then assert(#chosen.indices == ctx.budget) end
    return chosen
  end
  local result, model = train { select = selector }
  assert(#seen == 1 and result.forwarded > n)
  return seen[1]
end
local makers = {
  function() return select.CRAIG { fraction = 0.1, every = 1 } end,
  function() return select.CRAIG { fraction = 0.1, every = 1, mode = "supervised", linear_layer = true } end,
  function() return select.CRAIG { fraction = 0.1, every = 1, greedy = "stochastic", epsilon = 0.1, metric = "euclidean" } end,
  function() return select.CRAIGPB { fraction = 0.2, every = 1, linear_layer = true } end,
  function() return select.KCenter { fraction = 0.1, every = 1 } end,
  function() return select.KCenter { fraction = 0.1, every = 1, on = "gradients", balance = false } end,
  function() return select.ContextualDiversity { fraction = 0.1, every = 1 } end,
  function() return select.Herding { fraction = 0.1, every = 1 } end,
}
for _, objective in ipairs { "facility_location", "graph_cut", "log_determinant", "saturated_coverage", "disparity_sum", "disparity_min" } do
  makers[#makers + 1] = function() return select.Submodular { fraction = 0.1, every = 1, objective = objective } end
end
makers[#makers + 1] = function()
  return select.Submodular { fraction = 0.05, every = 1, objective = "graph_cut", greedy = "stochastic", on = "embeddings", metric = "rbf", lambda = 0.4 }
end
for i, make in ipairs(makers) do
  th.set_num_threads(1)
  local one = run(make())
  th.set_num_threads(2)
  local two = run(make())
  assert(one.indices:equal(two.indices), make().name .. " depends on threads")
  if one.weights then
    assert(one.weights:equal(two.weights))
    -- CRAIG's weights sum to the candidates.
    if not one.batches then assert(one.weights:sum():item() == n) end
  end
end
assert(select.CRAIG({ fraction = 0.1, warm = 0.5 }).name == "CRAIG-warm")
assert(select.CRAIGPB({ fraction = 0.1 }).every == 20)

return "ok"
