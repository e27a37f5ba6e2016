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
  if column < 1 or column > self.w or row < 1 or row > self.h then return nil end
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

--- Dots along a straight line.
function Canvas:segment(x0, y0, x1, y1, s)
  local steps = math.max(math.abs(x1 - x0), math.abs(y1 - y0), 1)
  for k = 0, steps do
    self:dot(math.floor(x0 + (x1 - x0) * k / steps + 0.5), math.floor(y0 + (y1 - y0) * k / steps + 0.5), s)
  end
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
