-- SPDX-License-Identifier: Apache-2.0
-- Judges detections in COCO's form: the 12 figures, each category, where the errors are and how sure the
-- figures are; a second detector on the same images is compared with the first.
--
--   thresh examples/evaluate-coco.lua --annotations instances.json --results results.json [--other results2.json]
--
-- Without files it draws shapes, and pretends to have found them: the objects moved and scored at random.

local th = require "thresh"
local coco = th.coco

local o = th.arguments {
  annotations = { "", "file of the objects" },
  results = { "", "file of what a detector found" },
  other = { "", "file of what another detector found" },
  draws = { 1000, "draws of the bootstrap" },
  seed = { 1, "seed of the draws" },
}

-- The objects of drawn shapes as detections: moved by up to `shift` of their size, some lost, some made up.
local function pretended(data, shift, stream)
  local results, objects = coco.results(), data.annotations:objects()
  local ids, categories = data.annotations:image_ids(), data.category_ids
  for i = 1, #objects.ids do
    if stream:uniform() < 0.85 then
      local box = objects.boxes[i]:tolist()
      for k = 1, 2 do box[k] = box[k] + shift * (2 * stream:uniform() - 1) * box[k + 2] end
      local class = stream:uniform() < 0.9 and objects.categories[i] or stream:integer(1, #categories)
      results:add(ids[objects.images[i]], { box }, { 0.3 + 0.7 * stream:uniform() }, { categories[class] })
    end
    if stream:uniform() < 0.2 then
      results:add(ids[objects.images[i]], { { 200 * stream:uniform(), 200 * stream:uniform(), 30, 30 } },
        { 0.6 * stream:uniform() }, { categories[stream:integer(1, #categories)] })
    end
  end
  return results
end

if (o.annotations == "") ~= (o.results == "") or o.other ~= "" and o.results == "" then
  io.stderr:write("evaluate-coco: needs --annotations and --results, or none of them\n")
  os.exit(2)
end

local gt, dt, other
if o.annotations ~= "" then
  gt, dt = coco.load(o.annotations), coco.results(o.results)
  other = o.other ~= "" and coco.results(o.other) or nil
else
  local data, stream = th.data.shapes { n = 200, size = 256, seed = o.seed }, th.stream(o.seed, "example")
  gt, dt, other = data.annotations, pretended(data, 0.1, stream), pretended(data, 0.2, stream)
  print "No files were given: 200 drawn images, and detections made up from their objects.\n"
end

local e = coco.evaluate { gt = gt, dt = dt }
print(coco.summary(e))

local columns = require "thresh.columns"
local function percent(x) return x > -1 and string.format("%.1f", 100 * x) or "n/a" end
local lines = { { "category", "objects", "AP", "AP50", "AR", "best F" } }
for _, c in ipairs(e:categories()) do
  local best = e:best_f { category = c.id }
  lines[#lines + 1] = {
    c.name, tostring(c.objects), percent(c.ap.all), percent(c.ap50), percent(c.ar.all),
    best and string.format("%.3f at %.2f", best.f, best.score) or "n/a",
  }
end
print("\n" .. table.concat(columns.lines(lines), "\n"))

local tide, calibration = e:tide(), e:calibration()
print(string.format("\nTIDE at IoU 0.5: AP %.1f; gained by mending one kind of error alone:", 100 * tide.ap))
for _, kind in ipairs { "Cls", "Loc", "Both", "Dupe", "Bkg", "Miss" } do
  print(string.format("  %-5s %5.2f", kind, 100 * tide.gains[kind]))
end
print(string.format("Calibration: scores miss the share of right detections by %.3f on average, %.3f at most.",
  calibration.ece, calibration.mce))

local function intervals(title, rows)
  local shown = { { title, "value", "95 %" } }
  for _, row in ipairs(rows) do
    if row.value > -1 then
      shown[#shown + 1] = {
        row.name, string.format("%.4f", row.value), string.format("[%.4f, %.4f]", row.low, row.high),
      }
    end
  end
  print("\n" .. table.concat(columns.lines(shown), "\n"))
end
intervals("figure", e:bootstrap { draws = o.draws, seed = o.seed })
if other then
  intervals("other - this", e:compare(coco.evaluate { gt = gt, dt = other }, { draws = o.draws, seed = o.seed }))
end
