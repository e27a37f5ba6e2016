-- SPDX-License-Identifier: Apache-2.0
-- Tables as HTML, Markdown, LaTeX, CSV and text.

local columns = require "thresh.columns"
local data = require "thresh.plot.data"
local escape = require "thresh.report.escape"
local options = require "thresh.options"

local M = {}

-- Whether a cell is an interval { median, low, high, n }.
local function is_interval(cell) return type(cell) == "table" and type(cell.median) == "number" end

-- Whether a text stands among numbers: a number, a bound such as <2.3 or a span such as 0.9 to 1.1, each with or without
-- its interval, or nothing.
local function is_figure(text)
  if text == "" or text == "-" then return true end
  for part in (text:gsub(" %[[^%]]*%]$", "") .. " to "):gmatch "(.-) to " do
    part = part:gsub("^[<>]=?", "")
    if not tonumber(part) and part ~= "∞" then return false end
  end
  return true
end

-- The decimals that a column shows: four figures of its largest number, fewer where the numbers have no more;
-- nothing where the numbers are of too many sizes for one form.
local function decimals_of(values)
  local largest, least = 0, math.huge
  for _, v in ipairs(values) do
    if data.finite(v) and v ~= 0 then
      largest, least = math.max(largest, math.abs(v)), math.min(least, math.abs(v))
    end
  end
  if largest == 0 then return 0 end
  if largest >= 1e15 or largest < 1e-6 then return nil end
  local decimals = math.max(0, 3 - math.floor(math.log(largest, 10) + 1e-9))
  -- What is much smaller would be shown as 0.
  if least < 0.5 * 10.0 ^ -decimals then return nil end
  while decimals > 0 do
    local same = true
    for _, v in ipairs(values) do
      if data.finite(v) then
        local exact = tonumber(string.format("%." .. decimals .. "f", v))
        same = same and tonumber(string.format("%." .. (decimals - 1) .. "f", v)) == exact
      end
    end
    if not same then break end
    decimals = decimals - 1
  end
  return decimals
end

-- A function that shows the numbers of a column.
local function formatter(cells, count)
  local values, whole = {}, true
  for i = 1, count do
    local cell = cells[i]
    for _, v in ipairs(is_interval(cell) and { cell.median, cell.low, cell.high } or { cell }) do
      if type(v) == "number" then
        values[#values + 1] = v
        whole = whole and math.type(v) == "integer"
      end
    end
  end
  if whole then return data.shortest end
  local decimals = decimals_of(values)
  return function(v)
    if not data.finite(v) then return data.shortest(v) end
    if decimals then return string.format("%." .. decimals .. "f", v) end
    -- Each by itself: four figures, and all of those before the point.
    local size = math.abs(v)
    return string.format(size >= 1000 and size < 1e15 and "%.0f" or "%.4g", v)
  end
end

--- A table { columns, rows, caption }, checked, as { columns, cells, texts, numeric, caption }; numeric: by column,
--- whether it holds figures, which stand to the right and are not broken.
function M.check(what, given, level)
  level = (level or 1) + 1
  if type(given) ~= "table" or type(rawget(given, "columns")) ~= "table" or type(rawget(given, "rows")) ~= "table" then
    error(string.format("%s: a table needs columns and rows, got %s", what, options.shown(given)), level)
  end
  if #given.columns == 0 then error(what .. ": a table needs at least one column", level) end
  local t = {
    columns = {}, cells = {}, texts = {}, numeric = {}, intervals = {},
    caption = rawget(given, "caption") ~= nil and escape.clean(given.caption) or nil,
  }
  for k, name in ipairs(given.columns) do
    if type(name) ~= "string" and type(name) ~= "number" then
      error(string.format("%s: column %d must have a text for a name, got %s", what, k, options.shown(name)), level)
    end
    t.columns[k] = escape.clean(name)
  end
  for i, row in ipairs(given.rows) do
    if type(row) ~= "table" then
      error(string.format("%s: row %d must be a list, got %s", what, i, options.shown(row)), level)
    end
    t.cells[i], t.texts[i] = {}, {}
    for k in ipairs(t.columns) do
      local cell = row[k]
      local kind = type(cell)
      if kind ~= "nil" and kind ~= "number" and kind ~= "string" and kind ~= "boolean" and not is_interval(cell) then
        error(string.format("%s: row %d, column %d: a number, a text or { median, low, high } expected, got %s",
          what, i, k, options.shown(cell)), level)
      end
      t.cells[i][k] = cell
    end
  end
  for k in ipairs(t.columns) do
    local column, numeric, any = {}, true, false
    for i = 1, #t.cells do
      local cell = t.cells[i][k]
      column[i] = cell
      if is_interval(cell) then t.intervals[k] = true end
      local number = type(cell) == "number" or is_interval(cell)
      any = any or number or type(cell) == "string" and cell:find "%d" ~= nil
      numeric = numeric and (cell == nil or number or type(cell) == "string" and is_figure(cell))
    end
    t.numeric[k] = numeric and any
    local show = formatter(column, #t.cells)
    for i = 1, #t.cells do
      local cell = column[i]
      local text = ""
      if is_interval(cell) then
        text = show(cell.median)
        if type(cell.low) == "number" and type(cell.high) == "number" then
          text = string.format("%s [%s, %s]", text, show(cell.low), show(cell.high))
        end
      elseif type(cell) == "number" then
        text = show(cell)
      elseif cell ~= nil then
        text = escape.clean(cell)
      end
      t.texts[i][k] = text
    end
  end
  return t
end

local forms = {}

-- Whether a text has a word that may have to be broken, such as a path.
local function is_long(text)
  for word in text:gmatch "%S+" do
    if #word > 30 then return true end
  end
  return false
end

function forms.html(t)
  local out = { '<div class="scroll" tabindex="0"><table>' }
  if t.caption then out[#out + 1] = "<caption>" .. escape.html(t.caption) .. "</caption>" end
  local cells = {}
  for k, name in ipairs(t.columns) do
    cells[k] = string.format('<th scope="col"%s>%s</th>', t.numeric[k] and ' class="n"' or "", escape.html(name))
  end
  out[#out + 1] = "<thead><tr>" .. table.concat(cells) .. "</tr></thead>\n<tbody>"
  for _, row in ipairs(t.texts) do
    for k, text in ipairs(row) do
      cells[k] = string.format("<td%s>%s</td>", t.numeric[k] and ' class="n"' or is_long(text) and ' class="l"' or "",
        escape.html(text))
    end
    out[#out + 1] = "<tr>" .. table.concat(cells, "", 1, #row) .. "</tr>"
  end
  out[#out + 1] = "</tbody></table></div>\n"
  return table.concat(out, "\n")
end

function forms.markdown(t)
  local function line(cells) return "| " .. table.concat(cells, " | ") .. " |" end
  local names, rule = {}, {}
  for k, name in ipairs(t.columns) do
    names[k], rule[k] = escape.markdown(name), t.numeric[k] and "---:" or "---"
  end
  local out = { line(names), line(rule) }
  for _, row in ipairs(t.texts) do
    local cells = {}
    for k, text in ipairs(row) do cells[k] = escape.markdown(text) end
    out[#out + 1] = line(cells)
  end
  if t.caption then
    out[#out + 1] = ""
    out[#out + 1] = "*" .. escape.markdown(t.caption) .. "*"
  end
  return table.concat(out, "\n") .. "\n"
end

function forms.latex(t)
  local layout = {}
  for k in ipairs(t.columns) do layout[k] = t.numeric[k] and "r" or "l" end
  local function line(texts, numbers)
    local cells = {}
    for k, text in ipairs(texts) do
      cells[k] = escape.latex(text)
      -- A minus, not a hyphen.
      if numbers and t.numeric[k] then cells[k] = cells[k]:gsub("^%-", "$-$"):gsub("([%[ ])%-", "%1$-$") end
    end
    return "    " .. table.concat(cells, " & ") .. " \\\\"
  end
  local out = {
    "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}", "\\begin{table}", "  \\centering",
    t.caption and "  \\caption{" .. escape.latex(t.caption) .. "}" or nil,
  }
  out[#out + 1] = "  \\begin{tabular}{" .. table.concat(layout) .. "}"
  out[#out + 1] = "    \\toprule"
  out[#out + 1] = line(t.columns)
  out[#out + 1] = "    \\midrule"
  for _, row in ipairs(t.texts) do out[#out + 1] = line(row, true) end
  table.move({ "    \\bottomrule", "  \\end{tabular}", "\\end{table}" }, 1, 3, #out + 1, out)
  return table.concat(out, "\n") .. "\n"
end

-- With all digits; an interval takes four columns.
function forms.csv(t)
  local names = {}
  for k, name in ipairs(t.columns) do
    names[#names + 1] = escape.csv(name)
    if t.intervals[k] then
      for _, part in ipairs { "low", "high", "n" } do names[#names + 1] = escape.csv(name .. " " .. part) end
    end
  end
  local out = { table.concat(names, ",") }
  for _, row in ipairs(t.cells) do
    local cells = {}
    local function add(cell)
      cells[#cells + 1] = cell == nil and "" or type(cell) == "number" and data.shortest(cell) or escape.csv(cell)
    end
    for k in ipairs(t.columns) do
      local cell = row[k]
      local interval = is_interval(cell)
      if interval then add(cell.median) else add(cell) end
      if t.intervals[k] then
        for _, part in ipairs { "low", "high", "n" } do add(interval and cell[part] or nil) end
      end
    end
    out[#out + 1] = table.concat(cells, ",")
  end
  return table.concat(out, "\n") .. "\n"
end

function forms.text(t)
  local rows = { t.columns }
  for i, row in ipairs(t.texts) do rows[i + 1] = row end
  local lines = columns.lines(rows)
  if t.caption then lines[#lines + 1] = t.caption end
  return table.concat(lines, "\n") .. "\n"
end

--- A checked table as "html", "markdown", "latex", "csv" or "text".
function M.write(t, form) return forms[form](t) end

M.forms = { "html", "markdown", "latex", "csv", "text" }

return M
