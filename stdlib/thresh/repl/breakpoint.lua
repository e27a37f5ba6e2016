-- SPDX-License-Identifier: Apache-2.0
-- `th.repl()` in a script: a prompt at that place.

local core = require "thresh.core"

-- The variables that a function at a level of the stack sees: upvalues, then its locals.
local function variables(level)
  local info, found = debug.getinfo(level + 1, "Slf"), {}
  for i = 1, math.huge do
    local name, value = debug.getupvalue(info.func, i)
    if not name then break end
    if name ~= "_ENV" and name ~= "" then found[#found + 1] = { name, value, upvalue = i } end
  end
  for i = 1, math.huge do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    if not name:find "^%(" then found[#found + 1] = { name, value, index = i } end
  end
  return found, info
end

--- A breakpoint: a prompt that sees the caller's variables; what is assigned to them there is theirs
--- afterwards. Ctrl-D goes on. Where no terminal is, the entries are the lines of standard input.
return function()
  if not rawget(core, "prompt") then error("th.repl: this host has no prompt", 2) end
  local prompt = require "thresh.prompt"
  local found, info = variables(2)
  local session = prompt.open(found)
  local ok, problem = pcall(core.prompt, string.format("%s:%d", info.short_src, info.currentline))
  prompt.close()
  -- A later variable of the same name hides the earlier: only the last can have been assigned to.
  local last = {}
  for _, item in ipairs(found) do last[item[1]] = item end
  for name, item in pairs(last) do
    local value = session:get(name)
    if not rawequal(value, item[2]) then
      if item.index then
        debug.setlocal(2, item.index, value)
      else
        debug.setupvalue(info.func, item.upvalue, value)
      end
    end
  end
  if not ok then error(problem, 0) end
end
