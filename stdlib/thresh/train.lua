-- SPDX-License-Identifier: Apache-2.0
-- The training loop: choose a subset, train on it for an epoch, evaluate, record what it cost.

local core = require "thresh.core"
local batches = require "thresh.batch"
local options = require "thresh.options"
local Context = require "thresh.context"
local Harvest = require "thresh.harvest"
local matching = require "thresh.matching"
local progress = require "thresh.progress"
local selection = require "thresh.selection"
local select = require "thresh.select"
local tasks = require "thresh.task"

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
  augment = { { "table", "string" } },
  task = { "table" },
  label_smoothing = { "number", from = 0, to = 1 },
  evaluate_on = { "string", default = "test" },
  evaluate_every = { "integer", default = 1, from = 1 },
  initial = { "string", default = "random" },
  trace = { "string" },
  matching_error = { { "boolean", "string" }, default = false },
  on_epoch = { "callable" },
  quiet = { "boolean", default = false },
  label = { "string" },
}

M.evaluate = tasks.evaluate
M.t_diff = require("thresh.epoch_time").difference

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
    model = selector.proxy or run.model, scores = selector.scores, max_age = selector.max_age,
    data = run.train, epoch = epoch.number + 1, budget = run.budget,
    batch_size = run.batch_size, seed = run.seed, draw = run.draws, history = run.history,
    done = #run.history,
    rng = core.stream(run.seed, "select." .. selector.name, epoch.number),
    epochs = run.epochs, lr = run.optimizer.lr, splits = run.data, store = run.store,
    last_losses = run.harvest.losses, harvest = run.harvest, task = run.task,
  }
  local chosen = selection.check(selector.name, run.n, run.limit, selector.select(ctx))
  run.draws = run.draws + 1
  run.forwarded = run.forwarded + ctx.forwarded
  return chosen
end

-- What tells that a selector has degenerated: the part of the subset that is random fill, the overlap
-- (Jaccard) with the subset before, and the part of the candidates that any subset so far held.
local function describe(run, chosen, before)
  chosen.filled_share = chosen.filled / #chosen.indices
  chosen.overlap = before and core.select.jaccard(before.indices, chosen.indices)
  run.used = run.used or core.zeros(run.n, { dtype = "bool" })
  run.used[chosen.indices] = true
  chosen.distinct = run.used:sum():item() / run.n
  if chosen.filled_share > 0.5 then
    chosen.warning = string.format("%.0f %% of the subset of %s is random fill", 100 * chosen.filled_share,
      run.selector.name)
    if not run.quiet and not run.warned then io.stderr:write("\nwarning: ", chosen.warning, "\n") end
    run.warned = true
  end
end

-- What to train on in this epoch: nil stands for the whole set.
local function choose(run, epoch)
  local selector = run.selector
  if selector.all or epoch.full then return nil end
  local began, before = core.clock(), run.chosen
  if selector.cached then
    local recorded = selector.recorded {
      epoch = epoch.number + 1, epochs = run.epochs, done = #run.history, history = run.history,
      seed = run.seed,
    }
    if run.recorded ~= recorded then run.recorded, run.chosen = recorded, ask(run, epoch) end
  elseif is_due(selector, epoch) then
    run.chosen = ask(run, epoch)
  elseif not run.chosen then
    -- Before the first selection: a uniform draw (or the whole set).
    if run.initial == "full" then return nil end
    local drawn = core.select.random(run.n, run.budget, { seed = run.seed, purpose = "initial" })
    run.chosen = selection.check(selector.name, run.n, run.limit, drawn)
  end
  local seconds = core.clock() - began
  run.seconds.select = run.seconds.select + seconds
  if run.chosen ~= before then
    describe(run, run.chosen, before)
    if run.writer then
      local last = run.history[#run.history] or {}
      run.writer:write(epoch.number, run.chosen, seconds, { loss = last.loss, accuracy = last.accuracy })
    end
  end
  return run.chosen
end

-- ||sum w g - sum g|| / ||sum g||, before the epoch's training. Its passes are no cost of the method.
local function matching_error(run, epoch, chosen)
  if not run.matching_error then return nil end
  if not chosen then return 0 end
  local began = core.clock()
  local result
  if run.matching_error == "all" then
    result = matching.all_parameters(run.model, run.train, chosen.indices, chosen.weights,
      run.task.proxy and run.task or nil)
  else
    local ctx = Context.new {
      model = run.model, data = run.train, epoch = epoch.number + 1, task = run.task,
    }
    result = matching.last_layer(ctx, chosen.indices, chosen.weights)
  end
  run.seconds.evaluate = run.seconds.evaluate + (core.clock() - began)
  return result
end

-- The loss of a batch: sum(w l) divided by the sum of its weights, in which only ratios of weights
-- matter; or by its size ("batch"), so that a batch of high weights steps further; or by its size times
-- the mean weight of the subset ("subset").
--
-- Where a task's losses are sums of several terms, `counts` says of how many, and takes the place of 1 a row.
local function batch_loss(run, losses, weights, counts)
  local number = counts and counts:sum():maximum(1) or #losses
  if not weights then return counts and losses:sum() / number or losses:mean() end
  local normalisation, total = run.selector.weight_normalisation, (losses * weights):sum()
  if normalisation == "batch" then return total / number end
  if normalisation == "subset" then return total / number / run.mean_weight end
  return total / (counts and (weights * counts):sum() or weights:sum())
end

local function set_rate(run, epoch, batch)
  if not run.schedule then return end
  local step = run.schedule_per == "step" and epoch.number * run.batches_per_epoch + batch or epoch.number
  run.schedule:apply(run.optimizer, step)
end

-- The loss of each row of a batch, on the tape, the score by which a batch selector chooses, and of how
-- many terms each loss is the sum, if the task says so. (N,) each
local function losses_of(run, batch)
  run.forwarded = run.forwarded + #batch.indices
  local losses, known, embeddings
  if run.harvest.outputs then
    local logits
    logits, embeddings = run.model:forward_with_embedding(batch.x)
    losses, known = run.task.losses(batch, logits)
  else
    losses, known = run.task.losses(batch, run.model:forward(batch.x))
  end
  run.harvest:add(batch.indices, losses, known.logits, batch.y, embeddings)
  return losses, known.scores or losses:detach(), known.counts
end

-- The scores that a batch selector chooses by, from a selecting pass: no tape, and no trace in BatchNorm's
-- running statistics unless they are to be updated. Of `rows` of the batch, or of all.
local function selecting_scores(run, batch, rows)
  local selector, model = run.batch_select, run.model
  if rows and #rows == 0 then return core.zeros(0) end
  local part = batches.rows(batch, rows)
  run.forwarded = run.forwarded + #part.indices
  return core.no_grad(function()
    local x, scale = part.x, selector.scale_factor or 1
    if scale < 1 then x = core.select.shrink(x, scale) end
    local forward = selector.statistics == "update" and model.forward or model.forward_untracked
    if selector.mode == "eval" then model:eval() end
    local losses, known = run.task.losses(part, forward(model, x))
    model:train()
    return known.scores or losses
  end)
end

-- The rows that the batch selector keeps, nil for all; scores are of `wanted` rows, or of all.
local function kept_rows(run, info, scores, wanted)
  local began = core.clock()
  local rows = run.batch_select.select(info, scores, wanted)
  if rows ~= nil then rows = selection.rows(run.batch_select.name, #info.indices, rows) end
  run.choosing = run.choosing + (core.clock() - began)
  if run.writer then run.writer:count(info.indices, { kept = rows, losses = scores, rows = wanted }) end
  return rows
end

-- A step on the mean of the losses of rows that were kept.
local function step(run, losses, weights, counts)
  local rows = #losses
  if rows == 0 then return end
  local loss = batch_loss(run, losses, weights, counts)
  run.optimizer:zero_grad()
  loss:backward()
  run.optimizer:step()
  run.backwarded = run.backwarded + rows
  run.total, run.trained = run.total + loss:item() * rows, run.trained + rows
end

local function train_on(run, batch)
  if not batch or #batch.indices == 0 then return end
  local losses, _, counts = losses_of(run, batch)
  step(run, losses, batch.weights, counts)
end

-- Algorithm 1 of Selective-Backprop: the losses of all rows choose those to train on.
local function selective_step(run, batch, info)
  local selector = run.batch_select
  if selector.active and not selector.active(info) then
    local losses, scores, counts = losses_of(run, batch)
    if run.writer then run.writer:count(info.indices, { losses = scores }) end
    return step(run, losses, batch.weights, counts)
  end
  run.selective = run.selective + 1
  if selector.reuse ~= false then
    -- One forward pass: the tape drops the other rows, and backward costs as much as the kept ones.
    local losses, scores, counts = losses_of(run, batch)
    local rows = kept_rows(run, info, scores)
    if rows == nil then return step(run, losses, batch.weights, counts) end
    if #rows == 0 then return end
    local function kept(tensor) return tensor and tensor:keep(rows) end
    return step(run, losses:keep(rows), kept(batch.weights), kept(counts))
  end
  -- Two passes: one for the losses, and one with a tape on the kept rows.
  local wanted = selector.wanted and selector.wanted(info)
  local scores = not selector.blind and selecting_scores(run, batch, wanted) or nil
  local kept = batches.rows(batch, kept_rows(run, info, scores, wanted))
  if not selector.queue then return train_on(run, kept) end
  run.queue:push(kept)
  train_on(run, run.queue:pop())
end

local function train_epoch(run, epoch, chosen)
  local began = core.clock()
  local batches_of_epoch, loader = tasks.batches(run.task, run.train, {
    indices = chosen and chosen.indices, weights = chosen and chosen.weights,
    batches = chosen and chosen.batches, batch_size = run.batch_size, shuffle = true,
    seed = run.seed, epoch = epoch.number, augment = run.augment,
  })
  run.batches_per_epoch = loader.batches
  run.total, run.trained, run.choosing, run.selective = 0, 0, 0, 0
  run.mean_weight = chosen and chosen.weights and chosen.weights:to("float64"):mean():item()
  local number, seen = 0, 0
  for batch in batches_of_epoch do
    set_rate(run, epoch, number)
    number, seen = number + 1, seen + #batch.indices
    if run.batch_select then
      selective_step(run, batch, {
        epoch = epoch.number + 1, batch = number, epochs = #run.plan, epochs_done = #run.history,
        elapsed = #run.history / #run.plan, n = run.n, indices = batch.indices, seed = run.seed,
        run = run, state = run.batch_state,
      })
    else
      train_on(run, batch)
    end
    run.progress:step(string.format("epoch %d  loss %.3f", epoch.number + 1,
      run.total / math.max(run.trained, 1)), 0)
  end
  if run.queue then train_on(run, run.queue:pop(true)) end
  run.harvest:fold()
  run.seconds.train = run.seconds.train + (core.clock() - began)
  if run.writer and run.batch_select then run.writer:write_counts(epoch.number, run.choosing) end
  return run.total / math.max(run.trained, 1), seen
end

-- One row of the history: what this epoch did and what the run has cost so far.
local function record(run, epoch, chosen, matched, loss, images)
  local row = {
    epoch = epoch.number + 1, loss = loss, images = images, trained = run.trained, lr = run.optimizer.lr,
    full = chosen == nil, residual = chosen and chosen.residual, filled = chosen and chosen.filled,
    filled_share = chosen and chosen.filled_share, overlap = chosen and chosen.overlap,
    distinct = chosen and chosen.distinct, warning = chosen and chosen.warning,
    matching_error = matched, selective = run.batch_select and run.selective or nil,
    forwarded = run.forwarded, backwarded = run.backwarded,
    seconds = { train = run.seconds.train, select = run.seconds.select },
  }
  local last = epoch == run.plan[#run.plan]
  if run.held_out and (last or #run.history % run.evaluate_every == run.evaluate_every - 1) then
    local began = core.clock()
    local result = run.task.evaluate(run.model, run.held_out)
    run.seconds.evaluate = run.seconds.evaluate + (core.clock() - began)
    row.accuracy, row.held_out_loss, row.result = result.accuracy, result.loss, result
  end
  run.history[#run.history + 1] = row
  return row
end

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

-- Checks the configuration and gathers the state of a run.
local function start(config)
  local run = options.check("train", config, config_rules, 3)
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
  if run.task.proxy and run.selector.correctness then
    error(string.format("train: selector '%s' counts right and wrong predictions, of which this task has none",
      run.selector.name), 3)
  end
  if run.task.proxy and run.selector.scores == "harvest" then
    error(string.format("train: selector '%s' cannot harvest: the gradients that this task gives take a pass",
      run.selector.name), 3)
  end
  if run.task.image_size and run.batch_select and (run.batch_select.scale_factor or 1) < 1 then
    error(string.format("train: '%s' shrinks the images of its selecting pass, but the model takes only images of "
      .. "%d x %d: scale_factor must be 1", run.batch_select.name, run.task.image_size, run.task.image_size), 3)
  end
  run.train, run.held_out = run.data.train, run.data[run.evaluate_on]
  if getmetatable(run.train) ~= run.task.dataset then
    error("train: data needs a dataset 'train', got " .. options.shown(run.train), 3)
  end
  if run.held_out ~= nil and getmetatable(run.held_out) ~= run.task.dataset then
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
  run.store = {}
  run.harvest = Harvest.new(run.n, run.selector.correctness, run.selector.scores == "harvest")
  run.history, run.seconds = {}, { train = 0, select = 0, evaluate = 0 }
  run.forwarded, run.backwarded, run.draws = 0, 0, 0
  local batch_selector = run.batch_select
  if batch_selector then
    run.batch_state = {}
    run.model:batch_norm_keep(batch_selector.batch_norm or "kept_rows")
    if batch_selector.queue then run.queue = batches.queue(run.batch_size) end
  end
  if run.trace then
    run.writer = core.select.write_trace(run.trace, {
      data = run.train, method = run.selector.name, options = run.selector.options,
      seed = run.seed, split = run.data.split, model = run.model.name, epochs = run.epochs,
      batch_method = batch_selector and (batch_selector.name or "batch selector"),
      batch_options = batch_selector and batch_selector.options,
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
---
--- `select` chooses the images of an epoch, `batch_select` the rows of each batch. A row of the history
--- has loss (of what was trained on), images and trained rows, selective (in how many batches rows were chosen), forwarded and backwarded so far, accuracy;
--- and of the subset: residual, filled and filled_share (random fill), overlap (Jaccard with the subset
--- before), distinct (the part of the candidates used so far), a warning where most is fill, and with
--- matching_error how far its gradients miss those of all before the epoch: "last_layer" (or true), at the
--- cost of a forward pass over the candidates an epoch, or "all" parameters, in evaluation mode, at that of
--- a forward and backward pass over the candidates and the subset. Neither counts as training or selection.
---
--- Example:
---     local data = th.data.digits()
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
---     local run = th.train {
---       model = model, data = data, epochs = 2, quiet = true,
---       optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 }),
---       select = th.select.RS2 { fraction = 0.5 },
---     }
---     assert(#run.history == 2 and run.forwarded > 0 and run.best >= run.accuracy)
---@param config table model, data, optimizer, epochs (required); select (th.select.Full()), batch_select (none), schedule (none), schedule_per ("epoch", or "step"), batch_size (128), seed (1), augment (none), task (classification), label_smoothing (0), evaluate_on ("test"), evaluate_every (1), initial ("random", or "full"), trace (none), a path; matching_error (false), on_epoch(row, run), quiet (false), label
---@return table run selector, seed, history, seconds, forwarded, backwarded, accuracy, best, trace
function M.train(config)
  local run = start(config)
  run.model:train()
  for _, epoch in ipairs(run.plan) do
    local chosen = choose(run, epoch)
    local matched = matching_error(run, epoch, chosen)
    local loss, images = train_epoch(run, epoch, chosen)
    local row = record(run, epoch, chosen, matched, loss, images)
    run.progress:step(string.format("loss %.3f  %s %s", loss, run.task.metric or "accuracy",
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
