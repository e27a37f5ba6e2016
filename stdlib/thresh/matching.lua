-- SPDX-License-Identifier: Apache-2.0
-- How far the weighted gradients of a subset miss those of all candidates, for telemetry.

local core = require "thresh.core"
local tasks = require "thresh.task"

local M = {}

--- ||sum_S w_i g_i - sum_j g_j|| / ||sum_j g_j|| of last-layer gradients, from one forward pass.
---
--- Weights are scaled to the sum n, since the loss of a batch divides by its weights; 1 for nil.
function M.last_layer(ctx, indices, weights)
  return core.select.matching_error {
    residuals = ctx:residuals(), embeddings = ctx:embeddings(), indices = indices, weights = weights,
    normalise = true,
  }
end

-- The gradients of sum w l over `indices` (all for nil) with respect to each parameter, in float64.
local function gradients(model, parameters, task, data, indices, weights)
  model:zero_grad()
  local sums = {}
  for batch in tasks.batches(task, data, {
    batch_size = task.score_batch or 256, shuffle = false, indices = indices, weights = weights,
  }) do
    local losses = task.losses(batch, model:forward(batch.x))
    if batch.weights then losses = losses * batch.weights end
    losses:sum():backward()
    -- Batch by batch, so that sums over many images are those of float64.
    for i, parameter in ipairs(parameters) do
      local grad = parameter.grad
      if grad then
        local part = grad:to "float64"
        sums[i] = sums[i] and sums[i] + part or part
      end
    end
    model:zero_grad()
  end
  return sums
end

--- As last_layer, of all parameters of `model` on the dataset `data`, in evaluation mode, of the losses of
--- `task` (those of classification without label smoothing for nil). One forward and backward pass over all and one over the subset, twice the parameters in
--- float64. Gradients that the parameters hold are cleared.
function M.all_parameters(model, data, indices, weights, task)
  task = task or tasks.classification()
  local training, parameters = model.training, model:parameters()
  model:eval()
  local part = gradients(model, parameters, task, data, indices, weights)
  local all = gradients(model, parameters, task, data)
  if training then model:train() end
  local sum = weights and weights:to("float64"):sum():item() or #indices
  local missed, norm = 0, 0
  for i = 1, #parameters do
    local total = all[i]
    if total then
      local difference = part[i] * (#data / sum) - total
      missed = missed + (difference * difference):sum():item()
      norm = norm + (total * total):sum():item()
    end
  end
  if missed == 0 then return 0 end
  return (missed / norm) ^ 0.5
end

return M
