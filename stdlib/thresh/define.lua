-- SPDX-License-Identifier: Apache-2.0
-- Modules written in Lua: nn.define{ name, init, forward } gives a constructor.

local core = require "thresh.core"
local check = require("thresh.options").check

--- A constructor of modules whose forward pass is a Lua function.
---
--- init(self, …) puts submodules and parameters (nn.parameter) into fields of self; forward(self, x)
--- uses them. What the constructor returns is a module like any other: it goes into nn.Sequential,
--- its parameters into an optimiser, its state into a file, under the names of the fields.
---
--- Example:
---     local Block = th.nn.define {
---       name = "Block",
---       init = function(self, width)
---         self.linear = th.nn.Linear(width, width)
---         self.scale = th.nn.parameter(th.ones(1))
---       end,
---       forward = function(self, x) return x + self.linear(x) * self.scale end,
---     }
---     local model = th.nn.Sequential(Block(4), th.nn.Linear(4, 2))
---     assert(model(th.ones(3, 4)).shape[2] == 2 and model[1].name == "Block")
---@param given table name and forward (required), init (nothing)
---@return fun(...): Module constructor what it is called with goes to init
local function define(given)
  local o = check("nn.define", given, {
    name = { "string", required = true },
    init = { "callable", default = function() end },
    forward = { "callable", required = true },
  }, 2)
  return function(...)
    -- Fields in the order of their assignment: it is the order of the parameters.
    local order, fields = {}, {}
    local self = setmetatable({}, {
      __index = fields,
      __newindex = function(_, key, value)
        if fields[key] == nil then order[#order + 1] = key end
        fields[key] = value
      end,
    })
    o.init(self, ...)
    local children, parameters = {}, {}
    for _, key in ipairs(order) do
      local value = fields[key]
      if core.nn.is_module(value) then
        children[#children + 1] = { key, value }
      elseif core.is_tensor(value) and value.requires_grad then
        parameters[#parameters + 1] = { key, value }
      end
    end
    return core.nn.custom(o.name, children, parameters, function(x)
      local y = o.forward(self, x)
      if not core.is_tensor(y) then
        error(string.format("%s: forward must return a tensor, got %s", o.name, type(y)), 0)
      end
      return y
    end)
  end
end

return define
