-- SPDX-License-Identifier: Apache-2.0
-- 1. Tensors
--
-- Each page of this tutorial is a script: read it, run it with `thresh examples/tutorial/1-tensors.lua`, or paste
-- its lines into the prompt. Scripts begin by asking for the library; the prompt has it as `th` already.
local th = require "thresh"

-- A tensor is made from numbers, or by a constructor. Positions count from 1, as everywhere in Lua.
local t = th.tensor { { 1.0, 2.0, 3.0 }, { 4.0, 5.0, 6.0 } }
print(t)
assert(t.shape[1] == 2 and t.shape[2] == 3 and t.dtype == "float32")

-- One index takes a row; a list of indices takes a place, a range, or everything along a dimension.
assert(t[2][3] == 6 and t[{ 2, 3 }] == 6)
print(t[{ {}, { 2, 3 } }])          -- all rows, columns 2 to 3
print(t[{ {}, -1 }])                -- negative positions count from the end

-- Operators work element by element, and shapes are stretched as numpy stretches them.
local scaled = (t - t:mean()) / 2
assert(math.abs(scaled:sum():item()) < 1e-6)
assert(t:sum { dim = 1 }:equal(th.tensor { 5.0, 7.0, 9.0 }))

-- Products of matrices have names of their own.
print(t:matmul(t:t()))

-- What ends in an underscore changes the tensor itself; everything else makes a new one.
local ones = th.ones(3)
ones:add_(1)
assert(ones:equal(th.full({ 3 }, 2.0)))

-- Random numbers come from the session's seed, or from one of their own: the same seed, the same bits.
assert(th.randn(5, { seed = 1 }):equal(th.randn(5, { seed = 1 })))

-- A mistake says what was given and what was needed.
local ok, message = pcall(function() return t:matmul(t) end)
print(ok, message)
