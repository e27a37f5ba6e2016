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

--- The last epoch in the metrics of a run's folder; 0 for none. A run that was killed behind its last
--- checkpoint has written rows that come again when it is resumed.
function M.last_epoch(folder)
  local last = 0
  for _, row in ipairs(folder.metrics and folder:metrics() or {}) do
    if math.type(row.epoch) == "integer" then last = math.max(last, row.epoch) end
  end
  return last
end

--- Logs a row, unless its epoch is there.
function M.row(run, row)
  if not run.folder or row.epoch <= run.logged then return end
  run.folder:log(flat(row))
  run.logged = row.epoch
end

return M
