-- SPDX-License-Identifier: Apache-2.0
-- The work on a sweep: cell after cell, until each is recorded, here or elsewhere.

local cell_runner = require "thresh.sweep.cell"
local native = require "thresh.sweep.native"

local M = {}

--- Runs the cells that nobody else runs. `after(cell, outcome)` is told of each; when it returns true, the
--- work ends. Returns nil when every cell is recorded, or why it ended before: "stopped" or "terminated".
function M.run(sweep, cells, after)
  local left, pause = cells, 0.05
  while true do
    local others, worked = {}, false
    for _, cell in ipairs(left) do
      if sweep.store:is_stopped() then return "stopped" end
      local outcome = cell_runner.run(sweep, cell)
      if outcome == "terminated" then return outcome end
      if outcome == "taken" then others[#others + 1] = cell end
      worked = worked or outcome == "done" or outcome == "failed"
      if outcome ~= "taken" and after and after(cell, outcome) then return "stopped" end
    end
    if #others == 0 then return nil end
    left, pause = others, worked and 0.05 or math.min(1, pause * 1.3)
    native.sleep(pause)
  end
end

return M
