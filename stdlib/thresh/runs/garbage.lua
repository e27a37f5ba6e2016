-- SPDX-License-Identifier: Apache-2.0
-- What of the runs below a folder may be deleted. What still runs here, or may elsewhere, is never part of it.

local core = require "thresh.core"
local checkpoints = require "thresh.train.checkpoints"
local native = require "thresh.runs.native"

local M = {}

--- The kinds that there are: runs by their state, and checkpoints of ended runs but for the newest of each.
M.kinds = { "failed", "interrupted", "damaged", "checkpoints" }

-- Seconds in which a folder without all of its files may be a run that begins.
local young = 600

-- The files of the checkpoints of a run that are older than the newest that can be gone on from.
local function old_checkpoints(row)
  local folder = row.path .. "/checkpoints"
  local ok, names = pcall(core.list_directory, folder)
  local bases, whole, files = {}, {}, {}
  for _, name in ipairs(ok and names or {}) do
    local base = name:match "^(%d+%-%d+)%.%a+$"
    bases[name] = base
    if base and name:find "%.json$" then whole[#whole + 1] = base end
  end
  table.sort(whole, function(a, b) return a > b end)
  local newest = 1
  -- The last of all need not be looked at: nothing is older.
  while newest < #whole and not checkpoints.is_good(folder, whole[newest]) do newest = newest + 1 end
  for name, base in pairs(bases) do
    if base < (whole[newest] or "") then files[#files + 1] = folder .. "/" .. name end
  end
  table.sort(files)
  return files
end

--- What there is to delete among the runs of a query: a list of { kind, row, path, bytes, files }.
function M.found(query, kinds)
  local wanted, items = {}, {}
  for _, kind in ipairs(kinds) do wanted[kind] = true end
  for _, row in ipairs(query) do
    local begins = row.state == "damaged" and native.folder_age(row.path) <= young
    if wanted[row.state] and not begins then
      items[#items + 1] = { kind = row.state, row = row, path = row.path, bytes = native.folder_size(row.path) }
    elseif wanted.checkpoints and row.state ~= "running" and row.state ~= "damaged" then
      local files = old_checkpoints(row)
      local bytes = 0
      for _, file in ipairs(files) do bytes = bytes + native.folder_size(file) end
      if #files > 0 then
        items[#items + 1] = {
          kind = "checkpoints", row = row, path = row.path .. "/checkpoints", bytes = bytes, files = files,
        }
      end
    end
  end
  return items
end

-- Whether a run is still as it was found: another process may have taken it up since.
local function unchanged(row)
  local ok, run = pcall(require("thresh.runs").load, row.path)
  if not ok then return row.state == "damaged" and native.folder_age(row.path) > young end
  local state, writer = run.status.state, run.status.writer
  if state == "running" then return row.state == "interrupted" and native.is_alive(writer) == false end
  return state == row.state
end

--- Deletes one of those, unless its run has changed since: false then.
function M.delete(item)
  if not unchanged(item.row) then return false end
  for _, file in ipairs(item.files or {}) do assert(os.remove(file)) end
  if not item.files then native.remove_run(item.path) end
  return true
end

return M
