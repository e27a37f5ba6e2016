-- SPDX-License-Identifier: Apache-2.0
-- The training loop: choose a subset, train on it for an epoch, evaluate, record what it cost.

local checkpointing = require "thresh.train.checkpointing"
local configuration = require "thresh.train.config"
local epochs = require "thresh.train.epoch"
local log = require "thresh.train.log"
local subset = require "thresh.train.subset"
local tasks = require "thresh.task"

local M = {}

M.evaluate = tasks.evaluate
M.t_diff = require("thresh.epoch_time").difference

-- What to train on, chosen now or, in an epoch that was cut off, before.
local function begin_epoch(run, epoch)
  if run.now then
    if run.now.full then return nil end
    return run.chosen
  end
  local chosen = subset.choose(run, epoch)
  run.now = epochs.begin(chosen, subset.matching_error(run, epoch, chosen))
  return chosen
end

local function finish_epoch(run, epoch, chosen, loss)
  local row = epochs.record(run, epoch, chosen, loss)
  run.at, run.now = run.at + 1, nil
  run.progress:step(string.format("loss %.3f  %s %s", loss, run.task.metric or "accuracy",
    row.accuracy and string.format("%.2f %%", 100 * row.accuracy) or "-"))
  log.row(run, row)
  if run.on_epoch then run.on_epoch(row, run) end
end

local function result(run)
  local best = 0
  for _, row in ipairs(run.history) do best = math.max(best, row.accuracy or 0) end
  return {
    selector = run.selector.name, seed = run.seed, history = run.history, seconds = run.seconds,
    cpu_seconds = run.cpu_seconds, forwarded = run.forwarded, backwarded = run.backwarded, best = best,
    accuracy = run.history[#run.history].accuracy, trace = run.trace,
    checkpoint = run.last_checkpoint, resumed = run.resumed,
  }
end

--- Trains a model and returns what happened: history (a row an epoch), seconds and cpu_seconds (train, select,
--- evaluate, checkpoint; CPU seconds are of all threads), forwarded and backwarded images, accuracy (last) and best.
---
--- `select` chooses the images of an epoch, `batch_select` the rows of each batch. A row of the history
--- has loss (of what was trained on), images and trained rows, selective (in how many batches rows were chosen),
--- forwarded and backwarded, seconds and cpu_seconds so far, accuracy;
--- and of the subset: residual, filled and filled_share (random fill), overlap (Jaccard with the subset
--- before), distinct (the part of the candidates used so far), a warning where most is fill, and with
--- matching_error how far its gradients miss those of all before the epoch: "last_layer" (or true), at the
--- cost of a forward pass over the candidates an epoch, or "all" parameters, in evaluation mode, at that of
--- a forward and backward pass over the candidates and the subset. Neither counts as training or selection.
---
--- label_smoothing is of the loss that is trained; what selectors are told (losses, residuals) is of the labels as they
--- are.
---
--- accumulate = N: a step of the optimiser takes N batches, with the loss that one batch of all their images would
--- have; BatchNorm still sees them one by one. A schedule per step counts steps. What is left at an epoch's end
--- is a step of its own.
---
--- checkpoint: a folder, or { path, every = 1 (epochs), seconds (none; within epochs, too), keep = 2 }. With it a
--- run that was killed at any moment goes on when the script is started again, and ends with the bits of one that
--- was not: weights, optimiser, history (but for seconds), trace, which is cut back to the checkpoint. Broken
--- checkpoints are told of and the one before is used; that of another configuration is refused with the
--- difference; resume = false starts afresh and removes what is there. The script makes model, data and selectors
--- as before, and math.random goes on as well; what a heuristic keeps outside ctx.store is its own affair unless it has
--- state() and load_state(s). on_epoch is not called again for the epochs of the checkpoint, nor do restored rows have
--- the objects in row.result.
--- In batch runs SIGUSR1 asks it for a checkpoint at once, SIGTERM for one and the end, with exit status 143.
--- run: a run of th.runs: rows go to run:log, the trace to "subsets.trace" and checkpoints to "checkpoints" in it,
--- unless `trace` and `checkpoint` (false: none) say otherwise.
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
---@param config table model, data, optimizer, epochs (required); select (th.select.Full()), batch_select (none), schedule (none), schedule_per ("epoch", or "step"), batch_size (128), accumulate (1), seed (1), augment (none), task (classification), label_smoothing (0), evaluate_on ("test"), evaluate_every (1), initial ("random", or "full"), trace (none), a path or false; checkpoint (none), resume (true), run (none), matching_error (false), on_epoch(row, run), quiet (false), label
---@return table run selector, seed, history, seconds, cpu_seconds, forwarded, backwarded, accuracy, best, trace, checkpoint and resumed, the names of the last one written and of that gone on from
function M.train(config)
  local run = configuration.start(config)
  local watch <close> = checkpointing.watch(run)
  run.model:train()
  while run.at <= #run.plan do
    local epoch = run.plan[run.at]
    local chosen = begin_epoch(run, epoch)
    local loss = epochs.train(run, epoch, chosen)
    finish_epoch(run, epoch, chosen, loss)
    checkpointing.after_epoch(run)
  end
  if run.writer then run.writer:close() end
  run.progress:finish()
  return result(run)
end

return setmetatable(M, { __call = function(_, config) return M.train(config) end })
