-- SPDX-License-Identifier: Apache-2.0
-- Figures in characters: every kind by hand, runs over their epochs, what is refused.
local th = require "thresh"
local scripts = select(2, ...)
local support = dofile(scripts .. "/support.lua")
local plot = th.plot

-- Raises unless the figure is drawn so; the drawing begins with a line end.
local function drawn(figure, expected, how)
  local text = "\n" .. figure:text(how or { width = 60, colour = false }) .. "\n"
  if text ~= expected then error("drawn as" .. text .. "instead of" .. expected, 2) end
end

-- Two series are marks, one is dots; ticks are round numbers.
drawn(plot.line {
  series = { { label = "up", y = { 0, 1, 2, 3, 4, 5, 6, 8 } }, { x = { 4.5 }, y = { 4 } } },
  title = "a title", x_label = "step", width = 8, height = 9,
}, [[

    a title
10 ┤
   │
   │       ●
   │      ●
 5 ┤     ●
   │    ○
   │  ●●
   │ ●
 0 ┤●
   └┬──────┬
    1      8
      step
    ● up
]])
drawn(plot.line({ 0, 1, 2, 3, 4 }, { width = 10, height = 4, y_label = "loss" }), [[

  loss
5 ┤         ⢀
  │      ⢀⠔⠊⠁
  │   ⣀⠤⠊⠁
0 ┤⡠⠔⠊
  └┬────────┬
   1        5
]])
-- Log axes, intervals as bars, lines across; what is not above 0 has no place on a log axis.
drawn(plot.scatter({ 1, 10, 100, -5 }, { 1, 2, 4, 9 }, {
  log_x = true, width = 21, height = 5, x_lines = { 10 }, error = { 0, 1, 0, 0 }, y_range = { 0, 4 },
}), [[

4 ┤          ┊         ●
  │          │
2 ┤          ●
  │●         │
0 ┤          ┊
  └┬─────────┬─────────┬
   1        10       100
]])
drawn(plot.bars({ "a", "long name" }, { 1, -2 }, { width = 40, title = "bars" }), [[

           bars
a         │                 ████████▋ 1
long name │█████████████████ -2
]])
drawn(plot.bars({ { label = "x", y = { 1, 2 }, error = { 0.5, 0.5 } }, { label = "y", y = { 4, 3 } } }, { width = 40 }), [[

1 │● █████▌ 1 [0.5, 1.5]
  │○ ██████████████████████ 4
2 │● ███████████ 2 [1.5, 2.5]
  │○ ████████████████▌ 3
   ● x   ○ y
]])
drawn(plot.histogram({ 0, 0, 0, 1, 1, 2, 5 }, { width = 12, height = 3 }), [[

  count
5 ┤
  │▆▆▂▂
0 ┤████▅▅    ▅▅
  └┬──────────┬
 -0.5       5.5
]])
drawn(plot.heatmap({ { 0, 1 }, { 0.5, 0 / 0 } }, { rows = { "r1", "r2" }, columns = { "c1", "c2" }, title = "map" }), [[

map
r1 ··    0 ██    1
r2 ▒▒  0.5
   c1      c2
   · 0 … █ 1
]])
-- Panels stand beside each other as far as there is room.
local small = plot.line({ 1, 2 }, { width = 8, height = 2, y_range = { 1, 2 } })
drawn(plot.grid({ small, small }, { columns = 2 }), [[

2 ┤    ⣀⠤⠒⠉   2 ┤    ⣀⠤⠒⠉
1 ┤⣀⠤⠒⠉       1 ┤⣀⠤⠒⠉
  └┬──────┬     └┬──────┬
   1      2      1      2
]], { width = 100, colour = false })
local narrow = plot.grid({ small, small }, { columns = 2, title = "both" }):text { width = 40 }
assert(narrow:find "^both\n\n2 ┤" and select(2, narrow:gsub("└", "")) == 2 and not narrow:find "└[^\n]*└")
assert(tostring(plot.beside { small, plot.grid { small, small } }):find "└[^\n]*└")

-- A figure is as wide as it may be, and no line is wider; colours are asked for.
local wide = plot.line({ 1000, 2000, 3000 }, { width = 300, title = string.rep("a long title ", 30) })
for line in (wide:text { width = 50 } .. "\n"):gmatch "(.-)\n" do assert(utf8.len(line) <= 50, line) end
local two = plot.line { { label = "a", y = { 1, 2 } }, { label = "b", y = { 2, 1 } } }
assert(not tostring(two):find "\27" and two:text { colour = true }:find "\27%[38;5;32m━\27%[0m a")
assert(tostring(two):find "● a   ○ b")

-- Texts are texts: no control characters, no broken UTF-8.
local odd = tostring(plot.line({ 1, 2 }, { title = "a\27[31m\nb\255\u{9B}z", label = "x\ty" }))
assert(odd:find "a %[31m b\u{FFFD} z" and odd:find "x y" and not odd:find "\27")

-- Constant lines, a single point and what is not finite; nothing at all; numbers of any size.
local flat = tostring(plot.line { series = { { y = { 2, 2, 0 / 0, math.huge } } }, height = 3 })
assert(flat:find "2.0 ┤⠤⠤⠤" and not flat:find "nan" and not flat:find "inf", flat)
for _, figure in ipairs {
  plot.line { series = { { y = {} } } }, plot.line({ 0, -1 }, { log_y = true }), plot.bars({}, {}),
  plot.scatter(th.tensor { 0 / 0 }), plot.histogram {},
} do
  assert(tostring(figure):find "no finite points", tostring(figure))
end
for _, y in ipairs { { 1e300, -1e300 }, { 5e-324, 1e-320 }, { 1e17, 1e17 + 64 }, { -1e-7, 1e-7 }, { math.maxinteger, math.mininteger } } do
  for _, kind in ipairs { "line", "scatter", "bars" } do assert(#tostring(plot[kind](y)) > 0) end
  assert(#tostring(plot.line(y, { log_y = true })) > 0 and #tostring(plot.histogram(y)) > 0)
end

-- What lies far outside is cut off where the field ends, in its direction; an infinite interval goes as far as the
-- axis, one with an end that is no number is none.
drawn(plot.line({ 1, 2, 1e9 }, { y_range = { 0, 3 }, width = 9, height = 4 }), [[

3 ┤    ⢸
  │  ⢀⡠⠜
  │⠔⠊⠁
0 ┤
  └┬───────┬
   1       3
]])
drawn(plot.scatter({ 1, 2, 3 }, { 1, 2, 3 }, { error = { math.huge, 0 / 0, 0 }, width = 9, height = 3 }), [[

4 ┤│       ●
2 ┤●   ●
0 ┤│
  └┬───────┬
   1       3
]])
drawn(plot.line({ 1, 2, 3 }, { error = { 0.5, math.huge, 0.5 }, width = 9, height = 3, y_range = { 0, 4 } }), [[

4 ┤   ⠄⠈ ⠁⠐⣀
  │⡀⢐⣀⡠⠤⠔⠒⠩
0 ┤⠍⠡ ⡀⢀ ⠁
  └┬───────┬
   1       3
]])
local of_line = { width = 9, height = 3, y_range = { 0, 4 } }
local bare = tostring(plot.line({ 1, 2, 3 }, of_line))
of_line.error = { 0.5, 0 / 0, 0.5 }
assert(tostring(plot.line({ 1, 2, 3 }, of_line)) == bare)
local far = { low = { 0, -math.huge }, high = { 9, math.huge } }
assert(#tostring(plot.line({ 1, 1e9 }, { 1, 2 }, { error = { 1, 1 }, x_range = { 0, 3 } })) > 0)
assert(#tostring(plot.line({ 1, 2 }, { low = far.low, high = far.high, log_y = true })) > 0)
assert(#tostring(plot.line({ 1, 1e300 }, { y_range = { 0, 1e-300 } })) > 0)

-- Without colours too steps are steps, and points are joined in the order they come in.
drawn(plot.line({ { y = { 1, 3, 2 }, style = "steps" }, { y = { 1, 1, 1 } } }, {
  width = 9, height = 3, y_range = { 1, 3 },
}), [[

3 ┤    ●●●●●
  │    ●   ●
1 ┤○○○○○○○○○
  └┬───────┬
   1       3
]])
drawn(plot.scatter({ 1, 9, 5 }, { 1, 1, 3 }, { style = "both", width = 9, height = 3, y_range = { 1, 3 } }), [[

3 ┤    ●
  │     ··
1 ┤●·······●
  └┬───────┬
   1       9
]])

-- Ticks of large numbers that are near each other differ; a long label is cut in colour as without.
local near = tostring(plot.line { 1200000, 1200060 })
assert(near:find "1.20006e6 ┤" and near:find "1.20004e6 ┤" and near:find "1.2e6 ┤", near)
local long = plot.line({ 1, 2 }, { label = string.rep("long ", 30) }):text { width = 40, colour = true }
for line in (long .. "\n"):gmatch "(.-)\n" do assert(utf8.len((line:gsub("\27%[[%d;]*m", ""))) <= 40, line) end
assert(long:find "long…" or long:find "lo…", long)

-- Ranges of histograms, in which bins are cut off or leave room.
drawn(plot.histogram({ 0, 0, 0, 1, 1, 2, 5 }, { width = 12, height = 3, x_range = { 0.5, 3.5 }, y_range = { 0, 2 } }), [[

  count
2 ┤████
  │████▄▄▄▄
0 ┤████████
  └┬──────────┬
  0.5       3.5
]])
drawn(plot.histogram({ 0, 0, 1 }, { width = 10, height = 2, x_range = { -2.5, 2.5 } }), [[

  count
2 ┤    ██
0 ┤    ████
  └┬────────┬
 -2.5     2.5
]])

assert(tostring(plot.bars { 1.7e308, -1.7e308 }):find "\n2 │█[^ ]* %-1.7e")
assert(tostring(plot.bars({ 5e-324, 1 }, { log_y = true })):find "\n2 │█[^ ]* 1")

-- What is given in other forms is the same.
local x, y = { 1, 2, 3 }, { 3, 1, 2 }
local plain = tostring(plot.line(x, y))
for _, figure in ipairs {
  plot.line(y), plot.line(th.tensor(y)), plot.line(th.tensor(x), th.tensor { 3.0, 1, 2 }), plot.line { { x = x, y = y } },
  plot.line { th.tensor(y) }, plot.line { series = { { y = y } } }, plot.line({ 3, 1, 2 }, { 2, 3, 1 }),
} do
  assert(tostring(figure) == plain)
end
assert(plot.histogram({ 1, 1, 2 }).edges[1] == 0.5 and #plot.histogram(th.arange(1, 1000)).edges < 66)
assert(plot.histogram({ 0.5, 1 }, { bins = 4, range = { 0, 2 } }).edges[5] == 2)
local layers = th.layers.histogram("weight", { a = th.nn.Linear(4, 3), b = th.nn.Linear(4, 3) }, { bins = 5 })
local figure = layers:figure { title = "weights" }
assert(#figure.series == 2 and figure.x_label == "weight" and tostring(figure):find "● a   ○ b")

-- What is refused.
support.refused({ "series 2 has 1 x for 2 y" }, plot.line, { series = { { y = {} }, { x = { 1 }, y = { 1, 2 } } } })
support.refused({ "point 1", "numbers expected" }, plot.line, { series = { { y = { "a" } } } })
support.refused({ "13 series" }, plot.line, { {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} })
support.refused({ "figure 1", "figure expected" }, plot.beside, { "a" })
support.refused({ "at least one figure" }, plot.grid, {})
support.refused({ "belong together" }, plot.line, { 1 }, { low = { 1 } })
support.refused({ "not both" }, plot.line, { 1 }, { low = { 1 }, high = { 1 }, error = { 1 } })
support.refused({ "2 numbers for 1 points" }, plot.line, { 1 }, { error = { 1, 2 } })
support.refused({ "did you mean 'title'" }, plot.line, { 1 }, { titel = "a" })
support.refused({ "one of line, points", "did you mean 'line'" }, plot.line, { 1 }, { style = "lime" })
support.refused({ "above 0 on a log axis" }, plot.line, { 1 }, { log_x = true, x_range = { 0, 1 } })
support.refused({ "the lower first" }, plot.line, { 1 }, { y_range = { 1, 1 } })
support.refused({ "pixels in 100" }, plot.line, { 1 }, { size = { 10, 10 } })
support.refused({ "3 categories for 2 values" }, plot.bars, { 1, 2 }, { categories = { "a", "b", "c" } })
support.refused({ "series 2 has 1 values" }, plot.bars, { { y = { 1, 2 } }, { y = { 1 } } })
support.refused({ "row 2 has 1 values" }, plot.heatmap, { { 1, 2 }, { 1 } })
support.refused({ "no cells" }, plot.heatmap, {})
support.refused({ "matrix expected" }, plot.heatmap, th.ones(2))
support.refused({ "write figure:text" }, figure.text, 4)
local forged = plot.line { 1, 2 }
forged.kind = "zebra"
support.refused({ "its kind is 'zebra'" }, tostring, forged)

-- Grids of pictures: borders, labels below, a title; smaller ones centred.
local images = plot.image_grid({ th.ones(2, 2), th.zeros(3, 4, 4) }, { border = 1, scale = 1, columns = 2 })
local t = images:image()
assert(table.concat(t.shape, " ") == "3 6 11" and t.dtype == "uint8")
-- White ground, in which the white 2 x 2 picture is lost; the black one stands on its right.
assert(t[1][2][2] == 255 and t[1][2][7] == 0 and t[2][5][10] == 0 and t[1][6][7] == 255 and t[1][2][6] == 255)
local normalised = plot.image_grid(th.tensor { { { -1.0, 3 } } }, { border = 0, scale = 1 }):image()
assert(normalised[1][1][1] == 0 and normalised[1][1][2] == 255)
local bytes = plot.image_grid(th.tensor({ { { 0, 16 } } }, { dtype = "uint8" }), { border = 0, scale = 1, range = { 0, 16 } })
assert(bytes:image()[1][1][2] == 255)
local labelled = plot.image_grid(th.zeros(2, 1, 8, 8), { labels = { "a", "\u{E9}" }, title = "two", border = 2 })
assert(labelled:image().shape[2] > 64 + 4 + 7 and tostring(labelled):find "two" and tostring(labelled):find "1 a, 2 é")
-- A picture of one pixel has no room for a title, but for its beginning.
local pixel = plot.image_grid(th.zeros(1, 1, 1, 1), { scale = 1, border = 0, title = "a title", labels = { "a" } })
assert(pixel:image().shape[3] == 1)
local scratch = ...
assert(labelled:save(scratch .. "/grid.png") and th.data.image(scratch .. "/grid.png"):equal(labelled:image()))
support.refused({ "must end in .png" }, labelled.save, labelled, scratch .. "/grid.svg")
support.refused({ "at least one picture" }, plot.image_grid, {})
support.refused({ "picture 2", "(2, 4, 4)" }, plot.image_grid, { th.ones(4, 4), th.ones(2, 4, 4) })
support.refused({ "needs a text" }, th.data.letters, "")
support.refused({ "1 … 16" }, th.data.letters, "a", { scale = 17 })
assert(table.concat(th.data.letters("ab").shape, " ") == "3 7 11")

-- The matching error of a run beside its loss.
local run = support.runner(th.data.digits(), {
  epochs = 3, select = th.select.RS2 { fraction = 0.1 }, matching_error = true,
})
local result = run {}
local text = plot.history(result):text { width = 100, colour = false }
local first = text:match "^[^\n]*"
assert(first:find "loss" and first:find "matching error" and select(2, text:gsub("RS2", "")) == 2, text)
assert(not tostring(plot.history({ result, result }, { "lr" })):find "loss")
support.refused({ "what train or compare returned", "4" }, plot.history, 4)
support.refused({ "item 1 has no history" }, plot.history, { {} })
support.refused({ "item 1 has no history" }, plot.history, { 4 })

-- Of several selectors as compare returns them; over seeds.
local compared = th.compare {
  data = th.data.digits(), seeds = { 1, 2, 3 }, epochs = 2, quiet = true, matching_error = "last_layer",
  selectors = { th.select.RS2 { fraction = 0.1 }, th.select.RandomPB { fraction = 0.2 } },
  model = function(seed) return th.models.mlp { classes = 10, in_channels = 1, image_size = 8, seed = seed } end,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.05 }) end,
}
text = tostring(plot.history(compared))
assert(text:find "RandomPB" and text:find "matching error", text)
local curves = plot.curves(compared)
local accuracies = {}
for i, r in ipairs(compared.rows[2].results) do accuracies[i] = r.history[2].accuracy end
table.sort(accuracies)
local last = curves.series[2].points[2]
assert(last[1] == 2 and last[2] == accuracies[2] and last.low == accuracies[1] and last.high == accuracies[3])
assert(curves.series[2].label == "RandomPB" and curves.y_label == "accuracy" and curves.x_label == "epoch")
local quartiles = plot.curves(compared, { band = "quartiles" }).series[2].points[2]
assert(math.abs(quartiles.low - (accuracies[1] + accuracies[2]) / 2) < 1e-12)

-- Over seconds runs stop at different places: curves are compared where all of them have a value.
local function history(...)
  local rows = {}
  for i, at in ipairs { ... } do rows[i] = { seconds = { train = at, select = 0 }, accuracy = at / 10 } end
  return rows
end
curves = plot.curves({ { label = "a", runs = { history(1, 3, 5), { history = history(2, 4) } } } }, { x = "seconds" })
local points = curves.series[1].points
assert(#points == 50 and points[1][1] == 2 and points[50][1] == 4)
for _, p in ipairs(points) do assert(math.abs(p[2] - p[1] / 10) < 1e-12) end
-- The rows of a run folder keep training and selection apart.
local logged = {
  { epoch = 1, train_seconds = 1, select_seconds = 2, train_cpu_seconds = 4, select_cpu_seconds = 1, accuracy = 0.5 },
}
for name, at in pairs { seconds = 3, cpu_seconds = 5, train_seconds = 1 } do
  assert(plot.curves({ { runs = { logged } } }, { x = name }).series[1].points[1][1] == at, name)
end
-- Curves that have one place in common are compared there.
local whole, begun = { { epoch = 1, accuracy = 1 }, { epoch = 2, accuracy = 0.5 } }, { { epoch = 1, accuracy = 0 } }
points = plot.curves({ { runs = { whole, begun } } }).series[1].points
assert(#points == 1 and points[1][1] == 1 and points[1][2] == 0.5 and points[1].low == 0 and points[1].high == 1)
support.refused({ "group 1 has no runs" }, plot.curves, { 1 })
support.refused({ "range, quartiles" }, plot.curves, {}, { band = "all" })

-- Speedup against accuracy: points of a label belong together, those never reached are counted.
local speed = plot.speedup({
  { label = "a", speedup = { median = 2, low = 1.5, high = 3 }, accuracy = 0.9 },
  { label = "b", speedup = { min = 1, max = 2, median = 1.5 }, accuracy = { median = 0.8, low = 0.7, high = 0.85 } },
  { label = "a", speedup = { reached = 0, count = 3, below = 1.2 }, accuracy = 0.95 },
}, { title = "speed" })
assert(#speed.series == 2 and speed.series[1].label == "a (1 not reached)" and #speed.series[1].points == 1)
assert(speed.series[2].points[1].x_low == 1 and speed.series[2].points[1].high == 0.85 and speed.x_lines[1] == 1)
-- Methods of which nothing is known are in the legend, be it alone.
local unknown = { { label = "a", accuracy = 0.9 }, { label = "b", speedup = { below = 2 }, accuracy = 0.8 } }
speed = tostring(plot.speedup(unknown))
assert(speed:find "no finite points" and speed:find "● a %(1 not reached%)   ○ b %(1 not reached%)", speed)
unknown[3] = { label = "c", speedup = { median = 2, low = 1, high = math.huge }, accuracy = 0.9 }
speed = tostring(plot.speedup(unknown))
assert(speed:find "a %(1 not reached%)" and speed:find "▲ c" and speed:find "─▲\n", speed)
support.refused({ "point 1 has no 'error'" }, plot.speedup, { { speedup = 1, accuracy = 1 } }, { y = "error" })
support.refused({ "point 1: speedup" }, plot.speedup, { { speedup = "x", accuracy = 1 } })

-- How often images were chosen, by a trace; the most and the least chosen.
local set = th.data.digits().train
local path = scratch .. "/run.trace"
local writer = th.select.write_trace(path, { data = set, method = "Mine", epochs = 4 })
writer:write(0, { indices = th.tensor { 3, 5 } }, 0.1)
writer:write(2, { indices = th.tensor { 3, 9 } }, 0.1)
writer:close()
local priorities = plot.priorities(path)
assert(table.concat(priorities.series[1].counts, " ") == string.format("%d 2 1", #set - 3))
assert(priorities.series[1].label == "Mine" and priorities.x_label == "times chosen")
assert(#plot.priorities({ a = path, b = th.zeros(5) }).series == 2)
local gallery = plot.gallery(path, set, { count = 3 })
assert(gallery.indices[1] == 3 and gallery.labels[1]:find "^2x ")
assert(gallery.indices[2] + gallery.indices[3] == 14, "then 5 and 9")
local least = plot.gallery(th.select.read_trace(path), set, { count = 5, which = "least", seed = 2 })
for _, index in ipairs(least.indices) do assert(index ~= 3 and index ~= 5 and index ~= 9) end
assert(table.concat(least.indices, " ") ~= table.concat(plot.gallery(path, set, { count = 5, which = "least" }).indices, " "))
support.refused({ "most, least" }, plot.gallery, path, set, { which = "best" })
support.refused({ "was made of" }, plot.gallery, path, th.data.digits().test)
support.refused({ "4 counts for" }, plot.gallery, th.zeros(4), set)
local shapes = th.data.shapes { n = 3, size = 200, seed = 1 }
assert(plot.gallery(th.tensor { 1, 0, 2 }, shapes, { count = 1 }).labels[1]:find "^2x image %d+$")
return "ok"
