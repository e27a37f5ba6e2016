-- SPDX-License-Identifier: Apache-2.0
-- What TensorBoard shows of a run while it trains.

local native = require "thresh.runs.native"
local options = require "thresh.options"

---@class EventWriter
local Writer = {}
Writer.__index = Writer
Writer.__name = "EventWriter"

function Writer:__tostring() return "TensorBoard events " .. self.path end

--- A number at a step.
---@param tag string its name; parts before a '/' are groups
---@param value number
---@param step integer
function Writer:scalar(tag, value, step) self.events.scalar(tag, value, step) end

--- The distribution of numbers at a step; those that are not finite are left out.
---@param tag string
---@param values Tensor|number[] any shape
---@param step integer
function Writer:histogram(tag, values, step) self.events.histogram(tag, values, step) end

--- A picture at a step.
---@param tag string
---@param image Tensor uint8 or floats in 0 … 1 (3, H, W), as th.data.save_png takes it
---@param step integer
function Writer:image(tag, image, step) self.events.image(tag, image, step) end

--- The numbers of a row as scalars by their names, but for epoch and step.
---@param row table
---@param step integer
function Writer:row(row, step)
  local names = {}
  for name, value in pairs(row) do
    if type(value) == "number" and name ~= "epoch" and name ~= "step" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do self.events.scalar(name, row[name], step) end
end

--- Ends the file; what was written is in it already.
function Writer:close() self.events.close() end

--- Begins an event file in a folder.
return function(folder)
  if type(folder) ~= "string" then
    error("runs.tensorboard: needs a folder, got " .. options.shown(folder), 3)
  end
  local events = native.event_writer(folder)
  return setmetatable({ path = events.path, events = events }, Writer)
end
