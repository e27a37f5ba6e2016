-- SPDX-License-Identifier: Apache-2.0
-- Durations and the progress line, under a clock of the test's own.
local th = require "thresh"
local progress = th.progress
local scratch = ...

local texts = {
  [0] = "0.0 s", [4.24] = "4.2 s", [59.94] = "59.9 s", [59.96] = "1 min 00 s", [60] = "1 min 00 s",
  [61.25] = "1 min 01 s", [125.5] = "2 min 06 s", [3599.4] = "59 min 59 s", [3599.7] = "1 h 00 min",
  [3725.9] = "1 h 02 min", [360000.5] = "100 h 00 min",
}
for seconds, text in pairs(texts) do
  assert(progress.duration(seconds) == text, seconds .. ": " .. progress.duration(seconds))
end
for _, wrong in ipairs { -1, 0 / 0, math.huge, "1", {}, print } do
  local ok, message = pcall(progress.duration, wrong)
  assert(not ok and message:find("seconds must be a number of at least 0", 1, true), tostring(message))
end

local core = require "thresh.core"
local clock, is_terminal, width, stderr = core.clock, core.is_terminal, core.terminal_width, io.stderr
local now = 0

-- What `f` writes to standard error, on a terminal 40 columns wide or in a log.
local function written(terminal, f)
  local path = scratch .. "/stderr"
  now = 1000.25
  core.clock, core.terminal_width = function() return now end, function() return 40 end
  core.is_terminal = function() return terminal end
  io.stderr = assert(io.open(path, "w"))
  local ok, message = pcall(f)
  io.stderr:close()
  core.clock, core.is_terminal, core.terminal_width, io.stderr = clock, is_terminal, width, stderr
  assert(ok, message)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function expect(got, wanted)
  assert(got == wanted, string.format("got %q, wanted %q", got, wanted))
end

-- A log gets a line when `every` seconds have passed; a remainder above a minute is told in whole seconds.
expect(written(false, function()
  local p = progress.start { label = "run", total = 4, every = 5 }
  now = now + 2.5
  p:step("loss 1")
  now = now + 130.5
  p:step("loss 0.5")
  p:finish("done")
end), "run  2/4  loss 0.5  2 min 13 s  2 min 13 s left\nrun  2/4  done  2 min 13 s\n")

-- A terminal's line is drawn over, cut to the width less one, and cleared at the end.
expect(written(true, function()
  local p = progress.start { label = "a label of some length", total = 100 }
  now = now + 0.05
  p:step("too soon")
  now = now + 3599.5
  p:step("a text that does not fit", 9)
  p:finish()
end), "\r\27[Ka label of some length  10/100  a text \r\27[K")

-- Without a total there is no count and nothing is left; quiet says nothing.
expect(written(false, function()
  local p = progress.start { label = "run", every = 0 }
  now = now + 61.5
  p:step()
end), "run  1 min 02 s\n")
expect(written(false, function()
  local p = progress.start { quiet = true, every = 0 }
  p:step("x")
  p:finish("y")
end), "")

for _, case in ipairs {
  { "write p:step(…)", function() return progress.start().step() end },
  { "text must be a string", function() return progress.start():step {} end },
  { "steps must be a whole number", function() return progress.start():step("x", 1.5) end },
  { "option 'every' must be at least 0", function() return progress.start { every = -1 } end },
} do
  local ok, message = pcall(case[2])
  assert(not ok and tostring(message):find(case[1], 1, true), tostring(message))
end

return "ok"
