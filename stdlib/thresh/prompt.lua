-- SPDX-License-Identifier: Apache-2.0
-- What the prompt has at hand: `th` and its namespaces as globals. Scripts have none of them.

local th = require "thresh"

local names = { "nn", "models", "optim", "schedule", "data", "select" }

local function preset(name, value)
  if rawget(_G, name) == nil then rawset(_G, name, value) end
end

preset("th", th)
preset("help", th.help)
for _, name in ipairs(names) do preset(name, th[name]) end

-- Lua's own `select` has the name of the selectors: one value that can be called and indexed.
local lua_select = select
if type(lua_select) == "function" then
  select = setmetatable({}, {
    __call = function(_, ...) return lua_select(...) end,
    __index = function(_, name) return th.select[name] end,
    __pairs = function() return pairs(th.select) end,
  })
end

return true
