-- SPDX-License-Identifier: Apache-2.0
-- A field of characters to draw on: letters, or dots of a quarter of a character's height (braille).

local style = require "thresh.plot.style"

local M = {}

local Canvas = {}
Canvas.__index = Canvas

--- An empty field of w x h characters.
function M.new(w, h)
  local self = setmetatable({ w = w, h = h, letters = {}, dots = {}, owner = {} }, Canvas)
  return self
end

-- The cell of a character, or nothing outside.
local function cell(self, column, row)
  -- So that what is no number is outside, too.
  if not (column >= 1 and column <= self.w and row >= 1 and row <= self.h) then return nil end
  return (row - 1) * self.w + column
end

--- Puts a letter of series `s` (0: of none) at a column and a row from 1, over what is there.
function Canvas:put(column, row, letter, s)
  local i = cell(self, column, row)
  if i then self.letters[i], self.dots[i], self.owner[i] = letter, nil, s end
end

--- Puts a letter where nothing is yet.
function Canvas:under(column, row, letter, s)
  local i = cell(self, column, row)
  if i and not self.letters[i] and not self.dots[i] then self.letters[i], self.owner[i] = letter, s end
end

-- Bits of the dots of a braille character, by row and column.
local bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } }

--- Sets a dot; x from 0 to 2 w - 1, y from 0 (the top) to 4 h - 1.
function Canvas:dot(x, y, s)
  local i = cell(self, x // 2 + 1, y // 4 + 1)
  if not i then return end
  self.letters[i] = nil
  self.dots[i] = (self.dots[i] or 0) | bits[y % 4 + 1][x % 2 + 1]
  self.owner[i] = s
end

--- Puts a letter into all cells from one to another, as far as there are any.
function Canvas:fill(left, right, top, bottom, letter, s)
  for row = math.max(top, 1), math.min(bottom, self.h) do
    for column = math.max(left, 1), math.min(right, self.w) do self:put(column, row, letter, s) end
  end
end

-- The part of a straight line between two ends that lies in `least` … right, `least` … bottom; nothing where none does
-- (Liang and Barsky, 1984).
local function clipped(x0, y0, x1, y1, least, right, bottom)
  -- Whole numbers may wrap around, and infinite ones have no slope.
  local function near(v) return math.max(-1e12, math.min(1e12, v)) + 0.0 end
  x0, y0, x1, y1 = near(x0), near(y0), near(x1), near(y1)
  local from, to = 0, 1
  for _, side in ipairs { { x0, x1 - x0, right }, { y0, y1 - y0, bottom } } do
    local start, way, most = table.unpack(side)
    if way == 0 then
      if not (start >= least and start <= most) then return nil end
    else
      local one, other = (least - start) / way, (most - start) / way
      from, to = math.max(from, math.min(one, other)), math.min(to, math.max(one, other))
    end
  end
  if from > to then return nil end
  return x0 + (x1 - x0) * from, y0 + (y1 - y0) * from, x0 + (x1 - x0) * to, y0 + (y1 - y0) * to
end

-- Calls visit(x, y) for every `stride`-th place of the longer way of a straight line, or of the way across alone where
-- `level`.
local function walk(x0, y0, x1, y1, stride, level, visit)
  if not x0 then return end
  local steps = math.max(math.abs(x1 - x0), level and 0 or math.abs(y1 - y0), 1)
  for k = 0, steps, stride do
    visit(math.floor(x0 + (x1 - x0) * k / steps + 0.5), math.floor(y0 + (y1 - y0) * k / steps + 0.5))
  end
end

--- Dots along a straight line, or every `stride`-th of them.
function Canvas:segment(x0, y0, x1, y1, s, stride)
  x0, y0, x1, y1 = clipped(x0, y0, x1, y1, 0, 2 * self.w - 1, 4 * self.h - 1)
  walk(x0, y0, x1, y1, stride or 1, false, function(x, y) self:dot(x, y, s) end)
end

--- A letter for each column of a straight line from cell to cell, over what is there; where `loose`, for each cell of it
--- in which nothing is yet.
function Canvas:line(column0, row0, column1, row1, letter, s, loose)
  column0, row0, column1, row1 = clipped(column0, row0, column1, row1, 1, self.w, self.h)
  walk(column0, row0, column1, row1, 1, not loose, function(column, row)
    if loose then self:under(column, row, letter, s) else self:put(column, row, letter, s) end
  end)
end

--- A text in the colour of a series.
function M.coloured(text, s, colour)
  if not colour or not style.terminal[s] then return text end
  return "\27[38;5;" .. style.terminal[s] .. "m" .. text .. "\27[0m"
end

--- The rows as texts, in colour where `colour` says so.
function Canvas:rows(colour)
  local out = {}
  for row = 1, self.h do
    local parts, run, owner = {}, {}, nil
    local function flush()
      if #run > 0 then parts[#parts + 1] = M.coloured(table.concat(run), owner, colour) end
      run = {}
    end
    for column = 1, self.w do
      local i = cell(self, column, row)
      local letter = self.dots[i] and utf8.char(0x2800 + self.dots[i]) or self.letters[i] or " "
      if self.owner[i] ~= owner then
        flush()
        owner = self.owner[i]
      end
      run[#run + 1] = letter
    end
    flush()
    out[row] = table.concat(parts)
  end
  return out
end

return M
