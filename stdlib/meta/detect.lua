---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.detect.

--- Single-shot detectors: models, matching, loss, results, and learning as a task of th.train.
---
--- Boxes are left, top, right, bottom as parts of the image. Classes of objects count from 1; among the
--- labels of default boxes 0 is the background, whose scores are the first row of the class scores. `boxes`
--- is always default boxes or a detector. P default boxes, K classes with the background.
---
--- Example:
---     local model = th.detect.small_ssd { classes = 6, size = 64, width = 4, seed = 1 }
---     local set = th.data.shapes { n = 2, size = 64, seed = 1 }
---     local batch = set:loader({ batch_size = 2, size = 64 })()
---     local locations, scores = model(batch.x)
---     local targets = th.detect.encode(batch.objects, model)
---     local losses = th.detect.multibox(locations, scores, targets)
---     losses:mean():backward()
---     assert(#losses == 2)
---@class detect
local detect = {}

--- SSD300 on a ResNet, as NVIDIA's SSD300 v1.1 has it.
---
--- (N, 3, 300, 300) -> locations (N, 4, 8732) and class scores (N, classes, 8732). Names of the state are
--- NVIDIA's.
--- Source: Liu et al. 2016.
---
--- Example:
---     local model = th.detect.ssd300 { backbone = "resnet18", classes = 3, width = 4, seed = 1 }
---     assert(#model.boxes == 8732 and model.image_size == 300)
---@param options? table backbone ("resnet50"; "resnet18", "resnet34"), classes (81, with the background), in_channels (3), width (64), seed (drawn from the session's), dtype ("float32")
---@return SSD300 model
function detect.ssd300(options) end

--- A small detector for studies on a CPU: 3x3 convolutions with BatchNorm, three maps at strides 8, 16 and 32.
---
--- (N, 3, size, size) -> locations (N, 4, P) and class scores (N, classes, P); P = 828 at size 96.
---
--- Example:
---     local model = th.detect.small_ssd { classes = 4, width = 4, seed = 1 }
---     local locations, scores = model(th.zeros(1, 3, 96, 96))
---     assert(table.concat(locations.shape, " ") == "1 4 828" and scores.shape[2] == 4)
---@param options table classes (required, with the background), size (96, at least 32), in_channels (3), width (16), of the first convolution; scales of the boxes of each map and one more, parts of the image; seed (drawn), dtype ("float32")
---@return SmallSSD model
function detect.small_ssd(options) end

--- The default boxes of a single-shot detector, SSD300's unless told otherwise.
---
--- On map k with scale s and the next scale s': a square of s, one of sqrt(s s'), and for each ratio r one
--- of s sqrt(r) by s / sqrt(r) and its transpose; in the order of the outputs: map, shape, row, column.
--- Sizes are in pixels.
---
--- Example:
---     assert(#th.detect.default_boxes() == 8732)
---     local boxes = th.detect.default_boxes {
---       size = 32, maps = { 2 }, steps = { 16 }, scales = { 8, 16 }, ratios = { { 2 } },
---     }
---     assert(#boxes == 2 * 2 * 4)
---@param options? table size (300), maps ({ 38, 19, 10, 5, 3, 1 }), steps ({ 8, 16, 32, 64, 100, 300 }), scales ({ 21, 45, 99, 153, 207, 261, 315 }), one more than maps; ratios ({ { 2 }, { 2, 3 }, { 2, 3 }, { 2, 3 }, { 2 }, { 2 } })
---@return DefaultBoxes boxes
function detect.default_boxes(options) end

--- Loads the trunk of SSD300 from the state of a torchvision ResNet of the same depth.
---
--- It takes conv1, bn1 and layer1 to layer3; the rest is passed over. Names that are missing are an error, and
--- nothing is changed then.
---
--- Example:
---     local resnet = th.models.resnet18 { stem = "imagenet", width = 4, seed = 1 }
---     local model = th.detect.ssd300 { backbone = "resnet18", classes = 3, width = 4 }
---     assert(th.detect.load_backbone(model, resnet:state_dict()) == model)
---@param model SSD300
---@param state table<string, Tensor>
---@return SSD300 model
function detect.load_backbone(model, state) end

--- The state of a detector with the names and the order of channels of another program.
---
--- "nvidia" drops `module.` and num_batches_tracked; to and from "torchvision" the heads are renamed and
--- their channels permuted, other names stay.
---
--- Example:
---     local model = th.detect.ssd300 { backbone = "resnet18", classes = 3, width = 4 }
---     local state = th.detect.convert(model:state_dict(), { to = "torchvision" })
---     assert(state["head.classification_head.module_list.0.weight"] ~= nil)
---@param state table<string, Tensor>
---@param options? table from ("thresh"), to ("thresh"), either of which may be "nvidia" or "torchvision"; boxes (SSD300's)
---@return table<string, Tensor> state
function detect.convert(state, options) end

--- A picture with boxes on it.
---
--- verdicts colour the boxes: "tp" right, "fp" wrong, "fn" missed, "gt" the truth.
---
--- Example:
---     local image = th.zeros(3, 20, 20, { dtype = "uint8" })
---     local path = scratch .. "/cat.png"
---     local drawn = th.detect.draw(image, { { 2, 2, 12, 12 } }, { labels = { "cat" }, path = path })
---     assert(drawn:amax():item() > 0 and th.data.image(path):equal(drawn))
---@param image Tensor (3, H, W) of uint8
---@param boxes Tensor|number[][] (n, 4) in pixels
---@param options? table format ("xyxy", or "xywh"), labels (none), scores (none), verdicts (none), one for each box; path (none), of a PNG file to write; line (2), pixels; scale (1), a whole number of times larger
---@return Tensor image (3, H, W) of uint8
function detect.draw(image, boxes, options) end

--- What a detector is to say at each default box: SSD's matching.
---
--- Each box takes the object that overlaps it most, each object claims the box that it overlaps most; a box
--- is positive where it is claimed or its overlap is above the threshold. Offsets are 10 (cx - x) / a, 10
--- (cy - y) / b, 5 ln(w / a), 5 ln(h / b) of object (cx, cy, w, h) and box (x, y, a, b).
---
--- Example:
---     local boxes = th.detect.default_boxes()
---     local objects = { { boxes = th.tensor { { 0.1, 0.1, 0.5, 0.5 } }, labels = th.tensor { 2 } } }
---     local targets = th.detect.encode(objects, boxes)
---     assert(targets.labels:amax():item() == 2 and targets.labels:ne(0):sum():item() >= 1)
---@param objects table[] for each image { boxes (k, 4), labels (k,) }, tensors or lists
---@param boxes DefaultBoxes|Module
---@param options? table threshold (0.5), classes (any), with the background, above which a label is an error; ids (none), names of the images in messages
---@return table targets labels (N, P) of int64, 0 the background; offsets (N, 4, P) of float32
function detect.encode(objects, boxes, options) end

--- SSD's loss, one number an image: smooth L1 of offsets and cross-entropy, with hard negatives.
---
--- Of an image with pos positive boxes: L_loc is the sum over them of smooth L1, L_conf that of cross-entropy over
--- them and over the `negatives` pos hardest others; L = (L_conf + alpha L_loc) / pos. An image without
--- positives has loss 0. normalise: "image" divides by its own positives (NVIDIA), "batch" by the mean of
--- the batch's (the paper), "none" not. Source: Liu et al. 2016.
---
--- Example:
---     local boxes = th.detect.default_boxes {
---       size = 32, maps = { 2 }, steps = { 16 }, scales = { 8, 16 }, ratios = { {} },
---     }
---     local targets = th.detect.encode({ { boxes = { { 0, 0, 0.5, 0.5 } }, labels = { 1 } } }, boxes)
---     local scores = th.zeros(1, 3, #boxes):requires_grad_()
---     local losses, parts = th.detect.multibox(th.zeros(1, 4, #boxes), scores, targets)
---     losses:sum():backward()
---     assert(parts.positives:item() >= 1 and scores.grad ~= nil)
---@param locations Tensor (N, 4, P)
---@param scores Tensor (N, K, P)
---@param targets table as detect.encode makes them
---@param options? table normalise ("image"; "batch", "none"), alpha (1), negatives (3), ids (none), names of the images in messages
---@return Tensor losses (N,)
---@return table parts locations and scores, the sums L_loc and L_conf (N,), and positives (N,); off the tape
function detect.multibox(locations, scores, targets, options) end

--- The gradients of each image's loss by the biases of the heads, in closed form: what subset selectors match.
---
--- The columns are the biases in the order of the state, loc of each map and then conf of each map: 2,550
--- for SSD300 with 81 classes. With pooled they are summed over maps and boxes, (N, 4 + K).
---
--- Example:
---     local model = th.detect.small_ssd { classes = 3, size = 64, width = 4, seed = 1 }
---     local locations, scores = model(th.randn(1, 3, 64, 64))
---     local targets = th.detect.encode({ { boxes = { { 0.2, 0.2, 0.7, 0.7 } }, labels = { 1 } } }, model)
---     local rows = th.detect.bias_gradients(locations, scores, targets, { boxes = model, pooled = true })
---     assert(table.concat(rows.shape, " ") == "1 7")
---@param locations Tensor (N, 4, P)
---@param scores Tensor (N, K, P)
---@param targets table as detect.encode makes them
---@param options? table normalise ("image"), alpha (1), negatives (3) as in detect.multibox; boxes (SSD300's), pooled (false), ids (none)
---@return Tensor rows (N, d)
function detect.bias_gradients(locations, scores, targets, options) end

--- From the outputs of a detector to boxes with classes and scores.
---
--- For each class but the background the boxes above score_threshold, of these the best per_class, thinned by
--- detect.nms; then the best per_image of all. style "nvidia" or "torchvision" sets all that.
---
--- Example:
---     local model = th.detect.small_ssd { classes = 3, size = 64, width = 4, seed = 1 }
---     local locations, scores = model:eval()(th.randn(2, 3, 64, 64))
---     local found = th.detect.decode(locations, scores, model, { sizes = { 640, 480, 64, 64 } })
---     assert(#found.scores == #found.labels and found.bbox.shape[2] == 4)
---@param locations Tensor (N, 4, P)
---@param scores Tensor (N, K, P)
---@param boxes DefaultBoxes|Module
---@param options? table style ("nvidia"), score_threshold (0.05; "torchvision" 0.01), iou_threshold (0.5; 0.45), keep_equal (false; true), per_class (200; 400), per_image (200), clip (false; true); sizes (none), width and height of each image, for bbox; ids (none), names of the images in messages
---@return table found for each detection, image by image and best first: images (from 1, rows of the batch), labels, scores, boxes (m, 4), and with sizes bbox (m, 4): x, y, width, height in pixels
function detect.decode(locations, scores, boxes, options) end

--- Greedy non-maximum suppression: the best box stays, what overlaps it goes, and so on.
---
--- An overlap of exactly the threshold goes, as NVIDIA has it, or stays with keep_equal, as torchvision.
--- With labels boxes of different labels leave one another alone. PyTorch: torchvision.ops.nms and
--- batched_nms.
---
--- Example:
---     local boxes = th.tensor { { 0.0, 0, 1, 1 }, { 0.0, 0, 1, 0.9 }, { 2.0, 2, 3, 3 } }
---     local kept = th.detect.nms(boxes, th.tensor { 0.8, 0.9, 0.1 })
---     assert(kept:equal(th.tensor { 2, 3 }))
---@param boxes Tensor (n, 4): left, top, right, bottom
---@param scores Tensor (n,)
---@param options? table iou_threshold (0.5), keep_equal (false), labels (none), integers (n,)
---@return Tensor kept indices, best first
function detect.nms(boxes, scores, options) end

return detect
