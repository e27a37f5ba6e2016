-- SPDX-License-Identifier: Apache-2.0
-- The folder of a sweep, root/sweeps/NAME, which all who work on it share: each file in it is written once,
-- whole, by whoever comes first.
--
--   definition.json      what was asked for
--   cells.jsonl          the plan: a line for each cell, numbered
--   token                what the names of its run folders are made with
--   leases/HASH.n        who works on a cell
--   started/HASH         the run folder of the cell, as soon as there is one
--   points/HASH.json     the values that a search chose for the cell
--   cells/HASH.json      how the cell ended
--   retried/             how cells ended that were run again, and records that could not be read
--   rungs/STEP/HASH      what a trial had reached at a step, where successive halving looks
--   workers/N.log        what the workers printed
--   slurm/               job scripts, the cells of each task and what Slurm calls the jobs

local core = require "thresh.core"
local json = require "thresh.json"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local runs_native = require "thresh.runs.native"
local space = require "thresh.sweep.space"

local Store = {}
Store.__index = Store

local M = {}

local function read(path)
  local file = io.open(path, "r")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

M.read = read

--- The store of a sweep; nothing is read or made yet.
function M.new(root, name)
  return setmetatable({
    root = root, name = name, folder = root .. "/sweeps/" .. name, records = {}, points = {}, stale = 60, beat = 5,
  }, Store)
end

function Store:path(...) return self.folder .. "/" .. table.concat({ ... }, "/") end

--- Makes the folders.
function Store:make()
  for _, part in ipairs { "leases", "started", "points", "cells", "retried", "rungs", "workers" } do
    core.make_directory(self:path(part))
  end
end

--- What definition.json holds; nil where the sweep is new, an error where it cannot be read.
function Store:definition()
  local text = read(self:path "definition.json")
  if not text then return nil end
  local ok, value = pcall(json.decode, text)
  if not ok or type(value) ~= "table" then
    error(string.format("sweep: %s cannot be read: %s", self:path "definition.json",
      ok and "no JSON object" or tostring(value)), 0)
  end
  return value
end

-- A definition as lines by their dotted names.
local function lines_of(definition)
  local lines = {}
  for name, value in pairs(space.flat(definition)) do lines[name] = json.encode(value) end
  return lines
end

--- What differs between two definitions, in lines such as "grid.lr: was [0.1], is [0.1,0.3]"; {} when they
--- agree.
function M.difference(was, is)
  was, is = lines_of(was), lines_of(is)
  local names, out = {}, {}
  for name in pairs(was) do names[name] = true end
  for name in pairs(is) do names[name] = true end
  for _, name in ipairs(options.names(names)) do
    if was[name] ~= is[name] then
      out[#out + 1] = string.format("%s: was %s, is %s", name, was[name] or "not there", is[name] or "not there")
    end
  end
  return out
end

local hint = [[
Give it another name for a sweep of its own; --update takes the new definition and keeps the results of
cells that have not changed (with --same-code, also where only the code did); or remove %s to begin anew.]]

--- Puts the definition in its place, or compares it with the one that is there. Errors tell the difference.
function Store:define(definition, cells, update)
  self:make()
  local text = json.encode(definition)
  -- As it will be read back.
  definition = json.decode(text)
  local path = self:path "definition.json"
  for _ = 1, 2 do
    local known = self:definition()
    if not known then
      if native.publish(path, text .. "\n") then break end
    else
      local difference = M.difference(known, definition)
      if #difference == 0 then break end
      if not update then
        error(string.format("sweep: '%s' was started with another definition:\n  %s\n%s", self.name,
          table.concat(difference, "\n  "), hint:format(self.folder)), 0)
      end
      -- The plan first: killed in between, the next start finds the old definition and does the same.
      os.remove(self:path "cells.jsonl")
      os.remove(path)
    end
  end
  local lines = {}
  for i, cell in ipairs(cells) do
    local plan = { number = cell.number, hash = cell.hash, params = cell.params }
    lines[i] = json.encode(plain.written("sweep", plan)) .. "\n"
  end
  native.publish(self:path "cells.jsonl", table.concat(lines))
end

--- The cells of the plan; for commands, which have no script.
function Store:planned()
  local cells = {}
  for line in (read(self:path "cells.jsonl") or ""):gmatch "[^\n]+" do
    local ok, cell = pcall(json.decode, line)
    if not ok then error(string.format("sweep: %s cannot be read: %s", self:path "cells.jsonl", cell), 0) end
    cells[#cells + 1] = plain.read(cell)
  end
  return cells
end

-- A path that the sweep has written, from wherever we are now.
function Store:run_path(path) return path and self.root .. "/" .. path:match "[^/]+$" end

--- The values that a search has chosen for a cell, or nil.
function Store:point(hash)
  if not self.points[hash] then
    local text = read(self:path("points", hash .. ".json"))
    self.points[hash] = text and plain.read(json.decode(text))
  end
  return self.points[hash]
end

--- Keeps the values that a search has chosen; what was kept first counts.
function Store:choose(hash, point)
  native.publish(self:path("points", hash .. ".json"), json.encode(plain.written("sweep", point)) .. "\n")
  return self:point(hash)
end

--- A text that tells the run folders of this sweep from those of another of its name, which may have been removed.
function Store:token()
  if not self.own then
    native.publish(self:path "token", runs_native.new_id() .. "\n", false)
    self.own = read(self:path "token"):match "%S+"
  end
  return self.own
end

--- The run folder of a cell that was begun, or nil.
function Store:started(hash)
  local text = read(self:path("started", hash))
  return text and self:run_path(text:match "[^\n]+")
end

-- Should the note be lost, the folder is found by its name.
function Store:start(hash, path) native.publish(self:path("started", hash), path:match "[^/]+$" .. "\n", false) end

--- How a cell ended, or nil. A record that cannot be read is put aside, and said to be.
function Store:record(hash)
  if self.records[hash] then return self.records[hash] end
  local path = self:path("cells", hash .. ".json")
  local text = read(path)
  if not text then return nil end
  local ok, value = pcall(json.decode, text)
  if not ok or type(value) ~= "table" or type(value.state) ~= "string" then
    local aside = self:path("retried", hash .. ".unreadable")
    if os.rename(path, aside) then
      io.stderr:write(string.format("sweep: %s cannot be read (%s); it is kept as %s and the cell counts as not "
        .. "recorded\n", path, ok and "no record" or tostring(value), aside))
    end
    return nil
  end
  value.run = self:run_path(value.run)
  self.records[hash] = plain.read(value)
  return value
end

--- Records how a cell ended, unless that has been recorded before.
function Store:finish(hash, record)
  native.publish(self:path("cells", hash .. ".json"), json.encode(plain.written("sweep", record)) .. "\n")
  self.records[hash] = nil
end

--- Reads what has been recorded since; how many of the cells are done, and how many have failed.
function Store:count(cells)
  local there = {}
  for _, name in ipairs(core.list_directory(self:path "cells")) do
    local hash = name:match "^(%x+)%.json$"
    if hash then there[hash] = true end
  end
  local done, failed = 0, 0
  for _, cell in ipairs(cells) do
    local record = there[cell.hash] and self:record(cell.hash)
    if record then
      done, failed = done + (record.state == "done" and 1 or 0), failed + (record.state == "failed" and 1 or 0)
    end
  end
  return done, failed
end

--- Takes a failed cell's record away, so that it is run again, in a new run folder.
function Store:retry(hash)
  local tries = self:tries(hash)
  if os.rename(self:path("cells", hash .. ".json"), self:path("retried", string.format("%s.%d.json", hash, tries))) then
    os.remove(self:path("started", hash))
  end
  self.records[hash] = nil
  self:forgive(hash)
end

--- Lets those no longer count that died at a cell: a new start, not one after the other, decides what is run.
function Store:forgive(hash) native.forgive(self:path("leases", hash), self.stale) end

--- How often a cell was tried before.
function Store:tries(hash)
  local tries = 0
  while read(self:path("retried", string.format("%s.%d.json", hash, tries))) do tries = tries + 1 end
  return tries
end

--- Whether someone wants the work on this sweep to end.
function Store:is_stopped() return read(self:path "stop") ~= nil end

return M
