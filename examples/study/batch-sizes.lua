-- SPDX-License-Identifier: Apache-2.0
-- What the study left open: batch sizes. Steps of 32 to 256 images, by gradient accumulation over batches of 32.
--
--   thresh examples/study/batch-sizes.lua --scale tiny|small|full --data DIR [--jobs N] [--estimate] …
--
-- The memory that a step takes is that of one batch; BatchNorm sees the batches one by one, so that what differs
-- between sizes is the number of steps alone.

local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options {
  sizes = { {}, "images a step, multiples of the batch (32, 64, 128, 256; tiny 8, 16)" },
  lr = { 0.03, "learning rate at the smallest size; it grows with the square root of the size" },
}
local batch = o.scale == "tiny" and 8 or 32
local sizes = #o.sizes > 0 and o.sizes or o.scale == "tiny" and { 8, 16 } or { 32, 64, 128, 256 }
for _, size in ipairs(sizes) do
  if not math.tointeger(size) or size < batch or size % batch ~= 0 then
    error(string.format("--sizes: %s is no multiple of the batch of %d", size, batch), 0)
  end
end

study.run {
  name = "batch-sizes", title = "Batch sizes", o = o,
  text = string.format("Steps of so many images, accumulated over batches of %d; the learning rate grows with their "
    .. "square root from %g.", batch, o.lr),
  axis = "step", values = sizes, params = { batch_size = batch, lr = o.lr },
  methods = { "Full", "Full-EarlyStop", "RS2", "RandomPB", "GradMatch", "GradMatchPB" },
  setup = function(p)
    local times = p.step // p.batch_size
    return { model = p.model, optimizer = study.sgd(p.lr * times ^ 0.5), accumulate = times }
  end,
}
