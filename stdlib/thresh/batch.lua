-- SPDX-License-Identifier: Apache-2.0
-- Batches on their way through a batch selector: rows of one, and a queue of rows to whole ones.

local core = require "thresh.core"

local M = {}

--- The rows (an index tensor) of a batch as a batch; the batch itself for nil.
function M.rows(batch, rows)
  if rows == nil then return batch end
  local part = {}
  for name, tensor in pairs(batch) do part[name] = tensor:keep(rows) end
  return part
end

local Queue = {}
Queue.__index = Queue

--- A queue of rows that gives batches of `size`.
function M.queue(size)
  return setmetatable({ size = size, parts = {}, count = 0 }, Queue)
end

--- Adds the rows of a batch.
function Queue:push(batch)
  local n = #batch.indices
  if n == 0 then return end
  self.parts[#self.parts + 1] = batch
  self.count = self.count + n
end

-- All that waits as one batch.
local function joined(self)
  if #self.parts == 1 then return self.parts[1] end
  local all = {}
  for name in pairs(self.parts[1]) do
    local pieces = {}
    for i, part in ipairs(self.parts) do pieces[i] = part[name] end
    all[name] = core.cat(pieces)
  end
  return all
end

--- What waits, as a list of at most one batch.
function Queue:state() return self.count > 0 and { joined(self) } or {} end

--- Takes back what `state` gave.
function Queue:load(state)
  self.parts, self.count = state, state[1] and #state[1].indices or 0
end

--- Takes a whole batch, or with `rest` what is left; nil when there is none.
function Queue:pop(rest)
  if self.count == 0 or (self.count < self.size and not rest) then return nil end
  local all = joined(self)
  local n = math.min(self.count, self.size)
  self.count = self.count - n
  if self.count == 0 then
    self.parts = {}
    return all
  end
  self.parts = { M.rows(all, core.arange(n + 1, n + self.count)) }
  return M.rows(all, core.arange(1, n))
end

return M
