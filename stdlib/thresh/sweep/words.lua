-- SPDX-License-Identifier: Apache-2.0
-- The words of a script's command line that th.sweep reads.

local command_line = require "thresh.command_line"
local options = require "thresh.options"

local M = {}

-- What a span of numbers on the command line may hold.
local most = 1000000

local function check_span(name, given, first, last)
  if last >= first and math.ult(most - 1, last - first) then
    command_line.fail("--%s: '%s' has more than %d numbers", name, given, most)
  end
end

-- true for a flag, else how its value is read.
local function whole(least)
  return function(name, text)
    local n = math.tointeger(tonumber(text))
    if not n or n < least then
      command_line.fail("--%s needs a whole number of at least %d, got '%s'", name, least, text)
    end
    return n
  end
end

-- "1,4-6" as a set of numbers.
local function numbers(name, text)
  local set = {}
  for part in text:gmatch "[^,]+" do
    local first, last = part:match "^(%d+)%-(%d+)$"
    first, last = math.tointeger(first or part), math.tointeger(last or part)
    if not first or not last or first < 1 or last < first then
      command_line.fail("--%s needs numbers such as 1,4-6, got '%s'", name, text)
    end
    check_span(name, part, first, last)
    for i = first, last do set[i] = true end
  end
  if next(set) == nil then command_line.fail("--%s needs numbers such as 1,4-6, got '%s'", name, text) end
  return set
end

-- A value of --set: a number, true, false, or a text.
local function value_of(text)
  if text == "true" then return true end
  if text == "false" then return false end
  return math.tointeger(tonumber(text)) and not text:find "[%.eE]" and math.tointeger(tonumber(text))
    or tonumber(text) or text
end

-- The values of key=value and each as a text: commas part them, 0..4 are the whole numbers from 0 to 4, and what
-- stands in quotes is one text, whatever it reads like.
local function values_of(given)
  local values, texts, at = {}, {}, 1
  local function add(value, text) values[#values + 1], texts[#texts + 1] = value, text end
  while at <= #given do
    local quoted, behind = given:match('^"([^"]*)"(),', at)
    if not quoted then quoted, behind = given:match('^"([^"]*)"()$', at) end
    local part = quoted or given:match("^[^,]*", at)
    local first, last = part:match "^(%-?%d+)%.%.(%-?%d+)$"
    first, last = math.tointeger(first), math.tointeger(last)
    if quoted then
      add(quoted, quoted)
    elseif first and last then
      check_span("set", part, first, last)
      for i = first, last do add(i, tostring(i)) end
    elseif part ~= "" then
      add(value_of(part), part)
    end
    at = (behind or at + #part) + 1
  end
  return values, texts
end

-- key=value as { key, values, texts, text }.
local function setting(_, given)
  local key, text = given:match "^([^=]+)=(.*)$"
  local values, texts = values_of(text or "")
  if #values == 0 then command_line.fail("--set needs key=value, got '%s'", given) end
  return { key = key, values = values, texts = texts, text = text }
end

M.known = {
  set = setting, jobs = whole(1), retry = command_line.one_of("failed"), ["fail-fast"] = true, ["max-failures"] = whole(1),
  launcher = command_line.one_of("local", "slurm", "print"), cells = numbers, update = true, ["same-code"] = true,
}

--- What a word says: its option, the text behind "=" if any, and whether a value follows as a word.
function M.option(word)
  local name, value = command_line.option(word)
  local rule = name and M.known[name]
  return rule and name, value, rule and rule ~= true and value == nil
end

--- The options in a list of words: by name, with `set`, a list of { key, values, texts, text }. Words that are not
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
      local ok, result = pcall(M.known[name], name, value)
      if not ok then error("sweep: " .. result, 0) end
      if name == "set" then o.set[#o.set + 1] = result else o[name] = result end
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
