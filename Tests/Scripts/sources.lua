-- SPDX-License-Identifier: Apache-2.0
-- Where selectors get their figures from (a pass, what training harvested, a proxy model), and last-layer
-- gradients as factors.
local th = require "thresh"
local select, nn = th.select, th.nn
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")
local Context = require "thresh.context"

-- Gradients as factors, against the n x d numbers that they stand for.
do
  local r = th.randn(9, 3, { seed = 1, dtype = "float64" })
  local h = th.randn(9, 4, { seed = 2, dtype = "float64" })
  local g = th.cat({ r:unsqueeze(3), r:unsqueeze(3) * h:unsqueeze(2) }, 3):reshape(9, 15)
  local weights, rows = th.rand(9, { seed = 3, dtype = "float64" }), { 7, 2, 5 }
  local close = { rtol = 1e-12, atol = 1e-12 }
  for _, case in ipairs { { select.gradients { residuals = r, embeddings = h }, g },
    { select.gradients { residuals = r }, r } } do
    local factored, formed = case[1], case[2]
    assert(#factored == 9 and factored.n == 9 and factored.width == formed.shape[2])
    local all = formed:matmul(formed:t())
    assert(factored:inner():allclose(all, close))
    assert(factored:inner(rows, { 1, 9 }):allclose(all[th.tensor(rows)]:index_select(2, th.tensor { 1, 9 }), close))
    assert(factored:norms():allclose(formed:norm { dim = 2 }, close))
    local target = factored:sum(weights)
    assert(target:flatten():allclose((formed * weights:unsqueeze(2)):sum(1), close))
    assert(factored:sum(nil, rows):flatten():allclose(formed[th.tensor(rows)]:sum(1), close))
    assert(factored:project(target):allclose(formed:matmul(target:flatten()), close))
    assert(factored:distances(rows):allclose(th.cdist(formed[th.tensor(rows)], formed), { rtol = 1e-7, atol = 1e-7 }))
    assert(factored:rows(rows):inner():allclose(factored:inner(rows, rows), close))
    -- Their sum is what OMP matches by default, in the layout of its target.
    local function matched(sum)
      return select.omp { residuals = factored.residuals, embeddings = factored.embeddings, target = sum, budget = 3 }
    end
    local by_default, by_sum = matched(), matched(factored:sum())
    assert(by_default.indices:equal(by_sum.indices) and by_default.weights:allclose(by_sum.weights, { rtol = 1e-9 }))
    assert(not matched(factored:sum(weights)).weights:allclose(by_sum.weights, { rtol = 1e-3 }))
  end
  -- Numbers that would be 40 GB, formed.
  local wide = select.gradients { residuals = th.ones(2000, 1000), embeddings = th.ones(2000, 5000) }
  assert(wide:norms()[1] == math.sqrt(1000) * math.sqrt(5001) or math.abs(wide:norms()[1] / 2236.29 - 1) < 1e-3)
  assert(wide:inner({ 1 }).shape[2] == 2000)
  support.refused({ "'residuals'", "(n, C)" }, select.gradients, { residuals = th.ones(3) })
  support.refused({ "'embeddings'", "(9, E)", "(3, 2)" }, select.gradients, { residuals = r, embeddings = th.ones(3, 2) })
  local some = select.gradients { residuals = r, embeddings = h }
  support.refused({ "(3, 5)", "(5, 3)" }, some.project, some, th.ones(5, 3))
  support.refused({ "9 weights needed" }, some.sum, some, { 1.0 })
end

local data = th.data.digits { seed = 1 }
local n = #data.train
local k = math.floor(0.2 * n + 1e-9)

-- A pass is of the model at rest, whatever the model: evaluation mode, no tape, no augmentation, and the
-- model stays as it was. Batches are collected once, not one after the other onto the rest.
for _, name in ipairs { "resnet8", "mobilenetv2" } do
  local small = { train = th.data.from_tensors(th.rand(20, 3, 32, 32, { seed = 3 }), th.arange(20):remainder(4):add(1)) }
  local model = th.models[name] { classes = 4, seed = 5 }
  local before = {}
  for key, tensor in pairs(model:state_dict()) do before[key] = tensor:clone() end
  local core, calls = require "thresh.core", 0
  local cat = core.cat
  core.cat = function(...)
    calls = calls + 1
    return cat(...)
  end
  local ctx = Context.new { model = model, data = small.train, epoch = 1, score_batch = 3 }
  local logits, embeddings = ctx:logits(), ctx:embeddings()
  core.cat = cat
  assert(calls == 2, calls)
  assert(model.training and not logits.requires_grad and not embeddings.requires_grad and ctx.forwarded == 20)
  for key, tensor in pairs(model:state_dict()) do assert(tensor:equal(before[key]), name .. " " .. key) end
  model:eval()
  local x = small.train:loader({ batch_size = 20, shuffle = false })().x
  local wanted = model:forward(x):detach()
  assert(logits:allclose(wanted, { rtol = 1e-3, atol = 1e-4 }), name)
  model:train()
  assert(not logits:allclose(model:forward(x):detach(), { rtol = 1e-2, atol = 1e-2 }), name .. " shows no difference")
end

local run = support.runner(data, { augment = { th.data.random_crop(1) } })

-- A heuristic that looks with `f` and then takes the images 1 … k.
local function looking(f, given)
  given = given or {}
  given.name, given.fraction = "looking", given.fraction or 0.2
  given.select = function(ctx)
    f(ctx)
    return th.arange(ctx.budget)
  end
  return select.define(given)
end

-- Harvested figures are those of the last presentation of each candidate, cost no pass, and change nothing in
-- training.
do
  local looked = 0
  local harvesting = looking(function(ctx)
    looked = looked + 1
    assert(ctx:losses():allclose(ctx.last_losses, { rtol = 1e-4, atol = 1e-5 }))
    assert(ctx:embeddings().shape[1] == n and not ctx:embeddings().requires_grad)
    local head = ctx.model:head()
    assert(head.weight.shape[2] == ctx:embeddings().shape[2])
    assert(ctx:residuals():sum(2):abs():max():item() < 1e-5 and #ctx:gradients() == n)
    -- It is another figure than that of a pass.
    local pass = ctx:with_model(ctx.model)
    assert(not pass:logits():allclose(ctx:logits(), { rtol = 1e-2, atol = 1e-2 }))
    assert(pass:losses():mean():item() > 0 and ctx.forwarded == 0)
  end, { scores = "harvest" })
  local result, a = run { select = harvesting, initial = "full" }
  assert(looked == 1 and result.forwarded == n + k)
  local _, b = run { select = looking(function() end), initial = "full" }
  support.assert_same_state(a, b)
end
-- At rest, without BatchNorm and augmentation, both sources agree row by row.
do
  local model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16, { seed = 1 }), nn.ReLU(), nn.Linear(16, 10, { seed = 2 }))
  local looked = false
  run { model = model, augment = {}, optimizer = th.optim.SGD(model:parameters(), { lr = 1e-12 }), initial = "full",
    select = looking(function(ctx)
      local pass = ctx:with_model(ctx.model)
      assert(pass:logits():allclose(ctx:logits(), { rtol = 1e-4, atol = 1e-5 }))
      assert(pass:embeddings():allclose(ctx:embeddings(), { rtol = 1e-4, atol = 1e-5 }))
      looked = true
    end, { scores = "harvest" }) }
  assert(looked)
end
-- What was not trained on is passed over: only that, and what is older than max_age.
do
  local passes = {}
  local function watching(max_age)
    passes = {}
    return looking(function(ctx)
      ctx:logits()
      passes[#passes + 1] = ctx.forwarded
      local unseen = ctx.last_losses:isnan()
      local rows = unseen:nonzero():flatten()
      if #rows > 0 then
        local pass = ctx:with_model(ctx.model)
        assert(pass:logits()[rows]:allclose(ctx:logits()[rows], { rtol = 1e-3, atol = 1e-4 }))
      end
    end, { scores = "harvest", max_age = max_age })
  end
  -- Epoch 1 trains on a draw, later ones on 1 … k: what only the first one saw is too old from epoch 4 on.
  run { epochs = 4, select = watching() }
  local drawn = select.random(n, k, { seed = 7, purpose = "initial" })
  local both = drawn:gt(k):sum():item()
  assert(passes[1] == n - k and passes[2] == n - k - both and passes[3] == passes[2], table.concat(passes, " "))
  run { epochs = 4, select = watching(2) }
  assert(passes[1] == n - k and passes[2] == n - k - both and passes[3] == n - k, table.concat(passes, " "))
  -- Before any training there is nothing but the pass.
  run { epochs = 1, select = looking(function(ctx)
    ctx:logits()
    assert(ctx.forwarded == n)
  end, { scores = "harvest", first = 0 }) }
end

-- The selectors take the option: what they choose is what the solver chooses from those figures, and the
-- trace says where these came from.
local _, proxy = run { epochs = 1, lr = 0.05 }
local named = { "EL2N", "GraNd", "Uncertainty", "CAL", "GradMatch", "GradMatchPB", "CRAIG", "CRAIGPB", "Submodular",
  "KCenter", "ContextualDiversity", "Herding", "GLISTER" }
for _, name in ipairs(named) do
  local once = { fraction = 0.2, first = 1, every = 1 }
  local function with(more)
    local given = {}
    for _, part in ipairs { once, more } do
      for key, value in pairs(part) do given[key] = value end
    end
    return select[name](given)
  end
  local path = folder .. "/source.trace"
  local chosen
  local function watched(selector)
    local choose = selector.select
    selector.select = function(ctx)
      local indices, weights = choose(ctx)
      chosen = type(indices) == "table" and indices.indices or indices
      return indices, weights
    end
    return selector
  end
  local held_out = name == "GLISTER" and #data.validation or 0
  local result = run { select = watched(with { scores = "harvest" }), initial = "full", trace = path }
  assert(result.forwarded == n + result.history[2].images + held_out, name .. " passes over " .. result.forwarded)
  local trace = select.read_trace(path)
  assert(trace.options.scores == "harvest" and trace.options.proxy == nil)
  local harvested = chosen
  run { select = watched(with {}), initial = "full", trace = path }
  assert(select.read_trace(path).options.scores == "pass")
  local from_pass = chosen
  -- Of a proxy, which is passed over once a run.
  local epochs = 3
  local by_proxy = run { select = watched(with { proxy = proxy }), epochs = epochs, initial = "full", trace = path }
  local images = by_proxy.history[2].images + by_proxy.history[3].images
  assert(by_proxy.forwarded == 2 * n + images + 2 * held_out, name .. " passes over " .. by_proxy.forwarded)
  trace = select.read_trace(path)
  assert(trace.options.scores == "proxy" and trace.options.proxy == proxy.name)
  local ctx = Context.new {
    model = proxy, data = data.train, epoch = 3, epochs = epochs, budget = k, batch_size = 64, seed = 7, splits = data,
    lr = 0.1, draw = 1,
  }
  local expected = with({}).select(ctx)
  expected = type(expected) == "table" and expected.indices or expected
  assert(chosen:equal(expected), name .. " does not choose by its proxy")
  assert(not (harvested:equal(from_pass) and from_pass:equal(chosen)), name .. " is the same from every source")
end

-- What does not go together.
support.refused({ "scores must be one of", "did you mean 'harvest'" }, select.KCenter, { fraction = 0.1, scores = "harvst" })
support.refused({ "needs the option 'proxy'" }, select.CRAIG, { fraction = 0.1, scores = "proxy" })
support.refused({ "must be a module" }, select.GradMatch, { fraction = 0.1, proxy = th.ones(2) })
support.refused({ "another source" }, select.GradMatch, { fraction = 0.1, proxy = proxy, scores = "harvest" })
support.refused({ "another source" }, select.EL2N, { fraction = 0.1, models = { proxy }, scores = "harvest" })
support.refused({ "goes with scores = 'harvest'" }, select.GradMatch, { fraction = 0.1, max_age = 2 })
support.refused({ "need passes" }, select.DeepFool, { fraction = 0.1, scores = "harvest" })
support.refused({ "unknown option 'scores'" }, select.Forgetting, { fraction = 0.1, scores = "harvest" })

return "ok"
