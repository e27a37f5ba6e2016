---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class LossHistory.

--- The last losses that were seen; th.select.loss_history makes it. #history is how many it holds.
---
--- Example:
---     local history = th.select.loss_history { capacity = 4 }
---     history:probabilities(th.tensor { 1.0, 2, 3, 4, 5, 6 })
---     assert(#history == 4 and history.capacity == 4)
---@class LossHistory : Object
---@field capacity integer the most that it holds; the oldest goes
---@operator len: integer
local LossHistory = {}

--- Adds the losses and gives the probability with which each is kept.
---
--- max(minimum, F(loss)^beta), F the part of the losses held that are below it, the added ones among them.
--- On average 1 / (1 + beta) are kept. nan is an error. Source: Jiang et al. 2019.
---
--- Example:
---     local p = th.select.loss_history():probabilities({ 1, 2, 3, 4 }, { beta = 1 })
---     assert(p[4] > p[1] and p:amax():item() <= 1)
---@param losses Tensor|number[] (n,)
---@param options? table beta (1), minimum (0)
---@return Tensor probabilities (n,) of float64
function LossHistory:probabilities(losses, options) end

--- The losses that it holds, the oldest first.
---
--- Example:
---     local history = th.select.loss_history { capacity = 2 }
---     history:probabilities { 3, 1, 2 }
---     assert(history:state():equal(th.tensor({ 1, 2 }, { dtype = "float64" })))
---@return Tensor losses (n,) of float64
function LossHistory:state() end

--- Forgets what it holds and takes over what `state` gave.
---
--- Example:
---     local a, b = th.select.loss_history(), th.select.loss_history()
---     a:probabilities { 1, 2, 3 }
---     assert(#b:load_state(a:state()) == 3)
---@param losses Tensor|number[] (n,), the oldest first; at most capacity
---@return LossHistory self
function LossHistory:load_state(losses) end

return LossHistory
