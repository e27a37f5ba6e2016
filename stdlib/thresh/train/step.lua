-- SPDX-License-Identifier: Apache-2.0
-- One batch: its losses, the rows that a batch selector keeps of it, and the step of the optimiser.

local core = require "thresh.core"
local batches = require "thresh.batch"
local selection = require "thresh.selection"

local M = {}

-- The sum of the losses of a batch, on the tape, and what it is divided by: the sum of the weights, in which only
-- ratios of weights matter; or the size of the batch ("batch"), so that a batch of high weights steps further; or
-- its size times the mean weight of the subset ("subset").
--
-- Where a task's losses are sums of several terms, `counts` says of how many, and takes the place of 1 a row.
local function summed(run, losses, weights, counts)
  local number = counts and counts:sum():item() or #losses
  if not weights then return losses:sum(), number end
  local normalisation, total = run.selector.weight_normalisation, (losses * weights):sum()
  if normalisation == "batch" then return total, number end
  if normalisation == "subset" then return total, number * run.now.mean_weight end
  return total, (counts and weights * counts or weights):sum():item()
end

-- Where nothing counts, the sum of losses is 0, too.
local function divisor_of(number) return number > 0 and number or 1 end

--- The gradients of `accumulate` batches on their way to one step: batches and rows so far, and the divisor of
--- the sum of their losses.
function M.group() return { batches = 0, rows = 0, divisor = 0 } end

-- Adds the gradients of the rows that were kept. A single batch's loss is divided before the backward pass;
-- that of several is once the divisor of all is known.
local function backward(run, losses, weights, counts)
  local rows, group, now = #losses, run.group, run.now
  if rows == 0 then return end
  if group.rows == 0 then run.optimizer:zero_grad() end
  local sum, divisor = summed(run, losses, weights, counts)
  local loss = sum / divisor_of(divisor)
  if run.accumulate == 1 then loss:backward() else sum:backward() end
  group.rows, group.divisor = group.rows + rows, group.divisor + divisor
  run.backwarded = run.backwarded + rows
  now.total, now.trained = now.total + loss:item() * rows, now.trained + rows
end

--- Ends a batch: with `accumulate` together the optimiser takes a step, with `rest` it does so anyway.
function M.finish(run, rest)
  local group = run.group
  if not rest then group.batches = group.batches + 1 end
  if group.batches < run.accumulate and not rest then return end
  if group.rows > 0 then
    if run.accumulate > 1 then run.optimizer:scale_gradients(1 / divisor_of(group.divisor)) end
    run.optimizer:step()
  end
  run.group = M.group()
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
  run.now.choosing = run.now.choosing + (core.clock() - began)
  if run.writer then run.writer:count(info.indices, { kept = rows, losses = scores, rows = wanted }) end
  return rows
end

local function train_on(run, batch)
  if #batch.indices == 0 then return end
  local losses, _, counts = losses_of(run, batch)
  backward(run, losses, batch.weights, counts)
end

--- Trains on a batch, all of it.
function M.plain(run, batch)
  train_on(run, batch)
  M.finish(run)
end

-- Goes on with the tape of one forward pass: it drops the other rows, and backward costs as much as the kept ones.
local function reusing(run, batch, info)
  local losses, scores, counts = losses_of(run, batch)
  local rows = kept_rows(run, info, scores)
  if rows == nil then return backward(run, losses, batch.weights, counts) end
  if #rows == 0 then return end
  local function kept(tensor) return tensor and tensor:keep(rows) end
  backward(run, losses:keep(rows), kept(batch.weights), kept(counts))
end

-- Two passes: one for the losses, and one with a tape on the kept rows.
local function in_two_passes(run, batch, info)
  local selector = run.batch_select
  local wanted = selector.wanted and selector.wanted(info)
  local scores = not selector.blind and selecting_scores(run, batch, wanted) or nil
  return batches.rows(batch, kept_rows(run, info, scores, wanted))
end

--- Algorithm 1 of Selective-Backprop: the losses of all rows choose those to train on.
function M.selective(run, batch, info)
  local selector = run.batch_select
  if selector.active and not selector.active(info) then
    local losses, scores, counts = losses_of(run, batch)
    if run.writer then run.writer:count(info.indices, { losses = scores }) end
    backward(run, losses, batch.weights, counts)
    return M.finish(run)
  end
  run.now.selective = run.now.selective + 1
  if selector.reuse ~= false then
    reusing(run, batch, info)
    return M.finish(run)
  end
  local kept = in_two_passes(run, batch, info)
  if not selector.queue then return M.plain(run, kept) end
  run.queue:push(kept)
  local whole = run.queue:pop()
  if whole then M.plain(run, whole) end
end

--- Trains on what waits at the end of an epoch, and takes the step that is due.
function M.rest(run)
  local waiting = run.queue and run.queue:pop(true)
  if waiting then M.plain(run, waiting) end
  M.finish(run, true)
end

return M
