-- SPDX-License-Identifier: Apache-2.0
-- Runs that are cut off at a batch and gone on with, with every selector; what is refused; accumulation.
local scratch, scripts = ...
local th = require "thresh"
local tasks = require "thresh.task"
local support = dofile(scripts .. "/support.lua")
local outcome = dofile(scripts .. "/resume/outcome.lua")
local select = th.select

-- The `limit`-th batch whose losses are asked for raises an error, in training and in no other pass. The clock,
-- by which checkpoints are written within epochs, leaps at the two batches before.
local calls, limit, leapt = 0, math.huge, 0
local clock = th.clock
th.clock = function() return clock() + leapt end
local function task()
  local own = tasks.classification {}
  local losses = own.losses
  own.losses = function(batch, logits)
    calls = calls + 1
    if calls == limit then error("cut off", 0) end
    if calls >= limit - 2 then leapt = leapt + 1e6 end
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
  math.randomseed(11)
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
  if config.checkpoint == nil then
    config.checkpoint = { path = folder .. "/checkpoints", seconds = 1e5, every = 2 }
  end
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
  for _, at in ipairs { batches // 2 + 3, 2 } do
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
  -- Draws from the numbers that have no seed of their own.
  Default = function()
    return select.define {
      name = "Default", fraction = 0.5, select = function(ctx) return th.randperm(ctx.n)[{ { 1, ctx.budget } }] end,
    }
  end,
  -- Draws from Lua's own.
  MathRandom = function()
    return select.define {
      name = "MathRandom", fraction = 0.5, first = 0,
      select = function(ctx)
        local first = math.random(ctx.n - ctx.budget + 1)
        return th.arange(first, first + ctx.budget - 1)
      end,
    }
  end,
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
  rate_by_hand = function()
    return { on_epoch = function(row, run) if row.epoch == 1 then run.optimizer.lr = 0.01 end end }
  end,
  augmented = function() return { augment = { th.data.random_crop(1) }, matching_error = true } end,
  queue_accumulated = function()
    return { batch_select = select.SelectiveBackprop { variant = "jiang", beta = 1, prime = 0 }, accumulate = 2 }
  end,
}
for name, make in pairs(configurations) do check(name, make) end

-- What is written to standard error while f runs.
local function told(f, ...)
  local parts, stderr = {}, io.stderr
  io.stderr = { write = function(_, ...) parts[#parts + 1] = table.concat({ ... }) end, flush = function() end }
  local results = table.pack(pcall(f, ...))
  io.stderr = stderr
  if not results[1] then error(results[2], 0) end
  return table.concat(parts), table.unpack(results, 2, results.n)
end

local function plain() return {} end

local function files(folder)
  local names = th.list_directory(folder .. "/checkpoints")
  table.sort(names)
  return names
end

local function bytes_of(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "a"
  file:close()
  return bytes
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

-- A run that has ended is not trained again; two checkpoints are kept.
local whole_folder = new_folder()
run(plain, whole_folder)
do
  assert(table.concat(files(whole_folder), " ") == "000002-00000000.json 000002-00000000.safetensors "
    .. "000003-00000000.json 000003-00000000.safetensors", table.concat(files(whole_folder), " "))
  local result = run(plain, whole_folder)
  assert(result.resumed == "000003-00000000" and result.checkpoint == result.resumed and calls == 0)
  assert(#result.history == 3 and math.type(result.history[1].epoch) == "integer" and result.accuracy)
  result = run(function() return { resume = false } end, whole_folder)
  assert(result.resumed == nil and calls == 18)
end

-- Broken checkpoints are told of, and the one before is used; half-written ones are none.
local function damaged(damage)
  local folder = new_folder()
  local ok, message = pcall(run, plain, folder, 9)
  assert(not ok and message:find "cut off", message)
  local path = folder .. "/checkpoints/"
  damage(path, files(folder))
  local text, result, model, optimizer = told(run, plain, folder)
  assert(#files(folder) == 4)
  return text, result, outcome.of(result, model, optimizer, folder)
end
local _, _, unharmed = damaged(function() end)
local function harm(name, damage, expected, resumed)
  local text, result, found = damaged(damage)
  assert(text:find(expected, 1, true), name .. ": " .. text)
  assert(result.resumed == resumed, name .. ": " .. tostring(result.resumed))
  outcome.assert_same(unharmed, found, name)
end
local newest, before = "000001-00000002", "000001-00000001"
harm("flipped", function(path)
  local bytes = bytes_of(path .. newest .. ".safetensors")
  write(path .. newest .. ".safetensors", bytes:sub(1, -2) .. string.char(bytes:byte(-1) ~ 1))
end, newest .. ".json' is broken (its SHA-256 is not the one that was written down); the one before is used", before)
harm("cut", function(path)
  write(path .. newest .. ".safetensors", bytes_of(path .. newest .. ".safetensors"):sub(1, 100))
end, "is broken", before)
harm("torn head", function(path) write(path .. newest .. ".json", '{"batches":2,') end, "no JSON", before)
harm("other head", function(path) write(path .. newest .. ".json", '{"format":"x"}') end, "no thresh-checkpoint",
  before)
harm("newer", function(path)
  write(path .. newest .. ".json", (bytes_of(path .. newest .. ".json"):gsub('"version":2', '"version":3')))
end, "it has version 3, version 2 is needed", before)
harm("gone", function(path) os.remove(path .. newest .. ".safetensors") end, "No such file", before)
harm("half-written", function(path)
  os.remove(path .. newest .. ".json")
  write(path .. "000001-00000003.safetensors.12-1-1.tmp", "x")
end, "", before)
support.refused({ "none of the 2 checkpoints", "resume = false" }, told, damaged, function(path, names)
  for _, name in ipairs(names) do write(path .. name, "") end
end)

-- A checkpoint of another run is refused with the difference.
local function other(parts, make)
  support.refused(parts, run, make, whole_folder)
end
local of_another = "is of another run"
other({ of_another, "batch_size: 32 in the checkpoint, 16 now" }, function() return { batch_size = 16 } end)
other({ of_another, "epochs: 3 in the checkpoint, 4 now" }, function() return { epochs = 4 } end)
other({ of_another, "optimizer: SGD {", "lr = 0.05", "now" }, function()
  return { optimizer_options = { lr = 0.1, momentum = 0.9 } }
end)
other({ of_another, "select.options.fraction: none in the checkpoint, 0.5 now" }, function()
  return { select = select.RS2 { fraction = 0.5 } }
end)
other({ of_another, "data.train: ", "fingerprint" }, function()
  return { data = { train = digits.train:subset(th.arange(2, 193)), test = data.test } }
end)
other({ of_another, "augment: none in the checkpoint, random_crop {padding = 1" }, function()
  return { augment = { th.data.random_crop(1) } }
end)
other({ of_another, "schedule: none in the checkpoint, StepLR {step_size = 1" }, function()
  return { schedule = th.schedule.StepLR { step_size = 1 } }
end)
other({ of_another, "trace: false in the checkpoint, true now" }, function(folder)
  return { trace = folder .. "/x.trace" }
end)

-- The trace must be the one that was begun.
do
  local make = traced(function() return select.RS2 { fraction = 0.5 } end)
  local folder = new_folder()
  assert(not pcall(run, make, folder, 8))
  local path = folder .. "/run.trace"
  local bytes = bytes_of(path)
  write(path, bytes:sub(1, -40))
  support.refused({ path, "bytes are needed" }, run, make, folder)
  write(path, "x" .. bytes)
  support.refused({ path, "its first line is not that of this run" }, run, make, folder)
  os.remove(path)
  support.refused({ path, "No such file" }, run, make, folder)
end

-- Values come back with their bits and types, in any nesting; what cannot is told by its place.
do
  local pack = require "thresh.train.pack"
  local history = select.loss_history { capacity = 3 }
  history:probabilities { 4, 1, 2, 3 }
  local image = th.randn(2, 3, 4, 5):channels_last()
  local text, tensors = pack.pack {
    numbers = { 1, 1.0, -0.0, 0 / 0, math.huge, -math.huge, 0.1, math.mininteger, 5e-324 },
    texts = { "", "é\n\0\"", "\xff\xfe", ["$"] = "tensor" }, odd = { [3] = true, [1.5] = { {} }, [false] = "no" },
    image = image, deep = { { history = history } }, same = { a = image, ["a.b"] = { c = image }, a_ = image },
  }
  th.save_safetensors(scratch .. "/packed.safetensors", tensors)
  local back = pack.unpack(text, (th.load_safetensors(scratch .. "/packed.safetensors")))
  local numbers = back.numbers
  assert(math.type(numbers[1]) == "integer" and math.type(numbers[2]) == "float" and 1 / numbers[3] == -math.huge)
  assert(numbers[4] ~= numbers[4] and numbers[5] == math.huge and numbers[6] == -math.huge and numbers[7] == 0.1)
  assert(numbers[8] == math.mininteger and math.type(numbers[8]) == "integer" and numbers[9] == 5e-324)
  assert(back.texts[2] == "é\n\0\"" and back.texts[3] == "\xff\xfe" and back.texts["$"] == "tensor")
  assert(back.odd[3] == true and next(back.odd[1.5][1]) == nil and back.odd[false] == "no")
  assert(back.image:equal(image) and back.image.strides[2] == 1)
  assert(back.deep[1].history:state():tolist()[1] == 1 and back.deep[1].history.capacity == 3)
  assert(back.same["a.b"].c:equal(image) and back.same.a_:equal(image))
  -- What is packed can be read, however deep.
  for _, key in ipairs { 1, "x", 1.5 } do
    local deep, levels = { th.ones(1), history }, 0
    while pack.holds(deep) do deep, levels = { [key] = deep }, levels + 1 end
    assert(levels > 8)
    text, tensors = pack.pack { deep = deep[key] }
    back = pack.unpack(text, tensors).deep
    for _ = 2, levels do back = back[key] end
    assert(#back[2] == 3)
  end
  local loop = {}
  loop.again = loop
  support.refused({ "loop.again", "holds itself" }, pack.pack, { loop = loop })
  support.refused({ "f.1 is a function" }, pack.pack, { f = { print } })
  support.refused({ "t has a table as a key" }, pack.pack, { t = { [{}] = 1 } })
  support.refused({ "t is a table with a metatable" }, pack.pack, { t = setmetatable({}, {}) })
  support.refused({ "text", "no JSON at byte 2" }, th.parse_json, "{,}")
  assert(th.parse_json("[1, null, 2.0]")[3] == 2.0)
end

-- What the options must be, and what a checkpoint cannot hold.
local function refused_option(parts, checkpoint)
  support.refused(parts, run, function() return { checkpoint = checkpoint } end, new_folder())
end
refused_option({ "checkpoint: needs the option 'path'" }, { every = 1 })
refused_option({ "unknown option 'evry' (did you mean 'every'?)" }, { path = scratch, evry = 1 })
refused_option({ "'keep' must be at least 1" }, { path = scratch, keep = 0 })
refused_option({ "checkpoints cannot be written to", "run.lua" }, scripts .. "/resume/run.lua")
support.refused({ "store.model is a Module, which a checkpoint cannot hold" }, run, function()
  return {
    select = select.define {
      name = "Odd", fraction = 0.5, first = 0,
      select = function(ctx)
        ctx.store.model = ctx.model
        return th.arange(1, ctx.budget)
      end,
    },
  }
end, new_folder())
support.refused({ "'state' and 'load_state' go together" }, select.define, {
  name = "Odd", fraction = 0.5, select = print, state = print,
})

-- A run's folder gets each row once, the trace and the checkpoints.
do
  local folder = new_folder()
  local lines, interrupted = {}, 0
  local handle = {
    log = function(_, line) lines[#lines + 1] = line end,
    rewind = function(_, keep)
      local kept = {}
      for i, line in ipairs(lines) do if keep(line, i) then kept[#kept + 1] = line end end
      lines = kept
    end,
    file = function(_, name) return folder .. "/" .. name end,
    interrupt = function() interrupted = interrupted + 1 end,
  }
  local function make()
    return { run = handle, select = select.RS2 { fraction = 0.5 }, checkpoint = { every = 2 } }
  end
  assert(not pcall(run, make, folder, 5))
  assert(#lines == 1)
  -- As th.runs.reopen marks it.
  handle.before = #lines
  local result = run(make, folder)
  assert(#lines == 3 and lines[2].epoch == 2 and lines[3].accuracy == result.accuracy)
  assert(lines[3].train_seconds and lines[3].train_cpu_seconds and lines[3].seconds == nil)
  assert(result.trace == folder .. "/subsets.trace" and #files(folder) == 4 and interrupted == 0)
  local none = run(function() return { run = handle, checkpoint = false } end, folder)
  assert(none.checkpoint == nil)
  support.refused({ "option 'run'", "no method 'log'" }, run, function() return { run = {} } end, folder)
end

-- The bits do not depend on where checkpoints are written, and their time is told apart.
do
  local folder = new_folder()
  local result, model, optimizer = run(function() return { checkpoint = false } end, folder)
  assert(result.seconds.checkpoint == 0 and result.seconds.train > 0)
  assert(result.cpu_seconds.train >= 0 and result.history[1].cpu_seconds.train <= result.cpu_seconds.train)
  outcome.assert_same(outcome.of(result, model, optimizer, folder), unharmed, "without checkpoints")
end

-- N batches of B are one of N B, without BatchNorm: plain, weighted, and with rows left out.
local function near(what, make)
  local many, few = {}, {}
  for _, form in ipairs { { many, 16, 4 }, { few, 64, 1 } } do
    local model = th.models.mlp { in_channels = 1, image_size = 8, width = 12, seed = 3 }
    local config = make()
    config.model, config.data, config.epochs, config.seed, config.quiet = model, data, 2, 7, true
    config.batch_size, config.accumulate = form[2], form[3]
    config.optimizer = th.optim.SGD(model:parameters(), { lr = 0.05, momentum = 0.9 })
    local result = th.train(config)
    form[1].state, form[1].lr, form[1].loss = model:state_dict(), result.history[2].lr, result.history[2].loss
  end
  for name, tensor in pairs(many.state) do
    assert(tensor:allclose(few.state[name], { rtol = 1e-4, atol = 1e-6 }), what .. ": " .. name)
  end
  assert(many.lr == few.lr, what)
  return many, few
end
local many, few = near("plain", plain)
assert(math.abs(many.loss - few.loss) < 1e-4)
near("schedule", function()
  return { schedule = th.schedule.StepLR { step_size = 2, gamma = 0.5 }, schedule_per = "step" }
end)
for _, normalisation in ipairs { "sum", "subset", "batch" } do
  near(normalisation, function()
    return {
      select = select.GradMatch { fraction = 0.5, first = 0, every = 9, weight_normalisation = normalisation },
      initial = "full",
    }
  end)
end
near("selective", function()
  local selector = {
    name = "odd images", select = function(info) return info.indices:remainder(2):eq(1) end,
  }
  return { batch_select = selector }
end)

th.clock = clock
return "ok"
