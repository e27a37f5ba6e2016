-- SPDX-License-Identifier: Apache-2.0
-- What a training run ended with, as texts that are equal only for equal bits; seconds, which never are, left out.
local th = require "thresh"
local pack = require "thresh.train.pack"

local M = {}

-- The bits of tensors by name.
local function bits(tensors, scratch)
  local path = scratch .. "/outcome.safetensors"
  th.save_safetensors(path, tensors)
  local digest = th.sha256(path)
  os.remove(path)
  return digest
end

local function without_seconds(row)
  local kept = {}
  for name, value in pairs(row) do
    if not name:find "seconds" and pack.holds(value) then kept[name] = value end
  end
  return kept
end

local function lines_without_seconds(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = (line:gsub('"seconds":[^,}]*', "")) end
  return table.concat(lines, "\n")
end

--- Texts by name: weights, optimizer, random, history, counts, trace.
function M.of(result, model, optimizer, scratch)
  local rows = {}
  for i, row in ipairs(result.history) do
    rows[i] = without_seconds(row)
    rows[i].result = row.result and without_seconds(row.result)
  end
  return {
    weights = bits(model:state_dict(), scratch), optimizer = bits(optimizer:state_dict(), scratch),
    random = bits({ model = model:random_state() }, scratch),
    groups = (pack.pack { groups = optimizer.param_groups }), history = (pack.pack { rows = rows }),
    counts = string.format("%d %d", result.forwarded, result.backwarded),
    trace = result.trace and lines_without_seconds(result.trace) or "none",
  }
end

--- Raises unless two outcomes are the same.
function M.assert_same(a, b, what)
  for name, text in pairs(a) do
    if text ~= b[name] then
      error(string.format("%s: %s differ:\n%s\n%s", what, name, text:sub(1, 2000), b[name]:sub(1, 2000)), 2)
    end
  end
end

return M
