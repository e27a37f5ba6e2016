---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class Profile, which is native: for editors, the texts of help() and the reference.

--- Where the time of a piece of code went, by operation and by layer: th.profile gives it.
---
--- As text it is two tables. Times are those of an operation without the operations inside it, so that
--- the rows and `outside` sum to `seconds`. FLOPs are two for each multiply-accumulate of products and
--- convolutions, as if computed directly, whatever the method. Rates are 1e9 a second, shares fractions
--- of 1. The first profile of a process measures the peak, which takes about 0.1 s.
---
--- Example:
---     local profile = th.profile(function() return th.ones(8, 8):matmul(th.ones(8, 8)) end)
---     local matmul
---     for _, row in ipairs(profile.rows) do
---       if row.op == "matmul" then matmul = row end
---     end
---     assert(matmul.calls == 1 and matmul.flops == 2 * 8 * 8 * 8)
---     assert(profile.outside < profile.seconds and tostring(profile):find "matmul")
---@class Profile: Object
---@field seconds number of all
---@field outside number seconds outside of all operations
---@field peak_gflops number what products of float32 matrices reach on this machine
---@field threads integer how many there were
---@field rows table[] by operation, the slowest first: op, method (how a convolution was computed, else
---     ""), title (both), calls, seconds, share (of all seconds), flops, gflops, peak_share, bytes (read
---     and written)
---@field layers table[] by layer, without those inside it: path (its name in the state, "" for what ran
---     in none), calls, forward and backward, each with seconds, flops and gflops
local Profile = {}

--- Writes every call as an event for chrome://tracing or Perfetto.
---
--- Example:
---     local profile = th.profile(function() return th.ones(8):sum() end)
---     profile:chrome_trace(scratch .. "/trace.json")
---     local file <close> = assert(io.open(scratch .. "/trace.json"))
---     assert(file:read "a":find "sum")
---@param path string a JSON file, replaced where it is there
function Profile:chrome_trace(path) end

return Profile
