-- SPDX-License-Identifier: Apache-2.0
-- The report of a sweep, out of its folder.

local core = require "thresh.core"
local charts = require "thresh.plot.charts"
local data = require "thresh.plot.data"
local flat = require "thresh.report.flat"
local json = require "thresh.json"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local run_report = require "thresh.report.run"
local read = require("thresh.sweep.store").read
local runs = require "thresh.runs"
local statistics = require "thresh.statistics"
local style = require "thresh.plot.style"
local study = require "thresh.plot.study"

local M = {}

-- A JSON object in a file or a text; nothing where there is none that can be read.
local function object(text)
  local ok, value = pcall(json.decode, text or "")
  return ok and type(value) == "table" and plain.read(value) or nil
end

-- The cells: { number, hash, params, state, result, error, run, seconds }, those of the plan first.
local function cells_of(folder)
  local cells, by, damaged = {}, {}, 0
  for line in (read(folder .. "/cells.jsonl") or ""):gmatch "[^\n]+" do
    local cell = object(line)
    if cell and type(cell.hash) == "string" then
      cell.state, cells[#cells + 1], by[cell.hash] = "not run", cell, cell
    else
      damaged = damaged + 1
    end
  end
  local ok, names = pcall(core.list_directory, folder .. "/cells")
  if not ok and #cells == 0 then return nil end
  local more = {}
  for _, name in ipairs(ok and names or {}) do
    local hash = name:match "^(.+)%.json$"
    local record = hash and object(read(folder .. "/cells/" .. name))
    if hash and not record then damaged = damaged + 1 end
    if record then
      local cell = by[hash]
      if not cell then
        cell = { hash = hash }
        more[#more + 1] = cell
      end
      for _, key in ipairs { "state", "result", "error", "run", "seconds", "params", "number", "shared" } do
        if record[key] ~= nil then cell[key] = record[key] end
      end
    end
  end
  table.sort(more, function(a, b) return a.hash < b.hash end)
  table.move(more, 1, #more, #cells + 1, cells)
  return cells, damaged
end

-- The parameters that differ between cells, in order; the seed is told apart.
local function varied(cells)
  local first, differs, names = {}, {}, {}
  for i, cell in ipairs(cells) do
    cell.flat = {}
    for _, entry in ipairs(flat.entries(cell.params)) do cell.flat[entry.name] = entry end
    for name, entry in pairs(cell.flat) do
      if i == 1 then first[name] = entry.text elseif first[name] ~= entry.text then differs[name] = true end
    end
    for name in pairs(first) do if not cell.flat[name] then differs[name] = true end end
  end
  for name in pairs(differs) do if name ~= "seed" then names[#names + 1] = name end end
  table.sort(names)
  return names
end

-- Cells of the same parameters but for the seed, in the order of the plan.
local function groups_of(cells, names)
  local groups, by = {}, {}
  for _, cell in ipairs(cells) do
    local parts = {}
    for i, name in ipairs(names) do parts[i] = cell.flat[name] and cell.flat[name].text or "" end
    local key = table.concat(parts, "\0")
    local group = by[key]
    if not group then
      group = { cells = {}, values = {}, texts = parts }
      for i, name in ipairs(names) do group.values[i] = cell.flat[name] and cell.flat[name].value end
      groups[#groups + 1], by[key] = group, group
    end
    group.cells[#group.cells + 1] = cell
  end
  return groups
end

-- The median of some numbers, with the least and the most; nothing of none.
local function spread(values)
  if #values == 0 then return nil end
  local s = statistics.summary(values)
  return { median = s.median, low = s.min, high = s.max, n = #values }
end

-- The spread of a result over a group's cells.
local function over_cells(group, name)
  local values = {}
  for _, cell in ipairs(group.cells) do
    for _, entry in ipairs(cell.state == "done" and flat.entries(cell.result) or {}) do
      if entry.name == name and type(entry.value) == "number" and data.finite(entry.value) then
        values[#values + 1] = entry.value
      end
    end
  end
  return spread(values)
end

-- The names of the numbers that cells resulted in, sorted.
local function metrics_of(cells)
  local seen, names = {}, {}
  for _, cell in ipairs(cells) do
    for _, entry in ipairs(flat.entries(cell.result)) do
      if type(entry.value) == "number" and not seen[entry.name] then
        seen[entry.name], names[#names + 1] = true, entry.name
      end
    end
  end
  table.sort(names)
  return names
end

local function results(groups, names, metrics)
  local columns, rows = {}, {}
  table.move(names, 1, #names, 1, columns)
  table.move(metrics, 1, #metrics, #columns + 1, columns)
  columns[#columns + 1] = "runs"
  for i, group in ipairs(groups) do
    local row, done = {}, 0
    -- As they were given: 0.1 and 0.001 are names here, not measures.
    for k in ipairs(names) do row[k] = group.texts[k] end
    for k, metric in ipairs(metrics) do
      local m = over_cells(group, metric)
      row[#names + k] = m and m.n == 1 and m.median or m
    end
    for _, cell in ipairs(group.cells) do if cell.state == "done" then done = done + 1 end end
    row[#columns] = done == #group.cells and done or string.format("%d of %d", done, #group.cells)
    rows[i] = row
  end
  return {
    columns = columns, rows = rows,
    caption = "Median [least, most] over the runs of a row, which differ in the seed alone.",
  }
end

-- What traces that several cells replay cost, in three ways; nothing where there are none.
local function costs(groups, cells, names)
  local users, any = {}, false
  for _, cell in ipairs(cells) do
    for _, shared in ipairs(type(cell.shared) == "table" and cell.shared or {}) do
      users[tostring(shared.key)], any = (users[tostring(shared.key)] or 0) + 1, true
    end
  end
  if not any then return nil end
  local rows = {}
  for i, group in ipairs(groups) do
    local own, whole, share = {}, {}, {}
    for _, cell in ipairs(group.cells) do
      if cell.state == "done" and type(cell.seconds) == "number" then
        local source, part = 0, 0
        for _, shared in ipairs(type(cell.shared) == "table" and cell.shared or {}) do
          local seconds = tonumber(shared.seconds) or 0
          source, part = source + seconds, part + seconds / users[tostring(shared.key)]
        end
        local k = #own + 1
        own[k], whole[k], share[k] = cell.seconds, cell.seconds + source, cell.seconds + part
      end
    end
    rows[i] = { table.unpack(group.texts, 1, #names) }
    for k, values in ipairs { own, whole, share } do rows[i][#names + k] = spread(values) end
  end
  local columns = { table.unpack(names) }
  table.move({ "marginal s", "with source s", "amortised s" }, 1, 3, #names + 1, columns)
  return {
    columns = columns, rows = rows,
    caption = "Seconds of a run, median [least, most]: its own; with the making of the traces it replays; with an "
      .. "equal share of that for each run that replays them.",
  }
end

-- A group's name, without the parameter that its panel stands for.
local function label_of(group, names, without)
  local parts = {}
  for k, text in ipairs(group.texts) do
    if k ~= without then
      local alone = #names == (without and 2 or 1) or type(group.values[k]) == "string"
      parts[#parts + 1] = alone and text or names[k] .. " " .. text
    end
  end
  return #parts == 0 and "all" or table.concat(parts, ", ")
end

local function bars(groups, names, metrics)
  if #groups < 2 or #groups > 40 then return {} end
  local figures = {}
  for _, metric in ipairs(metrics) do
    local labels, values, low, high = {}, {}, {}, {}
    for _, group in ipairs(groups) do
      local m = over_cells(group, metric)
      if m then
        local k = #labels + 1
        labels[k], values[k], low[k], high[k] = label_of(group, names), m.median, m.low, m.high
      end
    end
    if #labels > 1 and #figures < 6 then
      figures[#figures + 1] = charts.bars(labels, values, { low = low, high = high, title = (metric:gsub("_", " ")) })
    end
  end
  -- Few bars have room beside each other.
  if #figures > 1 and #groups <= 6 then return { charts.grid(figures, { columns = 2 }) } end
  return figures
end

-- The rows of the runs of each group that are done, by group; and the fields they have.
local function histories(groups, root)
  local out, fields = {}, {}
  for _, group in ipairs(groups) do
    local of_group = {}
    for _, cell in ipairs(group.cells) do
      local name = cell.state == "done" and type(cell.run) == "string" and cell.run:match "[^/]+$"
      local ok, run = pcall(runs.load, root .. "/" .. (name or ""))
      local rows = name and ok and run:metrics() or {}
      if #rows > 1 then
        of_group[#of_group + 1] = rows
        for _, row in ipairs(rows) do
          for key, value in pairs(row) do if type(value) == "number" then fields[key] = true end end
        end
      end
    end
    out[group] = of_group
  end
  return out, fields
end

-- Groups as panels of at most as many as can be told apart: all in one, or by the values of a parameter, the
-- one with the fewest; nothing where none will do.
local function panels(groups, names)
  if #groups <= style.most then return { { title = "", groups = groups } } end
  local best
  for k, name in ipairs(names) do
    local list, by, fits = {}, {}, true
    for _, group in ipairs(groups) do
      local value = group.texts[k]
      if not by[value] then
        by[value] = { title = name .. " " .. value, groups = {}, without = k }
        list[#list + 1] = by[value]
      end
      table.insert(by[value].groups, group)
      fits = fits and #by[value].groups <= style.most
    end
    if fits and #list <= 12 and (not best or #list < #best) then best = list end
  end
  return best
end

-- Curves over the epochs.
local function curves(groups, names, root)
  local parts = panels(groups, names)
  if not parts then return {} end
  local rows, fields = histories(groups, root)
  local figures = {}
  for _, metric in ipairs(fields.epoch and { "accuracy", "loss" } or {}) do
    if fields[metric] then
      local list = {}
      for i, part in ipairs(parts) do
        local drawn = {}
        for k, group in ipairs(part.groups) do
          drawn[k] = { label = label_of(group, names, part.without), runs = rows[group] }
        end
        list[i] = study.curves(drawn, {
          y = metric, x = "epoch", title = part.title ~= "" and part.title or metric .. " over the epochs",
        })
      end
      figures[#figures + 1] = #list == 1 and list[1] or charts.grid(list, { columns = math.min(3, #list) })
    end
  end
  return figures
end

local function failures(cells)
  local rows, codes = {}, {}
  for _, cell in ipairs(cells) do
    if cell.state == "failed" then
      local problem = type(cell.error) == "table" and cell.error or { message = cell.error }
      local parts = {}
      for _, entry in ipairs(flat.entries(cell.params)) do parts[#parts + 1] = entry.name .. "=" .. entry.text end
      rows[#rows + 1] = { tostring(cell.number or cell.hash), table.concat(parts, " "), tostring(problem.message or "") }
      if problem.traceback and #codes < 3 then codes[#codes + 1] = tostring(problem.traceback) end
    end
  end
  return rows, codes
end

local function listing(cells, metrics)
  local columns, rows = { "cell", "state", "parameters" }, {}
  table.move(metrics, 1, #metrics, 4, columns)
  columns[#columns + 1] = "seconds"
  columns[#columns + 1] = "run"
  for i, cell in ipairs(cells) do
    local parts, row, by = {}, nil, {}
    for _, entry in ipairs(flat.entries(cell.params)) do parts[#parts + 1] = entry.name .. "=" .. entry.text end
    row = { cell.number or cell.hash, cell.state, table.concat(parts, " ") }
    for _, entry in ipairs(flat.entries(cell.result)) do by[entry.name] = entry.value end
    for k, metric in ipairs(metrics) do row[3 + k] = type(by[metric]) == "number" and by[metric] or nil end
    row[#columns - 1] = type(cell.seconds) == "number" and cell.seconds or nil
    row[#columns] = type(cell.run) == "string" and cell.run:match "[^/]+$" or nil
    rows[i] = row
  end
  return { columns = columns, rows = rows }
end

--- Title, lead and sections of the report of a sweep's folder.
function M.of(path)
  local folder = #path > 1 and path:gsub("/+$", "") or path
  local cells, damaged = cells_of(folder)
  if not cells then error(string.format("report.sweep: %s is no folder of a sweep: it has no cells", options.shown(path)), 3) end
  local definition = object(read(folder .. "/definition.json"))
  local names = varied(cells)
  local groups, metrics = groups_of(cells, names), metrics_of(cells)
  local counts = {}
  for _, cell in ipairs(cells) do counts[cell.state or "unknown"] = (counts[cell.state or "unknown"] or 0) + 1 end
  local states = {}
  for state, count in pairs(counts) do states[#states + 1] = string.format("%d %s", count, state) end
  table.sort(states)
  local lead = string.format("%d cells: %s.", #cells, table.concat(states, ", "))
  if damaged > 0 then lead = string.format("%s %d records cannot be read.", lead, damaged) end
  local sections = {}
  local function add(s) sections[#sections + 1] = s end
  if #metrics > 0 then
    add {
      heading = "Results", figures = bars(groups, names, metrics),
      tables = { results(groups, names, metrics), costs(groups, cells, names) },
    }
  end
  local root = folder:match "^(.*)/sweeps/[^/]*$" or folder .. "/../.."
  local lines = curves(groups, names, root)
  if #lines > 0 then
    add {
      heading = "Curves", figures = lines,
      text = "The median over the seeds; the band reaches from the least to the most.",
    }
  end
  local failed, tracebacks = failures(cells)
  if #failed > 0 then
    add {
      heading = "Failures", code = #tracebacks > 0 and table.concat(tracebacks, "\n\n") or nil,
      table = { columns = { "cell", "parameters", "why" }, rows = failed },
    }
  end
  local provenance
  for _, cell in ipairs(cells) do
    local name = type(cell.run) == "string" and cell.run:match "[^/]+$"
    local ok, run = pcall(runs.load, root .. "/" .. (name or ""))
    if name and ok then
      provenance = run.provenance
      break
    end
  end
  -- What was called is told by the sweep itself; its runs were begun by workers.
  local c = object(read(folder .. "/command.json"))
  local words, where
  if c and type(c.program) == "string" and type(c.script) == "string" then
    words, where = { c.program }, c.folder
    for _, part in ipairs { c.before or {}, { c.script }, c.after or {} } do table.move(part, 1, #part, #words + 1, words) end
  end
  for _, s in ipairs(run_report.origin(definition, provenance, words, where)) do
    if s.heading == "Configuration" then s.heading = "Definition" end
    add(s)
  end
  add { heading = "All cells", table = listing(cells, metrics), fold = "Show the cells" }
  return { title = tostring(definition and definition.name or folder:match "[^/]+$"), lead = lead, sections = sections }
end

return M
