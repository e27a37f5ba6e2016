-- SPDX-License-Identifier: Apache-2.0
-- Several selectors, several seeds, one table: accuracy, seconds, fixed-accuracy speedup, images.

local core = require "thresh.core"
local baselines = require "thresh.compare.baselines"
local entries = require "thresh.compare.entry"
local options = require "thresh.options"
local select = require "thresh.select"
local statistics = require "thresh.statistics"
local train = require "thresh.train"

local M = {}

-- What compare returns.
local Comparison = {}

local rules = {
  data = { { "table", "callable" }, required = true },
  model = { "callable", required = true },
  optimizer = { "callable", required = true },
  schedule = { "callable" },
  schedule_per = { "string" },
  selectors = { "table", required = true },
  seeds = { "table", default = { 1, 2, 3 } },
  epochs = { "integer", required = true, from = 1 },
  batch_size = { "integer", default = 128, from = 1 },
  accumulate = { "integer", from = 1 },
  augment = { { "table", "string" } },
  task = { "table" },
  label_smoothing = { "number" },
  evaluate_on = { "string", default = "test" },
  evaluate_every = { "integer", default = 1, from = 1 },
  initial = { "string" },
  matching_error = { { "boolean", "string" } },
  traces = { "string" },
  target = { { "number", "table" } },
  baselines = { "boolean", default = false },
  early_stop = { "string", default = "images" },
  interval = { "string", default = "percentile" },
  level = { "number", default = 0.95, above = 0, to = 1 },
  on_run = { "callable" },
  quiet = { "boolean", default = false },
}

-- The data of one seed, with something to evaluate on: a comparison is of accuracies.
local function data_of(config, seed)
  local data = config.data
  if type(data) ~= "table" or data.train == nil then data = data(seed) end
  if type(data) ~= "table" then
    error("compare: data must be a table with train and test, got " .. options.shown(data), 5)
  end
  local class = config.task and config.task.dataset or "Dataset"
  if getmetatable(data[config.evaluate_on]) ~= class then
    error(string.format("compare: data needs a dataset '%s' (%s) to evaluate on, got %s", config.evaluate_on, class,
      options.shown(data[config.evaluate_on])), 5)
  end
  return data
end

-- The name of a label's traces: its letters and figures, and a number where another label has the same ones. names: of
-- the labels so far.
local function trace_name(names, label)
  if names[label] then return names[label] end
  local taken, plain = {}, label:lower():gsub("[^%w]+", "-")
  for _, name in pairs(names) do taken[name] = true end
  local name, k = plain, 1
  while taken[name] do
    k = k + 1
    name = plain .. "-" .. k
  end
  names[label] = name
  return name
end

-- Trains an entry for `epochs`. Returns the result and the selector, which may be made for this run alone.
local function run_one(config, e, seed, traces, epochs)
  local model = config.model(seed)
  if not core.nn.is_module(model) then
    error("compare: model(seed) must return a module, got " .. options.shown(model), 4)
  end
  local data = data_of(config, seed)
  local make_optimizer = e.optimizer or config.optimizer
  local make_schedule = e.schedule or config.schedule
  local trace = config.traces
    and string.format("%s/%s-seed%d.trace", config.traces, trace_name(config.trace_names, e.label), seed)
  local selector = e.select { seed = seed, traces = traces }
  traces[e.label] = trace
  local result = train.train {
    model = model, data = data, optimizer = make_optimizer(model:parameters(), seed),
    schedule = make_schedule and make_schedule(epochs), schedule_per = config.schedule_per,
    select = selector, batch_select = e.batch_select, epochs = epochs,
    batch_size = config.batch_size, accumulate = config.accumulate, seed = seed, augment = config.augment,
    task = config.task, label_smoothing = config.label_smoothing, evaluate_on = config.evaluate_on,
    evaluate_every = config.evaluate_every, initial = config.initial, trace = trace,
    matching_error = config.matching_error,
    label = string.format("%s, seed %d", e.label, seed), quiet = config.quiet,
  }
  if config.on_run then config.on_run(e.label, seed, model, result) end
  return result, selector
end

-- A row for each entry, and by its label.
local function rows_of(config)
  local rows, by_label = {}, {}
  local function add(e)
    if by_label[e.label] then
      error(string.format("compare: two selectors are called '%s'; give one a label", e.label), 4)
    end
    local row = { label = e.label, entry = e, results = {} }
    rows[#rows + 1], by_label[e.label] = row, row
  end
  for i, given in ipairs(config.selectors) do add(entries.checked(given, i, 3)) end
  if config.baselines and not by_label.Full then
    add { label = "Full", select = function() return select.Full() end }
    table.insert(rows, 1, table.remove(rows))
  end
  return rows, by_label
end

-- What tells selectors apart: name and options, as a text.
local function key_of(selector)
  return selector and selector.name .. " " .. options.text(selector.options or {}) or ""
end

-- The same of an entry: its selectors and its recipe.
local function entry_key(e, selector)
  return string.format("%s; %s; %s; %s", key_of(selector), key_of(e.batch_select), e.optimizer, e.schedule)
end

-- Adds the rows of what stands beside a method. Methods of one budget and one recipe share them.
local function add_baselines(rows, by_label, row, selector)
  local e = row.entry
  row.baselines = {}
  if selector.all and not e.batch_select or baselines.is_random(selector, e.batch_select) then return end
  local place = 1
  while rows[place] ~= row do place = place + 1 end
  for _, found in ipairs(baselines.of(row.label, selector, e.batch_select)) do
    local fixed = found.select or select.Full()
    found.select = function() return fixed end
    found.optimizer, found.schedule, found.baseline = e.optimizer, e.schedule, e.baseline
    found.key = entry_key(found, fixed)
    local same = by_label[found.label]
    if same and same.entry.key ~= found.key then
      found.label = string.format("%s (%s)", found.label, row.label)
      same = by_label[found.label]
    end
    if not same then
      place = place + 1
      same = { label = found.label, entry = found, results = {}, beside = row.label }
      table.insert(rows, place, same)
      by_label[found.label] = same
    end
    row.baselines[#row.baselines + 1] = same.label
  end
end

-- The epochs of full training that the method beside a row has paid for. Full training is the baseline that its entry
-- names, where that is full and has run, or else Full.
local function epochs_of(config, row, by_label, k, n)
  local named = by_label[row.entry.baseline]
  local result = named and named.results[k]
  local full = result and result.selector == "Full" and not named.entry.batch_select and result or by_label.Full.results[k]
  return baselines.epochs(config.early_stop, by_label[row.beside].results[k], full, n)
end

-- Trains a row with the k-th seed. Methods that have paid for as many epochs share their Full-EarlyStop.
local function run_row(config, row, by_label, k, traces, stopped)
  local e, seed = row.entry, config.seeds[k]
  if not e.early_stop then return run_one(config, e, seed, traces, config.epochs) end
  local epochs = epochs_of(config, row, by_label, k, #data_of(config, seed).train)
  local recipe = string.format("%d %s %s", epochs, e.optimizer, e.schedule)
  stopped[recipe] = stopped[recipe] or run_one(config, e, seed, traces, epochs)
  return stopped[recipe]
end

-- Trains every row with every seed; seed by seed, so that a slow spell of the machine touches all alike.
local function run_all(config, rows, by_label)
  for k in ipairs(config.seeds) do
    local traces, stopped, i = {}, {}, 1
    -- Baselines join behind their method once its selector is known.
    while i <= #rows do
      local row, selector = rows[i], nil
      row.results[k], selector = run_row(config, row, by_label, k, traces, stopped)
      if selector and not row.entry.key then row.entry.key = entry_key(row.entry, selector) end
      if config.baselines and k == 1 and not row.beside then add_baselines(rows, by_label, row, selector) end
      i = i + 1
    end
  end
end

local function collect(results, field)
  local values = {}
  for i, result in ipairs(results) do values[i] = field(result) end
  return values
end

-- Median, extremes and mean of a field of the results, with the interval of the median.
local function summary(config, results, field)
  local values = collect(results, field)
  local s = statistics.interval(values, { method = config.interval, level = config.level })
  local whole = statistics.summary(values)
  s.min, s.max, s.mean = whole.min, whole.max, whole.mean
  return s
end

local function summarise(config, row, baseline, target)
  local results = row.results
  local function of(field) return summary(config, results, field) end
  row.accuracy = of(function(r) return r.accuracy end)
  row.best = of(function(r) return r.best end)
  row.train_seconds = of(function(r) return r.seconds.train end)
  row.select_seconds = of(function(r) return r.seconds.select end)
  row.forwarded = statistics.summary(collect(results, function(r) return r.forwarded end)).median
  row.backwarded = statistics.summary(collect(results, function(r) return r.backwarded end)).median
  -- A baseline that itself never got there leaves pairs without upper bound, which BCa does not take.
  local ok, accounts = pcall(statistics.accounts, baseline.results, results, target,
    { method = config.interval, level = config.level })
  if not ok then
    accounts = statistics.accounts(baseline.results, results, target, { level = config.level })
  end
  row.accounts, row.speedup, row.baseline = accounts, accounts.seconds, baseline.label
end

-- The row that an entry's speedups are against: the first unless it names another.
local function baseline_of(rows, by_label, row)
  local label = row.entry.baseline or rows[1].label
  if not by_label[label] then
    error(string.format("compare: '%s' names the baseline '%s', which is not compared", row.label, label), 3)
  end
  return by_label[label]
end

--- Trains every selector with every seed and returns { rows, target, … }; `tostring` is the table.
---
--- model(seed), optimizer(parameters, seed) and schedule(epochs) make fresh ones for each run. An
--- entry of `selectors` is a selector, or { label, select = function(run) … end, batch_select, optimizer,
--- schedule, baseline } where run.traces[label] is the trace of an earlier entry with the same seed. The first
--- entry is the baseline of the speedups unless an entry names another. on_run(label, seed, model, result) is
--- called after each run, as to keep its weights.
---
--- baselines = true adds below every method what its budget buys without it: Full-EarlyStop, full training cut at
--- the method's images (early_stop = "images": a forward pass counts a third) or time ("seconds"), with a schedule
--- made for that many epochs, so that it decays fully; RS2 and RandomPB of its fraction; for batch selectors
--- RandomBackprop of its keep. Rows that are the same are trained once.
---
--- A row has label, results (what train returned, by seed), accuracy, best, train_seconds, select_seconds
--- (median, low, high, min, max, mean), forwarded and backwarded (medians of images), baseline, accounts (speedups by
--- account, as th.statistics.accounts) and speedup, the one of time. target: an accuracy, { share = 0.95 } of the first
--- row's best, or by default what every run reaches.
---
--- Example:
---     local comparison = th.compare {
---       data = th.data.digits(), selectors = { th.select.Full(), th.select.RS2 { fraction = 0.2 } }, seeds = { 1 },
---       model = function(seed) return th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = seed } end,
---       optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.1, momentum = 0.9 }) end,
---       epochs = 2, quiet = true,
---     }
---     assert(tostring(comparison):find "RS2" and #comparison.rows == 2)
---@param given table data (a set of data, or a function of the seed), model, optimizer, selectors, epochs (required); schedule, seeds ({ 1, 2, 3 }), target (the accuracy that every run reaches), baselines (false), early_stop ("images", or "seconds"), interval ("percentile", or "bca"), level (0.95), traces (none), a folder; on_run; and of th.train schedule_per, batch_size, accumulate, augment, task, label_smoothing, evaluate_on, evaluate_every, initial, matching_error, quiet
---@return table comparison rows, target, seeds and what was compared
function M.compare(given)
  local config = options.check("compare", given, rules, 2)
  if #config.selectors == 0 then error("compare: needs at least one selector", 2) end
  if #config.seeds == 0 then error("compare: needs at least one seed", 2) end
  for i, seed in ipairs(config.seeds) do
    if not math.tointeger(seed) or seed < 0 then
      error(string.format("compare: seed %d must be a whole number of at least 0, got %s", i,
        options.shown(seed)), 2)
    end
  end
  options.choice("compare", "early_stop", config.early_stop, { "images", "seconds" }, 2)
  options.choice("compare", "interval", config.interval, { "percentile", "bca" }, 2)
  if type(config.target) == "number" and (config.target < 0 or config.target > 1) then
    error(string.format("compare: option 'target' must be at least 0 and at most 1, got %g", config.target), 2)
  end
  if config.traces then core.make_directory(config.traces) end
  config.trace_names = {}
  local rows, by_label = rows_of(config)
  -- A wrong order or name is told before hours of training.
  if config.baselines and config.early_stop == "seconds" and rows[1].label ~= "Full" then
    error("compare: early_stop = 'seconds' needs the time of Full, which must be the first of the selectors", 2)
  end
  for _, row in ipairs(rows) do baseline_of(rows, by_label, row) end
  run_all(config, rows, by_label)
  local target = statistics.target(collect(rows, function(row) return row.results end), config.target)
  for _, row in ipairs(rows) do summarise(config, row, baseline_of(rows, by_label, row), target) end
  local data = data_of(config, config.seeds[1])
  return setmetatable({
    rows = rows, target = target, seeds = config.seeds, epochs = config.epochs,
    evaluate_on = config.evaluate_on, n = #data.train, held_out = #data[config.evaluate_on],
    data = data.name, metric = config.task and config.task.metric or "accuracy",
    early_stop = config.baselines and config.early_stop or nil, decays = config.schedule ~= nil,
  }, Comparison)
end

Comparison.__tostring = function(self) return require("thresh.compare.table").text(self) end

return setmetatable(M, { __call = function(_, config) return M.compare(config) end })
