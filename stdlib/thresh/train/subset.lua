-- SPDX-License-Identifier: Apache-2.0
-- What an epoch is trained on: when the selector is asked, what is made of its answer, what the trace tells.

local core = require "thresh.core"
local Context = require "thresh.context"
local matching = require "thresh.matching"
local selection = require "thresh.selection"

local M = {}

--- The epochs to run, as the schedule counts them (from 0). A warm start spends the budget of its
--- part of the epochs on the full set and goes on behind that part.
function M.plan(epochs, selector)
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
  -- Behind a warm start one that is asked once has been.
  if selector.warm and selector.every == math.maxinteger then return false end
  local since = epoch.number - selector.first
  return since >= 0 and (since == 0 or epoch.number % selector.every == 0)
end

-- Asks the selector and checks its answer.
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
  local chosen = selection.check(selector.name, run.n, run, selector.select(ctx))
  run.draws = run.draws + 1
  run.forwarded, run.backwarded = run.forwarded + ctx.forwarded, run.backwarded + ctx.backwarded
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

-- The subset in force in an epoch: the one before, or a new one. Nil stands for the whole set.
local function in_force(run, epoch)
  local selector = run.selector
  if selector.cached then
    local recorded = selector.recorded {
      epoch = epoch.number + 1, epochs = run.epochs, done = #run.history, history = run.history,
      seed = run.seed,
    }
    -- Before its first selection the recorded run trained on the whole set.
    if recorded == nil then return nil end
    if run.recorded ~= recorded then
      run.recorded = recorded
      return ask(run, epoch)
    end
  elseif is_due(selector, epoch) then
    return ask(run, epoch)
  elseif not run.chosen and run.initial == "random" then
    -- Before the first selection: a uniform draw (or the whole set).
    local drawn = core.select.random(run.n, run.budget, { seed = run.seed, purpose = "initial" })
    return selection.check(selector.name, run.n, run, drawn)
  end
  return run.chosen
end

-- Notes that an epoch trains on every candidate.
local function use_all(run) run.used = core.ones(run.n, { dtype = "bool" }) end

--- What to train on in this epoch: nil stands for the whole set.
function M.choose(run, epoch)
  if run.selector.all then return nil end
  if epoch.full then
    use_all(run)
    return nil
  end
  local accounts, before = run.accounts, run.chosen
  local began = accounts.seconds.select
  accounts:turn "select"
  local chosen = in_force(run, epoch)
  accounts:turn(nil)
  if not chosen then
    use_all(run)
    run.chosen, run.recorded = nil, nil
    return nil
  end
  if chosen == before then return chosen end
  run.chosen = chosen
  describe(run, chosen, before)
  if run.writer then
    local last, accuracy = run.history[#run.history] or {}, nil
    for _, row in ipairs(run.history) do accuracy = row.accuracy or accuracy end
    run.writer:write(epoch.number, chosen, accounts.seconds.select - began, { loss = last.loss, accuracy = accuracy })
  end
  return chosen
end

--- ||sum w g - sum g|| / ||sum g||, before the epoch's training. Its passes are no cost of the method.
function M.matching_error(run, epoch, chosen)
  if not run.matching_error then return nil end
  if not chosen then return 0 end
  run.accounts:turn "evaluate"
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
  run.accounts:turn(nil)
  return result
end

return M
