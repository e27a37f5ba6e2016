-- SPDX-License-Identifier: Apache-2.0
-- 5. Selecting
--
-- A selector chooses the images of an epoch; a batch selector chooses within each batch. `th.compare` trains with
-- several of them and puts what they reached and cost into one table.
local th = require "thresh"
local select = th.select

local result = th.compare {
  data = th.data.digits(), epochs = 6, batch_size = 64, seeds = { 1 }, quiet = true,
  selectors = {
    select.Full(),
    select.RS2 { fraction = 0.2 },                         -- a fresh random fifth each epoch: the strong control
    select.GradMatch { fraction = 0.2, every = 2 },        -- a fifth whose gradients sum to those of all
    { label = "Selective-Backprop", batch_select = select.SelectiveBackprop { keep = 0.5, start = 0, reuse = true } },
  },
  model = function(seed) return th.models.resnet8 { classes = 10, in_channels = 1, width = 8, seed = seed } end,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.1, momentum = 0.9 }) end,
}
print(result)

-- The speedup column is the honest question: how much sooner than full training is the same accuracy reached?
-- Random subsets belong beside every method; on few images and one seed the order of the rows is chance.
assert(#result.rows == 4)

-- What a selector is, where it comes from, what it costs and when not to use it:
print((th.help.text(select.GradMatch)):match "Source:[^\n]*")
