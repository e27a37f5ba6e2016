-- SPDX-License-Identifier: Apache-2.0
-- Reports: tables in every form by hand, hostile texts, runs and sweeps from their folders, the command.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local json = require "thresh.json"
local report = th.report

local function expect(found, wanted)
  if found ~= wanted then error("found\n" .. found .. "\ninstead of\n" .. wanted, 2) end
end

-- Numbers of a column have as many decimals as its largest needs for four figures, and no more than they have.
local t = {
  columns = { "selector", "mAP", "lr", "seeds" }, caption = "Median [least, most].",
  rows = {
    { "Base_1", { median = 24.6123, low = 22.5, high = -1.25, n = 3 }, 0.001, 3 }, { "SB|2 & 50 %", 3, 0.1, nil },
    { "=1+1", 0 / 0, -0.03, 12 },
  },
}
expect(report.table(t), [[
selector                      mAP      lr  seeds
------------------------------------------------
Base_1       24.61 [22.50, -1.25]   0.001      3
SB|2 & 50 %                  3.00   0.100
=1+1                          nan  -0.030     12
Median [least, most].
]])
expect(report.table(t, "markdown"), [[
| selector | mAP | lr | seeds |
| --- | ---: | ---: | ---: |
| Base\_1 | 24.61 \[22.50, -1.25\] | 0.001 | 3 |
| SB\|2 \& 50 % | 3.00 | 0.100 |  |
| =1+1 | nan | \-0.030 | 12 |

*Median \[least, most\].*
]])
expect(report.table(t, "latex"), [[
% needs \usepackage{booktabs} and \usepackage[T1]{fontenc}
\begin{table}
  \centering
  \caption{Median [least, most].}
  \begin{tabular}{lrrr}
    \toprule
    selector & mAP & lr & seeds \\
    \midrule
    Base\_1 & 24.61 [22.50, $-$1.25] & 0.001 & 3 \\
    SB\textbar{}2 \& 50 \% & 3.00 & 0.100 &  \\
    =1+1 & nan & $-$0.030 & 12 \\
    \bottomrule
  \end{tabular}
\end{table}
]])
expect(report.table(t, "csv"), [[
selector,mAP,mAP low,mAP high,mAP n,lr,seeds
Base_1,24.6123,22.5,-1.25,3,0.001,3
SB|2 & 50 %,3,,,,0.1,
'=1+1,nan,,,,-0.03,12
]])
local html = report.table(t, "html")
assert(html:find('<td class="n">24.61 [22.50, -1.25]</td>', 1, true) and html:find '<th scope="col">selector</th>')
-- Figures as texts stand to the right, too: bounds, spans and what is missing; words and names of versions do not.
local figures = report.table({
  columns = { "lr", "speedup", "none", "version", "path" },
  rows = { { "0.001", "<2.07 [0, 2.12]", "-", "0.1.0", string.rep("long/", 8) }, { "0.03", "0.94 to 0.99 [0, 1.03]", "", "1", "a b" } },
}, "html")
for _, part in ipairs {
  '<th scope="col" class="n">lr</th><th scope="col" class="n">speedup</th><th scope="col">none</th><th scope="col">version</th>',
  '<td class="n">0.001</td><td class="n">&lt;2.07 [0, 2.12]</td><td>-</td><td>0.1.0</td><td class="l">long/',
  '<td class="n">0.94 to 0.99 [0, 1.03]</td><td></td><td>1</td><td>a b</td>',
} do
  assert(figures:find(part, 1, true), figures)
end
assert(html:find("SB|2 &amp; 50 %", 1, true) and html:find "<caption>Median")
-- Numbers of very different sizes have no decimals in common; whole ones have none; large ones keep theirs.
local function column(...)
  local rows = {}
  for i, v in ipairs { ... } do rows[i] = { v } end
  return (report.table({ columns = { "v" }, rows = rows }, "csv"):gsub("\n", " ")),
    (report.table({ columns = { "v" }, rows = rows }, "markdown"):gsub("^.-\n.-\n", ""):gsub("[|\n]", ""):gsub("%s+", " "))
end
assert(select(2, column(1e-9, 1)) == " 1e-09 1 " and select(2, column(1234.5678, 1)) == " 1235 1 ")
assert(select(2, column(12345.6, 0.3)) == " 12346 0.3 ")
assert(select(2, column(-123456.7, 0.01234)) == " \\-123457 0.01234 ")
assert(select(2, column(3, 12)) == " 3 12 " and column(1 / 3) == "v 0.3333333333333333 ")
assert(select(2, column(1e20, math.maxinteger)) == " 1e+20 9.223e+18 ")

-- The "-" of what is not there is no formula, and what LaTeX would set otherwise is parted.
assert(column("-", "-x") == "v - '-x ")
t = report.table({ columns = { "v" }, rows = { { ">∞" }, { "a,,b ''c'' --- \255" } } }, "latex")
assert(t:find("\\textgreater{}$\\infty$ ", 1, true) and t:find("a,{},b '{}'c'{}' -{}-{}- ? ", 1, true), t)
support.refused({ "columns and rows" }, report.table, { columns = {} })
support.refused({ "at least one column" }, report.table, { columns = {}, rows = {} })
support.refused({ "row 1, column 1", "a table" }, report.table, { columns = { "a" }, rows = { { {} } } })
support.refused({ "row 1 must be a list" }, report.table, { columns = { "a" }, rows = { 1 } })
support.refused({ "did you mean 'latex'" }, report.table, t, "latx")

-- Texts that mean something elsewhere.
local hostile = {
  "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "=HYPERLINK(\"http://x\")", "+1+1", "-2+3", "@SUM(A1)",
  "\t=1", "\\input{/etc/passwd}", "$x^2_3$ ~ # % & {}", "a | b", "[x](javascript:alert(1))", "`rm -rf`", "http://example.com",
  "a@b.c", "\0\27[31m\r\nx", "\255\254", "1. one", "# head", "--- rule", "* star", "]]>", "</style>", "\u{202E}abc",
}
local rows = {}
for i, text in ipairs(hostile) do rows[i] = { text, i } end
t = { columns = hostile, rows = {}, caption = hostile[1] }
assert(select(2, report.table(t, "markdown"):gsub("\n", "")) == 4)
t = { columns = { "text", "n" }, rows = rows, caption = hostile[2] }
html = report.table(t, "html")
assert(not html:find "<script" and not html:find "<img" and not html:find "[%z\27]" and utf8.len(html))
for line in report.table(t, "csv"):gmatch "[^\n]+" do
  assert(not line:find '^"?[=+@\t-]' and utf8.len(line), line)
end
local markdown = report.table(t, "markdown")
for line in markdown:gmatch "[^\n]+" do
  -- Bars that are not escaped part two cells.
  local _, bars = (" " .. line):gsub("[^\\]|", "")
  assert(line:find "^%*" or bars == 3, line)
  assert(not line:find "[^\\]<" and not line:find "[^\\]%]%(" and not line:find "http://", line)
end
local latex = report.table(t, "latex")
for line in latex:gmatch "    ([^\n]*) \\\\\n" do
  local bare = line:gsub("\\text%a+{}", ""):gsub("\\[%$&#%%_{}]", ""):gsub("%-{}", "-"):gsub("^{[%[*]}", "")
  assert(select(2, bare:gsub("&", "")) == 1 and not bare:find "[\\$#%%_^~{}<>]" and not line:find "^%s*[%[*]" and not line:find "%-%-", line)
end

-- A report in all forms.
local r = report {
  title = "A <title>", lead = "lead & all", sections = {
    {
      heading = "One <b>", text = "first\nstill first\n\n\nsecond <i>", table = t, code = "a ```` b\n</code>",
      figure = th.plot.image_grid(th.rand(2, 4, 4)),
    },
    { heading = "Two", tables = { t, t }, fold = "Show <them>" }, {},
  },
}
html = r:html()
assert(html:find "^<!doctype html>" and html:find "</html>\n$" and html:find "<title>A &lt;title&gt;</title>")
assert(html:find("<p>first still first</p>\n<p>second &lt;i&gt;</p>", 1, true))
assert(html:find("<summary>Show &lt;them&gt;</summary>", 1, true) and html:find 'src="data:image/png;base64,iVBOR')
assert(html:find "default%-src 'none'" and not html:find "<script" and select(2, html:gsub("<table>", "")) == 3)
for tag in html:gmatch "<(%w+)" do
  local void = { meta = true, link = true, img = true }
  local _, opened = html:gsub("<" .. tag .. "[ >]", "")
  local _, closed = html:gsub("</" .. tag .. ">", "")
  assert(void[tag] or opened == closed, tag)
end
markdown = r:markdown()
assert(markdown:find("# A \\<title\\>", 1, true) and markdown:find "`````\na ```` b\n</code>\n`````")
assert(select(2, r:latex():gsub("\\begin{table}", "")) == 3 and r:latex():find "%% Two\n")
assert(select(2, r:csv():gsub("\n\n", "")) == 2)
assert(r:save(scratch .. "/r.md") and th.data.image(scratch .. "/r-1.png"))
assert(support.read(scratch .. "/r.md"):find("](<r-1.png>)", 1, true))
for _, ending in ipairs { "html", "tex", "csv" } do assert(#support.read(r:save(scratch .. "/r." .. ending)) > 100) end
assert(tostring(r):find "3 sections" and tostring(r):find "r.csv")
support.refused({ "must end in .html" }, r.save, r, scratch .. "/r.doc")
support.refused({ "cannot write" }, r.save, r, scratch .. "/none/r.html")
support.refused({ "write report:save" }, r.save, 4)
support.refused({ "needs the option 'title'" }, report, { sections = {} })
support.refused({ "section 1", "did you mean 'heading'" }, report, { title = "a", sections = { { headin = 1 } } })
support.refused({ "section 1, figure 1", "th.plot" }, report, { title = "a", sections = { { figure = {} } } })
support.refused({ "section 1, image 1", ".png" }, report, { title = "a", sections = { { images = { "a.txt" } } } })
support.refused({ "none.png" }, report, { title = "a", sections = { { images = { scratch .. "/none.png" } } } })

-- A run: what it measured, what was selected, pictures, configuration, origin; its folder as it is after a crash.
local root = scratch .. "/runs"
-- What the command line tells of itself, which a session inside a program has not.
rawset(_G, "arg", { [0] = "train.lua", "--lr", "0.1 0.2" })
local set = th.data.digits()
local run = th.runs.create {
  root = root, name = "one", config = { lr = 0.1, selector = { name = "<b>Rnd" }, list = { 1, 2 }, name = hostile[1] },
  seed = 3, data = set,
}
local model = th.models.mlp { classes = 10, in_channels = 1, image_size = 8, seed = 1 }
local result = th.train {
  model = model, data = set, epochs = 2, select = th.select.RS2 { fraction = 0.05 }, quiet = true, seed = 1,
  optimizer = th.optim.SGD(model:parameters(), { lr = 0.05 }), trace = run:file "subsets.trace",
}
for _, row in ipairs(result.history) do run:log { epoch = row.epoch, loss = row.loss, accuracy = row.accuracy, lr = 0.05 } end
run:log { epoch = 3, loss = 0 / 0 }
th.plot.image_grid(th.rand(2, 4, 4)):save(run:file "figures/most.png")
r = report.run(run.path)
assert(r.title == "one" and r.lead:find "running")
-- Panels are of what was learnt, not of what it took.
local titles = {}
local curves = require("thresh.report.run").curves {
  { epoch = 1, loss = 2, accuracy = 0.1, train_seconds = 1, select_cpu_seconds = 1 },
  { epoch = 2, loss = 1, accuracy = 0.2, train_seconds = 2, select_cpu_seconds = 2 },
}
for i, panel in ipairs(curves.figures) do titles[i] = panel.title end
assert(table.concat(titles, ", ") == "loss, accuracy", table.concat(titles, ", "))
run:fail { message = "out of <memory>", traceback = "stack\n  a.lua:3" }
r = report.run(run.path .. "/")
markdown = r:markdown()
for _, part in ipairs {
  "failed", "out of \\<memory\\>", "a.lua:3", "## Curves", "## What was selected", "RS2", "selector.name | \\<b\\>Rnd |",
  "| list | 1, 2 |", "| seed | 3 |", "fingerprint", "## The command", "train.lua --lr '0.1 0.2'", "## All measures",
} do
  assert(markdown:find(part, 1, true), part .. " is missing in " .. markdown)
end
assert(not markdown:find "## Result" and r:html():find 'alt="most.png" src="data:image/png;base64,')
local file = assert(io.open(run.path .. "/metrics.jsonl", "a"))
file:write '{"epoch":4,"lo'
file:close()
file = assert(io.open(run.path .. "/subsets.trace", "w"))
file:write "no trace"
file:close()
markdown = report.run(run.path):markdown()
assert(markdown:find "1 lines of the metrics were cut off" and markdown:find "The trace cannot be read")
support.refused({ "report.run", "no run that can be read" }, report.run, scratch)
support.refused({ "path of a run expected" }, report.run, 3)

-- A sweep of two methods and three seeds: one cell failed, one was not run, one record is damaged.
local folder = root .. "/sweeps/table"
th.make_directory(folder .. "/cells")
local plan, number = {}, 0
local function write(path, text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end
for _, method in ipairs { "GradMatch", "<i>" } do
  for seed = 1, 3 do
    number = number + 1
    local hash, params = string.format("%08x", number), { method = method, seed = seed, epochs = 2 }
    plan[number] = json.encode { number = number, hash = hash, params = params }
    local r = th.runs.create { root = root, name = "table", id = hash, config = params }
    for epoch = 1, 2 do r:log { epoch = epoch, accuracy = 0.1 * seed * epoch, loss = 1 / epoch } end
    local record = { params = params, number = number, run = r.path, state = "done", result = { accuracy = 0.2 * seed } }
    if number == 5 then
      record.state, record.result, record.error = "failed", nil, { message = "boom <x>", traceback = "trace" }
    end
    if number ~= 6 then write(folder .. "/cells/" .. hash .. ".json", json.encode(record)) end
  end
end
write(folder .. "/cells.jsonl", table.concat(plan, "\n") .. "\n")
write(folder .. "/cells/ffff.json", "{")
write(folder .. "/definition.json", json.encode { name = "table", grid = { method = { "GradMatch", "<i>" } } })
r = report.sweep(folder)
markdown = r:markdown()
for _, part in ipairs {
  "# table", "6 cells: 1 failed, 1 not run, 4 done. 1 records cannot be read.", "| GradMatch | 0.4 \\[0.2, 0.6\\] | 3 |",
  "| \\<i\\> | 0.2", "1 of 3", "boom \\<x\\>", "## Curves", "accuracy over the epochs", "grid.method", "## The command",
  "## All cells",
} do
  assert(markdown:find(part, 1, true), part .. " is missing in " .. markdown)
end
assert(r:csv():find "GradMatch,0.4,0.2,0.6000000000000001,3,3\n", r:csv())
support.refused({ "no folder of a sweep" }, report.sweep, scratch)

-- The command.
local command = require "thresh.cmd.report"
local function call(...)
  local lines, own, errors, out = {}, print, io.stderr, io.stdout
  print = function(text) lines[#lines + 1] = text end
  local writer = { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end }
  io.stderr, io.stdout = writer, writer
  local status = command(...)
  print, io.stderr, io.stdout = own, errors, out
  return status, table.concat(lines, "\n")
end
local status, text = call("--help")
assert(status == 0 and text:find "usage: thresh report")
status, text = call(run.path, "--out", scratch .. "/run.md")
assert(status == 0 and text == scratch .. "/run.md" and support.read(text):find "# one", text)
status, text = call(folder, "--format=csv")
assert(status == 0 and text == r:csv())
for _, wrong in ipairs {
  { "neither a run", scratch }, { "did you mean 'out'", folder, "--ot", "x" }, { "needs a value", folder, "--out" },
  { "one of html, markdown", folder, "--format", "pdf" }, { "needs the folder" , "--out", "x" },
  { "--out takes 1 folder", folder, folder, "--out", "x.md" }, { "must end in .html", folder, "--out", "x.doc" },
} do
  status, text = call(table.unpack(wrong, 2))
  assert(status == 2 and text:find(wrong[1], 1, true), text)
end

-- Without gnuplot the charts are drawn in characters, and the page says why.
local gnuplot = require "thresh.plot.gnuplot"
gnuplot.command = "no-such-gnuplot"
local line = report { title = "a", sections = { { figure = th.plot.line({ 1, 2 }, { title = "t" }) } } }
html = line:html()
assert(html:find '<pre class="text" role="img" aria%-label="t">' and html:find "gnuplot%-nox" and not html:find "<svg")
assert(line:markdown(scratch, "x"):find "```")
gnuplot.command = "gnuplot"
if not support.has("gnuplot", "gnuplot-nox") then return "ok" end
-- With it they are part of the page, each with names of its own, in the page's ink.
local two = th.plot.line({ 1, 2 }, { title = "<t> %1", label = [[a id="x" black="black" rgb(0,0,0) url(#y)]] })
html = report({ title = "a", sections = { { figures = { two, two } } } }):html()
assert(select(2, html:gsub("<svg ", "")) == 2 and html:find('<title id="f1-title">&lt;t&gt; %1</title>', 1, true))
-- Texts are as they were given, whatever they would be in a tag.
assert(select(2, html:gsub([[>a id="x" black="black" rgb%(0,0,0%) url%(#y%)<]], "")) == 2, html)
html = html:gsub(">[^<]+<", "><")
local ids = {}
for id in html:gmatch "%sid=['\"]([^'\"]+)" do
  assert(not ids[id], id .. " twice")
  ids[id] = true
end
for id in html:gmatch "href=['\"]#([^'\"]+)" do assert(ids[id], id) end
assert(not html:find "=['\"]black['\"]" and not html:find "<desc>" and not html:find "http://www.w3.org/1999/xlink.*<script")
status, text = call(folder)
assert(status == 0 and support.read(folder .. "/report.html"):find "<svg ", text)
return "ok"
