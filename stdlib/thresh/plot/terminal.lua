-- SPDX-License-Identifier: Apache-2.0
-- What the terminal of a figure in characters is like.

local core = require "thresh.core"

local M = {}

--- Whether to write in colour: at a terminal that can, unless NO_COLOR is set (no-color.org).
function M.has_colours()
  -- In a sandbox there is no environment.
  if not os.getenv then return false end
  local refusal, kind = os.getenv "NO_COLOR", os.getenv "TERM"
  return core.is_terminal(1) and kind ~= nil and kind ~= "dumb" and (refusal == nil or refusal == "")
end

--- The characters a line may have, one left so that no terminal wraps.
function M.width() return core.terminal_width() - 1 end

--- The characters of a text, colours not counted.
function M.length(text)
  text = text:gsub("\27%[[%d;]*m", "")
  return utf8.len(text) or #text
end

--- A text cut or filled up to a width; only what has no colours is cut.
function M.fit(text, width)
  local length = M.length(text)
  if length > width and not text:find("\27", 1, true) and utf8.len(text) then
    return width < 1 and "" or text:sub(1, utf8.offset(text, width) - 1) .. "…"
  end
  return text .. string.rep(" ", width - length)
end

return M
