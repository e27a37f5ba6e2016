-- SPDX-License-Identifier: Apache-2.0
-- What selectors share: option rules, when subset selectors are asked, the fields that the training loop reads.

local M = {}

-- When a selector is asked: at epoch `first` (0-based, as schedules count) and `every` epochs after.
M.timing = {
  fraction = { "number", required = true, above = 0, to = 1 },
  every = { "integer", default = 1, from = 1 },
  first = { "integer", default = 1, from = 0 },
  warm = { "number", from = 0, to = 1 },
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

--- A selector of checked options: a plain table with `name`, `options` as a trace holds them, the fields
--- given, and those options that the training loop reads: the names in `read`, when it is asked by default.
function M.new(name, checked, fields, read)
  fields.name = name
  fields.options = {}
  for key, value in pairs(checked) do
    local kind = type(value)
    if kind == "number" or kind == "string" or kind == "boolean" then fields.options[key] = value end
  end
  for key in pairs(read or M.timing) do fields[key] = checked[key] end
  return fields
end

return M
