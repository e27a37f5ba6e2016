-- SPDX-License-Identifier: Apache-2.0
-- Shared selection: a trace that several trials need is made by the first of them and replayed by the others.
--
-- root/shared/KEY/ holds one trace: KEY is a digest of the data's fingerprint, method, options, seed and
-- source model; subsets.trace is the trace, made.json what it cost, lease.n who makes it.

local core = require "thresh.core"
local json = require "thresh.json"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local store = require "thresh.sweep.store"

local M = {}

local rules = {
  method = { "string", required = true }, options = { "table", default = {} },
  data = { { "userdata", "string" }, required = true }, model = { { "string", "table" }, required = true },
  seed = { "integer", required = true }, make = { "callable", required = true },
}

local function made(folder)
  local text = store.read(folder .. "/made.json")
  if not text then return nil end
  local ok, value = pcall(json.decode, text)
  if not ok or type(value) ~= "table" then
    error(string.format("sweep.shared: %s/made.json cannot be read: %s; remove the folder, and the trace is "
      .. "made again", folder, tostring(value)), 0)
  end
  return plain.read(value)
end

-- Makes the trace and tells what it cost.
local function make(folder, key, o)
  -- What processes that were killed have left.
  for _, name in ipairs(core.list_directory(folder)) do
    if name:find "^making%-" then os.remove(folder .. "/" .. name) end
  end
  local path = string.format("%s/making-%d.trace", folder, native.process_id())
  local clock, cpu = core.clock(), os.clock()
  local costs = o.make(path)
  local record = { seconds = core.clock() - clock, cpu_seconds = os.clock() - cpu, key = key, source = key.model }
  if costs ~= nil and type(costs) ~= "table" then
    error("sweep.shared: make may return a table of costs, got " .. options.shown(costs), 0)
  end
  for name, value in pairs(costs or {}) do record[name] = value end
  local text = json.encode(plain.written("sweep.shared", record))
  local ok, problem = os.rename(path, folder .. "/subsets.trace")
  if not ok then
    error(string.format("sweep.shared: make(path) has left no file at the path that it got: %s", problem), 0)
  end
  native.publish(folder .. "/made.json", text .. "\n")
  return record
end

--- Finds or makes the trace: its path, the record of its making, whether it was made here, and the seconds and CPU
--- seconds that this took, waiting included.
function M.find(root, given, level)
  local o = options.check("sweep.shared", given, rules, level + 1)
  local fingerprint = type(o.data) == "string" and o.data or o.data:fingerprint()
  local key = plain.written("sweep.shared", {
    data = fingerprint, method = o.method, options = o.options, seed = o.seed, model = o.model,
  }, level)
  local folder = string.format("%s/shared/%s", root, native.digest(json.encode(key)):sub(1, 16))
  local clock, cpu = core.clock(), os.clock()
  core.make_directory(folder)
  local pause = 0.05
  local function found(record, here)
    return folder .. "/subsets.trace", record, here, core.clock() - clock, os.clock() - cpu
  end
  while true do
    local record = made(folder)
    if record then return found(record, false) end
    local lease = native.claim(folder .. "/lease", 60, 5)
    if lease then
      -- Whoever had it before may have ended in between.
      record = made(folder)
      local here, ok, problem = record == nil, true, nil
      if here then
        ok, problem = pcall(function() record = make(folder, key, o) end)
      end
      native.release(lease.path)
      if not ok then error(problem, 0) end
      return found(record, here)
    end
    native.sleep(pause)
    pause = math.min(2, pause * 1.5)
  end
end

return M
