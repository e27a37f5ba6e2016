-- SPDX-License-Identifier: Apache-2.0
-- DeepFool (Moosavi-Dezfooli et al. 2016): how far an image is from another prediction.

local core = require "thresh.core"
local options = require "thresh.options"

local M = {}

-- The logits (N, C) of images x, and the gradient of each with respect to its own image (N, C, D). Each
-- image goes through the model once for each class: rows are independent in evaluation mode.
local function linearised(model, x, classes)
  local n = #x
  local copies = x:repeat_interleave(classes, 1):requires_grad_(true)
  local z = model:forward(copies)
  local class = core.arange(1, classes):tile(n):unsqueeze(2)
  z:gather(2, class):sum():backward()
  return z:detach():view(n, classes, classes):select(2, 1), copies.grad:flatten(2):view(n, classes, -1)
end

-- One step: the smallest move of each image onto the nearest of the linearised boundaries.
local function step(z, gradients, predicted)
  local index = predicted:unsqueeze(2)
  local own = gradients:take_along_dim(index:unsqueeze(3), 2)
  local normals = gradients - own                        -- (N, C, D)
  local gaps = (z - z:gather(2, index)):abs()            -- (N, C)
  local lengths = normals:norm { dim = 3 }
  -- The class itself, and classes that no move tells apart, have no boundary to cross.
  local ratios = core.where(lengths:gt(0), gaps / lengths, math.huge):scatter(2, index, math.huge)
  local distance, nearest = ratios:min(2)
  local at = nearest:unsqueeze(2)
  local normal = normals:take_along_dim(at:unsqueeze(3), 2):squeeze(2)
  local length = lengths:gather(2, at)
  -- Where no class is left the image stays.
  local moves = distance:isfinite():unsqueeze(2)
  return core.where(moves, normal * (distance:unsqueeze(2) / length), 0)
end

-- Runs f with the model in evaluation mode and its parameters out of the tape, and puts both back.
local function at_rest(model, f)
  local training, parameters, wanted = model.training, model:parameters(), {}
  model:eval()
  for i, p in ipairs(parameters) do
    wanted[i] = p.requires_grad
    p:requires_grad_(false)
  end
  local ok, failure = pcall(f)
  for i, p in ipairs(parameters) do p:requires_grad_(wanted[i]) end
  if training then model:train() end
  if not ok then error(failure, 0) end
end

local function predictions(model, x)
  return core.no_grad(function()
    local z = model:forward(x)
    return z:argmax(2), z:size(2)
  end)
end

--- The L2 norm of the smallest perturbation found that changes the prediction of each image of x (N, …),
--- the model in evaluation mode, the steps it took (N,), (N,), and the numbers of images forwarded and backwarded.
--
-- Each image moves onto the nearest boundary of the classes as its gradients draw them, r += |z_c - z_y|
-- / ||w||^2 w with w = grad z_c - grad z_y, until x + (1 + overshoot) r is predicted otherwise; options:
-- steps at most (50), overshoot (0.02), the paper's. Cost a step: C forward and backward passes.
function M.perturbations(model, x, given)
  local o = options.check("deepfool", given or {}, {
    steps = { "integer", default = 50, from = 1 }, overshoot = { "number", default = 0.02, from = 0 },
  }, 2)
  local flat = x:flatten(2)
  local r, taken = core.zeros_like(flat), core.zeros(#x, { dtype = "int64" })
  local function moved(rows)
    local at = flat:index_select(1, rows) + r:index_select(1, rows) * (1 + o.overshoot)
    return at:view(#rows, table.unpack(x.shape, 2))
  end
  local forwarded, backwarded = #x, 0
  at_rest(model, function()
    local predicted, classes = predictions(model, x)
    local rows = core.arange(1, #x)
    for count = 1, o.steps do
      local own = predicted:index_select(1, rows)
      local z, gradients = linearised(model, moved(rows), classes)
      r[rows] = r:index_select(1, rows) + step(z, gradients, own)
      taken[rows] = count
      local now = predictions(model, moved(rows))
      forwarded, backwarded = forwarded + #rows * (classes + 1), backwarded + #rows * classes
      rows = rows:index_select(1, now:eq(own):nonzero():flatten())
      if #rows == 0 then break end
    end
  end)
  return r:norm { dim = 2 }, taken, forwarded, backwarded
end

return M
