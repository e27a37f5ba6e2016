-- SPDX-License-Identifier: Apache-2.0
-- Figures: lines, points, bars, histograms, heat maps, grids of pictures, and those of a study.
-- In the terminal by print; as SVG, PNG or PDF by figure:save, which gnuplot draws.

local charts = require "thresh.plot.charts"
local options = require "thresh.options"

local M = {}

for _, part in ipairs { "charts", "images", "study" } do
  for name, f in pairs(require("thresh.plot." .. part)) do M[name] = f end
end

-- The runs of what was given: a run, a list of runs, or what compare returns (its first seed's).
local function runs_of(given)
  if type(given) ~= "table" then
    error("plot.history: what train or compare returned expected, got " .. options.shown(given), 3)
  end
  if rawget(given, "history") then return { given } end
  local list, runs = rawget(given, "rows") or given, {}
  for i = 1, type(list) == "table" and rawlen(list) or 0 do
    local item = list[i]
    local run = type(item) == "table" and type(item.results) == "table" and item.results[1] or item
    if type(run) ~= "table" or type(rawget(run, "history")) ~= "table" then
      error(string.format("plot.history: item %d has no history", i), 3)
    end
    runs[i] = { history = run.history, selector = item.label or run.selector }
  end
  if #runs == 0 then error("plot.history: needs at least one run", 3) end
  return runs
end

--- Metrics of runs over the epochs, a figure each and side by side: the training loss and, where it was
--- measured (`matching_error` of train), the gradient-matching error; or the fields of the history that
--- `metrics` lists. given: what train returned, a list of such, or what compare returned.
---
--- Example:
---     local run = { selector = "RS2", history = { { epoch = 1, loss = 2 }, { epoch = 2, loss = 1 } } }
---     assert(tostring(th.plot.history(run)):find "RS2")
---@param given table
---@param metrics? string[] fields of the history
---@return table figure a panel each metric
function M.history(given, metrics)
  local runs = runs_of(given)
  if not metrics then
    metrics = { "loss" }
    for _, run in ipairs(runs) do
      if run.history[1] and run.history[1].matching_error then metrics = { "loss", "matching_error" } end
    end
  end
  if type(metrics) ~= "table" then
    error("plot.history: a list of metrics expected, got " .. options.shown(metrics), 2)
  end
  local figures = {}
  for i, metric in ipairs(metrics) do
    local series = {}
    if type(metric) ~= "string" then
      error("plot.history: metrics must be names of fields, got " .. options.shown(metric), 2)
    end
    for k, run in ipairs(runs) do
      local x, y = {}, {}
      for _, row in ipairs(run.history) do
        if type(row[metric]) == "number" then x[#x + 1], y[#y + 1] = row.epoch, row[metric] end
      end
      series[k] = { label = run.selector or "run " .. k, x = x, y = y }
    end
    figures[i] = charts.line { title = metric:gsub("_", " "), x_label = "epoch", series = series }
  end
  return charts.beside(figures)
end

return M
