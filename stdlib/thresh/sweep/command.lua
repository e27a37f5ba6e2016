-- SPDX-License-Identifier: Apache-2.0
-- The command line that started a sweep, to start its workers and tasks by.

local core = require "thresh.core"
local command_line = require "thresh.command_line"
local json = require "thresh.json"
local native = require "thresh.sweep.native"
local words = require "thresh.sweep.words"

local M = {}

-- What the start decides and its workers do not.
local own = { jobs = true, retry = true, launcher = true, cells = true, update = true, ["fail-fast"] = true,
  ["max-failures"] = true }

--- The words of this process: { before = flags of the program, script, after = the script's words but those of
--- the start }; nil where no script file runs.
function M.current()
  local script = type(arg) == "table" and arg[0]
  local file = type(script) == "string" and arg[-1] ~= nil and io.open(script, "r")
  if not file then return nil end
  file:close()
  local first, before, after = 0, {}, {}
  while arg[first - 1] ~= nil do first = first - 1 end
  for i = first + 1, -1 do
    -- What the prompt asks for is not for workers.
    if arg[i] ~= "-i" then before[#before + 1] = tostring(arg[i]) end
  end
  local i = 1
  while i <= #arg do
    local name, _, wants = words.option(arg[i])
    if not (name and own[name]) then
      after[#after + 1] = arg[i]
      if wants then after[#after + 1] = arg[i + 1] end
    end
    if wants then i = i + 1 end
    i = i + 1
  end
  return { program = native.executable(), before = before, script = script, after = after }
end

--- The words that start the script again, with others behind.
function M.words(command, more)
  local list = { command.program }
  table.move(command.before, 1, #command.before, 2, list)
  list[#list + 1] = command.script
  table.move(command.after, 1, #command.after, #list + 1, list)
  table.move(more or {}, 1, #(more or {}), #list + 1, list)
  return list
end

--- The folder that the program runs in.
function M.folder()
  local pipe = io.popen("pwd -P", "r")
  local text = pipe and pipe:read "l"
  if pipe then pipe:close() end
  return text or "."
end

--- A line that runs some cells of a sweep, from any folder: numbers is text such as "1,4-6".
function M.cells_line(command, folder, numbers)
  return "cd " .. command_line.quoted(folder) .. " && " .. command_line.line(M.words(command, { "--cells", numbers }))
end

--- Keeps the command in the folder of a sweep, for `thresh sweep`.
function M.keep(store, command)
  local record = { folder = M.folder(), program = command.program, script = command.script,
    before = json.list(command.before), after = json.list(command.after) }
  core.write_file(store:path "command.json", json.encode(record) .. "\n")
end

--- The command that was kept, or nil.
function M.kept(store)
  local text = require("thresh.sweep.store").read(store:path "command.json")
  return text and json.decode(text)
end

return M
