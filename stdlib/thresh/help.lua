-- SPDX-License-Identifier: Apache-2.0
-- help(x): the documentation of a function, method, namespace or class, by value or by name.

local th = require "thresh"
local manual = require "thresh.lua_manual"
local options = require "thresh.options"
local reference = require "thresh.reference"

local M = {}

local usage = [[
help(x) tells what x is, as in help(select.GradMatch), help(t.sum) or help(model); a name in quotes does as
well, help "select.omp" or help "Tensor.sum". help(select) lists a namespace. In scripts it is th.help.
]]

-- A text on lines of at most 100 columns, those behind the first indented.
local function folded(text, indent)
  local lines, current = {}, nil
  for word in text:gmatch "%S+" do
    if current and utf8.len(current) + 1 + utf8.len(word) > 100 then
      lines[#lines + 1], current = current, indent .. word
    else
      current = current and current .. " " .. word or word
    end
  end
  lines[#lines + 1] = current
  return table.concat(lines, "\n")
end

-- Parameters and results; nil without any.
local function called_with(entry)
  local out = {}
  for _, p in ipairs(entry.params) do
    out[#out + 1] = "  " .. folded(string.format("%s%s (%s)%s", p.name, p.optional and "?" or "", p.type,
      p.text ~= "" and ": " .. p.text or ""), "      ")
  end
  for _, r in ipairs(entry.returns) do
    out[#out + 1] = "  " .. folded("returns " .. r.type .. " " .. r.text, "      ")
  end
  return #out > 0 and table.concat(out, "\n") or nil
end

local function example_of(code)
  return code and "Example:\n    " .. code:gsub("\n", "\n    "):gsub("\n +\n", "\n\n") or nil
end

-- The parts that are not nil, nor empty, a blank line between two.
local function paragraphs(...)
  local out = {}
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    if part and part ~= "" then out[#out + 1] = part end
  end
  return table.concat(out, "\n\n")
end

local function entry_text(entry)
  return paragraphs(entry.owner and reference.signature(entry), entry.text, called_with(entry),
    example_of(entry.example))
end

-- Names with what is said of each, in two columns.
local function listed(rows)
  local widest, out = 18, {}
  for _, row in ipairs(rows) do widest = math.max(widest, #row[1]) end
  for i, row in ipairs(rows) do out[i] = string.format("  %-" .. widest .. "s  %s", row[1], row[2] or "") end
  return table.concat(out, "\n")
end

local function namespace_text(space)
  local text, example = reference.namespace_text(space)
  local rows = {}
  for i, name in ipairs(reference.members(space)) do
    local entry = reference.member(space, name)
    rows[i] = { name, entry and entry.summary }
  end
  return paragraphs(text ~= "" and text or "th." .. space, example_of(example), listed(rows))
end

local function class_text(class)
  local owner = reference.owner(class)
  local fields, methods = {}, {}
  for i, field in ipairs(owner.fields) do fields[i] = { field.name, "(" .. field.type .. ") " .. field.text } end
  for i, entry in ipairs(owner.entries) do methods[i] = { ":" .. entry.name, entry.summary } end
  local base = owner.parent ~= "Object" and owner.parent
  return paragraphs(base and class .. ", a " .. base or class, owner.text, example_of(owner.example), listed(fields),
    listed(methods))
end

-- What is found is told by { space =, name = } of a member, { space = } or { class = }.
local function find_table(value)
  for _, space in ipairs(reference.namespaces) do
    -- At the prompt `select` stands for two: Lua's own and the namespace.
    local namespace = reference.namespace(space)
    if rawequal(value, namespace) or space ~= "th" and rawequal(value, rawget(_G, space)) then
      return { space = space }
    end
  end
end

local function find_function(value)
  for _, space in ipairs(reference.namespaces) do
    for name, member in pairs(reference.namespace(space)) do
      if rawequal(member, value) then return { space = space, name = name } end
    end
  end
  -- A method: those of a class stand first in its metatable.
  local classes = {}
  for _, meta in pairs(debug.getregistry()) do
    local name = type(meta) == "table" and rawget(meta, "__name")
    local methods = type(name) == "string" and rawget(meta, 1)
    for method, f in pairs(type(methods) == "table" and methods or {}) do
      if rawequal(f, value) then classes[#classes + 1] = { class = name, method = method } end
    end
  end
  -- One that classes share is told of where it is declared.
  for _, found in ipairs(classes) do
    local entry = reference.method(found.class, found.method)
    if entry then return { class = entry.owner, method = found.method } end
  end
end

-- What a name leads to, such as "select.omp", "th.zeros", "Tensor.sum", "Tensor:sum" or "Module": what is found,
-- the value, or why there is none.
local function find_name(path)
  local first, last = path:match "^(%a[%w_]*)[.:]?([%w_]*)$"
  if first and reference.owner(first) and reference.owner(first).is_class then
    if last == "" then return { class = first } end
    return reference.method(first, last) and { class = first, method = last } or nil
  end
  local value = th
  for name in path:gsub("^th%.", ""):gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    if name ~= "th" then
      local ok, found = pcall(function() return value[name] end)
      if not ok then return nil, nil, found end
      value = found
    end
  end
  return nil, value
end

-- The documentation of what is found, where it is that of a function.
local function entry_of(found, value)
  if found.method then return reference.method(found.class, found.method) end
  if found.class then return nil end
  if found.name then return reference.member(found.space, found.name, value) end
  -- A part of the library that can be called: th.train tells of train.train.
  local f = reference.called(found.space)
  return f and reference.member(found.space, f)
end

local function text_of(found, value)
  local entry = entry_of(found, value)
  if entry then return entry_text(entry) end
  if found.name or found.method then return nil end
  return found.class and class_text(found.class) or namespace_text(found.space)
end

--- The names of the options that a function, or what can be called like one, says it takes: a list.
---
--- Example:
---     local names = {}
---     for _, name in ipairs(th.help.options(th.optim.SGD)) do names[name] = true end
---     assert(names.lr and names.momentum)
---@param f any
---@return string[] names
function M.options(f)
  local found = type(f) == "function" and find_function(f) or type(f) == "table" and find_table(f)
  local entry = found and entry_of(found, f) or type(f) == "function" and reference.comment(f)
  local names, known = {}, {}
  local function add(name)
    if not known[name] then names[#names + 1], known[name] = name, true end
  end
  if not entry then return names end
  for _, p in ipairs(entry.params) do
    if p.type:find "table" then
      -- "lr (0.1), momentum (0), both numbers; epochs": the single words of the list.
      for item in p.text:gsub("%b()", ""):gmatch "[^,;]+" do
        local name = item:match "^%s*([%a_][%w_]*)%s*$"
        if name then add(name) end
      end
    end
  end
  local defaults = entry.text:match "\nDefaults:(.-)\n%u%l+:" or entry.text:match "\nDefaults:(.*)$" or ""
  for name in defaults:gmatch "([%a_][%w_]*) =" do add(name) end
  for name in defaults:gmatch "%f[%w_]([%a_][%w_]*) is required" do add(name) end
  return names
end

--- The text that help(value) prints; nil and why where there is none. Lua's own functions are told in a line.
---
--- Example:
---     assert(th.help.text "select.omp":find "matching pursuit")
---     local text, why = th.help.text(42)
---     assert(text == nil and why == "help: there is no text about 42")
---     assert(th.help.text(string.rep):find "n times")
---@param value any a function, a method, a namespace, an object or the name of one
---@return string? text
---@return string? why
function M.text(value)
  if value == nil then return nil, "help: nil has no documentation" end
  local found
  if type(value) == "string" then
    local name, why = value, nil
    found, value, why = find_name(name)
    if not found and value == nil then
      local lua = manual.find(name)
      if lua then return manual.text(lua) end
      local class = reference.owner(name:match "^%w*")
      if why and not class then return nil, "help: " .. (tostring(why):gsub("^.-:%d+: ", "")) end
      return nil, "help: there is no " .. (class and class.is_class and name or "th." .. name:gsub("^th%.", ""))
    end
  end
  if not found then
    if type(value) == "function" then
      found = find_function(value)
      if not found then
        local lua = manual.find(value)
        if lua then return manual.text(lua) end
        local entry = reference.comment(value)
        if entry then return entry_text(entry) end
      end
    elseif type(value) == "table" then
      found = find_table(value)
    elseif type(value) == "userdata" then
      local class = getmetatable(value)
      found = reference.owner(class) and { class = class }
    end
  end
  local text = found and text_of(found, value)
  if text then return text end
  local what = found and found.name and "th." .. (found.space ~= "th" and found.space .. "." or "") .. found.name
  return nil, "help: there is no text about " .. (what or options.shown(value))
end

--- Functions and methods whose name or text holds a word, in any case, those by name first.
---
--- At the prompt it is apropos.
---
--- Example:
---     local found = th.help.search "matching pursuit"
---     local names = {}
---     for _, item in ipairs(found) do names[item.name] = item.summary end
---     assert(names["select.omp"])
---@param word string
---@return table[] found a list of { name, summary }
function M.search(word)
  word = word:lower()
  local by_name, by_text = {}, {}
  local function look(name, entry)
    local item = { name = name, summary = entry and entry.summary or "" }
    if name:lower():find(word, 1, true) then
      by_name[#by_name + 1] = item
    elseif entry and entry_text(entry):lower():find(word, 1, true) then
      by_text[#by_text + 1] = item
    end
  end
  for _, space in ipairs(reference.namespaces) do
    for _, name in ipairs(reference.members(space)) do look(space .. "." .. name, reference.member(space, name)) end
  end
  for _, class in ipairs(reference.classes()) do
    for _, entry in ipairs(reference.owner(class).entries) do look(class .. ":" .. entry.name, entry) end
  end
  for _, entry in ipairs(manual.all()) do
    if entry.name:find(word, 1, true) then by_name[#by_name + 1] = { name = entry.name, summary = entry.summary } end
  end
  for _, list in ipairs { by_name, by_text } do table.sort(list, function(a, b) return a.name < b.name end) end
  return table.move(by_text, 1, #by_text, #by_name + 1, by_name)
end

--- Prints what is known of a value: a function, a method, a namespace, an object or the name of one.
---
--- Without a value it prints how it is used, and the names of all namespaces and classes.
---
--- Example:
---     th.help(th.select.RS2)
---     th.help "Module.forward"
---     assert(th.help.text "Module.forward" == th.help.text(th.nn.Linear(2, 3).forward))
---@param ... any one value; none: how help is used
function M.help(...)
  if select("#", ...) == 0 then
    local function names(title, list) return folded(title .. " " .. table.concat(list, ", ") .. ".", "  ") end
    return print(table.concat({
      usage, names("Namespaces:", reference.namespaces), names("Classes:", reference.classes()),
    }, "\n"))
  end
  local text, why = M.text((...))
  print(text or why)
end

return setmetatable(M, { __call = function(_, ...) return M.help(...) end })
