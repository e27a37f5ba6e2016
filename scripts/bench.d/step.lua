-- SPDX-License-Identifier: Apache-2.0
-- A training step: forward, loss, backward, SGD with momentum. One JSON line.
-- usage: scripts/bench step MODEL [--batch N] [--threads T] [--inference] [--seconds S] [--profile]

local th = require "thresh"
local report = dofile((arg[0]:gsub("step%.lua$", "report.lua")))

local model_name = table.remove(arg, 1)
if not model_name or model_name:sub(1, 1) == "-" then
  io.stderr:write("usage: scripts/bench step MODEL [--batch N] [--threads T] [--inference]\n")
  os.exit(2)
end
local o = th.arguments {
  batch = { 32, "images in a batch" },
  threads = { th.num_threads(), "threads of the engine" },
  seconds = { 5.0, "measure for at least this long" },
  inference = { false, "forward only, in evaluation mode, without a tape" },
  profile = { false, "print where the time of one more step goes" },
  serve = { false, "for scripts/bench peers: times steps when asked on standard input" },
}
th.set_num_threads(o.threads)

-- The forms of the peers: CIFAR's with 10 classes and 3x32x32, or SSD300 with COCO's 81 and 3x300x300.
local ssd = model_name == "ssd300"
local size, classes = ssd and 300 or 32, ssd and 81 or 10
local options = { classes = classes, in_channels = 3, seed = 1 }
if not ssd then options.image_size = size end
local model = th.models[model_name](options)
-- In the memory order in which the loaders give batches.
local x = th.randn(o.batch, 3, size, size, { seed = 1 }):channels_last()
local optimizer = th.optim.SGD(model:parameters(), { lr = 1e-4, momentum = 0.9, weight_decay = 5e-4 })

-- The loss of a batch with random targets.
local batch_loss
if ssd then
  -- One box in 200 has an object; class 1 is the background.
  local boxes = 8732
  local object = th.rand(o.batch, boxes, { seed = 2 }):lt(0.005)
  local labels = th.where(object, th.randint(2, classes, { o.batch, boxes }, { seed = 3 }), 1)
  local locations = th.randn(o.batch, 4, boxes, { seed = 4 })
  local ssd_loss = dofile((arg[0]:gsub("step%.lua$", "ssd_loss.lua")))
  batch_loss = function()
    local loc, conf = model:forward(x)
    return ssd_loss(loc, conf, locations, labels)
  end
else
  local y = th.randint(1, classes, { o.batch }, { seed = 1 })
  batch_loss = function() return th.nn.cross_entropy(model:forward(x), y) end
end

local function training_step()
  optimizer:zero_grad()
  batch_loss():backward()
  optimizer:step()
end

local function inference_step()
  th.no_grad(function() model:forward(x) end)
end

if o.inference then model:eval() else model:train() end
local step = o.inference and inference_step or training_step
if o.serve then report.serve(step) end
local times = report.times(step, { seconds = o.seconds })
local median, least, most = report.spread(times)
report.line {
  { "bench", "step" }, { "model", model_name }, { "batch", o.batch }, { "threads", o.threads },
  { "inference", o.inference }, { "steps", #times },
  { "images_per_second", o.batch / median }, { "min", o.batch / most }, { "max", o.batch / least },
  { "peak_mib", report.peak_mib() },
}
if o.profile then print((th.profile(step))) end
