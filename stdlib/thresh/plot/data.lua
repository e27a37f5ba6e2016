-- SPDX-License-Identifier: Apache-2.0
-- What figures are made of, checked: numbers from lists and tensors, texts, series and their intervals.

local core = require "thresh.core"
local json = require "thresh.json"
local options = require "thresh.options"
local style = require "thresh.plot.style"

local M = {}

local function finite(v) return v == v and v ~= math.huge and v ~= -math.huge end
M.finite = finite

--- A text that no terminal, no script and no page takes for more: control characters become blanks, and
--- bytes that are no UTF-8 the mark for that.
function M.text(text)
  text = json.valid((tostring(text):gsub("%c", " ")))
  -- C1 control characters, which some terminals obey.
  return (text:gsub("\xC2[\x80-\x9F]", " "))
end

--- A number with all its digits, and no more.
function M.shortest(v)
  if math.type(v) == "integer" then return string.format("%d", v) end
  if v ~= v then return "nan" end
  for digits = 6, 17 do
    local text = string.format("%." .. digits .. "g", v)
    if tonumber(text) == v then return text end
  end
  return v > 0 and "inf" or "-inf"
end

--- Whether a value is a list of numbers (or of `kind`) or a tensor; an empty list is one.
function M.is_list(value, kind)
  if core.is_tensor(value) then return true end
  if type(value) ~= "table" then return false end
  -- Raw: a namespace raises where it has no field 1.
  local first = rawget(value, 1)
  return type(first) == "number" or type(first) == (kind or "number") or first == nil and next(value) == nil
end

--- A list of numbers, from such a list or a tensor of any shape.
function M.numbers(what, given, level)
  if core.is_tensor(given) then return given:detach():to("float64"):flatten():tolist() end
  if type(given) ~= "table" then
    error(string.format("%s: a list of numbers or a tensor expected, got %s", what, options.shown(given)), level + 1)
  end
  local out = {}
  for i = 1, rawlen(given) do
    local value = rawget(given, i)
    if type(value) ~= "number" then
      error(string.format("%s, point %d: numbers expected, got %s", what, i, options.shown(value)), level + 1)
    end
    out[i] = value
  end
  return out
end

-- The fields of a series.
local fields = {
  label = { { "string", "number" }, default = "" },
  x = { { "table", "userdata" } },
  y = { { "table", "userdata" }, required = true },
  error = { { "table", "userdata" } },
  low = { { "table", "userdata" } },
  high = { { "table", "userdata" } },
  x_error = { { "table", "userdata" } },
  x_low = { { "table", "userdata" } },
  x_high = { { "table", "userdata" } },
  style = { "string" },
  intervals = { "string" },
}

--- The names of the options that belong to the one series of a short call.
M.of_series = { "label", "error", "low", "high", "x_error", "x_low", "x_high", "style", "intervals" }

-- The ends of the intervals of coordinate `name` ("" or "x_"), or nothing.
local function interval(what, o, name, values, level)
  local err, low, high = o[name .. "error"], o[name .. "low"], o[name .. "high"]
  if err == nil and low == nil and high == nil then return nil end
  if err ~= nil and (low ~= nil or high ~= nil) then
    error(string.format("%s: either '%serror' or '%slow' and '%shigh', not both", what, name, name, name), level + 1)
  end
  if err == nil and (low == nil or high == nil) then
    error(string.format("%s: '%slow' and '%shigh' belong together", what, name, name), level + 1)
  end
  local ends = { low = {}, high = {} }
  local function checked(key)
    local list = M.numbers(what .. ": '" .. name .. key .. "'", o[name .. key], level + 1)
    if #list ~= #values then
      error(string.format("%s: '%s%s' has %d numbers for %d points", what, name, key, #list, #values), level + 1)
    end
    return list
  end
  if err ~= nil then
    for i, e in ipairs(checked "error") do
      ends.low[i], ends.high[i] = values[i] - math.abs(e), values[i] + math.abs(e)
    end
  else
    ends.low, ends.high = checked "low", checked "high"
  end
  return ends
end

-- The ends of the interval at point k; none where one of them is no number.
local function ends_at(ends, k)
  local low, high = ends and ends.low[k], ends and ends.high[k]
  if low == low and high == high then return low, high end
end

-- A series, checked, with its points { x, y, low, high, x_low, x_high } in the order of x (or as given).
local function series(what, given, i, o, level)
  what = string.format("%s: series %d", what, i)
  if type(given) ~= "table" and core.is_tensor(given) or M.is_list(given) and next(given) ~= nil then
    given = { y = given }
  end
  local s = options.check(what, given, fields, level + 1)
  local y = M.numbers(what, s.y, level + 1)
  local x = {}
  if s.x ~= nil then
    x = M.numbers(what, s.x, level + 1)
    if #x ~= #y then error(string.format("%s has %d x for %d y", what, #x, #y), level + 1) end
  else
    for k = 1, #y do x[k] = k end
  end
  local over_y, over_x = interval(what, s, "", y, level + 1), interval(what, s, "x_", x, level + 1)
  local points = {}
  for k = 1, #y do
    if finite(x[k]) and finite(y[k]) then
      local point = { x[k], y[k] }
      point.low, point.high = ends_at(over_y, k)
      point.x_low, point.x_high = ends_at(over_x, k)
      points[#points + 1] = point
    end
  end
  if o.sorted then
    -- Lists are sorted stably: what has the same x stays in order.
    for k, point in ipairs(points) do point.at = k end
    table.sort(points, function(a, b) return a[1] < b[1] or a[1] == b[1] and a.at < b.at end)
  end
  local drawn = options.choice(what, "style", s.style or o.style, { "line", "points", "both", "dots", "steps" }, level + 1)
  local kind = options.choice(what, "intervals", s.intervals or (drawn == "line" or drawn == "steps") and "band"
    or "bars", { "band", "bars" }, level + 1)
  return {
    label = M.text(s.label), points = points, style = drawn, intervals = kind,
    over_y = over_y ~= nil, over_x = over_x ~= nil,
  }
end

--- Series and options out of the forms a call may have: (x, y, options), (y, options), (series, options), or
--- one table of options with `series`. `kind`: of what x may consist beside numbers.
function M.arguments(what, a, b, c, level, kind)
  if M.is_list(a, kind) and (core.is_tensor(a) or next(a) ~= nil or M.is_list(b)) then
    local one, rest = { y = a }, b
    if M.is_list(b) or c ~= nil then one, rest = { x = a, y = b }, c end
    if rest ~= nil and type(rest) ~= "table" then
      error(string.format("%s: needs a table of options, got %s", what, options.shown(rest)), level + 1)
    end
    local o = {}
    for key, value in pairs(rest or {}) do o[key] = value end
    for _, name in ipairs(M.of_series) do one[name], o[name] = o[name], nil end
    return { one }, o
  end
  if type(a) ~= "table" then
    error(string.format("%s: numbers or a table of series expected, got %s", what, options.shown(a)), level + 1)
  end
  if rawget(a, "series") == nil then return a, b end
  local o = {}
  for key, value in pairs(a) do if key ~= "series" then o[key] = value end end
  return a.series, o
end

--- An error unless there is a list of as many series as can be told apart.
function M.count(what, list, level)
  if type(list) ~= "table" or rawlen(list) == 0 and next(list) ~= nil then
    error(string.format("%s: a list of series expected, got %s", what, type(list) == "table" and "a table without items"
      or options.shown(list)), level + 1)
  end
  if rawlen(list) > style.most then
    error(string.format("%s: %d series are more than the %d that can be told apart", what, rawlen(list), style.most),
      level + 1)
  end
end

--- The series of a chart over numbers. o: style, the default one; sorted, whether points go by x.
function M.series(what, list, o, level)
  M.count(what, list, level + 1)
  local out = {}
  for i, given in ipairs(list) do out[i] = series(what, given, i, o, level + 1) end
  return out
end

local look = {
  title = { { "string", "number" }, default = "" },
  x_label = { { "string", "number" }, default = "" },
  y_label = { { "string", "number" }, default = "" },
  log_x = { "boolean", default = false },
  log_y = { "boolean", default = false },
  x_range = { "table" },
  y_range = { "table" },
  x_lines = { { "table", "userdata" }, default = {} },
  y_lines = { { "table", "userdata" }, default = {} },
  legend = { "boolean", default = true },
  width = { "integer", from = 8, to = 1000 },
  height = { "integer", default = 12, from = 2, to = 1000 },
  size = { "table", default = { 640, 400 } },
}

--- The options that all figures share, and those of `more`, checked.
function M.look(what, given, more, level)
  local rules = {}
  for name, rule in pairs(look) do rules[name] = rule end
  for name, rule in pairs(more or {}) do rules[name] = rule end
  local o = options.check(what, given, rules, level + 1)
  for _, name in ipairs { "title", "x_label", "y_label" } do o[name] = M.text(o[name]) end
  for _, name in ipairs { "x_lines", "y_lines" } do
    o[name] = M.numbers(string.format("%s: '%s'", what, name), o[name], level + 1)
  end
  for _, name in ipairs { "x_range", "y_range" } do
    local range = o[name]
    if range and not (#range == 2 and type(range[1]) == "number" and type(range[2]) == "number"
      and finite(range[1]) and finite(range[2]) and range[1] < range[2]) then
      error(string.format("%s: option '%s' must be two finite numbers, the lower first", what, name), level + 1)
    end
    if range and range[1] <= 0 and o["log_" .. name:sub(1, 1)] then
      error(string.format("%s: option '%s' must be above 0 on a log axis, got %s", what, name, range[1]), level + 1)
    end
  end
  for i = 1, 2 do
    local extent = o.size[i]
    if #o.size ~= 2 or not math.tointeger(extent) or extent < 100 or extent > 10000 then
      error(string.format("%s: option 'size' must be two whole numbers of pixels in 100 … 10000", what), level + 1)
    end
  end
  return o
end

return M
