---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class Stream, which is native: for editors, the texts of help() and the reference.

--- Random numbers that depend on seed, purpose, epoch and index alone.
---
--- th.stream makes one, and heuristics get one as ctx.rng. Each draw moves the stream on. The same four
--- names give the same numbers, whatever else was drawn.
---
--- Example:
---     local a, b = th.stream(1, "example"), th.stream(1, "example")
---     assert(a:uniform() == b:uniform() and a:normal() == b:normal())
---@class Stream: Object
local Stream = {}

--- Draws a number uniform in [0, 1).
---
--- Example:
---     local x = th.stream(1, "example"):uniform()
---     assert(x >= 0 and x < 1)
---@return number x a multiple of 2^-53
function Stream:uniform() end

--- Draws a number of the standard normal distribution.
---
--- By the transform of Box and Muller.
---
--- Example:
---     local stream, sum = th.stream(1, "example"), 0
---     for _ = 1, 1000 do sum = sum + stream:normal() end
---     assert(math.abs(sum / 1000) < 0.1)
---@return number x
function Stream:normal() end

--- Draws a whole number uniform in low … high, both ends included.
---
--- Example:
---     local n = th.stream(1, "example"):integer(1, 6)
---     assert(n >= 1 and n <= 6 and math.type(n) == "integer")
---@param low integer
---@param high integer at least low
---@return integer n
function Stream:integer(low, high) end

--- Puts the numbers 1 … n in random order.
---
--- Example:
---     local order = th.stream(1, "example"):permutation(5)
---     assert(order:sort():equal(th.arange(5)))
---@param n integer
---@return Tensor permutation (n,), int64
function Stream:permutation(n) end

--- Draws k different numbers of 1 … n, in random order.
---
--- Example:
---     local rows = th.stream(1, "example"):sample(3, 10)
---     assert(rows.count == 3 and rows:unique().count == 3 and rows:max():item() <= 10)
---@param k integer at most n
---@param n integer
---@return Tensor numbers (k,), int64
function Stream:sample(k, n) end

--- Draws a tensor of numbers uniform in [0, 1).
---
--- Example:
---     local t = th.stream(1, "example"):rand(2, 3)
---     assert(t.shape[2] == 3 and t:max():item() < 1)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype
---     ("float32", or "float64")
---@return Tensor tensor of these extents
function Stream:rand(...) end

--- Draws a tensor of numbers of the standard normal distribution.
---
--- Example:
---     local t = th.stream(1, "example"):randn(1000, { dtype = "float64" })
---     assert(t.dtype == "float64" and math.abs(t:mean():item()) < 0.1)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype
---     ("float32", or "float64")
---@return Tensor tensor of these extents
function Stream:randn(...) end

return Stream
