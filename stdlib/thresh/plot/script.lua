-- SPDX-License-Identifier: Apache-2.0
-- Figures as gnuplot's commands and data.

local kinds = require "thresh.plot.kinds"
local strings = require "thresh.plot.strings"
local style = require "thresh.plot.style"

local M = {}

local dash, fitted, number, quoted = strings.dash, strings.fitted, strings.number, strings.quoted

-- The script that grows: commands, blocks of data, and what the next `plot` draws.
local Script = {}
Script.__index = Script

function Script:add(...) self.commands[#self.commands + 1] = string.format(...) end

-- A block of rows of numbers; returns how `plot` names it.
function Script:block(label, rows)
  local lines = { "# " .. strings.clean(label) }
  for _, row in ipairs(rows) do
    local cells = {}
    for i, v in ipairs(row) do cells[i] = type(v) == "string" and v or number(v) end
    lines[#lines + 1] = table.concat(cells, " ")
  end
  self.blocks[#self.blocks + 1] = table.concat(lines, "\n") .. "\n"
  return string.format("%s index %d", self.file, #self.blocks - 1)
end

function Script:draw(...) self.drawn[#self.drawn + 1] = string.format(...) end

function Script:plot()
  self:add("plot %s", table.concat(self.drawn, ", \\\n     "))
  self.drawn = {}
end

-- The lines that a legend below a field of `width` pixels takes; characters are some 7 pixels wide.
local function legend_lines(figure, width)
  local count, widest = 0, 0
  for _, s in ipairs(figure.legend and figure.series or {}) do
    if s.label ~= "" then
      count, widest = count + 1, math.max(widest, utf8.len(fitted(s.label, figure.size[1] - 170)))
    end
  end
  local beside = math.max(1, (width - 90) // (widest * 7.5 + 70))
  return math.ceil(count / beside)
end

-- What axes, titles and legend look like.
local function common(self, figure, width)
  self:add "set border 3 linecolor rgb '#444444' linewidth 1"
  self:add "set tics nomirror out scale 0.6"
  self:add "set grid back linecolor rgb '#dddddd' linewidth 0.7 linetype 1"
  -- Below the field, where it hides no data.
  self:add "set key outside bottom center horizontal Left reverse samplen 2.6 spacing 1.15 width 1"
  -- Not the blank for a sign that is gnuplot's own.
  self:add "set format '%%g'"
  if figure.title ~= "" then self:add("set title %s offset 0,-0.4", quoted(fitted(figure.title, width - 60))) end
  if figure.x_label ~= "" then self:add("set xlabel %s offset 0,0.4", quoted(fitted(figure.x_label, width - 100))) end
  if figure.y_label ~= "" then self:add("set ylabel %s", quoted(fitted(figure.y_label, figure.size[2] - 100))) end
  local lines = legend_lines(figure, width)
  if lines == 0 then
    self:add "unset key"
  else
    -- Of its own accord gnuplot lets the legend touch the label of the axis.
    self:add("set bmargin %.2f", (figure.x_label ~= "" and 3.6 or 2.4) + 1.3 * lines)
  end
  for _, axis in ipairs { "x", "y" } do
    if figure["log_" .. axis] then
      self:add("set logscale %s 10", axis)
      self:add("set m%stics 10", axis)
    end
    local range = figure[axis .. "_range"]
    if range then self:add("set %srange [%s:%s]", axis, number(range[1]), number(range[2])) end
  end
end

local function panel(self, figure, width)
  common(self, figure, width)
  kinds.draw[figure.kind](self, figure, width)
  self:plot()
end

-- The labels of a figure's legend, as one text.
local function legend_of(figure)
  local labels = {}
  for i, s in ipairs(figure.series or {}) do labels[i] = s.label .. "\0" .. (s.style or figure.kind) end
  return table.concat(labels, "\1")
end

-- Whether the panels have one legend, which then stands below all of them.
local function shared_legend(figures)
  if #figures < 2 or not figures[1].series or #figures[1].series == 0 then return false end
  for _, figure in ipairs(figures) do
    if not figure.legend or figure.kind ~= "xy" or legend_of(figure) ~= legend_of(figures[1]) then return false end
    for _, s in ipairs(figure.series) do if #s.points == 0 then return false end end
  end
  for _, s in ipairs(figures[1].series) do if s.label ~= "" then return true end end
  return false
end

local line_height, title_height = 21, 30

-- What a legend of several lines, and the figure itself, add to its height.
local function more_height(figure, width)
  return math.max(0, legend_lines(figure, width) - 1) * line_height + kinds.more_height(figure, width)
end

-- The height of a legend shared by all panels.
local function shared_height(figure, width)
  return shared_legend(figure.figures) and legend_lines(figure.figures[1], width) * line_height + 16 or 0
end

--- Width and height of a figure in pixels of 1/96 inch.
function M.size(figure)
  if figure.kind ~= "grid" then return figure.size[1], figure.size[2] + more_height(figure, figure.size[1]) end
  local columns = figure.columns
  local rows = math.ceil(#figure.figures / columns)
  local width, height = 0, 0
  for _, f in ipairs(figure.figures) do width, height = math.max(width, f.size[1]), math.max(height, f.size[2]) end
  -- Panels beside each other are drawn a little smaller than a figure alone.
  if columns > 1 then width, height = width * 3 // 4, height * 4 // 5 end
  if not shared_legend(figure.figures) then
    local more = 0
    for _, f in ipairs(figure.figures) do more = math.max(more, more_height(f, width)) end
    height = height + more
  end
  return width * columns, height * rows + shared_height(figure, width * columns)
    + (figure.title ~= "" and title_height or 0)
end

local function grid(self, figure)
  local width, height = M.size(figure)
  local columns, rows = figure.columns, math.ceil(#figure.figures / figure.columns)
  local shared = shared_legend(figure.figures)
  local below = shared_height(figure, width) / height
  local above = figure.title ~= "" and title_height / height or 0
  local w, h = 1 / columns, (1 - below - above) / rows
  self:add "set multiplot"
  if figure.title ~= "" then
    self:add("set label 1 %s at screen 0.5, screen %.4f center", quoted(fitted(figure.title, width - 60)), 1 - above / 2)
  end
  for i, f in ipairs(figure.figures) do
    local row, column = (i - 1) // columns, (i - 1) % columns
    if i > 1 then self:add "reset" end
    self:add("set origin %.4f,%.4f", column * w, 1 - above - (row + 1) * h)
    self:add("set size %.4f,%.4f", w, h)
    local legend = f.legend
    if shared then f.legend = false end
    panel(self, f, width / columns)
    f.legend = legend
  end
  if shared then
    self:add "reset"
    self:add "set origin 0,0"
    self:add("set size 1,%.4f", below)
    self:add "unset border"
    self:add "unset tics"
    self:add "set margins 0,0,0,0"
    self:add "set xrange [0:1]"
    self:add "set yrange [0:1]"
    self:add "set key inside center center horizontal Left reverse samplen 2.6 width 1"
    for i, s in ipairs(figure.figures[1].series) do
      if s.label ~= "" then
        local only_points = s.style == "points" or s.style == "dots"
        self:draw("NaN with %s linecolor rgb '%s' linewidth 1.8%s%s title %s",
          only_points and "points" or s.style == "steps" and "lines" or "linespoints", style.colours[i],
          only_points and "" or s.style == "both" and " dashtype (2,3)" or dash(i),
          s.style == "steps" and "" or string.format(" pointtype %d", style.points[i]), quoted(fitted(s.label, figure.figures[1].size[1] - 170)))
      end
    end
    self:plot()
  end
  self:add "unset multiplot"
end

--- The commands and the data that draw a figure as `name`.`ending` on gnuplot's `terminal`.
function M.text(figure, name, ending, terminal)
  local self = setmetatable({
    commands = {}, blocks = {}, drawn = {}, width = M.size(figure), file = quoted("./" .. name .. ".dat"),
  }, Script)
  self:add("# Written by Thresh. gnuplot draws %s.%s of this and %s.dat.", strings.clean(name), ending, strings.clean(name))
  self:add "set encoding utf8"
  -- Not by add: it is no format.
  self.commands[#self.commands + 1] = "set terminal " .. terminal
  self:add("set output %s", quoted("./" .. name .. "." .. ending))
  if figure.kind == "grid" then grid(self, figure) else panel(self, figure, figure.size[1]) end
  self:add "unset output"
  return table.concat(self.commands, "\n") .. "\n", table.concat(self.blocks, "\n\n")
end

return M
