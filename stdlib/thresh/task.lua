-- SPDX-License-Identifier: Apache-2.0
-- What a run learns: how a batch and the model's answer become losses, and how a model is judged.
--
-- A task is a plain table. dataset: the class of its data. losses(batch, ...) -> the loss of each row on
-- the tape (N,), and a table of what else is known: logits; scores (N,), what batch selectors choose by
-- where that is not the loss; counts (N,), of how many terms each loss is a sum, where a batch's loss is
-- the sum of its losses by that of their counts. `...` is what the model gives for batch.x.
-- evaluate(model, data) -> accuracy (the number that counts), loss, and more; metric names the number.
-- Optional: prepare(batch) -> the batch as the functions here take it; for_model(model) -> the task as
-- this model needs it; proxy(model, batch) -> a gradient of each image as rows (N, d), for selectors,
-- score_batch images at a time; loader, options of every loader; image_size of a model that takes no other.

local core = require "thresh.core"
local options = require "thresh.options"
local nn = core.nn

local M = {}

--- Calls f with the model in evaluation mode and without a tape.
function M.at_rest(model, f)
  local training = model.training
  model:eval()
  core.no_grad(f)
  if training then model:train() end
end

--- The batches of a dataset as the functions of a task take them, for a loop; and the loader that gives them.
--- Its options are those given and those that the task asks of every loader.
function M.batches(task, data, given)
  for name, value in pairs(task.loader or {}) do given[name] = value end
  local loader = data:loader(given)
  if not task.prepare then return loader, loader end
  return function()
    local batch = loader()
    return batch and task.prepare(batch)
  end, loader
end

--- Accuracy and mean loss of `model` on `data`, in evaluation mode, without a tape.
---
--- Example:
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
---     local found = th.train.evaluate(model, th.data.digits().test)
---     assert(found.n == 359 and found.correct == found.accuracy * found.n)
---@param model Module
---@param data Dataset
---@param batch_size? integer (256)
---@return table result accuracy, loss, correct, n
function M.evaluate(model, data, batch_size)
  if not nn.is_module(model) then
    error("evaluate: model must be a module, got " .. options.shown(model), 2)
  end
  if getmetatable(data) ~= "Dataset" then
    error("evaluate: data must be a dataset, got " .. options.shown(data), 2)
  end
  local correct, loss, n = 0, 0, #data
  M.at_rest(model, function()
    for batch in data:loader { batch_size = batch_size or 256, shuffle = false } do
      local logits = model:forward(batch.x)
      correct = correct + logits:argmax(2):eq(batch.y):sum():item()
      loss = loss + nn.cross_entropy(logits, batch.y, { reduction = "sum" }):item()
    end
  end)
  return { accuracy = correct / n, loss = loss / n, correct = correct, n = n }
end

--- One label an image: cross-entropy, and accuracy.
function M.classification(given)
  local o = options.check("task.classification", given or {}, {
    label_smoothing = { "number", default = 0, from = 0, to = 1 },
  }, 2)
  local task = { dataset = "Dataset", evaluate = M.evaluate, metric = "accuracy" }
  function task.losses(batch, logits)
    local losses = nn.cross_entropy(logits, batch.y, {
      reduction = "none", label_smoothing = o.label_smoothing,
    })
    return losses, { logits = logits }
  end
  return task
end

return M
