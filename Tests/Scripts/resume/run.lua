-- SPDX-License-Identifier: Apache-2.0
-- A training run that may be killed at any moment and started again: thresh run.lua SCRIPTS CASE FOLDER [WISH].
-- When it has ended, its outcome is in FOLDER/outcome.json.
--
-- WISH: TERM or USR1, a signal that it sends itself behind the second epoch, and the checkpoint that comes of it is
-- the only one until then; KEEP, to remove no checkpoint.
local scripts, case, folder, wish = ...
local th = require "thresh"
local outcome = dofile(scripts .. "/resume/outcome.lua")
local json = require "thresh.json"

local function optimizer_of(model, lr)
  return th.optim.SGD(model:parameters(), { lr = lr or 0.05, momentum = 0.9 })
end

local function small_digits()
  local data = th.data.digits()
  return { train = data.train:subset(th.arange(1, 640)), test = data.test:subset(th.arange(1, 60)) }
end

local function resnet() return th.models.resnet8 { in_channels = 1, seed = 5, width = 4 } end

local cases = {}

-- SGD with augmentation, dropout and a schedule by steps.
function cases.augmented()
  local model = th.nn.Sequential(resnet(), th.nn.Dropout(0.1))
  return model, optimizer_of(model), {
    augment = { th.data.random_crop(1), th.data.horizontal_flip() }, schedule_per = "step",
    schedule = th.schedule.OneCycleLR { max_lr = 0.1, total_steps = 240 },
  }
end

function cases.gradmatch()
  local model = resnet()
  return model, optimizer_of(model), {
    select = th.select.GradMatchPB { fraction = 0.5, every = 2 }, trace = folder .. "/run.trace",
  }
end

function cases.selective()
  local model = resnet()
  return model, optimizer_of(model), {
    batch_select = th.select.SelectiveBackprop { variant = "jiang", beta = 1, stale = 2, history = 100 },
    trace = folder .. "/run.trace",
  }
end

function cases.warm_adam()
  local model = resnet()
  return model, th.optim.Adam(model:parameters(), { lr = 1e-3 }), {
    select = th.select.GradMatch { fraction = 0.4, every = 2, warm = 0.5 }, accumulate = 3,
  }
end

function cases.detection()
  local data = th.data.shapes { n = 12, size = 64, seed = 1 }
  local model = th.detect.small_ssd { classes = 6, size = 64, width = 4, seed = 1 }
  return model, optimizer_of(model, 1e-3), {
    data = { train = data, test = data }, batch_size = 3, augment = "nvidia",
    task = th.detect.task { evaluation = { batch_size = 4 } },
    batch_select = th.select.SelectiveBackprop { start = 0, finish = 1 },
  }
end

local model, optimizer, config = cases[case]()
config.model, config.optimizer = model, optimizer
config.data = config.data or small_digits()
config.batch_size = config.batch_size or 32
config.epochs, config.seed, config.quiet = 12, 7, true
config.checkpoint = { path = folder .. "/checkpoints", seconds = 0.05, every = 3 }
if wish == "KEEP" then config.checkpoint.keep = 1000 end
local function signal(name) os.execute("kill -" .. name .. " $PPID") end
if wish == "TERM" or wish == "USR1" then
  config.checkpoint = { path = folder .. "/checkpoints", every = 100 }
  config.on_epoch = function(row)
    if row.epoch == 2 then signal(wish) end
    if row.epoch == 3 then
      print(table.concat(th.list_directory(folder .. "/checkpoints"), " "))
      io.stdout:flush()
    end
  end
end
local result = th.train(config)
th.write_file(folder .. "/outcome.json", json.encode(outcome.of(result, model, optimizer, folder)))
-- Nobody watches any more.
if wish == "USR1" then signal "USR1" end
