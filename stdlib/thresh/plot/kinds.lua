-- SPDX-License-Identifier: Apache-2.0
-- What each kind of figure is to gnuplot: the commands and blocks of data it adds to a script.

local axes = require "thresh.plot.axis"
local data = require "thresh.plot.data"
local strings = require "thresh.plot.strings"
local style = require "thresh.plot.style"
local text = require "thresh.plot.text"

local M = {}

local dash, fitted, number, rounded = strings.dash, strings.fitted, strings.number, strings.rounded
local quoted, tick_quoted = strings.quoted, strings.tick_quoted

-- What is larger gnuplot takes for undefined.
local largest = 8e307

local function titled(s, figure)
  return figure.legend and s.label ~= "" and "title " .. quoted(fitted(s.label, figure.size[1] - 170)) or "notitle"
end

-- Straight lines from end to end of the field; where bars lie the axes are exchanged.
local function lines_across(self, figure, lying)
  local x_lines, y_lines = figure.x_lines, figure.y_lines
  if lying then x_lines, y_lines = y_lines, x_lines end
  for _, v in ipairs(x_lines) do
    self:add("set arrow from first %s, graph 0 to first %s, graph 1 nohead back linecolor rgb '#777777' linewidth 1 dashtype (4,3)",
      number(v), number(v))
  end
  for _, v in ipairs(y_lines) do
    self:add("set arrow from graph 0, first %s to graph 1, first %s nohead back linecolor rgb '#777777' linewidth 1 dashtype (4,3)",
      number(v), number(v))
  end
end

--- By kind of figure: adds it to a script, in a field of `width` pixels.
local draw = {}
M.draw = draw

-- Room around what is drawn, so that marks and the ends of intervals are not on the border; by axis, where it ends.
local function ranges(self, figure)
  local x0, x1, y0, y1 = text.bounds(figure)
  local ends = { x = figure.x_range or { x0, x1 }, y = figure.y_range or { y0, y1 } }
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
        ends[name] = { low, high }
      end
    end
    -- Of its own accord gnuplot labels powers of ten alone.
    local range = figure[name .. "_range"] or low and { low, high }
    if figure["log_" .. name] and range and range[2] / range[1] < 100 then
      local ticks = {}
      for i, v in ipairs(axes.log_ticks(range[1], range[2], 6)) do ticks[i] = rounded(v) end
      if #ticks > 0 then self:add("set %stics add (%s)", name, table.concat(ticks, ", ")) end
    end
  end
  return ends
end

-- A field that says that there is nothing to draw.
local function nothing(self)
  self:add "unset logscale"
  self:add "set xrange [0:1]"
  self:add "set yrange [0:1]"
  self:add "set label 'no finite points' at graph 0.5, graph 0.5 center"
  self:draw "1/0 notitle"
end

-- An end of an interval as far as its axis goes, from ends[1] to ends[2].
local function ended(v, ends, log) return axes.ended(v, ends[1], ends[2], log) end

-- Intervals from end to end with a stroke across each; gnuplot's own error bars wipe out what is below
-- their middle.
local function interval(self, source, using, colour)
  self:draw("%s using %s with vectors heads size screen %.4f,90 nofilled linecolor rgb '%s' linewidth 1.2 notitle", source,
    using, 3.2 / self.width, colour)
end

function draw.xy(self, figure)
  local ends = ranges(self, figure)
  lines_across(self, figure)
  local sources, any = {}, false
  for i, s in ipairs(figure.series) do
    local rows = {}
    for _, p in ipairs(s.points) do
      local there = math.abs(p[1]) < largest and math.abs(p[2]) < largest
      if there and not (figure.log_x and p[1] <= 0) and not (figure.log_y and p[2] <= 0) then
        rows[#rows + 1] = {
          p[1], p[2], ended(p.low or p[2], ends.y, figure.log_y), ended(p.high or p[2], ends.y, figure.log_y),
          ended(p.x_low or p[1], ends.x, figure.log_x), ended(p.x_high or p[1], ends.x, figure.log_x),
        }
      end
    end
    any = any or #rows > 0
    sources[i] = #rows > 0 and self:block((s.label ~= "" and s.label or "series " .. i)
      .. ": x, y, low, high, x low, x high", rows)
  end
  if not any then nothing(self) end
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
    -- A series without points is in the legend all the same.
    local points = sources[i] and sources[i] .. " using 1:2" or "NaN"
    if s.style == "points" then
      self:draw("%s with points linecolor rgb '%s' pointtype %d pointsize 1.1 %s", points, colour, style.points[i],
        titled(s, figure))
    elseif s.style == "dots" then
      self:draw("%s with points linecolor rgb '%s' pointtype 7 pointsize 0.3 %s", points, colour, titled(s, figure))
    elseif s.style == "both" then
      self:draw("%s with linespoints linecolor rgb '%s' linewidth 1.2 dashtype (2,3) pointtype %d pointsize 1.1 %s",
        points, colour, style.points[i], titled(s, figure))
    elseif s.style == "steps" then
      self:draw("%s with steps linecolor rgb '%s' linewidth 1.8%s %s", points, colour, dash(i), titled(s, figure))
    else
      -- Marks tell lines apart in grey; of many points only some carry one, of each line others.
      local every = math.max(1, #s.points // 8)
      local marks = (#figure.series > 1 or #s.points == 1)
        and string.format(" pointtype %d pointsize 0.9 pointinterval %d", style.points[i], every) or ""
      self:draw("%s with %s linecolor rgb '%s' linewidth 1.8%s%s %s", points, marks == "" and "lines" or "linespoints",
        colour, dash(i), marks, titled(s, figure))
    end
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
      for _, amount in ipairs { v, s.low and s.low[k] or v, s.high and s.high[k] or v } do
        if data.finite(amount) and data.finite(v) and (not figure.log_y or v > 0 and amount > 0) then
          lowest, highest = math.min(lowest, amount), math.max(highest, amount)
        end
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
  lines_across(self, figure, lying)
  local each, from, ends = 0.8 / m, figure.log_y and lowest or 0, { lowest, highest }
  for i, s in ipairs(figure.series) do
    local rows = {}
    for k, v in ipairs(s.values) do
      local x = k + (i - (m + 1) / 2) * each
      local low, high = s.low and s.low[k] or v, s.high and s.high[k] or v
      rows[k] = { x, v, ended(low, ends, figure.log_y), ended(high, ends, figure.log_y) }
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
      -- The lightness of the palette there decides the colour of the number on it.
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

--- What a figure takes in height beyond its size: bars that lie grow with their number.
function M.more_height(figure, width)
  if figure.kind ~= "bars" or not lies(figure, width) then return 0 end
  return math.max(0, lying_height(figure) - figure.size[2])
end

return M
