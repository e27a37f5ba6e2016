---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the classes Annotations, Detections and Evaluation.

--- The annotations of a COCO file; th.coco.load reads them, and the `annotations` of a DetectionDataset are
--- such.
---
--- Example:
---     local a = th.data.shapes({ n = 3, size = 64, seed = 1 }).annotations
---     assert(a.image_count == 3 and a.category_count == 5)
---@class Annotations : Object
---@field path string the file, or the name of the data
---@field image_count integer images
---@field category_count integer categories
---@field object_count integer objects, crowds included
local Annotations = {}

--- What is wrong with the file, kind by kind.
---
--- A problem has kind, severity ("error" or "warning"), message, count, text (all of it in one line) and
--- examples, a list of { record (from 0), detail, line, column }.
---
--- Example:
---     local a = th.data.shapes({ n = 1, size = 64 }).annotations
---     assert(#a:report().problems == 0)
---@return table report path, problems
function Annotations:report() end

--- The categories, in the order of the file.
---
--- Example:
---     local a = th.data.shapes({ n = 1, size = 64 }).annotations
---     assert(a:categories()[1].name == "rectangle" and a:categories()[1].id == 1)
---@return table[] categories a list of { id, name, supercategory }
function Annotations:categories() end

--- The ids of the images, in the order of the file.
---
--- Example:
---     local a = th.data.shapes({ n = 3, size = 64 }).annotations
---     assert(#a:image_ids() == 3 and #a:image_ids { with_objects = true } <= 3)
---@param options? table with_objects (false), of those alone that have objects
---@return integer[] ids
function Annotations:image_ids(options) end

--- All objects by column, in the order of the file.
---
--- Images and categories are positions, from 1, in image_ids() and categories(); ids are the file's.
---
--- Example:
---     local a = th.data.shapes({ n = 3, size = 64, seed = 1 }).annotations
---     local o = a:objects()
---     assert(#o.ids == a.object_count and o.boxes.shape[2] == 4)
---@return table objects ids (n,), images (n,), categories (n,), boxes (n, 4), areas (n,), crowd (n,)
function Annotations:objects() end

--- What the annotations are made of: counts of images, objects, crowds and sizes, all and by category.
---
--- Small is below 32^2 square pixels, medium below 96^2. `most` and `mean` are objects of an image.
---
--- Example:
---     local s = th.data.shapes({ n = 3, size = 64, seed = 1 }).annotations:statistics()
---     assert(s.images == 3 and s.small + s.medium + s.large <= s.objects)
---@return table statistics images, empty_images, objects, crowds, small, medium, large, most, mean, and categories, a list of { id, name, objects, crowds, images }
function Annotations:statistics() end

--- The ids of some images, drawn at random without replacement.
---
--- Example:
---     local a = th.data.shapes({ n = 9, size = 64 }).annotations
---     assert(#a:sample(4, { seed = 1 }) == 4)
---@param count integer how many
---@param options? table seed (0)
---@return integer[] ids
function Annotations:sample(count, options) end

--- The ids of all images in parts, drawn at random.
---
--- Example:
---     local a = th.data.shapes({ n = 10, size = 64 }).annotations
---     local parts = a:split({ 0.8, 0.2 }, { seed = 1 })
---     assert(#parts[1] == 8 and #parts[2] == 2)
---@param fractions number[] the parts, of sum 1 at most
---@param options? table seed (0)
---@return integer[][] parts a list of ids for each
function Annotations:split(fractions, options) end

--- The detections of a detector; th.coco.results reads or starts them. #results is how many.
---
--- Example:
---     local results = th.coco.results()
---     results:add(7, { { 0, 0, 5, 5 } }, { 0.5 }, { 1 })
---     assert(#results == 1)
---@class Detections : Object
---@operator len: integer
local Detections = {}

--- Adds the detections of one image, or those that detect.decode found in a batch.
---
--- results:add(image_id, boxes, scores, category_ids) takes boxes as x, y, width, height in pixels, (n, 4).
--- results:add(found, { image_ids =, category_ids = }) takes what detect.decode gave with `sizes`;
--- image_ids are the ids of the images of the batch, category_ids those of classes 1, 2, ….
---
--- Example:
---     local results = th.coco.results()
---     results:add(7, th.tensor { { 0.0, 0, 5, 5 }, { 1.0, 1, 4, 4 } }, { 0.5, 0.4 }, { 1, 2 })
---     local found = {
---       images = th.tensor { 1 }, labels = th.tensor { 2 }, scores = th.tensor { 0.9 },
---       bbox = th.tensor { { 0.0, 0, 5, 5 } },
---     }
---     results:add(found, { image_ids = { 8 }, category_ids = { 1, 3 } })
---     assert(#results == 3)
---@param image integer|table the image's id, or what detect.decode gave
---@param boxes Tensor|table (n, 4), or { image_ids =, category_ids = }
---@param scores? Tensor|number[] (n,)
---@param category_ids? Tensor|integer[] (n,)
---@return Detections self
function Detections:add(image, boxes, scores, category_ids) end

--- Writes a COCO file of results.
---
--- float32 = true rounds numbers to float32 and writes them as short as that allows.
---
--- Example:
---     local results = th.coco.results():add(7, { { 0, 0, 5, 5 } }, { 0.5 }, { 1 })
---     results:save(scratch .. "/results.json")
---     assert(#th.coco.results(scratch .. "/results.json") == 1)
---@param path string
---@param options? table float32 (false)
function Detections:save(path, options) end

--- What is wrong with the file of results, and with annotations what only they can tell.
---
--- Example:
---     local truth = th.data.shapes({ n = 1, size = 64 }).annotations
---     local results = th.coco.results():add(999, { { 0, 0, 5, 5 } }, { 0.5 }, { 1 })
---     assert(#results:report().problems == 0 and #results:report(truth).problems == 1)
---@param annotations? Annotations
---@return table report path and problems, as in Annotations:report
function Detections:report(annotations) end

--- What th.coco.evaluate found, and where the errors are.
---
--- Figures are -1 where nothing is defined, as pycocotools has it.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 }).annotations
---     local e = th.coco.evaluate { gt = truth, dt = th.coco.results() }
---     assert(e.stats[1] == 0 and e.counts.detections == 0)
---@class Evaluation : Object
---@field stats number[] the twelve figures in pycocotools' order: AP, AP50, AP75, AP small, medium, large, AR at 1, 10, 100, AR small, medium, large
---@field counts table images, objects, crowds, detections, unknown_category, beyond_limit
---@field notes string[] what to know of the figures, such as options that are not COCO's
---@field iou_thresholds number[] those that were judged at
local Evaluation = {}

--- The figures with their names.
---
--- A figure has name, value, kind ("AP" or "AR"), area, max_dets and iou, where it is of one threshold.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     assert(e:figures()[1].kind == "AP" and e:figures()[1].value == e.stats[1])
---@return table[] figures
function Evaluation:figures() end

--- AP and AR of each category.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local first = e:categories()[1]
---     assert(first.name == "rectangle" and first.ap.all <= 1)
---@return table[] categories a list of { id, name, objects, ap50, ap75, ap, ar }, these two by area: ap.all, ap.small, …
function Evaluation:categories() end

--- The points of precision over recall, of one category or the mean over all.
---
--- `iou` must be one of iou_thresholds.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local points = e:curve { iou = 0.5 }
---     assert(#points == 101 and points[1].recall == 0)
---@param options? table iou (0.5), category (all), an id; area ("all")
---@return table[] points a list of { recall, precision, score }
function Evaluation:curve(options) end

--- The best F measure over all scores: of a category its point, without one the mean over all.
---
--- F = (1 + beta^2) P R / (beta^2 P + R). Without a category and without iou also the mean over the thresholds.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     assert(e:best_f { iou = 0.5 } > 0.9)
---     local point = e:best_f { category = 1 }
---     assert(point == nil or point.f <= 1)
---@param options? table iou (0.5), category (none), an id; beta (1)
---@return number|table|nil best with a category { f, precision, recall, score }, nil where it has no objects
function Evaluation:best_f(options) end

--- Which categories are taken for which.
---
--- Objects down, detections across, matched whatever their categories, the highest score first; the last
--- column has missed objects, the last row false detections. Crowds are left out.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local counts, ids_of = e:confusion()
---     assert(counts.shape[1] == #ids_of + 1)
---@param options? table iou (0.5), min_score (none), max_dets (that of the evaluation)
---@return Tensor counts (K + 1, K + 1) of int64
---@return integer[] ids of the categories
function Evaluation:confusion(options) end

--- Whether scores are probabilities: by bins of the score the part of detections that is right.
---
--- Bins are of equal width; ece is the mean of |confidence - accuracy| over detections, mce the largest.
--- Scores must be in 0 … 1. Source: Guo et al. 2017.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local c = e:calibration { bins = 5 }
---     assert(c.count == #results and #c.bins == 5)
---@param options? table iou (0.5), bins (10)
---@return table calibration ece, mce, count, bins, a list of { low, high, count, confidence, accuracy }
function Evaluation:calibration(options) end

--- How much AP each kind of error costs.
---
--- Kinds: Cls (class), Loc (place), Both, Dupe (twice), Bkg (nothing there), Miss; FP and FN: all wrong
--- and all missed ones.
--- Its AP is not COCO's: 100 detections an image of all categories together. Source: Bolya et al. 2020
--- (tidecv 1.0.1).
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local t = e:tide()
---     assert(t.gains.Miss >= 0 and t.counts.Miss >= 0)
---@param options? table iou (0.5), background (0.1), the overlap below which nothing is there
---@return table tide ap, gains and counts by kind
function Evaluation:tide(options) end

--- What is right, wrong and missed in each image, in the order of their ids.
---
--- right and wrong are records of the results, from 0; objects (those that `right` found, one each) and
--- missed are ids of annotations. f1 is 2 right / (2 right + wrong + missed), 1 where nothing counts.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local first = e:image_errors()[1]
---     assert(first.image_id == ids[1] and #first.right == #first.objects)
---@param options? table iou (0.5), min_score (none)
---@return table[] images a list of { image_id, f1, right, objects, wrong, missed }
function Evaluation:image_errors(options) end

--- How sure the figures are: intervals over draws of images with replacement.
---
--- Percentiles of AP, AP50, AP75 and AR over draws of as many images as there are. Source: Efron 1979.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local ap = e:bootstrap({ draws = 20, seed = 1 })[1]
---     assert(ap.low <= ap.high and ap.name ~= nil)
---@param options? table draws (1000), level (0.95), seed (0)
---@return table[] intervals a list of { name, value, low, high, deviation, p }
function Evaluation:bootstrap(options) end

--- The other's figures less these, with intervals on the same draws of images.
---
--- p is the two-sided chance of no difference.
---
--- Example:
---     local truth = th.data.shapes({ n = 4, size = 64, seed = 1 }).annotations
---     local objects, ids = truth:objects(), truth:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 1 / i }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     local none = th.coco.evaluate { gt = truth, dt = th.coco.results() }
---     local ap = e:compare(none, { draws = 20 })[1]
---     assert(ap.value < 0)
---@param other Evaluation on the same images
---@param options? table draws (1000), level (0.95), seed (0)
---@return table[] differences a list of { name, value, low, high, deviation, p }
function Evaluation:compare(other, options) end

return Evaluation
