-- SPDX-License-Identifier: Apache-2.0
-- Batches of CIFAR-sized byte images with crop and flip, from memory or a mapped file. One JSON line.
-- usage: scripts/bench data [--batch N] [--images N] [--threads T] [--prefetch N] [--mapped] [--plain] [--seconds S]

local th = require "thresh"
local report = dofile((arg[0]:gsub("data%.lua$", "report.lua")))

local o = th.arguments {
  batch = { 128, "images in a batch" },
  images = { 10000, "images in the set" },
  threads = { th.num_threads(), "threads of the engine" },
  prefetch = { 0, "batches that one thread in the background makes ahead; 0 uses all threads" },
  mapped = { false, "from a mapped npy file" },
  plain = { false, "without crop and flip" },
  seconds = { 3.0, "measure for at least this long" },
}
th.set_num_threads(o.threads)

-- Synthetic: random bytes.
local x = th.randint(0, 255, { o.images, 3, 32, 32 }, { seed = 1 }):to("uint8")
local y = th.randint(1, 10, { o.images }, { seed = 2 })
local set
if o.mapped then
  local path = os.tmpname()
  th.save_npy(path, x)
  set = th.data.from_npy(path, y, { mmap = true })
  os.remove(path)
else
  set = th.data.from_tensors(x, y)
end
x = nil
collectgarbage()

local augment = not o.plain and { th.data.random_crop(4), th.data.horizontal_flip() } or nil
local epoch = 0
local times = report.times(function()
  epoch = epoch + 1
  local options = {
    batch_size = o.batch, augment = augment, seed = 1, epoch = epoch, prefetch = o.prefetch,
  }
  for batch in set:loader(options) do assert(batch.x) end
end, { seconds = o.seconds })
local median, least, most = report.spread(times)
report.line {
  { "bench", "data" }, { "batch", o.batch }, { "images", o.images }, { "threads", o.threads },
  { "prefetch", o.prefetch }, { "mapped", o.mapped }, { "augment", not o.plain },
  { "epochs", #times }, { "images_per_second", o.images / median },
  { "min", o.images / most }, { "max", o.images / least }, { "peak_mib", report.peak_mib() },
}
