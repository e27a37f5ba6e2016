-- SPDX-License-Identifier: Apache-2.0
-- How far the gradient of a subset misses that of all images, ||sum w g - sum g|| / ||sum g||, over the
-- epochs and beside the training loss: for subsets that are matched, and for random ones.
--
--   thresh examples/matching-error.lua [--fraction 0.1] [--every 5] …

local th = require "thresh"
local select = th.select

local o = th.arguments {
  fraction = { 0.1, "part of the training images in a subset" },
  every = { 5, "epochs between selections" },
  epochs = { 20, "epochs of each run" },
  seed = { 1, "seed" },
  gradients = { "last_layer", "of the 'last_layer' or of 'all' parameters" },
  quiet = { false, "no progress lines" },
}

local made = { fraction = o.fraction, every = o.every }
local results = th.compare {
  data = th.data.digits(), seeds = { o.seed }, epochs = o.epochs, batch_size = 32, quiet = o.quiet,
  matching_error = o.gradients,
  selectors = { select.GradMatch(made), select.GradMatchPB(made), select.RS2(made), select.RandomPB(made) },
  model = function(seed) return th.models.resnet8 { classes = 10, in_channels = 1, seed = seed } end,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.05, momentum = 0.9 }) end,
}
print(th.plot.history(results))
