-- SPDX-License-Identifier: Apache-2.0
-- 4. Training
--
-- `th.train` takes a model, data and an optimiser, and tells what happened: a row of history for each epoch.
local th = require "thresh"

local model = th.models.resnet8 { classes = 10, in_channels = 1, width = 8, seed = 1 }
print(model:summary { 1, 8, 8 })

local result = th.train {
  model = model, data = th.data.digits(), epochs = 4, batch_size = 64, seed = 1, quiet = true,
  optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9, weight_decay = 5e-4 }),
  schedule = th.schedule.CosineAnnealingLR { t_max = 4 },
}
for _, row in ipairs(result.history) do
  print(string.format("epoch %d  loss %.3f  accuracy %.1f %%", row.epoch, row.loss, 100 * row.accuracy))
end
print(th.plot.history(result))
assert(result.accuracy > 0.8)

-- What it cost: seconds of training and of selection, and images that went forward and backward.
print(string.format("%.2f s, %d forward, %d backward", result.seconds.train, result.forwarded, result.backwarded))

-- Weights are saved and loaded under PyTorch's names.
local path = os.tmpname()
th.save_safetensors(path, model:state_dict())
local again = th.models.resnet8 { classes = 10, in_channels = 1, width = 8, seed = 2 }
again:load_state_dict(th.load_safetensors(path))
os.remove(path)
assert(th.train.evaluate(again, th.data.digits().test).accuracy == result.accuracy)

-- A run that may be killed writes checkpoints; started again, the script goes on from the last one, and ends with
-- the bits that it would have had. Here an error in the second epoch plays the part of the power cut.
local folder = os.tmpname()
os.remove(folder)
local function train(on_epoch)
  local small = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
  return th.train {
    model = small, data = th.data.digits(), epochs = 3, quiet = true, checkpoint = folder, on_epoch = on_epoch,
    optimizer = th.optim.SGD(small:parameters(), { lr = 0.1, momentum = 0.9 }),
  }
end
assert(not pcall(train, function(row) assert(row.epoch < 2, "power cut") end))
local resumed = train()
print(string.format("went on from '%s' to '%s'", resumed.resumed, resumed.checkpoint))
assert(#resumed.history == 3)
for _, name in ipairs(th.list_directory(folder)) do os.remove(folder .. "/" .. name) end
os.remove(folder)
