-- SPDX-License-Identifier: Apache-2.0
-- Pictures in Lua: files, folders, shapes and COCO sets, their loaders and augmentations, drawing.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local data, detect = th.data, th.detect
local fixtures = scripts .. "/../Fixtures/images/"

-- Files.
local image = data.image(fixtures .. "colour.png")
assert(image.dtype == "uint8" and table.concat(image.shape, " ") == "3 9 13")
data.save_png(scratch .. "/copy.png", image)
assert(data.image(scratch .. "/copy.png"):equal(image))
local file = assert(io.open(fixtures .. "colour.png", "rb"))
local bytes = file:read "a"
file:close()
assert(data.decode_image(bytes):equal(image))
support.refused({ "the bytes", "it ends at byte 40" }, data.decode_image, bytes:sub(1, 40))
support.refused({ "none.png" }, data.image, scratch .. "/none.png")
support.refused({ "(3, H, W)" }, data.save_png, scratch .. "/x.png", th.zeros(5, 5))
local small = data.resize(image, 4, 6)
assert(small.dtype == "float32" and table.concat(small.shape, " ") == "3 4 6" and small:max():item() <= 1)
assert(not small:allclose(data.resize(image, 4, 6, { antialias = false })))

-- A folder of classes.
for class, name in pairs { a = "grey.jpg", b = "turned-3.jpg" } do
  th.make_directory(scratch .. "/folder/" .. class)
  local from = assert(io.open(fixtures .. name, "rb"))
  local to = assert(io.open(scratch .. "/folder/" .. class .. "/1.jpg", "wb"))
  to:write(from:read "a")
  from:close()
  to:close()
end
local set, skipped = data.image_folder { root = scratch .. "/folder", size = 8 }
assert(#set == 2 and #skipped == 0 and table.concat(set.class_names, " ") == "a b" and set.labels[2] == 2)
support.refused({ "size" }, data.image_folder, { root = scratch .. "/folder" })

-- Shapes, written and read back as a COCO set.
local shapes = data.shapes { n = 12, size = 64, seed = 3 }
assert(#shapes == 12 and shapes.classes == 5 and #shapes.category_ids == 5 and shapes.dropped == 0)
assert(tostring(shapes):find("DetectionDataset shapes: 12 images", 1, true))
shapes:save(scratch .. "/shapes")
local read = data.coco_images {
  folder = scratch .. "/shapes/images", annotations = scratch .. "/shapes/instances.json", cache = true,
}
assert(#read == 12 and read.annotations.object_count == shapes.annotations.object_count)
local a, b = shapes:sample(5), read:sample(5)
assert(a.image:equal(b.image) and a.boxes:equal(b.boxes) and a.labels:equal(b.labels) and a.id == b.id)
assert(shapes:fingerprint() == data.shapes { n = 12, size = 64, seed = 3 }:fingerprint())
local part = shapes:subset { 6, 1 }
local sizes = shapes.image_sizes
assert(table.concat(sizes.shape, " ") == "12 2" and sizes:min():item() == 64 and sizes:max():item() == 64)
assert(#part == 2 and part:sample(1).image:equal(shapes:sample(6).image) and part:sample(1).id == shapes:sample(6).id)
support.refused({ "1 … 12", "got 13" }, function() return shapes:subset { 13 } end)
support.refused({ "1 … 12", "got 0" }, shapes.sample, shapes, 0)
support.refused({ "did you mean 'seed'" }, data.shapes, { sed = 1 })

-- Batches: objects as detect.encode takes them, ids of the file, sizes before.
local seen = 0
for batch in shapes:loader { batch_size = 5, size = 32, shuffle = false } do
  local n = #batch.indices
  assert(table.concat(batch.x.shape, " ") == n .. " 3 32 32" and #batch.objects == n and #batch.ids == n)
  assert(batch.sizes[1][1] == 64 and batch.weights == nil)
  for i, objects in ipairs(batch.objects) do
    local sample = shapes:sample(batch.indices[i])
    assert(#objects.labels == #sample.labels and objects.boxes:allclose(sample.boxes / 64, { atol = 1e-6 }))
  end
  seen = seen + n
end
assert(seen == 12)
local batch = shapes:loader { indices = th.tensor({ 3, 8 }, { dtype = "int64" }), weights = th.tensor { 1.0, 4.0 },
  shuffle = false, size = 16, mean = { 0, 0, 0 }, std = { 1, 1, 1 }, crowds = false }()
assert(batch.weights[2] == 4 and batch.indices[1] == 3 and batch.x:min():item() >= 0 and batch.x:max():item() <= 1)
local loader = shapes:loader { batches = { { 1, 2 }, { 9 } }, shuffle = false }
assert(loader.batches == 2 and #loader == 2 and #loader().indices == 2 and loader().indices[1] == 9 and loader() == nil and #loader.skipped == 0)

-- Augmentation by recipe or by hand.
for _, augment in ipairs {
  "nvidia", "ssd", {
    data.ssd_crop { style = "ssd", thresholds = { 0.1 }, rule = "any", scale = { 0.5, 1 }, aspect = { 0.7, 1.4 }, attempts = 5 },
    data.expand { probability = 1, most = 2 }, data.horizontal_flip(1),
    data.colour_jitter { brightness = { 0.5, 1.5 }, hue = { -0.1, 0.1 }, probability = 0.9 },
  },
} do
  local function first() return shapes:loader { size = 32, shuffle = false, augment = augment, seed = 4, epoch = 2 }().x end
  assert(first():equal(first()))
  assert(not first():equal(shapes:loader { size = 32, shuffle = false }().x))
end
support.refused({ "augment", "did you mean 'nvidia'" }, shapes.loader, shapes, { augment = "nvidea" })
support.refused({ "augment", "item 1", "move boxes" }, shapes.loader, shapes, { augment = { data.cutout(3) } })
support.refused({ "std", "above 0" }, shapes.loader, shapes, { std = { 1, 0, 1 } })
support.refused({ "hue", "{least, most}" }, data.colour_jitter, { hue = { 0, 2 } })
support.refused({ "thresholds" }, data.ssd_crop, { thresholds = { 2 } })
support.refused({ "most" }, data.expand, { most = 0.5 })

-- Drawing.
local drawn = detect.draw(image, { { 1, 1, 8, 7 }, { 2, 3, 12, 8 } }, {
  labels = { "cat", "dog" }, scores = { 0.5, 0.25 }, verdicts = { "tp", "fn" }, scale = 8, line = 1,
  path = scratch .. "/drawn.png",
})
assert(table.concat(drawn.shape, " ") == "3 72 104" and data.image(scratch .. "/drawn.png"):equal(drawn))
assert(drawn[{ 2, 20, 9 }] == 170, "the left edge of the first box is green")
assert(detect.draw(image, {}):equal(image))
assert(detect.draw(image, { { 1, 1, 3, 3 } }, { format = "xywh" }):equal(detect.draw(image, { { 1, 1, 4, 4 } })))
support.refused({ "labels", "2 expected" }, detect.draw, image, { { 0, 0, 1, 1 }, { 0, 0, 1, 1 } }, { labels = { "a" } })
support.refused({ "verdicts", "tp, fp, fn, gt" }, detect.draw, image, { { 0, 0, 1, 1 } }, { verdicts = { "no" } })
support.refused({ "(n, 4)" }, detect.draw, image, th.zeros(3))

-- Detections of a batch into results.
local results = th.coco.results()
local found = {
  images = th.tensor({ 1, 2 }, { dtype = "int64" }), labels = th.tensor({ 2, 5 }, { dtype = "int64" }),
  scores = th.tensor { 0.5, 0.25 }, bbox = th.tensor { { 1.0, 2.0, 3.0, 4.0 }, { 0.0, 0.0, 9.0, 9.0 } },
}
results:add(found, { image_ids = { 7, 9 }, category_ids = shapes.category_ids })
results:add(found, { image_ids = th.tensor({ 1, 2 }, { dtype = "int64" }), category_ids = shapes.category_ids })
assert(#results == 4)
results:save(scratch .. "/results.json")
local text = assert(io.open(scratch .. "/results.json")):read "a"
assert(text:find '"image_id":9,"category_id":5', text)
support.refused({ "class 5", "the 2 that category_ids names" }, results.add, results, found,
  { image_ids = { 7, 9 }, category_ids = { 1, 2 } })
support.refused({ "image 2", "the 1 that" }, results.add, results, found, { image_ids = { 7 }, category_ids = { 1, 2, 3, 4, 5 } })
found.bbox = nil
support.refused({ "needs 'bbox'", "decode with sizes" }, results.add, results, found, { image_ids = { 7, 9 }, category_ids = { 1 } })
return "ok"
