-- SPDX-License-Identifier: Apache-2.0
-- Small tensor operations called from Lua: seconds a call. One JSON line each.
-- usage: scripts/bench ops [--size N] [--calls N] [--seconds S]

local th = require "thresh"
local report = dofile((arg[0]:gsub("ops%.lua$", "report.lua")))

local o = th.arguments {
  size = { 10, "elements of each operand" },
  calls = { 100000, "calls in one timed run" },
  seconds = { 1.0, "measure each operation for at least this long" },
}

local a, b = th.randn(o.size, { seed = 1 }), th.randn(o.size, { seed = 2 })
local operations = {
  { "a + b", function() for _ = 1, o.calls do local _ = a + b end end },
  { "a * 2", function() for _ = 1, o.calls do local _ = a * 2 end end },
  { "a:sum()", function() for _ = 1, o.calls do local _ = a:sum() end end },
  { "a[1]", function() for _ = 1, o.calls do local _ = a[1] end end },
  { "a:relu()", function() for _ = 1, o.calls do local _ = a:relu() end end },
}
for _, operation in ipairs(operations) do
  local times = report.times(operation[2], { seconds = o.seconds, warmup = 1, least = 3 })
  local median, least, most = report.spread(times)
  report.line {
    { "bench", "ops" }, { "op", operation[1] }, { "size", o.size }, { "runs", #times },
    { "seconds", median / o.calls }, { "min", least / o.calls }, { "max", most / o.calls },
    { "peak_mib", report.peak_mib() },
  }
end
