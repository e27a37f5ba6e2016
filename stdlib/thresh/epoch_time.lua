-- SPDX-License-Identifier: Apache-2.0
-- What selection within batches saves of an epoch's time.

local columns = require "thresh.columns"
local options = require "thresh.options"

local M = {}

local Difference = {}

local function mean_of(values)
  local sum = 0
  for _, v in ipairs(values) do sum = sum + v end
  return sum / #values
end

-- The variance of a mean.
local function variance(values, mean)
  if #values < 2 then return nil end
  local sum = 0
  for _, v in ipairs(values) do sum = sum + (v - mean) ^ 2 end
  return sum / (#values - 1) / #values
end

--- t_diff: the mean training seconds of the epochs in which no batch was selected from, minus that of the
--- epochs in which some were. result: what train returned.
---
--- seconds, and standard_error where there are two epochs of each kind; outside and inside: {epochs =, mean =,
--- sum =}; literal, sum(outside) - sum(inside), which is how t_diff has been printed, and which grows with the
--- number of epochs alone. Evaluation and checkpoints are in none of them; the clock is monotonic.
---
--- Example:
---     local data = th.data.digits()
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
---     local run = th.train {
---       model = model, data = data, epochs = 2, quiet = true,
---       optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 }),
---       batch_select = th.select.TopK { keep = 0.5, start = 0.5 },
---     }
---     local difference = th.train.t_diff(run)
---     assert(difference.outside.epochs == 1 and difference.inside.epochs == 1)
---@param result table what th.train returned
---@return table difference seconds, standard_error, outside, inside, literal
function M.difference(result)
  if type(result) ~= "table" or type(rawget(result, "history")) ~= "table" then
    error("train.t_diff: what train returned expected, got " .. options.shown(result), 2)
  end
  local outside, inside, before = {}, {}, 0
  for _, row in ipairs(result.history) do
    local kind = (row.selective or 0) > 0 and inside or outside
    kind[#kind + 1] = row.seconds.train - before
    before = row.seconds.train
  end
  local function told(values)
    local mean = #values > 0 and mean_of(values) or nil
    return { epochs = #values, mean = mean, sum = mean and mean * #values or 0 }
  end
  local d = setmetatable({ outside = told(outside), inside = told(inside) }, Difference)
  d.literal = d.outside.sum - d.inside.sum
  if d.outside.mean and d.inside.mean then
    d.seconds = d.outside.mean - d.inside.mean
    local a, b = variance(outside, d.outside.mean), variance(inside, d.inside.mean)
    d.standard_error = a and b and math.sqrt(a + b)
  end
  return d
end

Difference.__tostring = function(self)
  local function cells(name, part)
    return {
      name, tostring(part.epochs), part.mean and string.format("%.3f", part.mean) or "-",
      string.format("%.3f", part.sum),
    }
  end
  local lines = columns.lines {
    { "epochs", "number", "mean s", "sum s" }, cells("plain", self.outside), cells("selective", self.inside),
  }
  lines[#lines + 1] = self.seconds and string.format("t_diff %.3f s%s (difference of sums: %.3f s)", self.seconds,
    self.standard_error and string.format(" +- %.3f", self.standard_error) or "", self.literal)
    or "t_diff needs epochs of both kinds"
  return table.concat(lines, "\n")
end

return M
