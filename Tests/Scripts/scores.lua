-- SPDX-License-Identifier: Apache-2.0
-- Selectors by scores, GLISTER, InfoBatch and MILO: the primitives on small cases, and training with them.
local th = require "thresh"
local select = th.select
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")
local same_state = support.assert_same_state

local function same(t, expected, what)
  local list = t:tolist()
  assert(#list == #expected, (what or "") .. ": " .. table.concat(list, " "))
  for i, v in ipairs(expected) do assert(list[i] == v, (what or "") .. ": " .. table.concat(list, " ")) end
end

local function fails(f, ...) return support.refused({ ... }, f) end

-- by_score: highest or lowest first, offset, labels, strata.
local scores = th.tensor { 0.1, 0.9, 0.5, 0.7, 0.3 }
same(select.by_score { scores = scores, k = 2 }, { 2, 4 })
same(select.by_score { scores = scores, k = 2, highest = false }, { 1, 5 })
same(select.by_score { scores = scores, k = 2, offset = 0.2 }, { 4, 3 })
same(select.by_score { scores = scores, k = 3, labels = th.tensor { 1, 1, 2, 2, 2 } }, { 2, 4, 3 })
assert(#select.by_score { scores = scores, k = 4, strata = 3 } == 4)
fails(function() select.by_score { scores = scores, k = 6 } end, "1 ... 5", "6")
fails(function() select.by_score { scores = scores, k = 1, labels = th.tensor { 1 } } end, "1 labels for 5")
fails(function() select.by_score { scores = scores } end, "'k'", "needed")
fails(function() select.by_score { scores = th.ones(2, 2), k = 1 } end, "scores", "one dimension")

-- CAL: the pair that disagrees; DeepFool and the others below, in training.
local contrast = select.neighbour_divergence {
  embeddings = th.tensor { { 0.0, 0 }, { 0, 0.1 }, { 9, 9 }, { 9, 9.1 } },
  logits = th.tensor { { 2.0, 0 }, { 2, 0 }, { 2, 0 }, { 0, 2 } }, neighbours = 1,
}
assert(contrast[1] == 0 and contrast[3] > 1 and contrast[3] == contrast[4])

-- GLISTER: what one pick mends is not mended again.
local problem = {
  residuals = th.tensor { { -0.9, 0.9 }, { -0.9, 0.9 }, { 0.5, -0.5 } },
  held_out_logits = th.tensor { { -1.0, 1 }, { 0.5, -0.5 } }, held_out_labels = th.tensor { 1, 2 },
  k = 2, greedy = "naive", eta = 3,
}
same(select.glister(problem), { 1, 3 })
problem.eta = 0
same(select.glister(problem), { 1, 2 })
problem.greedy = "best"
fails(function() select.glister(problem) end, "greedy", "'stochastic'")

-- InfoBatch: nan counts as unseen, weights go at delta T.
local losses = th.arange(10):to "float32"
local pruned = select.infobatch { losses = losses, epoch = 5, epochs = 30 }
assert(#pruned.indices == 5 + 2 and pruned.weights:max():item() == 2 and pruned.weights:sum():item() == 9)
local annealed = select.infobatch { losses = losses, epoch = 27, epochs = 30 }
assert(#annealed.indices == 10 and annealed.weights == nil)
assert(#select.infobatch { losses = th.full({ 4 }, 0 / 0), epoch = 0, epochs = 2 }.indices == 4)

-- MILO's parts.
local embeddings = th.tensor { { 0.0, 1 }, { 0, 1.1 }, { 5, 5 }, { 0.1, 1 }, { 2, 2 } }
local one = th.ones(5):long()
local order = select.milo_order { embeddings = embeddings, labels = one, objective = "disparity_min" }
same(order.ranks:sort(), { 1, 2, 3, 4, 5 })
assert(order.ranks[3] == 1)
local p = select.wre_probabilities { gains = order.gains, labels = one }
assert(math.abs(p:sum():item() - 1) < 1e-12 and p:argmax():item() ~= 4)
assert(#select.wre { probabilities = p, labels = one, k = 3, seed = 1, epoch = 2 } == 3)
local sums = select.similarity_sums { embeddings = embeddings, labels = one }
assert(select.sge { embeddings = embeddings, labels = one, k = 2, sums = sums, seed = 1 }
  :equal(select.sge { embeddings = embeddings, labels = one, k = 2, seed = 1 }))

-- Two samples (and two that agree, for CAL): each selector takes the uncertain, wrong or contrastive one,
-- wherever it stands, with class balance and without.
local function toy(place)
  local rows = { { 4.0, 0 }, { 4, 0 } }
  rows[place] = { 0.1, 0 }
  local z = th.tensor(rows)
  local context = {
    n = 2, budget = 1, labels = th.tensor { 1, 1 }, classes = 2, seed = 1, epoch = 1,
    model = { head = function() return { weight = th.tensor { { 1.0, 0 }, { 0, 1 } } } end },
  }
  function context:logits() return z end
  function context:probabilities() return z:softmax(2) end
  function context:residuals() return z:softmax(2) - th.tensor { { 1.0, 0 }, { 1, 0 } } end
  function context:embeddings() return th.ones(2, 3) end
  context.gradient_norms = function(self) return self:residuals():norm { dim = 2 } * 2 end
  return context
end
for place = 1, 2 do
  for _, balance in ipairs { true, false } do
    local function takes(selector) same(selector.select(toy(place)), { place }, selector.name) end
    takes(select.EL2N { fraction = 0.5, balance = balance })
    takes(select.GraNd { fraction = 0.5, balance = balance })
    takes(select.DeepFool { fraction = 0.5, balance = balance, space = "embedding" })
    for _, measure in ipairs { "entropy", "least_confidence", "margin" } do
      takes(select.Uncertainty { fraction = 0.5, balance = balance, measure = measure })
    end
  end
end
local pairs_of = toy(1)
pairs_of.n, pairs_of.budget, pairs_of.labels = 4, 2, th.ones(4):long()
function pairs_of:logits() return th.tensor { { 2.0, 0 }, { 2, 0 }, { 2, 0 }, { 0, 2 } } end
function pairs_of:embeddings() return th.tensor { { 0.0, 0 }, { 0, 0.1 }, { 9, 9 }, { 9, 9.1 } } end
for _, balance in ipairs { true, false } do
  local chosen = select.CAL { fraction = 0.5, neighbours = 1, balance = balance }.select(pairs_of)
  same(chosen:sort(), { 3, 4 }, "CAL")
end

-- Training.
local data = th.data.digits { seed = 1 }
local run = support.runner(data, { epochs = 3 })

local _, proxy = run { epochs = 2 }
local n = #data.train
local k = math.floor(0.2 * n + 1e-9)

-- Each is asked and chooses its budget, the same with 1 and 2 threads.
local makers = {
  EL2N = { models = { proxy } }, GraNd = { offset = 0.05 }, Forgetting = { first = 2 },
  Uncertainty = { measure = "margin", balance = false }, CAL = { per_class = true },
  DeepFool = { strata = 10 }, GLISTER = { every = 1, linear_layer = true },
  SGE = { proxy = proxy }, WRE = { proxy = proxy }, MILO = { proxy = proxy, sge_part = 0.5 },
  MILOFixed = { proxy = proxy, similarity = "cosine" },
}
for name, given in pairs(makers) do
  given.fraction, given.first = 0.2, given.first or 1
  local selector = select[name](given)
  assert(selector.name == name)
  local asked, choose = 0, selector.select
  selector.select = function(ctx)
    local indices = choose(ctx)
    asked = asked + 1
    assert(#indices == k and ctx.budget == k, name)
    return indices
  end
  th.set_num_threads(1)
  local _, a = run { select = selector, initial = "full" }
  assert(asked >= 1, name)
  th.set_num_threads(2)
  local _, b = run { select = selector, initial = "full" }
  same_state(a, b)
end
for _, measure in ipairs { "entropy", "least_confidence" } do
  run { select = select.Uncertainty { fraction = 0.1, first = 1, measure = measure }, epochs = 2 }
end

-- The scores are what their formulas say.
run {
  epochs = 1,
  select = select.define {
    name = "check", fraction = 0.1, first = 0,
    select = function(ctx)
      assert(ctx.epochs == 1 and ctx.lr == 0.1 and ctx.last_losses:isnan():all():item())
      local chosen = select.EL2N { fraction = 0.1, balance = false }.select(ctx)
      local norms = (ctx:residuals() ^ 2):sum(2):sqrt()
      local rest = norms:index_fill(1, chosen, -1)
      assert(norms[chosen]:min():item() >= rest:max():item() - 1e-6)
      -- The smallest distance to a boundary, class by class.
      local fool = select.DeepFool { fraction = 0.1, balance = false, space = "embedding" }.select(ctx)
      local weight, z = ctx.model:head().weight, ctx:logits():tolist()
      local apart = weight:cdist(weight):tolist()
      local nearest, best = nil, math.huge
      for i, row in ipairs(z) do
        local y = 1
        for c = 2, #row do if row[c] > row[y] then y = c end end
        for c = 1, #row do
          local distance = c ~= y and (row[y] - row[c]) / apart[y][c] or math.huge
          if distance < best then nearest, best = i, distance end
        end
      end
      assert(fool[1] == nearest, string.format("%d, not %d", fool[1], nearest))
      -- Held-out data: the validation part, never silently another.
      local held_out = ctx:validation()
      assert(held_out.n == #data.validation and held_out.residuals:sum(2):abs():max():item() < 1e-5)
      assert(#ctx:validation("test").labels == #data.test)
      return fool
    end,
  },
}
fails(function()
  run { data = { train = data.train, test = data.test }, select = select.GLISTER { fraction = 0.2, every = 1 } }
end, "no dataset 'validation'")

-- Forgetting needs every candidate to have been trained on.
fails(function() run { select = select.Forgetting { fraction = 0.2, first = 1 } } end, "never trained on", "full")
-- A choice that would never be made is no choice.
fails(function() run { select = select.EL2N { fraction = 0.2 } } end, "EL2N", "epoch 20", "3 epochs")
fails(function() select.EL2N { fraction = 0.2, modles = {} } end, "modles", "models")
fails(function() select.EL2N { fraction = 0.2, models = { 3 } } end, "item 1", "3")
fails(function() select.Uncertainty { fraction = 0.2, measure = "entropi" } end, "entropy")
fails(function() select.MILO { fraction = 0.2 } end, "embeddings", "proxy")
fails(function() run { select = select.WRE { fraction = 0.2, embeddings = th.ones(3, 2) } } end, "row for each", "(3, 2)")

-- What the harvest counts: a correct prediction that turns wrong, from one presentation to the next.
local Harvest = require "thresh.harvest"
local harvest = Harvest.new(3, true)
local function present(correct)
  local logits = th.zeros(#correct, 2)
  for i, right in ipairs(correct) do logits[{ i, right and 1 or 2 }] = 1 end
  harvest:add(th.arange(#correct), th.ones(#correct), logits, th.ones(#correct):long())
  harvest:fold()
end
present { true, false }
present { false, false }
present { true, false }
present { false, false }
same(harvest.forgotten, { 2, 0, 0 })
same(harvest.learned, { 1, 0, 0 })
same(harvest.seen, { 4, 4, 0 })
assert(harvest.losses[1] == 1 and harvest.losses[3] ~= harvest.losses[3])

-- Embeddings and models among the options are no hindrance to a trace, which leaves them out.
do
  local path = folder .. "/wre.trace"
  run { epochs = 1, trace = path, select = select.WRE { fraction = 0.1, embeddings = th.rand(n, 3, { seed = 1 }) } }
  local written = select.read_trace(path)
  assert(written.method == "WRE" and written.options.fraction == 0.1 and written.options.embeddings == nil)
end

-- InfoBatch: the first epoch keeps all, later ones prune, the last trains on everything; its replay
-- gives the same bits.
local trace = folder .. "/infobatch.trace"
local result, live = run { select = select.InfoBatch { delta = 0.6 }, epochs = 4, trace = trace }
local images = {}
for i, row in ipairs(result.history) do images[i] = row.images end
assert(images[1] == n and images[2] < n and images[3] < n and images[4] == n, table.concat(images, " "))
local _, replayed = run { select = select.Cached { trace = trace }, epochs = 4 }
same_state(live, replayed)

-- Losses are divided by the batch, not by the weights: halving every weight halves the step.
local function trained(weight, normalisation)
  local selector = select.define {
    name = "weighted", fraction = 1, first = 0,
    select = function(ctx) return th.arange(ctx.n), th.full({ ctx.n }, weight) end,
  }
  selector.weight_normalisation = normalisation
  local _, model = run { select = selector, epochs = 1 }
  return model
end
same_state(trained(1, "sum"), trained(0.5, "sum"))
local function first_weight(model) return model:head().weight end
assert(not first_weight(trained(1, "batch")):equal(first_weight(trained(0.5, "batch"))))

return "ok"
