-- SPDX-License-Identifier: Apache-2.0
-- Charts in characters, for the terminal and for logs.

local columns = require "thresh.columns"
local options = require "thresh.options"

local M = {}

local Figure = {}
Figure.__index = Figure

-- What the points of the first series and of those behind it look like.
local marks = { "●", "○", "▲", "△", "■", "□", "◆", "◇" }

local function finite(v) return v == v and v ~= math.huge and v ~= -math.huge end

-- The points {x, y} of a series in the order of x, and nothing that is not finite.
local function points(series, i)
  local o = options.check("plot.line: series " .. i, series, {
    label = { "string", default = "" },
    x = { "table" },
    y = { "table", required = true },
  }, 3)
  if o.x and #o.x ~= #o.y then
    error(string.format("plot.line: series %d has %d x for %d y", i, #o.x, #o.y), 3)
  end
  local out = {}
  for k, y in ipairs(o.y) do
    local x = o.x and o.x[k] or k
    if type(x) ~= "number" or type(y) ~= "number" then
      error(string.format("plot.line: series %d, point %d: numbers expected, got %s and %s", i, k,
        options.shown(x), options.shown(y)), 3)
    end
    if finite(x) and finite(y) then out[#out + 1] = { x, y } end
  end
  table.sort(out, function(a, b) return a[1] < b[1] end)
  return { label = o.label, points = out }
end

--- A chart of lines over a common x. series: a list of {label=, x=, y=}, two lists of numbers of one
--- length (x is 1, 2, … without it); what is not finite is left out. title; width and height of the
--- field in characters (56, 12). `tostring` draws it.
---
--- Example:
---     local figure = th.plot.line { series = { { label = "loss", y = { 3, 2, 1 } } }, title = "training" }
---     assert(tostring(figure):find "loss")
---@param given table series (required), title, x_label, width (56), height (12)
---@return table figure
function M.line(given)
  local o = options.check("plot.line", given, {
    series = { "table", required = true },
    title = { "string", default = "" },
    x_label = { "string", default = "" },
    width = { "integer", default = 56, from = 8, to = 1000 },
    height = { "integer", default = 12, from = 2, to = 1000 },
  }, 2)
  if #o.series > #marks then
    error(string.format("plot.line: %d series are more than the %d that can be told apart", #o.series,
      #marks), 2)
  end
  for i, series in ipairs(o.series) do o.series[i] = points(series, i) end
  return setmetatable(o, Figure)
end

-- The least and the most of coordinate k over all points; a little room where they are one.
local function bounds(series, k)
  local low, high = math.huge, -math.huge
  for _, s in ipairs(series) do
    for _, point in ipairs(s.points) do low, high = math.min(low, point[k]), math.max(high, point[k]) end
  end
  if low > high then return nil end
  if low == high then low, high = low - 0.5, high + 0.5 end
  return low, high
end

-- Where the line is at x; nil outside of it.
local function interpolated(line, x)
  for i, point in ipairs(line) do
    if point[1] == x then return point[2] end
    if point[1] > x then
      local before = line[i - 1]
      if not before then return nil end
      return before[2] + (point[2] - before[2]) * (x - before[1]) / (point[1] - before[1])
    end
  end
end

local function pad(text, width) return text .. string.rep(" ", width - utf8.len(text)) end

--- The figure's lines, all of one width.
function Figure:lines()
  local w, h = self.width, self.height
  local x0, x1 = bounds(self.series, 1)
  local y0, y1 = bounds(self.series, 2)
  if not x0 then return { pad(self.title, w), pad("no finite points", w) } end
  local cells = {}
  for row = 1, h do
    cells[row] = {}
    for column = 1, w do cells[row][column] = " " end
  end
  for i, series in ipairs(self.series) do
    for column = 1, w do
      local y = interpolated(series.points, x0 + (x1 - x0) * (column - 1) / (w - 1))
      if y then cells[h - math.floor((h - 1) * (y - y0) / (y1 - y0) + 0.5)][column] = marks[i] end
    end
  end
  local top, bottom = string.format("%.4g", y1), string.format("%.4g", y0)
  local margin = math.max(#top, #bottom)
  local out = { pad(string.rep(" ", margin + 2) .. self.title, margin + 2 + w) }
  for row = 1, h do
    local tick = row == 1 and top or row == h and bottom or ""
    out[#out + 1] = string.rep(" ", margin - #tick) .. tick .. " │" .. table.concat(cells[row])
  end
  out[#out + 1] = string.rep(" ", margin + 1) .. "└" .. string.rep("─", w)
  local left, right = string.format("%.4g", x0), string.format("%.4g", x1)
  local gap = math.max(1, w - #left - #right - utf8.len(self.x_label))
  local half = gap // 2
  out[#out + 1] = pad(string.rep(" ", margin + 2) .. left .. string.rep(" ", half) .. self.x_label
    .. string.rep(" ", gap - half) .. right, margin + 2 + w)
  for i, series in ipairs(self.series) do
    if series.label ~= "" then
      out[#out + 1] = pad(string.rep(" ", margin + 2) .. marks[i] .. " " .. series.label, margin + 2 + w)
    end
  end
  return out
end

Figure.__tostring = function(self)
  local out = self:lines()
  for i, line in ipairs(out) do out[i] = line:gsub("%s+$", "") end
  return table.concat(out, "\n")
end

local Row = {}
Row.__tostring = function(self) return table.concat(columns.beside(self.parts), "\n") end

--- Figures side by side; `tostring` draws them.
---
--- Example:
---     local figure = th.plot.line { series = { { y = { 3, 2, 1 } } }, width = 20 }
---     assert(#tostring(th.plot.beside { figure, figure }) > #tostring(figure))
---@param figures table[]
---@return table row
function M.beside(figures)
  local parts = {}
  for i, figure in ipairs(figures) do
    if getmetatable(figure) ~= Figure then
      error(string.format("plot.beside: figure %d: a figure expected, got %s", i, options.shown(figure)), 2)
    end
    parts[i] = figure:lines()
  end
  return setmetatable({ parts = parts }, Row)
end

-- The runs of what was given: a run, a list of runs, or what compare returns (its first seed's).
local function runs_of(given)
  if type(given) ~= "table" then
    error("plot.history: what train or compare returned expected, got " .. options.shown(given), 3)
  end
  if given.history then return { given } end
  local runs = {}
  for i, item in ipairs(given.rows or given) do
    local run = item.results and item.results[1] or item
    if type(run) ~= "table" or not run.history then
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
---@return table row of figures
function M.history(given, metrics)
  local runs = runs_of(given)
  if not metrics then
    metrics = { "loss" }
    for _, run in ipairs(runs) do
      if run.history[1] and run.history[1].matching_error then metrics = { "loss", "matching_error" } end
    end
  end
  local figures = {}
  for i, metric in ipairs(metrics) do
    local series = {}
    for k, run in ipairs(runs) do
      local x, y = {}, {}
      for _, row in ipairs(run.history) do
        if type(row[metric]) == "number" then x[#x + 1], y[#y + 1] = row.epoch, row[metric] end
      end
      series[k] = { label = run.selector or "run " .. k, x = x, y = y }
    end
    figures[i] = M.line {
      title = metric:gsub("_", " "), x_label = "epoch", series = series,
      width = #metrics == 1 and 56 or math.max(12, 72 // #metrics - 6),
    }
  end
  return M.beside(figures)
end

return M
