-- SPDX-License-Identifier: Apache-2.0
-- A figure: text by tostring, a file by save; and several of them as one.

local gnuplot = require "thresh.plot.gnuplot"
local options = require "thresh.options"
local terminal = require "thresh.plot.terminal"
local text = require "thresh.plot.text"

local M = {}

local Figure = { __name = "Figure" }
Figure.__index = Figure
local Grid = { __name = "FigureGrid" }
Grid.__index = Grid

--- A figure of one field, of what thresh.plot has checked.
function M.new(fields) return setmetatable(fields, Figure) end

--- Whether a value is a figure, or several as one.
function M.is(value)
  local meta = getmetatable(value)
  return meta ~= nil and (meta == Figure or meta == Grid or type(meta) == "table" and rawget(meta, "is_figure") == true)
end

--- Whether a value is a figure of one field.
function M.is_single(value) return getmetatable(value) == Figure end

local function check(self, what)
  if not M.is(self) then
    error(string.format("plot: %s is a method of figures, got %s; write figure:%s(…)", what, options.shown(self), what), 3)
  end
end

-- The lines as one text, without blanks at their ends.
local function joined(lines)
  local out = {}
  for i, line in ipairs(lines) do out[i] = line:gsub("%s+$", "") end
  return table.concat(out, "\n")
end

-- width: characters; colour: whether in colours. What is not given is the terminal's.
local function how(self, given)
  check(self, "text")
  local o = options.check("plot: text", given, {
    width = { "integer", from = 16, to = 1000 }, colour = { "boolean" },
  }, 3)
  if o.colour == nil then o.colour = terminal.has_colours() end
  return o.width or math.max(16, terminal.width()), o.colour
end

function Figure:text(given)
  local width, colour = how(self, given)
  return joined(text.lines(self, width, colour))
end

function Figure:save(path)
  check(self, "save")
  return gnuplot.save(self, path, 2)
end

function Figure:source(ending)
  check(self, "source")
  ending = options.choice("plot: source", "the kind", ending or "svg", { "svg", "png", "pdf" }, 2)
  return gnuplot.source(self, "figure", ending)
end

Figure.__tostring = function(self) return self:text() end

-- Blocks of lines beside each other, three blanks between.
local function beside(blocks)
  local out, height = {}, 0
  for _, block in ipairs(blocks) do height = math.max(height, #block) end
  for i = 1, height do
    local cells = {}
    for k, block in ipairs(blocks) do
      cells[k] = block[i] or string.rep(" ", terminal.length(block[1]))
    end
    out[i] = table.concat(cells, "   ")
  end
  return out
end

--- Several figures as one, `columns` in a row.
function M.grid(figures, columns, title)
  return setmetatable({
    kind = "grid", figures = figures, columns = math.max(1, math.min(columns, #figures)), title = title,
  }, Grid)
end

-- As many panels in a row as are wanted and fit.
local function grid_lines(self, width, colour)
  local columns = math.max(1, math.min(self.columns, width // 34))
  local each = (width - 3 * (columns - 1)) // columns
  local out = {}
  if self.title ~= "" then out[1] = self.title end
  for first = 1, #self.figures, columns do
    local blocks = {}
    for i = first, math.min(first + columns - 1, #self.figures) do
      blocks[#blocks + 1] = text.lines(self.figures[i], each, colour)
    end
    if #out > 0 then out[#out + 1] = "" end
    for _, line in ipairs(beside(blocks)) do out[#out + 1] = line end
  end
  return out
end

function Grid:text(given)
  local width, colour = how(self, given)
  return joined(grid_lines(self, width, colour))
end

Grid.save, Grid.source, Grid.__tostring = Figure.save, Figure.source, Figure.__tostring

return M
