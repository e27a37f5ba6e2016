-- SPDX-License-Identifier: Apache-2.0
-- Selective-Backprop on SSD300 and COCO folders: plain training (Base), with every second (SB2) and every
-- third (SB3) batch whole in the selecting epochs, and on random rows.
--
--   thresh examples/ssd-coco.lua --images coco/train2017 --annotations coco/annotations/instances_train2017.json \
--     --test-images coco/val2017 --test-annotations coco/annotations/instances_val2017.json \
--     [--weights resnet50.safetensors] …
--
-- The recipe is NVIDIA's of SSD300 v1.1: SGD, momentum 0.9, weight decay 5e-4 of weights alone, a rate of
-- 2.6e-3 for batches of 32 after a warm-up, and its steps down at 43 and 54 of 65 epochs, as parts of the run.

local th = require "thresh"
local select, detect = th.select, th.detect

local o = th.arguments {
  images = { "data/coco/train2017", "folder of the training images" },
  annotations = { "data/coco/annotations/instances_train2017.json", "their annotations" },
  test_images = { "data/coco/val2017", "folder of the test images" },
  test_annotations = { "data/coco/annotations/instances_val2017.json", "their annotations" },
  weights = { "", "safetensors file of a ResNet trained on ImageNet, in torchvision's names; none: from scratch" },
  backbone = { "resnet50", "resnet18, resnet34 or resnet50" },
  methods = { { "base", "sb2", "sb3", "random-sb2" }, "what to compare, separated by commas" },
  keep = { 0.5, "part of a batch's rows to train on" },
  start = { 0.5, "part of the epochs before rows are chosen" },
  finish = { 0.9, "part of the epochs after which they no longer are" },
  score = { "normalised", "what rows are chosen by: normalised, sum, loc or conf" },
  reuse = { false, "go on with the first forward pass's activations instead of a second pass" },
  recipe = { "nvidia", "augmentation: nvidia, ssd (with expansion) or none" },
  epochs = { 30, "epochs of each run" },
  evaluate_every = { 5, "epochs between evaluations" },
  seeds = { { 1 }, "seeds, separated by commas" },
  limit = { 0, "train on the first N images only; 0 for all" },
  batch_size = { 32, "images in a batch" },
  lr = { 0.0, "learning rate; 0 for 2.6e-3 * batch_size / 32" },
  warmup = { 300, "steps of the warm-up" },
  traces = { "runs/ssd-coco", "folder for the traces" },
  checkpoints = { "", "folder for the trained weights; none: they are not kept" },
  quiet = { false, "no progress lines" },
}

local train = th.data.coco_images { folder = o.images, annotations = o.annotations, name = "COCO", drop_invalid = true }
local test = th.data.coco_images { folder = o.test_images, annotations = o.test_annotations, name = "COCO test" }
if o.limit > 0 and o.limit < #train then train = train:subset(th.arange(1, o.limit)) end
print(string.format("%d training and %d test images, %d classes, SSD300 on %s", #train, #test, train.classes,
  o.backbone))

local function rows(make, interrupt, label)
  return {
    label = label,
    batch_select = make {
      keep = o.keep, start = o.start, finish = o.finish, interrupt = interrupt, reuse = o.reuse,
    },
  }
end

local all = {
  base = { label = "Base", select = select.Full() },
  sb2 = rows(select.SelectiveBackprop, 2, "SB2"),
  sb3 = rows(select.SelectiveBackprop, 3, "SB3"),
  ["random-sb2"] = rows(select.RandomBackprop, 2, "Random-SB2"),
  ["random-sb3"] = rows(select.RandomBackprop, 3, "Random-SB3"),
}
local selectors = {}
for i, name in ipairs(o.methods) do
  selectors[i] = all[name] or error(string.format("there is no method '%s'", name), 0)
end

local pretrained = o.weights ~= "" and th.load_safetensors(o.weights) or nil
local steps = (#train + o.batch_size - 1) // o.batch_size
local result = th.compare {
  data = { name = "COCO", train = train, test = test }, seeds = o.seeds, epochs = o.epochs,
  batch_size = o.batch_size, traces = o.traces, quiet = o.quiet, augment = o.recipe,
  task = detect.task { score = o.score }, evaluate_every = o.evaluate_every, selectors = selectors,
  model = function(seed)
    local model = detect.ssd300 { backbone = o.backbone, classes = train.classes + 1, seed = seed }
    if pretrained then detect.load_backbone(model, pretrained) end
    return model
  end,
  optimizer = function(parameters)
    local weights, others = {}, {}
    for _, p in ipairs(parameters) do
      local group = p.ndim > 1 and weights or others
      group[#group + 1] = p
    end
    return th.optim.SGD({ { params = weights, weight_decay = 5e-4 }, { params = others, weight_decay = 0 } },
      { lr = o.lr > 0 and o.lr or 2.6e-3 * o.batch_size / 32, momentum = 0.9 })
  end,
  schedule_per = "step",
  schedule = function(epochs)
    local milestones = {}
    for i, part in ipairs { 43 / 65, 54 / 65 } do
      milestones[i] = math.max(1, math.floor(part * epochs + 0.5) * steps - o.warmup)
    end
    return th.schedule.Warmup {
      steps = o.warmup, start_factor = 1 / o.warmup,
      after = th.schedule.MultiStepLR { milestones = milestones },
    }
  end,
  on_run = o.checkpoints ~= "" and function(label, seed, model)
    th.make_directory(o.checkpoints)
    th.save_safetensors(string.format("%s/%s-seed%d.safetensors", o.checkpoints, label:lower(), seed), model:state_dict())
  end or nil,
}
print(detect.table(result))
