---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class Summary.

--- What `model:summary { 3, 32, 32 }` tells; as text it is a table with a line for each layer.
---
--- Example:
---     local s = th.nn.Sequential(th.nn.Linear(4, 3), th.nn.ReLU()):summary { 4 }
---     assert(s.parameters == 15 and s.macs == 12)
---     assert(s.rows[1].type == "Linear" and s.rows[1].shape[2] == 3)
---@class Summary : Object
---@field rows table[] for each layer, in the order of the calls: path, type, details, shape (of the first output, N = 1), shapes, parameters, macs
---@field model string the name of the model
---@field input integer[] the shape of the batch of one: { 1, C, H, W }
---@field parameters integer all numbers that the parameters hold
---@field trainable integer those of them that want a gradient
---@field unused integer those of them that no layer of the pass used
---@field macs integer multiply-adds of an input
---@field parameter_mib number MiB of the parameters
---@field activation_mib number MiB of the outputs of all layers, of an input
local Summary = {}

return Summary
