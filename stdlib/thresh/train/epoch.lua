-- SPDX-License-Identifier: Apache-2.0
-- One epoch: through the batches of what was chosen, and the row of the history that tells of it.

local checkpointing = require "thresh.train.checkpointing"
local step = require "thresh.train.step"
local tasks = require "thresh.task"

local M = {}

--- What an epoch counts while it goes on, as a checkpoint holds it: whether it trains on the whole set, its
--- matching error, how many batches of the loader are behind (position) and were trained on (number), images
--- seen, the sum of losses and number of rows trained, seconds of choosing rows and batches they were chosen in.
function M.begin(chosen, matched)
  return {
    full = chosen == nil, matched = matched, position = 0, number = 0, seen = 0, total = 0, trained = 0,
    choosing = 0, selective = 0,
    mean_weight = chosen and chosen.weights and chosen.weights:to("float64"):mean():item(),
  }
end

-- The rate of an epoch, or of a step of the optimiser: `accumulate` batches are one, whatever of them is trained on, and
-- epochs may differ in size.
local function set_rate(run, epoch)
  if not run.schedule then return end
  local by_step = run.schedule_per == "step"
  run.schedule:apply(run.optimizer, by_step and run.steps + run.now.number // run.accumulate or epoch.number)
end

-- What a batch selector is told of a batch.
local function info_of(run, epoch, batch)
  return {
    epoch = epoch.number + 1, batch = run.now.number, epochs = #run.plan, epochs_done = #run.history,
    elapsed = #run.history / #run.plan, n = run.n, indices = batch.indices, seed = run.seed,
    run = run, state = run.batch_state,
  }
end

local function mean_loss(now) return now.total / math.max(now.trained, 1) end

--- Trains through an epoch, or what is left of it. Returns the mean loss.
function M.train(run, epoch, chosen)
  local now, accounts = run.now, run.accounts
  accounts:turn "train"
  local batches, loader = tasks.batches(run.task, run.train, {
    indices = chosen and chosen.indices, weights = chosen and chosen.weights,
    batches = chosen and chosen.batches, batch_size = run.batch_size, shuffle = true,
    seed = run.seed, epoch = epoch.number, augment = run.augment, start = now.position + 1,
  })
  for batch in batches do
    set_rate(run, epoch)
    now.position, now.number, now.seen = loader.position, now.number + 1, now.seen + #batch.indices
    if run.batch_select then
      step.selective(run, batch, info_of(run, epoch, batch))
    else
      step.plain(run, batch)
    end
    run.progress:step(string.format("epoch %d  loss %.3f", epoch.number + 1, mean_loss(now)), 0)
    checkpointing.between_batches(run)
  end
  step.rest(run)
  run.steps = run.steps + (now.number + run.accumulate - 1) // run.accumulate
  run.harvest:fold()
  accounts:turn(nil)
  if run.writer and run.batch_select then run.writer:write_counts(epoch.number, now.choosing) end
  return mean_loss(now)
end

-- Judges the model on the held-out data, when it is time.
local function evaluate(run, epoch, row)
  local last = epoch == run.plan[#run.plan]
  if not run.held_out then return end
  if not last and #run.history % run.evaluate_every ~= run.evaluate_every - 1 then return end
  run.accounts:turn "evaluate"
  local result = run.task.evaluate(run.model, run.held_out)
  run.accounts:turn(nil)
  row.accuracy, row.held_out_loss, row.result = result.accuracy, result.loss, result
end

--- Adds a row to the history: what this epoch did and what the run has cost so far.
function M.record(run, epoch, chosen, loss)
  local now = run.now
  local row = {
    epoch = epoch.number + 1, loss = loss, images = now.seen, trained = now.trained, lr = run.optimizer.lr,
    full = chosen == nil, residual = chosen and chosen.residual, filled = chosen and chosen.filled,
    filled_share = chosen and chosen.filled_share, overlap = chosen and chosen.overlap,
    distinct = chosen and chosen.distinct, warning = chosen and chosen.warning,
    matching_error = now.matched, selective = run.batch_select and now.selective or nil,
    forwarded = run.forwarded, backwarded = run.backwarded,
  }
  row.seconds, row.cpu_seconds = run.accounts:row()
  evaluate(run, epoch, row)
  run.history[#run.history + 1] = row
  return row
end

return M
