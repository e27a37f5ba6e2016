-- SPDX-License-Identifier: Apache-2.0
-- What all subset selectors share: when they are asked, and the fields the training loop reads.

local M = {}

-- When a selector is asked: at epoch `first` (0-based, as schedules count) and `every` epochs after.
M.timing = {
  fraction = { "number", required = true, above = 0, to = 1 },
  every = { "integer", default = 1, from = 1 },
  first = { "integer", default = 1, from = 0 },
  warm = { "number", from = 0, to = 1 },
}

--- The option rules of a selector: the timing ones with its defaults, and its own.
function M.rules(own, defaults)
  local all = {}
  for name, rule in pairs(M.timing) do
    local copy = {}
    for k, v in pairs(rule) do copy[k] = v end
    if defaults and defaults[name] ~= nil then copy.default = defaults[name] end
    all[name] = copy
  end
  for name, rule in pairs(own or {}) do all[name] = rule end
  return all
end

--- A selector of checked options: a plain table with `name`, `select` and when it is asked.
function M.new(name, checked, fields)
  fields.name = name
  fields.options = {}
  for key, value in pairs(checked) do
    if type(value) ~= "function" and type(value) ~= "table" then fields.options[key] = value end
  end
  for key in pairs(M.timing) do fields[key] = checked[key] end
  return fields
end

return M
