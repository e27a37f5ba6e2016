---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.optim and of the class Optimizer.

--- PyTorch's optimisers, with its names, formulas and defaults.
---
--- What is optimised is a list of tensors, as `model:parameters()` gives it, or a list of groups, each
--- { params = tensors, lr =, weight_decay =, momentum = }, where a group's own numbers go before the options.
--- (For Adam `momentum` of a group is its first beta.)
---
--- Example:
---     local model = th.nn.Linear(2, 1, { seed = 1 })
---     local optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 })
---     local loss = th.nn.mse_loss(model(th.ones(1, 2)), th.zeros(1, 1))
---     optimizer:zero_grad()
---     loss:backward()
---     optimizer:step()
---     assert(th.nn.mse_loss(model(th.ones(1, 2)), th.zeros(1, 1)):item() < loss:item())
---@class optim
local optim = {}

--- Stochastic gradient descent with momentum.
---
--- v = momentum v + (1 - dampening) (g + weight_decay p), p = p - lr v; with nesterov p = p - lr (g +
--- momentum v).
---
--- Example:
---     local p = th.ones(1):requires_grad_()
---     local optimizer = th.optim.SGD({ p }, { lr = 0.5 })
---     p:square():sum():backward()
---     optimizer:step()
---     assert(p:item() == 0)
---@param params Tensor[]|table[] tensors, or groups { params =, lr =, weight_decay =, momentum = }
---@param options? table lr (1e-3), momentum (0), dampening (0), weight_decay (0), nesterov (false), maximize (false)
---@return Optimizer optimizer
function optim.SGD(params, options) end

--- Adam: steps by the running mean of gradients over the root of that of their squares.
---
--- m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = p - lr m' / (sqrt(v') + eps), m' and v' without the
--- bias of the start; weight_decay p is added to g. Source: Kingma and Ba 2015; amsgrad: Reddi et al. 2018.
---
--- Example:
---     local p = th.ones(1):requires_grad_()
---     local optimizer = th.optim.Adam({ p }, { lr = 0.1 })
---     p:mul(3):sum():backward()
---     optimizer:step()
---     assert(math.abs(p:item() - 0.9) < 1e-6)
---@param params Tensor[]|table[] tensors, or groups
---@param options? table lr (1e-3), betas ({ 0.9, 0.999 }), eps (1e-8), weight_decay (0), amsgrad (false), maximize (false)
---@return Optimizer optimizer
function optim.Adam(params, options) end

--- Adam with weight decay apart from the gradient: p = p - lr weight_decay p before each step.
---
--- Source: Loshchilov and Hutter 2019.
---
--- Example:
---     local p = th.ones(1):requires_grad_()
---     local optimizer = th.optim.AdamW({ p }, { lr = 0.1, weight_decay = 0.5 })
---     p:mul(0):sum():backward()
---     optimizer:step()
---     assert(math.abs(p:item() - 0.95) < 1e-6)
---@param params Tensor[]|table[] tensors, or groups
---@param options? table lr (1e-3), betas ({ 0.9, 0.999 }), eps (1e-8), weight_decay (0.01), amsgrad (false), maximize (false)
---@return Optimizer optimizer
function optim.AdamW(params, options) end

--- RMSProp: steps by the gradient over the root of the running mean of its squares.
---
--- v = alpha v + (1 - alpha) g^2, p = p - lr g / (sqrt(v) + eps); centered takes off the square of the
--- running mean of g; momentum smooths the steps. Source: Tieleman and Hinton 2012.
---
--- Example:
---     local p = th.ones(1):requires_grad_()
---     local optimizer = th.optim.RMSProp({ p }, { lr = 0.1 })
---     p:mul(3):sum():backward()
---     optimizer:step()
---     assert(math.abs(p:item() - 0) < 1e-5)
---@param params Tensor[]|table[] tensors, or groups
---@param options? table lr (1e-2), alpha (0.99), eps (1e-8), weight_decay (0), momentum (0), centered (false), maximize (false)
---@return Optimizer optimizer
function optim.RMSProp(params, options) end

--- What moves parameters along their gradients; th.optim makes it.
---
--- Example:
---     local optimizer = th.optim.SGD(th.nn.Linear(2, 1):parameters(), { lr = 0.1 })
---     optimizer.lr = 0.05
---     assert(optimizer.lr == 0.05 and optimizer.rates[1] == 0.05)
---@class Optimizer : Object
---@field lr number the learning rate of the first group; to set it sets that of all, also as the rate that schedules begin from
---@field rates number[] the learning rate of each group
---@field name string "SGD", "Adam", "AdamW" or "RMSProp"
---@field param_groups table[] the settings of each group as they are now: lr, base_lr (what schedules begin from), momentum (Adam's first beta), weight_decay
local Optimizer = {}

--- Moves every parameter that has a gradient.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local optimizer = th.optim.SGD({ p }, { lr = 1 })
---     p:sum():backward()
---     optimizer:step()
---     assert(p:equal(th.zeros(2)))
function Optimizer:step() end

--- Forgets the gradients of all its parameters: their `grad` is nil.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local optimizer = th.optim.SGD { p }
---     p:sum():backward()
---     optimizer:zero_grad()
---     assert(p.grad == nil)
function Optimizer:zero_grad() end

--- Scales all gradients together, so that their common L2 norm is at most `norm`.
---
--- PyTorch: torch.nn.utils.clip_grad_norm_.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local optimizer = th.optim.SGD { p }
---     p:mul(th.tensor { 3.0, 4 }):sum():backward()
---     assert(optimizer:clip_gradients(1) == 5)
---     assert(p.grad:allclose(th.tensor { 0.6, 0.8 }))
---@param norm number the most
---@return number before the norm that the gradients had
function Optimizer:clip_gradients(norm) end

--- Multiplies every gradient by a number, as those that were summed over several batches.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local optimizer = th.optim.SGD { p }
---     p:sum():backward()
---     optimizer:scale_gradients(0.5)
---     assert(p.grad:equal(th.full({ 2 }, 0.5)))
---@param factor number
function Optimizer:scale_gradients(factor) end

--- Takes over the settings of groups that param_groups gave.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local a, b = th.optim.SGD({ p }, { lr = 0.1 }), th.optim.SGD({ p }, { lr = 1 })
---     th.schedule.StepLR({ step_size = 1 }):apply(a, 1)
---     b:load_param_groups(a.param_groups)
---     assert(b.lr == a.lr and b.param_groups[1].base_lr == 0.1)
---@param groups table[] lr, base_lr, momentum and weight_decay of each
---@return Optimizer self
function Optimizer:load_param_groups(groups) end

--- What the optimiser remembers, as tensors by name: momenta, means of squares and counts of steps.
---
--- th.save_safetensors writes it; learning rates are not in it, but in param_groups.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local optimizer = th.optim.SGD({ p }, { momentum = 0.9 })
---     p:sum():backward()
---     optimizer:step()
---     assert(next(optimizer:state_dict()) ~= nil)
---@return table<string, Tensor> state
function Optimizer:state_dict() end

--- Takes over what another optimiser of the same kind and the same parameters remembered.
---
--- The state of another kind, or of more parameters, is an error that tells the name that does not fit.
---
--- Example:
---     local p = th.ones(2):requires_grad_()
---     local a, b = th.optim.Adam { p }, th.optim.Adam { p }
---     p:sum():backward()
---     a:step()
---     assert(b:load_state_dict(a:state_dict()) == b)
---@param state table<string, Tensor> as state_dict gives it
---@return Optimizer self
function Optimizer:load_state_dict(state) end

return optim
