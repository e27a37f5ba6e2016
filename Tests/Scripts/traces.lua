-- SPDX-License-Identifier: Apache-2.0
-- Runs as their traces tell of them, what replays draw, warnings, and controls: each part fails on a defect that
-- a public implementation has or had.
local th = require "thresh"
local select, nn = th.select, th.nn
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")

local tiny = { train = th.data.from_tensors(th.rand(40, 1, 4, 4, { seed = 3 }), th.arange(40):remainder(4):add(1)) }
tiny.test = tiny.train
local function linear(seed) return nn.Sequential(nn.Flatten(), nn.Linear(16, 4, { seed = seed or 1 })) end
local function run(options)
  local model = options.model or linear()
  local config = {
    model = model, data = tiny, epochs = 2, batch_size = 8, seed = 7, quiet = true,
    optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 }),
  }
  for key, value in pairs(options) do config[key] = value end
  return th.train(config), model
end

-- A warm start of 300 epochs at 10 % and kappa 0.5: 15 full epochs, then epoch 150 (from 0) with a selection
-- made there and not at the next multiple of 20, none of it on a random subset.
do
  local path = folder .. "/warm.trace"
  local result = run { epochs = 300, evaluate_every = 300, trace = path,
    select = select.GradMatch { fraction = 0.1, warm = 0.5, every = 20 } }
  assert(#result.history == 15 + 150)
  for i, row in ipairs(result.history) do
    assert(row.full == (i <= 15) and row.images == (i <= 15 and 40 or 4) and row.epoch == (i <= 15 and i or 135 + i), i)
  end
  assert(table.concat(select.read_trace(path):epochs(), " ") == "150 160 180 200 220 240 260 280")
  for i = 16, 165 do assert(result.history[i].residual, "epoch without a selection") end
end

-- Events are in the file as they happen: a run that ends at any epoch leaves what it did.
do
  local path, epochs = folder .. "/while.trace", 0
  run { epochs = 3, trace = path, select = select.RS2 { fraction = 0.2 },
    batch_select = select.TopK { keep = 0.5 },
    on_epoch = function(row)
      local trace = select.read_trace(path)
      epochs = epochs + 1
      assert(row.epoch == epochs and trace.event_count == epochs and trace.batch_event_count == epochs and not trace.torn)
      assert(trace.seed == 7 and trace.run_epochs == 3)
    end }
  assert(epochs == 3)
end

-- Every policy refuses the trace of other data before training.
do
  local path = folder .. "/other.trace"
  local others = { train = th.data.from_tensors(th.rand(40, 1, 4, 4, { seed = 4 }), th.arange(40):remainder(4):add(1)) }
  run { data = { train = others.train, test = others.train }, trace = path,
    select = select.GradMatch { fraction = 0.2, first = 0, every = 1 } }
  for _, policy in ipairs { "epoch", "fraction", "accuracy", "loop", "shuffled", "priority" } do
    local trained = 0
    support.refused({ "other.trace", "was made of" }, run, { select = select.Cached { trace = path, policy = policy },
      on_epoch = function() trained = trained + 1 end })
    assert(trained == 0)
  end
end

-- Replay by priority draws an image that was chosen three times about three times as often.
do
  local path = folder .. "/counts.trace"
  local writer = select.write_trace(path, { data = tiny.train, method = "made", options = { fraction = 0.1 }, epochs = 3 })
  for epoch = 0, 2 do writer:write(epoch, { indices = th.tensor(epoch == 0 and { 5, 9 } or { 5 }) }, 0) end
  writer:close()
  local cached = select.Cached { trace = path, policy = "priority", fraction = 1 / 40 }
  local drawn = { [5] = 0, [9] = 0 }
  for draw = 1, 800 do
    local chosen = cached.select { data = tiny.train, budget = 1, rng = th.stream(draw, "draw") }
    local image = chosen.indices[1]
    drawn[image] = drawn[image] + 1
  end
  -- Within four standard deviations of 600.
  assert(math.abs(drawn[5] - 600) < 4 * math.sqrt(800 * 0.75 * 0.25), drawn[5])
end

-- A subset that is mostly random fill is told of once on stderr and in each row; less of it is not.
do
  local stderr, said = io.stderr, {}
  io.stderr = { write = function(_, ...) said[#said + 1] = table.concat { ... } end, flush = function() end }
  local function filling(filled)
    said = {}
    local result = run { quiet = false, epochs = 2, select = select.define {
      name = "filler", fraction = 0.1, first = 0,
      select = function() return { indices = th.arange(4), filled = filled } end } }
    local text, count = table.concat(said):gsub("warning: ", "")
    return result, text, count
  end
  local ok, problem = pcall(function()
    local result, text, count = filling(3)
    assert(count == 1 and text:find("75 % of the subset of filler is random fill", 1, true), text)
    assert(result.history[1].warning and result.history[2].warning and result.history[1].filled_share == 0.75)
    result, _, count = filling(2)
    assert(count == 0 and not result.history[1].warning and result.history[1].filled_share == 0.5)
  end)
  io.stderr = stderr
  if not ok then error(problem, 0) end
end

-- The accuracy of a run is that of its last epoch, not the best one on the test set.
do
  local result = run { epochs = 6, select = select.RS2 { fraction = 0.5 }, on_epoch = function(_, state)
    if state.history[5] then state.optimizer.lr = 100 end
  end }
  local last = result.history[6].accuracy
  assert(result.accuracy == last and result.best > last, result.best .. " " .. last)
end

-- Runs of several seeds start from weights of their own, and every selector of a seed from the same.
do
  local starts = {}
  th.compare {
    data = tiny, epochs = 1, batch_size = 8, seeds = { 1, 2 }, quiet = true,
    model = function(seed)
      local model = th.models.resnet8 { in_channels = 1, classes = 4, seed = seed, width = 4 }
      starts[#starts + 1] = { seed = seed, weight = model:parameters()[1]:clone() }
      return model
    end,
    optimizer = function(p) return th.optim.SGD(p, { lr = 0.1 }) end,
    selectors = { select.Full(), select.RS2 { fraction = 0.3 } },
  }
  assert(#starts == 4)
  for i = 1, 4 do
    for j = 1, i - 1 do
      assert(starts[i].weight:equal(starts[j].weight) == (starts[i].seed == starts[j].seed))
    end
  end
end

-- A run takes nothing from the prompt's own random numbers, and depends on none of them.
do
  local function after(seed, selector)
    th.manual_seed(seed)
    local _, model = run { select = selector() }
    return th.rand(3), model
  end
  for _, make in ipairs {
    function() return select.Random { fraction = 0.2 } end, function() return select.RS2 { fraction = 0.2 } end,
    select.InfoBatch, function() return select.WRE { fraction = 0.2, embeddings = th.arange(80):reshape(40, 2):to "float32" } end,
  } do
    local numbers, a = after(5, make)
    local _, b = after(6, make)
    support.assert_same_state(a, b)
    th.manual_seed(5)
    assert(numbers:equal(th.rand(3)), make().name .. " draws from the prompt's random numbers")
  end
end

-- A submodular selector chooses by the objective that it names.
do
  local r, h = th.randn(40, 4, { seed = 1 }), th.randn(40, 6, { seed = 2 })
  local ctx = { n = 40, budget = 10, labels = tiny.train.labels, classes = 4, seed = 1, epoch = 2, store = {} }
  function ctx:residuals() return r end
  function ctx:embeddings() return h end
  local picks = {}
  for _, objective in ipairs { "facility_location", "graph_cut", "log_determinant", "saturated_coverage",
    "disparity_sum", "disparity_min" } do
    local chosen = select.Submodular({ fraction = 0.25, objective = objective }).select(ctx).indices
    local expected = select.submodular { objective = objective, features = r, embeddings = h, budget = 10,
      labels = ctx.labels, classes = 4, metric = "cosine" }
    assert(chosen:equal(expected.indices), objective)
    picks[#picks + 1] = table.concat(chosen:tolist(), " ")
  end
  assert(picks[1] ~= picks[4], "saturated coverage picks as facility location")
end

-- What would not fit is told before the work begins, in bytes.
do
  local x = th.zeros(3000000, 1)
  local one = th.ones(3000000):long()
  for name, f in pairs {
    distances = function() return select.pairwise_distances(x) end,
    omp = function() return select.omp { residuals = x, budget = 2900000 } end,
    gradmatch = function()
      return select.gradmatch { residuals = x, labels = one, classes = 1, mode = "per_class", budget = 2900000 }
    end,
    determinant = function() return select.submodular { features = x + 1, k = 2900000, objective = "log_determinant" } end,
    similarities = function() return select.facility_location { features = x + 1, k = 3, memory = 1e9 } end,
  } do
    local began = th.clock()
    support.refused({ "not enough memory", "bytes wanted", "limit" }, f)
    assert(th.clock() - began < 20, name)
  end
end

-- Replays of what other runs did before their first selection, of other lengths and batches, and of replays.
do
  local set = { train = th.data.digits().train:subset(th.arange(1, 192)), test = th.data.digits().test:subset(th.arange(1, 16)) }
  local function train(more)
    local model = th.models.mlp { in_channels = 1, image_size = 8, width = 8, seed = 3 }
    local config = {
      model = model, data = set, epochs = 6, batch_size = 32, quiet = true, seed = 2,
      optimizer = th.optim.SGD(model:parameters(), { lr = 0.05 }),
    }
    for name, value in pairs(more) do config[name] = value end
    return th.train(config), model
  end
  local number = 0
  local function recorded(more)
    number = number + 1
    more.trace = folder .. "/before" .. number .. ".trace"
    local result, model = train(more)
    return more.trace, result, model
  end
  local function images(result)
    local list = {}
    for i, row in ipairs(result.history) do list[i] = row.images end
    return table.concat(list, " ")
  end

  -- Full training first: so does the replay, which gives the same bits.
  local path, result, model = recorded { select = select.GradMatch { fraction = 0.25, first = 2, every = 2 }, initial = "full" }
  assert(images(result) == "192 192 48 48 48 48", images(result))
  assert(result.history[3].distinct == 1)
  local replayed, again = train { select = select.Cached { trace = path } }
  assert(images(replayed) == images(result) and support.same_state(model, again))
  assert(images(train { select = select.Cached { trace = path, policy = "loop" }, epochs = 9 })
    == "192 192 48 48 48 48 192 192 48")

  -- A warm start, in runs of other lengths.
  path = recorded { select = select.GradMatch { fraction = 0.25, every = 2, warm = 0.5 }, epochs = 12 }
  for _, policy in ipairs { "fraction", "loop", "shuffled" } do
    for _, epochs in ipairs { 7, 24 } do
      assert(train { select = select.Cached { trace = path, policy = policy }, epochs = epochs }.backwarded > 0)
    end
  end

  -- Whole batches of another size.
  path, result = recorded { select = select.GradMatchPB { fraction = 0.3, every = 2 }, batch_size = 64 }
  replayed = train { select = select.Cached { trace = path }, batch_size = 8 }
  assert(replayed.backwarded == result.backwarded)

  -- A replay of a replay weighs its images as the first run did, and starts as warm.
  for i, selector in ipairs { select.InfoBatch(), select.GradMatch { fraction = 0.25, every = 2, warm = 0.5 } } do
    path, result, model = recorded { select = selector }
    local second, _, middle = recorded { select = select.Cached { trace = path } }
    local _, last = train { select = select.Cached { trace = second } }
    assert(support.same_state(model, middle) and support.same_state(model, last), i)
  end

  -- Asked once, also behind a warm start; the accuracy of an event is the last that is known.
  path = recorded { select = select.EL2N { fraction = 0.25, first = 4, warm = 0.5 } }
  assert(#th.select.read_trace(path):epochs() == 1)
  path = recorded { select = select.GradMatch { fraction = 0.25, every = 2 }, evaluate_every = 3 }
  local trace = th.select.read_trace(path)
  local events = trace.event_count
  assert(trace:epochs()[events] == 4 and trace:event(events).accuracy)

  -- A schedule by steps counts those that were taken: at the end the rate has run through, whatever epochs hold.
  local sizes, rates, steps = { 192, 32, 100 }, {}, 6 + 1 + 4
  train {
    epochs = 3, schedule_per = "step", initial = "full",
    schedule = th.schedule.LinearLR { start_factor = 1, end_factor = 0, total_iters = steps },
    select = select.define {
      name = "sizes", fraction = 1, first = 0, select = function(ctx) return th.arange(1, sizes[ctx.epoch]) end,
    },
    on_epoch = function(row) rates[row.epoch] = row.lr end,
  }
  for i, taken in ipairs { 6, 7, 11 } do
    local expected = 0.05 * (1 - (taken - 1) / steps)
    assert(math.abs(rates[i] - expected) < 1e-9, rates[i] .. " " .. expected)
  end

  -- What may be chosen, and what batches must hold.
  local function choosing(f)
    return train { select = select.define { name = "mine", fraction = 0.25, first = 0, select = f }, epochs = 1 }
  end
  assert(choosing(function() return th.arange(1, 64) end).backwarded == 64)
  support.refused({ "65 images were selected, the budget is 48, 64 with whole batches" }, choosing, function()
    return th.arange(1, 65)
  end)
  for _, batches in ipairs { { { 1, 2 }, { 3, 3 } }, { { 1, 2 }, { 3, 4, 5 } }, { { 1, 2 } }, {}, 7 } do
    support.refused({ "batches must" }, choosing, function() return { indices = { 1, 2, 3, 4 }, batches = batches } end)
  end
  assert(choosing(function() return { indices = { 4, 3, 2, 1 }, batches = { { 1, 2 }, { 3, 4 } } } end).backwarded == 4)
end

return "ok"
