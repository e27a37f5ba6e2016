-- SPDX-License-Identifier: Apache-2.0
-- The variables that a function on the stack sees.

-- Entries may change the globals.
local debug, math = debug, math

--- The locals and the upvalues of the function at a level of the stack, 1 for the caller: two lists of { name, value,
--- number }. Of locals of one name the last is in sight; locals hide upvalues.
return function(level)
  local locals, upvalues = {}, {}
  for i = 1, math.huge do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    if not name:find "^%(" then locals[#locals + 1] = { name, value, i } end
  end
  local info = debug.getinfo(level + 1, "Sf")
  for i = 1, info.what == "C" and 0 or math.huge do
    local name, value = debug.getupvalue(info.func, i)
    if not name then break end
    if name ~= "_ENV" and name ~= "" then upvalues[#upvalues + 1] = { name, value, i } end
  end
  return locals, upvalues
end
