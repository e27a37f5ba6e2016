-- SPDX-License-Identifier: Apache-2.0
-- Several selectors, several seeds, one table: accuracy, seconds, fixed-accuracy speedup, images.

local core = require "thresh.core"
local columns = require "thresh.columns"
local options = require "thresh.options"
local select = require "thresh.select"
local train = require "thresh.train"
local statistics = core.statistics

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
  augment = { { "table", "string" } },
  task = { "table" },
  label_smoothing = { "number" },
  evaluate_on = { "string", default = "test" },
  evaluate_every = { "integer", default = 1, from = 1 },
  initial = { "string" },
  matching_error = { { "boolean", "string" } },
  traces = { "string" },
  target = { "number", from = 0, to = 1 },
  on_run = { "callable" },
  quiet = { "boolean", default = false },
}

-- An entry of `selectors` as { label, select(run) -> selector, batch_select, optimizer, schedule, baseline }.
local function entry(given, i)
  if type(given) ~= "table" then
    error(string.format("compare: selector %d must be a table, got %s", i, type(given)), 4)
  end
  if given.name ~= nil then
    if not select.is_selector(given) then
      error(string.format("compare: selector %d must have a string 'name' and a function 'select'", i), 4)
    end
    return { label = given.name, select = function() return given end }
  end
  local e = options.check("compare: selector " .. i, given, {
    label = { "string", required = true },
    select = { { "table", "callable" } },
    batch_select = { "table" },
    optimizer = { "callable" },
    schedule = { "callable" },
    baseline = { "string" },
  }, 4)
  if e.select == nil then
    if not e.batch_select then
      error(string.format("compare: selector %d needs the option 'select' or 'batch_select'", i), 4)
    end
    e.select = select.Full()
  end
  if type(e.select) == "table" and e.select.name then
    local fixed = e.select
    e.select = function() return fixed end
  end
  return e
end

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

local function run_one(config, e, seed, traces)
  local model = config.model(seed)
  if not core.nn.is_module(model) then
    error("compare: model(seed) must return a module, got " .. options.shown(model), 4)
  end
  local data = data_of(config, seed)
  local make_optimizer = e.optimizer or config.optimizer
  local make_schedule = e.schedule or config.schedule
  local trace = config.traces and string.format("%s/%s-seed%d.trace", config.traces,
    e.label:lower():gsub("[^%w]+", "-"), seed)
  traces[e.label] = trace
  local result = train.train {
    model = model, data = data, optimizer = make_optimizer(model:parameters(), seed),
    schedule = make_schedule and make_schedule(config.epochs), schedule_per = config.schedule_per,
    select = e.select { seed = seed, traces = traces }, batch_select = e.batch_select, epochs = config.epochs,
    batch_size = config.batch_size, seed = seed, augment = config.augment,
    task = config.task, label_smoothing = config.label_smoothing, evaluate_on = config.evaluate_on,
    evaluate_every = config.evaluate_every, initial = config.initial, trace = trace,
    matching_error = config.matching_error,
    label = string.format("%s, seed %d", e.label, seed), quiet = config.quiet,
  }
  if config.on_run then config.on_run(e.label, seed, model, result) end
  return result
end

-- Cumulative training and selection seconds and accuracy at each evaluation, from the start.
local function curve(result)
  local seconds, accuracy = {}, {}
  for _, row in ipairs(result.history) do
    if row.accuracy then
      seconds[#seconds + 1] = row.seconds.train + row.seconds.select
      accuracy[#accuracy + 1] = row.accuracy
    end
  end
  return { seconds = seconds, accuracy = accuracy }
end

-- The accuracy every compared run reaches: the smallest best.
local function common_target(rows)
  local target = math.huge
  for _, row in ipairs(rows) do
    for _, result in ipairs(row.results) do target = math.min(target, result.best) end
  end
  return target
end

local function collect(results, field)
  local values = {}
  for i, result in ipairs(results) do values[i] = field(result) end
  return values
end

local function summarise(row, baseline, target)
  local results = row.results
  row.accuracy = statistics.summary(collect(results, function(r) return r.accuracy end))
  row.best = statistics.summary(collect(results, function(r) return r.best end))
  row.train_seconds = statistics.summary(collect(results, function(r) return r.seconds.train end))
  row.select_seconds = statistics.summary(collect(results, function(r) return r.seconds.select end))
  row.forwarded = results[1].forwarded
  row.backwarded = results[1].backwarded
  if baseline then
    row.speedup = statistics.speedup(collect(baseline.results, curve), collect(results, curve), target)
    row.baseline = baseline.label
  end
end

--- Trains every selector with every seed and returns { rows, target, … }; `tostring` is the table.
---
--- model(seed), optimizer(parameters, seed) and schedule(epochs) make fresh ones for each run. An
--- entry of `selectors` is a selector, or { label, select = function(run) … end, batch_select, optimizer,
--- schedule, baseline } where run.traces[label] is the trace of an earlier entry with the same seed. The first
--- entry is the baseline of the speedups unless an entry names another. on_run(label, seed, model, result) is
--- called after each run, as to keep its weights.
---
--- Example:
---     local comparison = th.compare {
---       data = th.data.digits(), selectors = { th.select.Full(), th.select.RS2 { fraction = 0.2 } }, seeds = { 1 },
---       model = function(seed) return th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = seed } end,
---       optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.1, momentum = 0.9 }) end,
---       epochs = 2, quiet = true,
---     }
---     assert(tostring(comparison):find "RS2" and #comparison.rows == 2)
---@param given table data (a set of data, or a function of the seed), model, optimizer, selectors, epochs (required); schedule, seeds ({ 1, 2, 3 }), target (the accuracy that every run reaches), traces (none), a folder; on_run; and of th.train schedule_per, batch_size, augment, task, label_smoothing, evaluate_on, evaluate_every, initial, matching_error, quiet
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
  if config.traces then core.make_directory(config.traces) end
  local rows, by_label = {}, {}
  for i, selector in ipairs(config.selectors) do
    local e = entry(selector, i)
    if by_label[e.label] then
      error(string.format("compare: two selectors are called '%s'; give one a label", e.label), 2)
    end
    local row = { label = e.label, entry = e, results = {} }
    rows[i], by_label[e.label] = row, row
  end
  -- Seed by seed, so that a slow spell of the machine touches every selector alike.
  for _, seed in ipairs(config.seeds) do
    local traces = {}
    for _, row in ipairs(rows) do
      row.results[#row.results + 1] = run_one(config, row.entry, seed, traces)
    end
  end
  local target = config.target or common_target(rows)
  for _, row in ipairs(rows) do
    local label = row.entry.baseline or rows[1].label
    local baseline = by_label[label]
    if not baseline then
      error(string.format("compare: '%s' names the baseline '%s', which is not compared", row.label, label), 2)
    end
    summarise(row, baseline, target)
  end
  local data = data_of(config, config.seeds[1])
  return setmetatable({
    rows = rows, target = target, seeds = config.seeds, epochs = config.epochs,
    evaluate_on = config.evaluate_on, n = #data.train, held_out = #data[config.evaluate_on],
    data = data.name, metric = config.task and config.task.metric or "accuracy",
  }, Comparison)
end

-- The median, with the least and the most where there are several.
local function spread(summary, count, factor)
  local text = string.format("%.2f", factor * summary.median)
  if count == 1 then return text end
  return string.format("%s [%.2f, %.2f]", text, factor * summary.min, factor * summary.max)
end

local function thousands(n)
  local text = string.format("%d", n)
  repeat
    local count
    text, count = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
  until count == 0
  return text
end

local function speedup_text(row)
  local s = row.speedup
  if not s then return "" end
  local mark = row.baseline ~= row.first and "*" or ""
  -- Without a bound the baseline never reached the accuracy itself.
  if s.reached == 0 then return s.below and string.format("<%.2f%s", s.below, mark) or "-" end
  local text = spread(s, s.count, 1) .. mark
  if s.reached < s.count then text = text .. string.format(" (%d of %d)", s.reached, s.count) end
  return text
end

Comparison.__tostring = function(self)
  local several = #self.seeds > 1
  local lines = { { "selector", self.metric .. " %", "train s", "select s", "speedup", "forwarded", "backwarded" } }
  local footnote = {}
  for _, row in ipairs(self.rows) do
    row.first = self.rows[1].label
    lines[#lines + 1] = {
      row.label, spread(row.accuracy, #row.results, 100), string.format("%.1f", row.train_seconds.median),
      string.format("%.2f", row.select_seconds.median), speedup_text(row),
      thousands(row.forwarded), thousands(row.backwarded),
    }
    if row.baseline ~= row.first then
      footnote[#footnote + 1] = string.format("* %s: against '%s'", row.label, row.baseline)
    end
  end
  local out = columns.lines(lines)
  out[#out + 1] = string.format(
    "%s: %d training and %d %s images, %d epochs, %s. %s: last epoch, median%s. "
      .. "Speedup: of the time in training and selection to reach %.2f %% %s.",
    self.data or "data", self.n, self.held_out, self.evaluate_on, self.epochs,
    several and string.format("%d seeds", #self.seeds) or "1 seed", self.metric:gsub("^%l", string.upper),
    several and " [least, most]" or "", 100 * self.target, self.metric)
  for _, note in ipairs(footnote) do out[#out + 1] = note end
  return table.concat(out, "\n")
end

return setmetatable(M, { __call = function(_, config) return M.compare(config) end })
