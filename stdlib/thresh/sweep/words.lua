-- SPDX-License-Identifier: Apache-2.0
-- The words of a script's command line that th.sweep reads.

local command_line = require "thresh.command_line"
local options = require "thresh.options"

local M = {}

-- What a span of numbers on the command line may hold.
local most = 1000000

local function check_span(name, given, first, last)
  if last >= first and math.ult(most - 1, last - first) then
    error(string.format("sweep: --%s: '%s' has more than %d numbers", name, given, most), 0)
  end
end

-- true for a flag, else how its value is read.
local function whole(least)
  return function(name, text)
    local n = math.tointeger(tonumber(text))
    if not n or n < least then
      error(string.format("sweep: --%s needs a whole number of at least %d, got '%s'", name, least, text), 0)
    end
    return n
  end
end

local function choice(...)
  local choices = { ... }
  return function(name, text)
    for _, known in ipairs(choices) do
      if text == known then return text end
    end
    error(string.format("sweep: --%s must be one of %s, got '%s'%s", name, table.concat(choices, ", "), text,
      options.suggestion(text, { table.unpack(choices) })), 0)
  end
end

-- "1,4-6" as a set of numbers.
local function numbers(name, text)
  local set = {}
  for part in text:gmatch "[^,]+" do
    local first, last = part:match "^(%d+)%-(%d+)$"
    first, last = math.tointeger(first or part), math.tointeger(last or part)
    if not first or not last or first < 1 or last < first then
      error(string.format("sweep: --%s needs numbers such as 1,4-6, got '%s'", name, text), 0)
    end
    check_span(name, part, first, last)
    for i = first, last do set[i] = true end
  end
  return set
end

local function text(_, value) return value end

M.known = {
  set = text, jobs = whole(1), retry = choice("failed"), ["fail-fast"] = true, ["max-failures"] = whole(1),
  launcher = choice("local", "slurm", "print"), cells = numbers, update = true, ["same-code"] = true,
}

--- What a word says: its option, the text behind "=" if any, and whether a value follows as a word.
function M.option(word)
  local name, value = command_line.option(word)
  local rule = name and M.known[name]
  return rule and name, value, rule and rule ~= true and value == nil
end

-- A value of --set: a number, true, false, or a text, in quotes where it would read as something else.
local function value_of(given)
  if given == "true" then return true end
  if given == "false" then return false end
  return math.tointeger(tonumber(given)) and not given:find "[%.eE]" and math.tointeger(tonumber(given))
    or tonumber(given) or given:match '^"(.*)"$' or given
end

-- The values of key=value: commas part them, and 0..4 are the whole numbers from 0 to 4.
local function values_of(given)
  local values = {}
  for part in (given .. ","):gmatch "([^,]*)," do
    local first, last = part:match "^(%-?%d+)%.%.(%-?%d+)$"
    first, last = math.tointeger(first), math.tointeger(last)
    if first and last then
      check_span("set", part, first, last)
      for i = first, last do values[#values + 1] = i end
    elseif part ~= "" then
      values[#values + 1] = value_of(part)
    end
  end
  return values
end

--- The options in a list of words: by name, with `set`, a list of { key, values, text }. Words that are not
--- of a sweep are the script's; they are refused unless `others` are allowed.
function M.parse(given, others)
  local o, i = { set = {} }, 1
  while i <= #given do
    local word = given[i]
    local name, value, wants = M.option(word)
    if name and M.known[name] == true then
      if value then error(string.format("sweep: --%s is a flag and takes no value", name), 0) end
      o[name] = true
    elseif name then
      if wants then
        i = i + 1
        value = given[i]
        if value == nil then error(string.format("sweep: --%s needs a value", name), 0) end
      end
      if name == "set" then
        local key, rest = value:match "^([^=]+)=(.*)$"
        local values = key and values_of(rest) or {}
        if #values == 0 then error(string.format("sweep: --set needs key=value, got '%s'", value), 0) end
        o.set[#o.set + 1] = { key = key, values = values, text = rest }
      else
        o[name] = M.known[name](name, value)
      end
    elseif not others and word:find "^%-%-" then
      local names = options.names(M.known)
      for k, known in ipairs(names) do names[k] = "--" .. known end
      error(string.format("sweep: unknown argument '%s'%s; a script that reads arguments of its own does so "
        .. "by th.arguments before th.sweep", word, options.suggestion(word, names)), 0)
    end
    i = i + 1
  end
  return o
end

return M
