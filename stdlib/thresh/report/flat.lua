-- SPDX-License-Identifier: Apache-2.0
-- Nested tables, as configurations are, as dotted names and texts.

local command_line = require "thresh.command_line"
local data = require "thresh.plot.data"

local M = {}

--- A number as a text of at most six figures, or of as many as it takes where `exact`.
function M.number(v, exact)
  if exact or math.type(v) == "integer" then return data.shortest(v) end
  return (string.format("%.6g", v))
end

local function text_of(value)
  return type(value) == "number" and M.number(value, true) or tostring(value)
end

M.text = text_of

-- A list of plain values as one text; nothing of other tables.
local function listed(value)
  if #value == 0 then return next(value) == nil and "" or nil end
  local parts = {}
  for i, item in ipairs(value) do
    if type(item) == "table" then return nil end
    parts[i] = text_of(item)
  end
  return table.concat(parts, ", ")
end

local function collect(value, path, out)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return tostring(a) < tostring(b)
  end)
  for _, key in ipairs(keys) do
    local item, name = value[key], path == "" and tostring(key) or path .. "." .. tostring(key)
    local list = type(item) == "table" and listed(item)
    if type(item) ~= "table" then
      out[#out + 1] = { name = name, value = item, text = text_of(item) }
    elseif list then
      out[#out + 1] = { name = name, value = list, text = list }
    else
      collect(item, name, out)
    end
  end
end

--- The entries { name, value, text } of a table, by name.
function M.entries(value)
  local out = {}
  if type(value) == "table" then collect(value, "", out) end
  return out
end

--- A table of two columns of them; nothing where there are none. skip: name -> true for what is left out;
--- rounded: numbers with six figures at most.
function M.table(value, first, second, skip, rounded)
  local rows = {}
  for _, entry in ipairs(M.entries(value)) do
    if not (skip and skip[entry.name]) then
      local text = rounded and type(entry.value) == "number" and M.number(entry.value) or entry.text
      rows[#rows + 1] = { entry.name, text }
    end
  end
  if #rows > 0 then return { columns = { first, second }, rows = rows } end
end

--- Words as a line that a shell reads as the same words.
function M.command(words) return command_line.line(type(words) == "table" and words or {}) end

return M
