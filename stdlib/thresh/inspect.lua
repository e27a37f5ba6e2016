-- SPDX-License-Identifier: Apache-2.0
-- Values as text: tables with sorted keys, cut by depth and width, cycles marked.

local check = require("thresh.options").check

local M = {}

local function is_name(key)
  return type(key) == "string" and key:match("^[%a_][%w_]*$") ~= nil
end

-- Integers first, then other numbers, then strings, then everything else by its address.
local function key_order(a, b)
  local ranks = { number = 1, string = 2 }
  local ra, rb = ranks[type(a)] or 3, ranks[type(b)] or 3
  if ra ~= rb then return ra < rb end
  if ra == 3 then return tostring(a) < tostring(b) end
  return a < b
end

local function scalar(value)
  if type(value) == "string" then
    return (string.format("%q", value):gsub("\\\n", "\\n"):gsub("\r", "\\r"):gsub("\0", "\\0"))
  end
  return tostring(value)
end

-- The items of a list, as many on a line as fit.
local function filled(parts, width, indent)
  local lines, line = {}, indent .. parts[1]
  for i = 2, #parts do
    local longer = line .. ", " .. parts[i]
    if #longer < width and not longer:find("\n", 1, true) then
      line = longer
    else
      lines[#lines + 1] = line .. ","
      line = indent .. parts[i]
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local describe

local function describe_table(value, options, depth, seen)
  if seen[value] then return "<cycle>" end
  if depth > options.depth then return "{…}" end
  seen[value] = true
  local parts, shown, length = {}, 0, rawlen(value)
  local function add(text)
    shown = shown + 1
    parts[#parts + 1] = text
  end
  for i = 1, math.min(length, options.items) do
    add(describe(rawget(value, i), options, depth + 1, seen))
  end
  local keys = {}
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
  end
  table.sort(keys, key_order)
  for _, key in ipairs(keys) do
    if shown >= options.items then break end
    local name = is_name(key) and key or "[" .. scalar(key) .. "]"
    add(name .. " = " .. describe(rawget(value, key), options, depth + 1, seen))
  end
  local hidden = length + #keys - shown
  if hidden > 0 then parts[#parts + 1] = string.format("… %d more", hidden) end
  seen[value] = nil
  if #parts == 0 then return "{}" end
  local line = "{ " .. table.concat(parts, ", ") .. " }"
  local indent = string.rep("  ", depth)
  if #line + #indent <= options.width and not line:find("\n", 1, true) then return line end
  if length == 0 or #keys > 0 then
    return "{\n  " .. indent .. table.concat(parts, ",\n  " .. indent) .. "\n" .. indent .. "}"
  end
  return "{\n" .. filled(parts, options.width, indent .. "  ") .. "\n" .. indent .. "}"
end

function describe(value, options, depth, seen)
  if type(value) ~= "table" then return scalar(value) end
  local meta = getmetatable(value)
  if type(meta) == "table" and rawget(meta, "__tostring") then
    local ok, text = pcall(tostring, value)
    if ok then return text end
  end
  return describe_table(value, options, depth, seen)
end

--- The text of any value; of a table whose `__tostring` fails, its fields. Options: depth (4), items (100) a table, width (80) of a line.
---
--- Example:
---     assert(th.inspect { 1, 2, name = "x" } == '{ 1, 2, name = "x" }')
---     assert(th.inspect({ { { 1 } } }, { depth = 1 }) == "{ {…} }")
---@param value any
---@param options? table depth (4), items (100), width (80)
---@return string text
function M.inspect(value, options)
  local o = check("inspect", options, {
    depth = { "integer", default = 4, from = 0 },
    items = { "integer", default = 100, from = 0 },
    width = { "number", default = 80, from = 1 },
  }, 2)
  return describe(value, { depth = o.depth - 1, items = o.items, width = o.width }, 0, {})
end

return setmetatable(M, { __call = function(_, ...) return M.inspect(...) end })
