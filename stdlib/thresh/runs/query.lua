-- SPDX-License-Identifier: Apache-2.0
-- Queries over the runs below a folder: a list of rows that filters, sorts and prints itself.

local options = require "thresh.options"
local plain = require "thresh.runs.plain"

---@class RunQuery
local Query = {}
Query.__index = Query
Query.__name = "RunQuery"

-- A row has these fields; configuration and metrics are fetched when they are first asked for.
local own = {
  id = true, name = true, state = true, path = true, started = true, ended = true, seconds = true,
  problem = true, error = true, tags = true, alive = true,
}

-- What is known of a metric.
local fields = { last = true, lowest = true, highest = true }

local Row = { __name = "RunRow" }

function Row:__index(name)
  local value
  if name == "config" then
    value = plain.read(self.index.config_of(self.number))
  elseif name == "metrics" then
    value = self.index.metrics_of(self.number)
  end
  rawset(self, name, value)
  return value
end

function Row:__tostring() return string.format("run %s (%s) %s", self.name, self.state, self.path) end

local function query(source, rows, ranked)
  rows.source, rows.ranked = source, ranked
  return setmetatable(rows, Query)
end

--- All runs below a folder. Source: what they share, the index and the columns fetched from it.
local function all(index, root)
  local rows = index.rows()
  for _, row in ipairs(rows) do
    row.index = index
    setmetatable(row, Row)
  end
  local runs = query({ index = index, root = root, columns = {} }, rows)
  runs.note = index.note()
  return runs
end

-- Where a key is looked for: "own", "config" or "metric", its name there, and of a metric which of its values;
-- nil when no run has it.
local function place(source, key)
  if own[key] then return "own", key end
  if not source.keys then
    source.keys, source.names = {}, {}
    for _, name in ipairs(source.index.keys()) do source.keys[name] = true end
    for _, name in ipairs(source.index.metric_names()) do source.names[name] = true end
  end
  if source.keys[key] then return "config", key end
  local config = key:match "^config%.(.+)$"
  if config and source.keys[config] then return "config", config end
  for _, name in ipairs { key, key:match "^metrics%.(.+)$" } do
    if source.names[name] then return "metric", name, "last" end
    local base, field = name:match "^(.+)%.(%l+)$"
    if source.names[base] and fields[field] then return "metric", base, field end
  end
end

local function unknown(what, source, key, level)
  local names = {}
  for _, list in ipairs { own, source.keys, source.names } do
    for name in pairs(list) do names[#names + 1] = name end
  end
  error(string.format("%s: no run below '%s' has %s%s", what, source.root, options.shown(key),
    options.suggestion(key, names)), level + 1)
end

-- A function from a row to its value of `key`: a field, a setting, or a metric's last value, or its lowest or
-- highest one as NAME.lowest and NAME.highest.
local function column(what, source, key, level)
  if type(key) ~= "string" then
    error(string.format("%s: keys are texts, got %s", what, options.shown(key)), level + 1)
  end
  local known = source.columns[key]
  if known then return known end
  local kind, name, field = place(source, key)
  local get
  if kind == "own" then
    get = function(row) return rawget(row, name) end
  elseif kind == "config" then
    local values = plain.read(source.index.settings(name))
    get = function(row) return values[row.number] end
  elseif kind == "metric" then
    local values = source.index.metrics(name)
    get = function(row)
      local found = values[row.number]
      return found and found[field]
    end
  elseif next(source.keys) == nil and next(source.names) == nil then
    get = function() return nil end
  else
    unknown(what, source, key, level + 1)
  end
  source.columns[key] = get
  return get
end

local operators = {
  ["=="] = function(a, b) return a == b end, ["~="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
}

-- A function from a value to whether it fits what is wanted of it.
local function condition(what, key, wanted, level)
  if type(wanted) == "function" then return wanted end
  if type(wanted) ~= "table" then
    return function(value)
      if key == "tags" and type(value) == "table" then
        for _, tag in ipairs(value) do if tag == wanted then return true end end
        return false
      end
      return value == wanted
    end
  end
  local name, bound = rawget(wanted, 1), rawget(wanted, 2)
  if name == "in" then
    return function(value)
      for i = 2, #wanted do if value == wanted[i] then return true end end
      return false
    end
  end
  local compare = operators[name]
  if not compare or #wanted ~= 2 then
    error(string.format("%s: '%s' must be a value, a function, { \"in\", … } or an operator with a value, such "
      .. "as { \">\", 0.1 }; operators are == ~= < <= > >=", what, key), level + 1)
  end
  return function(value)
    if name == "==" or name == "~=" then return compare(value, bound) end
    return type(value) == type(bound) and (type(value) == "number" or type(value) == "string")
      and compare(value, bound)
  end
end

local function own_query(self, method)
  if getmetatable(self) ~= Query then
    error(string.format("runs:%s: is called with a colon, runs:%s(…); got %s in the place of the runs", method,
      method, options.shown(self)), 3)
  end
end

--- The runs that fit all conditions.
---@param conditions table by key: a value, a function of the value, or { operator, value }
---@return RunQuery runs
function Query:where(conditions)
  own_query(self, "where")
  if type(conditions) ~= "table" then
    error("runs:where: needs a table of conditions by key, got " .. options.shown(conditions), 2)
  end
  local kept = table.move(self, 1, #self, 1, {})
  for key, wanted in pairs(conditions) do
    local get = column("runs:where", self.source, key, 2)
    local fits = condition("runs:where", key, wanted, 2)
    local rows = {}
    for _, row in ipairs(kept) do if fits(get(row)) then rows[#rows + 1] = row end end
    kept = rows
  end
  return query(self.source, kept, self.ranked)
end

-- The classes of values in the order of a sorted list: numbers, NaN, texts, the rest.
local function class_of(value)
  if math.type(value) then return value == value and 1 or 2 end
  return type(value) == "string" and 3 or 4
end

-- Rows by their values, equal ones in the order that they had; only numbers and texts turn with the direction.
local function sorted(rows, get, descending)
  local values, places, classes = {}, {}, { {}, {}, {}, {} }
  for i, row in ipairs(rows) do
    local value = get(row)
    values[row], places[row] = value, i
    table.insert(classes[class_of(value)], row)
  end
  local function ascends(a, b)
    local x, y = values[a], values[b]
    if x ~= y then return x < y end
    return places[a] < places[b]
  end
  local function descends(a, b)
    local x, y = values[a], values[b]
    if x ~= y then return x > y end
    return places[a] < places[b]
  end
  local out = {}
  for i, class in ipairs(classes) do
    if i % 2 == 1 then table.sort(class, descending and descends or ascends) end
    table.move(class, 1, #class, #out + 1, out)
  end
  return out
end

--- The runs in the order of a key's values; those without one last.
---@param key string a field of rows, a key of configurations or a metric
---@param given? table descending (false)
---@return RunQuery runs
function Query:sort(key, given)
  own_query(self, "sort")
  local o = options.check("runs:sort", given, { descending = { "boolean", default = false } }, 2)
  return query(self.source, sorted(self, column("runs:sort", self.source, key, 2), o.descending), self.ranked)
end

--- The runs that have a metric, the best first.
---@param name string the metric
---@param given? table of ("last": the run's result, or the last row's value; "best": of any row), lowest
---     (whether low is good: true for names with "loss" or "error")
---@return RunQuery runs
function Query:best(name, given)
  own_query(self, "best")
  local o = options.check("runs:best", given, {
    of = { "string", default = "last" }, lowest = { "boolean" },
  }, 2)
  options.choice("runs:best", "of", o.of, { "last", "best" }, 2)
  if type(name) ~= "string" then error("runs:best: needs the name of a metric, got " .. options.shown(name), 2) end
  column("runs:best", self.source, name, 2)
  if place(self.source, name) ~= "metric" then
    if #self == 0 then return query(self.source, {}, name) end
    error(string.format("runs:best: '%s' is no metric of the runs below '%s'", name, self.source.root), 2)
  end
  local lowest = o.lowest
  if lowest == nil then lowest = name:find "loss" ~= nil or name:find "error" ~= nil end
  local field = o.of == "last" and "last" or lowest and "lowest" or "highest"
  local key = field == "last" and name or name .. "." .. field
  local get, rows = column("runs:best", self.source, key, 2), {}
  for _, row in ipairs(self) do if get(row) ~= nil then rows[#rows + 1] = row end end
  return query(self.source, sorted(rows, get, not lowest), key)
end

--- The rows as plain tables, each with its configuration and its metrics.
---@return table[] rows
function Query:rows()
  own_query(self, "rows")
  local rows = {}
  for i, row in ipairs(self) do
    local copy = { config = row.config, metrics = row.metrics }
    for name in pairs(own) do copy[name] = rawget(row, name) end
    rows[i] = copy
  end
  return rows
end

-- The keys of configurations whose values differ among the rows.
local function differing(self)
  local keys = {}
  if #self < 2 then return keys end
  for _, key in ipairs(self.source.index.keys()) do
    local get = column("runs:table", self.source, "config." .. key, 2)
    local first = get(self[1])
    for _, row in ipairs(self) do
      local value = get(row)
      if type(value) ~= "table" and value ~= first then
        keys[#keys + 1] = key
        break
      end
    end
  end
  return keys
end

-- A value as a cell: numbers and texts as they are.
local function cell(value)
  if value == nil then return "" end
  if type(value) == "number" or type(value) == "string" then return value end
  if type(value) == "table" then
    local parts = {}
    for i, item in ipairs(value) do parts[i] = tostring(item) end
    return table.concat(parts, " ")
  end
  return tostring(value)
end

local function shown(value)
  if math.type(value) == "float" then
    if value ~= value then return "nan" end
    return (string.format("%.6g", value))
  end
  return tostring(value)
end

local Table = { __name = "RunTable" }

function Table:__tostring()
  local rows = { self.columns }
  for i, row in ipairs(self.rows) do
    local cells = {}
    for j = 1, #self.columns do cells[j] = shown(row[j]) end
    rows[i + 1] = cells
  end
  return table.concat(require("thresh.columns").lines(rows), "\n")
end

--- The runs as a table: { columns =, rows = }, which prints itself.
---@param given? table columns (nil: name, id, state, the settings that differ and the metric of best), limit
---     (all: how many rows)
---@return table table
function Query:table(given)
  own_query(self, "table")
  local o = options.check("runs:table", given, { columns = { "table" }, limit = { "integer", from = 0 } }, 2)
  local columns = o.columns
  if not columns then
    columns = { "name", "id", "state", table.unpack(differing(self)) }
    columns[#columns + 1] = self.ranked
  end
  local get = {}
  for i, key in ipairs(columns) do get[i] = column("runs:table", self.source, key, 2) end
  local rows = {}
  for i = 1, math.min(#self, o.limit or #self) do
    local cells = {}
    for j = 1, #columns do cells[j] = cell(get[j](self[i])) end
    rows[i] = cells
  end
  return setmetatable({ columns = columns, rows = rows }, Table)
end

function Query:__tostring()
  if #self == 0 then return string.format("no runs below %s", self.source.root) end
  return tostring(self:table())
end

return { all = all }
