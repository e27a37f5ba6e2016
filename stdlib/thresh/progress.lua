-- SPDX-License-Identifier: Apache-2.0
-- Progress: one updating line on a terminal, a plain line every few seconds in a log.

local core = require "thresh.core"
local options = require "thresh.options"
local check = options.check

local M = {}

local Progress = {}
Progress.__index = Progress

--- A progress line. Options: label, total (steps), done (steps that were done before, 0), every (seconds
--- between log lines, 5), quiet.
---
--- Example:
---     local progress = th.progress.start { label = "working", total = 3, quiet = true }
---     for i = 1, 3 do progress:step("item " .. i) end
---     progress:finish()
---     assert(progress.count == 3)
---@param options? table label (""), total (none), done (0), every (5), quiet (false)
---@return table progress with step(text, steps) and finish(text)
function M.start(options)
  local o = check("progress", options, {
    label = { "string", default = "" },
    total = { "integer", from = 0 },
    done = { "integer", default = 0, from = 0 },
    every = { "number", default = 5, from = 0 },
    quiet = { "boolean", default = false },
  }, 2)
  local now = core.clock()
  return setmetatable({
    label = o.label, total = o.total, quiet = o.quiet, count = o.done, done = o.done,
    terminal = core.is_terminal(2), began = now, shown = now,
    pause = core.is_terminal(2) and 0.1 or o.every,
  }, Progress)
end

-- Whole seconds from a minute on: `%d` takes no fraction.
local function duration(seconds)
  if seconds < 59.95 then return string.format("%.1f s", seconds) end
  local whole = math.floor(seconds + 0.5)
  local minutes = whole // 60
  if minutes < 60 then return string.format("%.0f min %02.0f s", minutes, whole % 60) end
  return string.format("%.0f h %02.0f min", minutes // 60, minutes % 60)
end

--- `seconds` (finite, not negative) as text: "4.2 s", "2 min 05 s", "1 h 30 min".
---
--- Example:
---     assert(th.progress.duration(125) == "2 min 05 s")
---@param seconds number
---@return string text
function M.duration(seconds)
  if type(seconds) ~= "number" or not (seconds >= 0 and seconds < math.huge) then
    error(string.format("duration: seconds must be a number of at least 0, got %s",
      options.shown(seconds)), 2)
  end
  return duration(seconds)
end

local function line(self, now, text, ended)
  local elapsed = now - self.began
  local parts = { self.label }
  if self.total and self.total > 0 then
    parts[#parts + 1] = string.format("%d/%d", self.count, self.total)
  end
  if text and text ~= "" then parts[#parts + 1] = text end
  parts[#parts + 1] = duration(elapsed)
  local counted = self.count - self.done
  if not ended and self.total and counted > 0 and self.count < self.total then
    local rest = elapsed / counted * (self.total - self.count)
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

-- The receiver and the text of a method, checked: `p.step()` for `p:step()` is an easy mistake.
local function checked(what, self, text)
  if getmetatable(self) ~= Progress then
    error(string.format("progress: %s is a method of what progress.start returns, got %s; write p:%s(…)",
      what, options.shown(self), what), 3)
  end
  if text ~= nil and type(text) ~= "string" and type(text) ~= "number" then
    error(string.format("progress: %s: text must be a string, got %s", what, type(text)), 3)
  end
end

--- One step further (or `steps`); `text` is shown behind the count.
function Progress:step(text, steps)
  checked("step", self, text)
  if steps ~= nil and not math.tointeger(steps) then
    error("progress: step: steps must be a whole number, got " .. options.shown(steps), 2)
  end
  self.count = self.count + (math.tointeger(steps) or 1)
  if self.quiet then return end
  local now = core.clock()
  if now - self.shown >= self.pause then show(self, now, text) end
end

--- Ends the line: clears it on a terminal, writes `text` when given.
function Progress:finish(text)
  checked("finish", self, text)
  if self.quiet then return end
  if self.terminal then io.stderr:write("\r\27[K") end
  if text then io.stderr:write(line(self, core.clock(), text, true), "\n") end
  io.stderr:flush()
end

return M
