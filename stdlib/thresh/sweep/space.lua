-- SPDX-License-Identifier: Apache-2.0
-- What a sweep varies: distributions, and the points of grids and random draws in a fixed order.

local core = require "thresh.core"
local json = require "thresh.json"
local options = require "thresh.options"
local shown = options.shown

local M = {}

-- A distribution is { distribution = kind, low, high } or { distribution = "choice", values }. `unit` maps
-- its values to the line that densities are estimated on, `value` back.
local Distribution = { __name = "Distribution" }
Distribution.__index = Distribution

Distribution.__tostring = function(self)
  if self.distribution == "choice" then return "choice" .. json.encode(self.values) end
  return string.format("%s(%s, %s)", self.distribution, json.encode(self.low), json.encode(self.high))
end

function Distribution:unit(value)
  return self.distribution == "log_uniform" and math.log(value) or value
end

--- The value at a place on the line, held within the limits.
function Distribution:value(unit)
  local value = unit
  if self.distribution == "log_uniform" then value = math.exp(unit) end
  if self.distribution == "int" then value = math.floor(unit + 0.5) end
  return math.max(self.low, math.min(self.high, value))
end

--- The ends of the line; those of whole numbers reach half a step beyond.
function Distribution:limits()
  local half = self.distribution == "int" and 0.5 or 0
  return self:unit(self.low) - half, self:unit(self.high) + half
end

function Distribution:draw(stream)
  if self.distribution == "choice" then return self.values[stream:integer(1, #self.values)] end
  if self.distribution == "int" then return stream:integer(self.low, self.high) end
  local low, high = self:limits()
  return self:value(low + (high - low) * stream:uniform())
end

function M.is_distribution(value) return getmetatable(value) == Distribution end

local function range(kind, low, high, integral)
  local fits = type(low) == "number" and type(high) == "number"
    and (not integral or math.tointeger(low) and math.tointeger(high))
  if not fits or not (low < high) or low == -math.huge or high == math.huge then
    error(string.format("sweep.%s: needs %s low < high, got %s and %s", kind,
      integral and "whole numbers" or "numbers", shown(low), shown(high)), 3)
  end
  if kind == "log_uniform" and low <= 0 then
    error("sweep.log_uniform: low must be above 0, got " .. shown(low), 3)
  end
  if integral then low, high = math.tointeger(low), math.tointeger(high) end
  return setmetatable({ distribution = kind, low = low, high = high }, Distribution)
end

--- Numbers whose logarithm is uniform between those of low and high: for learning rates and the like.
---
--- Example:
---     local lr = th.sweep.log_uniform(1e-4, 1e-1)
---     assert(tostring(lr) == "log_uniform(0.0001, 0.1)")
---@param low number above 0
---@param high number above low
---@return table distribution for `random` and `tpe`
function M.log_uniform(low, high) return range("log_uniform", low, high) end

--- Numbers that are uniform between low and high.
---
--- Example:
---     assert(tostring(th.sweep.uniform(0, 0.9)) == "uniform(0, 0.9)")
---@param low number
---@param high number above low
---@return table distribution for `random` and `tpe`
function M.uniform(low, high) return range("uniform", low, high) end

--- Whole numbers, all of low … high alike.
---
--- Example:
---     assert(tostring(th.sweep.int(1, 6)) == "int(1, 6)")
---@param low integer
---@param high integer above low
---@return table distribution for `random` and `tpe`
function M.int(low, high) return range("int", low, high, true) end

--- One of some values, all alike.
---
--- Example:
---     assert(tostring(th.sweep.choice { "SGD", "Adam" }) == 'choice["SGD","Adam"]')
---@param values table a list of numbers, texts, booleans or tables
---@return table distribution for `random` and `tpe`
function M.choice(values)
  if type(values) ~= "table" or #values == 0 then
    error("sweep.choice: needs a list of values, got " .. shown(values), 2)
  end
  return setmetatable({ distribution = "choice", values = values }, Distribution)
end

-- The seed first, so that it varies slowest: a slow spell of the machine touches all settings alike, and a
-- sweep that is stopped has whole tables of its first seeds.
local function axes_of(grid)
  local names = options.names(grid)
  table.sort(names, function(a, b)
    if (a == "seed") ~= (b == "seed") then return a == "seed" end
    return a < b
  end)
  return names
end

--- Every combination of the values of a grid, as lists of values by name; the last name varies fastest.
function M.points(grid)
  local points = { {} }
  for _, name in ipairs(axes_of(grid)) do
    local more = {}
    for _, point in ipairs(points) do
      for _, value in ipairs(grid[name]) do
        local next_point = {}
        for k, v in pairs(point) do next_point[k] = v end
        next_point[name] = value
        more[#more + 1] = next_point
      end
    end
    points = more
  end
  return points
end

--- Draw number i of distributions by name; what is no distribution is as it is.
function M.draw(space, seed, i)
  local point = {}
  for _, name in ipairs(options.names(space)) do
    local value = space[name]
    if M.is_distribution(value) then value = value:draw(core.stream(seed, "sweep." .. name, i)) end
    point[name] = value
  end
  return point
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local t = {}
  for k, v in pairs(value) do t[k] = copy(v) end
  return setmetatable(t, getmetatable(value))
end

--- Defaults with the values of a point put in, at the places that dotted names tell.
function M.merged(defaults, point)
  local params = copy(defaults)
  for _, name in ipairs(options.names(point)) do
    local place, rest = params, name
    for part in name:gmatch "([^.]+)%." do
      if type(place[part]) ~= "table" then place[part] = {} end
      place, rest = place[part], rest:sub(#part + 2)
    end
    place[rest] = copy(point[name])
  end
  return params
end

--- The value at a dotted name of a table, or nil.
function M.at(params, name)
  local value = params
  for part in name:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    value = value[part]
  end
  return value
end

--- Dotted names and values of all that is no table of names.
function M.flat(t, prefix, out)
  out, prefix = out or {}, prefix or ""
  for name, value in pairs(t) do
    if type(value) == "table" and #value == 0 and next(value) ~= nil and not M.is_distribution(value) then
      M.flat(value, prefix .. name .. ".", out)
    else
      out[prefix .. name] = value
    end
  end
  return out
end

return M
