-- SPDX-License-Identifier: Apache-2.0
-- `thresh runs`: what runs there are, how they differ, and their content for other programs.

local columns = require "thresh.columns"
local command_line = require "thresh.command_line"
local core = require "thresh.core"
local json = require "thresh.json"
local native = require "thresh.runs.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"

local usage = [[
usage: thresh runs COMMAND [WORDS...] [options]

  list [FILTER...]        the runs, the oldest first
  show RUN                configuration, provenance, end and metrics of a run
  compare RUN RUN...      the settings and metrics in which runs differ
  export [FILTER...]      runs with all settings and metrics, as CSV or JSON lines
  gc [FILTER...]          what can be deleted: failed, interrupted and damaged runs, and all checkpoints of
                          ended runs but the newest; deletes it with --yes. Runs that still run stay

A RUN is the path of its folder, its id or the beginning of that. A FILTER is KEY=VALUE, or with != < <= > >= in
the place of =; a key is a field (state, name, id, started, ...), a setting (lr, selector.name) or a metric.

Options:
  --root DIR              the folder of the runs (runs)
  --sort KEY              of list and export: in the order of these values
  --descending            with --sort: the highest first
  --best METRIC           of list and export: only runs that have it, the best first
  --columns A,B           of list: these keys
  --limit N               of list and export: at most so many
  --json                  of list, show and compare: JSON
  --format csv|jsonl      of export (csv)
  --series                of export: the rows of metrics.jsonl, each with its run
  --out FILE              of export: write there instead of to standard output
  --what KIND,KIND        of gc: failed, interrupted, damaged, checkpoints (all of them)
  --yes                   of gc: delete]]

local fail, text = command_line.fail, command_line.text

-- A number of rows.
local function count(name, text)
  local number = command_line.whole(name, text)
  return number >= 0 and number or fail("--%s needs a whole number, got '%s'", name, text)
end

local function list(name, text)
  local items = {}
  for item in text:gmatch "[^,]+" do items[#items + 1] = item end
  return #items > 0 and items or fail("--%s needs names with commas between them", name)
end

-- What each command takes.
local known = {
  list = { root = text, sort = text, descending = true, best = text, columns = list, limit = count, json = true },
  show = { root = text, json = true },
  compare = { root = text, json = true },
  export = {
    root = text, sort = text, descending = true, best = text, limit = count, series = true, out = text,
    format = command_line.one_of("csv", "jsonl"),
  },
  gc = { root = text, what = list, yes = true },
}

local function opened(o)
  local runs = require("thresh.runs").open(o.root)
  if runs.note then io.stderr:write("note: no index: ", runs.note, "\n") end
  return runs
end

local tests = {
  ["="] = function(a, b) return a == b end, ["!="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
}

-- A condition of the command line: numbers are compared as such where the run's value is one.
local function condition(test, text)
  return function(value)
    if type(value) == "table" then
      for _, item in ipairs(value) do if tostring(item) == text then return test == "=" end end
      return test == "!="
    end
    local number = tonumber(text)
    if type(value) == "number" and number then return tests[test](value, number) end
    if value == nil then return test == "!=" end
    return tests[test](tostring(value), text)
  end
end

-- The runs that fit the filters, in the order asked for; and the keys that were named.
local function chosen(words, o)
  local runs, named = opened(o), {}
  for _, word in ipairs(words) do
    local key, test, text = word:match "^([^=!<>]+)([=!<>]=?)(.*)$"
    if not key or not tests[test] then fail("a filter is KEY=VALUE (or != < <= > >=), got '%s'", word) end
    runs = runs:where { [key] = condition(test, text) }
    named[#named + 1] = key
  end
  if o.sort then
    runs = runs:sort(o.sort, { descending = o.descending })
    named[#named + 1] = o.sort
  end
  if o.best then
    runs = runs:best(o.best)
    named[#named + 1] = o.best
  end
  return runs, named
end

-- The one run that a word means: its folder, its id or the beginning of that.
local function run_of(word, o)
  local runs = require "thresh.runs"
  local file = io.open(word .. "/config.json", "r")
  if file then
    file:close()
    return runs.load(word)
  end
  local exact, begins = {}, {}
  for _, row in ipairs(opened(o)) do
    if row.id == word or row.path:match "[^/]*$" == word then
      exact[#exact + 1] = row.path
    elseif row.id:sub(1, #word) == word then
      begins[#begins + 1] = row.path
    end
  end
  local found = #exact > 0 and exact or begins
  if #found == 0 then fail("there is no run '%s' below '%s'", word, o.root) end
  if #found > 1 then fail("'%s' may be %s or %s", word, found[1], found[2]) end
  return runs.load(found[1])
end

-- Leaves of a table by dotted path.
local function flat(value, path, out)
  for key, item in pairs(value) do
    local name = path == "" and tostring(key) or path .. "." .. key
    if type(item) == "table" and #item == 0 then flat(item, name, out) else out[name] = item end
  end
  return out
end

local function text_of(value)
  if type(value) == "table" then return json.encode(value) end
  if value ~= value then return "nan" end
  return math.type(value) == "float" and string.format("%.6g", value) or tostring(value)
end

-- Last, lowest and highest value of every number in the rows, by name; results count as last.
local function metrics_of(run)
  local found = {}
  for _, row in ipairs(run:metrics()) do
    for name, value in pairs(row) do
      if type(value) == "number" then
        local m = found[name] or { lowest = value, highest = value }
        found[name] = m
        m.last = value
        if not (value >= m.lowest) and value == value or m.lowest ~= m.lowest then m.lowest = value end
        if not (value <= m.highest) and value == value or m.highest ~= m.highest then m.highest = value end
      end
    end
  end
  for name, value in pairs(run.status.result or {}) do
    if type(value) == "number" then
      found[name] = found[name] or { lowest = value, highest = value }
      found[name].last = value
    end
  end
  return found
end

-- Seconds as a person reads them.
local function duration(seconds)
  if type(seconds) ~= "number" then return "" end
  if seconds < 60 then return string.format("%.1fs", seconds) end
  if seconds < 3600 then return string.format("%dm%02ds", seconds // 60, seconds // 1 % 60) end
  return string.format("%dh%02dm", seconds // 3600, seconds // 60 % 60)
end

local commands = {}

function commands.list(words, o)
  local runs, named = chosen(words, o)
  local keys = o.columns
  if not keys then
    keys = { "name", "id", "state", "started", "seconds" }
    local there = {}
    for _, key in ipairs(keys) do there[key] = true end
    for _, key in ipairs(named) do
      if not there[key] then keys[#keys + 1] = key end
      there[key] = true
    end
  end
  local found = runs:table { columns = keys, limit = o.limit }
  if o.json then
    local rows = json.list {}
    for i, row in ipairs(found.rows) do
      rows[i] = { path = runs[i].path }
      for j, key in ipairs(keys) do if row[j] ~= "" then rows[i][key] = row[j] end end
    end
    print(json.encode(plain.written("list", rows)))
    return
  end
  for j, key in ipairs(keys) do
    if key == "seconds" then
      for _, row in ipairs(found.rows) do row[j] = duration(row[j]) end
    end
  end
  if #found.rows > 0 then print(found) end
  local damaged = 0
  for _, row in ipairs(runs) do if row.state == "damaged" then damaged = damaged + 1 end end
  io.stderr:write(string.format("%d run%s", #runs, #runs == 1 and "" or "s"),
    #found.rows < #runs and string.format(", %d shown", #found.rows) or "",
    damaged > 0 and string.format(", %d damaged (thresh runs list state=damaged --columns path,problem)", damaged)
      or "", "\n")
end

function commands.show(words, o)
  if #words ~= 1 then fail("show takes 1 run, got %d", #words) end
  local run = run_of(words[1], o)
  local metrics = metrics_of(run)
  if o.json then
    print(json.encode(plain.written("show", {
      path = run.path, config = run.config, provenance = run.provenance, status = run.status, metrics = metrics,
    })))
    return
  end
  print(run.path)
  local status = flat(run.status, "", {})
  local writer = run.status.writer
  if run.status.state == "running" and type(writer) == "table" and native.is_alive(writer) == false then
    status.state = string.format("interrupted (its process %d is gone)", writer.pid)
  end
  local traceback = status["error.traceback"]
  status["error.traceback"], status["writer.boot"], status["writer.started"] = nil, nil, nil
  for _, part in ipairs {
    { "status", status }, { "config", flat(run.config, "", {}) }, { "provenance", flat(run.provenance, "", {}) },
  } do
    print("\n" .. part[1])
    for _, key in ipairs(options.names(part[2])) do
      print(string.format("  %-24s %s", key, text_of(part[2][key])))
    end
  end
  if traceback then print("\n" .. traceback) end
  if next(metrics) then
    local rows = { { "metric", "last", "lowest", "highest" } }
    for _, name in ipairs(options.names(metrics)) do
      local m = metrics[name]
      rows[#rows + 1] = { name, text_of(m.last), text_of(m.lowest), text_of(m.highest) }
    end
    print("\n" .. table.concat(columns.lines(rows), "\n"))
  end
  local _, unreadable = run:metrics()
  if unreadable > 0 then print(string.format("\n%d unreadable lines in metrics.jsonl", unreadable)) end
end

-- The rows of `parts`, one table for each run, in which not all runs agree.
local function differences(parts, rows, prefix)
  local keys = {}
  for _, part in ipairs(parts) do for key in pairs(part) do keys[key] = true end end
  for _, key in ipairs(options.names(keys)) do
    local row, same = { prefix .. key }, true
    for i, part in ipairs(parts) do
      row[i + 1] = part[key] == nil and "" or text_of(part[key])
      same = same and row[i + 1] == row[2]
    end
    if not same then rows[#rows + 1] = row end
  end
end

function commands.compare(words, o)
  if #words < 2 then fail("compare takes 2 or more runs, got %d", #words) end
  local configs, metrics, provenances, heading = {}, {}, {}, { "" }
  for i, word in ipairs(words) do
    local run = run_of(word, o)
    configs[i], metrics[i] = flat(run.config, "", {}), {}
    provenances[i] = flat(run.provenance, "", {})
    for _, name in ipairs { "id", "name", "pid", "load", "seed" } do provenances[i][name] = nil end
    for name, m in pairs(metrics_of(run)) do metrics[i][name] = m.last end
    heading[i + 1] = run.name .. "-" .. run.id
  end
  local rows = { heading }
  differences(configs, rows, "")
  differences(provenances, rows, "provenance.")
  differences(metrics, rows, "metrics.")
  if o.json then
    local out = { runs = json.list(table.move(heading, 2, #heading, 1, {})), differences = {} }
    for i = 2, #rows do out.differences[rows[i][1]] = json.list(table.move(rows[i], 2, #rows[i], 1, {})) end
    print(json.encode(out))
  elseif #rows == 1 then
    print("the runs do not differ in settings, provenance or metrics")
  else
    print(table.concat(columns.lines(rows), "\n"))
  end
end

local function quoted(value)
  local text = type(value) == "table" and json.encode(value) or tostring(value == nil and "" or value)
  if math.type(value) == "float" then
    text = value ~= value and "nan" or value == math.huge and "inf" or value == -math.huge and "-inf"
      or json.encode(value)
  end
  return text:find '[",\n\r]' and '"' .. text:gsub('"', '""') .. '"' or text
end

-- Records as lines of CSV (all names as columns) or of JSON.
local function lines_of(records, format, first)
  local lines = {}
  if format == "jsonl" then
    for i, record in ipairs(records) do lines[i] = json.encode(plain.written("export", record)) end
    return lines
  end
  local there, names = {}, {}
  for _, name in ipairs(first) do there[name] = true end
  for _, record in ipairs(records) do
    for name in pairs(record) do
      if not there[name] then
        there[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  names = table.move(names, 1, #names, #first + 1, { table.unpack(first) })
  local cells = {}
  for j, name in ipairs(names) do cells[j] = quoted(name) end
  lines[1] = table.concat(cells, ",")
  for i, record in ipairs(records) do
    for j, name in ipairs(names) do cells[j] = quoted(record[name]) end
    lines[i + 1] = table.concat(cells, ",")
  end
  return lines
end

function commands.export(words, o)
  local runs = chosen(words, o)
  local records, first = {}, { "id" }
  for i = 1, math.min(#runs, o.limit or #runs) do
    local row = runs[i]
    if o.series then
      local ok, run = pcall(require("thresh.runs").load, row.path)
      for _, values in ipairs(ok and run:metrics() or {}) do
        values.id = row.id
        records[#records + 1] = values
      end
    else
      local record = { id = row.id, name = row.name, state = row.state, started = row.started, seconds = row.seconds }
      for key, value in pairs(flat(row.config, "config", {})) do record[key] = value end
      for name, m in pairs(row.metrics) do record["metrics." .. name] = m.last end
      records[#records + 1] = record
    end
  end
  if not o.series then first = { "id", "name", "state", "started", "seconds" } end
  local lines = lines_of(records, o.format, first)
  local text = table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
  if o.out then core.write_file(o.out, text) else io.stdout:write(text) end
end

local function size(bytes)
  if bytes < 1 << 10 then return bytes .. " B" end
  if bytes < 1 << 20 then return string.format("%.1f KiB", bytes / (1 << 10)) end
  return string.format("%.1f MiB", bytes / (1 << 20))
end

function commands.gc(words, o)
  local garbage = require "thresh.runs.garbage"
  for _, kind in ipairs(o.what or {}) do
    options.choice("gc", "--what", kind, garbage.kinds, 0)
  end
  local runs = chosen(words, o)
  local items, bytes, deleted = garbage.found(runs, o.what or garbage.kinds), 0, 0
  local rows = { { "path", "what", "size" } }
  for _, item in ipairs(items) do
    bytes = bytes + item.bytes
    rows[#rows + 1] = { item.path, item.kind, size(item.bytes) }
  end
  if #items == 0 then
    print("there is nothing to delete")
    return
  end
  print(table.concat(columns.lines(rows), "\n"))
  if not o.yes then
    print(string.format("%d to delete, %s; --yes deletes them", #items, size(bytes)))
    return
  end
  for _, item in ipairs(items) do
    if garbage.delete(item) then deleted = deleted + 1 else print(item.path .. " has changed and stays") end
  end
  print(string.format("%d deleted", deleted))
end

local function run(words)
  local command = command_line.chosen(commands, words[1])
  command(command_line.parsed(words, 2, known[words[1]], { root = "runs" }, words[1]))
end

--- `thresh runs WORDS…`: the exit status.
return command_line.program("runs", usage, function(words)
  local ok, problem = pcall(run, words)
  -- Where in this command a query was refused is of no use to who typed it.
  if not ok then error((tostring(problem):gsub("^[%w_/]+%.lua:%d+: ", "")), 0) end
end)
