-- SPDX-License-Identifier: Apache-2.0
-- The configuration of a run, checked, and the state that it starts with.

local core = require "thresh.core"
local batches = require "thresh.batch"
local options = require "thresh.options"
local Accounts = require "thresh.train.accounts"
local Harvest = require "thresh.harvest"
local checkpointing = require "thresh.train.checkpointing"
local log = require "thresh.train.log"
local progress = require "thresh.progress"
local select = require "thresh.select"
local state = require "thresh.train.state"
local step = require "thresh.train.step"
local subset = require "thresh.train.subset"
local tasks = require "thresh.task"

local M = {}

local rules = {
  model = { "userdata", required = true },
  data = { "table", required = true },
  optimizer = { "userdata", required = true },
  schedule = { "userdata" },
  schedule_per = { "string", default = "epoch" },
  select = { "table" },
  batch_select = { "table" },
  epochs = { "integer", required = true, from = 1 },
  batch_size = { "integer", default = 128, from = 1 },
  accumulate = { "integer", default = 1, from = 1 },
  seed = { "integer", default = 1, from = 0 },
  augment = { { "table", "string" } },
  task = { "table" },
  label_smoothing = { "number", from = 0, to = 1 },
  evaluate_on = { "string", default = "test" },
  evaluate_every = { "integer", default = 1, from = 1 },
  initial = { "string", default = "random" },
  trace = { { "string", "boolean" } },
  checkpoint = { { "table", "string", "boolean" } },
  resume = { "boolean", default = true },
  run = { "table" },
  matching_error = { { "boolean", "string" }, default = false },
  on_epoch = { "callable" },
  quiet = { "boolean", default = false },
  label = { "string" },
}

-- Errors unless the option is an object of the class.
local function need(run, name, class)
  local value = run[name]
  if value ~= nil and getmetatable(value) ~= class and not (class == "Module" and core.nn.is_module(value)) then
    error(string.format("train: option '%s' must be of class %s, got %s", name, class,
      options.shown(value)), 4)
  end
end

-- What a selector of plain fields must hold for the loop; select.define fills in the rest.
local function check_selector(selector)
  local function wrong(field, what)
    error(string.format("train: selector '%s': %s must be %s, got %s; select.define checks and fills in",
      selector.name, field, what, options.shown(selector[field])), 4)
  end
  if selector.all then return end
  if selector.active then
    error(string.format("train: '%s' chooses within batches: give it as batch_select", selector.name), 4)
  end
  local fraction = selector.fraction
  if type(fraction) ~= "number" or not (fraction > 0 and fraction <= 1) then
    wrong("fraction", "above 0 and at most 1")
  end
  if selector.cached then return end
  if not math.tointeger(selector.every) or selector.every < 1 then
    wrong("every", "a whole number of at least 1")
  end
  if not math.tointeger(selector.first) or selector.first < 0 then
    wrong("first", "a whole number of at least 0")
  end
end

-- What a batch selector may say of itself; the constructors of th.select check it before.
local batch_rules = {
  name = { "string", default = "batch selector" }, select = { "callable", required = true },
  active = { "callable" }, wanted = { "callable" }, options = { "table" },
  reuse = { "boolean" }, blind = { "boolean" }, queue = { "boolean" },
  statistics = { "string" }, mode = { "string" }, batch_norm = { "string" },
  scale_factor = { "number", above = 0, to = 1 },
  state = { "callable" }, load_state = { "callable" },
}

local function check_batch_selector(selector)
  if selector == nil then return end
  local known = {}
  for name in pairs(batch_rules) do known[name] = selector[name] end
  options.check("train: batch_select", known, batch_rules, 4)
end

-- What is learnt: classification unless the configuration says otherwise.
local function task_of(run)
  if not run.task then return tasks.classification { label_smoothing = run.label_smoothing } end
  if run.label_smoothing then
    error("train: option 'label_smoothing' is for classification; give it to the task", 4)
  end
  return run.task.for_model and run.task.for_model(run.model, run.data.train) or run.task
end

-- What the task and the selectors ask of each other.
local function check_fit(run)
  if run.task.proxy and run.selector.correctness then
    error(string.format("train: selector '%s' counts right and wrong predictions, of which this task has none",
      run.selector.name), 4)
  end
  if run.task.proxy and run.selector.scores == "harvest" then
    error(string.format("train: selector '%s' cannot harvest: the gradients that this task gives take a pass",
      run.selector.name), 4)
  end
  if run.task.image_size and run.batch_select and (run.batch_select.scale_factor or 1) < 1 then
    error(string.format("train: '%s' shrinks the images of its selecting pass, but the model takes only images of "
      .. "%d x %d: scale_factor must be 1", run.batch_select.name, run.task.image_size, run.task.image_size), 4)
  end
end

-- What is trained on and judged by, and how much of it a subset may be.
local function check_data(run)
  run.train, run.held_out = run.data.train, run.data[run.evaluate_on]
  if getmetatable(run.train) ~= run.task.dataset then
    error("train: data needs a dataset 'train', got " .. options.shown(run.train), 4)
  end
  if run.held_out ~= nil and getmetatable(run.held_out) ~= run.task.dataset then
    error(string.format("train: data.%s must be a dataset, got %s", run.evaluate_on,
      options.shown(run.held_out)), 4)
  end
  run.n = #run.train
  run.budget = run.selector.all and run.n or math.floor(run.selector.fraction * run.n + 1e-9)
  if run.budget < 1 then
    error(string.format("train: a fraction of %g of %d images is no image at all",
      run.selector.fraction, run.n), 4)
  end
  -- Whole batches may exceed the budget by less than one batch, and a trace may hold those of another size.
  run.limit = run.selector.cached and run.n
    or math.min(run.n, (run.budget + run.batch_size - 1) // run.batch_size * run.batch_size)
  run.plan = subset.plan(run.epochs, run.selector)
  if run.selector.one_shot and not run.selector.warm and run.selector.first >= run.epochs then
    error(string.format("train: selector '%s' is first asked at epoch %d (from 0), but the run has %d "
      .. "epochs; give it an earlier 'first'", run.selector.name, run.selector.first, run.epochs), 4)
  end
  if not run.quiet and not run.selector.all and not run.selector.warm and run.selector.first >= run.epochs then
    io.stderr:write(string.format("warning: selector '%s' is first asked at epoch %d (from 0), but the run has %d epochs: it "
      .. "chooses nothing\n", run.selector.name, run.selector.first, run.epochs))
  end
end

-- Where a run's files go: the option `run` is a folder as th.runs makes it.
local function check_folder(run)
  run.folder = run.run
  if run.folder then
    for _, method in ipairs { "log", "file" } do
      if not options.matches(run.folder[method], "callable") then
        error(string.format("train: option 'run' must be a run as th.runs.create makes it, but it has no method '%s'",
          method), 4)
      end
    end
    if run.trace == nil then run.trace = run.folder:file "subsets.trace" end
  end
  if run.trace == true then error("train: option 'trace' must be a path or false, got true", 4) end
  run.checkpoint = checkpointing.options(run.checkpoint, run.folder, 4)
end

local function open_trace(run, resumed)
  if not run.trace then return nil end
  local batch_selector = run.batch_select
  return core.select.write_trace(run.trace, {
    data = run.train, method = run.selector.name, options = run.selector.options,
    seed = run.seed, split = run.data.split, model = run.model.name, epochs = run.epochs,
    batch_method = batch_selector and (batch_selector.name or "batch selector"),
    batch_options = batch_selector and batch_selector.options,
    parent = run.selector.cached and run.selector.cached.path, resume = resumed and resumed.trace,
  })
end

-- What a run remembers from its first epoch on.
local function begin(run)
  run.at, run.store, run.history, run.accounts = 1, {}, {}, Accounts.new()
  run.seconds, run.cpu_seconds = run.accounts.seconds, run.accounts.cpu_seconds
  run.forwarded, run.backwarded, run.draws, run.steps = 0, 0, 0, 0
  run.harvest = Harvest.new(run.n, run.selector.correctness, run.selector.scores == "harvest")
  run.group = step.group()
  if not run.batch_select then return end
  run.batch_state = {}
  run.model:batch_norm_keep(run.batch_select.batch_norm or "kept_rows")
  if run.batch_select.queue then run.queue = batches.queue(run.batch_size) end
end

--- Checks the configuration and gathers the state of a run: that of its last checkpoint, if there is one.
function M.start(config)
  local run = options.check("train", config, rules, 3)
  run.selector = run.select or select.Full()
  if not select.is_selector(run.selector) then
    error("train: option 'select' must be a selector: a table with a name and a select function", 3)
  end
  options.choice("train", "schedule_per", run.schedule_per, { "epoch", "step" }, 3)
  options.choice("train", "initial", run.initial, { "random", "full" }, 3)
  if type(run.matching_error) == "string" then
    options.choice("train", "matching_error", run.matching_error, { "last_layer", "all" }, 3)
  end
  check_selector(run.selector)
  need(run, "model", "Module")
  need(run, "optimizer", "Optimizer")
  need(run, "schedule", "Schedule")
  check_batch_selector(run.batch_select)
  run.task = task_of(run)
  check_fit(run)
  check_data(run)
  check_folder(run)
  begin(run)
  local resumed, name = checkpointing.open(run, run.resume)
  run.writer = open_trace(run, resumed)
  if resumed then state.load(run, resumed) end
  run.resumed, run.last_checkpoint = name, name
  log.rewind(run)
  run.progress = progress.start {
    label = run.label or run.selector.name, total = #run.plan, done = run.at - 1, quiet = run.quiet,
  }
  return run
end

return M
