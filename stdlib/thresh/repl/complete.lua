-- SPDX-License-Identifier: Apache-2.0
-- What can stand at a place of an entry: variables, fields, methods, keys, option names, modules, paths.
--
-- Nothing of the user's is run: tables are read raw, metatables are followed where __index is a table, and
-- native objects answer with what their class has. It ends within a time, with what it has found.

local th = require "thresh"

-- Entries may change the globals.
local debug, io, math, os, string, table = debug, io, math, os, string, table
local ipairs, next, pcall, rawget, require, tonumber, tostring, type =
  ipairs, next, pcall, rawget, require, tonumber, tostring, type

local M = {}

local seconds = 0.04
local most = 400

local keywords = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
  "not", "or", "repeat", "return", "then", "true", "until", "while",
}
local is_keyword = {}
for _, word in ipairs(keywords) do is_keyword[word] = true end

local function is_name(key) return type(key) == "string" and key:find "^[%a_][%w_]*$" and not is_keyword[key] end

-- A search: gathers candidates until its time is up.
local function new_search()
  local self = { found = {}, known = {}, ends = th.clock() + seconds }
  function self.over() return #self.found >= most or th.clock() > self.ends end
  function self.add(text, kind)
    if not self.known[text] and #self.found < most then
      self.known[text] = true
      self.found[#self.found + 1] = { text = text, kind = kind }
    end
  end
  return self
end

local function starts(text, prefix) return text:sub(1, #prefix) == prefix end

-- The members of a class of native objects: name -> "method" or "field".
local function class_members(meta)
  local members = {}
  for name in next, type(rawget(meta, 1)) == "table" and meta[1] or {} do
    if type(name) == "string" then members[name] = "method" end
  end
  for name in next, type(rawget(meta, 2)) == "table" and meta[2] or {} do
    if type(name) == "string" then members[name] = "field" end
  end
  return members
end

-- Calls visit(key, value) for what `value` has, raw, and for what tables behind its metatable have.
local function each(search, value, visit)
  local seen = {}
  for _ = 1, 16 do
    if type(value) == "table" then
      if seen[value] then return end
      seen[value] = true
      local count = 0
      for key, item in next, value do
        visit(key, item)
        count = count + 1
        if count % 256 == 0 and search.over() then return end
      end
    end
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" then return end
    if type(value) == "userdata" then
      for name, kind in next, class_members(meta) do visit(name, kind == "method" and print or nil, kind) end
    end
    value = rawget(meta, "__index")
    if type(value) ~= "table" then return end
  end
end

-- The member `key` of a value, raw; natives give what a property holds only where it is a method.
local function member(value, key)
  for _ = 1, 16 do
    if type(value) == "table" then
      local found = rawget(value, key)
      if found ~= nil then return found end
    end
    local meta = debug.getmetatable(value)
    if type(meta) ~= "table" then return nil end
    if type(value) == "userdata" then
      local methods = rawget(meta, 1)
      local found = type(methods) == "table" and rawget(methods, key)
      if found then return found end
    end
    value = rawget(meta, "__index")
    if type(value) ~= "table" then return nil end
  end
end

-- The variable of that name: a local of earlier entries, or a global. Parts of the library that are loaded
-- when first used are looked up, as those of the prompt's namespaces.
local function variable(name, session)
  if session then
    local value, known = session:get(name)
    if known then return value end
  end
  local value = rawget(_G, name)
  -- At the prompt `select` is Lua's function and the selectors.
  if name == "select" and type(value) == "table" then return th.select end
  return value
end

-- The value of a path such as th.select or t.x["a b"].y; nil where it ends.
local function value_of(path, session)
  local first, rest = path:match "^([%a_][%w_]*)(.*)$"
  if not first then
    if path:find '^"[^"]*"$' or path:find "^'[^']*'$" then return "" end
    return nil
  end
  local value = variable(first, session)
  while rest ~= "" and value ~= nil do
    local name, more = rest:match "^%s*[.:]%s*([%a_][%w_]*)(.*)$"
    if not name then
      local quote
      quote, name, more = rest:match "^%[%s*([\"'])([^\"']*)%1%s*%](.*)$"
      if not quote then
        name, more = rest:match "^%[%s*(%d+)%s*%](.*)$"
        name = math.tointeger(tonumber(name))
      end
    end
    if name == nil then return nil end
    value, rest = member(value, name), more
  end
  return value
end

-- The path that ends a text: names, fields, keys in brackets.
local function path_before(text)
  local at = #text + 1
  while true do
    local before = text:sub(1, at - 1)
    local s = before:find "[%a_][%w_]*$" or before:find "%[%s*[\"'][^\"']*[\"']%s*%]$" or before:find "%[%s*%d+%s*%]$"
    if not s then break end
    at = s
    local dot = text:sub(1, at - 1):find "%s*[.:]%s*$"
    if text:sub(at, at) ~= "[" then
      if not dot then break end
      at = dot
    end
  end
  return text:sub(at)
end

local function complete_fields(search, path, prefix, methods_only, session)
  local value = value_of(path, session)
  if value == nil then return end
  each(search, value, function(key, item, kind)
    if not is_name(key) or not starts(key, prefix) or starts(key, "__") and prefix == "" then return end
    kind = kind or type(item) == "function" and "function" or type(item) == "table" and "table" or "value"
    if methods_only and kind ~= "method" and kind ~= "function" then return end
    search.add(key, kind)
  end)
end

local function complete_keys(search, path, prefix, quote, session)
  local value = value_of(path, session)
  if type(value) ~= "table" then return end
  each(search, value, function(key)
    if quote and type(key) == "string" and starts(key, prefix) and not key:find "[%c\\\"']" then
      search.add(key .. quote .. "]", "key")
    elseif not quote and math.type(key) == "integer" and starts(tostring(key), prefix) then
      search.add(key .. "]", "key")
    end
  end)
end

local function complete_names(search, prefix, session)
  if session then
    for _, name in ipairs(session.names) do
      if starts(name, prefix) then search.add(name, "local") end
    end
  end
  for name, value in next, _G do
    if is_name(name) and starts(name, prefix) and not (starts(name, "__thresh")) then
      search.add(name, type(value) == "function" and "function" or type(value) == "table" and "table" or "value")
    end
    if search.over() then return end
  end
  if prefix ~= "" then
    for _, word in ipairs(keywords) do
      if starts(word, prefix) then search.add(word, "keyword") end
    end
  end
end

-- Files and folders below what the text names.
local function complete_paths(search, prefix)
  local folder, part = prefix:match "^(.*/)([^/]*)$"
  folder, part = folder or "", part or prefix
  local shown = folder
  local home = os.getenv "HOME"
  if starts(folder, "~/") and home then shown = home .. folder:sub(2) end
  local ok, entries = pcall(th.list_directory, shown == "" and "." or shown, most * 4)
  for _, entry in ipairs(ok and entries or {}) do
    if starts(entry, part) and (part ~= "" or not starts(entry, ".")) then search.add(folder .. entry, "path") end
    if search.over() then return end
  end
end

-- Modules that require can find by their names: what is loaded, what the binary carries, files on the path.
local function complete_modules(search, prefix)
  for _, list in ipairs { package.loaded, package.preload } do
    for name in next, list do
      if type(name) == "string" and starts(name, prefix) and name ~= "_G" then search.add(name, "module") end
    end
  end
  local folder, part = prefix:match "^(.*%.)([^.]*)$"
  folder, part = folder or "", part or prefix
  for path in (package.path .. ";" .. package.cpath):gmatch "[^;]+" do
    if search.over() then return end
    local base, ending = path:match "^(.-)%?(%.%w+)$"
    if base then
      local ok, entries = pcall(th.list_directory, base .. folder:gsub("%.", "/"), most)
      for _, entry in ipairs(ok and entries or {}) do
        local name = entry:sub(-#ending) == ending and entry:sub(1, -#ending - 1)
        if name and starts(name, part) then search.add(folder .. name, "module") end
      end
    end
  end
end

-- The function in whose braces a text ends: th.nn.Conv2d of "th.nn.Conv2d(3, 4, 3, { pad".
local function called_function(text)
  local depth, i = 0, #text
  while i > 0 do
    local c = text:sub(i, i)
    if c == "}" or c == ")" or c == "]" then
      depth = depth + 1
    elseif c == "{" or c == "(" or c == "[" then
      if depth > 0 then
        depth = depth - 1
      elseif c == "{" then
        local before = text:sub(1, i - 1):gsub("%s+$", "")
        if before:find "[%w_%]]$" then return path_before(before) end
        -- Within the parentheses of a call.
        local level = 0
        for k = #before, 1, -1 do
          local d = before:sub(k, k)
          if d == ")" or d == "}" or d == "]" then
            level = level + 1
          elseif d == "(" or d == "{" or d == "[" then
            if level == 0 then
              return d == "(" and path_before((before:sub(1, k - 1):gsub("%s+$", ""))) or nil
            end
            level = level - 1
          end
        end
        return nil
      end
    end
    i = i - 1
  end
end

-- Whether a text ends within a quoted string: the quote, and where the string begins.
local function open_string(text)
  local quote, from, i = nil, nil, 1
  while i <= #text do
    local c = text:sub(i, i)
    if quote then
      if c == "\\" then
        i = i + 1
      elseif c == quote then
        quote = nil
      elseif c == "\n" then
        quote = nil
      end
    elseif c == '"' or c == "'" then
      quote, from = c, i + 1
    elseif c == "-" and text:sub(i, i + 1) == "--" then
      local stop = text:find("\n", i, true)
      if not stop then return nil, nil, true end
      i = stop
    end
    i = i + 1
  end
  return quote, from
end

local function finished(search, start)
  table.sort(search.found, function(a, b) return a.text < b.text end)
  return { start = start, candidates = search.found }
end

--- What can stand at the end of `text`: { start = the position from which it is replaced, candidates = a list of
--- { text =, kind = } in the order of their texts }. kind: local, function, table, value, method, field, key,
--- option, keyword, module or path. session: whose locals count (th.repl's own for nil).
function M.complete(text, session)
  local search = new_search()
  local quote, from, comment = open_string(text)
  if comment then return finished(search, #text + 1) end
  if quote then
    local inside, before = text:sub(from), text:sub(1, from - 2)
    local path = before:match "^.*%f[%w_%]]([%a_][%w_.:%[%]\"']*)%[%s*$"
    if path then
      complete_keys(search, path, inside, quote, session)
    elseif before:find "require%s*%(?%s*$" then
      complete_modules(search, inside)
    else
      complete_paths(search, inside)
    end
    return finished(search, from)
  end
  local word = text:match "[%a_][%w_]*$" or ""
  local before = text:sub(1, #text - #word)
  local start = #before + 1
  local access = before:match "([.:])%s*$"
  if access and not before:find "%.%.%s*$" then
    local head = before:gsub("[.:]%s*$", "")
    local path = head:find "%(%s*[\"'][^\"']*[\"']%s*%)$" and '""' or path_before(head)
    complete_fields(search, path, word, access == ":", session)
    return finished(search, start)
  end
  local index = before:match "^(.*)%[%s*$"
  if word == "" and index and index:find "[%w_%]]$" then
    complete_keys(search, path_before(index), text:match "%[%s*(%d*)$" or "", nil, session)
    return finished(search, start)
  end
  if before:find "[{,;]%s*$" then
    local path = called_function(before)
    local f = path and value_of(path, session)
    if type(f) == "table" and rawget(f, "train") == nil and debug.getmetatable(f) then
      local meta = debug.getmetatable(f)
      f = type(meta) == "table" and rawget(meta, "__call") and f or nil
    end
    if f ~= nil then
      for _, name in ipairs(require("thresh.help").options(f)) do
        if starts(name, word) then search.add(name .. " = ", "option") end
      end
      if #search.found > 0 then return finished(search, start) end
    end
  end
  if word ~= "" or before:find "^%s*$" then complete_names(search, word, session) end
  return finished(search, start)
end

return M
