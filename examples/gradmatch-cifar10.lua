-- SPDX-License-Identifier: Apache-2.0
-- Grad-Match and its replay on CIFAR-10 files, beside full training and the random baselines.
--
--   thresh examples/gradmatch-cifar10.lua --data FOLDER [--model resnet20] [--fraction 0.1] …

local th = require "thresh"
local optim, schedule, select = th.optim, th.schedule, th.select

local o = th.arguments {
  data = { "data/cifar-10-batches-bin", "folder with data_batch_*.bin and test_batch.bin" },
  model = { "resnet20", "any of th.models" },
  fraction = { 0.1, "part of the training images in a subset" },
  epochs = { 30, "epochs of each run" },
  every = { 5, "epochs between two selections" },
  warm = { 0.5, "part of the epochs that a warm start spends on the full set" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  images = { 0, "train on the first N images only; 0 for all" },
  batch_size = { 128, "images in a batch" },
  lr = { 0.05, "learning rate" },
  other_lr = { 0.1, "learning rate of the run that replays the trace" },
  traces = { "runs/gradmatch-cifar10", "folder for the traces" },
  quiet = { false, "no progress lines" },
}

local data = th.data.cifar10 { root = o.data, images = o.images ~= 0 and o.images or nil }
print(string.format("CIFAR-10 from %s: %d training and %d test images, model %s",
  o.data, #data.train, #data.test, o.model))

local function sgd(lr)
  return function(parameters)
    return optim.SGD(parameters, { lr = lr, momentum = 0.9, weight_decay = 5e-4, nesterov = true })
  end
end

local f, every = o.fraction, o.every
local function cached(run) return select.Cached { trace = run.traces["GradMatch"] } end
local selectors = {
  select.Full(),
  select.Random { fraction = f },
  select.RS2 { fraction = f },
  select.RandomPB { fraction = f },
  select.GradMatch { fraction = f, every = every },
  select.GradMatchPB { fraction = f, every = every },
  select.GradMatchPB { fraction = f, every = every, warm = o.warm },
  { label = string.format("Full, lr %g", o.other_lr), select = select.Full(), optimizer = sgd(o.other_lr) },
  {
    label = string.format("Cached-GradMatch, lr %g", o.other_lr), select = cached,
    optimizer = sgd(o.other_lr), baseline = string.format("Full, lr %g", o.other_lr),
  },
}

print(th.compare {
  data = data, selectors = selectors, seeds = o.seeds, epochs = o.epochs,
  batch_size = o.batch_size, traces = o.traces, quiet = o.quiet,
  augment = { th.data.random_crop(4), th.data.horizontal_flip() },
  model = function(seed) return th.models[o.model] { classes = 10, seed = seed } end,
  optimizer = sgd(o.lr),
  schedule = function(epochs) return schedule.CosineAnnealingLR { t_max = epochs } end,
})
