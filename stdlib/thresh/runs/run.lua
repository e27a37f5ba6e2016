-- SPDX-License-Identifier: Apache-2.0
-- The handle of one run: its folder as a table with methods.

local core = require "thresh.core"
local inspect = require("thresh.inspect").inspect
local json = require "thresh.json"
local native = require "thresh.runs.native"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"

---@class Run
local Run = {}
Run.__index = Run
Run.__name = "Run"

function Run:__tostring()
  if rawget(self, "status") == nil then return "run" end
  return string.format("run %s (%s) %s", self.name, self.status.state, self.path)
end

--- The time as status.json has it.
local function now() return os.date "!%Y-%m-%dT%H:%M:%SZ" end

-- What this process has begun and not ended, by path: status and clock; of cells of sweeps the run, and release().
local going = {}

-- Errors point at who called the method.
local function own(self, method, level)
  if getmetatable(self) ~= Run or rawget(self, "status") == nil then
    error(string.format("run:%s: is called with a colon, run:%s(…); got %s in the place of the run", method,
      method, options.shown(self)), level + 1)
  end
end

local function writable(self, method, level)
  level = (level or 2) + 1
  own(self, method, level)
  if not self.writes then
    error(string.format("run:%s: %s was opened to be read; th.runs.reopen(path) writes to it", method,
      self.path), level)
  end
end

-- An error as text, whatever it is.
local function told(problem) return type(problem) == "string" and problem or inspect(problem) end

-- A path inside the folder, with the folders above it made where the run is written to.
local function inside(self, method, name)
  if type(name) ~= "string" or name == "" or name:sub(1, 1) == "/" or ("/" .. name .. "/"):find("/../", 1, true) then
    error(string.format("run:%s: needs a path inside the run's folder, got %s", method, options.shown(name)), 3)
  end
  local folder = name:match "^(.*)/[^/]*$"
  if folder and self.writes then core.make_directory(self.path .. "/" .. folder) end
  return self.path .. "/" .. name
end

--- A path inside the run's folder, with the folders above it made.
---@param name string such as "figures/loss.svg"
---@return string path
function Run:file(name)
  own(self, "file", 2)
  local path = inside(self, "file", name)
  return path
end

--- Writes a table to a file of the run as JSON; the file is there whole or not at all.
---@param name string the file, such as "notes.json"
---@param value table
function Run:save(name, value)
  writable(self, "save")
  local text = json.encode(plain.written("run:save", value, 1))
  core.write_file(inside(self, "save", name), text .. "\n")
end

-- Appends to a file that stays open; what is written is with the system when this returns.
local function append(self, name, text)
  local file, problem = self.files[name], nil
  if not file then
    file, problem = io.open(self.path .. "/" .. name, "a")
    if not file then error("run: " .. problem, 3) end
    -- A line is one write (of those above 64 KiB only a first one), so that what a full disk cuts off can be told.
    file:setvbuf("full", math.max(#text, 1 << 16))
    self.files[name] = file
  end
  -- Behind a line that was cut off, the next one begins anew.
  if self.cut[name] then text = "\n" .. text end
  local ok
  ok, problem = file:write(text)
  if ok then ok, problem = file:flush() end
  self.cut[name] = not ok
  if not ok then error(string.format("run: %s/%s: %s", self.path, name, problem), 3) end
end

--- Adds a row to metrics.jsonl, one line, at once.
---@param row table values by name: numbers (NaN and infinities too), texts, booleans
function Run:log(row)
  writable(self, "log")
  if type(row) ~= "table" or next(row) == nil or #row > 0 then
    error("run:log: needs a table of values by name, got "
      .. (type(row) == "table" and (next(row) == nil and "an empty table" or "a list") or options.shown(row)), 2)
  end
  local line = json.encode(plain.written("run:log", row, 1)) .. "\n"
  -- The events first: a row that is in metrics.jsonl has been logged, whatever happens.
  if self.events then
    self.logged = (self.logged or #self:metrics()) + 1
    self.events:row(row, math.tointeger(row.step) or math.tointeger(row.epoch) or self.logged)
  end
  append(self, "metrics.jsonl", line)
end

--- The run's TensorBoard event file: scalar, histogram and image, each (tag, value, step), and close.
--- From the first call on the numbers of every row that is logged go there too.
---@return EventWriter writer
function Run:tensorboard()
  writable(self, "tensorboard")
  self.events = self.events or require "thresh.runs.tensorboard"(self.path)
  return self.events
end

--- Adds text to log.txt.
---@param text string
function Run:write(text)
  writable(self, "write")
  if type(text) ~= "string" then error("run:write: needs a text, got " .. options.shown(text), 2) end
  append(self, "log.txt", text)
end

--- The rows of metrics.jsonl.
---@return table[] rows
---@return integer unreadable lines passed over: a line that was being written when the run was killed
function Run:metrics()
  own(self, "metrics", 2)
  local rows, unreadable = {}, 0
  local file = io.open(self.path .. "/metrics.jsonl", "r")
  if not file then return rows, 0 end
  for line in file:lines() do
    local ok, row = pcall(json.decode, line)
    if ok and type(row) == "table" then
      rows[#rows + 1] = plain.read(row)
    elseif line ~= "" then
      unreadable = unreadable + 1
    end
  end
  file:close()
  return rows, unreadable
end

--- Takes away the rows of metrics.jsonl that a run which goes on from an earlier state will write again.
---@param keep fun(row: table, i: integer): boolean whether a row stays, the i-th of all
function Run:rewind(keep)
  writable(self, "rewind")
  if type(keep) ~= "function" then error("run:rewind: needs a function of a row, got " .. options.shown(keep), 2) end
  local rows, lines = self:metrics(), {}
  for i, row in ipairs(rows) do
    if keep(row, i) then lines[#lines + 1] = json.encode(plain.written("run:rewind", row, 1)) .. "\n" end
  end
  if self.files["metrics.jsonl"] then self.files["metrics.jsonl"]:close() end
  self.files["metrics.jsonl"], self.cut["metrics.jsonl"] = nil, nil
  core.write_file(self.path .. "/metrics.jsonl", table.concat(lines))
end

-- Files that stay open are closed; what is written later opens them again.
function Run:close()
  own(self, "close", 2)
  if self.events then self.events:close() end
  self.events = nil
  for name, file in pairs(self.files) do
    file:close()
    self.files[name] = nil
  end
end

local function ended(self, method, state, result, problem)
  writable(self, method, 3)
  if self.status.state ~= "running" then
    error(string.format("run:%s: %s is %s already", method, self.path, self.status.state), 3)
  end
  local status = {
    state = state, started = self.status.started, ended = now(), seconds = core.clock() - self.clock
      + (self.status.seconds or 0), result = result, error = problem, writer = self.status.writer,
  }
  core.write_file(self.path .. "/status.json", json.encode(plain.written("run:" .. method, status, 2)) .. "\n")
  self:close()
  self.status = plain.read(status)
  going[self.path] = nil
end

--- The run is done.
---@param result? table numbers by name
function Run:finish(result)
  if result ~= nil and type(result) ~= "table" then
    error("run:finish: needs a table of results by name, got " .. options.shown(result), 2)
  end
  ended(self, "finish", "done", result)
end

--- The run has failed.
---@param problem any an error as pcall gives it
function Run:fail(problem)
  local message, traceback = problem, nil
  if type(problem) == "table" then
    message, traceback = rawget(problem, "message") or problem, rawget(problem, "traceback")
  end
  ended(self, "fail", "failed", nil, { message = told(message), traceback = traceback and told(traceback) })
end

--- The run was stopped before its end and can go on later.
function Run:interrupt() ended(self, "interrupt", "interrupted") end

-- Whether a run is still this process's to end.
local function is_own(path)
  local ok, status = pcall(native.read_json, path .. "/status.json")
  return ok and status.state == "running" and type(status.writer) == "table"
    and status.writer.pid == native.process().pid
end

local M = { now = now }

--- A handle; `fields` are path, id, name, config, status and provenance.
function M.new(fields, writes)
  fields.files, fields.cut, fields.clock, fields.writes = {}, {}, fields.clock or core.clock(), writes
  return setmetatable(fields, Run)
end

--- Notes that this process is to end a run.
function M.begun(run)
  going[run.path] = { status = run.status, clock = run.clock }
  return run
end

--- Notes that a run is a cell's, with which whoever comes next goes on: an error that ends its process is none of its
--- own. release() is called when it ends so.
function M.of_cell(run, release)
  going[run.path].run, going[run.path].release = run, release
  return run
end

-- A folder that is gone or full is not for these to tell of.

--- Ends the cells that Ctrl-C has stopped at the prompt, where no handler of Lua's ran.
function M.end_cells()
  for path, left in pairs(going) do
    if left.run then
      if is_own(path) then pcall(left.run.interrupt, left.run) end
      left.release()
      going[path] = nil
    end
  end
end

--- Ends all that this process has begun and not ended: with the error that ends it, { message, traceback }, as
--- failed, else, and cells always, as interrupted.
function M.end_all(problem)
  M.end_cells()
  for path, left in pairs(going) do
    if is_own(path) then
      local run = M.new({ path = path, status = left.status, clock = left.clock }, true)
      if problem then pcall(run.fail, run, problem) else pcall(run.interrupt, run) end
    end
  end
end

return M
