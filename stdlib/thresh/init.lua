-- SPDX-License-Identifier: Apache-2.0
-- `local th = require "thresh"`: the native core and the standard library under one name.

local th = require "thresh.core"

th.nn.define = require "thresh.define"
th.select = require "thresh.select"
th.coco = require "thresh.coco"
th.detect = require "thresh.detect"
th.runs = require "thresh.runs"
th.statistics = require "thresh.statistics"

-- A name that a namespace lacks is an error with a suggestion, not nil.
local function strict(path, namespace)
  return setmetatable(namespace, {
    __index = function(_, name)
      local options = require "thresh.options"
      local names = options.names(namespace)
      local hint = type(name) == "string" and options.suggestion(name, names) or ""
      if hint == "" and #names <= 16 then hint = "; it has " .. table.concat(names, ", ") end
      error(string.format("%s has no field %s%s", path, options.shown(name), hint), 2)
    end,
  })
end

for _, name in ipairs {
  "nn", "models", "optim", "schedule", "data", "select", "detect", "statistics", "coco", "signals",
  "runs",
} do
  strict("th." .. name, th[name])
end

-- Parts of the standard library that are loaded when first used.
local parts = {
  train = "thresh.train", compare = "thresh.compare", progress = "thresh.progress",
  inspect = "thresh.inspect", arguments = "thresh.arguments", layers = "thresh.layers",
  help = "thresh.help", plot = "thresh.plot", report = "thresh.report", show = "thresh.show",
  repl = "thresh.repl.breakpoint", sweep = "thresh.sweep",
}

return setmetatable(th, {
  __index = function(_, name)
    local module = parts[name]
    if module then
      local value = require(module)
      rawset(th, name, value)
      return value
    end
    local options = require "thresh.options"
    local names = options.names(th)
    for known in pairs(parts) do names[#names + 1] = known end
    local hint = type(name) == "string" and options.suggestion(name, names) or ""
    error(string.format("thresh has no field %s%s", options.shown(name), hint), 2)
  end,
})
