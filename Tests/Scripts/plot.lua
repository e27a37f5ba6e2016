-- SPDX-License-Identifier: Apache-2.0
-- Charts in characters: lines by hand, runs over their epochs, what is refused.
local th = require "thresh"
local scripts = select(2, ...)
local support = dofile(scripts .. "/support.lua")

-- A line from the lower left to the upper right corner, and a point in the middle.
local figure = th.plot.line {
  series = { { label = "up", y = { 0, 1, 2, 3, 4, 5, 6, 7 } }, { x = { 4.5 }, y = { 3.5 } } },
  title = "a title", x_label = "step", width = 8, height = 8,
}
local lines = {}
for line in (tostring(figure) .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
assert(#lines == 12, "title, eight rows, axis, ticks, legend")
assert(lines[1] == "   a title")
assert(lines[2] == "7 │       ●" and lines[9] == "0 │●" and lines[5] == "  │    ●", tostring(figure))
assert(lines[10] == "  └────────" and lines[11]:find "^   1 step 8$" and lines[12] == "   ● up")

-- Constant lines, a single point and what is not finite; nothing at all.
local flat = tostring(th.plot.line { series = { { y = { 2, 2, 0 / 0, math.huge } } }, height = 3 })
assert(flat:find "2.5 │" and flat:find "●●●●●●●●" and not flat:find "nan" and not flat:find "inf")
assert(tostring(th.plot.line { series = { { y = {} } } }):find "no finite points")
support.refused({ "series 2 has 1 x for 2 y" }, th.plot.line, { series = { { y = {} }, { x = { 1 }, y = { 1, 2 } } } })
support.refused({ "point 1", "numbers expected" }, th.plot.line, { series = { { y = { "a" } } } })
support.refused({ "9 series" }, th.plot.line, { series = { {}, {}, {}, {}, {}, {}, {}, {}, {} } })
support.refused({ "figure 1", "figure expected" }, th.plot.beside, { "a" })

-- The matching error of a run beside its loss.
local run = support.runner(th.data.digits(), {
  epochs = 3, select = th.select.RS2 { fraction = 0.1 }, matching_error = true,
})
local result = run {}
local text = tostring(th.plot.history(result))
local first = text:match "^[^\n]*"
assert(first:find "loss" and first:find "matching error" and select(2, text:gsub("RS2", "")) == 2, text)
for _, metric in ipairs { "loss", "matching_error" } do
  local most = -math.huge
  for _, row in ipairs(result.history) do most = math.max(most, row[metric]) end
  assert(text:find(string.format("%.4g │", most), 1, true), text)
end
assert(not tostring(th.plot.history({ result, result }, { "lr" })):find "loss")
support.refused({ "what train or compare returned", "4" }, th.plot.history, 4)
support.refused({ "item 1 has no history" }, th.plot.history, { {} })

-- Of several selectors as compare returns them.
local compared = th.compare {
  data = th.data.digits(), seeds = { 1 }, epochs = 1, quiet = true, matching_error = "last_layer",
  selectors = { th.select.RS2 { fraction = 0.1 }, th.select.RandomPB { fraction = 0.2 } },
  model = function(seed) return th.models.mlp { classes = 10, in_channels = 1, image_size = 8, seed = seed } end,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.05 }) end,
}
text = tostring(th.plot.history(compared))
assert(text:find "RandomPB" and text:find "matching error", text)
return "ok"
