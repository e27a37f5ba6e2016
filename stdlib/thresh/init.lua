-- SPDX-License-Identifier: Apache-2.0
-- `local th = require "thresh"`: the native core and the standard library under one name.

local th = require "thresh.core"

th.nn.define = require "thresh.define"
th.select = require "thresh.select"

-- Parts of the standard library that are loaded when first used.
local parts = {
  train = "thresh.train", compare = "thresh.compare", progress = "thresh.progress",
  inspect = "thresh.inspect", arguments = "thresh.arguments",
}

return setmetatable(th, {
  __index = function(_, name)
    local module = parts[name]
    if module then
      local value = require(module)
      rawset(th, name, value)
      return value
    end
    local names = {}
    for known in pairs(th) do names[#names + 1] = known end
    for known in pairs(parts) do names[#names + 1] = known end
    local hint = type(name) == "string" and require("thresh.options").suggestion(name, names) or ""
    error(string.format("thresh has no field '%s'%s", tostring(name), hint), 2)
  end,
})
