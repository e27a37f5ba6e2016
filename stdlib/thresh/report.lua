-- SPDX-License-Identifier: Apache-2.0
-- Reports: what was found, with its figures, configuration and origin, as one HTML page, Markdown, LaTeX or CSV.

local drawing = require "thresh.report.drawing"
local escape = require "thresh.report.escape"
local Figure = require "thresh.plot.figure"
local options = require "thresh.options"
local tables = require "thresh.report.table"

local M = {}

local Report = { __name = "Report" }
Report.__index = Report

-- The items of `one` and of the list `many`.
local function both(one, many)
  local out = {}
  if one ~= nil then out[1] = one end
  for _, item in ipairs(many or {}) do out[#out + 1] = item end
  return out
end

-- A section, checked.
local function section(what, given, level)
  local s = options.check(what, given, {
    heading = { { "string", "number" } }, text = { { "string", "number" } }, table = { "table" }, tables = { "table" },
    figure = { "table" }, figures = { "table" }, code = { { "string", "number" } }, fold = { { "string", "number" } },
    images = { "table", default = {} },
  }, level + 1)
  local out = { heading = s.heading, text = s.text, fold = s.fold, tables = {}, figures = {}, codes = { s.code }, images = {} }
  for i, t in ipairs(both(s.table, s.tables)) do
    out.tables[i] = tables.check(string.format("%s, table %d", what, i), t, level + 1)
  end
  for i, figure in ipairs(both(s.figure, s.figures)) do
    if not Figure.is(figure) then
      error(string.format("%s, figure %d: a figure of th.plot expected, got %s", what, i, options.shown(figure)), level + 1)
    end
    out.figures[i] = figure
  end
  for i, path in ipairs(s.images) do
    local kind = type(path) == "string" and path:lower():match "%.(%w+)$"
    kind = ({ png = "png", jpg = "jpeg", jpeg = "jpeg", svg = "svg+xml" })[kind]
    if not kind then
      error(string.format("%s, image %d: the path of a .png, .jpg or .svg expected, got %s", what, i,
        options.shown(path)), level + 1)
    end
    local file, problem = io.open(path, "rb")
    if not file then error(string.format("%s, image %d: %s", what, i, problem), level + 1) end
    out.images[i] = { name = path:match "[^/]+$", bytes = file:read "a", kind = kind }
    file:close()
  end
  return out
end

--- The report as an HTML page.
function Report:html() return require "thresh.report.page"(self) end

--- The report as Markdown; `folder` and `name` say where figures are written, else they are drawn in characters.
function Report:markdown(folder, name)
  local out, count = { "# " .. escape.markdown(self.title) }, 0
  local function add(text)
    out[#out + 1] = ""
    out[#out + 1] = text
  end
  if self.lead then add(escape.markdown(self.lead)) end
  for _, s in ipairs(self.sections) do
    if s.heading then add("## " .. escape.markdown(s.heading)) end
    for part in (escape.clean(s.text or "", true) .. "\n\n"):gmatch "(.-)\n%s*\n" do
      if part:find "%S" then add(escape.markdown(part)) end
    end
    for _, t in ipairs(s.tables) do add((tables.write(t, "markdown"):gsub("\n$", ""))) end
    for _, figure in ipairs(s.figures) do
      count = count + 1
      local path = folder and drawing.file(figure, folder, string.format("%s-%d", name, count))
      add(path and string.format("![%s](<%s>)", escape.markdown(drawing.title(figure)), path)
        or escape.fenced(figure:text { width = 78, colour = false }))
    end
    for _, code in ipairs(s.codes) do add(escape.fenced(code)) end
  end
  return table.concat(out, "\n") .. "\n"
end

-- The tables alone, in a form that is to be put into other documents.
local function tables_as(self, form, comment)
  local out = {}
  for _, s in ipairs(self.sections) do
    for _, t in ipairs(s.tables) do
      if comment and s.heading then out[#out + 1] = comment .. escape.clean(s.heading) .. "\n" end
      out[#out + 1] = tables.write(t, form) .. "\n"
    end
  end
  return (table.concat(out):gsub("\n\n$", "\n"))
end

--- The tables of the report in LaTeX, for the package booktabs.
function Report:latex() return tables_as(self, "latex", "% ") end

--- The tables of the report as CSV, blank lines between them.
function Report:csv() return tables_as(self, "csv") end

local writers = {
  html = Report.html, htm = Report.html, tex = Report.latex, csv = Report.csv,
  md = function(self, path)
    local folder, file = path:match "^(.*/)([^/]*)$"
    return self:markdown(folder or ".", (file or path):gsub("%.[^.]*$", ""))
  end,
}

--- Writes the report; the path's ending (.html, .md, .tex, .csv) decides its form. Returns the path.
function Report:save(path)
  if getmetatable(self) ~= Report then
    error("report: save is a method of reports, got " .. options.shown(self) .. "; write report:save(…)", 2)
  end
  local ending = type(path) == "string" and path:lower():match "%.(%w+)$"
  local writer = writers[ending]
  if not writer then error("report: the path must end in .html, .md, .tex or .csv, got " .. options.shown(path), 2) end
  local text = writer(self, path)
  local file, problem = io.open(path, "wb")
  local ok = file and file:write(text)
  if file then ok = file:close() and ok end
  if not ok then error("report: cannot write " .. (problem or path), 2) end
  self.path = path
  return path
end

Report.__tostring = function(self)
  return string.format("report '%s': %d sections%s", self.title, #self.sections, self.path and ", " .. self.path or "")
end

--- A report of sections, written to `path` where there is one.
---
--- A section is { heading =, text =, table =, tables =, figure =, figures =, images =, code =, fold = }: text
--- whose paragraphs blank lines part; tables { columns = { … }, rows = { { … }, … }, caption = }, of numbers,
--- texts and { median =, low =, high =, n = }; figures of th.plot; paths of pictures; code or commands; fold, a
--- text under which the tables are folded away. The page holds everything itself: figures as SVG, pictures as
--- data, no script, nothing from the network; without gnuplot figures are drawn in characters. What is returned
--- has html(), markdown(), latex() and csv() (the last two of its tables) and save(path), which takes .html,
--- .md (figures beside it), .tex or .csv.
---
--- Example:
---     local report = th.report {
---       title = "A comparison", path = scratch .. "/report.html",
---       sections = { {
---         heading = "Accuracy", text = "On 359 images, 3 seeds.",
---         table = { columns = { "selector", "accuracy %" }, rows = { { "RS2", { median = 98.1, low = 97.9, high = 98.6, n = 3 } } } },
---       } },
---     }
---     assert(report:html():find "98.1 %[97.9, 98.6%]" and report:latex():find "toprule")
---@param given table title, sections (required); lead (none), a line below the title; path (none)
---@return table report
function M.report(given)
  local o = options.check("report", given, {
    title = { { "string", "number" }, required = true }, lead = { { "string", "number" } },
    sections = { "table", required = true }, path = { "string" },
  }, 2)
  local sections = {}
  for i, s in ipairs(o.sections) do sections[i] = section("report: section " .. i, s, 2) end
  local report = setmetatable({ title = escape.clean(o.title), lead = o.lead, sections = sections }, Report)
  if o.path then report:save(o.path) end
  return report
end

--- A table { columns, rows, caption } in a form for other programs.
---
--- Numbers of a column have as many decimals as it takes for four figures of the largest; CSV has all digits and
--- a column for each part of an interval. Texts are escaped: in CSV, what a spreadsheet would take for a formula
--- gets a quote before it.
---
--- Example:
---     local t = { columns = { "name", "AP" }, rows = { { "a_b", 24.612 }, { "=1+1", 3 } }, caption = "50 %" }
---     assert(th.report.table(t, "markdown"):find("| a\\_b | 24.61 |", 1, true))
---     assert(th.report.table(t, "latex"):find("a\\_b & 24.61", 1, true) and th.report.table(t, "csv"):find "'=1"  )
---@param given table columns, a list of texts; rows, lists of numbers, texts and { median, low, high, n }; caption (none)
---@param form? string "text" (without one), "markdown", "latex", "csv" or "html"
---@return string text
function M.table(given, form)
  form = options.choice("report.table", "the form", form or "text", tables.forms, 2)
  return tables.write(tables.check("report.table", given, 2), form)
end

--- A report of one run, from its folder: how it ended, its metrics as curves, what was selected, its
--- configuration, where its numbers come from and the command that made it.
---
--- Example:
---     local run = th.runs.create { root = scratch, name = "one", config = { lr = 0.1 } }
---     for epoch = 1, 3 do run:log { epoch = epoch, loss = 1 / epoch } end
---     run:finish { accuracy = 0.9 }
---     assert(th.report.run(run.path):markdown():find "accuracy")
---@param path string the run's folder
---@return table report
function M.run(path)
  if type(path) ~= "string" or #path > 4096 then
    error("report.run: the path of a run expected, got " .. options.shown(path), 2)
  end
  return M.report(require("thresh.report.run").of(path))
end

--- A report of a sweep, from its folder: its cells, results over seeds with their intervals, curves, failures,
--- definition, and where its numbers come from.
---
--- Example:
---     local folder = scratch .. "/sweeps/small"
---     th.make_directory(folder .. "/cells")
---     for seed = 1, 3 do
---       local file <close> = io.open(string.format("%s/cells/%08x.json", folder, seed), "w")
---       file:write(string.format('{"params":{"lr":0.1,"seed":%d},"state":"done","result":{"accuracy":0.%d}}', seed, seed))
---     end
---     assert(th.report.sweep(folder):csv():find "0.2,0.1,0.3,3")
---@param path string the sweep's folder
---@return table report
function M.sweep(path)
  if type(path) ~= "string" then error("report.sweep: the path of a sweep expected, got " .. options.shown(path), 2) end
  return M.report(require("thresh.report.sweep").of(path))
end

return setmetatable(M, { __call = function(_, given) return M.report(given) end })
