---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.schedule and of the class Schedule.

--- Learning rates as pure functions of the step, with PyTorch's names, defaults and values.
---
--- A schedule remembers nothing: nothing is to be saved, and a run can go on anywhere. Steps count from 0 and
--- are epochs or batches, as th.train is told by schedule_per ("epoch", or "step"); `base` is the rate that the
--- optimiser was made with.
---
--- Example:
---     local cosine = th.schedule.CosineAnnealingLR { t_max = 100 }
---     local schedule = th.schedule.Warmup { steps = 5, after = cosine }
---     local rates = {}
---     for step = 0, 99 do rates[#rates + 1] = schedule:rate(0.1, step) end
---     assert(rates[1] < rates[6] and rates[100] < rates[6])
---@class schedule
local schedule = {}

--- A part of the rate for the first steps, then all of it.
---
--- base factor for step < total_iters, then base.
---
--- Example:
---     local s = th.schedule.ConstantLR { factor = 0.5, total_iters = 2 }
---     assert(s:rate(1, 1) == 0.5 and s:rate(1, 2) == 1)
---@param options? table factor (1/3), total_iters (5)
---@return Schedule schedule
function schedule.ConstantLR(options) end

--- The rate times gamma, every step_size steps.
---
--- base gamma^floor(step / step_size).
---
--- Example:
---     local s = th.schedule.StepLR { step_size = 30 }
---     assert(s:rate(1, 29) == 1 and math.abs(s:rate(1, 60) - 0.01) < 1e-12)
---@param options table step_size (required), gamma (0.1)
---@return Schedule schedule
function schedule.StepLR(options) end

--- The rate times gamma at each milestone.
---
--- base gamma^(number of milestones at or before the step).
---
--- Example:
---     local s = th.schedule.MultiStepLR { milestones = { 100, 150 } }
---     assert(s:rate(0.1, 99) == 0.1 and math.abs(s:rate(0.1, 150) - 0.001) < 1e-12)
---@param options table milestones (required, a list of steps), gamma (0.1)
---@return Schedule schedule
function schedule.MultiStepLR(options) end

--- The rate times gamma at each step.
---
--- base gamma^step.
---
--- Example:
---     assert(th.schedule.ExponentialLR({ gamma = 0.5 }):rate(1, 3) == 0.125)
---@param options table gamma (required)
---@return Schedule schedule
function schedule.ExponentialLR(options) end

--- Half a wave of the cosine, from the rate down to eta_min in t_max steps.
---
--- eta_min + (base - eta_min) (1 + cos(pi step / t_max)) / 2; behind t_max it rises again, as PyTorch's.
--- Source: Loshchilov and Hutter 2017.
---
--- Example:
---     local s = th.schedule.CosineAnnealingLR { t_max = 200 }
---     assert(s:rate(0.1, 0) == 0.1 and math.abs(s:rate(0.1, 100) - 0.05) < 1e-12)
---@param options table t_max (required), eta_min (0)
---@return Schedule schedule
function schedule.CosineAnnealingLR(options) end

--- Along a line from one part of the rate to another, then constant.
---
--- base (start_factor + (end_factor - start_factor) min(step / total_iters, 1)).
---
--- Example:
---     local s = th.schedule.LinearLR { start_factor = 0.5, total_iters = 4 }
---     assert(s:rate(1, 0) == 0.5 and s:rate(1, 2) == 0.75 and s:rate(1, 9) == 1)
---@param options? table start_factor (1/3), end_factor (1), total_iters (5)
---@return Schedule schedule
function schedule.LinearLR(options) end

--- The one-cycle policy: up to max_lr, then down far below the start, with momentum moving the other way.
---
--- From max_lr / div_factor to max_lr in pct_start of the steps, then to max_lr / div_factor /
--- final_div_factor; three_phase goes back to the start first. The optimiser's own rate does not matter.
--- Source: Smith and Topin 2018.
---
--- Example:
---     local s = th.schedule.OneCycleLR { max_lr = 1, total_steps = 11, pct_start = 0.5 }
---     assert(math.abs(s:rate(0, 0) - 0.04) < 1e-12 and s:rate(0, 10) < 1e-5)
---@param options table max_lr and total_steps (required), pct_start (0.3), div_factor (25), final_div_factor (1e4), anneal_strategy ("cos", or "linear"), three_phase (false), cycle_momentum (true), base_momentum (0.85), max_momentum (0.95)
---@return Schedule schedule
function schedule.OneCycleLR(options) end

--- One schedule after the other, each counting from its own start.
---
--- Example:
---     local s = th.schedule.SequentialLR({
---       th.schedule.LinearLR { start_factor = 0.1, total_iters = 5 },
---       th.schedule.StepLR { step_size = 10 },
---     }, { milestones = { 5 } })
---     assert(s:rate(1, 14) == 1 and math.abs(s:rate(1, 15) - 0.1) < 1e-12)
---@param schedules Schedule[]
---@param options table milestones, the steps at which the second, third, … begins
---@return Schedule schedule
function schedule.SequentialLR(schedules, options) end

--- A warm-up: a line from start_factor up to 1, then another schedule from its own start.
---
--- LinearLR and SequentialLR in one. Without `after` the rate stays at its full height.
---
--- Example:
---     local s = th.schedule.Warmup { steps = 4, start_factor = 0.5, after = th.schedule.StepLR { step_size = 1 } }
---     assert(s:rate(1, 0) == 0.5 and s:rate(1, 4) == 1 and math.abs(s:rate(1, 5) - 0.1) < 1e-12)
---@param options table steps (required), start_factor (1/3), after (none), a schedule
---@return Schedule schedule
function schedule.Warmup(options) end

--- A learning rate as a function of the step; th.schedule makes it.
---
--- Example:
---     local s = th.schedule.StepLR { step_size = 2, gamma = 0.5 }
---     assert(s:rate(8, 4) == 2)
---@class Schedule : Object
local Schedule = {}

--- The rate at a step.
---
--- Example:
---     assert(th.schedule.ExponentialLR({ gamma = 0.1 }):rate(2, 0) == 2)
---@param base number the rate that the optimiser was made with
---@param step integer from 0
---@return number rate
function Schedule:rate(base, step) end

--- Sets the rates of an optimiser, and its momenta where the schedule moves them, to those of a step.
---
--- Example:
---     local optimizer = th.optim.SGD(th.nn.Linear(2, 1):parameters(), { lr = 1 })
---     local s = th.schedule.StepLR { step_size = 1, gamma = 0.5 }
---     s:apply(optimizer, 3)
---     assert(optimizer.lr == 0.125)
---@param optimizer Optimizer
---@param step integer from 0
function Schedule:apply(optimizer, step) end

return schedule
