-- SPDX-License-Identifier: Apache-2.0
-- What is compared: an entry of `selectors`, checked and in one form.

local options = require "thresh.options"
local select = require "thresh.select"

local M = {}

--- An entry of `selectors` as { label, select(run) -> selector, batch_select, optimizer, schedule, baseline }.
function M.checked(given, i, level)
  if type(given) ~= "table" then
    error(string.format("compare: selector %d must be a table, got %s", i, type(given)), level + 1)
  end
  if given.name ~= nil then
    if not select.is_selector(given) then
      error(string.format("compare: selector %d must have a string 'name' and a function 'select'", i), level + 1)
    end
    return { label = given.name, select = function() return given end }
  end
  local e = options.check("compare: selector " .. i, given, {
    label = { "string", required = true },
    select = { { "table", "callable" } },
    batch_select = { "table" },
    optimizer = { "callable" },
    schedule = { "callable" },
    baseline = { "string" },
  }, level + 1)
  if e.select == nil then
    if not e.batch_select then
      error(string.format("compare: selector %d needs the option 'select' or 'batch_select'", i), level + 1)
    end
    e.select = select.Full()
  end
  if type(e.select) == "table" and e.select.name then
    local fixed = e.select
    e.select = function() return fixed end
  end
  return e
end

return M
