-- SPDX-License-Identifier: Apache-2.0
-- Figures as gnuplot's commands and data.

local data = require "thresh.plot.data"
local style = require "thresh.plot.style"

local M = {}

-- Between single quotes nothing is special to gnuplot but the quote itself, which it does not read everywhere
-- when it is doubled; texts with that or anything else that has a meaning somewhere are written in octal.
local function quoted(text)
  text = data.text(text)
  if not text:find "[\"'\\`$@{}#!]" then return "'" .. text .. "'" end
  return '"' .. text:gsub("[\"'\\`$@{}#!]", function(c) return string.format("\\%03o", c:byte()) end) .. '"'
end

-- A text cut off to fit into some pixels; a letter takes 7 of them on average.
local function fitted(text, pixels)
  local most = math.max(4, math.floor(pixels / 7))
  text = data.text(text)
  if utf8.len(text) <= most then return text end
  return text:sub(1, utf8.offset(text, most) - 1) .. "…"
end

-- Texts of ticks are formats of numbers.
local function tick_quoted(text) return quoted((text:gsub("%%", "%%%%"))) end

local function number(v)
  if v ~= v then return "NaN" end
  if math.type(v) == "integer" then return string.format("%d", v) end
  for digits = 6, 17 do
    local text = string.format("%." .. digits .. "g", v)
    if tonumber(text) == v then return text end
  end
  return v > 0 and "1e308" or "-1e308"
end

-- A number that need not be exact: where an axis ends, how wide a bar is.
local function rounded(v) return string.format("%.12g", v) end

local function dash(i)
  local lengths = style.dashes[i]
  return lengths and " dashtype (" .. table.concat(lengths, ",") .. ")" or ""
end

-- What is larger gnuplot takes for undefined.
local largest = 8e307

-- The script that grows: commands, blocks of data, and what the next `plot` draws.
local Script = {}
Script.__index = Script

function Script:add(...) self.commands[#self.commands + 1] = string.format(...) end

-- A block of rows of numbers; returns how `plot` names it.
function Script:block(label, rows)
  local lines = { "# " .. data.text(label) }
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

local function titled(s, figure)
  return figure.legend and s.label ~= "" and "title " .. quoted(fitted(s.label, figure.size[1] - 170)) or "notitle"
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

-- Straight lines from end to end of the field.
local function lines_across(self, figure)
  for _, v in ipairs(figure.x_lines) do
    self:add("set arrow from first %s, graph 0 to first %s, graph 1 nohead back linecolor rgb '#777777' linewidth 1 dashtype (4,3)",
      number(v), number(v))
  end
  for _, v in ipairs(figure.y_lines) do
    self:add("set arrow from graph 0, first %s to graph 1, first %s nohead back linecolor rgb '#777777' linewidth 1 dashtype (4,3)",
      number(v), number(v))
  end
end

local draw = {}

-- Room around what is drawn, so that marks and the ends of intervals are not on the border.
local function ranges(self, figure)
  local x0, x1, y0, y1 = require("thresh.plot.text").bounds(figure)
  local all = true
  for _, s in ipairs(figure.series) do all = all and (s.style == "line" or s.style == "steps") end
  for _, axis in ipairs { { "x", x0, x1, all and 0.01 or 0.04 }, { "y", y0, y1, 0.04 } } do
    local name, low, high, room = table.unpack(axis)
    if low and not figure[name .. "_range"] then
      low, high = low + 0.0, high + 0.0
      if figure["log_" .. name] then
        local factor = low == high and 2 or (high / low) ^ room
        low, high = low / factor, high * factor
      else
        local extra = low == high and math.max(math.abs(low) * 0.1, low == 0 and 0.5 or 0) or (high - low) * room
        -- What is too near to be told apart is drawn as one.
        if high - low < math.abs(high) * 1e-10 then extra = math.abs(high) * 1e-3 end
        -- Of what is never negative, nothing below 0 is shown.
        local floor = low >= 0 and low - extra < 0 and 0 or low - extra
        low, high = name == "y" and floor or low - extra, high + extra
      end
      if data.finite(low) and data.finite(high) and low < high then
        self:add("set %srange [%s:%s]", name, rounded(low), rounded(high))
      end
    end
  end
end

-- A field that says that there is nothing to draw.
local function nothing(self)
  self:add "unset logscale"
  self:add "set xrange [0:1]"
  self:add "set yrange [0:1]"
  self:add "set label 'no finite points' at graph 0.5, graph 0.5 center"
  self:draw "1/0 notitle"
end

-- Intervals from end to end with a stroke across each; gnuplot's own error bars wipe out what is below
-- their middle.
local function interval(self, source, using, colour)
  self:draw("%s using %s with vectors heads size screen %.4f,90 nofilled linecolor rgb '%s' linewidth 1.2 notitle", source,
    using, 3.2 / self.width, colour)
end

function draw.xy(self, figure)
  ranges(self, figure)
  lines_across(self, figure)
  local sources, any = {}, false
  local x0, _, y0 = require("thresh.plot.text").bounds(figure)
  -- On a log axis what is not above 0 has no place; an interval that gets there ends with what is shown.
  local function bound(v, log, least) return log and v <= 0 and least or v end
  for i, s in ipairs(figure.series) do
    local rows = {}
    for _, p in ipairs(s.points) do
      local there = math.abs(p[1]) < largest and math.abs(p[2]) < largest
      if there and not (figure.log_x and p[1] <= 0) and not (figure.log_y and p[2] <= 0) then
        rows[#rows + 1] = {
          p[1], p[2], bound(p.low or p[2], figure.log_y, y0), bound(p.high or p[2], figure.log_y, y0),
          bound(p.x_low or p[1], figure.log_x, x0), bound(p.x_high or p[1], figure.log_x, x0),
        }
      end
    end
    any = any or #rows > 0
    sources[i] = #rows > 0 and self:block((s.label ~= "" and s.label or "series " .. i)
      .. ": x, y, low, high, x low, x high", rows)
  end
  if not any then return nothing(self) end
  for i, s in ipairs(figure.series) do
    if sources[i] and s.over_y and s.intervals == "band" then
      self:draw("%s using 1:3:4 with filledcurves linecolor rgb '%s' fillstyle transparent solid 0.18 noborder notitle",
        sources[i], style.colours[i])
    end
  end
  for i, s in ipairs(figure.series) do
    if sources[i] and s.over_y and s.intervals == "bars" then interval(self, sources[i], "1:3:(0):($4-$3)", style.colours[i]) end
    if sources[i] and s.over_x then interval(self, sources[i], "5:2:($6-$5):(0)", style.colours[i]) end
  end
  for i, s in ipairs(figure.series) do
    local colour = style.colours[i]
    if not sources[i] then goto next end
    if s.style == "points" then
      self:draw("%s using 1:2 with points linecolor rgb '%s' pointtype %d pointsize 1.1 %s", sources[i], colour,
        style.points[i], titled(s, figure))
    elseif s.style == "dots" then
      self:draw("%s using 1:2 with points linecolor rgb '%s' pointtype 7 pointsize 0.3 %s", sources[i], colour,
        titled(s, figure))
    elseif s.style == "both" then
      self:draw("%s using 1:2 with linespoints linecolor rgb '%s' linewidth 1.2 dashtype (2,3) pointtype %d pointsize 1.1 %s",
        sources[i], colour, style.points[i], titled(s, figure))
    elseif s.style == "steps" then
      self:draw("%s using 1:2 with steps linecolor rgb '%s' linewidth 1.8%s %s", sources[i], colour, dash(i),
        titled(s, figure))
    else
      -- Marks tell lines apart in grey; of many points only some carry one, of each line others.
      local every = math.max(1, #s.points // 8)
      local marks = (#figure.series > 1 or #s.points == 1)
        and string.format(" pointtype %d pointsize 0.9 pointinterval %d", style.points[i], every) or ""
      self:draw("%s using 1:2 with %s linecolor rgb '%s' linewidth 1.8%s%s %s", sources[i],
        marks == "" and "lines" or "linespoints", colour, dash(i), marks, titled(s, figure))
    end
    ::next::
  end
end

-- Names along an axis, each cut off to some pixels.
local function names(self, axis, list, room)
  local parts = {}
  for i, name in ipairs(list) do parts[i] = string.format("%s %d", tick_quoted(fitted(name, room)), i) end
  if #parts > 0 then self:add("set %stics (%s) scale 0", axis, table.concat(parts, ", ")) end
end

-- Whether bars lie, since their names would touch each other below standing ones.
local function lies(figure, width)
  if figure.horizontal ~= nil then return figure.horizontal end
  local widest = 0
  for _, name in ipairs(figure.categories) do widest = math.max(widest, utf8.len(name) or #name) end
  return (widest + 1) * 7.2 > (width - 90) / math.max(1, #figure.categories)
end

-- What lying bars take in height.
local function lying_height(figure)
  return 110 + #figure.categories * math.max(24, #figure.series * 15 + 8)
end

function draw.bars(self, figure, width)
  local n, m, lowest, highest = #figure.categories, #figure.series, math.huge, -math.huge
  for _, s in ipairs(figure.series) do
    for k, v in ipairs(s.values) do
      if data.finite(v) and (not figure.log_y or v > 0) then
        lowest = math.min(lowest, v, s.low and (not figure.log_y or s.low[k] > 0) and s.low[k] or v)
        highest = math.max(highest, v, s.high and s.high[k] or v)
      end
    end
  end
  if lowest > highest then return nothing(self) end
  local lying = lies(figure, width)
  -- The axis of the names and that of the amounts.
  local across, along = "x", "y"
  if lying then across, along = "y", "x" end
  self:add("set %srange [%s:%s]", across, rounded(lying and n + 0.6 or 0.4), rounded(lying and 0.4 or n + 0.6))
  if lying then
    self:add("set xlabel %s offset 0,0.4", quoted(fitted(figure.y_label, width - 100)))
    self:add("set ylabel %s", quoted(fitted(figure.x_label, figure.size[2] - 100)))
    if figure.log_y then
      self:add "unset logscale"
      self:add "set logscale x 10"
    end
  end
  if figure.y_range then
    lowest, highest = figure.y_range[1], figure.y_range[2]
  elseif figure.log_y then
    lowest, highest = 10.0 ^ math.floor(math.log(lowest, 10) - 0.1), highest * 1.3
  else
    lowest, highest = math.min(0, lowest * 1.06), math.max(0, highest * 1.06)
    if lowest == highest then highest = 1 end
  end
  self:add("set %srange [%s:%s]", along, rounded(lowest), rounded(highest))
  self:add("set grid no%stics %stics", across, along)
  names(self, across, figure.categories, lying and width * 0.4 or (width - 90) / math.max(1, n))
  if not figure.log_y and lowest < 0 then
    self:add("set %szeroaxis linetype 1 linecolor rgb '#444444' linewidth 1", across)
  end
  lines_across(self, figure)
  local each, from = 0.8 / m, figure.log_y and lowest or 0
  for i, s in ipairs(figure.series) do
    local rows = {}
    for k, v in ipairs(s.values) do
      local x = k + (i - (m + 1) / 2) * each
      rows[k] = { x, v, s.low and s.low[k] or v, s.high and s.high[k] or v }
    end
    local source = self:block((s.label ~= "" and s.label or "series " .. i) .. ": position, value, low, high", rows)
    local half = rounded(each * 0.45)
    local using = lying and string.format("2:1:(%s):2:($1-%s):($1+%s) with boxxyerror", rounded(from), half, half)
      or string.format("1:2:(%s) with boxes", rounded(each * 0.9))
    self:draw("%s using %s linecolor rgb '%s' fillstyle solid %s border linecolor rgb '%s' %s", source, using,
      style.colours[i], style.fills[i], style.colours[i], titled(s, figure))
    if s.low then
      interval(self, source, lying and "3:1:($4-$3):(0)" or "1:3:(0):($4-$3)", "#222222")
    end
  end
end

function draw.histogram(self, figure)
  local edges, highest = figure.edges, 0
  for _, s in ipairs(figure.series) do for _, c in ipairs(s.counts) do highest = math.max(highest, c) end end
  if not figure.x_range then self:add("set xrange [%s:%s]", number(edges[1]), number(edges[#edges])) end
  if not figure.y_range then
    self:add("set yrange [%s:%s]", figure.log_y and "0.5" or "0", rounded(math.max(1, highest) * (figure.log_y and 1.5 or 1.06)))
  end
  self:add "set grid noxtics ytics"
  lines_across(self, figure)
  for i, s in ipairs(figure.series) do
    local rows = {}
    for bin, count in ipairs(s.counts) do rows[bin] = { edges[bin], edges[bin + 1], count } end
    if #figure.series == 1 then
      local source = self:block("from, to, count", rows)
      self:draw("%s using (($1+$2)/2):3:($2-$1) with boxes linecolor rgb '%s' linewidth 0.8 fillstyle solid 0.75 border linecolor rgb '#ffffff' %s",
        source, style.colours[i], titled(s, figure))
    else
      rows[#rows + 1] = { edges[#edges], edges[#edges], s.counts[#s.counts] }
      local source = self:block((s.label ~= "" and s.label or "series " .. i) .. ": from, to, count", rows)
      self:draw("%s using 1:3 with fillsteps linecolor rgb '%s' fillstyle transparent solid 0.12 noborder notitle", source,
        style.colours[i])
      self:draw("%s using 1:3 with steps linecolor rgb '%s' linewidth 1.8%s %s", source, style.colours[i], dash(i),
        titled(s, figure))
    end
  end
end

-- The lightness of the palette at a share of the range decides the colour of the number on it.
local function palette()
  local parts = {}
  for i, colour in ipairs(style.ramp) do parts[i] = string.format("%d '%s'", i - 1, colour) end
  return table.concat(parts, ", ")
end

function draw.heatmap(self, figure, width)
  local rows, columns = #figure.values, #figure.values[1]
  local cells, dark, light = {}, {}, {}
  for i, line in ipairs(figure.values) do
    for k, v in ipairs(line) do
      cells[#cells + 1] = { k, i, v }
      local where = (v - figure.low) / (figure.high - figure.low) < 0.55 and dark or light
      if v == v then where[#where + 1] = { k, i, string.format("%.3g", v) } end
    end
  end
  self:add("set palette defined (%s)", palette())
  self:add("set cbrange [%s:%s]", number(figure.low), number(figure.high))
  self:add "unset grid"
  self:add "unset border"
  self:add("set xrange [0.5:%s]", number(columns + 0.5))
  self:add("set yrange [%s:0.5]", number(rows + 0.5))
  self:add "set xtics scale 0"
  self:add "set ytics scale 0"
  names(self, "x", figure.columns, (width - 210) / columns)
  names(self, "y", figure.rows, width * 0.3)
  local source = self:block("column, row, value", cells)
  -- As rectangles: in an SVG a picture would be a file of its own.
  if rows > 1 and columns > 1 then
    self:draw("%s using 1:2:3 with image pixels notitle", source)
  else
    -- A picture has at least two rows and columns.
    self:draw("%s using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fillstyle solid noborder linecolor palette notitle",
      source)
  end
  -- As large as the cells let them be.
  local longest = 1
  for _, part in ipairs { dark, light } do
    for _, row in ipairs(part) do longest = math.max(longest, #row[3]) end
  end
  local beside = 0
  for _, name in ipairs(figure.rows) do beside = math.max(beside, 7 * utf8.len(fitted(name, width * 0.3))) end
  local points = math.min(12, math.floor((width - 190 - beside) / columns / (longest + 1) * 1.4))
  if figure.numbers and points >= 5 then
    for _, part in ipairs { { dark, "#ffffff" }, { light, "#010101" } } do
      if #part[1] > 0 then
        self:draw("%s using 1:2:3 with labels font ',%d' textcolor rgb '%s' notitle",
          self:block("column, row, text", part[1]), points, part[2])
      end
    end
  end
end

local function panel(self, figure, width)
  common(self, figure, width)
  draw[figure.kind](self, figure, width)
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

-- What a legend of several lines adds to the height of a figure.
local function more_height(figure, width)
  local more = math.max(0, legend_lines(figure, width) - 1) * line_height
  if figure.kind == "bars" and lies(figure, width) then
    more = more + math.max(0, lying_height(figure) - figure.size[2])
  end
  return more
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
  self:add("# Written by Thresh. gnuplot draws %s.%s of this and %s.dat.", data.text(name), ending, data.text(name))
  self:add "set encoding utf8"
  -- Not by add: it is no format.
  self.commands[#self.commands + 1] = "set terminal " .. terminal
  self:add("set output %s", quoted("./" .. name .. "." .. ending))
  if figure.kind == "grid" then grid(self, figure) else panel(self, figure, figure.size[1]) end
  self:add "unset output"
  return table.concat(self.commands, "\n") .. "\n", table.concat(self.blocks, "\n\n")
end

return M
