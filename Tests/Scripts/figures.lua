-- SPDX-License-Identifier: Apache-2.0
-- Figures as files: the scripts and data for gnuplot by hand, hostile texts, and what gnuplot makes of them.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local gnuplot = require "thresh.plot.gnuplot"
local plot, read = th.plot, support.read

-- The script of a line with a band, points with bars, and a line across.
local commands, points = plot.line({
  { label = "it's `id` $(id)\n%d", x = { 1, 2 }, y = { 0.5, 1e-300 }, error = { 0.1, 0.1 } },
  { y = { 1, 0 / 0, 3 }, style = "points", low = { 0, 0, 0 }, high = { 2, 2, 4 } },
}, { title = "a 'title'", x_label = "x", y_lines = { 1 } }):source()
local function expect(found, wanted)
  if found ~= wanted then error("found\n" .. found .. "\ninstead of\n" .. wanted, 2) end
end
expect(commands, [[
# Written by Thresh. gnuplot draws figure.svg of this and figure.dat.
set encoding utf8
set terminal svg size 640,400 noenhanced font 'Helvetica,Arial,sans-serif,12' linewidth 1 background '#ffffff'
set output './figure.svg'
set border 3 linecolor rgb '#444444' linewidth 1
set tics nomirror out scale 0.6
set grid back linecolor rgb '#dddddd' linewidth 0.7 linetype 1
set key outside bottom center horizontal Left reverse samplen 2.6 spacing 1.15 width 1
set format '%g'
set title "a \047title\047" offset 0,-0.4
set xlabel 'x' offset 0,0.4
set bmargin 4.90
set xrange [0.92:3.08]
set yrange [-0.264:4.164]
set arrow from graph 0, first 1 to graph 1, first 1 nohead back linecolor rgb '#777777' linewidth 1 dashtype (4,3)
plot './figure.dat' index 0 using 1:3:4 with filledcurves linecolor rgb '#0072B2' fillstyle transparent solid 0.18 noborder notitle, \
     './figure.dat' index 1 using 1:3:(0):($4-$3) with vectors heads size screen 0.0050,90 nofilled linecolor rgb '#D55E00' linewidth 1.2 notitle, \
     './figure.dat' index 0 using 1:2 with linespoints linecolor rgb '#0072B2' linewidth 1.8 pointtype 7 pointsize 0.9 pointinterval 1 title "it\047s \140id\140 \044(id) %d", \
     './figure.dat' index 1 using 1:2 with points linecolor rgb '#D55E00' pointtype 6 pointsize 1.1 notitle
unset output
]])
expect(points, [[
# it's `id` $(id) %d: x, y, low, high, x low, x high
1 0.5 0.4 0.6 1 1
2 1e-300 -0.1 0.1 2 2


# series 2: x, y, low, high, x low, x high
1 1 0 2 1 1
3 3 0 4 3 3
]])
-- Names of ticks are formats: a per cent sign is doubled. Bars with long names lie.
commands, points = plot.bars({ "50 %", "it's" }, { 1, 2 }, { low = { 0.5, 1 }, high = { 1.5, 2.5 } }):source "pdf"
assert(commands:find("set xtics ('50 %%' 1, \"it\\047s\" 2) scale 0\n", 1, true))
assert(commands:find("set terminal pdfcairo size 6.6667in,4.1667in noenhanced", 1, true))
expect(points, "# series 1: position, value, low, high\n1 1 0.5 1.5\n2 2 1 2.5\n")
commands = plot.bars({ string.rep("long ", 20), "b", "c" }, { 1, 2, 3 }, { y_label = "amount" }):source()
assert(commands:find "with boxxyerror" and commands:find "set ytics %('long" and commands:find "set xlabel 'amount'")
-- Lines across are amounts, be they of bars that lie.
commands = plot.bars({ "a", "b" }, { 0.5, 2 }, { y_lines = { 1 }, horizontal = true }):source()
assert(commands:find("set arrow from first 1, graph 0 to first 1, graph 1", 1, true), commands)
commands = plot.bars({ "a", "b" }, { 0.5, 2 }, { y_lines = { 1 }, horizontal = false }):source()
assert(commands:find("set arrow from graph 0, first 1 to graph 1, first 1", 1, true), commands)
-- Intervals without an end go as far as the axis, those that are no numbers are none.
commands, points = plot.bars({ 1, 2, 3 }, { low = { 0.5, 1, 0 }, high = { math.huge, 3, 0 / 0 } }):source()
assert(commands:find("set yrange [0:3.18]", 1, true), commands)
expect(points, "# series 1: position, value, low, high\n1 1 0.5 3.18\n2 2 1 3\n3 3 3 3\n")
commands, points = plot.line({ 1, 2 }, { low = { -math.huge, 0 / 0 }, high = { math.huge, 3 } }):source()
expect(points, "# series 1: x, y, low, high, x low, x high\n1 1 0.96 2.04 1 1\n2 2 2 2 2 2\n")
-- A method of which no speedup is known is in the legend, be it alone.
local unknown = { { label = "a", accuracy = 0.9 } }
commands = plot.speedup(unknown):source()
assert(commands:find "no finite points" and commands:find("title 'a (1 not reached)'", 1, true), commands)
unknown[2] = { label = "b", accuracy = 0.9, speedup = { median = 2, low = 1, high = math.huge } }
commands, points = plot.speedup(unknown):source()
assert(commands:find "NaN with linespoints [^\n]*title 'a %(1 not reached%)'" and commands:find "title 'b'", commands)
assert(points:find("\n2 0.9 0.9 0.9 1 2.04\n", 1, true), points)
-- Panels with one legend: in each none, below all of them one.
local function curve(title)
  return plot.line({ { label = "a", y = { 1, 2 } }, { label = "b", y = { 2, 3 } } }, { title = title })
end
commands = plot.grid({ curve "one", curve "two" }, { columns = 2, title = "both" }):source "png"
assert(select(2, commands:gsub("title 'a'", "")) == 1 and select(2, commands:gsub("\nplot ", "")) == 3)
assert(commands:find "\nset multiplot\n" and commands:find "\nunset multiplot\n" and commands:find "size 1920,", commands)
assert(plot.grid({ curve "one", plot.line { 1, 2 } }):source():find "title 'a'")
-- Log axes, steps, the palette.
commands = plot.line({ 1, 10, 100 }, { log_y = true, style = "steps" }):source()
assert(commands:find "set logscale y 10" and commands:find "with steps")
assert(not commands:find "ytics add")
-- Between powers of ten a log axis has numbers where there is room for them.
commands = plot.line({ 0.5, 1, 3 }, { log_y = true }):source()
assert(commands:find("set ytics add (0.5, 1, 2)", 1, true), commands)
commands = plot.line({ 1.2, 1.9 }, { log_y = true, y_range = { 1.1, 1.9 } }):source()
assert(commands:find("set ytics add (1.2, 1.4, 1.6, 1.8)", 1, true), commands)
assert(plot.heatmap({ { 1, 2 }, { 3, 4 } }):source():find "with image pixels")
assert(plot.heatmap({ { 1, 2 } }):source():find "with boxxyerror")

support.refused({ "must end in .svg or .png or .pdf" }, curve "a".save, curve "a", scratch .. "/a.jpg")
support.refused({ "must end in" }, curve "a".save, curve "a", scratch .. "/.svg")
support.refused({ "control characters" }, curve "a".save, curve "a", scratch .. "/a\n.svg")
support.refused({ "a path expected, got 4" }, curve "a".save, curve "a", 4)
support.refused({ "write figure:save" }, curve "a".save, "a.svg")
support.refused({ "cannot write", "No such file" }, curve "a".save, curve "a", scratch .. "/none/a.svg")

-- Where gnuplot is missing its package is named, and what it would have drawn is kept.
gnuplot.command = "no-such-gnuplot"
support.refused({ "gnuplot-nox", "not installed" }, curve "a".save, curve "a", scratch .. "/a.svg")
assert(read(scratch .. "/a.gp"):find "set title 'a'" and not io.open(scratch .. "/a.svg"))
-- Its own words are the error's.
gnuplot.command = "sh -c 'echo line 3: no such terminal >&2; exit 2' --"
support.refused({ "line 3: no such terminal", "a.gp" }, curve "a".save, curve "a", scratch .. "/a.svg")
gnuplot.command = "true"
support.refused({ "drew nothing" }, curve "a".save, curve "a", scratch .. "/a.svg")
gnuplot.command = "gnuplot"

if not support.has("gnuplot", "gnuplot-nox") then return "ok" end

-- Every kind, in every form; of panels, of nothing, of extremes.
local figures = {
  curve "lines", plot.scatter({ 1, 2 }, { 3, 4 }, { error = { 1, 1 }, x_error = { 1, 1 }, log_x = true }),
  plot.bars({ "a", "b" }, { 1, -1 }, { error = { 1, 1 } }), plot.bars({ string.rep("name", 30), "b" }, { 10, 1 }, { log_y = true }),
  plot.bars { { label = "a", y = { 1, 2 } }, { label = "b", y = { 3, 1 } } }, plot.histogram(th.randn(100, { seed = 1 })),
  plot.histogram({ { label = "a", values = { 1, 2 } }, { label = "b", values = { 3 } } }, { log_y = true }),
  plot.heatmap(th.rand(3, 4, { seed = 1 })), plot.heatmap(th.rand(40, 40, { seed = 1 }), { numbers = false }),
  plot.grid { curve "a", curve "b", plot.heatmap { { 1 } } }, plot.line {}, plot.bars({}, {}), plot.histogram {},
  plot.line({ 1, 2 }, { style = "dots" }), plot.line({ 0, -1 }, { log_y = true }), plot.bars({ 0, -1 }, { log_y = true }),
  plot.line { 1e300, -1e300 }, plot.line { 5e-324, 1e-320 }, plot.scatter { 1.7e308, -1.7e308 }, plot.bars { 1e300, 1e-300 },
  plot.line { math.maxinteger, math.mininteger }, plot.line { 1e17, 1e17 + 64 }, plot.line { 3 }, plot.heatmap { { 0 / 0 } },
  plot.line({ { y = { 1, 2 }, error = { 1, 0 / 0 } } }, { x_lines = { 1 } }), plot.speedup(unknown),
  plot.speedup { unknown[1] }, plot.bars({ 1, 2 }, { error = { math.huge, 0 / 0 } }),
  plot.line({ 1, 2 }, { error = { math.huge, 1 }, log_y = true }),
}
for i, figure in ipairs(figures) do
  for _, ending in ipairs { "svg", "png", "pdf" } do
    local path = string.format("%s/figure%d.%s", scratch, i, ending)
    assert(figure:save(path) == path)
    local bytes = read(path)
    local begins = { svg = "<?xml", png = "\137PNG", pdf = "%PDF" }
    assert(bytes:sub(1, #begins[ending]) == begins[ending] and #bytes > 500, path)
    assert(ending ~= "svg" or bytes:find "</svg>%s*$")
  end
end
assert(table.concat(th.data.image(scratch .. "/figure1.png").shape, " ") == "3 800 1280")
-- An ending in capitals is one.
assert(read(curve "a":save(scratch .. "/capitals.SVG")):find "</svg>%s*$")

-- Texts that are commands elsewhere are texts: nothing is run, nothing is marked up.
local touched = scratch .. "/touched"
local hostile = {
  "`touch " .. touched .. "`", "$(touch " .. touched .. ")", "'; system('touch " .. touched .. "'); '",
  '"; system("touch ' .. touched .. '"); "', "a\nsystem('touch " .. touched .. "')", "@a {/b} a_b^c ~d &e \\ %s %d %", "\\",
  "'", "''", "\\'", "</text><script>alert(1)</script>", "\255\0\27[0m", "#{x}", "# comment", "!touch " .. touched,
}
local series = {}
for i = 1, 8 do series[i] = { label = hostile[i], y = { i, i + 1 } } end
for i, text in ipairs(hostile) do
  local figure = plot.grid({
    plot.line(series, { title = text, x_label = text, y_label = text }), plot.bars({ text, "b" }, { 1, 2 }),
    plot.heatmap({ { 1, 2 } }, { rows = { text }, columns = { text, text } }),
  }, { title = text })
  local path = string.format("%s/hostile%d.svg", scratch, i)
  figure:save(path)
  local svg = read(path)
  assert(not svg:find "<script" and utf8.len(svg), path)
  local shown = require("thresh.plot.data").text(text):gsub("&", "&amp;"):gsub("<", "&lt;")
  -- Long ones are cut off.
  assert(select(2, svg:gsub(shown:sub(1, 12):gsub("%p", "%%%0"), "")) >= 4, path .. " does not show " .. shown)
  assert(not io.open(touched), text)
end
assert(read(scratch .. "/hostile6.svg"):find("@a {/b} a_b^c ~d &amp;e \\ %s %d %", 1, true))
-- So are names of files: what begins with a bar or an angle would be a pipe to gnuplot.
th.make_directory(scratch .. "/a 'b' $(c)")
for _, name in ipairs { "|touch touched", "<cat", "-e", "a b'c$(d)`e`", "ä", "a.b" } do
  local path = scratch .. "/a 'b' $(c)/" .. name .. ".svg"
  curve "a":save(path)
  assert(read(path):find "</svg>")
  assert(read((path:gsub("svg$", "gp"))):find "dat[\"'] index 0")
end
assert(not io.open(scratch .. "/a 'b' $(c)/touched"))
-- The same figure is the same script and data; the script draws it again.
local before = read(scratch .. "/figure1.svg")
os.remove(scratch .. "/figure1.svg")
figures[1]:save(scratch .. "/figure1.svg")
assert(read(scratch .. "/figure1.svg") == before)
os.remove(scratch .. "/figure1.svg")
assert(os.execute(string.format("cd '%s' && gnuplot figure1.gp", scratch)) and read(scratch .. "/figure1.svg") == before)
return "ok"
