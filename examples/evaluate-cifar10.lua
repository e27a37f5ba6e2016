-- SPDX-License-Identifier: Apache-2.0
-- Runs a trained CIFAR-10 model over a file of the official binary layout and counts what is right.
--
--   thresh examples/evaluate-cifar10.lua --model resnet20 --weights FILE.safetensors --data FILE.bin

local th = require "thresh"

local o = th.arguments {
  model = { "resnet20", "any of th.models" },
  weights = { nil, "safetensors file with the model's state" },
  data = { nil, "file in CIFAR-10's binary layout" },
  mean = { { 0.485, 0.456, 0.406 }, "per channel, subtracted from pixels in 0..1" },
  std = { { 0.229, 0.224, 0.225 }, "per channel, divides" },
  logits = { nil, "write the logits to this .npy file" },
  batch_size = { 128, "images in a batch" },
}
for _, name in ipairs { "weights", "data" } do
  if not o[name] then
    io.stderr:write("evaluate-cifar10: needs --", name, " FILE; --help lists the options\n")
    os.exit(2)
  end
end

local model = th.models[o.model] { classes = 10 }
model:load_state_dict((th.load_safetensors(o.weights)))
model:eval()

local data = th.data.cifar10_file(o.data, { mean = o.mean, std = o.std })
local logits, correct = {}, 0
th.no_grad(function()
  for batch in data:loader { batch_size = o.batch_size, shuffle = false } do
    local z = model:forward(batch.x)
    correct = correct + z:argmax(2):eq(batch.y):sum():item()
    logits[#logits + 1] = z
  end
end)
print(string.format("correct %d of %d", correct, #data))
if o.logits then th.save_npy(o.logits, th.cat(logits)) end
