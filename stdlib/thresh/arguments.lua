-- SPDX-License-Identifier: Apache-2.0
-- A script's own command line: `--name value`, `--name=value` and `--flag`, checked against a table.

local command_line = require "thresh.command_line"
local options = require "thresh.options"
local shown = options.shown

local M = {}

local function fail(...)
  io.stderr:write(string.format(...), "\n")
  os.exit(2)
end

local converted

function converted(name, text, default)
  if type(default) == "table" then
    local values = {}
    for part in text:gmatch("[^,]+") do
      -- An empty default says nothing of its items.
      values[#values + 1] = default[1] == nil and (tonumber(part) or part) or converted(name, part, default[1])
    end
    return values
  end
  if type(default) ~= "number" then return text end
  local number = tonumber(text)
  if not number then fail("--%s needs a number, got '%s'", name, text) end
  if math.type(default) == "integer" then
    number = math.tointeger(number) or fail("--%s needs a whole number, got '%s'", name, text)
  end
  return number
end

local function usage(script, spec)
  print("usage: thresh " .. script .. " [options]")
  for _, name in ipairs(options.names(spec)) do
    local default, help = spec[name][1], spec[name][2]
    local shown = type(default) == "table" and table.concat(default, ",") or tostring(default)
    print(string.format("  --%-22s %s%s", name, help or "",
      default ~= nil and default ~= false and " (" .. shown .. ")" or ""))
  end
end

-- Mistakes of the script, not of who runs it: errors.
local function check_spec(spec, given)
  if type(spec) ~= "table" then
    error("arguments: needs a table of name = { default, help }, got " .. shown(spec), 3)
  end
  for name, rule in pairs(spec) do
    if type(name) ~= "string" then
      error("arguments: options have names, got the key " .. shown(name), 3)
    end
    local text = type(rule) == "table" and rawget(rule, 2)
    if type(rule) ~= "table" or (text ~= nil and type(text) ~= "string") then
      error(string.format("arguments: option '%s' must be { default, help text }", name), 3)
    end
    local default = rawget(rule, 1)
    for _, item in ipairs(type(default) == "table" and default or { default }) do
      if type(item) ~= "string" and type(item) ~= "number" and item ~= false then
        error(string.format("arguments: the default of '%s' must be a string, a number, a list of "
          .. "these, false or nil, got %s", name, shown(item)), 3)
      end
    end
  end
  if type(given) ~= "table" then
    error("arguments: the words must be a list of strings, got " .. shown(given), 3)
  end
  for i = 1, #given do
    if type(given[i]) ~= "string" then
      error(string.format("arguments: word %d must be a string, got %s", i, shown(given[i])), 3)
    end
  end
end

--- The options given to the running script.
---
--- spec: name -> { default, help }. Numbers and the items of comma-separated lists follow the default's type;
--- a default of false makes a flag, nil an option without default. Underscores in names are dashes
--- on the command line; the words that th.sweep reads are left to it. `--help` prints the options; a mistake ends the script with status 2.
---
--- Example:
---     local options = th.arguments({
---       epochs = { 10, "epochs to train" }, lr = { 0.1 }, quiet = { false, "no progress" },
---     }, { "--epochs", "20", "--quiet" })
---     assert(options.epochs == 20 and options.lr == 0.1 and options.quiet)
---@param spec table name -> { default, help }
---@param given? string[] the words; those of the script by default
---@return table options by name
function M.parse(spec, given)
  -- The words of th.sweep stand on the same command line.
  local sweep = given == nil and require "thresh.sweep.words"
  given = given or arg or {}
  check_spec(spec, given)
  local rules, values = {}, {}
  for name, rule in pairs(spec) do
    rules[(name:gsub("_", "-"))] = { rule[1], rule[2], name = name }
    values[name] = rule[1]
  end
  local i = 1
  while i <= #given do
    local word = given[i]
    local name, text = command_line.option(word)
    if name == "help" then
      usage(tostring((arg or {})[0]), rules)
      os.exit(0)
    end
    local rule = name and rules[name]
    if not rule and sweep and sweep.option(word) then
      local _, _, value_follows = sweep.option(word)
      if value_follows then i = i + 1 end
    elseif not rule then
      fail("unknown argument '%s'%s; --help lists the options", word,
        name and options.suggestion(name, options.names(rules)) or "")
    elseif rule[1] == false then
      if text then fail("--%s is a flag and takes no value", name) end
      values[rule.name] = true
    else
      if not text then
        i = i + 1
        text = given[i]
        if text == nil then fail("--%s needs a value", name) end
      end
      values[rule.name] = converted(name, text, rule[1])
    end
    i = i + 1
  end
  return values
end

return setmetatable(M, { __call = function(_, ...) return M.parse(...) end })
