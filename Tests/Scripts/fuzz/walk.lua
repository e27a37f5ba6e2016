-- SPDX-License-Identifier: Apache-2.0
-- Everything that Lua can call: functions of the namespaces, methods, properties and metamethods.
local th = require "thresh"

local W = {}

local function sorted(t)
  local keys = {}
  for key in pairs(t) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  return keys
end

-- Functions below `value` by their path, each once, and what a callable table does when called.
local function collect(path, value, found, seen)
  if type(value) == "function" then
    if not seen[value] then
      seen[value] = true
      found[#found + 1] = { name = path, call = value }
    end
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    local meta = getmetatable(value)
    if type(meta) == "table" and rawget(meta, "__call") then
      found[#found + 1] = { name = path .. "()", call = function(...) return value(...) end }
    end
    for _, key in ipairs(sorted(value)) do
      if key ~= "__index" then collect(path .. "." .. key, rawget(value, key), found, seen) end
    end
    if type(meta) == "table" then
      for _, key in ipairs(sorted(meta)) do
        if key ~= "__call" then collect(path .. "<" .. key .. ">", rawget(meta, key), found, seen) end
      end
    end
  end
end

--- The functions of every namespace, those of parts that are loaded when first used included.
function W.functions()
  for _, part in ipairs { "train", "compare", "progress", "inspect", "arguments", "plot", "report", "sweep" } do
    assert(th[part] ~= nil, part)
  end
  local found, seen = {}, {}
  collect("th", th, found, seen)
  return found, seen
end

--- Modules of the standard library that only it requires; their arguments are checked before.
function W.internal(seen)
  local found = {}
  for _, name in ipairs(sorted(package.preload)) do
    if name:find "^thresh%." then collect(name, require(name), found, seen) end
  end
  return found
end

--- name -> { methods, metamethods, getters, setters }, of every native class of the session.
function W.classes()
  local classes = {}
  for _, meta in pairs(debug.getregistry()) do
    if type(meta) == "table" and type(rawget(meta, "__name")) == "string" and rawget(meta, "__gc")
      and type(rawget(meta, 3)) == "table" then
      local members = { methods = {}, metamethods = {}, getters = sorted(meta[2]), setters = sorted(meta[3]) }
      for _, name in ipairs(sorted(meta[1])) do members.methods[name] = meta[1][name] end
      for _, name in ipairs(sorted(meta)) do
        if type(meta[name]) == "function" then members.metamethods[name] = meta[name] end
      end
      classes[meta.__name] = members
    end
  end
  return classes
end

W.sorted = sorted
return W
