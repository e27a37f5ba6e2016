-- SPDX-License-Identifier: Apache-2.0
-- The figures of a study of selection: speedup against accuracy, curves over seeds, what was chosen how often.

local charts = require "thresh.plot.charts"
local core = require "thresh.core"
local data = require "thresh.plot.data"
local images = require "thresh.plot.images"
local options = require "thresh.options"

local M = {}

-- A number, or { median, low, high }, as its middle and ends; nothing where there is none.
local function measured(what, value, level)
  if value == nil then return nil end
  if type(value) == "number" then return value, value, value end
  local middle = type(value) == "table" and value.median
  if type(value) ~= "table" or middle ~= nil and type(middle) ~= "number" then
    error(string.format("%s: a number or { median, low, high } expected, got %s", what, options.shown(value)), level + 1)
  end
  -- Without a median nothing was reached.
  if middle == nil then return nil end
  local low, high = value.low or value.min or middle, value.high or value.max or middle
  if type(low) ~= "number" or type(high) ~= "number" then
    error(string.format("%s: low and high must be numbers", what), level + 1)
  end
  return middle, low, high
end

-- The options of a chart beside those of the function itself.
local function split(given, own)
  local mine, rest = {}, {}
  if given ~= nil and type(given) ~= "table" then return given, given end
  for key, value in pairs(given or {}) do
    if own[key] then mine[key] = value else rest[key] = value end
  end
  return mine, rest
end

--- Speedup against accuracy (or error), each with its interval: a mark a method, points of one method joined.
---
--- points: a list of { label =, speedup =, accuracy = }, where each number may be { median =, low =, high = }, as
--- summaries and intervals of statistics are (min and max do for low and high). Points of one label belong
--- together. A point without a speedup, or of one without a median, since it is not known of most runs that they
--- got to the accuracy, is left out, and the legend says how many were.
---
--- Example:
---     local figure = th.plot.speedup {
---       { label = "GradMatch", speedup = { median = 2.1, low = 1.8, high = 2.4 }, accuracy = 0.91 },
---       { label = "GradMatch", speedup = { median = 4.0, low = 3.5, high = 4.2 }, accuracy = 0.88 },
---       { label = "RS2", speedup = 3, accuracy = { median = 0.9, low = 0.89, high = 0.92 } },
---     }
---     assert(tostring(figure):find "GradMatch")
---@param points table[]
---@param given? table y ("accuracy"), the field on the vertical axis; and as of plot.line
---@return table figure
function M.speedup(points, given)
  local what = "plot.speedup"
  if type(points) ~= "table" then
    error(string.format("%s: a list of points expected, got %s", what, options.shown(points)), 2)
  end
  local own, look = split(given, { y = true })
  local o = options.check(what, own, { y = { "string", default = "accuracy" } }, 2)
  local series, by, missing = {}, {}, {}
  for i, point in ipairs(points) do
    if type(point) ~= "table" then
      error(string.format("%s: point %d must be a table, got %s", what, i, options.shown(point)), 2)
    end
    local label = tostring(point.label or "")
    local s = by[label]
    if not s then
      s = {
        label = label, x = {}, y = {}, x_low = {}, x_high = {}, low = {}, high = {}, style = "both", intervals = "bars",
      }
      series[#series + 1], by[label], missing[label] = s, s, 0
    end
    local x, x_low, x_high = measured(string.format("%s: point %d: speedup", what, i), point.speedup, 2)
    local y, low, high = measured(string.format("%s: point %d: %s", what, i, o.y), point[o.y], 2)
    if not y then error(string.format("%s: point %d has no %s", what, i, options.shown(o.y)), 2) end
    if x then
      local k = #s.x + 1
      s.x[k], s.x_low[k], s.x_high[k], s.y[k], s.low[k], s.high[k] = x, x_low, x_high, y, low, high
    else
      missing[label] = missing[label] + 1
    end
  end
  for _, s in ipairs(series) do
    if missing[s.label] > 0 then s.label = string.format("%s (%d not reached)", s.label, missing[s.label]) end
  end
  if type(look) == "table" then
    look.x_label = look.x_label or "speedup"
    look.y_label = look.y_label or o.y
    look.x_lines = look.x_lines or { 1 }
  end
  return charts.scatter(series, look)
end

-- What a row of a history has under a name; what training and selection took is one number, whether the row is of
-- train, which has { train =, select = }, or of a run folder, which has train_… and select_….
local function field(row, name)
  local value = row
  for part in name:gmatch "[^.]+" do
    value = type(value) == "table" and value[part] or nil
  end
  local train, select = row["train_" .. name], row["select_" .. name]
  if value == nil and type(train) == "number" and type(select) == "number" then return train + select end
  if type(value) == "table" and type(value.train) == "number" then return value.train + (value.select or 0) end
  return type(value) == "number" and value or nil
end

-- The points of a run, in the order of x.
local function curve(what, run, x, y, level)
  local history = type(run) == "table" and (run.history or run)
  if type(history) ~= "table" then
    error(string.format("%s: a run or its history expected, got %s", what, options.shown(run)), level + 1)
  end
  local out = {}
  for _, row in ipairs(history) do
    local at, value = type(row) == "table" and field(row, x), type(row) == "table" and field(row, y)
    if at and value and data.finite(at) and data.finite(value) then out[#out + 1] = { at, value } end
  end
  table.sort(out, function(a, b) return a[1] < b[1] end)
  return out
end

local function value_at(points, x)
  for i, p in ipairs(points) do
    if p[1] == x then return p[2] end
    if p[1] > x then
      local before = points[i - 1]
      return before and before[2] + (p[2] - before[2]) * (x - before[1]) / (p[1] - before[1])
    end
  end
end

-- Where curves are compared: at their own x where all have the same, else at 50 places all of them cover, or the one.
local function places(curves)
  local same, low, high = true, -math.huge, math.huge
  for _, points in ipairs(curves) do
    same = same and #points == #curves[1]
    for i, p in ipairs(points) do same = same and p[1] == curves[1][i][1] end
    low, high = math.max(low, points[1][1]), math.min(high, points[#points][1])
  end
  local out = {}
  if same then
    for i, p in ipairs(curves[1]) do out[i] = p[1] end
  elseif low == high then
    out[1] = low
  elseif low < high then
    for i = 0, 49 do out[#out + 1] = low + (high - low) * i / 49 end
  end
  return out
end

--- Learning curves over seeds: of each group the median, and a band from the least to the most or over the
--- middle half of the runs.
---
--- groups: what compare returned, or a list of { label =, runs = { … } }, where a run is what train returned,
--- its history, or the rows of a run folder. Over seconds or images, where no two runs stop at the same place,
--- curves are interpolated between their evaluations, where all of the group have some.
---
--- Example:
---     local function run(a) return { { epoch = 1, accuracy = a }, { epoch = 2, accuracy = a + 0.2 } } end
---     local figure = th.plot.curves { { label = "RS2", runs = { run(0.4), run(0.5), run(0.45) } } }
---     assert(figure.series[1].points[1][2] == 0.45 and tostring(figure):find "RS2")
---@param groups table
---@param given? table x ("epoch"; also "seconds" and "cpu_seconds", of training and selection, "forwarded", "backwarded" or any field), y ("accuracy"), band ("range" or "quartiles"), and as of plot.line
---@return table figure
function M.curves(groups, given)
  local what = "plot.curves"
  if type(groups) ~= "table" then
    error(string.format("%s: what compare returned or a list of groups expected, got %s", what, options.shown(groups)), 2)
  end
  local own, look = split(given, { x = true, y = true, band = true })
  local o = options.check(what, own, {
    x = { "string", default = "epoch" }, y = { "string", default = "accuracy" }, band = { "string", default = "range" },
  }, 2)
  options.choice(what, "band", o.band, { "range", "quartiles" }, 2)
  local series, shares = {}, o.band == "range" and { 0, 0.5, 1 } or { 0.25, 0.5, 0.75 }
  for i, group in ipairs(rawget(groups, "rows") or groups) do
    local runs = type(group) == "table" and (rawget(group, "runs") or rawget(group, "results"))
    if type(runs) ~= "table" then
      error(string.format("%s: group %d has no runs, got %s", what, i, options.shown(group)), 2)
    end
    local curves = {}
    for k, run in ipairs(runs) do
      local points = curve(string.format("%s: group %d, run %d", what, i, k), run, o.x, o.y, 2)
      if #points > 0 then curves[#curves + 1] = points end
    end
    local s = { label = rawget(group, "label") or "group " .. i, x = {}, y = {}, low = {}, high = {} }
    for _, x in ipairs(#curves > 0 and places(curves) or {}) do
      local values = {}
      for k, points in ipairs(curves) do values[k] = value_at(points, x) end
      if #values == #curves then
        local k, of = #s.x + 1, core.tensor(values, { dtype = "float64" }):quantile(shares):tolist()
        s.x[k], s.low[k], s.y[k], s.high[k] = x, of[1], of[2], of[3]
      end
    end
    if #curves < 2 then s.low, s.high = nil, nil end
    series[i] = s
  end
  if type(look) == "table" then
    look.x_label = look.x_label or o.x:gsub("_", " ")
    look.y_label = look.y_label or o.y:gsub("_", " ")
  end
  return charts.line(series, look)
end

-- How often each image was chosen: a vector, and of what it tells.
local function counts_of(what, given, of, level)
  if core.is_tensor(given) then return given:detach():flatten() end
  if type(given) == "string" then given = core.select.read_trace(given) end
  if getmetatable(given) ~= "Trace" then
    error(string.format("%s: a trace, the path of one or a tensor of counts expected, got %s", what,
      options.shown(given)), level + 1)
  end
  local seen, kept = given:batch_counts()
  if of == nil then of = given.event_count > 0 and "selected" or "kept" end
  return of == "selected" and given:counts() or of == "kept" and kept or seen, given, of
end

local kinds = { "selected", "kept", "seen" }

--- How many images were chosen how often: the histogram of priorities.
---
--- traces: a trace, its path, or a tensor of counts; or a table { label = one of these, … }.
---
--- Example:
---     local figure = th.plot.priorities(th.tensor { 0, 0, 3, 1, 3 })
---     assert(table.concat(figure.series[1].counts, " ") == "2 1 0 2")
---@param traces Trace|string|Tensor|table
---@param given? table of ("selected", or "kept" where a trace has batches alone; or "seen"); and as of plot.histogram
---@return table figure
function M.priorities(traces, given)
  local what = "plot.priorities"
  local own, look = split(given, { of = true })
  local o = options.check(what, own, { of = { "string" } }, 2)
  if o.of then options.choice(what, "of", o.of, kinds, 2) end
  local series = {}
  if type(traces) == "table" then
    local labels = {}
    for label in pairs(traces) do labels[#labels + 1] = label end
    table.sort(labels, function(a, b) return tostring(a) < tostring(b) end)
    for i, label in ipairs(labels) do
      series[i] = { label = tostring(label), values = counts_of(what, traces[label], o.of, 2) }
    end
    if #series == 0 then error(what .. ": needs at least one trace", 2) end
  else
    local counts, trace = counts_of(what, traces, o.of, 2)
    series[1] = { label = trace and (trace.event_count > 0 and trace.method or trace.batch_method) or "", values = counts }
  end
  if type(look) == "table" then
    look.x_label, look.y_label = look.x_label or "times chosen", look.y_label or "images"
  end
  return charts.histogram(series, look)
end

--- The pictures that a run chose most often, or least often, as a grid; each with its class and how often.
---
--- trace: a trace or its path, of `dataset`, which is checked; or a tensor of counts. Which of equally frequent
--- ones are shown is drawn by the seed.
---
--- Example:
---     local set = th.data.digits().train
---     local counts = th.zeros(#set, { dtype = "int64" })
---     counts[7] = 9
---     local figure = th.plot.gallery(counts, set, { count = 1 })
---     assert(figure.indices[1] == 7 and tostring(figure):find "9")
---@param trace Trace|string|Tensor
---@param dataset Dataset|DetectionDataset
---@param given? table which ("most" or "least"), count (20), of (as of priorities), seed (1), labels (true), and columns, border, scale, title as of image_grid
---@return table figure with `indices`, which images they are
function M.gallery(trace, dataset, given)
  local what = "plot.gallery"
  local o = options.check(what, given, {
    which = { "string", default = "most" }, count = { "integer", default = 20, from = 1, to = 10000 },
    of = { "string" }, seed = { "integer", default = 1, from = 0 }, labels = { "boolean", default = true },
    columns = { "integer", from = 1, to = 10000 }, border = { "integer", default = 2, from = 0, to = 100 },
    scale = { "integer", from = 1, to = 64 }, title = { { "string", "number" } },
  }, 2)
  options.choice(what, "which", o.which, { "most", "least" }, 2)
  if o.of then options.choice(what, "of", o.of, kinds, 2) end
  local class = getmetatable(dataset)
  if class ~= "Dataset" and class ~= "DetectionDataset" then
    error(string.format("%s: a dataset expected, got %s", what, options.shown(dataset)), 2)
  end
  local counts, read = counts_of(what, trace, o.of, 2)
  if read then read:check(dataset) end
  if counts:numel() ~= #dataset then
    error(string.format("%s: %d counts for %d images", what, counts:numel(), #dataset), 2)
  end
  -- Sorting is stable, so that the order drawn decides between equals.
  local drawn = core.randperm(#dataset, { seed = o.seed })
  local _, order = counts:index_select(1, drawn):to("float64"):sort(1, { descending = o.which == "most", stable = true })
  local chosen = {}
  for i = 1, math.min(o.count, #dataset) do chosen[i] = drawn[order[i]] end
  local pictures, labels, brightest = {}, {}, 0
  for i, index in ipairs(chosen) do
    local x = dataset:sample(index)
    local picture = class == "DetectionDataset" and x.image or x
    if picture.ndim ~= 3 then error(what .. ": the samples of the dataset are no pictures", 2) end
    if picture.dtype == "uint8" then brightest = math.max(brightest, picture:amax():item()) else brightest = 255 end
    pictures[i] = picture
    local name = class == "Dataset" and tostring(dataset.class_names[dataset.labels[index]] or dataset.labels[index])
      or "image " .. tostring(x.id)
    if o.labels then labels[i] = string.format("%dx %s", math.floor(counts[index]), name) end
  end
  -- Larger pictures, of one size for all.
  if class == "DetectionDataset" then
    for i, picture in ipairs(pictures) do
      local h, w = picture.shape[2], picture.shape[3]
      local most = 160 / math.max(h, w)
      if most < 1 then
        picture = core.data.resize(picture, math.max(1, math.floor(h * most)), math.max(1, math.floor(w * most)))
        pictures[i] = (picture * 255):round():clamp(0, 255):to "uint8"
      end
    end
  end
  local figure = images.image_grid(pictures, {
    columns = o.columns or math.min(10, #pictures), border = o.border, labels = labels, scale = o.scale,
    title = o.title or string.format("%s chosen", o.which), range = brightest < 128 and { 0, math.max(brightest, 1) } or nil,
  })
  figure.indices = chosen
  return figure
end

return M
