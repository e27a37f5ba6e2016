-- SPDX-License-Identifier: Apache-2.0
-- The training loop: choose a subset, train on it for an epoch, evaluate, record what it cost.

local core = require "thresh.core"
local options = require "thresh.options"
local Context = require "thresh.context"
local Harvest = require "thresh.harvest"
local progress = require "thresh.progress"
local selection = require "thresh.selection"
local select = require "thresh.select"
local nn = core.nn

local M = {}

local config_rules = {
  model = { "userdata", required = true },
  data = { "table", required = true },
  optimizer = { "userdata", required = true },
  schedule = { "userdata" },
  schedule_per = { "string", default = "epoch" },
  select = { "table" },
  batch_select = { "table" },
  epochs = { "integer", required = true, from = 1 },
  batch_size = { "integer", default = 128, from = 1 },
  seed = { "integer", default = 1, from = 0 },
  augment = { "table" },
  label_smoothing = { "number", default = 0, from = 0, to = 1 },
  evaluate_on = { "string", default = "test" },
  evaluate_every = { "integer", default = 1, from = 1 },
  initial = { "string", default = "random" },
  trace = { "string" },
  on_epoch = { "callable" },
  quiet = { "boolean", default = false },
  label = { "string" },
}

--- Accuracy and mean loss of `model` on `data`, in evaluation mode, without a tape.
function M.evaluate(model, data, batch_size)
  if not nn.is_module(model) then
    error("evaluate: model must be a module, got " .. options.shown(model), 2)
  end
  if getmetatable(data) ~= "Dataset" then
    error("evaluate: data must be a dataset, got " .. options.shown(data), 2)
  end
  local training = model.training
  model:eval()
  local correct, loss, n = 0, 0, #data
  core.no_grad(function()
    for batch in data:loader { batch_size = batch_size or 256, shuffle = false } do
      local logits = model:forward(batch.x)
      correct = correct + logits:argmax(2):eq(batch.y):sum():item()
      loss = loss + nn.cross_entropy(logits, batch.y, { reduction = "sum" }):item()
    end
  end)
  if training then model:train() end
  return { accuracy = correct / n, loss = loss / n, correct = correct, n = n }
end

-- The epochs to run, as the schedule counts them (from 0). A warm start spends the budget of its
-- part of the epochs on the full set and goes on behind that part.
local function plan_epochs(epochs, selector)
  local plan = {}
  if not selector.warm then
    for epoch = 0, epochs - 1 do plan[#plan + 1] = { number = epoch } end
    return plan
  end
  local warm = core.select.warm_plan(epochs, selector.fraction, selector.warm)
  for epoch = 0, warm.full - 1 do plan[#plan + 1] = { number = epoch, full = true } end
  for epoch = warm.resume, epochs - 1 do
    plan[#plan + 1] = { number = epoch, must_select = epoch == warm.resume }
  end
  return plan
end

local function is_due(selector, epoch)
  if epoch.must_select then return true end
  local since = epoch.number - selector.first
  return since >= 0 and (since == 0 or epoch.number % selector.every == 0)
end

-- Asks the selector, checks its answer and writes it to the trace. Returns the selection.
local function ask(run, epoch)
  local selector = run.selector
  local ctx = Context.new {
    model = run.model, data = run.train, epoch = epoch.number + 1, budget = run.budget,
    batch_size = run.batch_size, seed = run.seed, draw = run.draws, history = run.history,
    rng = core.stream(run.seed, "select." .. selector.name, epoch.number),
    epochs = run.epochs, lr = run.optimizer.lr, splits = run.data, store = run.store,
    last_losses = run.harvest.losses, harvest = run.harvest,
  }
  local chosen = selection.check(selector.name, run.n, run.limit, selector.select(ctx))
  run.draws = run.draws + 1
  run.forwarded = run.forwarded + ctx.forwarded
  return chosen
end

-- What to train on in this epoch: nil stands for the whole set.
local function choose(run, epoch)
  local selector = run.selector
  if selector.all or epoch.full then return nil end
  local began = core.clock()
  if selector.cached then
    local recorded = selector.cached:epoch_at(epoch.number)
    if run.recorded ~= recorded then
      run.recorded, run.chosen = recorded, ask(run, epoch)
      run.chosen.fresh = true
    end
  elseif is_due(selector, epoch) then
    run.chosen = ask(run, epoch)
    run.chosen.fresh = true
  elseif not run.chosen then
    -- Before the first selection: a uniform draw (or the whole set).
    if run.initial == "full" then return nil end
    local drawn = core.select.random(run.n, run.budget, { seed = run.seed, purpose = "initial" })
    run.chosen = selection.check(selector.name, run.n, run.limit, drawn)
    run.chosen.fresh = true
  end
  local seconds = core.clock() - began
  run.seconds.select = run.seconds.select + seconds
  if run.chosen.fresh then
    run.chosen.fresh = nil
    if run.writer then run.writer:write(epoch.number, run.chosen, seconds) end
  end
  return run.chosen
end

-- The weighted mean of the losses of a batch: sum(w l) / sum(w), in which only ratios of weights matter,
-- or with the normalisation "batch" sum(w l) / B, in which a batch of high weights steps further.
local function batch_loss(losses, weights, normalisation)
  if not weights then return losses:mean() end
  if normalisation == "batch" then return (losses * weights):mean() end
  return (losses * weights):sum() / weights:sum()
end

local function set_rate(run, epoch, batch)
  if not run.schedule then return end
  local step = run.schedule_per == "step" and epoch.number * run.batches_per_epoch + batch or epoch.number
  run.schedule:apply(run.optimizer, step)
end

local function train_epoch(run, epoch, chosen)
  local model, optimizer, began = run.model, run.optimizer, core.clock()
  local loader = run.train:loader {
    indices = chosen and chosen.indices, weights = chosen and chosen.weights,
    batches = chosen and chosen.batches, batch_size = run.batch_size, shuffle = true,
    seed = run.seed, epoch = epoch.number, augment = run.augment,
  }
  run.batches_per_epoch = loader.batches
  local total, seen = 0, 0
  local batch_number = 0
  for batch in loader do
    set_rate(run, epoch, batch_number)
    batch_number = batch_number + 1
    local logits = model:forward(batch.x)
    local losses = nn.cross_entropy(logits, batch.y, {
      reduction = "none", label_smoothing = run.label_smoothing,
    })
    local weights, rows = batch.weights, #losses
    run.forwarded = run.forwarded + rows
    run.harvest:add(batch.indices, losses, logits, batch.y)
    if run.batch_select then
      local kept = run.batch_select.select({ epoch = epoch.number + 1, batch = batch_number, run = run }, losses:detach())
      if kept then
        losses = losses:keep(kept)
        weights = weights and weights:index_select(1, kept)
      end
    end
    local loss = batch_loss(losses, weights, run.selector.weight_normalisation)
    optimizer:zero_grad()
    loss:backward()
    optimizer:step()
    run.backwarded = run.backwarded + #losses
    total, seen = total + loss:item() * rows, seen + rows
    run.progress:step(string.format("epoch %d  loss %.3f", epoch.number + 1, total / seen), 0)
  end
  run.harvest:fold()
  run.seconds.train = run.seconds.train + (core.clock() - began)
  return total / seen, seen
end

-- One row of the history: what this epoch did and what the run has cost so far.
local function record(run, epoch, chosen, loss, images)
  local row = {
    epoch = epoch.number + 1, loss = loss, images = images, lr = run.optimizer.lr,
    full = chosen == nil, residual = chosen and chosen.residual, filled = chosen and chosen.filled,
    forwarded = run.forwarded, backwarded = run.backwarded,
    seconds = { train = run.seconds.train, select = run.seconds.select },
  }
  local last = epoch == run.plan[#run.plan]
  if run.held_out and (last or #run.history % run.evaluate_every == run.evaluate_every - 1) then
    local began = core.clock()
    local result = M.evaluate(run.model, run.held_out)
    run.seconds.evaluate = run.seconds.evaluate + (core.clock() - began)
    row.accuracy, row.held_out_loss = result.accuracy, result.loss
  end
  run.history[#run.history + 1] = row
  return row
end

-- Errors unless the option is an object of the class.
local function need(run, name, class)
  if run[name] ~= nil and getmetatable(run[name]) ~= class then
    error(string.format("train: option '%s' must be of class %s, got %s", name, class,
      options.shown(run[name])), 4)
  end
end

-- What a selector of plain fields must hold for the loop; select.define fills in the rest.
local function check_selector(selector)
  local function wrong(field, what)
    error(string.format("train: selector '%s': %s must be %s, got %s; select.define checks and fills in",
      selector.name, field, what, options.shown(selector[field])), 4)
  end
  if selector.all then return end
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

-- Checks the configuration and gathers the state of a run.
local function start(config)
  local run = options.check("train", config, config_rules, 3)
  run.selector = run.select or select.Full()
  if not select.is_selector(run.selector) then
    error("train: option 'select' must be a selector: a table with a name and a select function", 3)
  end
  options.choice("train", "schedule_per", run.schedule_per, { "epoch", "step" }, 3)
  options.choice("train", "initial", run.initial, { "random", "full" }, 3)
  check_selector(run.selector)
  need(run, "model", "Module")
  need(run, "optimizer", "Optimizer")
  need(run, "schedule", "Schedule")
  if run.batch_select and run.batch_select.select == nil then
    error("train: option 'batch_select' must be a table with a function 'select'", 3)
  end
  run.train, run.held_out = run.data.train, run.data[run.evaluate_on]
  if getmetatable(run.train) ~= "Dataset" then
    error("train: data needs a dataset 'train', got " .. options.shown(run.train), 3)
  end
  if run.held_out ~= nil and getmetatable(run.held_out) ~= "Dataset" then
    error(string.format("train: data.%s must be a dataset, got %s", run.evaluate_on,
      options.shown(run.held_out)), 3)
  end
  run.n = #run.train
  run.budget = run.selector.all and run.n or math.floor(run.selector.fraction * run.n + 1e-9)
  if run.budget < 1 then
    error(string.format("train: a fraction of %g of %d images is no image at all",
      run.selector.fraction, run.n), 3)
  end
  -- Whole batches may exceed the budget by less than one batch.
  run.limit = math.min(run.n, run.budget + run.batch_size)
  run.plan = plan_epochs(run.epochs, run.selector)
  if run.selector.one_shot and not run.selector.warm and run.selector.first >= run.epochs then
    error(string.format("train: selector '%s' is first asked at epoch %d (from 0), but the run has %d "
      .. "epochs; give it an earlier 'first'", run.selector.name, run.selector.first, run.epochs), 3)
  end
  run.store, run.harvest = {}, Harvest.new(run.n, run.selector.correctness)
  run.history, run.seconds = {}, { train = 0, select = 0, evaluate = 0 }
  run.forwarded, run.backwarded, run.draws = 0, 0, 0
  if run.trace then
    run.writer = core.select.write_trace(run.trace, {
      data = run.train, method = run.selector.name, options = run.selector.options,
      seed = run.seed, split = run.data.split, model = run.model.name,
      parent = run.selector.cached and run.selector.cached.path,
    })
  end
  run.progress = progress.start {
    label = run.label or run.selector.name, total = #run.plan, quiet = run.quiet,
  }
  return run
end

--- Trains a model and returns what happened: history (a row an epoch), seconds (train, select,
--- evaluate), forwarded and backwarded images, accuracy (last) and best.
function M.train(config)
  local run = start(config)
  run.model:train()
  for _, epoch in ipairs(run.plan) do
    local chosen = choose(run, epoch)
    local loss, images = train_epoch(run, epoch, chosen)
    local row = record(run, epoch, chosen, loss, images)
    run.progress:step(string.format("loss %.3f  accuracy %s", loss,
      row.accuracy and string.format("%.2f %%", 100 * row.accuracy) or "-"))
    if run.on_epoch then run.on_epoch(row, run) end
  end
  if run.writer then run.writer:close() end
  run.progress:finish()
  local best = 0
  for _, row in ipairs(run.history) do best = math.max(best, row.accuracy or 0) end
  return {
    selector = run.selector.name, seed = run.seed, history = run.history, seconds = run.seconds,
    forwarded = run.forwarded, backwarded = run.backwarded, best = best,
    accuracy = run.history[#run.history].accuracy, trace = run.trace,
  }
end

return setmetatable(M, { __call = function(_, config) return M.train(config) end })
