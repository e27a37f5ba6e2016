-- SPDX-License-Identifier: Apache-2.0
-- Thresh's part of `scripts/bench parity`: gradients or a training run, from and to files of a folder.
--
-- `gradients`: makes the model by its seed and writes its state.safetensors; for each batch i that
-- has i-x.npy, writes i-FORM.safetensors with the gradients of the loss at that state, for the forms
-- auto, direct and float64. `curve`: writes the state too, trains a model on x.npy (steps, N, C, H, W)
-- and y.npy (steps, N), and writes the losses as FORM.npy for auto and direct.

local th = require "thresh"

local task, model_name, folder = arg[1], arg[2], arg[3]
local o = th.arguments({
  batches = { 1, "batches to take gradients of" },
  threads = { 2, "threads of the engine" },
  seed = { 1, "of the weights" },
  shift = { 0.0, "the biases of all normalisations: a large one keeps values away from ReLU's kink" },
  lr = { 0.05, "learning rate of the curve" },
  momentum = { 0.9, "of the curve's SGD" },
  weight_decay = { 5e-4, "of the curve's SGD" },
}, table.move(arg, 4, #arg, 1, {}))
th.set_num_threads(o.threads)

local ssd = model_name == "ssd300"
local ssd_loss = ssd and dofile((arg[0]:gsub("peers/parity%.lua$", "bench.d/ssd_loss.lua")))

local function make(dtype)
  return th.models[model_name] {
    classes = ssd and 81 or 10, image_size = ssd and 300 or 32, seed = o.seed, dtype = dtype,
  }
end

local function load(name) return th.load_npy(folder .. "/" .. name .. ".npy") end

-- Labels in files count from 0.
local function loss_of(model, x, name)
  local labels = load(name .. "-y") + 1
  if not ssd then return th.nn.cross_entropy(model:forward(x), labels) end
  local loc, conf = model:forward(x)
  return ssd_loss(loc, conf, load(name .. "-boxes"):to(x.dtype), labels)
end

local function write_gradients(state, name, form)
  local dtype = form == "float64" and "float64" or "float32"
  th.set_convolution(form == "direct" and "direct" or "auto")
  local model = make(dtype)
  local cast = {}
  for key, value in pairs(state) do cast[key] = value:to(dtype) end
  model:load_state_dict(cast)
  model:train()
  local loss = loss_of(model, load(name .. "-x"):to(dtype), name)
  loss:backward()
  local gradients = { ["*loss"] = loss:detach() }
  for _, p in ipairs(model:named_parameters()) do gradients[p.name] = p.tensor.grad end
  th.save_safetensors(string.format("%s/%s-%s.safetensors", folder, name, form), gradients)
end

local function train(state, form)
  th.set_convolution(form)
  local model = make("float32")
  model:load_state_dict(state)
  model:train()
  local optimizer = th.optim.SGD(
    model:parameters(), { lr = o.lr, momentum = o.momentum, weight_decay = o.weight_decay })
  local x, y = load "x", load "y" + 1
  local losses = {}
  for step = 1, x.shape[1] do
    optimizer:zero_grad()
    local loss = th.nn.cross_entropy(model:forward(x[step]), y[step])
    loss:backward()
    optimizer:step()
    losses[step] = loss:item()
  end
  th.save_npy(string.format("%s/%s.npy", folder, form), th.tensor(losses, { dtype = "float64" }))
end

local state = make("float32"):state_dict()
if o.shift ~= 0 then
  for name in pairs(state) do
    local bias = name:match("^.*%.?running_mean$") and name:gsub("running_mean$", "bias")
    if bias then state[bias] = state[bias]:detach() * 0 + o.shift end
  end
end
th.save_safetensors(folder .. "/state.safetensors", state)
-- The state shares its memory with that model, which is never trained.
if task == "curve" then
  for _, form in ipairs { "auto", "direct" } do train(state, form) end
else
  for i = 1, o.batches do
    for _, form in ipairs { "auto", "direct", "float64" } do
      write_gradients(state, tostring(i), form)
    end
  end
end
