-- SPDX-License-Identifier: Apache-2.0
-- What detection.lua and priorities.lua share: the data, models and recipe of each scale.

local th = require "thresh"
local select, detect = th.select, th.detect

local M = {}

local scales = {
  tiny = { images = 12, test = 6, size = 48, model_size = 32, width = 4, epochs = 3, batch_size = 4, seeds = { 1, 2, 3 } },
  small = { images = 400, test = 200, size = 256, model_size = 128, width = 16, epochs = 30, batch_size = 16, seeds = { 1, 2, 3 } },
  full = { images = 0, epochs = 30, batch_size = 32, seeds = { 1, 2, 3 } },
}

M.spec = {
  images_folder = { "data/coco/train2017", "folder of the training images (full)" },
  annotations = { "data/coco/annotations/instances_train2017.json", "their annotations (full)" },
  test_images = { "data/coco/val2017", "folder of the test images (full)" },
  test_annotations = { "data/coco/annotations/instances_val2017.json", "their annotations (full)" },
  weights = { "", "safetensors file of a ResNet-50 trained on ImageNet (full); none: from scratch" },
  keep = { 0.5, "part of a batch's rows to train on" },
  start = { 0.5, "part of the epochs before rows are chosen" },
  finish = { 0.9, "part of the epochs after which they no longer are" },
  reuse = { false, "go on with the first forward pass's activations instead of a second pass" },
}

--- The options as they are for detection: settings are what the scale says, with what was given in its place.
function M.settings(o)
  local mine, settings = {}, {}
  for name, value in pairs(o) do mine[name] = value end
  for name, value in pairs(scales[o.scale]) do settings[name] = value end
  if #o.seeds > 0 then settings.seeds = o.seeds end
  if o.images > 0 then settings.images = o.images end
  if o.epochs > 0 then settings.epochs = o.epochs end
  mine.settings = settings
  return mine
end

--- The options of a script, its own and those of detection.
function M.options(study, own)
  local spec = {}
  for _, part in ipairs { M.spec, own or {} } do
    for name, rule in pairs(part) do spec[name] = rule end
  end
  return study.options(spec)
end

-- The data of a scale, read once. Every seed trains on the same images.
local read
function M.data(o)
  local s = o.settings
  if read then return read end
  if o.scale == "full" then
    local train = th.data.coco_images {
      folder = o.images_folder, annotations = o.annotations, name = "COCO", drop_invalid = true,
    }
    if s.images > 0 and s.images < #train then train = train:subset(th.arange(1, s.images)) end
    read = {
      name = "COCO", train = train,
      test = th.data.coco_images { folder = o.test_images, annotations = o.test_annotations, name = "COCO test" },
    }
  else
    read = {
      name = "shapes", train = th.data.shapes { n = s.images, size = s.size, seed = 1001 },
      test = th.data.shapes { n = s.test, size = s.size, seed = 2000 },
    }
  end
  return read
end

--- The settings that are part of what a run is.
function M.params(o)
  local s = o.settings
  return {
    fingerprint = M.data(o).train:fingerprint():sub(1, 16), epochs = s.epochs, batch_size = s.batch_size,
    model_size = s.model_size, width = s.width, keep = o.keep, start = o.start, finish = o.finish, reuse = o.reuse,
    weights = o.weights:match "[^/]*$",
  }
end

local function rows(make, interrupt)
  return function(p)
    return select[make] {
      keep = p.keep, start = p.start, finish = p.finish, interrupt = interrupt, reuse = p.reuse,
    }
  end
end

--- What can be compared, by name.
M.methods = {
  Base = function() return nil end,
  SB2 = rows("SelectiveBackprop", 2), SB3 = rows("SelectiveBackprop", 3),
  ["Random-SB2"] = rows("RandomBackprop", 2), ["Random-SB3"] = rows("RandomBackprop", 3),
}

local function model_of(o, p, classes)
  if o.scale ~= "full" then
    return detect.small_ssd { classes = classes + 1, size = p.model_size, width = p.width, seed = p.seed }
  end
  local model = detect.ssd300 { backbone = "resnet50", classes = classes + 1, seed = p.seed }
  if o.weights ~= "" then detect.load_backbone(model, th.load_safetensors(o.weights)) end
  return model
end

-- Adam, and a rate that decays inside the run: before it has, figures of single epochs scatter more than methods differ.
local function small_recipe(p, model)
  return {
    optimizer = th.optim.Adam(model:parameters(), { lr = 0.002 }),
    schedule = th.schedule.MultiStepLR { milestones = { p.epochs * 43 // 65, p.epochs * 54 // 65 } },
  }
end

-- NVIDIA's recipe of SSD300: a rate of 2.6e-3 for batches of 32 after 300 steps of warm-up, decay of weights alone,
-- steps down at 43 and 54 of 65 parts of the run.
local function full_recipe(p, model, n)
  local weights, others, milestones = {}, {}, {}
  for _, parameter in ipairs(model:parameters()) do
    local group = parameter.ndim > 1 and weights or others
    group[#group + 1] = parameter
  end
  local steps, warmup = (n + p.batch_size - 1) // p.batch_size, 300
  for i, part in ipairs { 43 / 65, 54 / 65 } do
    milestones[i] = math.max(1, math.floor(part * p.epochs + 0.5) * steps - warmup)
  end
  return {
    optimizer = th.optim.SGD({ { params = weights, weight_decay = 5e-4 }, { params = others, weight_decay = 0 } },
      { lr = 2.6e-3 * p.batch_size / 32, momentum = 0.9 }),
    schedule_per = "step", schedule = th.schedule.Warmup {
      steps = warmup, start_factor = 1 / warmup, after = th.schedule.MultiStepLR { milestones = milestones },
    },
  }
end

--- Trains a detector. `more` goes to th.train. Returns the result and the model.
function M.train(o, p, run, more)
  local data = M.data(o)
  local model = model_of(o, p, data.train.classes)
  local recipe = o.scale == "full" and full_recipe or small_recipe
  local given = {
    model = model, data = data, task = detect.task(), seed = p.seed,
    epochs = p.epochs, batch_size = p.batch_size, augment = "nvidia", quiet = true, run = run,
    batch_select = M.methods[p.method] and M.methods[p.method](p), evaluate_every = math.max(1, p.epochs // 3),
    checkpoint = o.scale == "tiny" and false or nil,
  }
  for _, part in ipairs { recipe(p, model, #data.train), more or {} } do
    for name, value in pairs(part) do given[name] = value end
  end
  return th.train(given), model
end

--- Says how long a sweep will take at most.
function M.estimate(study, o, params, names)
  if study.is_worker() then return end
  local data, p = M.data(o), { seed = 1, method = "Base" }
  for name, value in pairs(params) do p[name] = value end
  local n = math.min(2 * p.batch_size, #data.train)
  local result = M.train(o, p, nil, {
    data = { name = data.name, train = data.train:subset(th.arange(1, n)) }, epochs = 2, checkpoint = false,
  })
  local speed, seconds, runs = study.speed(result, n), {}, #names * #o.settings.seeds
  for by, value in pairs(speed) do seconds[by] = value * runs * (p.epochs * #data.train + #data.test) end
  study.tell("Detection", o, runs, data, seconds, { detector = speed }, n)
end

--- What the report says of its data.
function M.text(o)
  if o.scale == "full" then return "SSD300 on ResNet-50 and COCO, NVIDIA's recipe, steps down at 43 and 54 of 65 parts of the run." end
  return "A small SSD on drawn shapes in COCO form: what the methods cost and keep here, not what they do on photographs."
end

--- mAP over the epochs at which it was measured, by method.
function M.curves(names, by)
  local groups = {}
  for i, name in ipairs(names) do
    local runs = {}
    for _, cell in ipairs(by[name]) do
      local run = {}
      for _, row in ipairs(th.runs.load(cell.run):metrics()) do
        if row.accuracy then run[#run + 1] = { epoch = row.epoch, mAP = 100 * row.accuracy } end
      end
      runs[#runs + 1] = run
    end
    groups[i] = { label = name, runs = runs }
  end
  return th.plot.curves(groups, { y = "mAP", y_label = "mAP %" })
end

return M
