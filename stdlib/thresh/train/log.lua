-- SPDX-License-Identifier: Apache-2.0
-- The rows of a history as lines of a run's metrics; those of a try that was killed go when the run is resumed.

local M = {}

-- The numbers, texts and flags of a row, those of what it was judged by among them.
local function flat(row)
  local line = {}
  for name, value in pairs(row.result or {}) do
    if type(value) == "number" then line[name] = value end
  end
  for name, value in pairs(row) do
    if type(value) ~= "table" and type(value) ~= "userdata" then line[name] = value end
  end
  for account, seconds in pairs(row.seconds) do line[account .. "_seconds"] = seconds end
  for account, seconds in pairs(row.cpu_seconds) do line[account .. "_cpu_seconds"] = seconds end
  return line
end

--- Takes away the rows that a run which was killed had written behind the state that it goes on from, of those that
--- were there when it was opened again.
function M.rewind(run)
  local folder, kept = run.folder, 0
  if not folder or not folder.before then return end
  folder:rewind(function(row, i)
    if i > folder.before or math.type(row.epoch) ~= "integer" then return true end
    kept = kept + 1
    return kept <= #run.history
  end)
  -- A second training of the same run comes behind the first.
  folder.before = nil
end

--- Logs a row.
function M.row(run, row)
  if run.folder then run.folder:log(flat(row)) end
end

return M
