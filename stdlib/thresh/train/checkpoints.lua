-- SPDX-License-Identifier: Apache-2.0
-- The folder of a run's checkpoints: written whole or not at all, the last few kept, the last good one found.
--
-- A checkpoint is two files. NAME.safetensors has the tensors, and all else as JSON in its metadata; NAME.json,
-- written last, has its SHA-256: without it, or with another, the checkpoint is none. NAME is the position:
-- the epochs that are done, and the batches of the next one.

local core = require "thresh.core"
local json = require "thresh.json"
local pack = require "thresh.train.pack"

local format, version = "thresh-checkpoint", 2

local Checkpoints = {}
Checkpoints.__index = Checkpoints

local function warn(...) io.stderr:write("\nwarning: ", string.format(...), "\n") end

local function message_of(problem)
  return type(problem) == "table" and tostring(problem.message) or tostring(problem)
end

-- A file, opened; an error is the system's reason alone.
local function opened(path, mode)
  local stream, problem = io.open(path, mode)
  if not stream then error(problem, 0) end
  return stream
end

-- Calls f; an error is raised again with what could not be done in front.
local function doing(what, f, ...)
  local results = table.pack(pcall(f, ...))
  if not results[1] then error(what .. ": " .. message_of(results[2]), 0) end
  return table.unpack(results, 2, results.n)
end

--- The checkpoints at `path`, of which the last `keep` are kept. The folder is made, and what a killed run was
--- in the middle of writing is removed. Raises an error where nothing can be written.
function Checkpoints.open(path, keep)
  local self = setmetatable({ path = path, keep = keep }, Checkpoints)
  doing("train: checkpoints cannot be written to '" .. path .. "'", function()
    core.make_directory(path)
    for _, name in ipairs(core.list_directory(path)) do
      if name:find "%.tmp$" then os.remove(path .. "/" .. name) end
    end
    local probe = path .. "/.writable"
    opened(probe, "w"):close()
    os.remove(probe)
  end)
  return self
end

-- The names of all files that end alike, the newest first.
local function names(self, suffix)
  local found = {}
  for _, name in ipairs(core.list_directory(self.path)) do
    found[#found + 1] = name:match("^(%d+%-%d+)%." .. suffix .. "$")
  end
  table.sort(found, function(a, b) return a > b end)
  return found
end

local function file(self, name, suffix) return self.path .. "/" .. name .. "." .. suffix end

local function remove(self, name)
  os.remove(file(self, name, "json"))
  os.remove(file(self, name, "safetensors"))
end

-- Keeps the last ones up to `newest`: what lies behind is of a run that was resumed from before it. One file of
-- the two alone, as of a run that was killed between them, goes too.
local function prune(self, newest)
  local kept, parts = 0, {}
  local files = names(self, "%a+")
  for _, name in ipairs(files) do parts[name] = (parts[name] or 0) + 1 end
  for i, name in ipairs(files) do
    if name ~= files[i - 1] then
      if parts[name] == 2 and name <= newest and kept < self.keep then kept = kept + 1 else remove(self, name) end
    end
  end
end

--- Writes the state at a position, { epochs, batches }, and removes those that are no longer kept. Returns the
--- checkpoint's name.
function Checkpoints:write(position, state)
  local name = string.format("%06d-%08d", position.epochs, position.batches)
  local path = file(self, name, "safetensors")
  doing("train: the checkpoint '" .. path .. "' cannot be written", function()
    local text, tensors = pack.pack(state)
    core.save_safetensors(path, tensors, { metadata = { format = format, state = text } })
    core.write_file(file(self, name, "json"), json.encode {
      format = format, version = version, epochs = position.epochs, batches = position.batches,
      sha256 = core.sha256(path),
    } .. "\n")
  end)
  prune(self, name)
  return name
end

-- The file of a checkpoint's tensors; raises why it is none.
local function checked(self, name)
  local stream = opened(file(self, name, "json"), "rb")
  local text = stream:read "a"
  stream:close()
  local head = core.parse_json(text)
  if type(head) ~= "table" or head.format ~= format then error("it is no " .. format, 0) end
  if head.version ~= version then
    error(string.format("it has version %s, version %d is needed", tostring(head.version), version), 0)
  end
  local path = file(self, name, "safetensors")
  if core.sha256(path) ~= head.sha256 then error("its SHA-256 is not the one that was written down", 0) end
  return path
end

-- The state of a checkpoint; raises why it is none.
local function read(self, name)
  local tensors, metadata = core.load_safetensors(checked(self, name))
  return pack.unpack(metadata.state, tensors)
end

--- Whether the checkpoint of a name in a folder is what was written down.
function Checkpoints.is_good(path, name) return (pcall(checked, { path = path }, name)) end

--- The state of the last good checkpoint, and its name; nil without any. Broken ones are told of and passed
--- over; where all are broken, that is an error.
function Checkpoints:newest()
  local all = names(self, "json")
  for i, name in ipairs(all) do
    local ok, found = pcall(read, self, name)
    if ok then return found, name end
    warn("the checkpoint '%s' is broken (%s)%s", file(self, name, "json"), message_of(found),
      all[i + 1] and "; the one before is used" or "")
  end
  if #all > 0 then
    error(string.format("train: none of the %d checkpoints in '%s' can be read; resume = false starts afresh", #all,
      self.path), 0)
  end
end

--- Removes all: a run that starts afresh has none.
function Checkpoints:clear()
  for _, suffix in ipairs { "json", "safetensors" } do
    for _, name in ipairs(names(self, suffix)) do remove(self, name) end
  end
end

return Checkpoints
