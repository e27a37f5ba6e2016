-- SPDX-License-Identifier: Apache-2.0
-- What a selector returned, checked before training uses it.

local core = require "thresh.core"
local shown = require("thresh.options").shown

local M = {}

local function fail(name, ...)
  error(string.format("selector %s: %s", shown(name), string.format(...)), 0)
end

local function as_tensor(name, what, value, dtype)
  if type(value) == "table" then
    local ok, tensor = pcall(core.tensor, value, { dtype = dtype })
    if not ok then fail(name, "%s cannot be made a tensor: %s", what, tostring(tensor)) end
    value = tensor
  end
  if not core.is_tensor(value) then
    fail(name, "%s must be a tensor or a list of numbers, got %s", what, type(value))
  end
  if value.ndim ~= 1 then
    fail(name, "%s must have one dimension, got %d", what, value.ndim)
  end
  return value
end

local function check_indices(name, indices, n)
  indices = as_tensor(name, "indices", indices, "int64")
  if indices.dtype ~= "int64" and indices.dtype ~= "int32" then
    fail(name, "indices must be integers, got %s", indices.dtype)
  end
  local count = #indices
  if count == 0 then fail(name, "no image was selected") end
  local low, high = indices:min():item(), indices:max():item()
  if low < 1 then fail(name, "index %d is below 1 (indices count from 1)", low) end
  if high > n then fail(name, "index %d is above %d, the number of candidates", high, n) end
  if #indices:unique() ~= count then
    local seen = {}
    for _, index in ipairs(indices:tolist()) do
      if seen[index] then fail(name, "index %d comes twice", index) end
      seen[index] = true
    end
  end
  return indices
end

local function check_weights(name, weights, count)
  weights = as_tensor(name, "weights", weights, "float32")
  if #weights ~= count then
    fail(name, "%d weights for %d indices", #weights, count)
  end
  local finite = weights:isfinite()
  if not finite:all():item() then
    local bad = finite:logical_not():nonzero()[{ 1, 1 }]
    local value = weights[bad]
    fail(name, "weight %d is %s", bad, value ~= value and "nan" or tostring(value))
  end
  local low = weights:min():item()
  if low < 0 then fail(name, "weights must not be negative, got %g", low) end
  if weights:sum():item() <= 0 then fail(name, "all weights are zero") end
  return weights
end

--- The rows of a batch of `n` that a batch selector returned: an index tensor, a list or a mask.
function M.rows(name, n, rows)
  if core.is_tensor(rows) and rows.dtype == "bool" then
    if rows.ndim ~= 1 or #rows ~= n then
      fail(name, "a mask of rows must have %d items, got shape (%s)", n, table.concat(rows.shape, ", "))
    end
    return rows:nonzero():flatten()
  end
  rows = as_tensor(name, "rows", rows, "int64")
  if rows.dtype ~= "int64" and rows.dtype ~= "int32" then
    fail(name, "rows must be integers, got %s", rows.dtype)
  end
  if #rows == 0 then return rows:to("int64") end
  local low, high = rows:min():item(), rows:max():item()
  if low < 1 or high > n then
    fail(name, "row %d is outside a batch of %d (rows count from 1)", low < 1 and low or high, n)
  end
  if #rows:unique() ~= #rows then fail(name, "a row comes twice") end
  return rows
end

-- Batches that hold the selected images, each once.
local function check_batches(name, batches, indices)
  if type(batches) ~= "table" or #batches == 0 then
    fail(name, "batches must be a list of lists of indices, got %s", shown(batches))
  end
  local parts, lists = {}, {}
  for i, batch in ipairs(batches) do
    parts[i] = as_tensor(name, "batch " .. i, batch, "int64"):to("int64")
    lists[i] = parts[i]:tolist()
    if #parts[i] == 0 then fail(name, "batches must hold images, and batch %d has none", i) end
  end
  local all = core.cat(parts)
  if #all ~= #indices or not (all:sort()):equal((indices:to("int64"):sort())) then
    fail(name, "the batches must hold the selected images, each once; they hold %d, selected are %d", #all, #indices)
  end
  return lists
end

--- The selection a heuristic returned as { indices, weights, batches, residual, filled }.
--
-- Accepts `indices`, `indices, weights` or a table with these fields. Of `n` candidates it may choose `of.limit`, the
-- budget filled up to whole batches; errors name the heuristic and the value.
function M.check(name, n, of, indices, weights)
  local chosen = {}
  if type(indices) == "table" and indices.indices ~= nil then
    chosen = indices
    indices, weights = chosen.indices, chosen.weights
  end
  if indices == nil then fail(name, "returned nothing; indices are needed") end
  indices = check_indices(name, indices, n)
  if #indices > of.limit then
    fail(name, "%d images were selected, the budget is %d%s", #indices, of.budget,
      of.limit > of.budget and string.format(", %d with whole batches", of.limit) or "")
  end
  local batches = chosen.batches and check_batches(name, chosen.batches, indices)
  if weights ~= nil then weights = check_weights(name, weights, #indices) end
  return {
    indices = indices, weights = weights, batches = batches,
    residual = chosen.residual, filled = chosen.filled or 0,
  }
end

return M
