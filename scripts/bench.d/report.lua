-- SPDX-License-Identifier: Apache-2.0
-- Shared by the benches: repeat, take the median, print one JSON line.

local th = require "thresh"

local M = {}

local function json(value)
  if type(value) == "string" then return string.format("%q", value) end
  if math.type(value) == "float" then return string.format("%.6g", value) end
  return tostring(value)
end

--- Prints `fields`, a list of { name, value }, as one JSON object.
function M.line(fields)
  local parts = {}
  for i, field in ipairs(fields) do parts[i] = string.format("%q: %s", field[1], json(field[2])) end
  print("{" .. table.concat(parts, ", ") .. "}")
end

--- Runs f until `seconds` have passed, at least `least` times, after `warmup` runs; seconds of each.
function M.times(f, options)
  for _ = 1, options.warmup or 2 do f() end
  th.reset_peak_memory()
  local times, began = {}, th.clock()
  repeat
    local start = th.clock()
    f()
    times[#times + 1] = th.clock() - start
  until #times >= (options.least or 5) and th.clock() - began >= (options.seconds or 3)
  table.sort(times)
  return times
end

--- Serves scripts/bench peers: for each line with a number of seconds on standard input, the
--- seconds of each run of f within them as a JSON list; for "peak" the peak resident size in MiB.
function M.serve(f)
  for _ = 1, 2 do f() end
  print("ready")
  io.stdout:flush()
  for line in io.lines() do
    if line == "peak" then
      local status = assert(io.open("/proc/self/status")):read("a")
      print(tonumber(status:match("VmHWM:%s*(%d+)")) / 1024)
    else
      local seconds, times, began = tonumber(line), {}, th.clock()
      repeat
        local start = th.clock()
        f()
        times[#times + 1] = string.format("%.9f", th.clock() - start)
      until th.clock() - began >= seconds
      print("[" .. table.concat(times, ", ") .. "]")
    end
    io.stdout:flush()
  end
  os.exit(0)
end

--- Median, least and most of sorted times.
function M.spread(times)
  local n = #times
  local median = n % 2 == 1 and times[n // 2 + 1] or (times[n // 2] + times[n // 2 + 1]) / 2
  return median, times[1], times[n]
end

--- Peak bytes of tensors since the last reset, in MiB.
function M.peak_mib() return th.peak_memory() / 2 ^ 20 end

return M
