-- SPDX-License-Identifier: Apache-2.0
-- Selective-Backprop on CIFAR-10 files, with a second forward pass as published and with the first one's
-- activations reused, beside plain training and rows drawn at random.
--
--   thresh examples/selective-backprop-cifar10.lua --data FOLDER [--model resnet20] [--keep 0.5] …

local th = require "thresh"
local optim, schedule, select = th.optim, th.schedule, th.select

local o = th.arguments {
  data = { "data/cifar-10-batches-bin", "folder with data_batch_*.bin and test_batch.bin" },
  model = { "resnet20", "any of th.models" },
  keep = { 0.5, "part of a batch's rows to train on" },
  start = { 0.5, "part of the epochs before rows are chosen" },
  finish = { 0.9, "part of the epochs after which they no longer are" },
  interrupt = { 2, "every so many batches one is trained on whole; 0 for none" },
  epochs = { 30, "epochs of each run" },
  seeds = { { 1, 2, 3 }, "seeds, separated by commas" },
  images = { 0, "train on the first N images only; 0 for all" },
  batch_size = { 128, "images in a batch" },
  lr = { 0.05, "learning rate" },
  traces = { "runs/selective-backprop-cifar10", "folder for the traces" },
  quiet = { false, "no progress lines" },
}

local data = th.data.cifar10 { root = o.data, images = o.images ~= 0 and o.images or nil }
print(string.format("CIFAR-10 from %s: %d training and %d test images, model %s",
  o.data, #data.train, #data.test, o.model))

local function chosen(make, settings)
  for _, name in ipairs { "keep", "start", "finish", "interrupt" } do settings[name] = o[name] end
  return make(settings)
end

print(th.compare {
  data = data, seeds = o.seeds, epochs = o.epochs, batch_size = o.batch_size, traces = o.traces,
  quiet = o.quiet,
  selectors = {
    select.Full(),
    { label = "second forward", batch_select = chosen(select.SelectiveBackprop, {}) },
    { label = "reuse", batch_select = chosen(select.SelectiveBackprop, { reuse = true }) },
    {
      label = "reuse, BatchNorm constant",
      batch_select = chosen(select.SelectiveBackprop, { reuse = true, batch_norm = "constant" }),
    },
    { label = "random rows", batch_select = chosen(select.RandomBackprop, {}) },
  },
  augment = { th.data.random_crop(4), th.data.horizontal_flip() },
  model = function(seed) return th.models[o.model] { classes = 10, seed = seed } end,
  optimizer = function(parameters)
    return optim.SGD(parameters, { lr = o.lr, momentum = 0.9, weight_decay = 5e-4, nesterov = true })
  end,
  schedule = function(epochs) return schedule.CosineAnnealingLR { t_max = epochs } end,
})
