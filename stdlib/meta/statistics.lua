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

--- The median of some numbers with its bootstrap interval: low and high, where there are two at least.
---
--- method "percentile" takes quantiles of the medians of resamples, "bca" those at levels corrected for bias and
--- acceleration. The same seed draws the same resamples. Few numbers tell little: of five and fewer a 95 % interval
--- runs from the least to the most, which the true median of n is inside of with a probability of 1 - 2^(1 - n).
---
--- Formula: Efron and Tibshirani 1993, chapters 13 and 14.
---
--- Example:
---     local s = th.statistics.interval { 0.91, 0.93, 0.92 }
---     assert(s.median == 0.92 and s.low == 0.91 and s.high == 0.93 and s.n == 3)
---     assert(th.statistics.interval({ 5 }).low == nil)
---@param values number[] at least one
---@param options? table method ("percentile", or "bca"), level (0.95), draws (9999), seed (0)
---@return table interval median, low, high, n, method, level, draws
function statistics.interval(values, options) end

--- How much sooner runs reach an accuracy than a baseline does: its cost by theirs, seed by seed, and over the seeds
--- the median with its bootstrap interval.
---
--- A run's curve is { cost = {…}, accuracy = {…} }, as th.statistics.curve makes it: what was spent until each
--- evaluation, and the accuracy there; the cost to reach the target is interpolated between the evaluation that
--- reaches it and the one before. Runs are compared one by one, the i-th with the i-th of the baseline: pairs[i] has
--- speedup, or below (the run never got there: the baseline's cost by the run's whole cost) or above (the
--- baseline never did), or nothing where neither got there. Such runs count: the median is taken with all
--- that is uncertain at its least and at its most, and stands in `median` where both agree, else in below, above
--- or both; low and high are the limits of its interval, of two pairs at least.
--- verdict: "faster" or "slower" where the whole interval lies above or below 1, "undecided" where it holds 1, "none"
--- of fewer than two pairs. count: pairs that say something; reached: those in which both got there; min and
--- max of these.
---
--- Example:
---     local slow = { cost = { 10, 20 }, accuracy = { 0.5, 0.9 } }
---     local fast = { cost = { 4, 8 }, accuracy = { 0.6, 0.9 } }
---     local s = th.statistics.speedup({ slow }, { fast }, 0.9)
---     assert(s.median == 2.5 and s.reached == 1 and s.count == 1 and s.verdict == "none")
---     s = th.statistics.speedup({ slow }, { { cost = { 40 }, accuracy = { 0.5 } } }, 0.9)
---     assert(s.median == nil and s.below == 0.5)
---@param baseline table[] curves
---@param runs table[] curves, as many
---@param target number the accuracy
---@param options? table method ("percentile", or "bca"), level (0.95), draws (9999), seed (0)
---@return table speedup median, below, above, low, high, verdict, pairs, count, reached, min, max, method, level, draws, target
function statistics.speedup(baseline, runs, target, options) end

return statistics
