-- SPDX-License-Identifier: Apache-2.0
-- What selectors share: option rules, when subset selectors are asked, the fields that the training loop reads.

local core = require "thresh.core"
local options = require "thresh.options"

local M = {}

-- When a selector is asked: at epoch `first` (0-based, as schedules count), and behind it at the multiples of `every`.
M.timing = {
  fraction = { "number", required = true, above = 0, to = 1 },
  every = { "integer", default = 1, from = 1 },
  first = { "integer", default = 1, from = 0 },
  warm = { "number", from = 0, to = 1 },
}

-- Where a selector's figures of the candidates come from: a pass of the model in training when it selects,
-- what passed by while it trained, or another model.
M.source = {
  scores = { "string", default = "pass" },
  max_age = { "integer", from = 1 },
  proxy = { "userdata" },
}

--- One table of option rules out of several, with other defaults for the names that `defaults` has.
function M.merged(parts, defaults)
  local all = {}
  for _, part in ipairs(parts) do
    for name, rule in pairs(part) do
      local copy = {}
      for k, v in pairs(rule) do copy[k] = v end
      if defaults and defaults[name] ~= nil then copy.default = defaults[name] end
      all[name] = copy
    end
  end
  return all
end

--- The option rules of a subset selector: the timing ones with its defaults, and its own.
function M.rules(own, defaults) return M.merged({ M.timing, own or {} }, defaults) end

--- The same of one that asks ctx what a model says of the candidates; `checked_source` checks the source.
function M.scored_rules(own, defaults) return M.merged({ M.timing, M.source, own or {} }, defaults) end

--- Checks the source among checked options and names the proxy in `scores`, as a trace tells it.
function M.checked_source(what, o, level)
  level = (level or 1) + 1
  options.choice(what, "scores", o.scores, { "pass", "harvest", "proxy" }, level)
  if o.proxy ~= nil and not core.nn.is_module(o.proxy) then
    error(string.format("%s: option 'proxy' must be a module, got %s", what, options.shown(o.proxy)), level)
  end
  if o.proxy and o.scores == "harvest" then
    error(what .. ": option 'proxy' is another source than scores = 'harvest'", level)
  end
  if o.scores == "proxy" and not o.proxy then
    error(what .. ": scores = 'proxy' needs the option 'proxy', a trained model", level)
  end
  if o.max_age and o.scores ~= "harvest" then
    error(what .. ": option 'max_age' goes with scores = 'harvest'", level)
  end
  if o.proxy then o.scores = "proxy" end
end

--- A selector of checked options: a plain table with `name`, `options` as a trace holds them, the fields
--- given, and those options that the training loop reads: the names in `read`; by default when it is asked
--- and where its figures come from.
function M.new(name, checked, fields, read)
  fields.name = name
  fields.options = {}
  for key, value in pairs(checked) do
    local kind = type(value)
    if kind == "number" or kind == "string" or kind == "boolean" then
      fields.options[key] = value
    elseif key == "proxy" and core.nn.is_module(value) then
      fields.options[key] = value.name
    end
  end
  for key in pairs(read or M.timing) do fields[key] = checked[key] end
  if not read and checked.scores then
    fields.scores, fields.max_age, fields.proxy = checked.scores, checked.max_age, checked.proxy
  end
  return fields
end

return M
