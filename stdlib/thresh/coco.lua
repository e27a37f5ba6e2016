-- SPDX-License-Identifier: Apache-2.0
-- `th.coco`: COCO annotations and results, and their evaluation with pycocotools' figures to the bit.

local core = require("thresh.core").coco
local options = require "thresh.options"

---@class coco
local M = {}

--- The annotations of a COCO file, by column: `th.coco.load("instances_val2017.json")`.
---
--- Options: masks (false; keep outlines too). `a:report()` tells what the file has wrong,
--- `a:statistics()` what it holds; `a:categories()` and `a:image_ids{with_objects =}` list ids; `a:sample(n, {seed =})`
--- and `a:split({0.8, 0.2}, {seed =})` draw ids of images.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     truth:save(scratch)
---     local a = th.coco.load(scratch .. "/instances.json")
---     assert(a.image_count == 2 and #a:report().problems == 0)
---@param path string
---@param given? table masks (false)
---@return Annotations annotations
function M.load(path, given)
  return core.read_annotations(path, given)
end

--- The results of a detector: of a COCO file, or none yet, for `results:add(...)`.
---
--- `results:add(image_id, boxes, scores, category_ids)` takes the detections of one image: boxes as x, y,
--- width, height in pixels, (n, 4). `results:add(found, {image_ids =, category_ids =})` takes those of a
--- batch, as `th.detect.decode(…, {sizes =})` gives them: image_ids are the ids of the batch's images,
--- category_ids those of the classes, class 1 first. Nothing is added when anything is wrong.
--- `results:save(path, {float32 = false})` writes a COCO file.
---
--- Example:
---     local results = th.coco.results()
---     results:add(42, { { 10, 10, 20, 20 } }, { 0.9 }, { 1 })
---     results:save(scratch .. "/results.json")
---     assert(#th.coco.results(scratch .. "/results.json") == 1)
---@param path? string none: empty results
---@param given? table masks (false)
---@return Detections results
function M.results(path, given)
  if path == nil then return core.new_results() end
  return core.read_results(path, given)
end

local judging = {
  strict = { "boolean" }, masks = { "boolean" }, iou = { { "table", "number" } }, recall = { "table" },
  max_dets = { { "table", "integer" } }, areas = { "table" }, use_categories = { "boolean" },
  ignore = { "boolean" }, images = { { "table", "integer" } },
}

local function rules(more)
  local all = {}
  for name, rule in pairs(judging) do all[name] = rule end
  for name, rule in pairs(more) do all[name] = rule end
  return all
end

local function annotations(value, masks)
  return type(value) == "string" and M.load(value, { masks = masks }) or value
end

local function results(value, masks)
  return type(value) == "string" and M.results(value, { masks = masks }) or value
end

-- The options that say how to judge, out of all.
local function chosen(o)
  local given = {}
  for name in pairs(judging) do given[name] = o[name] end
  return given
end

--- Judges results against annotations: `th.coco.evaluate{gt = "instances.json", dt = "results.json"}`.
---
--- gt, dt: paths, or what `load` and `results` gave. The figures are pycocotools' to the last bit, its
--- quirks included, unless strict is true: then whatever a report calls a warning is refused, but objects
--- with id 0, which count; and the first figure is at the largest number of detections. Also masks (false:
--- boxes), iou, recall and max_dets (lists; COCO's), areas ({{"all", 0, 1e10}, …}), use_categories
--- (true), ignore (false; honour the file's `ignore`), images (ids; all).
---
--- `e.stats` are the 12 figures in pycocotools' order; `e:figures()` names them; `e:categories()` has
--- AP and AR of each category; `e.counts` says how many images, objects and detections went in.
--- Where the errors are: `e:curve{iou =, category =, area =}`, `e:best_f{iou =, category =, beta =}`,
--- `e:confusion{iou =, min_score =, max_dets =}`, `e:calibration{iou =, bins =}`, `e:tide{iou =,
--- background =}`, `e:image_errors{iou =, min_score =}`. How sure the figures are: `e:bootstrap{draws =,
--- level =, seed =}`, and `e:compare(other, {…})` for the difference of two detectors on one set.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     local objects, ids = truth.annotations:objects(), truth.annotations:image_ids()
---     local results = th.coco.results()
---     for i = 1, #objects.ids do
---       results:add(ids[objects.images[i]], { objects.boxes[i]:tolist() }, { 0.9 }, { objects.categories[i] })
---     end
---     local e = th.coco.evaluate { gt = truth.annotations, dt = results }
---     assert(e.stats[2] > 0.9)
---@param given table gt and dt (required), and the options above
---@return Evaluation evaluation
function M.evaluate(given)
  local o = options.check("coco.evaluate", given, rules {
    gt = { { "string", "userdata" }, required = true }, dt = { { "string", "userdata" }, required = true },
  }, 2)
  return core.run(annotations(o.gt, o.masks), results(o.dt, o.masks), chosen(o))
end

local Evaluator = {}
Evaluator.__index = Evaluator
Evaluator.__name = "Evaluator"

--- Takes detections, as `results:add` does: those of one image, `ev:add(image_id, boxes, scores, category_ids)`,
--- or of a batch, `ev:add(found, {image_ids =, category_ids =})` with what `th.detect.decode` found.
function Evaluator:add(...)
  self.results:add(...)
  return self
end

--- Judges what has been added so far.
function Evaluator:evaluate()
  return core.run(self.annotations, self.results, self.options)
end

--- Forgets what has been added.
function Evaluator:reset()
  self.results = core.new_results()
  return self
end

--- An evaluator that is fed image by image, or batch by batch, while a detector runs:
--- `ev = th.coco.evaluator(gt); ev:add(id, boxes, scores, categories); ev:evaluate().stats[1]`.
---
--- gt: a path or annotations; the options of `evaluate`, without gt and dt.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     local evaluator = th.coco.evaluator(truth.annotations)
---     for _, id in ipairs(truth.annotations:image_ids()) do
---       evaluator:add(id, { { 0, 0, 9, 9 } }, { 0.5 }, { 1 })
---     end
---     assert(evaluator:evaluate().counts.detections == 2)
---@param gt string|Annotations
---@param given? table the options of coco.evaluate
---@return table evaluator with add(image_id, boxes, scores, category_ids), evaluate() and reset()
function M.evaluator(gt, given)
  local o = options.check("coco.evaluator", given, rules {}, 2)
  if type(gt) ~= "string" and type(gt) ~= "userdata" then
    error("coco.evaluator: needs annotations or their path, got " .. options.shown(gt), 2)
  end
  return setmetatable({
    annotations = annotations(gt, o.masks), results = core.new_results(), options = chosen(o),
  }, Evaluator)
end

--- Copies what is asked for of an annotation file, each record as it stands: the counts.
---
--- Options: images, categories (ids), min_area, max_area (square pixels), no_crowds, drop_invalid
--- (objects whose box is not four finite numbers of a positive size).
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     truth:save(scratch)
---     local counts = th.coco.copy(scratch .. "/instances.json", scratch .. "/one.json", { images = { 1 } })
---     assert(counts.images == 1)
---@param source string
---@param path string to write
---@param given? table images and categories (all), ids; min_area, max_area (none), no_crowds (false), drop_invalid (false)
---@return table counts images, objects, categories
function M.copy(source, path, given)
  return core.copy(source, path, given)
end

--- Puts annotation files together: categories are one by name, images by id and file name, objects of
--- different files by id, image, category and box (counted as `repeated`); ids that are taken by something
--- else are replaced. The counts.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     truth:save(scratch .. "/a")
---     th.data.shapes({ n = 3, size = 64, seed = 2 }):save(scratch .. "/b")
---     local counts = th.coco.merge({ scratch .. "/a/instances.json", scratch .. "/b/instances.json" }, scratch .. "/ab.json")
---     assert(counts.categories == 5)
---@param sources string[] paths
---@param path string to write
---@return table counts images, objects, categories
function M.merge(sources, path)
  return core.merge(sources, path)
end

--- The lines that pycocotools prints for an evaluation; `n/a` where nothing is defined.
---
--- Example:
---     local truth = th.data.shapes({ n = 2, size = 64, seed = 1 })
---     local e = th.coco.evaluate { gt = truth.annotations, dt = th.coco.results() }
---     assert(th.coco.summary(e):find("Average Precision  (AP) @[ IoU=0.50:0.95", 1, true))
---@param evaluation Evaluation
---@return string text
function M.summary(evaluation)
  local lines = {}
  local figures, iou = core.summary(evaluation)
  for i, figure in ipairs(figures) do
    local range = figure.iou and string.format("%.2f", figure.iou)
      or string.format("%.2f:%.2f", iou[1], iou[#iou])
    lines[i] = string.format(" %-18s (%s) @[ IoU=%-9s | area=%6s | maxDets=%3d ] = %s",
      figure.kind == "AR" and "Average Recall" or "Average Precision", figure.kind, range, figure.area,
      figure.max_dets, figure.value > -1 and string.format("%.3f", figure.value) or "n/a")
  end
  return table.concat(lines, "\n")
end

return M
