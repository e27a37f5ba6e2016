-- SPDX-License-Identifier: Apache-2.0
-- Where a run's numbers come from: product, code, command line, machine and data.

local quoted = require("thresh.command_line").quoted
local native = require "thresh.runs.native"
local json = require "thresh.json"
local options = require "thresh.options"

local M = {}

-- The output of a command without its last newline; nil when it fails or says nothing.
local function output(command)
  local pipe = io.popen and io.popen(command .. " 2>/dev/null", "r")
  if not pipe then return nil end
  local text = pipe:read "a":gsub("\n$", "")
  return pipe:close() and text ~= "" and text or nil
end

-- The folder of the running script.
local function script_folder()
  local script = arg and type(arg[0]) == "string" and arg[0] or ""
  return script:match "^(.*)/[^/]*$" or "."
end

local states = {}

--- The commit of the script's repository, and a digest of what tracked files have beyond it; nil outside of one.
--- Asked once by a process: what it runs was read when it began.
function M.git()
  local folder = script_folder()
  if states[folder] == nil then
    local git = "git -C " .. quoted(folder) .. " "
    local commit = output(git .. "rev-parse HEAD")
    local dirty = commit
      and output(git .. "diff --quiet HEAD || " .. git .. "diff HEAD | git hash-object --stdin")
    states[folder] = commit and { commit = commit, dirty = dirty } or false
  end
  return states[folder] or nil
end

-- The words that started the program, as far as Lua knows them.
local function command_line()
  local words = json.list {}
  if type(arg) ~= "table" then return words end
  local first = 0
  while arg[first - 1] ~= nil do first = first - 1 end
  for i = first, #arg do words[#words + 1] = tostring(arg[i]) end
  return words
end

local function described(data, what, level)
  local ok, fingerprint = pcall(function() return data:fingerprint() end)
  if not ok then
    error(string.format("runs.create: %s must be a dataset, got %s", what, options.shown(data)), level + 1)
  end
  return { name = data.name, n = #data, fingerprint = fingerprint }
end

-- A dataset, or a table of datasets by part.
local function datasets(data, level)
  if data == nil then return nil end
  if type(data) ~= "table" then return described(data, "option 'data'", level + 1) end
  local parts = {}
  for name, part in pairs(data) do
    -- What data.cifar10 and others give beside the parts: numbers and texts.
    if type(part) == "userdata" then
      parts[name] = described(part, "'" .. tostring(name) .. "' of option 'data'", level + 1)
    end
  end
  return parts
end

--- The record of a run that begins now.
function M.of(data, level)
  local m = native.machine()
  return {
    version = m.version, git = M.git(), command = command_line(), host = m.host,
    cpu = m.cpu, cores = m.cores, level = m.level, blas = m.blas, convolution = m.convolution,
    threads = m.threads, load = m.load, data = datasets(data, level + 1),
  }
end

return M
