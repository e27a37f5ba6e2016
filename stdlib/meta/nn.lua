---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.nn: layers, losses and what modules written in Lua are made of.

--- Layers, losses and what modules written in Lua are made of, with PyTorch's names and defaults.
---
--- Names with a capital make modules (`help "Module"`); weights are drawn as PyTorch draws them, from the
--- session's seed or from `seed`. Images are (N, C, H, W), class labels count from 1.
---
--- Example:
---     local model = th.nn.Sequential(
---       th.nn.Conv2d(1, 4, 3, { padding = 1, seed = 1 }), th.nn.ReLU(), th.nn.GlobalAvgPool(),
---       th.nn.Linear(4, 10, { seed = 2 }))
---     local loss = th.nn.cross_entropy(model(th.randn(2, 1, 8, 8)), th.tensor { 3, 7 })
---     loss:backward()
---     assert(model[1].weight.grad ~= nil)
---@class nn
local nn = {}

--- A fully connected layer, y = x W^T + b.
---
--- (N, in_features) -> (N, out_features). Fields weight (out_features, in_features) and bias (out_features,),
--- both uniform in ±1 / sqrt(in_features).
---
--- Example:
---     local layer = th.nn.Linear(3, 2, { seed = 1 })
---     local y = layer(th.ones(4, 3))
---     assert(y.shape[1] == 4 and y.shape[2] == 2)
---     assert(layer:parameter_count() == 3 * 2 + 2)
---@param in_features integer numbers of an input
---@param out_features integer numbers of an output
---@param options? table bias (true), seed (drawn from the session's), dtype ("float32", or "float64")
---@return Module layer
function nn.Linear(in_features, out_features, options) end

--- A convolution of images.
---
--- (N, C, H, W) -> (N, K, H', W'), H' = floor((H + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. Field
--- weight is (K, C / groups, R, S); with groups = C it is depthwise. It is a correlation, as everywhere.
---
--- Example:
---     local conv = th.nn.Conv2d(3, 8, 3, { stride = 2, padding = 1, bias = false })
---     assert(table.concat(conv(th.zeros(1, 3, 32, 32)).shape, " ") == "1 8 16 16")
---     assert(conv.bias == nil)
---@param in_channels integer C
---@param out_channels integer K
---@param kernel_size integer|integer[] of both directions, or { R, S }
---@param options? table stride (1), padding (0), dilation (1), each an integer or a list of two; groups (1), bias (true), seed (drawn), dtype ("float32")
---@return Module layer
function nn.Conv2d(in_channels, out_channels, kernel_size, options) end

--- Batch normalisation of images: each channel gets mean 0 and variance 1 over N, H and W.
---
--- (N, C, H, W) -> (N, C, H, W), y = (x - mean) / sqrt(variance + eps) weight + bias. In training mode mean and
--- variance are the batch's, and running_mean and running_var move to them by `momentum` (the variance without
--- bias); in evaluation mode they are the running ones. Source: Ioffe and Szegedy 2015.
---
--- Example:
---     local bn = th.nn.BatchNorm2d(3)
---     local y = bn(th.randn(8, 3, 4, 4) * 5 + 2)
---     assert(math.abs(y:mean():item()) < 1e-5)
---     assert(bn:state_dict().running_mean:amin():item() > 0)
---@param num_features integer C
---@param options? table eps (1e-5), momentum (0.1), affine (true: weight and bias are learned), dtype ("float32")
---@return Module layer
function nn.BatchNorm2d(num_features, options) end

--- Batch normalisation of vectors: each feature gets mean 0 and variance 1 over the batch.
---
--- (N, C) -> (N, C); the rest as in nn.BatchNorm2d.
---
--- Example:
---     local bn = th.nn.BatchNorm1d(2, { affine = false })
---     local y = bn(th.tensor { { 1.0, 10 }, { 3, 30 } })
---     assert(math.abs(y[{ 1, 1 }] + 1) < 1e-4 and bn:parameter_count() == 0)
---@param num_features integer C
---@param options? table eps (1e-5), momentum (0.1), affine (true), dtype ("float32")
---@return Module layer
function nn.BatchNorm1d(num_features, options) end

--- Layer normalisation: mean 0 and variance 1 over the last dimensions of each sample.
---
--- (…, shape) -> (…, shape), y = (x - mean) / sqrt(variance + eps) weight + bias. Source: Ba et al. 2016.
---
--- Example:
---     local y = th.nn.LayerNorm(4)(th.tensor { { 1.0, 2, 3, 4 } })
---     assert(math.abs(y:sum():item()) < 1e-5)
---@param shape integer|integer[] the last dimension, or the last ones
---@param options? table eps (1e-5), dtype ("float32")
---@return Module layer
function nn.LayerNorm(shape, options) end

--- Group normalisation: mean 0 and variance 1 over each group of channels of each image.
---
--- (N, C, H, W) -> (N, C, H, W). num_groups must divide num_channels. Source: Wu and He 2018.
---
--- Example:
---     local y = th.nn.GroupNorm(2, 4)(th.randn(1, 4, 3, 3))
---     assert(math.abs(y[{ 1, { 1, 2 } }]:mean():item()) < 1e-5)
---@param num_groups integer
---@param num_channels integer C
---@param options? table eps (1e-5), dtype ("float32")
---@return Module layer
function nn.GroupNorm(num_groups, num_channels, options) end

--- The largest value of each window.
---
--- (N, C, H, W) -> (N, C, H', W'), H' = floor((H + 2 padding - kernel) / stride) + 1.
---
--- Example:
---     local x = th.arange(1, 16):view(1, 1, 4, 4):to "float32"
---     local y = th.nn.MaxPool2d(2)(x)
---     assert(y:flatten():tolist()[4] == 16 and y:numel() == 4)
---@param kernel_size integer|integer[] of both directions, or { R, S }
---@param options? table stride (that of the kernel), padding (0), each an integer or a list of two
---@return Module layer
function nn.MaxPool2d(kernel_size, options) end

--- The mean of each window.
---
--- (N, C, H, W) -> (N, C, H', W'), as nn.MaxPool2d.
---
--- Example:
---     local y = th.nn.AvgPool2d(2)(th.ones(1, 1, 4, 4))
---     assert(y:amin():item() == 1 and table.concat(y.shape, " ") == "1 1 2 2")
---@param kernel_size integer|integer[] of both directions, or { R, S }
---@param options? table stride (that of the kernel), padding (0), count_include_pad (true: zeros of the border count)
---@return Module layer
function nn.AvgPool2d(kernel_size, options) end

--- The mean of windows that make an image of a given size, whatever it comes from.
---
--- (N, C, H, W) -> (N, C, output_size); window i of n spans floor(i H / n) to ceil((i + 1) H / n).
---
--- Example:
---     local y = th.nn.AdaptiveAvgPool2d { 2, 3 }(th.ones(1, 1, 7, 9))
---     assert(table.concat(y.shape, " ") == "1 1 2 3")
---@param output_size integer|integer[] of both directions, or { height, width }
---@return Module layer
function nn.AdaptiveAvgPool2d(output_size) end

--- The mean of each channel, as a vector.
---
--- (N, C, H, W) -> (N, C). PyTorch: AdaptiveAvgPool2d(1) and Flatten.
---
--- Example:
---     local y = th.nn.GlobalAvgPool()(th.ones(2, 3, 4, 4))
---     assert(table.concat(y.shape, " ") == "2 3" and y[{ 1, 1 }] == 1)
---@return Module layer
function nn.GlobalAvgPool() end

--- max(x, 0), of each element.
---
--- Example:
---     assert(th.nn.ReLU()(th.tensor { -1.0, 2 }):sum():item() == 2)
---@return Module layer
function nn.ReLU() end

--- min(max(x, 0), 6), of each element.
---
--- Example:
---     assert(th.nn.ReLU6()(th.tensor { -1.0, 9 }):sum():item() == 6)
---@return Module layer
function nn.ReLU6() end

--- x Phi(x), of each element, Phi the normal distribution function (the exact form, with erf).
---
--- Example:
---     local y = th.nn.GELU()(th.tensor { 0.0, 1 })
---     assert(y[1] == 0 and math.abs(y[2] - 0.8413) < 1e-4)
---@return Module layer
function nn.GELU() end

--- 1 / (1 + exp(-x)), of each element.
---
--- Example:
---     assert(th.nn.Sigmoid()(th.tensor { 0.0 }):item() == 0.5)
---@return Module layer
function nn.Sigmoid() end

--- The hyperbolic tangent of each element.
---
--- Example:
---     assert(th.nn.Tanh()(th.tensor { 0.0 }):item() == 0)
---@return Module layer
function nn.Tanh() end

--- All dimensions but the first made one.
---
--- (N, …) -> (N, numbers of a sample).
---
--- Example:
---     assert(table.concat(th.nn.Flatten()(th.zeros(2, 3, 4)).shape, " ") == "2 12")
---@return Module layer
function nn.Flatten() end

--- The input, as it is.
---
--- Example:
---     local x = th.randn(3)
---     assert(th.nn.Identity()(x):equal(x))
---@return Module layer
function nn.Identity() end

--- Sets each element to 0 with probability p and scales the others by 1 / (1 - p), in training mode alone.
---
--- Its draws come from a stream of its own, so that a run with the same seed drops the same elements.
---
--- Example:
---     local drop = th.nn.Dropout(0.5, { seed = 1 })
---     local y = drop(th.ones(1000))
---     assert(y:eq(0):sum():item() > 400 and y:amax():item() == 2)
---     assert(drop:eval()(th.ones(4)):equal(th.ones(4)))
---@param p? number the probability (0.5)
---@param options? table seed (drawn from the session's)
---@return Module layer
function nn.Dropout(p, options) end

--- Modules one after the other; each gets what the last one gave.
---
--- model[i] is the i-th, #model their number; in the state they are named "0", "1", … as PyTorch's.
---
--- Example:
---     local model = th.nn.Sequential(th.nn.Flatten(), th.nn.Linear(4, 2))
---     assert(#model == 2 and table.concat(model(th.zeros(3, 2, 2)).shape, " ") == "3 2")
---     assert(model:named_parameters()[1].name == "1.weight")
---@param ... Module modules, or one list of them
---@return Module model
function nn.Sequential(...) end

--- Whether a value is a module: a layer, a model, what nn.define makes.
---
--- Example:
---     assert(th.nn.is_module(th.nn.ReLU()) and not th.nn.is_module(42))
---@param value any
---@return boolean is_module
function nn.is_module(value) end

--- A parameter for a module written in Lua: a copy of a tensor that wants a gradient.
---
--- As a field of `self` in the `init` of nn.define it is among the module's parameters.
---
--- Example:
---     local Scale = th.nn.define {
---       name = "Scale",
---       init = function(self) self.factor = th.nn.parameter(th.ones(1)) end,
---       forward = function(self, x) return x * self.factor end,
---     }
---     assert(Scale():named_parameters()[1].name == "factor")
---@param tensor Tensor the first values
---@return Tensor parameter
function nn.parameter(tensor) end

--- bn(conv(x)) as one operation, which stores one result for the backward pass instead of two.
---
--- For the `forward` of modules written in Lua; nn.Sequential and the models do it by themselves. residual
--- is added to the result: bn(conv(x)) + residual.
---
--- Example:
---     local conv, bn = th.nn.Conv2d(2, 3, 1, { bias = false }), th.nn.BatchNorm2d(3):eval()
---     local x = th.randn(1, 2, 4, 4)
---     assert(th.nn.conv_bn(conv:eval(), bn, x):allclose(bn(conv(x)), { atol = 1e-5 }))
---@param conv Module a Conv2d
---@param bn Module a BatchNorm2d
---@param x Tensor (N, C, H, W)
---@param options? table residual (none), a tensor of the result's shape
---@return Tensor y (N, K, H', W')
function nn.conv_bn(conv, bn, x, options) end

--- relu(bn(conv(x)) + residual) as one operation.
---
--- Example:
---     local conv, bn = th.nn.Conv2d(2, 3, 1, { bias = false }), th.nn.BatchNorm2d(3)
---     local y = th.nn.conv_bn_relu(conv, bn, th.randn(1, 2, 4, 4), { residual = th.ones(1, 3, 4, 4) })
---     assert(y:amin():item() >= 0)
---@param conv Module a Conv2d
---@param bn Module a BatchNorm2d
---@param x Tensor (N, C, H, W)
---@param options? table residual (none), a tensor of the result's shape
---@return Tensor y (N, K, H', W')
function nn.conv_bn_relu(conv, bn, x, options) end

--- relu6(bn(conv(x)) + residual) as one operation.
---
--- Example:
---     local conv, bn = th.nn.Conv2d(2, 3, 1, { bias = false }), th.nn.BatchNorm2d(3)
---     local y = th.nn.conv_bn_relu6(conv, bn, th.randn(1, 2, 4, 4))
---     assert(y:amin():item() >= 0 and y:amax():item() <= 6)
---@param conv Module a Conv2d
---@param bn Module a BatchNorm2d
---@param x Tensor (N, C, H, W)
---@param options? table residual (none), a tensor of the result's shape
---@return Tensor y (N, K, H', W')
function nn.conv_bn_relu6(conv, bn, x, options) end

--- max(a + b, 0) as one operation: the end of a residual block.
---
--- Example:
---     local y = th.nn.add_relu(th.tensor { 1.0, -3 }, th.tensor { 1.0, 2 })
---     assert(y:equal(th.tensor { 2.0, 0 }))
---@param a Tensor
---@param b Tensor of the same shape
---@return Tensor sum
function nn.add_relu(a, b) end

--- The cross-entropy of logits and class labels: -log softmax(logits) of the right class.
---
--- With label_smoothing s the target is 1 - s at the class and s / C everywhere. Labels may also be
--- probabilities (N, C). weight (C,) scales the loss of each class; "mean" then divides by the sum of the
--- weights, as PyTorch does. An error tells of a label outside 1 … C and its row.
---
--- Example:
---     local logits = th.tensor { { 0.0, 0 }, { 0, 0 } }
---     local loss = th.nn.cross_entropy(logits, { 1, 2 })
---     assert(math.abs(loss:item() - math.log(2)) < 1e-6)
---     local each = th.nn.cross_entropy(logits, { 1, 2 }, { reduction = "none" })
---     assert(#each == 2)
---@param logits Tensor (N, C)
---@param labels Tensor|integer[] (N,) from 1, or probabilities (N, C)
---@param options? table reduction ("mean"; "sum", "none"), label_smoothing (0), weight (none), a tensor (C,)
---@return Tensor loss a scalar, or (N,) with reduction "none"
function nn.cross_entropy(logits, labels, options) end

--- The negative of the log-probability of the right class.
---
--- Takes what log_softmax gives; nn.cross_entropy does both at once.
---
--- Example:
---     local x = th.randn(4, 3)
---     local a = th.nn.nll_loss(x:log_softmax(2), { 1, 2, 3, 1 })
---     assert(a:allclose(th.nn.cross_entropy(x, { 1, 2, 3, 1 })))
---@param log_probabilities Tensor (N, C)
---@param labels Tensor|integer[] (N,) from 1
---@param options? table reduction ("mean"; "sum", "none"), weight (none), a tensor (C,)
---@return Tensor loss a scalar, or (N,) with reduction "none"
function nn.nll_loss(log_probabilities, labels, options) end

--- The squared difference, (input - target)^2.
---
--- Example:
---     assert(th.nn.mse_loss(th.tensor { 1.0, 3 }, th.tensor { 0.0, 0 }):item() == 5)
---@param input Tensor
---@param target Tensor of the same shape
---@param options? table reduction ("mean"; "sum", "none")
---@return Tensor loss a scalar, or of the input's shape with reduction "none"
function nn.mse_loss(input, target, options) end

--- The absolute difference, |input - target|.
---
--- Example:
---     assert(th.nn.l1_loss(th.tensor { 1.0, -3 }, th.tensor { 0.0, 0 }, { reduction = "sum" }):item() == 4)
---@param input Tensor
---@param target Tensor of the same shape
---@param options? table reduction ("mean"; "sum", "none")
---@return Tensor loss a scalar, or of the input's shape with reduction "none"
function nn.l1_loss(input, target, options) end

--- Squared where the difference d is small, absolute where it is large: Huber's loss.
---
--- 0.5 d^2 / beta where |d| < beta, else |d| - 0.5 beta.
---
--- Example:
---     local loss = th.nn.smooth_l1_loss(th.tensor { 0.5, 3 }, th.zeros(2), { reduction = "none" })
---     assert(loss[1] == 0.125 and loss[2] == 2.5)
---@param input Tensor
---@param target Tensor of the same shape
---@param options? table reduction ("mean"; "sum", "none"), beta (1)
---@return Tensor loss a scalar, or of the input's shape with reduction "none"
function nn.smooth_l1_loss(input, target, options) end

--- The binary cross-entropy of logits and targets from 0 to 1.
---
--- -(pos_weight t log sigmoid(x) + (1 - t) log(1 - sigmoid(x))), computed without overflow.
---
--- Example:
---     local loss = th.nn.bce_with_logits(th.zeros(2), th.tensor { 0.0, 1 })
---     assert(math.abs(loss:item() - math.log(2)) < 1e-6)
---@param logits Tensor
---@param target Tensor of the same shape
---@param options? table reduction ("mean"; "sum", "none"), pos_weight (1)
---@return Tensor loss a scalar, or of the logits' shape with reduction "none"
function nn.bce_with_logits(logits, target, options) end

--- Labels as rows of zeros with a one at the class.
---
--- Example:
---     assert(th.nn.one_hot({ 2, 1 }, 3):equal(th.tensor { { 0.0, 1, 0 }, { 1.0, 0, 0 } }))
---@param labels Tensor|integer[] (N,) from 1
---@param classes integer C
---@return Tensor rows (N, C) of float32
function nn.one_hot(labels, classes) end

return nn
