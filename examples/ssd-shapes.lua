-- SPDX-License-Identifier: Apache-2.0
-- Selective-Backprop on a detector: a small SSD on drawn shapes in COCO form, trained on all rows (Base),
-- with every second (SB2) and every third (SB3) batch whole in the selecting epochs, and on random rows.
--
--   thresh examples/ssd-shapes.lua [--images 400] [--epochs 20] [--seeds 1,2,3] …
--
-- The images are synthetic: the table says what the methods cost and keep here, not what they do on photographs.

local th = require "thresh"
local select, detect = th.select, th.detect

local o = th.arguments {
  images = { 400, "training images" },
  test = { 200, "test images" },
  size = { 256, "width and height of an image" },
  model_size = { 128, "width and height that the model sees" },
  width = { 16, "channels of the model's first convolution" },
  keep = { 0.5, "part of a batch's rows to train on" },
  start = { 0.5, "part of the epochs before rows are chosen" },
  finish = { 0.9, "part of the epochs after which they no longer are" },
  score = { "normalised", "what rows are chosen by: normalised, sum, loc or conf" },
  epochs = { 30, "epochs of each run" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  batch_size = { 16, "images in a batch" },
  lr = { 0.002, "learning rate" },
  traces = { "runs/ssd-shapes", "folder for the traces" },
  quiet = { false, "no progress lines" },
}

local function data(seed)
  return {
    name = "shapes",
    train = th.data.shapes { n = o.images, size = o.size, seed = 1000 + seed },
    test = th.data.shapes { n = o.test, size = o.size, seed = 2000 },
  }
end

local function rows(make, interrupt, label)
  return {
    label = label,
    batch_select = make {
      keep = o.keep, start = o.start, finish = o.finish, interrupt = interrupt, reuse = true,
    },
  }
end

local classes = data(0).train.classes
local result = th.compare {
  data = data, seeds = o.seeds, epochs = o.epochs, batch_size = o.batch_size, traces = o.traces,
  quiet = o.quiet, task = detect.task { score = o.score }, augment = "nvidia", evaluate_every = o.epochs,
  selectors = {
    { label = "Base", select = select.Full() },
    rows(select.SelectiveBackprop, 2, "SB2"),
    rows(select.SelectiveBackprop, 3, "SB3"),
    rows(select.RandomBackprop, 2, "Random-SB2"),
  },
  model = function(seed)
    return detect.small_ssd { classes = classes + 1, size = o.model_size, width = o.width, seed = seed }
  end,
  optimizer = function(parameters)
    return th.optim.Adam(parameters, { lr = o.lr })
  end,
  -- The rate decays inside the run; before it has, figures of single epochs scatter more than methods differ.
  schedule = function(epochs)
    return th.schedule.MultiStepLR { milestones = { epochs * 43 // 65, epochs * 54 // 65 } }
  end,
}

print(detect.table(result))

-- Which objects the selection kept, in the first seed's run.
for _, label in ipairs { "sb2", "random-sb2" } do
  print("\n" .. label)
  print(detect.keep_counts(string.format("%s/%s-seed%d.trace", o.traces, label, o.seeds[1]), data(o.seeds[1]).train))
end
