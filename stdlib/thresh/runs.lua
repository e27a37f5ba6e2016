-- SPDX-License-Identifier: Apache-2.0
-- Run folders: what a run was, what it measured and how it ended, in files that any program reads.

local core = require "thresh.core"
local native = require "thresh.runs.native"
local json = require "thresh.json"
local options = require "thresh.options"
local plain = require "thresh.runs.plain"
local runs = require "thresh.runs.run"

---@class runs
local M = {}

--- Begins a run: a folder of its own, DATE-NAME-ID below root, with its configuration and provenance.
---
--- What is returned writes to it:
---   run.path, run.id, run.name, run.config
---   run:log { epoch = 3, loss = 0.5 }      a line of metrics.jsonl
---   run:write(text)                        to log.txt
---   run:file "figures/a.svg"               a path inside, its folders made
---   run:save("notes.json", table)          JSON, whole or not at all
---   run:finish { accuracy = 0.9 }          the end; or run:fail(error), run:interrupt()
---   run:metrics()                          the rows so far
---   run:tensorboard()                      an event file, as th.runs.tensorboard; rows go there too
---   run:rewind(keep)                       takes away the rows for which keep(row) is false
--- A run that its script leaves without an end has failed where an error ends the script, and is interrupted where
--- Ctrl-C or SIGTERM does, as is one whose process is gone.
---
--- provenance.json tells the version of the product, the state of the script's git repository, the command
--- line, host, CPU, feature level, BLAS core, convolution choice, threads, load and the fingerprints of data.
---
--- Example:
---     local run = th.runs.create { root = scratch, name = "table1", config = { lr = 0.1 }, seed = 1 }
---     run:log { epoch = 1, accuracy = 0.5 }
---     run:finish { accuracy = 0.5 }
---     assert(th.runs.load(run.path).status.result.accuracy == 0.5)
---@param given table root ("runs"), name ("run"), config ({}), seed, which becomes one of config, data (a
---     dataset, or a table of them by part), tags (a list), id (drawn), tensorboard (false: write the numbers of
---     each row to an event file too)
---@return Run run
function M.create(given)
  local o = options.check("runs.create", given, {
    root = { "string", default = "runs" }, name = { "string", default = "run" },
    config = { "table", default = {} }, seed = { "integer" }, data = { { "userdata", "table" } },
    tags = { "table" }, id = { "string" }, tensorboard = { "boolean" },
  }, 2)
  for _, field in ipairs { "name", "id" } do
    if o[field] and not o[field]:find "^[%w._-]+$" then
      error(string.format("runs.create: option '%s' must hold letters, digits, '.', '_' and '-' only, got %s",
        field, options.shown(o[field])), 2)
    end
  end
  local config = plain.written("runs.create: config", o.config, 1)
  if #config > 0 then error("runs.create: option 'config' must have names, got a list", 2) end
  if config.seed == nil then config.seed = o.seed end
  local id = o.id or native.new_id()
  local path = string.format("%s/%s-%s-%s", o.root, os.date "%Y-%m-%d", o.name, id)
  local record = require("thresh.runs.provenance").of(o.data, 2)
  record.name, record.id, record.seed = o.name, id, o.seed
  record.tags = o.tags and json.list(o.tags)
  record = plain.written("runs.create", record, 1)
  local status = { state = "running", started = runs.now(), writer = native.process() }
  native.create_folder(path)
  local files = { { "config.json", config }, { "provenance.json", record }, { "status.json", status } }
  for i, file in ipairs(files) do
    -- What is written once waits for the disk; the state is written again at the end.
    local ok, problem = pcall(core.write_file, path .. "/" .. file[1], json.encode(file[2]) .. "\n",
      { durable = file[1] ~= "status.json" })
    if not ok then
      -- A run that cannot begin leaves nothing.
      for j = 1, i - 1 do os.remove(path .. "/" .. files[j][1]) end
      os.remove(path)
      error(problem, 2)
    end
  end
  local run = runs.new({
    path = path, id = id, name = o.name, config = plain.read(config), provenance = plain.read(record),
    status = status,
  }, true)
  if o.tensorboard then run:tensorboard() end
  return runs.begun(run)
end

local longest = 4095 -- Linux' PATH_MAX, without the closing zero

local function loaded(what, path, writes)
  if type(path) ~= "string" then
    error(string.format("%s: needs the path of a run's folder, got %s", what, options.shown(path)), 3)
  end
  if #path > longest then
    error(string.format("%s: a path has at most %d bytes, got one of %d", what, longest, #path), 3)
  end
  path = #path > 1 and path:gsub("/+$", "") or path
  local files = {}
  for _, name in ipairs { "config", "status", "provenance" } do
    local ok, content = pcall(native.read_json, path .. "/" .. name .. ".json")
    if not ok then error(string.format("%s: '%s' is no run that can be read: %s", what, path, content), 3) end
    files[name] = plain.read(content)
  end
  return runs.new({
    path = path, id = files.provenance.id, name = files.provenance.name, config = files.config,
    provenance = files.provenance, status = files.status,
  }, writes)
end

--- Reads a run: path, id, name, config, status, provenance, and the rows of its metrics.
---
--- Example:
---     local path = th.runs.create({ root = scratch, config = { lr = 0.1 } }).path
---     local run = th.runs.load(path)
---     assert(run.config.lr == 0.1 and run.status.state == "running" and #run:metrics() == 0)
---@param path string its folder
---@return Run run
function M.load(path) return loaded("runs.load", path, false) end

--- Opens a run to be written to again, so that it goes on.
---
--- A run whose process still runs on this machine is refused. A line that was cut off at the end of
--- metrics.jsonl is taken away, and when th.train goes on with the run, the rows of epochs that it will write again.
---
--- Example:
---     local path = th.runs.create({ root = scratch }).path
---     local run = th.runs.reopen(path)
---     run:log { epoch = 1 }
---     run:finish()
---     assert(th.runs.load(path).status.state == "done")
---@param path string its folder
---@return Run run
function M.reopen(path)
  local run = loaded("runs.reopen", path, true)
  local writer, own = run.status.writer, native.process()
  if run.status.state == "running" and type(writer) == "table" and writer.pid ~= own.pid
    and native.is_alive(writer) then
    error(string.format("runs.reopen: '%s' is being written by process %d of %s", path, writer.pid,
      writer.host), 2)
  end
  local file = io.open(run.path .. "/metrics.jsonl", "r")
  local text = file and file:read "a" or ""
  if file then file:close() end
  if text ~= "" and text:sub(-1) ~= "\n" then
    core.write_file(run.path .. "/metrics.jsonl", text:match "^(.*\n)" or "")
  end
  run.status = {
    state = "running", started = run.status.started, seconds = run.status.seconds, writer = own,
  }
  core.write_file(run.path .. "/status.json", json.encode(run.status) .. "\n", { durable = false })
  run.before = #run:metrics()
  return runs.begun(run)
end

--- The runs below a folder, to be filtered, sorted and shown.
---
--- Rows have id, name, state (running, done, failed, interrupted, or damaged for a folder that cannot be read,
--- with its problem), path, started, ended, seconds, tags, config and metrics (by name: last, lowest, highest and
--- the steps at which they were). What is returned is a list of them (`#`, `ipairs`) with these methods, each of
--- which gives another such list:
---   runs:where { lr = 0.1, state = "done", ["selector.name"] = "GradMatch", epochs = { ">=", 10 } }
---         conditions are values, functions of the value, { "in", a, b } or { operator, value }; keys are those of
---         rows, configurations (nested ones with dots) and metrics, in this order, or config.KEY, metrics.NAME
---   runs:sort("started", { descending = true })
---   runs:best("accuracy", { of = "last" or "best", lowest = … })   those that have it, the best first
---   runs:table { columns = { "name", "lr", "accuracy" }, limit = 10 }   { columns =, rows = }; prints itself
---   runs:rows()                                                    plain tables
---
--- An index, index.sqlite, stands beside the folders; it is brought up to date here, made anew when it is damaged
--- and may be deleted. On a network file system, where it would not be safe, and in a folder that cannot be
--- written to, the folders themselves are read; runs.note says why.
---
--- Example:
---     for _, lr in ipairs { 0.1, 0.2 } do
---       local run = th.runs.create { root = scratch, config = { lr = lr } }
---       run:finish { accuracy = 1 - lr }
---     end
---     local runs = th.runs.open(scratch)
---     assert(#runs == 2 and #runs:where { lr = { ">", 0.15 } } == 1)
---     assert(runs:where { state = "done" }:best("accuracy")[1].config.lr == 0.1)
---@param root string the folder that holds the folders of runs
---@return RunQuery runs
function M.open(root)
  if type(root) ~= "string" then error("runs.open: needs a folder, got " .. options.shown(root), 2) end
  local index = native.open_index(root)
  return require("thresh.runs.query").all(index, root)
end

--- Begins a TensorBoard event file in a folder: `tensorboard --logdir runs` shows it while it grows.
---
--- What is returned has the methods scalar, histogram and image, each (tag, value, step), and close. A histogram
--- takes a tensor or a list of numbers, an image what th.data.save_png takes. Every event is in the file when the
--- call returns.
---
--- Example:
---     local events = th.runs.tensorboard(scratch)
---     events:scalar("loss/train", 0.5, 1)
---     events:histogram("weights", th.randn(100), 1)
---     events:image("batch", th.zeros(3, 8, 8, { dtype = "uint8" }), 1)
---     events:close()
---     assert(events.path:find "tfevents")
---@param folder string
---@return EventWriter writer
function M.tensorboard(folder) return require "thresh.runs.tensorboard"(folder) end

return M
