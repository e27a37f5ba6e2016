-- SPDX-License-Identifier: Apache-2.0
-- Figures in characters: charts over numbers as braille or marks, histograms and bars as blocks, heat
-- maps as shades.

local Axis = require "thresh.plot.axis"
local canvas = require "thresh.plot.canvas"
local data = require "thresh.plot.data"
local options = require "thresh.options"
local style = require "thresh.plot.style"
local terminal = require "thresh.plot.terminal"

local M = {}

local length, fit = terminal.length, terminal.fit

-- Eighths of a character's height, and of its width.
local upward = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
local rightward = { "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" }

-- The least and the most of what `visit(note)` notes; nothing without any, or on a log axis none above 0.
local function bounds(log, visit)
  local low, high = math.huge, -math.huge
  visit(function(v)
    if v and data.finite(v) and (not log or v > 0) then low, high = math.min(low, v), math.max(high, v) end
  end)
  if low <= high then return low, high end
end

--- The bounds of the series of a chart in x and in y, intervals and lines across included.
function M.bounds(figure)
  local x0, x1 = bounds(figure.log_x, function(note)
    for _, s in ipairs(figure.series) do
      for _, p in ipairs(s.points) do
        note(p[1])
        note(p.x_low)
        note(p.x_high)
      end
    end
    for _, v in ipairs(figure.x_lines) do note(v) end
  end)
  local y0, y1 = bounds(figure.log_y, function(note)
    for _, s in ipairs(figure.series) do
      for _, p in ipairs(s.points) do
        note(p[2])
        note(p.low)
        note(p.high)
      end
    end
    for _, v in ipairs(figure.y_lines) do note(v) end
  end)
  return x0, x1, y0, y1
end

-- The lines of the legend: marks and labels beside each other as far as they fit.
local function legend(figure, width, colour, mark)
  local out, line = {}, nil
  if not figure.legend then return out end
  for i, s in ipairs(figure.series) do
    if s.label ~= "" then
      local room = line and length(line) + 3 + 2 + length(s.label) <= width
      -- Cut here: a line with colours is not.
      local item = canvas.coloured(mark(i), i, colour) .. " " .. fit(s.label, math.min(length(s.label), width - 2))
      if line and room then
        line = line .. "   " .. item
      else
        out[#out + 1], line = line, item
      end
    end
  end
  out[#out + 1] = line
  return out
end

-- A field of rows with its title above, a scale on the left and below, and a legend; all lines of one width.
-- o: rows, ya and xa the axes, colour, mark(i).
local function frame(figure, w, h, o)
  local margin, labels, off = 0, {}, {}
  for _, v in ipairs(o.ya.ticks) do
    local at = o.ya:at(v)
    if at >= -1e-9 and at <= 1 + 1e-9 then
      local exact = (h - 1) * at
      local row = h - math.floor(exact + 0.5)
      local distance = math.abs(h - row - exact)
      -- Of two ticks in one row, the one that belongs there.
      if not off[row] or distance < off[row] then labels[row], off[row] = o.ya:label(v), distance end
      margin = math.max(margin, #labels[row])
    end
  end
  local out, width = {}, margin + 2 + w
  local function add(line) out[#out + 1] = fit(line, width) end
  if figure.title ~= "" then add(string.rep(" ", margin + 2) .. fit(figure.title, w)) end
  if figure.y_label ~= "" then add(string.rep(" ", margin + 1) .. fit(figure.y_label, w)) end
  for row = 1, h do
    local tick = labels[row]
    out[#out + 1] = string.rep(" ", margin - #(tick or "")) .. (tick or "") .. (tick and " ┤" or " │") .. o.rows[row]
  end
  -- Ticks below, left out where their texts would touch.
  local rule, texts, free = {}, "", 0
  for column = 1, w do rule[column] = "─" end
  for _, v in ipairs(o.xa.ticks) do
    local at, text = o.xa:at(v), o.xa:label(v)
    if at >= -1e-9 and at <= 1 + 1e-9 then
      local column = 1 + math.floor((w - 1) * at + 0.5)
      local start = math.max(0, math.min(margin + 2 + column - 1 - #text // 2, width - #text))
      if start >= free then
        rule[column] = "┬"
        texts = fit(texts, start) .. text
        free = start + #text + 1
      end
    end
  end
  add(string.rep(" ", margin + 1) .. "└" .. table.concat(rule))
  add(texts)
  if figure.x_label ~= "" then
    local label = fit(figure.x_label, math.min(w, length(figure.x_label)))
    add(string.rep(" ", margin + 2 + (w - length(label)) // 2) .. label)
  end
  for _, line in ipairs(legend(figure, w, o.colour, o.mark)) do add(string.rep(" ", margin + 2) .. line) end
  return out
end

-- How many pieces the ticks cut an axis into.
local function across(w) return w < 20 and 1 or math.max(2, w // 12) end
local function up(h) return h < 5 and 1 or math.max(2, h // 3) end

local function nothing(figure, w, colour)
  local out = { fit(figure.title, w), fit("no finite points", w) }
  for _, line in ipairs(legend(figure, w, colour, function(i) return style.marks[i] end)) do out[#out + 1] = fit(line, w) end
  return out
end

-- The points that both axes can show, with their intervals as far as these go.
local function shown(s, xa, ya)
  local out = {}
  for _, p in ipairs(s.points) do
    if not (xa.log and p[1] <= 0) and not (ya.log and p[2] <= 0) then
      out[#out + 1] = {
        p[1], p[2], low = p.low and ya:ended(p.low), high = p.high and ya:ended(p.high),
        x_low = p.x_low and xa:ended(p.x_low), x_high = p.x_high and xa:ended(p.x_high),
      }
    end
  end
  return out
end

-- A chart of dots: two a character's width, four its height.
local function braille(field, figure, xa, ya)
  local w, h = 2 * field.w, 4 * field.h
  local function px(v) return math.floor((w - 1) * xa:at(v) + 0.5) end
  local function py(v) return math.floor((h - 1) * (1 - ya:at(v)) + 0.5) end
  for _, v in ipairs(figure.x_lines) do for y = 0, h - 1, 3 do field:dot(px(v), y, 0) end end
  for _, v in ipairs(figure.y_lines) do for x = 0, w - 1, 3 do field:dot(x, py(v), 0) end end
  for i, s in ipairs(figure.series) do
    local points, before = shown(s, xa, ya), nil
    for _, p in ipairs(points) do
      local x, y = px(p[1]), py(p[2])
      if p.low and s.intervals == "band" then
        -- Of a band, its edges in loose dots.
        for _, edge in ipairs { "low", "high" } do
          if before and before[edge] then field:segment(px(before[1]), py(before[edge]), x, py(p[edge]), i, 3) end
        end
      elseif p.low and s.intervals == "bars" then
        field:segment(x, py(p.low), x, py(p.high), i)
      end
      if p.x_low then field:segment(px(p.x_low), y, px(p.x_high), y, i) end
      if s.style == "steps" and before then
        field:segment(px(before[1]), py(before[2]), x, py(before[2]), i)
        field:segment(x, py(before[2]), x, y, i)
      elseif s.style ~= "points" and s.style ~= "dots" and before then
        field:segment(px(before[1]), py(before[2]), x, y, i)
      else
        field:dot(x, y, i)
      end
      before = p
    end
  end
end

-- A chart of one mark for each series, which needs no colour.
local function marked(field, figure, xa, ya)
  local w, h = field.w, field.h
  local function column_of(v) return 1 + math.floor((w - 1) * xa:at(v) + 0.5) end
  local function row_of(v) return h - math.floor((h - 1) * ya:at(v) + 0.5) end
  for i, s in ipairs(figure.series) do
    local points, mark, column0, row0 = shown(s, xa, ya), style.marks[i], nil, nil
    for _, p in ipairs(points) do
      local column, row = column_of(p[1]), row_of(p[2])
      if p.low and s.intervals == "bars" then field:fill(column, column, row_of(p.high), row_of(p.low), "│", i) end
      if p.x_low then field:fill(column_of(p.x_low), column_of(p.x_high), row, row, "─", i) end
    end
    for _, p in ipairs(points) do
      local column, row = column_of(p[1]), row_of(p[2])
      if column0 and s.style == "both" then
        field:line(column0, row0, column, row, "·", i, true)
      elseif column0 and s.style == "steps" then
        field:line(column0, row0, column, row0, mark, i)
        field:fill(column, column, math.min(row0, row), math.max(row0, row), mark, i)
      elseif column0 and s.style == "line" then
        field:line(column0, row0, column, row, mark, i)
      end
      column0, row0 = column, row
    end
    for _, p in ipairs(points) do field:put(column_of(p[1]), row_of(p[2]), mark, i) end
  end
  for _, v in ipairs(figure.x_lines) do for row = 1, h do field:under(column_of(v), row, "┊", 0) end end
  for _, v in ipairs(figure.y_lines) do for column = 1, w do field:under(column, row_of(v), "┈", 0) end end
end

local draw = {}

function draw.xy(figure, w, h, colour)
  local x0, x1, y0, y1 = M.bounds(figure)
  if not x0 or not y0 then return nothing(figure, w, colour) end
  local xa = Axis.new(x0, x1, across(w), { log = figure.log_x, range = figure.x_range })
  local ya = Axis.new(y0, y1, up(h), { log = figure.log_y, range = figure.y_range, round = true })
  local field = canvas.new(w, h)
  -- Dots say more, but without colours they cannot tell several series apart; a few points alone are not seen.
  local fine, lonely = colour or #figure.series == 1, false
  for _, s in ipairs(figure.series) do
    lonely = lonely or s.style == "points" or s.style == "both" or #s.points == 1
  end
  fine = fine and not lonely
  if fine then braille(field, figure, xa, ya) else marked(field, figure, xa, ya) end
  return frame(figure, w, h, {
    rows = field:rows(colour), xa = xa, ya = ya, colour = colour,
    mark = function(i) return fine and "━" or style.marks[i] end,
  })
end

function draw.histogram(figure, w, h, colour)
  local edges, most = figure.edges, 0
  for _, s in ipairs(figure.series) do for _, c in ipairs(s.counts) do most = math.max(most, c) end end
  if most == 0 then return nothing(figure, w, colour) end
  -- Half a count is where a log axis begins.
  local ya = Axis.new(figure.log_y and 0.5 or 0, most, up(h), { log = figure.log_y, range = figure.y_range, round = true })
  local xa = Axis.new(edges[1], edges[#edges], across(w), { range = figure.x_range })
  local field, bins = canvas.new(w, h), #edges - 1
  -- Where the field begins, and how much of it a column is, in bins.
  local whole = edges[#edges] - edges[1]
  local from, each = (xa.low - edges[1]) / whole * bins, (xa.high - xa.low) / whole * bins / w
  for column = 1, w do
    -- The most of the bins that the column covers.
    local left, right = from + (column - 1) * each, from + column * each
    local first = math.max(1, 1 + math.floor(left + 1e-9))
    local last = math.min(bins, math.ceil(right - 1e-9))
    if last > first and right - (last - 1) < 0.5 then last = last - 1 end
    for i, s in ipairs(figure.series) do
      local count = 0
      for bin = first, last do count = math.max(count, s.counts[bin]) end
      local at = ya:at(count)
      if count > 0 and at >= 0 and #figure.series == 1 then
        local eighths = math.max(1, math.floor(8 * h * math.min(1, at) + 0.5))
        field:fill(column, column, h + 1 - eighths // 8, h, "█", i)
        if eighths % 8 > 0 then field:put(column, h - eighths // 8, upward[eighths % 8], i) end
      elseif count > 0 then
        field:put(column, h - math.floor((h - 1) * at + 0.5), style.marks[i], i)
      end
    end
  end
  return frame(figure, w, h, {
    rows = field:rows(colour), ya = ya, xa = xa, colour = colour, mark = function(i) return style.marks[i] end,
  })
end

-- A bar of `share` of `w` characters.
local function bar(share, w)
  local eighths = math.floor(8 * w * math.max(0, math.min(1, share)) + 0.5)
  return string.rep("█", eighths // 8) .. (eighths % 8 > 0 and rightward[eighths % 8] or "")
end

local function number(v)
  if v == math.huge or v == -math.huge then return v > 0 and "∞" or "-∞" end
  return string.format("%.4g", v)
end

function draw.bars(figure, w, _, colour)
  local low, high = bounds(figure.log_y, function(note)
    for _, s in ipairs(figure.series) do for _, v in ipairs(s.values) do note(v) end end
  end)
  if not low then return nothing(figure, w, colour) end
  local several, margin, amounts = #figure.series > 1, 0, 0
  for _, name in ipairs(figure.categories) do margin = math.max(margin, length(name)) end
  margin = math.min(margin, math.max(8, w // 3))
  local texts = {}
  for i, s in ipairs(figure.series) do
    texts[i] = {}
    for k, v in ipairs(s.values) do
      local text = number(v)
      if s.low and s.low[k] then text = string.format("%s [%s, %s]", text, number(s.low[k]), number(s.high[k])) end
      texts[i][k], amounts = text, math.max(amounts, length(text))
    end
  end
  local room = math.max(8, w - margin - 2 - amounts - 1 - (several and 2 or 0))
  -- From 0, or on a log axis from a decade below the least.
  local from, to = math.min(0, low), math.max(0, high)
  if figure.log_y then from, to = math.log(low) - math.log(10), math.log(high) end
  -- How much of the room an amount takes; halves where the difference overflows. That of integers may wrap around.
  local span = to - (from + 0.0)
  local function share(v) return span < math.huge and v / span or v / 2 / (to / 2 - from / 2) end
  local out, width = {}, margin + 2 + (several and 2 or 0) + room + 1 + amounts
  local function add(line) out[#out + 1] = fit(line, width) end
  if figure.title ~= "" then add(string.rep(" ", margin + 2) .. fit(figure.title, width - margin - 2)) end
  if figure.y_label ~= "" then add(string.rep(" ", margin + 2) .. fit(figure.y_label, width - margin - 2)) end
  for k, name in ipairs(figure.categories) do
    for i, s in ipairs(figure.series) do
      local v = s.values[k]
      local drawn = ""
      if figure.log_y then
        drawn = v > 0 and bar(share(math.log(v) - from), room) or ""
      elseif to > from and data.finite(v) then
        local zero = math.floor(room * -share(from) + 0.5)
        if v >= 0 then
          drawn = string.rep(" ", zero) .. bar(share(v), room)
        else
          local cells = math.floor(room * -share(v) + 0.5)
          drawn = string.rep(" ", zero - cells) .. string.rep("█", cells)
        end
      end
      local head = fit(i == 1 and fit(name, margin) or "", margin) .. " │"
      if several then head = head .. canvas.coloured(style.marks[i], i, colour) .. " " end
      add(head .. canvas.coloured(drawn, i, colour) .. (drawn == "" and "" or " ") .. texts[i][k])
    end
  end
  if several then
    for _, line in ipairs(legend(figure, width - margin - 2, colour, function(i) return style.marks[i] end)) do
      add(string.rep(" ", margin + 2) .. line)
    end
  end
  return out
end

local function short(v) return v == v and string.format("%.3g", v) or "" end

-- From little to much, of one character.
local shades = { "·", "░", "▒", "▓", "█" }

function draw.heatmap(figure, w)
  local rows, columns = #figure.values, #figure.values[1]
  local margin, widest = 0, 0
  for _, name in ipairs(figure.rows) do margin = math.max(margin, length(name)) end
  margin = math.min(margin, math.max(8, w // 3))
  for _, line in ipairs(figure.values) do
    for _, v in ipairs(line) do widest = math.max(widest, #short(v)) end
  end
  -- Numbers where they fit, else shades alone, of as many cells as there is room for.
  local each = math.max(2, (w - margin - 1) // columns)
  local written = each >= widest + 3
  each = math.min(each, written and math.max(widest + 3, 8) or 4)
  local visible = math.min(columns, math.max(1, (w - margin - 1) // each))
  local out, width = {}, margin + 1 + visible * each
  local function add(line) out[#out + 1] = fit(line, width) end
  if figure.title ~= "" then add(figure.title) end
  if figure.y_label ~= "" then add(figure.y_label) end
  for i = 1, rows do
    local cells = {}
    for k = 1, visible do
      local v = figure.values[i][k]
      local share = (v - figure.low) / (figure.high - figure.low)
      local shade = v == v and shades[math.max(1, math.min(#shades, 1 + math.floor(share * #shades)))] or " "
      cells[k] = written and shade .. shade .. fit(string.format("%" .. (each - 3) .. "s", short(v)), each - 2)
        or string.rep(shade, each)
    end
    add(fit(fit(figure.rows[i] or "", margin), margin) .. " " .. table.concat(cells))
  end
  local names = {}
  for k = 1, visible do names[k] = fit(fit(figure.columns[k] or "", each - 1), each) end
  if figure.columns[1] then add(string.rep(" ", margin + 1) .. table.concat(names)) end
  if figure.x_label ~= "" then add(string.rep(" ", margin + 1) .. figure.x_label) end
  add(string.format("%s%s %s … %s %s%s", string.rep(" ", margin + 1), shades[1], number(figure.low), shades[#shades],
    number(figure.high), visible < columns and string.format("; %d of %d columns", visible, columns) or ""))
  return out
end

--- The lines of a figure, all of one width, at most `most` characters; colour: whether in colours.
function M.lines(figure, most, colour)
  -- Room for the scale on the left: what is drawn first tells how much that is.
  local w = math.min(figure.width or (figure.kind == "xy" or figure.kind == "histogram") and 56 or 72, math.max(8, most))
  local drawn = draw[figure.kind]
  if not drawn then error("plot: no figure that plot made: its kind is " .. options.shown(figure.kind), 0) end
  local lines = drawn(figure, w, figure.height, colour)
  local over = length(lines[1]) - most
  if over > 0 and w - over >= 8 then lines = drawn(figure, w - over, figure.height, colour) end
  return lines
end

return M
