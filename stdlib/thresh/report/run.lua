-- SPDX-License-Identifier: Apache-2.0
-- The report of one run, out of its folder.

local core = require "thresh.core"
local charts = require "thresh.plot.charts"
local data = require "thresh.plot.data"
local flat = require "thresh.report.flat"
local study = require "thresh.plot.study"

local M = {}

-- Whether a column is no measure of learning, or the same for all: what was spent, or what it is over.
local dull = { forwarded = true, backwarded = true, seed = true, epoch = true, step = true, time = true }
local function is_dull(name) return dull[name] or name:find "seconds" end

--- Rows of metrics as columns of numbers by dotted name, and the name of what they are over.
local function columns_of(rows)
  local columns, names = {}, {}
  for i, row in ipairs(rows) do
    for _, entry in ipairs(flat.entries(row)) do
      if type(entry.value) == "number" then
        if not columns[entry.name] then
          columns[entry.name] = {}
          names[#names + 1] = entry.name
        end
        columns[entry.name][i] = entry.value
      end
    end
  end
  table.sort(names)
  local x = columns.epoch and "epoch" or columns.step and "step" or "row"
  if x == "row" then
    columns.row = {}
    for i = 1, #rows do columns.row[i] = i end
  end
  return columns, names, x
end

-- The points of some columns as series.
local function series_of(columns, x, names, count)
  local out = {}
  for i, name in ipairs(names) do
    local s = { label = #names > 1 and name or "", x = {}, y = {} }
    for row = 1, count do
      local at, y = columns[x][row], columns[name][row]
      if at and y and data.finite(y) then s.x[#s.x + 1], s.y[#s.y + 1] = at, y end
    end
    out[i] = s
  end
  return out
end

local function varies(column, count)
  local first
  for i = 1, count do
    local v = column[i]
    if v and data.finite(v) then
      first = first or v
      if v ~= first then return true end
    end
  end
  return false
end

--- The curves of a run's metrics: panels, at most eight.
function M.curves(rows)
  local columns, names, x = columns_of(rows)
  local wanted, figures, used = { { "loss", "held_out_loss" }, { "accuracy" } }, {}, {}
  for _, name in ipairs(names) do wanted[#wanted + 1] = { name } end
  for _, group in ipairs(wanted) do
    local there = {}
    for _, name in ipairs(group) do
      if columns[name] and not used[name] and not is_dull(name) and name ~= x and varies(columns[name], #rows) then
        there[#there + 1], used[name] = name, true
      end
    end
    if #there > 0 and #figures < 8 then
      figures[#figures + 1] = charts.line(series_of(columns, x, there, #rows), {
        title = there[1]:gsub("_", " "), x_label = x,
      })
    end
  end
  if #figures > 1 then return charts.grid(figures, { columns = 2 }) end
  return figures[1]
end

-- All rows as a table, thinned where they are many.
local function listing(rows)
  local columns, names = columns_of(rows)
  if #rows == 0 or #names == 0 then return nil end
  local every = math.ceil(#rows / 500)
  local out = {}
  for i = 1, #rows do
    if i % every == 0 or i == 1 or i == #rows then
      local row = {}
      for k, name in ipairs(names) do row[k] = columns[name][i] end
      out[#out + 1] = row
    end
  end
  return {
    columns = names, rows = out,
    caption = every > 1 and string.format("Every %dth of %d rows.", every, #rows) or string.format("%d rows.", #rows),
  }
end

-- What the run's trace tells.
local function selected(path)
  local file = io.open(path, "r")
  if not file then return nil end
  file:close()
  local ok, trace = pcall(core.select.read_trace, path)
  if not ok then return { heading = "What was selected", text = "The trace cannot be read: " .. tostring(trace) } end
  if trace.event_count + trace.batch_event_count == 0 then return nil end
  local rows = {
    { "method", trace.method .. (trace.batch_method and " with " .. trace.batch_method or "") },
    { "images", flat.number(trace.n) }, { "selections", flat.number(trace.event_count) },
    { "epochs with batches", flat.number(trace.batch_event_count) }, { "dataset", trace.dataset },
  }
  if trace.event_count > 0 then
    local counts = trace:counts()
    rows[#rows + 1] = { "in some selection", string.format("%.1f %% of the images", 100 * counts:gt(0):sum():item() / trace.n) }
  end
  return {
    heading = "What was selected", table = { columns = { "of the trace", "value" }, rows = rows },
    figure = study.priorities(trace, { title = "How often each image was chosen" }),
  }
end

-- The pictures in a folder.
local function pictures(folder)
  local ok, names = pcall(core.list_directory, folder)
  local out = {}
  for _, name in ipairs(ok and names or {}) do
    local kind = name:lower():match "%.(%w+)$"
    if kind == "png" or kind == "svg" or kind == "jpg" or kind == "jpeg" then out[#out + 1] = folder .. "/" .. name end
  end
  table.sort(out)
  return out
end

--- A line that says how a run ended.
local function ending(run)
  local s = run.status
  local parts = { "Run " .. tostring(run.id), tostring(s.state), s.started and "begun " .. tostring(s.started) or nil }
  if s.ended then parts[#parts + 1] = "ended " .. tostring(s.ended) end
  if type(s.seconds) == "number" then parts[#parts + 1] = string.format("%.1f s", s.seconds) end
  return table.concat(parts, ", ") .. "."
end

--- Sections that tell of configuration and origin; also of sweeps. words: the command, if not the provenance's;
--- folder: where it was called.
function M.origin(config, provenance, words, folder)
  local out = {}
  local function add(heading, value, skip)
    local t = flat.table(value, "name", "value", skip, skip ~= nil)
    if t then out[#out + 1] = { heading = heading, table = t } end
  end
  add("Configuration", config)
  local command = flat.command(words or provenance and provenance.command)
  add("Where the numbers come from", provenance, { command = true, id = true, name = true })
  if command ~= "" then
    local where = type(folder) == "string" and folder or "the folder it was called from"
    out[#out + 1] = { heading = "The command", text = string.format("As it was called, in %s:", where), code = command }
  end
  return out
end

--- Title, lead and sections of the report of a run's folder.
function M.of(path)
  local ok, run = pcall(require("thresh.runs").load, path)
  if not ok then error(string.format("report.run: %s", (tostring(run):gsub("^[^ ]-:%d+: ", ""))), 3) end
  local rows, unreadable = run:metrics()
  local sections = {}
  local function add(s) sections[#sections + 1] = s end
  local result = flat.table(run.status.result, "measure", "value", nil, true)
  if result then add { heading = "Result", table = result } end
  local problem = run.status.error
  if type(problem) == "table" then
    add { heading = "Why it failed", text = tostring(problem.message), code = problem.traceback and tostring(problem.traceback) }
  end
  local curves = M.curves(rows)
  if curves then
    add {
      heading = "Curves", figure = curves,
      text = unreadable > 0 and string.format("%d lines of the metrics were cut off and passed over.", unreadable) or nil,
    }
  end
  add(selected(run.path .. "/subsets.trace"))
  local found = pictures(run.path .. "/figures")
  if #found > 0 then add { heading = "Pictures", images = found } end
  for _, s in ipairs(M.origin(run.config, run.provenance)) do add(s) end
  local list = listing(rows)
  if list then add { heading = "All measures", table = list, fold = "Show the rows" } end
  return { title = tostring(run.name), lead = ending(run), sections = sections }
end

return M
