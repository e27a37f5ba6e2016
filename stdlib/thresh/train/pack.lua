-- SPDX-License-Identifier: Apache-2.0
-- A tree of Lua values as JSON text with tensors beside it, and back with the same bits.
--
-- Integers and floats stay what they are. What JSON lacks is an object with the member "$": a tensor's name,
-- a float that is not finite, bytes that are no UTF-8, a table whose keys are not all strings, a loss history.

local core = require "thresh.core"
local json = require "thresh.json"

local M = {}

local function hexadecimal(text)
  return (text:gsub(".", function(c) return string.format("%02x", c:byte()) end))
end

local encode

local encoders = {}

encoders["nil"] = function() return "null" end

function encoders.boolean(_, value) return tostring(value) end

function encoders.string(_, value)
  if utf8.len(value) then return json.encode(value) end
  return string.format('{"$":"bytes","hex":"%s"}', hexadecimal(value))
end

function encoders.number(_, value)
  if math.type(value) == "integer" then return string.format("%d", value) end
  if value ~= value or value == math.huge or value == -math.huge then
    return string.format('{"$":"float","text":"%s"}', value ~= value and "nan" or value > 0 and "inf" or "-inf")
  end
  local text = string.format("%.17g", value)
  return text:find "[.e]" and text or text .. ".0"
end

-- What the keys of a table are: "list", "object" or "pairs"; and the keys, in an order that is always the same.
local function kind_of(value)
  local keys, list, object = {}, true, value["$"] == nil
  for key in pairs(value) do
    keys[#keys + 1] = key
    list = list and math.type(key) == "integer" and key >= 1
    object = object and type(key) == "string" and utf8.len(key) ~= nil
  end
  list = list and #keys > 0 and #keys == #value
  table.sort(keys, function(a, b)
    if type(a) ~= type(b) then return type(a) < type(b) end
    if type(a) == "boolean" then return not a and b end
    return a < b
  end)
  return list and "list" or object and "object" or "pairs", keys
end

local plain_keys = { string = true, number = true, boolean = true }

-- As deep as the text may be nested and still be read: parse_json gives up at 32 levels.
local deepest = 28

function encoders.table(self, value, path, depth)
  if depth > deepest then
    error(path .. " is nested too deep for a checkpoint, or holds itself", 0)
  end
  if getmetatable(value) ~= nil then
    error(path .. " is a table with a metatable, which a checkpoint cannot hold", 0)
  end
  for key in pairs(value) do
    if not plain_keys[type(key)] then
      error(string.format("%s has a %s as a key, which a checkpoint cannot hold", path, type(key)), 0)
    end
  end
  local kind, keys = kind_of(value)
  local parts, below = {}, depth + (kind == "pairs" and 3 or 1)
  for i, key in ipairs(keys) do
    local item = encode(self, value[key], path .. "." .. tostring(key), below)
    parts[i] = kind == "list" and item or kind == "object" and json.encode(key) .. ":" .. item
      or "[" .. encode(self, key, path, below) .. "," .. item .. "]"
  end
  local text = table.concat(parts, ",")
  if kind == "object" then return "{" .. text .. "}" end
  if kind == "list" then return "[" .. text .. "]" end
  return '{"$":"pairs","items":[' .. text .. "]}"
end

local objects = {}

-- A tensor goes beside the text, under its place in the tree. Batches of images lie channels last.
function objects.Tensor(self, value, path)
  local name, number = path, 1
  while self.tensors[name] do
    number = number + 1
    name = string.format("%s#%d", path, number)
  end
  self.tensors[name] = value:detach()
  local last = value.ndim == 4 and not value.is_contiguous and value.strides[2] == 1
  return string.format('{"$":"tensor","name":%s%s}', json.encode(name), last and ',"channels_last":true' or "")
end

function objects.LossHistory(self, value, path)
  return string.format('{"$":"losses","capacity":%d,"of":%s}', value.capacity,
    objects.Tensor(self, value:state(), path))
end

function encoders.userdata(self, value, path)
  local class = getmetatable(value)
  local f = type(class) == "string" and objects[class]
  if not f then
    error(string.format("%s is a %s, which a checkpoint cannot hold", path,
      type(class) == "string" and class or "userdata"), 0)
  end
  return f(self, value, path)
end

function encode(self, value, path, depth)
  local f = encoders[type(value)]
  if not f then
    error(string.format("%s is a %s, which a checkpoint cannot hold", path, type(value)), 0)
  end
  return f(self, value, path, depth)
end

--- A table of named parts as JSON text, and the tensors in it by name. Raises an error that names the place of
--- what neither holds.
function M.pack(value)
  local self, parts = { tensors = {} }, {}
  for name, part in pairs(value) do
    parts[#parts + 1] = json.encode(name) .. ":" .. encode(self, part, name, 1)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}", self.tensors
end

--- Whether a checkpoint can hold a value.
function M.holds(value)
  return (pcall(encode, { tensors = {} }, value, "value", 1))
end

local decode

local floats = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }
local decoders = {}

function decoders.float(_, value) return floats[value.text] end

function decoders.bytes(_, value)
  return (value.hex:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

function decoders.tensor(tensors, value)
  local tensor = tensors[value.name]
  if not tensor then error(string.format("the tensor '%s' is missing", value.name), 0) end
  return value.channels_last and tensor:channels_last() or tensor
end

function decoders.losses(tensors, value)
  return core.select.loss_history({ capacity = value.capacity }):load_state(decode(tensors, value.of))
end

function decoders.pairs(tensors, value)
  local made = {}
  for _, item in ipairs(value.items) do made[decode(tensors, item[1])] = decode(tensors, item[2]) end
  return made
end

function decode(tensors, value)
  if type(value) ~= "table" then return value end
  local kind = value["$"]
  if kind ~= nil then
    local f = decoders[kind]
    if not f then error(string.format("it holds a '%s', which is unknown", tostring(kind)), 0) end
    return f(tensors, value)
  end
  local made = {}
  for key, item in pairs(value) do made[key] = decode(tensors, item) end
  return made
end

--- The tree of a text and its tensors.
function M.unpack(text, tensors) return decode(tensors, core.parse_json(text)) end

return M
