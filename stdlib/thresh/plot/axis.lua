-- SPDX-License-Identifier: Apache-2.0
-- The axes of charts in characters: range, round ticks, and where a value falls.

local M = {}

local Axis = {}
Axis.__index = Axis

-- The round number of the 1, 2, 5 series that cuts `span` into at most `count` pieces.
local function step_of(span, count)
  local raw = span / count
  local magnitude = 10.0 ^ math.floor(math.log(raw, 10))
  for _, factor in ipairs { 1, 2, 5 } do
    if magnitude * factor >= raw * (1 - 1e-9) then return magnitude * factor end
  end
  return magnitude * 10
end

-- The multiples of powers of ten between the bounds.
local function multiples(low, high, factors, stride)
  local first, last = math.floor(math.log(low, 10) + 1e-9), math.ceil(math.log(high, 10) - 1e-9)
  local out = {}
  for e = first, last, stride do
    for _, factor in ipairs(factors) do
      local v = factor * 10.0 ^ e
      if v >= low * (1 - 1e-9) and v <= high * (1 + 1e-9) then out[#out + 1] = v end
    end
  end
  return out
end

--- Round numbers between the bounds of a log axis, at most some `count`: powers of ten, and others between them where
--- there is room.
function M.log_ticks(low, high, count)
  local decades = math.log(high, 10) - math.log(low, 10)
  if decades * 3 > count then return multiples(low, high, { 1 }, math.max(1, math.ceil(decades / count))) end
  for _, factors in ipairs { { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 2, 5 } } do
    local out = multiples(low, high, factors, 1)
    if #out > 2 and #out <= count then return out end
  end
  -- Bounds that are near each other: as on any axis.
  local step, out = step_of(high - low, count), {}
  for k = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do out[#out + 1] = k * step end
  return out
end

--- An axis over low … high with about `count` ticks. o: log; range, { low, high } instead; round, whether the
--- range grows to the next ticks.
function M.new(low, high, count, o)
  if o.range then low, high = o.range[1], o.range[2] end
  -- The difference of integers may wrap around.
  low, high = low + 0.0, high + 0.0
  if low == high then
    if o.log then
      low, high = low / 2, high * 2
    else
      local room = math.max(math.abs(low) * 0.1, low == 0 and 0.5 or 0)
      low, high = low - room, high + room
    end
  end
  count = math.max(1, math.min(count, 100))
  local axis = setmetatable({ low = low, high = high, log = o.log }, Axis)
  -- Spans that are too wide or too narrow for floating point have no ticks but their ends.
  local span = high - low
  if not (span > 0 and span < math.huge) or span < math.abs(high) * 1e-12 then
    axis.ticks, axis.step = { low, high }, 0
    return axis
  end
  if o.log then
    axis.ticks = M.log_ticks(low, high, count)
    if #axis.ticks < 2 then axis.ticks = { low, high } end
    return axis
  end
  local step = step_of(span, count)
  local first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
  if o.round and not o.range then
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    axis.low, axis.high = first * step, last * step
  end
  axis.step, axis.ticks = step, {}
  for k = first, last do axis.ticks[#axis.ticks + 1] = k * step end
  -- One round number alone tells no scale.
  if #axis.ticks < 2 then axis.ticks, axis.step = { axis.low, axis.high }, 0 end
  return axis
end

--- Where a value lies, 0 … 1 from end to end.
function Axis:at(v)
  if self.log then
    if v <= 0 then return -1 end
    local span = math.log(self.high) - math.log(self.low)
    return span > 0 and (math.log(v) - math.log(self.low)) / span or 0.5
  end
  local span = self.high - self.low
  -- Halves where the difference overflows.
  if span == math.huge then return (v / 2 - self.low / 2) / (self.high / 2 - self.low / 2) end
  return span > 0 and (v - self.low) / span or 0.5
end

--- An end of an interval on an axis over low … high: what is infinite, or on a log axis not above 0, ends with it.
function M.ended(v, low, high, log)
  if v == math.huge then return high end
  return (v == -math.huge or log and v <= 0) and low or v
end

function Axis:ended(v) return M.ended(v, self.low, self.high, self.log) end

-- The figures by which every tick differs from the next, four or more.
local function figures_of(ticks)
  local figures = 4
  for i = 2, #ticks do
    local size, gap = math.max(math.abs(ticks[i - 1]), math.abs(ticks[i])), ticks[i] - ticks[i - 1]
    if gap > 0 and gap < math.huge then
      figures = math.max(figures, 1 + math.floor(math.log(size, 10) + 1e-9) - math.floor(math.log(gap, 10) + 1e-9))
    end
  end
  return math.min(figures, 17)
end

--- A tick's text, with as many decimals as its neighbours need.
function Axis:label(v)
  local largest = math.max(math.abs(self.low), math.abs(self.high))
  if self.log or (self.step or 0) == 0 or largest >= 1e6 or self.step < 1e-5 then
    if self.step and math.abs(v) < self.step * 1e-6 then v = 0 end
    self.figures = self.figures or figures_of(self.ticks)
    return (string.format("%." .. self.figures .. "g", v):gsub("e([+-])0*(%d)", function(sign, digit)
      return "e" .. (sign == "-" and "-" or "") .. digit
    end))
  end
  local decimals = math.max(0, -math.floor(math.log(self.step, 10) + 1e-9))
  local text = string.format("%." .. decimals .. "f", v)
  return (text:gsub("^%-(0%.?0*)$", "%1"))
end

return M
