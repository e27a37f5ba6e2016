-- SPDX-License-Identifier: Apache-2.0
-- What a sweep has found: its cells, and tables of them.

local columns = require "thresh.columns"
local json = require "thresh.json"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local space = require "thresh.sweep.space"

local M = {}

local Result = { __name = "SweepResult" }
Result.__index = Result

-- A setting as a table shows it.
local function text_of(value)
  if value == nil then return "" end
  value = plain.written("sweep", value)
  return type(value) == "string" and value or json.encode(value)
end

-- The settings that differ between cells, in order, the seed last.
local function varied(cells)
  local seen, names = {}, {}
  for _, cell in ipairs(cells) do
    for name, value in pairs(space.flat(cell.params or {})) do
      local text = text_of(value)
      seen[name] = seen[name] or { count = 0 }
      local s = seen[name]
      s.count = s.count + 1
      if s.text == nil then s.text = text elseif s.text ~= text then s.differs = true end
    end
  end
  for name, s in pairs(seen) do
    if s.differs or s.count < #cells then names[#names + 1] = name end
  end
  table.sort(names, function(a, b)
    if (a == "seed") ~= (b == "seed") then return b == "seed" end
    return a < b
  end)
  return names
end

local function quantile(sorted, q)
  local place = 1 + q * (#sorted - 1)
  local i = math.floor(place)
  return sorted[i] + (place - i) * ((sorted[i + 1] or sorted[i]) - sorted[i])
end

local aggregates = {}

function aggregates.median(values)
  if #values == 1 then return values[1] end
  local s = { table.unpack(values) }
  table.sort(s)
  return { median = quantile(s, 0.5), low = s[1], high = s[#s], n = #s }
end

function aggregates.mean(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return sum / #values
end

aggregates["mean±std"] = function(values)
  local mean, squares = aggregates.mean(values), 0
  for _, value in ipairs(values) do squares = squares + (value - mean) ^ 2 end
  if #values == 1 then return values[1] end
  return string.format("%.4g ± %.2g", mean, math.sqrt(squares / (#values - 1)))
end

function aggregates.count(values) return #values end
function aggregates.min(values) return math.min(table.unpack(values)) end
function aggregates.max(values) return math.max(table.unpack(values)) end

-- Numbers of cells by what some settings are, in order of first appearance.
local function grouped(cells, names)
  local groups, by_key = {}, {}
  for _, cell in ipairs(cells) do
    local labels = {}
    for i, name in ipairs(names) do labels[i] = text_of(space.at(cell.params or {}, name)) end
    local key = table.concat(labels, "\0")
    if not by_key[key] then
      by_key[key] = { labels = labels, cells = {} }
      groups[#groups + 1] = by_key[key]
    end
    table.insert(by_key[key].cells, cell)
  end
  return groups
end

local function values_of(cells, metric)
  local values = {}
  for _, cell in ipairs(cells) do
    local value = cell.result and space.at(cell.result, metric)
    if type(value) == "number" and value == value then values[#values + 1] = value end
  end
  return values
end

-- Whatever is a number in some result, by its dotted name.
local function metrics_of(cells)
  local names = {}
  for _, cell in ipairs(cells) do
    for name, value in pairs(space.flat(cell.result or {})) do
      if type(value) == "number" then names[name] = true end
    end
  end
  return options.names(names)
end

local function names_of(method, what, given, cells, level)
  local names = type(given) == "string" and { given } or given
  local known = {}
  for _, cell in ipairs(cells) do for name in pairs(space.flat(cell.params or {})) do known[name] = true end end
  for _, name in ipairs(names) do
    if type(name) ~= "string" or not known[name] then
      error(string.format("sweep:%s: option '%s' names %s, which is no setting of the sweep%s", method, what,
        options.shown(name), type(name) == "string" and options.suggestion(name, options.names(known)) or ""), level + 1)
    end
  end
  return names
end

--- A table of one metric (or several), by settings: { columns, rows, caption }.
---
--- rows: a name or a list of names, by default all that vary but the seed and `cols`; cols: a name whose values
--- become columns, only with one metric; metric: a name or a list, by default every number in the results; agg:
--- "median" (with least and most where there are several), "mean", "mean±std", "min", "max", "count" or a function
--- of the list of values.
function Result:table(given)
  local o = options.check("sweep:table", given, {
    rows = { { "string", "table" } }, cols = { "string" }, metric = { { "string", "table" } },
    agg = { { "string", "callable" }, default = "median" },
  }, 2)
  local agg = o.agg
  if type(agg) == "string" then
    agg = aggregates[agg] or options.choice("sweep:table", "agg", agg, options.names(aggregates), 2)
  end
  local metrics = type(o.metric) == "string" and { o.metric } or o.metric or metrics_of(self.cells)
  local known = metrics_of(self.cells)
  for _, metric in ipairs(metrics) do
    local found = #known == 0
    for _, name in ipairs(known) do found = found or name == metric end
    if not found then
      error(string.format("sweep:table: no result has the number %s%s", options.shown(metric),
        type(metric) == "string" and options.suggestion(metric, known) or ""), 2)
    end
  end
  if o.cols and #metrics ~= 1 then
    error("sweep:table: with option 'cols' one metric must be named; there are " .. table.concat(metrics, ", "), 2)
  end
  local rows = o.rows and names_of("table", "rows", o.rows, self.cells, 2)
  if o.cols then names_of("table", "cols", o.cols, self.cells, 2) end
  if not rows then
    rows = {}
    for _, name in ipairs(varied(self.cells)) do
      if name ~= "seed" and name ~= o.cols then rows[#rows + 1] = name end
    end
  end
  local out = { columns = { table.unpack(rows) }, rows = {} }
  local parts = o.cols and grouped(self.cells, { o.cols })
  for _, part in ipairs(parts or {}) do out.columns[#out.columns + 1] = o.cols .. "=" .. part.labels[1] end
  for _, metric in ipairs(not parts and metrics or {}) do out.columns[#out.columns + 1] = metric end
  for _, group in ipairs(grouped(self.cells, rows)) do
    local row = { table.unpack(group.labels) }
    local function add(cells, metric)
      local values = values_of(cells, metric)
      row[#row + 1] = #values > 0 and agg(values) or "-"
    end
    if parts then
      for _, part in ipairs(parts) do
        local cells = {}
        for _, cell in ipairs(group.cells) do
          if text_of(space.at(cell.params or {}, o.cols)) == part.labels[1] then cells[#cells + 1] = cell end
        end
        add(cells, metrics[1])
      end
    else
      for _, metric in ipairs(metrics) do add(group.cells, metric) end
    end
    out.rows[#out.rows + 1] = row
  end
  out.caption = self:summary() .. (parts and string.format(" Values: %s.", metrics[1]) or "")
    .. (o.agg == "median" and " Medians [least, most] of the cells of a row." or "")
  return out
end

--- How many cells there are and how they ended, in words.
function Result:summary()
  local counts = {}
  for _, cell in ipairs(self.cells) do counts[cell.state] = (counts[cell.state] or 0) + 1 end
  local parts = {}
  for _, state in ipairs { "done", "failed", "running", "interrupted", "waiting" } do
    if counts[state] then parts[#parts + 1] = string.format("%d %s", counts[state], state) end
  end
  return string.format("Sweep %s: %d cells, %s.", self.name, #self.cells, table.concat(parts, ", "))
end

--- The cell that is done with the greatest value of a metric, or with the least: mode "min".
function Result:best(metric, mode)
  if type(metric) ~= "string" then
    error("sweep:best: needs the name of a metric, got " .. options.shown(metric), 2)
  end
  options.choice("sweep:best", "mode", mode or "max", { "max", "min" }, 2)
  local best, found
  for _, cell in ipairs(self.cells) do
    local value = cell.result and space.at(cell.result, metric)
    if type(value) == "number" and value == value
      and (not found or mode == "min" and value < found or mode ~= "min" and value > found) then
      best, found = cell, value
    end
  end
  return best
end

-- The seconds of a cell in three accounts: what it took itself; with the making of the traces it replayed; and
-- with its part of that, all who used a trace sharing alike.
local function accounts(cell, uses)
  local marginal = cell.seconds
  if type(marginal) ~= "number" then return nil end
  local whole, part = marginal, marginal
  for _, trace in ipairs(cell.shared or {}) do
    whole = whole + trace.seconds
    part = part + trace.seconds / uses[trace.key]
  end
  return { marginal = marginal, with_source = whole, amortised = part }
end

--- A table of what cells cost, by settings, in three accounts: the marginal seconds of a cell, the same with the
--- making of the shared traces it replayed, and with its share of that; and the speedups that `baseline`, a table
--- of settings such as { selector = "Full" }, gives to each. { columns, rows, caption }.
function Result:costs(given)
  local o = options.check("sweep:costs", given, { rows = { { "string", "table" } }, baseline = { "table" } }, 2)
  local uses, names = {}, o.rows and names_of("costs", "rows", o.rows, self.cells, 2)
  for _, cell in ipairs(self.cells) do
    for _, trace in ipairs(cell.shared or {}) do uses[trace.key] = (uses[trace.key] or 0) + 1 end
  end
  if not names then
    names = {}
    for _, name in ipairs(varied(self.cells)) do if name ~= "seed" then names[#names + 1] = name end end
  end
  local kinds = { "marginal", "with_source", "amortised" }
  local function medians(cells)
    local values = {}
    for _, kind in ipairs(kinds) do
      local list = {}
      for _, cell in ipairs(cells) do
        local a = cell.state == "done" and accounts(cell, uses)
        if a then list[#list + 1] = a[kind] end
      end
      table.sort(list)
      values[kind] = #list > 0 and quantile(list, 0.5) or nil
    end
    return values
  end
  local base
  if o.baseline then
    local cells = {}
    for _, cell in ipairs(self.cells) do
      local fits = true
      for name, value in pairs(o.baseline) do
        fits = fits and text_of(space.at(cell.params or {}, name)) == text_of(value)
      end
      if fits then cells[#cells + 1] = cell end
    end
    if #cells == 0 then error("sweep:costs: no cell has the settings of option 'baseline'", 2) end
    base = medians(cells).marginal
  end
  local out = { columns = { table.unpack(names) }, rows = {} }
  for _, kind in ipairs(kinds) do out.columns[#out.columns + 1] = kind:gsub("_", " ") .. " s" end
  for _, kind in ipairs(base and kinds or {}) do out.columns[#out.columns + 1] = kind:gsub("_", " ") .. " speedup" end
  for _, group in ipairs(grouped(self.cells, names)) do
    local row, m = { table.unpack(group.labels) }, medians(group.cells)
    for _, kind in ipairs(kinds) do row[#row + 1] = m[kind] or "-" end
    for _, kind in ipairs(base and kinds or {}) do row[#row + 1] = m[kind] and base / m[kind] or "-" end
    out.rows[#out.rows + 1] = row
  end
  out.caption = self:summary() .. " Median seconds of the cells of a row: their own; with the making of the shared "
    .. "traces they replay; with an equal share of it for each cell that replays one."
  return out
end

local function number_text(value)
  return math.tointeger(value) and string.format("%d", value) or string.format("%.4g", value)
end

local function cell_text(value)
  if type(value) == "number" then return number_text(value) end
  if type(value) ~= "table" then return tostring(value) end
  if value.low == value.high then return number_text(value.median) end
  return string.format("%s [%s, %s]", number_text(value.median), number_text(value.low), number_text(value.high))
end

local function printed(t)
  local lines = { {} }
  for i, name in ipairs(t.columns) do lines[1][i] = name end
  for _, row in ipairs(t.rows) do
    local line = {}
    for i, value in ipairs(row) do line[i] = cell_text(value) end
    lines[#lines + 1] = line
  end
  local out = #t.columns > 0 and columns.lines(lines) or {}
  out[#out + 1] = t.caption
  return table.concat(out, "\n")
end

--- How a cell failed, in a line.
function M.failure(number, record)
  return string.format("cell %d failed: %s (%s)", number, (record.error and record.error.message or ""):match "[^\n]*",
    record.run or "no run folder")
end

Result.__tostring = function(self)
  local text = printed(self:table())
  for _, cell in ipairs(self.cells) do
    if cell.shared then
      text = text .. "\n\n" .. printed(self:costs())
      break
    end
  end
  for _, cell in ipairs(self.cells) do
    if cell.state == "failed" then text = text .. "\n" .. M.failure(cell.number, cell) end
  end
  return text
end

-- The state of a cell that is not recorded.
local function state_of(store, hash)
  local native = require "thresh.sweep.native"
  local lease = native.lease(store:path("leases", hash), store.stale)
  if lease and not lease.free then return "running" end
  return store:started(hash) and "interrupted" or "waiting"
end

--- The result of a store's cells as they stand.
function M.of(store, cells, params)
  local list = {}
  for i, cell in ipairs(cells) do
    local record = store:record(cell.hash)
    local point = not cell.params and not (record and record.params) and store:point(cell.hash)
    list[i] = {
      number = cell.number, hash = cell.hash, params = cell.params or record and record.params
        or point and space.merged(params or {}, point),
      state = record and record.state or state_of(store, cell.hash),
      run = record and record.run or store:started(cell.hash), result = record and record.result,
      error = record and record.error, seconds = record and record.seconds,
      cpu_seconds = record and record.cpu_seconds, stopped = record and record.stopped,
      shared = record and record.shared, tries = record and record.tries,
    }
  end
  return setmetatable({ name = store.name, folder = store.folder, cells = list }, Result)
end

return M
