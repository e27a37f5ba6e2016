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

--- Takes away the rows that this training had written behind the state that it goes on from, before the run's folder
--- was opened again. What it wrote is the next of the sequences of rising epochs that trainings have left in the file;
--- rows of others, as `on_epoch` logs them, go with the epochs that come again.
function M.rewind(run)
  local folder, last = run.folder, run.history[#run.history]
  if not folder or not folder.before then return end
  local place, epoch, own, dropped, ended = folder.rewound or 0, -math.huge, 0, 0, nil
  local function keeps(row, i)
    if ended or i <= place or i > folder.before or math.type(row.epoch) ~= "integer" then return true end
    if row.train_seconds == nil then return last ~= nil and row.epoch <= last.epoch end
    if row.epoch <= epoch then
      ended = i
      return true
    end
    epoch, own = row.epoch, own + 1
    return own <= #run.history
  end
  folder:rewind(function(row, i)
    local kept = keeps(row, i)
    if not kept then dropped = dropped + 1 end
    return kept
  end)
  folder.rewound, folder.before = (ended and ended - 1 or folder.before) - dropped, folder.before - dropped
end

--- Logs a row.
function M.row(run, row)
  if run.folder then run.folder:log(flat(row)) end
end

return M
