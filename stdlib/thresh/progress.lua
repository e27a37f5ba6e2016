-- SPDX-License-Identifier: Apache-2.0
-- Progress: one updating line on a terminal, a plain line every few seconds in a log.

local core = require "thresh.core"
local check = require("thresh.options").check

local M = {}
M.__index = M

--- A progress line. Options: label, total (steps), every (seconds between log lines, 5), quiet.
function M.start(options)
  local o = check("progress", options, {
    label = { "string", default = "" },
    total = { "integer", from = 0 },
    every = { "number", default = 5, from = 0 },
    quiet = { "boolean", default = false },
  }, 2)
  local now = core.clock()
  return setmetatable({
    label = o.label, total = o.total, quiet = o.quiet, count = 0,
    terminal = core.is_terminal(2), began = now, shown = now,
    pause = core.is_terminal(2) and 0.1 or o.every,
  }, M)
end

local function duration(seconds)
  if seconds < 60 then return string.format("%.1f s", seconds) end
  seconds = math.floor(seconds)
  local minutes = seconds // 60
  if minutes < 60 then return string.format("%d min %02d s", minutes, seconds % 60) end
  return string.format("%d h %02d min", minutes // 60, minutes % 60)
end

local function line(self, now, text)
  local elapsed = now - self.began
  local parts = { self.label }
  if self.total and self.total > 0 then
    parts[#parts + 1] = string.format("%d/%d", self.count, self.total)
  end
  if text and text ~= "" then parts[#parts + 1] = text end
  parts[#parts + 1] = duration(elapsed)
  if self.total and self.count > 0 and self.count < self.total then
    local rest = elapsed / self.count * (self.total - self.count)
    parts[#parts + 1] = duration(rest) .. " left"
  end
  return table.concat(parts, "  ")
end

local function show(self, now, text)
  self.shown = now
  local message = line(self, now, text)
  if self.terminal then
    local width = core.terminal_width() - 1
    io.stderr:write("\r\27[K", message:sub(1, width))
  else
    io.stderr:write(message, "\n")
  end
  io.stderr:flush()
end

--- One step further (or `steps`); `text` is shown behind the count.
function M:step(text, steps)
  self.count = self.count + (steps or 1)
  if self.quiet then return end
  local now = core.clock()
  if now - self.shown >= self.pause then show(self, now, text) end
end

--- Ends the line: clears it on a terminal, writes `text` when given.
function M:finish(text)
  if self.quiet then return end
  if self.terminal then io.stderr:write("\r\27[K") end
  if text then io.stderr:write(line(self, core.clock(), text), "\n") end
  io.stderr:flush()
end

M.duration = duration

return M
