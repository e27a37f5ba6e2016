-- SPDX-License-Identifier: Apache-2.0
-- `th.detect` beyond the native functions: learning to detect as a task of `train`, COCO's figures of a
-- model, and which objects a run was trained on.

local core = require "thresh.core"
local coco = require "thresh.coco"
local columns = require "thresh.columns"
local options = require "thresh.options"
local tasks = require "thresh.task"

---@class detect
local M = core.detect

M.table = require "thresh.detection_table"

-- Errors unless the model is a detector that fits the data.
local function check_fit(what, model, data, level)
  local ok, boxes = pcall(function() return model.boxes end)
  if not ok or not boxes then
    error(string.format("%s: model must be a detector (th.detect.ssd300, th.detect.small_ssd), got %s", what,
      options.shown(model)), level + 1)
  end
  if getmetatable(data) ~= "DetectionDataset" then
    error(string.format("%s: data must be a DetectionDataset, got %s", what, options.shown(data)), level + 1)
  end
  if model.classes ~= data.classes + 1 then
    error(string.format("%s: the model has %d classes, the background counted, but %s has %d: make it with "
      .. "classes = %d", what, model.classes, data.name, data.classes, data.classes + 1), level + 1)
  end
end

local loss_rules = {
  normalise = { "string", default = "image" },
  alpha = { "number", default = 1, from = 0 },
  negatives = { "integer", default = 3, from = 0 },
  threshold = { "number", default = 0.5, above = 0, to = 1 },
}

local evaluate_rules = {
  batch_size = { "integer", default = 16, from = 1 },
  style = { "string", default = "nvidia" },
  skip_unreadable = { "boolean", default = false },
}

--- Finds objects with a model and judges them with COCO's rules: accuracy (AP over IoU 0.5 to 0.95), stats
--- (pycocotools' twelve figures), ap50, ap75, small, medium, large, evaluation (what `th.coco.evaluate`
--- returns) and results (the detections, which `results:save(path)` writes).
---
--- data: a DetectionDataset. Options: batch_size (16), style ("nvidia"; the values of th.detect.decode),
--- skip_unreadable (false). Every image counts, those without objects too; evaluation mode, no tape.
---
--- Example:
---     local data = th.data.shapes { n = 4, size = 64, seed = 1 }
---     local model = th.detect.small_ssd { classes = 6, size = 64, width = 4, seed = 1 }
---     local found = th.detect.evaluate(model, data, { batch_size = 2 })
---     assert(found.accuracy <= 1 and #found.stats == 12)
---@param model SSD300|SmallSSD
---@param data DetectionDataset
---@param given? table batch_size (16), style ("nvidia"), skip_unreadable (false)
---@return table result accuracy, stats, ap50, ap75, small, medium, large, evaluation, results
function M.evaluate(model, data, given)
  local o = options.check("detect.evaluate", given or {}, evaluate_rules, 2)
  check_fit("detect.evaluate", model, data, 2)
  local results = coco.results()
  tasks.at_rest(model, function()
    for batch in data:loader {
      batch_size = o.batch_size, shuffle = false, size = model.image_size, skip_unreadable = o.skip_unreadable,
    } do
      local locations, scores = model:forward(batch.x)
      local found = M.decode(locations, scores, model, { sizes = batch.sizes, style = o.style, ids = batch.ids })
      results:add(found, { image_ids = batch.ids, category_ids = data.category_ids })
    end
  end)
  local evaluation = coco.evaluate { gt = data.annotations, dt = results }
  local s = evaluation.stats
  return {
    accuracy = s[1], ap50 = s[2], ap75 = s[3], small = s[4], medium = s[5], large = s[6], stats = s,
    evaluation = evaluation, results = results,
  }
end

-- What a batch selector chooses by. L = (L_conf + alpha L_loc) / N by image, its sum, or a part of it.
local scores = {}
function scores.normalised(parts, alpha)
  return scores.sum(parts, alpha) / parts.positives:to("float32"):maximum(1)
end
function scores.sum(parts, alpha) return parts.scores + parts.locations * alpha end
function scores.loc(parts) return parts.locations end
function scores.conf(parts) return parts.scores end

--- Learning to detect, as `train{task = th.detect.task{}}` and `compare` take it.
---
--- The loss of an image is MultiBox's, L = (L_conf + alpha L_loc) / N: N its matched default boxes
--- (normalise = "image", as NVIDIA's SSD) or those of all images that are trained on in a step ("batch", as
--- the SSD paper). alpha (1), negatives (3 for each positive), threshold (0.5; the IoU of a match).
--- score: what batch selectors choose by, "normalised" (L by image), "sum" (without N, which favours images
--- of many objects), "loc" or "conf" (a part of the sum). Images without objects have loss 0.
--- Subset selectors get the gradients of the head biases of each image, 30 (classes + 4) numbers for SSD300,
--- or with pooled = true their sums over maps and boxes, classes + 4; without augmentation, score_batch
--- images at a time. evaluation: the options of detect.evaluate.
--- A learned model is judged by detect.evaluate: accuracy is COCO's AP.
---
--- Example:
---     local data = th.data.shapes { n = 4, size = 64, seed = 1 }
---     local model = th.detect.small_ssd { classes = 6, size = 64, width = 4, seed = 1 }
---     local run = th.train {
---       task = th.detect.task { evaluation = { batch_size = 4 } }, model = model, data = { train = data, test = data },
---       optimizer = th.optim.SGD(model:parameters(), { lr = 1e-3 }), epochs = 1, batch_size = 4, quiet = true,
---     }
---     assert(run.accuracy ~= nil)
---@param given? table normalise ("image"), alpha (1), negatives (3), threshold (0.5), score ("normalised"), pooled (false), score_batch (16), evaluation ({})
---@return table task as th.train takes it
function M.task(given)
  local rules = {
    score = { "string", default = "normalised" },
    pooled = { "boolean", default = false },
    score_batch = { "integer", default = 16, from = 1 },
    evaluation = { "table", default = {} },
  }
  for name, rule in pairs(loss_rules) do rules[name] = rule end
  local o = options.check("detect.task", given or {}, rules, 2)
  options.choice("detect.task", "score", o.score, { "normalised", "sum", "loc", "conf" }, 2)
  options.choice("detect.task", "normalise", o.normalise, { "image", "batch" }, 2)
  options.check("detect.task: evaluation", o.evaluation, evaluate_rules, 2)
  local task = { dataset = "DetectionDataset", metric = "mAP", options = o }

  local function multibox(normalise, ids)
    return { normalise = normalise, alpha = o.alpha, negatives = o.negatives, ids = ids }
  end

  function task.evaluate(model, data) return M.evaluate(model, data, o.evaluation) end

  function task.for_model(model, data)
    check_fit("train", model, data, 4)
    local mine = { image_size = model.image_size, loader = { size = model.image_size }, score_batch = o.score_batch }
    for name, value in pairs(task) do mine[name] = value end

    function mine.prepare(batch)
      local targets = M.encode(batch.objects, model, {
        threshold = o.threshold, classes = model.classes, ids = batch.ids,
      })
      return {
        x = batch.x, indices = batch.indices, ids = batch.ids, weights = batch.weights,
        labels = targets.labels, offsets = targets.offsets,
      }
    end

    -- A batch's own N is known once its rows are: the sums go on, with the counts to divide them by.
    function mine.losses(batch, locations, confidences)
      local whole = o.normalise == "batch"
      local losses, parts = M.multibox(locations, confidences, batch,
        multibox(whole and "none" or "image", batch.ids))
      return losses, {
        scores = scores[o.score](parts, o.alpha), counts = whole and parts.positives:to "float32" or nil,
      }
    end

    function mine.proxy(_, batch)
      local locations, confidences = model:forward(batch.x)
      local given_options = multibox("image", batch.ids)
      given_options.boxes, given_options.pooled = model, o.pooled
      return M.bias_gradients(locations, confidences, batch, given_options)
    end
    return mine
  end
  return task
end

local KeepCounts = {}
local sizes = { { "small", 0, 1024 }, { "medium", 1024, 9216 }, { "large", 9216, math.huge } }

-- Sums over the objects of a mask: how many, how often their images were seen and kept.
local function tally(name, mask, seen, kept)
  local s, k = seen:masked_select(mask):sum():item(), kept:masked_select(mask):sum():item()
  return { name = name, objects = mask:sum():item(), seen = s, kept = k, share = s > 0 and k / s or nil }
end

--- How often a run kept the images that hold small, medium and large objects, and objects of each class:
--- sizes and classes, lists of {name, objects, seen, kept, share}, and images, (n,) tensors seen and kept.
---
--- trace: a path, or what th.select.read_trace gave, of a run with a batch selector (how often each image
--- came by and how often it was kept), or else of one with a subset selector (of how many selections, in how
--- many it was). data: the dataset of the run. An object counts as often as its image; crowds do not count. Sizes
--- are COCO's, by area: below 32^2, to 96^2, above.
---
--- Example:
---     local data = th.data.shapes { n = 4, size = 64, seed = 1 }
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Full" })
---     writer:count({ 1, 2, 3, 4 }, { kept = th.tensor { 2, 3 } })
---     writer:write_counts(0, 0.1)
---     writer:close()
---     local found = th.detect.keep_counts(scratch .. "/run.trace", data)
---     assert(found.images.kept:sum():item() == 2 and found.sizes[1].name == "small")
---@param trace string|Trace
---@param data DetectionDataset
---@return table counts sizes, classes and images
function M.keep_counts(trace, data)
  if type(trace) == "string" then trace = core.select.read_trace(trace) end
  if getmetatable(trace) ~= "Trace" then
    error("detect.keep_counts: trace must be a path or a trace, got " .. options.shown(trace), 2)
  end
  if getmetatable(data) ~= "DetectionDataset" then
    error("detect.keep_counts: data must be a DetectionDataset, got " .. options.shown(data), 2)
  end
  trace:check(data)
  local seen, kept
  if trace.batch_event_count > 0 then
    seen, kept = trace:batch_counts()
  else
    kept = trace:counts()
    seen = core.full(#data, trace.event_count, { dtype = "int64" })
  end
  local objects = data.annotations:objects()
  local rows = objects.images
  local object_seen, object_kept = seen:index_select(1, rows), kept:index_select(1, rows)
  local plain = objects.crowd:logical_not()
  local found = { sizes = {}, classes = {}, images = { seen = seen, kept = kept } }
  for i, size in ipairs(sizes) do
    local mask = objects.areas:ge(size[2]):logical_and(objects.areas:lt(size[3])):logical_and(plain)
    found.sizes[i] = tally(size[1], mask, object_seen, object_kept)
  end
  for class, name in ipairs(data.class_names) do
    found.classes[class] = tally(name, objects.categories:eq(class):logical_and(plain), object_seen, object_kept)
  end
  return setmetatable(found, KeepCounts)
end

KeepCounts.__tostring = function(self)
  local lines = { { "objects", "number", "seen", "kept", "kept %" } }
  for _, part in ipairs { self.sizes, self.classes } do
    for _, row in ipairs(part) do
      lines[#lines + 1] = {
        row.name, tostring(row.objects), tostring(row.seen), tostring(row.kept),
        row.share and string.format("%.1f", 100 * row.share) or "-",
      }
    end
  end
  return table.concat(columns.lines(lines), "\n")
end

return M
