-- SPDX-License-Identifier: Apache-2.0
-- Checked option tables: an unknown key is an error with a suggestion, a missing one names itself.

local M = {}

-- Edit distance, for suggestions only: words are short.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
      diagonal, row[j] = row[j], best
    end
  end
  return row[#b]
end

--- The keys of a table whose keys are names, sorted.
function M.names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The values of a table of names as a text: "a=1 b=2".
function M.text(t)
  local parts = {}
  for i, name in ipairs(M.names(t)) do parts[i] = name .. "=" .. tostring(t[name]) end
  return table.concat(parts, " ")
end

--- " (did you mean 'x'?)" for the nearest of `names`, or "" when none is near.
function M.suggestion(word, names)
  local best, nearest = math.max(2, #word // 3) + 1, nil
  table.sort(names)
  for _, name in ipairs(names) do
    local d = distance(word, name)
    if d < best then best, nearest = d, name end
  end
  return nearest and string.format(" (did you mean '%s'?)", nearest) or ""
end

local function type_name(value)
  return math.type(value) or type(value)
end

--- A value as an error shows it: numbers and short strings themselves, of all else the type.
function M.shown(value)
  if type(value) == "string" then
    return "'" .. (#value > 60 and value:sub(1, 57) .. "..." or value) .. "'"
  end
  if type(value) == "number" or type(value) == "boolean" or value == nil then return tostring(value) end
  if type(value) == "userdata" then return tostring(getmetatable(value) or "userdata") end
  return "a " .. type(value)
end

--- Whether a value is of a kind: one of Lua's types, "integer", "callable" or "any".
function M.matches(value, kind)
  if kind == "any" then return true end
  if kind == "integer" then
    return math.type(value) == "integer" or (type(value) == "number" and math.tointeger(value) ~= nil)
  end
  if kind == "callable" then
    local meta = getmetatable(value)
    return type(value) == "function" or (type(meta) == "table" and meta.__call ~= nil)
  end
  return type(value) == kind
end

--- Checks `given` against `spec` and returns a copy with the defaults filled in.
--
-- spec: name -> { "kind" or {"kind", …}, default = value, required = true, from = least, above = bound,
-- to = most }; kinds are Lua's types and "integer", "callable" and "any". `level` points the error at the caller's line.
function M.check(what, given, spec, level)
  level = (level or 1) + 1
  if given == nil then given = {} end
  if type(given) ~= "table" then
    error(string.format("%s: needs a table of options, got %s", what, type_name(given)), level)
  end
  for key in pairs(given) do
    if spec[key] == nil then
      local hint = type(key) == "string" and M.suggestion(key, M.names(spec)) or ""
      if type(key) ~= "string" then
        error(string.format("%s: options have names, got the key %s", what, M.shown(key)), level)
      end
      error(string.format("%s: unknown option %s%s", what, M.shown(key), hint), level)
    end
  end
  local checked = {}
  for name, rule in pairs(spec) do
    local value = given[name]
    if value == nil then
      if rule.required then
        error(string.format("%s: needs the option '%s'", what, name), level)
      end
      value = rule.default
    else
      local kinds = type(rule[1]) == "table" and rule[1] or { rule[1] }
      local fits = false
      for _, kind in ipairs(kinds) do fits = fits or M.matches(value, kind) end
      if not fits then
        error(string.format("%s: option '%s' must be %s, got %s", what, name,
          table.concat(kinds, " or "), type_name(value)), level)
      end
      if kinds[1] == "integer" and #kinds == 1 then value = math.tointeger(value) end
      if rule.from and type(value) == "number" and not (value >= rule.from) then
        error(string.format("%s: option '%s' must be at least %s, got %s", what, name, rule.from,
          value), level)
      end
      if rule.above and type(value) == "number" and not (value > rule.above) then
        error(string.format("%s: option '%s' must be above %s, got %s", what, name, rule.above,
          value), level)
      end
      if rule.to and type(value) == "number" and not (value <= rule.to) then
        error(string.format("%s: option '%s' must be at most %s, got %s", what, name, rule.to,
          value), level)
      end
    end
    checked[name] = value
  end
  return checked
end

--- Errors unless `value` is one of `choices`.
function M.choice(what, name, value, choices, level)
  for _, choice in ipairs(choices) do
    if value == choice then return value end
  end
  local hint = type(value) == "string" and M.suggestion(value, { table.unpack(choices) }) or ""
  error(string.format("%s: %s must be one of %s, got %s%s", what, name,
    table.concat(choices, ", "), M.shown(value), hint), (level or 1) + 1)
end

return M
