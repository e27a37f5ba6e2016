-- SPDX-License-Identifier: Apache-2.0
-- COCO files and their evaluation from Lua.
local th = require "thresh"
local coco = th.coco
local folder = ...

local function write(name, text)
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local gt_path = write("gt.json", [[
{"images":[{"id":1},{"id":2}],"categories":[{"id":1,"name":"a"},{"id":2,"name":"b"}],
"annotations":[
{"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0},
{"id":2,"image_id":1,"category_id":2,"bbox":[80,20,40,30],"area":1200,"iscrowd":0},
{"id":3,"image_id":2,"category_id":1,"bbox":[5,5,20,20],"area":400,"iscrowd":0}]}]])

-- Image by image, from tensors and from lists, and by way of a file: the same figures.
local gt = coco.load(gt_path)
assert(gt.image_count == 2 and gt.object_count == 3 and gt.category_count == 2)
assert(gt:categories()[2].name == "b" and gt:statistics().objects == 3)
local ev = coco.evaluator(gt)
ev:add(1, th.tensor({ { 11, 10, 50, 50 }, { 80, 21, 40, 30 } }, { dtype = "float64" }),
  th.tensor({ 0.5, 0.25 }), { 1, 2 })
ev:add(2, { { 6, 5, 20, 20 } }, { 0.125 }, { 1 })
ev:add(2, {}, {}, {})
local e = ev:evaluate()
assert(#e.stats == 12 and e.stats[2] == 1 - 2 ^ -54 or e.stats[2] > 0.999, e.stats[2])
local results = coco.results()
results:add(1, { { 11, 10, 50, 50 }, { 80, 21, 40, 30 } }, { 0.5, 0.25 }, { 1, 2 })
results:add(2, { { 6, 5, 20, 20 } }, { 0.125 }, { 1 })
results:save(folder .. "/dt.json")
local other = coco.evaluate { gt = gt_path, dt = folder .. "/dt.json" }
for i = 1, 12 do assert(other.stats[i] == e.stats[i], i) end
assert(#coco.results(folder .. "/dt.json") == 3)
assert(ev:reset():evaluate().stats[1] == 0)

-- A batch at a time, as detect.decode gives it: classes and rows of the batch count from 1, the ids are the file's.
local decoded = {
  images = th.tensor({ 2, 2, 1 }, { dtype = "int64" }), labels = th.tensor({ 1, 2, 1 }, { dtype = "int64" }),
  scores = th.tensor { 0.5, 0.25, 0.125 }, bbox = th.tensor { { 11, 10, 50, 50 }, { 80, 21, 40, 30 }, { 6, 5, 20, 20 } },
}
local names = { image_ids = { 2, 1 }, category_ids = { 1, 2 } }
assert(#coco.results():add(decoded, names) == 3)
local batched = coco.evaluator(gt):add(decoded, names):evaluate()
for i = 1, 12 do assert(batched.stats[i] == e.stats[i], i) end
local as_tensors = coco.evaluator(gt):add(decoded, {
  image_ids = th.tensor({ 2, 1 }, { dtype = "int64" }), category_ids = th.tensor({ 1, 2 }, { dtype = "int64" }),
}):evaluate()
for i = 1, 12 do assert(as_tensors.stats[i] == e.stats[i], i) end
-- From a detector's output, through decode: one box at a default box, found in the second image of the batch.
do
  local model = th.detect.small_ssd { classes = 3, size = 64, seed = 1 }
  local n = #model.boxes
  local scores = th.zeros { 2, 3, n }
  scores[{ {}, 1, {} }] = 20
  scores[{ 2, 3, 5 }] = 40
  local found = th.detect.decode(th.zeros { 2, 4, n }, scores, model, { sizes = { { 100, 100 }, { 200, 100 } } })
  assert(found.scores:numel() == 1 and found.images[1] == 2 and found.labels[1] == 2)
  local path = folder .. "/one.json"
  coco.results():add(found, { image_ids = { 2, 1 }, category_ids = { 1, 2 } }):save(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  assert(text:find('"image_id":1,"category_id":2', 1, true), text)
  assert(text:find('"bbox":' .. require("thresh.json").encode(found.bbox[1]:tolist()), 1, true), text)
end

-- What it tells beyond.
local figures, categories = e:figures(), e:categories()
assert(figures[1].name == "AP" and figures[7].name == "AR1" and figures[2].iou == 0.5)
assert(categories[1].id == 1 and categories[1].ap.all > 0.8 and categories[1].objects == 2)
assert(coco.summary(e):find("maxDets=100 ] = 0.9", 1, true), coco.summary(e))
local curve = e:curve { iou = 0.5, category = 1 }
assert(#curve == 101 and curve[101].precision == 1 and curve[101].score == 0.125)
assert(e:best_f { iou = 0.5, category = 1 }.f == 1 and e:best_f { iou = 0.5 } > 0.99)
assert(e:curve { iou = 0.9 }[1].recall == 0)
local matrix, ids = e:confusion()
assert(matrix:tolist()[1][1] == 2 and matrix:tolist()[2][2] == 1 and ids[2] == 2)
local calibration = e:calibration { bins = 4 }
assert(calibration.count == 3 and #calibration.bins == 4 and calibration.ece > 0.5)
assert(e:tide().ap == 1 and e:tide().counts.Miss == 0)
local errors = e:image_errors()
assert(errors[1].image_id == 1 and #errors[1].right == 2 and errors[2].right[1] == 2 and errors[2].f1 == 1)
local intervals = e:bootstrap { draws = 20 }
assert(intervals[1].name == "AP" and intervals[1].low <= intervals[1].high)
assert(e:compare(other, { draws = 20 })[1].value == 0)

-- Options.
local strict = coco.evaluate { gt = gt, dt = results, strict = true, max_dets = 1 }
assert(strict:figures()[1].max_dets == 1)
local areas = coco.evaluate {
  gt = gt, dt = results, iou = { 0.5 }, areas = { { "all", 0, 1e10 }, { "small", 0, 500 } },
}
assert(areas.stats[5] == -1 and areas.stats[4] > 0.99 and #areas.iou_thresholds == 1)
assert(coco.evaluate { gt = gt, dt = results, images = { 2 } }.counts.objects == 1)

-- Mistakes.
local function fails(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(part, 1, true), part .. ": " .. tostring(message))
end
fails("unknown option 'dts' (did you mean 'dt'?)", coco.evaluate, { gt = gt, dts = results })
fails("needs the option", coco.evaluate, { gt = gt })
fails("nothing.json", coco.load, folder .. "/nothing.json")
fails("shape (2, 4)", results.add, results, 1, { { 1, 2, 3, 4 } }, { 0.5, 0.5 }, { 1, 1 })
fails("must be finite", results.add, results, 1, { { 1, 2, 3, 0 / 0 } }, { 0.5 }, { 1 })
fails("was not judged", e.curve, e, { iou = 0.51 })
fails("no category with id 9", e.curve, e, { category = 9 })
local stray = coco.results()
stray:add(9, { { 1, 2, 3, 4 } }, { 0.5 }, { 1 })
fails("image_id 9", coco.evaluate, { gt = gt, dt = stray })
local zero = coco.load(write("zero.json", [[{"images":[{"id":1}],"categories":[{"id":1}],
"annotations":[{"id":0,"image_id":1,"category_id":1,"bbox":[1,1,9,9],"area":81,"iscrowd":0}]}]]))
assert(zero:report().problems[1].kind == "zero-id" and zero:report().problems[1].examples[1].line == 2)
local there = coco.results():add(1, { { 1, 1, 9, 9 } }, { 0.5 }, { 1 })
assert(coco.evaluate { gt = zero, dt = there }.stats[1] == 0)
assert(coco.evaluate { gt = zero, dt = there, strict = true }.stats[1] > 0.99, "strict counts id 0")
local flat = coco.load(write("flat.json", [[{"images":[{"id":1}],"categories":[{"id":1}],
"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,0,9],"area":81,"iscrowd":0}]}]]))
fails("flat.json:2:16", coco.evaluate, { gt = flat, dt = there, strict = true })
assert(coco.evaluate { gt = flat, dt = there }.stats[1] == 0)
assert(#coco.evaluate { gt = zero, dt = coco.results() }.notes == 1)

-- Batches that do not fit are refused, and leave nothing behind.
local kept = coco.results()
local function without(change)
  local t = {}
  for name, value in pairs(decoded) do t[name] = value end
  for name, value in pairs(change) do t[name] = value or nil end
  return t
end
fails("image 2 is none of the 1", kept.add, kept, decoded, { image_ids = { 2 }, category_ids = { 1, 2 } })
fails("class 2 is none of the 1", kept.add, kept, decoded, { image_ids = { 2, 1 }, category_ids = { 1 } })
fails("option 'image_ids' of 'add': is needed", kept.add, kept, decoded, { category_ids = { 1, 2 } })
fails("decode with sizes", kept.add, kept, without { bbox = false }, names)
fails("'images' must be integers", kept.add, kept, without { images = decoded.scores }, names)
fails("as many images, labels and boxes as its 2 scores", kept.add, kept,
  without { scores = th.tensor { 0.5, 0.5 } }, names)
fails("detection 2, in image 1, is not finite", kept.add, kept,
  without { scores = th.tensor { 0.5, 0 / 0, 0.5 } }, names)
fails("image 3 is none of the 2", kept.add, kept,
  without { images = th.tensor({ 1, 2, 3 }, { dtype = "int64" }) }, names)
fails("unknown option 'imageids'", kept.add, kept, decoded, { imageids = { 1 } })
assert(#kept == 0)

-- JSON text.
local json = require "thresh.json"
assert(json.encode { a = { 1, 2.5, 0.1 + 0.2 }, b = json.list {}, c = 'q"\n', d = true }
  == '{"a":[1,2.5,0.30000000000000004],"b":[],"c":"q\\"\\n","d":true}')
return "ok"
