-- SPDX-License-Identifier: Apache-2.0
-- Layers of two models side by side.
local th = require "thresh"

local a = { w = th.tensor { 3.0, 4.0 }, b = th.tensor { 1.0, 1.0, 1.0, 1.0 }, n = th.tensor { 1 }:to("int64") }
local b = { w = th.tensor { 4.0, 3.0 }, b = th.tensor { 1.0, 1.0, 1.0, 3.0 }, n = th.tensor { 2 }:to("int64") }

-- By hand: w moves by (1, -1) of 5, with the same values in another order; b by 2 of 2.
local found = th.layers.compare(a, b)
assert(#found.rows == 2 and found.rows[1].name == "b" and found.rows[2].name == "w")
local function near(x, y) return math.abs(x - y) < 1e-12 end
local row = found.rows[2]
assert(near(row.relative, math.sqrt(2) / 5) and near(row.cosine, 24 / 25) and row.wasserstein == 0)
row = found.rows[1]
assert(near(row.relative, 1) and near(row.cosine, 6 / math.sqrt(4 * 12)) and near(row.wasserstein, 0.5))
assert(row.quantiles[2][7] == 3 and row.quantiles[1][7] == 1)

-- A null puts first what moves further than chance moves it.
local null = { w = th.tensor { 3.0, 5.0 }, b = th.tensor { 1.0, 1.0, 1.0, 9.0 } }
found = th.layers.compare(a, b, { null = null })
assert(near(found.rows[1].ratio, 0.25) and found.rows[1].name == "b" and near(found.rows[2].null.wasserstein, 0.5))
assert(tostring(found):find("null Wasserstein", 1, true))

-- Weights that are not finite come first, and their distances are no numbers.
local broken = { w = th.tensor { 0 / 0, 4.0 }, b = a.b }
for _, options in ipairs { {}, { null = null } } do
  found = th.layers.compare(a, broken, options)
  row = found.rows[1]
  assert(row.name == "w" and row.relative ~= row.relative and row.cosine ~= row.cosine, tostring(found))
end
local zeros = { w = th.zeros(2) }
row = th.layers.compare(zeros, zeros, { null = zeros }).rows[1]
assert(row.cosine == 1 and row.relative == 0 and row.ratio == 0)
-- Nothing is like zeros but zeros, and against no change any is infinite.
found = th.layers.compare(zeros, { w = a.w }, { null = zeros })
row = found.rows[1]
assert(row.cosine == 0 and row.relative == math.huge and row.ratio == math.huge)
assert(tostring(found):find "∞" and not tostring(found):find "inf" and not tostring(found):find "%d%d%d%d%d")
assert(th.layers.compare({ w = a.w }, zeros).rows[1].cosine == 0)

-- Models and files.
local function model(seed) return th.models.mlp { classes = 3, in_channels = 1, image_size = 4, seed = seed } end
local path = ... and (... .. "/layers.safetensors") or os.tmpname()
th.save_safetensors(path, model(2):state_dict())
found = th.layers.compare(model(1), path, { null = model(3), like = "weight$" })
for _, r in ipairs(found.rows) do
  assert(r.name:find "weight$" and r.relative > 1 and r.ratio > 0.3 and r.ratio < 3)
end
assert(#th.layers.compare(model(1), model(1)).rows > 0 and th.layers.compare(model(1), model(1)).rows[1].relative == 0)
os.remove(path)

-- Histograms on common bins.
local h = th.layers.histogram("b", { base = a, other = b }, { bins = 2 })
assert(h.counts.base[1] == 4 and h.counts.other[1] == 3 and h.counts.other[2] == 1)
assert(h:csv() == "from,to,base,other\n1,2,4,3\n2,3,0,1\n")
assert(tostring(h):find("base", 1, true))
-- Labels are texts of CSV, small weights have figures, and what is not finite is left out.
h = th.layers.histogram("w", {
  ["a,b"] = { w = th.tensor { 1e-6, 2e-6, 0 / 0, 1 / 0 } }, ["=c"] = { w = th.tensor { 0 / 0 } },
}, { bins = 1 })
assert(h:csv():find "^from,to,'=c,\"a,b\"\n" and h:csv():find ",0,2\n$", h:csv())
assert(tostring(h):find "1e%-06 … +2e%-06", tostring(h))
h = th.layers.histogram("w", { a = { w = th.tensor { 0 / 0 } } }, { bins = 2 })
assert(h.counts.a[1] == 0 and h.counts.a[2] == 0 and h.edges[3] > h.edges[1])

-- What is wrong is named.
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
end
fails("'b' is missing in the second", th.layers.compare, a, { w = a.w })
fails("shape (2) in the one and (3)", th.layers.compare, { w = a.w }, { w = th.zeros(3) })
fails("the first must be a model", th.layers.compare, 3, a)
fails("no tensor 'x'", th.layers.histogram, "x", { base = a })
fails("like 'zzz'", th.layers.compare, a, b, { like = "zzz" })

-- Detectors are models too.
local function detector(seed) return th.detect.small_ssd { classes = 3, size = 32, width = 2, seed = seed } end
assert(#th.layers.compare(detector(1), detector(2), { null = detector(3) }).rows > 10)

return "ok"
