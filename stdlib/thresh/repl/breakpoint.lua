-- SPDX-License-Identifier: Apache-2.0
-- `th.repl()` in a script: a prompt at that place.

local core = require "thresh.core"
local variables = require "thresh.repl.variables"

--- A breakpoint: a prompt that sees the caller's variables; what is assigned to them there is theirs
--- afterwards. Ctrl-D goes on. Where no terminal is, the entries are the lines of standard input.
return function()
  if not rawget(core, "prompt") then error("th.repl: this host has no prompt", 2) end
  local prompt = require "thresh.prompt"
  local info = debug.getinfo(2, "Slf")
  local locals, upvalues = variables(2)
  local session = prompt.open(table.move(locals, 1, #locals, #upvalues + 1, table.move(upvalues, 1, #upvalues, 1, {})))
  local ok, problem = pcall(core.prompt, string.format("%s:%d", info.short_src, info.currentline))
  prompt.close()
  -- What is in sight can have been assigned to: the last local of a name, else the upvalue.
  local hidden = {}
  for i = #locals, 1, -1 do
    local name, before, number = table.unpack(locals[i], 1, 3)
    local value = session:get(name)
    if not hidden[name] and not rawequal(value, before) then debug.setlocal(2, number, value) end
    hidden[name] = true
  end
  for _, item in ipairs(upvalues) do
    local name, before, number = table.unpack(item, 1, 3)
    local value = session:get(name)
    if not hidden[name] and not rawequal(value, before) then debug.setupvalue(info.func, number, value) end
  end
  if not ok then error(problem, 0) end
end
