-- SPDX-License-Identifier: Apache-2.0
-- What a run's files hold: numbers, texts, booleans and tables of them. JSON lacks NaN and the infinities, so
-- they are written as the texts "nan", "inf" and "-inf", and read back as numbers.

local json = require "thresh.json"
local options = require "thresh.options"

local M = {}

local words = { [math.huge] = "inf", [-math.huge] = "-inf" }
local numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function is_list(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__name") == "list"
end

local function plain(what, path, value, depth, level)
  local kind = type(value)
  if kind == "number" then return value ~= value and "nan" or words[value] or value end
  if kind == "string" or kind == "boolean" then return value end
  if kind ~= "table" then
    error(string.format("%s: '%s' is %s; a run's files hold numbers, texts, booleans and tables of them",
      what, path, options.shown(value)), level)
  end
  if depth > 32 then error(string.format("%s: '%s' is nested deeper than 32 levels", what, path), level) end
  local copy, count = {}, #value
  for key, item in next, value do
    if count > 0 and not (math.type(key) == "integer" and key >= 1 and key <= count)
      or count == 0 and type(key) ~= "string" then
      error(string.format("%s: '%s' has the key %s; a table is a list or has names only", what, path,
        options.shown(key)), level)
    end
    copy[key] = plain(what, path == "" and tostring(key) or path .. "." .. key, item, depth + 1, level + 1)
  end
  return is_list(value) and json.list(copy) or copy
end

--- A copy of `value` that JSON holds. Errors name `what`, and the entry by its path.
function M.written(what, value, level)
  return plain(what, "", value, 0, (level or 1) + 2)
end

--- What was written, with its NaN and infinities as numbers again; tables are changed in place.
function M.read(value)
  if type(value) == "table" then
    for key, item in next, value do
      if type(item) == "table" then
        M.read(item)
      elseif numbers[item] then
        value[key] = numbers[item]
      end
    end
  end
  return value
end

return M
