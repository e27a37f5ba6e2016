-- SPDX-License-Identifier: Apache-2.0
-- The rows of a history as lines of a run's metrics: each epoch once, however often the run was resumed.

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

--- Takes away the rows that a run which was killed has written behind the state that it goes on from.
function M.rewind(run)
  local folder, last = run.folder, run.history[#run.history]
  if not folder or not folder.reopened then return end
  folder:rewind(function(row) return math.type(row.epoch) ~= "integer" or last and row.epoch <= last.epoch end)
  -- A second training of the same run comes behind the first.
  folder.reopened = nil
end

--- Logs a row.
function M.row(run, row)
  if run.folder then run.folder:log(flat(row)) end
end

return M
