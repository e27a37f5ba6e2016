-- SPDX-License-Identifier: Apache-2.0
-- Reading a global that was never set is an error with a suggestion, in scripts and at the prompt.
--
-- Modules of others are left alone: they may look for globals that are not there. A global is looked for
-- without an error by rawget(_G, "name").

local options = require "thresh.options"

local M = {}

-- Whether the code at a level of the stack is the user's: the script or an entry.
local function is_strict(level, trusted)
  local info = debug.getinfo(level + 1, "S")
  if not info or info.what == "C" then return false end
  local source = info.source
  if source:sub(1, 1) ~= "@" then return source == "=stdin" end
  return trusted[source:sub(2)] or false
end

-- The names that may have been meant: globals, and the library's where th is at hand.
local function hint(name)
  local names = {}
  for known in next, _G do
    if type(known) == "string" and not known:find "^_" then names[#names + 1] = known end
  end
  return options.suggestion(name, names)
end

--- Makes undefined globals errors for entries and for the script at `path`.
function M.on(path)
  local trusted = { [path or ""] = path ~= nil }
  local meta = getmetatable(_G)
  if meta ~= nil and (type(meta) ~= "table" or rawget(meta, "__index") ~= nil) then return end
  meta = meta or {}
  meta.__index = function(_, name)
    if type(name) == "string" and is_strict(2, trusted) then
      error(string.format("there is no variable '%s'%s", name, hint(name)), 2)
    end
  end
  setmetatable(_G, meta)
end

return M
