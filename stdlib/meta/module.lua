---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class Module.

--- A layer or a model: parameters, submodules and a forward pass.
---
--- model(x) is model:forward(x); model[i] is the i-th submodule, #model their number; tostring shows the tree.
--- Layers are made by th.nn, models by th.models, modules written in Lua by nn.define.
---
--- Example:
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
---     local logits = model(th.randn(5, 1, 8, 8))
---     assert(table.concat(logits.shape, " ") == "5 10")
---@class Module : Object
---@field name string the kind, such as "Linear", or the name that nn.define was given
---@field training boolean whether it is in training mode; train and eval change it
---@field weight Tensor? its own parameter of that name; nil where it has none
---@field bias Tensor? its own parameter of that name; nil where it has none
---@operator call(Tensor): Tensor
---@operator len: integer
local Module = {}

--- The outputs for a batch: one tensor of most modules, two of detectors.
---
--- Example:
---     local model = th.nn.Linear(2, 3)
---     local x = th.ones(4, 2)
---     assert(model:forward(x):equal(model(x)))
---@param x Tensor (N, …)
---@return Tensor y
function Module:forward(x) end

--- The logits, and what goes into the last linear layer.
---
--- Example:
---     local model = th.nn.Sequential(th.nn.Linear(2, 8), th.nn.ReLU(), th.nn.Linear(8, 3))
---     local logits, embedding = model:forward_with_embedding(th.ones(4, 2))
---     assert(logits.shape[2] == 3 and embedding.shape[2] == 8)
---@param x Tensor (N, …)
---@return Tensor logits (N, C)
---@return Tensor embedding (N, E)
function Module:forward_with_embedding(x) end

--- The forward pass in the module's mode, but without moving BatchNorm's running statistics.
---
--- For a selecting pass before the training pass over the same batch.
---
--- Example:
---     local bn = th.nn.BatchNorm1d(2)
---     bn:forward_untracked(th.randn(8, 2))
---     assert(bn:state_dict().running_mean:equal(th.zeros(2)))
---@param x Tensor (N, …)
---@return Tensor y
function Module:forward_untracked(x) end

--- Says what BatchNorm's backward pass does where rows of the batch were dropped after its forward pass.
---
--- "kept_rows": its reductions run over the kept rows; "constant": mean and variance count as constants. It
--- matters to select.SelectiveBackprop with reuse = true alone.
---
--- Example:
---     local model = th.models.resnet8 { width = 4 }
---     assert(model:batch_norm_keep "constant" == model)
---     model:batch_norm_keep "kept_rows"
---@param policy string "kept_rows" or "constant"
---@return Module self
function Module:batch_norm_keep(policy) end

--- All parameters, those of submodules included, in the order of the state.
---
--- Example:
---     local model = th.nn.Linear(2, 3)
---     local optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 })
---     assert(#model:parameters() == 2)
---@return Tensor[] parameters
function Module:parameters() end

--- All parameters with their names, in the order of the state.
---
--- Example:
---     local model = th.nn.Sequential(th.nn.Linear(2, 3))
---     local first = model:named_parameters()[1]
---     assert(first.name == "0.weight" and first.tensor:numel() == 6)
---@return table[] parameters a list of { name =, tensor = }
function Module:named_parameters() end

--- How many numbers the parameters hold.
---
--- Example:
---     assert(th.nn.Linear(2, 3):parameter_count() == 9)
---@return integer count
function Module:parameter_count() end

--- Layers, output shapes, parameters and multiply-adds (MACs) for one input of a given shape.
---
--- As text it is a table; `help "Summary"` tells its fields. It makes one forward pass over zeros.
---
--- Example:
---     local summary = th.models.resnet20():summary { 3, 32, 32 }
---     assert(summary.parameters == 269722)
---     assert(tostring(summary):find "conv1")
---@param shape integer[] of one input, without N: { C, H, W }
---@return Summary summary
function Module:summary(shape) end

--- All parameters and running statistics by name.
---
--- The tensors are the module's own, not copies; the names are PyTorch's, so that th.save_safetensors writes
--- what PyTorch can load.
---
--- Example:
---     local state = th.nn.BatchNorm2d(3):state_dict()
---     assert(state.weight and state.running_var:equal(th.ones(3)))
---@return table<string, Tensor> state
function Module:state_dict() end

--- Takes over parameters and running statistics by name.
---
--- An error tells every name that is missing, unknown or of another shape; nothing is changed then. With
--- strict = false names that are missing or unknown are passed over.
---
--- Example:
---     local a, b = th.nn.Linear(2, 3, { seed = 1 }), th.nn.Linear(2, 3, { seed = 2 })
---     b:load_state_dict(a:state_dict())
---     assert(b.weight:equal(a.weight))
---     assert(not pcall(b.load_state_dict, b, { weight = a.weight }))
---@param state table<string, Tensor> as state_dict or th.load_safetensors give it
---@param options? table strict (true)
---@return Module self
function Module:load_state_dict(state, options) end

--- Where the random numbers of its layers stand, such as those of Dropout: what a checkpoint needs beside the
--- weights.
---
--- Example:
---     local a, b = th.nn.Dropout(0.5, { seed = 1 }), th.nn.Dropout(0.5, { seed = 2 })
---     b:load_random_state(a:random_state())
---     assert(a(th.ones(8)):equal(b(th.ones(8))))
---@return Tensor state (k, 3) of int64, a row for each layer that draws
function Module:random_state() end

--- Takes over what random_state gave of a module made alike.
---
--- Example:
---     local layer = th.nn.Dropout(0.5)
---     local state = layer:random_state()
---     local first = layer(th.ones(8))
---     layer:load_random_state(state)
---     assert(layer(th.ones(8)):equal(first))
---@param state Tensor (k, 3) of int64
---@return Module self
function Module:load_random_state(state) end

--- Puts the module and all submodules into training mode, or out of it.
---
--- Example:
---     local model = th.nn.Sequential(th.nn.Dropout(0.5))
---     assert(model:train(false).training == false and model:train()[1].training)
---@param mode? boolean true by default
---@return Module self
function Module:train(mode) end

--- Puts the module and all submodules into evaluation mode: no dropout, BatchNorm by running statistics.
---
--- Example:
---     local model = th.nn.Dropout(0.5):eval()
---     assert(not model.training)
---@return Module self
function Module:eval() end

--- Forgets the gradients of all parameters: their `grad` is nil.
---
--- Example:
---     local model = th.nn.Linear(2, 1)
---     model(th.ones(1, 2)):sum():backward()
---     model:zero_grad()
---     assert(model.weight.grad == nil)
function Module:zero_grad() end

--- The last linear layer, whose inputs are the embeddings; nil where there is none.
---
--- Example:
---     local model = th.models.resnet8 { classes = 7, width = 4 }
---     assert(model:head().weight.shape[1] == 7)
---@return Module? head
function Module:head() end

--- The submodules, in the order of the state.
---
--- Example:
---     local model = th.nn.Sequential(th.nn.Flatten(), th.nn.ReLU())
---     assert(model:children()[2].name == "ReLU")
---@return Module[] children
function Module:children() end

--- A submodule by name; an error, with a suggestion, where there is none.
---
--- Example:
---     local model = th.models.resnet8 { width = 4 }
---     assert(model:child("conv1").weight.shape[1] == 4)
---@param name string as in the state: "layer1", "0"
---@return Module child
function Module:child(name) end

return Module
