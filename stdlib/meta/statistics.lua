---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.statistics.

--- What several runs have in common: medians with their ranges, and how much faster one gets somewhere.
---
--- Example:
---     local s = th.statistics.summary { 0.91, 0.93, 0.92 }
---     assert(s.median == 0.92 and s.min == 0.91)
---@class statistics
local statistics = {}

--- The median, the least, the most and the mean of some numbers.
---
--- The median of an even count is the mean of the two in the middle.
---
--- Example:
---     local s = th.statistics.summary { 4, 1, 2, 3 }
---     assert(s.median == 2.5 and s.min == 1 and s.max == 4 and s.mean == 2.5)
---@param values number[] at least one
---@return table summary median, min, max, mean
function statistics.summary(values) end

--- How much faster runs reach an accuracy than a baseline does: its seconds by theirs.
---
--- A run's curve is { seconds = {…}, accuracy = {…} }, cumulative seconds and the accuracy at each
--- evaluation; the time to reach the target is interpolated between the evaluation that reaches it and the
--- one before. Runs are compared one by one, the i-th with the i-th of the baseline. `count` is in how many
--- pairs the baseline got there, `reached` in how many both did; where a run did not, its speedup lies
--- below `below`, the baseline's time by the run's whole time.
---
--- Example:
---     local slow = { seconds = { 10, 20 }, accuracy = { 0.5, 0.9 } }
---     local fast = { seconds = { 4, 8 }, accuracy = { 0.6, 0.9 } }
---     local s = th.statistics.speedup({ slow }, { fast }, 0.9)
---     assert(s.median == 2.5 and s.reached == 1 and s.count == 1)
---@param baseline table[] curves
---@param runs table[] curves, as many
---@param target number the accuracy
---@return table speedup median, min, max, mean (none where no run reached it), reached, count, below
function statistics.speedup(baseline, runs, target) end

return statistics
