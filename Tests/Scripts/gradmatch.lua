-- SPDX-License-Identifier: Apache-2.0
-- GRAD-MATCH's switches, and the gradient-matching error, against their definitions.
local th = require "thresh"
local select, nn = th.select, th.nn
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")

-- A problem of 60 candidates and 40 held-out examples in 3 classes.
local function problem(n, seed)
  local labels = th.arange(n):remainder(3):add(1)
  local p = th.randn(n, 3, { seed = seed, dtype = "float64" }):softmax(2)
  return p - nn.one_hot(labels, 3):to "float64", th.randn(n, 4, { seed = seed + 1, dtype = "float64" }):abs(), labels
end
local r, h, labels = problem(60, 1)
local held_r, held_h, held_labels = problem(40, 5)
local function members(of, class) return of:eq(class):nonzero():flatten() end
local function solved(more)
  local given = {
    mode = "per_class", residuals = r, embeddings = h, labels = labels, classes = 3, budget = 15, seed = 1,
  }
  for k, v in pairs(more) do given[k] = v end
  return select.gradmatch(given)
end
local held_out = { held_out_residuals = held_r, held_out_embeddings = held_h, held_out_labels = held_labels }

-- The sum of r (x) [1, h] over some rows, as OMP's target.
local function total(residuals, embeddings, rows)
  local a, b = residuals[rows], embeddings[rows]
  return a:t():matmul(th.cat({ th.ones(#rows, 1, { dtype = "float64" }), b }, 2))
end

-- With validation each class is matched to its held-out examples.
do
  local chosen, at = solved(held_out), 0
  for class = 1, 3 do
    local own = members(labels, class)
    local expected = select.omp {
      residuals = r[own], embeddings = h[own], budget = 5,
      target = total(held_r, held_h, members(held_labels, class)),
    }
    local k = #expected.indices
    assert(chosen.indices[{ { at + 1, at + k } }]:equal(own[expected.indices]), "class " .. class)
    assert(chosen.weights[{ { at + 1, at + k } }]:to("float64"):allclose(expected.weights, { rtol = 1e-5 }))
    at = at + 5
  end
  assert(not chosen.indices:equal(solved({}).indices))
end
-- Per batch it is their mean gradient times the number of batches.
do
  local batches = select.partition(60, 6)
  local chosen = solved { mode = "per_batch", batches = batches, budget = 18,
    held_out_residuals = held_r, held_out_embeddings = held_h }
  local means = {}
  for b, batch in ipairs(batches) do means[b] = total(r, h, th.tensor(batch)):flatten() / #batch end
  local expected = select.omp {
    residuals = th.stack(means), target = total(held_r, held_h, th.arange(40)):flatten() * (10 / 40), budget = 3,
  }
  for i, b in ipairs(expected.indices:tolist()) do
    assert(table.concat(chosen.batches[i], " ") == table.concat(batches[b], " "))
    assert(math.abs(chosen.weights[6 * i] - expected.weights[i]) < 1e-5)
  end
end
support.refused({ "held_out_labels", "held_out_residuals" }, solved, { held_out_labels = held_labels })
support.refused({ "held_out_labels", "needed" }, solved, { held_out_residuals = held_r, held_out_embeddings = held_h })

-- An absolute lambda is the relative one times the mean squared norm, and does not follow the scale.
do
  local first = members(labels, 1)
  local norms = (r[first] * r[first]):sum(2) * ((h[first] * h[first]):sum(2) + 1)
  local function weights(scale, lambda, absolute)
    return solved({
      residuals = scale * r[first], embeddings = h[first], labels = th.ones(20):long(), classes = 1, budget = 5,
      lambda = lambda, absolute = absolute,
    }).weights
  end
  local relative = weights(1, 0.5, false)
  assert(relative:allclose(weights(1, 0.5 * norms:mean():item(), true), { rtol = 1e-5 }))
  assert(relative:allclose(weights(0.1, 0.5, false), { rtol = 1e-5 }))
  assert(not relative:allclose(weights(0.1, 0.5 * norms:mean():item(), true), { rtol = 1e-2 }))
end

-- The selectors pass their switches on: in training they choose what the solver does.
local data = th.data.digits { seed = 1 }
local run = support.runner(data, { epochs = 1 })
local tried = {
  { name = "GradMatch", validation = true, lambda = 0.25 },
  { name = "GradMatch", mode = "per_class", absolute = true, lambda = 3, eps = 0.2, linear_layer = false },
  { name = "GradMatchPB", validation = true, keep_batches = false },
  { name = "GradMatchPB", absolute = true, lambda = 0.01, eps = 0.5 },
}
for i, options in ipairs(tried) do
  local name = options.name
  options.name, options.fraction = nil, 0.1
  local selector, checked = select[name](options), false
  run { select = select.define { name = "watched", fraction = 0.1, first = 0, select = function(ctx)
    local per_batch = name == "GradMatchPB"
    local linear, valid = options.linear_layer ~= false, options.validation and ctx:validation()
    local expected = select.gradmatch {
      mode = per_batch and "per_batch" or options.mode, residuals = ctx:residuals(),
      embeddings = linear and ctx:embeddings() or nil, labels = ctx.labels, classes = ctx.classes,
      budget = ctx.budget, batches = per_batch and ctx:batches() or nil, keep_batches = options.keep_batches,
      lambda = options.lambda or 0, absolute = options.absolute, eps = options.eps, seed = ctx.seed, epoch = 0,
      held_out_residuals = valid and valid.residuals or nil,
      held_out_embeddings = valid and linear and valid.embeddings or nil,
      held_out_labels = valid and valid.labels or nil,
    }
    local chosen = selector.select(ctx)
    assert(chosen.indices:equal(expected.indices) and chosen.weights:equal(expected.weights), "case " .. i)
    assert((chosen.batches == nil) == (expected.batches == nil))
    local plain = select[name]({ fraction = 0.1, linear_layer = options.linear_layer, mode = options.mode }).select(ctx)
    assert(not plain.weights:equal(chosen.weights), "case " .. i .. " changes nothing")
    checked = true
    return chosen
  end } }
  assert(checked)
end
local without = { train = data.train, test = data.test }
support.refused({ "has no dataset 'validation'" }, run,
  { data = without, select = select.GradMatch { fraction = 0.1, first = 0, validation = true } })

-- What weights are divided by. "sum" sees only their ratios within a batch; "subset" those in the subset;
-- "batch" the weights themselves.
local function trained(weights, normalisation)
  local selector = select.define {
    name = "weighted", fraction = 1, first = 0, select = function(ctx) return th.arange(ctx.n), weights end,
  }
  selector.weight_normalisation = normalisation
  local _, model = run { select = selector }
  return model
end
local uneven = th.rand(#data.train, { seed = 3 }) + 0.5
local wanted = {
  { "sum", true, false }, { "subset", true, false }, { "batch", false, false },
}
local models = {}
for i, case in ipairs(wanted) do
  models[i] = trained(uneven, case[1])
  assert(support.same_state(models[i], trained(uneven * 0.5, case[1])) == case[2], case[1])
  for j = 1, i - 1 do assert(not support.same_state(models[i], models[j])) end
end
assert(support.same_state(trained(th.full({ #data.train }, 2), "subset"), trained(nil, "sum")))

-- With batches kept, weights cancel within them for "sum", not for "subset"; a replay divides as its run did.
local function kept(normalisation)
  local trace = folder .. "/" .. normalisation .. ".trace"
  local result, model = run { trace = trace, epochs = 2, select = select.GradMatchPB {
    fraction = 0.2, first = 0, every = 1, weight_normalisation = normalisation } }
  local _, replayed = run { epochs = 2, select = select.Cached { trace = trace } }
  support.assert_same_state(model, replayed)
  return model, result
end
local by_sum = kept "sum"
local _, plain = run { epochs = 2, select = select.define { name = "unweighted", fraction = 0.2, first = 0,
  select = function(ctx)
    local chosen = select.GradMatchPB({ fraction = 0.2 }).select(ctx)
    chosen.weights = nil
    return chosen
  end } }
for name, tensor in pairs(by_sum:state_dict()) do
  assert(tensor:allclose(plain:state_dict()[name], { rtol = 1e-2, atol = 1e-3 }), name)
end
assert(not support.same_state(by_sum, (kept "subset")) and not support.same_state(by_sum, (kept "batch")))
support.refused({ "weight_normalisation", "'none'" }, select.GradMatch, { fraction = 0.1, weight_normalisation = "none" })

-- The matching error of all parameters: each example's gradient by itself, summed up here.
do
  local x, y = th.randn(12, 1, 4, 4, { seed = 9 }), th.arange(12):remainder(3):add(1)
  local tiny = { train = th.data.from_tensors(x, y) }
  local picks, weights = th.tensor { 2, 7, 11 }, th.tensor { 1.0, 3.0, 0.5 }
  local function expected(model)
    local parameters, n, part, all = model:parameters(), 12, {}, {}
    model:eval()
    local scale = { [2] = 1 / 4.5 * n, [7] = 3 / 4.5 * n, [11] = 0.5 / 4.5 * n }
    for batch in tiny.train:loader { batch_size = 1, shuffle = false } do
      model:zero_grad()
      nn.cross_entropy(model:forward(batch.x), batch.y):backward()
      local i = batch.indices[1]
      for k, p in ipairs(parameters) do
        local g = p.grad:to "float64"
        all[k] = (all[k] or 0) + g
        part[k] = (part[k] or 0) + g * (scale[i] or 0)
      end
    end
    model:zero_grad()
    model:train()
    local missed, norm = 0, 0
    for k in ipairs(parameters) do
      missed = missed + ((part[k] - all[k]) ^ 2):sum():item()
      norm = norm + (all[k] ^ 2):sum():item()
    end
    return (missed / norm) ^ 0.5
  end
  local function model()
    return nn.Sequential(nn.Conv2d(1, 3, 3, { seed = 1 }), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(),
      nn.Linear(12, 3, { seed = 2 }))
  end
  local want = expected(model())
  local chooser = select.define { name = "three", fraction = 0.25, first = 0,
    select = function() return picks, weights end }
  local function errors(kind)
    local net = model()
    return th.train { model = net, data = tiny, epochs = 1, batch_size = 4, seed = 1, quiet = true, select = chooser,
      optimizer = th.optim.SGD(net:parameters(), { lr = 0.1 }), matching_error = kind }, net
  end
  local result, asked = errors "all"
  local got = result.history[1].matching_error
  assert(math.abs(got - want) < 1e-5 * want, got .. " and not " .. want)
  assert(result.forwarded == 3, "telemetry is no cost of the method")
  -- It is another figure than that of the last layer, and asking changes nothing in training.
  local last, untouched = errors(true)
  assert(math.abs(last.history[1].matching_error - want) > 1e-3)
  assert(errors("last_layer").history[1].matching_error == last.history[1].matching_error)
  support.assert_same_state(asked, untouched)
  local _, silent = errors(false)
  support.assert_same_state(asked, silent)
  support.refused({ "matching_error", "'some'" }, errors, "some")
end

return "ok"
