-- SPDX-License-Identifier: Apache-2.0
-- Values as JSON text: numbers as the shortest text that reads back the same, names in order.

local M = {}

--- A list that is one even when it is empty.
function M.list(items)
  return setmetatable(items, { __name = "list" })
end

local function number(value)
  if math.type(value) == "integer" then return string.format("%d", value) end
  if value ~= value or value == math.huge or value == -math.huge then return "null" end
  for digits = 15, 17 do
    local text = string.format("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
end

local short = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

--- A text with the mark for what is no UTF-8 in the place of such bytes: JSON holds nothing else.
function M.valid(text)
  local parts, at = {}, 1
  while true do
    local length, bad = utf8.len(text, at)
    if length then return table.concat(parts) .. text:sub(at) end
    parts[#parts + 1] = text:sub(at, bad - 1) .. "\u{FFFD}"
    at = bad + 1
  end
end

local function quoted(text)
  if not utf8.len(text) then text = M.valid(text) end
  return '"' .. text:gsub('[%c"\\]', function(c)
    return short[c] or string.format("\\u%04x", c:byte())
  end) .. '"'
end

--- JSON on one line. Numbers that are not finite become null, bytes that are no UTF-8 its mark for that.
function M.encode(value)
  local kind = type(value)
  if kind == "number" then return number(value) end
  if kind == "string" then return quoted(value) end
  if kind ~= "table" then return tostring(value) end
  local parts = {}
  if #value > 0 or getmetatable(value) then
    for i, item in ipairs(value) do parts[i] = M.encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = quoted(name) .. ":" .. M.encode(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- The value of a JSON text; null is nil. An error tells where the text is wrong.
function M.decode(text)
  return require("thresh.core").parse_json(text)
end

return M
