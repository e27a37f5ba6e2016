-- SPDX-License-Identifier: Apache-2.0
-- th.detect as a script uses it: models, matching, loss, results, what is wrong said with images from 1.
local th = require "thresh"
local scratch = ...
local detect = th.detect

local function same(a, b, what)
  if a ~= b then error(string.format("%s: %s is not %s", what or "values", a, b), 2) end
end
local function near(a, b, most, what)
  assert(math.abs(a - b) <= (most or 1e-6), string.format("%s: %g is not %g", what or "values", a, b))
end
local function fails(pattern, f, ...)
  local ok, problem = pcall(f, ...)
  assert(not ok, "no error: " .. pattern)
  assert(tostring(problem):find(pattern), string.format("'%s' has no '%s'", problem, pattern))
end

-- Default boxes.
local boxes = detect.default_boxes()
same(#boxes, 8732)
same(table.concat(boxes.maps, " "), "38 19 10 5 3 1")
near(boxes.centers:to("float64"):sum(1)[3], 1171.96768, 1e-5)
same(boxes.corners.shape[2], 4)
local few = detect.default_boxes {
  size = 64, maps = { 4, 2 }, steps = { 16, 32 }, scales = { 10, 30, 60 }, ratios = { { 2 }, {} },
}
same(#few, 4 * 16 + 2 * 4)
same(tostring(few), "DefaultBoxes: 72 of 4x4x4, 2x2x2, images of 64")
fails("2 maps need as many steps", detect.default_boxes, { maps = { 4, 2 } })

-- Models answer their boxes.
local model = detect.small_ssd { classes = 4, size = 64, width = 8, seed = 1 }
same(model.classes, 4)
same(model.image_size, 64)
same(#model.boxes, 8 * 8 * 4 + 4 * 4 * 6 + 2 * 2 * 4)
assert(model.parameter_count, "a detector is a module")
local x = th.randn(3, 3, 64, 64)
local loc, conf = model(x)
same(table.concat(loc.shape, " "), "3 4 368")
same(table.concat(conf.shape, " "), "3 4 368")
local narrow = detect.ssd300 { backbone = "resnet18", classes = 3, width = 2, seed = 1 }
same(#narrow.boxes, 8732)
fails("there is no 'resnet19' .did you mean 'resnet18'", detect.ssd300, { backbone = "resnet19" })
fails("classes", detect.small_ssd, {})

-- Matching.
local objects = {
  { boxes = th.tensor { { 0.1, 0.1, 0.4, 0.5 }, { 0.5, 0.5, 0.9, 0.8 } }, labels = { 1, 3 } },
  { boxes = {}, labels = {} },
  { boxes = { { 0.2, 0.2, 0.3, 0.3 } }, labels = th.tensor({ 2 }, { dtype = "int64" }) },
}
local targets = detect.encode(objects, model)
same(table.concat(targets.labels.shape, " "), "3 368")
same(targets.labels[1]:max():item(), 3)
same(targets.labels[2]:max():item(), 0)
same(targets.labels[3]:max():item(), 2)
same(targets.offsets[2]:abs():max():item(), 0)
fails("object 1 of image 2 %(id 77%): .*has width", detect.encode,
  { objects[1], { boxes = { { 0.4, 0.1, 0.4, 0.5 } }, labels = { 1 } } }, model, { ids = { 5, 77 } })
fails("object 2 of image 1: label 3 is none of 1 to 2", detect.encode, objects, model, { classes = 3 })
fails("image 1: 'labels' must be", detect.encode, { { boxes = {} } }, model)
fails("DefaultBoxes or detector expected", detect.encode, objects, th.nn.ReLU())

-- The loss of each image, and what rows dropped before the backward pass leave.
local losses, parts = detect.multibox(loc, conf, targets)
same(losses.shape[1], 3)
same(losses[2]:item(), 0)
same(parts.positives[2], 0)
near(losses[1]:item(),
  (parts.locations[1] + parts.scores[1]) / parts.positives[1], 1e-4)
local scored = detect.multibox(loc, conf, targets, { normalise = "none", alpha = 0 })
near(scored[3]:item(), parts.scores[3], 1e-4)
local batch = detect.multibox(loc, conf, targets, { normalise = "batch" })
near(batch:mean():item(), ((parts.locations + parts.scores):sum() / parts.positives:sum()):item(), 1e-4)
losses:keep({ 3 }):mean():backward()
local grads = 0
for _, p in ipairs(model:parameters()) do if p.grad then grads = grads + p.grad:abs():sum():item() end end
assert(grads > 0, "no gradient arrived")
local broken = conf:detach():clone()
broken[{ 3, 1, 1 }] = 0 / 0
fails("multibox: image 3 %(id 9%): the loss is", detect.multibox, loc, broken, targets, { ids = { 7, 8, 9 } })
fails("has no 'offsets'", detect.multibox, loc, conf, { labels = targets.labels })
fails("there is no 'imag' .did you mean 'image'", detect.multibox, loc, conf, targets, { normalise = "imag" })

-- Gradients of the biases, as the tape gives them.
model:eval()
loc, conf = model(x)
local rows = detect.bias_gradients(loc, conf, targets, { boxes = model })
same(table.concat(rows.shape, " "), "3 " .. 14 * 8)
model:zero_grad()
detect.multibox(loc, conf, targets):narrow(1, 1, 1):sum():backward()
local named, place = {}, 0
for _, item in ipairs(model:named_parameters()) do named[item.name] = item.tensor end
for _, head in ipairs { "loc", "conf" } do
  for map = 0, 2 do
    local grad = named[head .. "." .. map .. ".bias"].grad
    local part = rows[{ 1, { place + 1, place + grad.count } }]
    assert(part:allclose(grad, { rtol = 1e-4, atol = 1e-5 }), head .. map)
    place = place + grad.count
  end
end

-- Decoding: scores that are sure of the targets give the objects back.
local sure = th.nn.one_hot(targets.labels:reshape(-1) + 1, 4):reshape(3, 368, 4):transpose(2, 3) * 20
local found = detect.decode(targets.offsets, sure, model, { iou_threshold = 0.9, sizes = { { 100, 200 }, { 1, 1 }, { 10, 10 } } })
same(found.images:min():item(), 1)
local pairs_seen = {}
for i = 1, found.labels.shape[1] do
  pairs_seen[found.images[i] .. ":" .. found.labels[i]] = i
end
local i = assert(pairs_seen["1:3"], "the object was not found")
assert(found.boxes[i]:allclose(th.tensor { 0.5, 0.5, 0.9, 0.8 }, { atol = 1e-5 }))
assert(found.bbox[i]:allclose(th.tensor { 50.0, 100.0, 40.0, 60.0 }, { atol = 1e-2 }))
assert(pairs_seen["1:1"] and pairs_seen["3:2"] and not pairs_seen["2:1"])
fails("width and height of each of 3 images", detect.decode, loc, conf, model, { sizes = { 1, 2 } })
fails("'nvidia' or 'torchvision' expected", detect.decode, loc, conf, model, { style = "caffe" })

-- Suppression.
local kept = detect.nms(th.tensor { { 0, 0, 2, 2 }, { 0, 0, 2, 1.9 }, { 3, 3, 4, 4 } }:to("float32"),
  th.tensor { 0.5, 0.9, 0.1 })
same(table.concat(kept:tolist(), " "), "2 3")
fails("that of box 2", detect.nms, th.zeros(2, 4), th.tensor { 0.5, 0 / 0 })

-- Checkpoints.
local state = narrow:state_dict()
local there = detect.convert(state, { to = "torchvision", boxes = narrow })
assert(there["head.classification_head.module_list.5.weight"])
local file = scratch .. "/ssd.safetensors"
th.save_safetensors(file, detect.convert(state, { to = "nvidia" }))
local other = detect.ssd300 { backbone = "resnet18", classes = 3, width = 2, seed = 2 }
other:load_state_dict(detect.convert(th.load_safetensors(file), { from = "nvidia" }))
local a, b = narrow:parameters(), other:parameters()
for k = 1, #a do assert(a[k]:equal(b[k]), "parameter " .. k) end
local resnet = th.models.resnet18 { width = 2, stem = "imagenet", seed = 3 }
detect.load_backbone(other, resnet:state_dict())
assert(other:parameters()[1]:equal(resnet:parameters()[1]))
fails("is no resnet18 of torchvision", detect.load_backbone, other, {})

return "ok"
