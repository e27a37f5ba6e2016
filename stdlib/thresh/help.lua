-- SPDX-License-Identifier: Apache-2.0
-- help(x): the documentation of a function, from where it stands: the comment above it in the standard
-- library or in a script, and for native functions their stub in stdlib/meta.

local th = require "thresh"
local options = require "thresh.options"
local embedded = require "thresh.embedded"

local M = {}

local usage = [[
help(x) tells what x is, as in help(select.GradMatch) or help(select.omp); a name in quotes does as well,
help "select.omp". help(select) lists a namespace. In scripts it is th.help.]]

-- The lines of a Lua file: one of the standard library, which the binary carries, or any other.
local function lines_of(path)
  local module = path:match("^stdlib/(.*)%.lua$")
  local text = module and embedded(module:gsub("/", "."))
  if not text then
    local file = io.open(path, "r")
    if not file then return nil end
    text = file:read "a"
    file:close()
  end
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- A line of a comment as help shows it.
local function shown(line)
  local text = line:gsub("^%s*%-%-%-?%s?", "")
  local name, kind, what = text:match "^@param%s+(%S+)%s+(%S+)%s*(.*)$"
  if name then return string.format("  %s (%s)%s", name, kind, what ~= "" and ": " .. what or "") end
  kind, what = text:match "^@return%s+(%S+)%s*(.*)$"
  if kind then return string.format("  returns %s%s", kind, what ~= "" and " " .. what or "") end
  if text:find "^@" then return nil end
  return text
end

-- The comment that ends above line `number`; nil where it does not begin with three dashes.
local function comment_above(lines, number)
  local first = number
  while first > 1 and lines[first - 1]:find "^%s*%-%-" do first = first - 1 end
  if first == number or not lines[first]:find "^%s*%-%-%-" then return nil end
  local out = {}
  for i = first, number - 1 do out[#out + 1] = shown(lines[i]) end
  return table.concat(out, "\n")
end

-- The comment above the first line of the stubs of a namespace that has the pattern, and that line.
local function stub(namespace, pattern)
  local lines = lines_of("stdlib/meta/" .. namespace .. ".lua")
  for i, line in ipairs(lines or {}) do
    if line:find(pattern) then return comment_above(lines, i), line end
  end
end

local namespaces = { "select", "nn", "models", "optim", "schedule", "data", "statistics" }

-- Where `value` stands in th: its namespace ("" for th itself) and its name.
local function path_of(value)
  for _, space in ipairs(namespaces) do
    for name, member in pairs(th[space]) do
      if rawequal(member, value) then return space, name end
    end
  end
  for name, member in pairs(th) do
    if rawequal(member, value) then return "", name end
  end
end

-- What the path of names leads to, such as "select.omp" or "th.select.omp"; nil where it ends.
local function at(path)
  local value = th
  for name in path:gsub("^th%.", ""):gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    local ok, found = pcall(function() return value[name] end)
    if not ok then return nil end
    value = found
  end
  return value
end

local function function_text(f)
  local space, name = path_of(f)
  local info = debug.getinfo(f, "S")
  if info.what ~= "C" then
    local lines = info.source:sub(1, 1) == "@" and lines_of(info.source:sub(2))
    local text = lines and lines[info.linedefined] and comment_above(lines, info.linedefined)
    if not text then return nil end
    local arguments = lines[info.linedefined]:match "%b()"
    return (name and (space ~= "" and space .. "." or "th.") .. name .. (arguments or "") .. "\n\n" or "")
      .. text
  end
  if not name or space == "" then return nil end
  local text, line = stub(space, "^function " .. space .. "%." .. name .. "%(")
  return text and line:match "^function (.*%)) end" .. "\n\n" .. text
end

-- A namespace: what its stubs say of it, then its functions with the first line of their text.
local function namespace_text(space)
  local out, names = { stub(space, "^local " .. space .. " = {}") }, {}
  out = { out[1] or "th." .. space }
  for name, member in pairs(th[space]) do
    if type(name) == "string" and type(member) == "function" then names[#names + 1] = name end
  end
  table.sort(names)
  out[#out + 1] = ""
  for _, name in ipairs(names) do
    local text = M.text(th[space][name])
    local summary = text and text:match "\n\n([^\n]*)" or ""
    out[#out + 1] = string.format("  %-20s %s", name, summary)
  end
  return table.concat(out, "\n")
end

--- The text that help(value) prints; nil and why where there is none.
function M.text(value)
  if value == nil then return nil, "help: nil has no documentation" end
  if type(value) == "string" then
    local found = at(value)
    if found == nil then return nil, "help: there is no th." .. value:gsub("^th%.", "") end
    value = found
  end
  local text
  if type(value) == "table" then
    for _, space in ipairs(namespaces) do
      -- At the prompt `select` stands for two: Lua's own and the namespace.
      if rawequal(value, th[space]) or rawequal(value, rawget(_G, space)) then
        return namespace_text(space)
      end
    end
    -- A part of the library that can be called: th.train tells of train.train.
    local space, name = path_of(value)
    local f = space == "" and rawget(value, name)
    text = type(f) == "function" and function_text(f)
  elseif type(value) == "function" then
    text = function_text(value)
  end
  if text then return text end
  local space, name = path_of(value)
  local what = name and "th." .. (space ~= "" and space .. "." or "") .. name or options.shown(value)
  return nil, "help: there is no text about " .. what
end

--- Functions whose name or text holds a word, in any case: a list of { name, summary }, names first.
function M.search(word)
  word = word:lower()
  local by_name, by_text = {}, {}
  local function look(name, value)
    if type(value) ~= "function" then return end
    local text = M.text(value)
    local summary = text and text:match "\n\n([^\n]*)" or ""
    local item = { name = name, summary = summary }
    if name:lower():find(word, 1, true) then
      by_name[#by_name + 1] = item
    elseif text and text:lower():find(word, 1, true) then
      by_text[#by_text + 1] = item
    end
  end
  for _, space in ipairs(namespaces) do
    for name, value in pairs(th[space]) do
      if type(name) == "string" then look(space .. "." .. name, value) end
    end
  end
  for name, value in pairs(th) do
    if type(name) == "string" then look("th." .. name, value) end
  end
  for _, list in ipairs { by_name, by_text } do table.sort(list, function(a, b) return a.name < b.name end) end
  return table.move(by_text, 1, #by_text, #by_name + 1, by_name)
end

--- Prints what is known of a value: a function, a namespace or the name of one.
function M.help(...)
  if select("#", ...) == 0 then return print(usage) end
  local text, why = M.text((...))
  print(text or why)
end

return setmetatable(M, { __call = function(_, ...) return M.help(...) end })
