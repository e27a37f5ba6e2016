-- SPDX-License-Identifier: Apache-2.0
-- A training step: forward, loss, backward, SGD with momentum. One JSON line.
-- usage: scripts/bench step MODEL [--batch N] [--threads T] [--inference] [--seconds S]

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
}
th.set_num_threads(o.threads)

-- The CIFAR forms of the peers: 10 classes, 3x32x32.
local model = th.models[model_name] { classes = 10, in_channels = 3, image_size = 32, seed = 1 }
local x = th.randn(o.batch, 3, 32, 32, { seed = 1 })
local y = th.randint(1, 10, { o.batch }, { seed = 1 })
local optimizer = th.optim.SGD(model:parameters(), { lr = 1e-4, momentum = 0.9, weight_decay = 5e-4 })

local function training_step()
  optimizer:zero_grad()
  local loss = th.nn.cross_entropy(model:forward(x), y)
  loss:backward()
  optimizer:step()
end

local function inference_step()
  th.no_grad(function() model:forward(x) end)
end

if o.inference then model:eval() else model:train() end
local times = report.times(o.inference and inference_step or training_step, { seconds = o.seconds })
local median, least, most = report.spread(times)
report.line {
  { "bench", "step" }, { "model", model_name }, { "batch", o.batch }, { "threads", o.threads },
  { "inference", o.inference }, { "steps", #times },
  { "images_per_second", o.batch / median }, { "min", o.batch / most }, { "max", o.batch / least },
  { "peak_mib", report.peak_mib() },
}
