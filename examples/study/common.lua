-- SPDX-License-Identifier: Apache-2.0
-- What the scripts of the study share: scales, data, methods and their costs, the sweep and its report.
--
-- A script tells what it varies (`axis`, `values`), what it compares (`methods`) and how a run is set up, and
-- `study.run` does the rest: it says how long that will take, runs what is missing, and writes the report.

local th = require "thresh"
local select, schedule = th.select, th.schedule

local M = {}

M.folder = arg[0]:match "^(.*/)" or "./"
local results = dofile(M.folder .. "results.lua")

-- tiny: in seconds, on the embedded digits, to see that all works; its figures mean nothing. small: some 4,000 images
-- of CIFAR-10 and a small network, within about 90 minutes on two cores. full: as published.
--
-- floor: the accuracy that full training must reach for a fixed accuracy to be worth comparing at.
local scales = {
  tiny = {
    data = "digits", images = 64, model = "resnet8", width = 4, epochs = 3, batch_size = 8, fraction = 0.25, every = 1,
    seeds = { 1, 2 }, floor = 0, probe = 16,
  },
  small = {
    data = "cifar10", images = 4000, model = "resnet20", epochs = 20, batch_size = 32, fraction = 0.3, every = 5,
    seeds = { 1, 2, 3 }, floor = 0.6, probe = 256,
  },
  -- The set-up of the GRAD-MATCH paper's script and of CORDS' documentation.
  full = {
    data = "cifar10", images = 0, model = "resnet18", epochs = 300, batch_size = 20, fraction = 0.1, every = 20,
    seeds = { 1, 2, 3 }, floor = 0.6, probe = 256,
  },
}

--- The options of a script: those that all have, and its own. o.settings: what the scale says, with what was
--- given in its place.
function M.options(own)
  local spec = {
    scale = { "small", "tiny, small or full" },
    data = { "data/cifar-10-batches-bin", "folder with data_batch_*.bin and test_batch.bin (not for tiny)" },
    root = { "runs", "folder of the runs" },
    seeds = { {}, "seeds, separated by commas (those of the scale)" },
    images = { 0, "training images (those of the scale)" },
    epochs = { 0, "epochs of full training (those of the scale)" },
    share = { 0.9, "the accuracy to compare at, as a part of full training's best" },
    estimate = { false, "say how long it will take, and end" },
    quiet = { false, "no progress lines" },
  }
  for name, rule in pairs(own or {}) do spec[name] = rule end
  local o = th.arguments(spec)
  local scale = scales[o.scale]
  if not scale then
    io.stderr:write(string.format("there is no scale '%s'; it is tiny, small or full\n", o.scale))
    os.exit(2)
  end
  local settings = {}
  for name, value in pairs(scale) do settings[name] = value end
  if #o.seeds > 0 then settings.seeds = o.seeds end
  if o.images > 0 then settings.images = o.images end
  if o.epochs > 0 then settings.epochs = o.epochs end
  o.settings = settings
  return o
end

-- The data of a scale, read once.
local read
function M.data(o)
  if read then return read end
  local s = o.settings
  if s.data == "digits" then
    read = th.data.digits()
    read.train = read.train:subset(th.arange(1, math.min(s.images, #read.train)))
    read.test = read.test:subset(th.arange(1, 64))
  else
    read = th.data.cifar10 { root = o.data, images = s.images > 0 and s.images or nil }
  end
  return read
end

local function augmentation(o)
  if o.settings.data == "digits" then return nil end
  return { th.data.random_crop(4), th.data.horizontal_flip() }
end

-- The model of a set-up, drawn by the seed.
local function model_of(p, setup)
  return th.models[setup.model] {
    classes = 10, in_channels = p.data == "digits" and 1 or 3, image_size = p.data == "digits" and 8 or 32,
    width = setup.width or p.width, seed = p.seed,
  }
end

--- SGD as published: momentum 0.9, weight decay 5e-4, no Nesterov.
function M.sgd(lr)
  return function(parameters) return th.optim.SGD(parameters, { lr = lr, momentum = 0.9, weight_decay = 5e-4 }) end
end

-- In how many epochs a selector is asked: in epoch 1 (counted from 0) and behind it at the multiples of `every`.
local function selections(p)
  if p.epochs < 2 then return 0 end
  return p.every == 1 and p.epochs - 1 or 1 + (p.epochs - 1) // p.every
end

-- What a run costs, in epochs of full training by its images: a forward pass is a third of a training step.
local function subset_cost(p, asked) return p.fraction * p.epochs + (asked and selections(p) / 3 or 0) end

local function subset(make, given)
  return {
    select = function(p)
      local options = { fraction = p.fraction, warm = given and given.warm }
      if given and (given.asked or given.batches) then options.every = p.every end
      return select[make](options)
    end,
    cost = function(p) return subset_cost(p, given and given.asked) end,
  }
end

local function cached(source)
  return { cached = source, cost = function(p) return subset_cost(p) end }
end

--- What can be compared, by name: select(p) or batch_select(p); epochs(p) where they are fewer; cached, the method
--- whose subsets are replayed; cost(p) in epochs of full training.
M.methods = {
  Full = { cost = function(p) return p.epochs end },
  RS2 = subset "RS2",
  RandomPB = subset("RandomPB", { batches = true }),
  GradMatch = subset("GradMatch", { asked = true }),
  GradMatchPB = subset("GradMatchPB", { asked = true }),
  ["GradMatch-warm"] = subset("GradMatch", { asked = true, warm = 0.5 }),
  ["GradMatchPB-warm"] = subset("GradMatchPB", { asked = true, warm = 0.5 }),
  ["RS2-warm"] = subset("RS2", { warm = 0.5 }),
  ["Cached-GradMatch"] = cached "GradMatch",
  ["Cached-GradMatchPB"] = cached "GradMatchPB",
  ["Cached-GradMatch-warm"] = cached "GradMatch-warm",
}

--- Full training within the images that a cost in epochs stands for; its schedule decays fully in them.
function M.early_stop(cost)
  local function epochs(p) return math.max(1, math.floor(cost(p) + 1e-9)) end
  return { epochs = epochs, cost = epochs }
end

M.methods["Full-EarlyStop"] = M.early_stop(function(p) return subset_cost(p, true) end)

--- Selective-Backprop, or its random control, as a method of these settings.
function M.rows(make, settings)
  return {
    batch_select = function() return select[make](settings) end,
    cost = function(p)
      local forward = make == "SelectiveBackprop" and not settings.reuse and 1 or 0
      local selective = 1 - (settings.interrupt > 0 and 1 / settings.interrupt or 0)
      if settings.interrupt == 1 then selective = 0 end
      local inside = math.ceil(settings.finish * p.epochs - 1e-9) - math.ceil(settings.start * p.epochs - 1e-9)
      local step = forward / 3 + (settings.reuse and (1 + 2 * settings.keep) / 3 or settings.keep)
      return p.epochs - inside * selective * (1 - step)
    end,
  }
end

--- Trains as a set-up says, { model, width, optimizer, accumulate }; `more` goes to th.train.
function M.train(o, p, setup, more)
  local model = model_of(p, setup)
  local epochs = more.epochs or p.epochs
  local given = {
    model = model, data = M.data(o), optimizer = setup.optimizer(model:parameters()),
    schedule = schedule.CosineAnnealingLR { t_max = epochs }, epochs = epochs, batch_size = p.batch_size,
    accumulate = setup.accumulate, seed = p.seed, augment = augmentation(o), quiet = true,
    -- What takes a second is sooner done again than gone on with.
    checkpoint = o.scale == "tiny" and false or nil,
  }
  for name, value in pairs(more) do given[name] = value end
  return th.train(given), model
end

-- The trace of a source run, which the first that needs it makes: its cost is kept beside it.
local function shared(study, p, run, method, setup)
  local source = setup.source
  return run.shared_trace {
    method = method, data = M.data(study.o).train, seed = p.seed,
    model = { name = source.name, width = source.width or p.width },
    options = { fraction = p.fraction, every = p.every, epochs = p.epochs, batch_size = p.batch_size },
    make = function(path)
      local result = M.train(study.o, p, source, {
        select = study.methods[method].select(p), trace = path, evaluate_every = p.epochs,
      })
      return {
        seconds = result.seconds.train + result.seconds.select, forwarded = result.forwarded,
        cpu_seconds = result.cpu_seconds.train + result.cpu_seconds.select, backwarded = result.backwarded,
      }
    end,
  }
end

-- One run of the sweep.
local function trial(study, p, run)
  local method, setup = study.methods[p.method], study.setup(p)
  local selector
  if method.cached then
    selector = select.Cached { trace = shared(study, p, run, method.cached, setup) }
  elseif method.select then
    selector = method.select(p)
  end
  local result = M.train(study.o, p, setup, {
    select = selector, batch_select = method.batch_select and method.batch_select(p),
    epochs = method.epochs and method.epochs(p), run = run,
  })
  return {
    accuracy = result.accuracy, best = result.best, epochs = #result.history,
    train_seconds = result.seconds.train, select_seconds = result.seconds.select,
    cpu_seconds = result.cpu_seconds.train + result.cpu_seconds.select,
    forwarded = result.forwarded, backwarded = result.backwarded,
  }
end

--- Whether this process works for a sweep that another one has started.
function M.is_worker() return os.getenv "THRESH_SWEEP_WORKER" ~= nil end

--- Seconds of training an image, measured on few: by the clock, and of each CPU were they alone. The first epoch of a
--- run of two warms up, the second is timed.
function M.speed(result, n)
  local first, second = result.history[1], result.history[2]
  return {
    clock = (second.seconds.train - first.seconds.train) / n,
    cpu = (second.cpu_seconds.train - first.cpu_seconds.train) / n / th.num_threads(),
  }
end

local function duration(seconds)
  return seconds < 100 and string.format("%.0f seconds", math.max(1, seconds)) or string.format("%.0f minutes", seconds / 60)
end

--- Says how long runs will take, and ends here if no more was asked for. seconds and speeds: by the clock and of the CPUs.
function M.tell(title, o, runs, data, seconds, speeds, n)
  local names = {}
  for name, speed in pairs(speeds) do names[#names + 1] = string.format("%s %.2f ms", name, 1000 * speed.clock) end
  table.sort(names)
  print(string.format("%s, scale %s: %d runs on %d training and %d test images, about %s in one process at the load of now, "
    .. "%s were the machine idle (an image of training: %s, measured on %d images). What is recorded already is not run "
    .. "again.", title, o.scale, runs, #data.train, #data.test, duration(math.max(seconds.clock, seconds.cpu)),
    duration(seconds.cpu), table.concat(names, ", "), n))
  io.stdout:flush()
  if o.estimate then os.exit(0) end
end

local function probed(study, p, setup, n)
  local data = M.data(study.o)
  local part = { name = data.name, train = data.train:subset(th.arange(1, n)) }
  return M.speed(M.train(study.o, p, setup, { data = part, epochs = 2 }), n)
end

--- Says how long a sweep over `axis`, method and seed will take. Workers say nothing.
function M.estimate(study, params, grid)
  if M.is_worker() then return end
  local o = study.o
  local data, speeds, sources, seconds, runs = M.data(o), {}, {}, { clock = 0, cpu = 0 }, 0
  local n = math.min(o.settings.probe, #data.train)
  local function add(p, setup, cost, evaluations)
    local speed = speeds[setup.model] or probed(study, p, setup, n)
    speeds[setup.model] = speed
    for by, value in pairs(speed) do
      seconds[by] = seconds[by] + value * (cost * #data.train + evaluations * #data.test / 3)
    end
  end
  for _, value in ipairs(grid[study.axis]) do
    for _, name in ipairs(grid.method) do
      for _, seed in ipairs(grid.seed) do
        local p = { [study.axis] = value, method = name, seed = seed }
        for key, setting in pairs(params) do p[key] = p[key] == nil and setting or p[key] end
        local method, setup = study.methods[name], study.setup(p)
        runs = runs + 1
        add(p, setup, method.cost(p), method.epochs and method.epochs(p) or p.epochs)
        local key = method.cached and string.format("%s %s %d", method.cached, setup.source.name, seed)
        if key and not sources[key] then
          sources[key] = true
          add(p, setup.source, study.methods[method.cached].cost(p), 1)
        end
      end
    end
  end
  M.tell(study.title, o, runs, data, seconds, speeds, n)
end

--- Writes a report as .html, .md, .tex and .csv, and says where.
function M.write(o, name, report)
  local folder = string.format("%s/study/%s-%s", o.root, name, o.scale)
  th.make_directory(folder)
  for _, ending in ipairs { "html", "md", "tex", "csv" } do report:save(string.format("%s/report.%s", folder, ending)) end
  print(string.format("Report: %s/report.html", folder))
end

--- The settings that are part of what a run is.
function M.params(o)
  local s = o.settings
  return {
    data = s.data, fingerprint = M.data(o).train:fingerprint():sub(1, 16), model = s.model, width = s.width,
    epochs = s.epochs, batch_size = s.batch_size, fraction = s.fraction, every = s.every,
  }
end

--- A study: name, title, o (options), axis and values (what is varied), methods (a list of names), setup(p) -> { model,
--- optimizer, accumulate, source = { name, model, optimizer } }, and optionally own (methods by name), params (settings
--- of its own), text (of the report). Returns the results.
function M.run(study)
  local o, s = study.o, study.o.settings
  local names = study.methods
  study.methods = setmetatable(study.own or {}, { __index = M.methods })
  local params = M.params(o)
  for name, value in pairs(study.params or {}) do params[name] = value end
  params[study.axis] = nil
  local grid = { [study.axis] = study.values, method = names, seed = s.seeds }
  M.estimate(study, params, grid)
  local sweep = th.sweep {
    name = study.name .. "-" .. o.scale, root = o.root, params = params, grid = grid, quiet = o.quiet,
    code = { M.folder .. "common.lua" }, trial = function(p, run) return trial(study, p, run) end,
  }
  local found = results.of(sweep, study.axis, { share = o.share, floor = s.floor })
  local sections = results.sections(found, study.text)
  for _, section in ipairs(sections) do
    if section.code then break end
    if section.text then print("\n" .. section.text) end
    for _, t in ipairs(section.tables or {}) do io.write("\n", th.report.table(t)) end
  end
  M.write(o, study.name, th.report {
    title = string.format("%s, scale %s", study.title, o.scale), sections = sections,
    lead = o.scale == "tiny" and "At the scale 'tiny' it is only tested that all works: its figures mean nothing." or nil,
  })
  return found
end

M.results = results

return M
