-- SPDX-License-Identifier: Apache-2.0
-- The kinds of figures: what each takes, checked.

local core = require "thresh.core"
local data = require "thresh.plot.data"
local Figure = require "thresh.plot.figure"
local options = require "thresh.options"

local M = {}

-- A chart over numbers in x and y.
local function xy(what, style, a, b, c)
  local list, given = data.arguments(what, a, b, c, 3)
  local o = data.look(what, given, {}, 3)
  o.kind, o.series = "xy", data.series(what, list, { style = style, sorted = style == "line" }, 3)
  return Figure.new(o)
end

--- A chart of lines: `line(y)`, `line(x, y, options)`, or `line(series, options)`.
---
--- A series is { y =, x = (1, 2, …), label =, error =, low =, high =, x_error =, x_low =, x_high =, style =,
--- intervals = }: lists of numbers or tensors; in a short call label and so on stand among the options. What is
--- not finite, and on a log axis what is not above 0, is left out; points are joined in the order of x. error
--- (half the length) or low and high are drawn as a band about a line, as bars about points; intervals =
--- "band" or "bars" decides; an infinite end goes as far as the axis, a nan leaves the point without.
--- style: "line", "points", "both" (points, joined by loose dots), "dots", "steps".
--- `print(figure)` draws it in characters, as wide as the terminal lets it, in colour at a terminal unless
--- NO_COLOR is set; `figure:text { width =, colour = }` is that text. `figure:save(path)` draws a .svg, .png or
--- .pdf by gnuplot (Debian's gnuplot-nox), whose script and data stay beside it as .gp and .dat;
--- `figure:source(kind)` returns these two as texts.
---
--- Example:
---     local figure = th.plot.line({ 1, 2, 3 }, { 3, 2, 1 }, { label = "loss", title = "training", x_label = "epoch" })
---     assert(tostring(figure):find "training" and figure:text { width = 40, colour = false })
---     figure = th.plot.line({ { label = "a", y = { 1, 2 }, error = { 0.1, 0.1 } }, { label = "b", y = th.rand(2) } })
---     assert(tostring(figure):find "● a")
---@param a table|Tensor y, x before y, a list of series, or a table of options with `series`
---@param b? table|Tensor y, or the options
---@param c? table title (""), x_label (""), y_label (""), log_x (false), log_y (false), x_range (none), { low, high }; y_range (none), x_lines ({}), where to draw lines across; y_lines ({}), legend (true), width (of the field in characters, at most 56), height (12), size ({ 640, 400 }), the file's in pixels of 1/96 inch
---@return table figure text and save
function M.line(a, b, c) return xy("plot.line", "line", a, b, c) end

--- A chart of points; arguments and options as of line, the order of the points as given.
---
--- Example:
---     local figure = th.plot.scatter({ 1, 4, 2 }, { 3, 2, 5 }, { label = "runs", error = { 0.5, 0.5, 0.5 } })
---     assert(tostring(figure):find "●" and tostring(figure):find "│")
---@param a table|Tensor y, x before y, a list of series, or a table of options with `series`
---@param b? table|Tensor y, or the options
---@param c? table as of line
---@return table figure text and save
function M.scatter(a, b, c) return xy("plot.scatter", "points", a, b, c) end

local function names(what, given, n, level)
  local out = {}
  for i = 1, n do
    local name = given and given[i] or i
    if type(name) ~= "string" and type(name) ~= "number" then
      error(string.format("%s: category %d must be a text, got %s", what, i, options.shown(name)), level + 1)
    end
    out[i] = data.text(name)
  end
  return out
end

--- Bars, of one series or several beside each other: `bars(values)`, `bars(names, values, options)`, or
--- `bars(series, options)`. Series as of line, where x are the names of the categories. Lines across and ranges are
--- drawn in files alone; y_lines are amounts there, whether bars stand or lie.
---
--- Example:
---     local figure = th.plot.bars({ "Full", "RS2" }, { 61.2, 60.1 }, { y_label = "accuracy %" })
---     assert(tostring(figure):find "RS2 +│█+")
---@param a table|Tensor names before values, values, a list of series, or a table of options with `series`
---@param b? table|Tensor values, or the options
---@param c? table categories (those of the series, or numbers); horizontal (where the names would touch), whether bars lie in files; and as of line
---@return table figure text and save
function M.bars(a, b, c)
  local what = "plot.bars"
  local list, given = data.arguments(what, a, b, c, 2, "string")
  data.count(what, list, 2)
  local o = data.look(what, given, { categories = { "table" }, horizontal = { "boolean" } }, 2)
  local categories, plain = o.categories, {}
  for i, s in ipairs(list) do
    local copy = {}
    if type(s) ~= "table" or data.is_list(s) then
      copy.y = s
    else
      for key, value in pairs(s) do copy[key] = value end
    end
    if type(copy.x) == "table" then categories = categories or copy.x end
    copy.x = nil
    plain[i] = copy
  end
  local series, n = data.series(what, plain, { style = "points" }, 2), nil
  o.kind, o.series = "bars", {}
  for i, s in ipairs(series) do
    local values = data.numbers(string.format("%s: series %d", what, i), plain[i].y, 2)
    n = n or #values
    if #values ~= n then
      error(string.format("%s: series %d has %d values, the first has %d", what, i, #values, n), 2)
    end
    local bar = { label = s.label, values = values }
    if s.over_y then
      bar.low, bar.high = {}, {}
      for _, p in ipairs(s.points) do bar.low[p[1]], bar.high[p[1]] = p.low, p.high end
    end
    o.series[i] = bar
  end
  n = n or 0
  if categories and #categories ~= n then
    error(string.format("%s: %d categories for %d values", what, #categories, n), 2)
  end
  o.categories = names(what, categories, n, 2)
  return Figure.new(o)
end

-- The edges of `bins` bins over low … high; of whole numbers, bins hold as many of them each.
local function edges_of(low, high, bins, whole)
  local out = {}
  if whole then
    local width = math.max(1, math.ceil((high - low + 1) / (bins or 64)))
    for i = 0, math.ceil((high - low + 1) / width) do out[#out + 1] = low - 0.5 + i * width end
    return out
  end
  bins = bins or 21
  if low == high then low, high = low - 0.5, high + 0.5 end
  for i = 0, bins do out[#out + 1] = low + (high - low) * i / bins end
  return out
end

-- The finite values of a list or tensor, as a vector of float64.
local function finite_values(what, given, level)
  local t = core.is_tensor(given) and given:detach():to("float64"):flatten()
    or core.tensor(data.numbers(what, given, level + 1), { dtype = "float64" }):flatten()
  return t:masked_select(t:isfinite())
end

-- The ends of the option 'range'.
local function range_of(what, range, level)
  local low, high = range[1], range[2]
  if type(low) ~= "number" or type(high) ~= "number" or not (data.finite(low) and data.finite(high) and low < high) then
    error(what .. ": option 'range' must be two finite numbers, the lower first", level + 1)
  end
  return low, high
end

--- How often values fall into each of some bins: `histogram(values, options)`, `histogram(series, options)`
--- with series { label =, values = }, or of what layers.histogram returns. Of whole numbers a bin is one of
--- them, or as many as it takes for 64 bins. Several series are drawn as outlines on common bins.
---
--- Example:
---     local figure = th.plot.histogram(th.randn(1000, { seed = 1 }), { bins = 30, title = "weights" })
---     assert(tostring(figure):find "█" and #figure.edges == 31)
---@param values table|Tensor numbers, a list of series, or a histogram of layers
---@param given? table bins (21), range (of the values), { low, high }; and as of line
---@return table figure text and save
function M.histogram(values, given)
  local what = "plot.histogram"
  local o = data.look(what, given, {
    bins = { "integer", from = 1, to = 1000 }, range = { "table" }, label = { { "string", "number" }, default = "" },
  }, 2)
  o.kind, o.series = "histogram", {}
  if type(values) == "table" and type(rawget(values, "edges")) == "table" and type(rawget(values, "counts")) == "table" then
    -- Of layers.histogram: bins and counts are there already.
    o.edges = data.numbers(what .. ": 'edges'", values.edges, 2)
    if o.x_label == "" then o.x_label = data.text(rawget(values, "name") or "") end
    local labels = rawget(values, "labels")
    if type(labels) ~= "table" then error(what .. ": a histogram needs its labels", 2) end
    data.count(what, labels, 2)
    for i, label in ipairs(labels) do
      local counts = data.numbers(string.format("%s: counts of '%s'", what, tostring(label)), values.counts[label], 2)
      if #counts ~= #o.edges - 1 or #counts == 0 then
        error(string.format("%s: %d counts for %d edges", what, #counts, #o.edges), 2)
      end
      o.series[i] = { label = data.text(label), counts = counts }
    end
    return Figure.new(o)
  end
  local list = values
  if data.is_list(values) then list = { { label = o.label, values = values } } end
  data.count(what, list, 2)
  local tensors, low, high, whole = {}, math.huge, -math.huge, true
  for i, given_series in ipairs(list) do
    local s = data.is_list(given_series) and { values = given_series, label = "" } or options.check(
      string.format("%s: series %d", what, i), given_series,
      { label = { { "string", "number" }, default = "" }, values = { { "table", "userdata" }, required = true } }, 2)
    local t = finite_values(string.format("%s: series %d", what, i), s.values, 2)
    tensors[i], o.series[i] = t, { label = data.text(s.label) }
    if t:numel() > 0 then
      low, high = math.min(low, t:amin():item()), math.max(high, t:amax():item())
      whole = whole and t:equal(t:floor())
    end
  end
  if o.range then low, high = range_of(what, o.range, 2) end
  if low > high then low, high = 0, 1 end
  whole = whole and not o.range and high - low < 2 ^ 40
  o.edges = edges_of(low, high, o.bins, whole)
  for i, t in ipairs(tensors) do
    local bins = #o.edges - 1
    local counts = t:numel() > 0 and t:histc { bins = bins, min = o.edges[1], max = o.edges[bins + 1] }:to("int64"):tolist()
    o.series[i].counts = counts or {}
    for bin = 1, bins do o.series[i].counts[bin] = o.series[i].counts[bin] or 0 end
  end
  if o.y_label == "" then o.y_label = "count" end
  return Figure.new(o)
end

--- A matrix as colours: `heatmap(matrix, options)`, a tensor (rows, columns) or a list of rows.
---
--- The colours grow lighter from low to high also in grey (cividis). What is no number is left blank.
---
--- Example:
---     local figure = th.plot.heatmap({ { 1, 0.2 }, { 0.2, 1 } }, { rows = { "a", "b" }, columns = { "a", "b" } })
---     assert(tostring(figure):find "0.2")
---@param matrix table|Tensor
---@param given? table rows (numbers), columns (numbers), their names; range (of the values), { low, high }; numbers (in figures of at most 200 cells), whether to write them into the cells; and as of line
---@return table figure text and save
function M.heatmap(matrix, given)
  local what = "plot.heatmap"
  local o = data.look(what, given, {
    rows = { "table" }, columns = { "table" }, range = { "table" }, numbers = { "boolean" },
  }, 2)
  local values = {}
  if core.is_tensor(matrix) then
    if matrix.ndim ~= 2 then
      error(string.format("%s: a matrix expected, got shape (%s)", what, table.concat(matrix.shape, ", ")), 2)
    end
    values = matrix:detach():to("float64"):tolist()
  elseif type(matrix) == "table" then
    for i, row in ipairs(matrix) do values[i] = data.numbers(string.format("%s: row %d", what, i), row, 2) end
  else
    error(string.format("%s: a matrix expected, got %s", what, options.shown(matrix)), 2)
  end
  if #values == 0 or #values[1] == 0 then error(what .. ": the matrix has no cells", 2) end
  local low, high = math.huge, -math.huge
  for i, row in ipairs(values) do
    if #row ~= #values[1] then
      error(string.format("%s: row %d has %d values, the first has %d", what, i, #row, #values[1]), 2)
    end
    for k, v in ipairs(row) do
      if data.finite(v) then low, high = math.min(low, v), math.max(high, v) else row[k] = 0 / 0 end
    end
  end
  if o.range then low, high = range_of(what, o.range, 2) end
  if low > high then low, high = 0, 1 end
  if low == high then low, high = low - 0.5, high + 0.5 end
  for _, name in ipairs { "rows", "columns" } do
    local n = name == "rows" and #values or #values[1]
    if o[name] and #o[name] ~= n then
      error(string.format("%s: option '%s' has %d names for %d", what, name, #o[name], n), 2)
    end
    -- Many cells have no room for a number each.
    o[name] = (o[name] or n <= 30) and names(what, o[name], n, 2) or {}
  end
  if o.numbers == nil then o.numbers = #values * #values[1] <= 200 end
  o.kind, o.values, o.low, o.high = "heatmap", values, low, high
  return Figure.new(o)
end

-- The figures of a list, those of grids one by one.
local function singles(what, figures, level)
  if type(figures) ~= "table" then
    error(string.format("%s: a list of figures expected, got %s", what, options.shown(figures)), level + 1)
  end
  local out = {}
  for i, figure in ipairs(figures) do
    if Figure.is_single(figure) then
      out[#out + 1] = figure
    elseif Figure.is(figure) and figure.kind == "grid" then
      table.move(figure.figures, 1, #figure.figures, #out + 1, out)
    else
      error(string.format("%s: figure %d: a figure expected, got %s", what, i, options.shown(figure)), level + 1)
    end
  end
  if #out == 0 then error(what .. ": needs at least one figure", level + 1) end
  return out
end

--- Several figures as the panels of one. Charts whose legends are the same share one, below all of them.
---
--- Example:
---     local a, b = th.plot.line { 3, 2, 1 }, th.plot.bars { 1, 2 }
---     local figure = th.plot.grid({ a, b }, { columns = 2, title = "both" })
---     assert(tostring(figure):find "both")
---@param figures table[]
---@param given? table columns (as many as make it square), title ("")
---@return table figure text and save
function M.grid(figures, given)
  local list = singles("plot.grid", figures, 2)
  local o = options.check("plot.grid", given, {
    columns = { "integer", from = 1, to = 100 }, title = { { "string", "number" }, default = "" },
  }, 2)
  return Figure.grid(list, o.columns or math.ceil(math.sqrt(#list)), data.text(o.title))
end

--- Figures side by side: grid with all of them in one row.
---
--- Example:
---     local figure = th.plot.line { series = { { y = { 3, 2, 1 } } }, width = 20 }
---     assert(#tostring(th.plot.beside { figure, figure }) > #tostring(figure))
---@param figures table[]
---@return table figure text and save
function M.beside(figures)
  local list = singles("plot.beside", figures, 2)
  return Figure.grid(list, #list, "")
end

return M
