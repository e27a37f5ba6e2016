-- SPDX-License-Identifier: Apache-2.0
-- The table of a comparison of detectors: COCO's AP over all, small, medium and large objects, training
-- time and t_diff.

local core = require "thresh.core"
local columns = require "thresh.columns"
local options = require "thresh.options"
local epoch_time = require "thresh.epoch_time"

-- Median [least, most] over the runs of what `value` finds in each; "-" where it finds nothing.
local function spread(results, value, form)
  local values = {}
  for _, result in ipairs(results) do values[#values + 1] = value(result) end
  if #values == 0 then return "-" end
  local s = core.statistics.summary(values)
  local text = string.format(form, s.median)
  if #values == 1 then return text end
  return string.format("%s [" .. form .. ", " .. form .. "]", text, s.min, s.max)
end

-- A figure of a run's last evaluation in per cent; -1, of sizes that have no objects, is none.
local function figure(name)
  return function(result)
    local value = result.history[#result.history].result[name]
    return value >= 0 and 100 * value or nil
  end
end

local function t_diff(field)
  return function(result)
    local d = epoch_time.difference(result)
    return d.seconds and d[field]
  end
end

--- What `th.compare{task = th.detect.task{}}` found, as a text: for each selector AP of all, small, medium and
--- large objects in per cent at the last epoch, training and selection seconds, t_diff (mean seconds of a
--- plain epoch less those of one with selection) and, beside it, the difference of their sums; medians with
--- the least and the most of the seeds.
---
--- Example:
---     local data = th.data.shapes { n = 2, size = 64, seed = 1 }
---     local comparison = th.compare {
---       task = th.detect.task(), data = { train = data, test = data }, selectors = { th.select.Full() }, seeds = { 1 },
---       model = function(seed) return th.detect.small_ssd { classes = 6, size = 64, width = 4, seed = seed } end,
---       optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 1e-3 }) end,
---       epochs = 1, batch_size = 2, quiet = true,
---     }
---     assert(th.detect.table(comparison):find "mAP")
---@param comparison table
---@return string text
return function(comparison)
  if type(comparison) ~= "table" or type(rawget(comparison, "rows")) ~= "table" then
    error("detect.table: what compare returned expected, got " .. options.shown(comparison), 2)
  end
  local lines = { { "selector", "mAP", "small", "medium", "large", "train s", "t_diff s", "of sums s" } }
  for _, row in ipairs(comparison.rows) do
    local r = row.results
    if not (r[1].history[#r[1].history].result or {}).stats then
      error("detect.table: '" .. row.label .. "' was not judged by detect.evaluate", 2)
    end
    lines[#lines + 1] = {
      row.label, spread(r, figure "accuracy", "%.2f"), spread(r, figure "small", "%.2f"),
      spread(r, figure "medium", "%.2f"), spread(r, figure "large", "%.2f"),
      spread(r, function(x) return x.seconds.train + x.seconds.select end, "%.1f"),
      spread(r, t_diff "seconds", "%.3f"), spread(r, t_diff "literal", "%.2f"),
    }
  end
  local out = columns.lines(lines)
  out[#out + 1] = string.format(
    "%s: %d training and %d %s images, %d epochs, %s. AP in %%, last epoch. t_diff: mean seconds of a plain epoch "
      .. "less those of a selective one; beside it, the difference of their sums.",
    comparison.data or "data", comparison.n, comparison.held_out, comparison.evaluate_on, comparison.epochs,
    #comparison.seeds == 1 and "1 seed" or #comparison.seeds .. " seeds: median [least, most]")
  return table.concat(out, "\n")
end
