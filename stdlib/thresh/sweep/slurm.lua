-- SPDX-License-Identifier: Apache-2.0
-- A sweep for other machines: as one job array of Slurm, or as commands for any other scheduler.
--
-- Slurm's accounting is not needed: what became of a cell is in the sweep's own folder.

local core = require "thresh.core"
local commands = require "thresh.sweep.command"
local native = require "thresh.sweep.native"
local options = require "thresh.options"
local command_line = require "thresh.command_line"
local store_module = require "thresh.sweep.store"

local M = {}

local function fail(...) error(string.format(...), 0) end

-- What a command prints; nil and its complaint when it fails.
local function output(line)
  local pipe = io.popen(line .. " 2>&1", "r")
  local text = pipe:read "a"
  local ok = pipe:close()
  if ok then return text end
  return nil, text
end

M.output = output

local function missing(sweep)
  sweep.store:count(sweep.cells)
  local cells = {}
  for _, cell in ipairs(sweep.cells) do
    if not sweep.store.records[cell.hash] then cells[#cells + 1] = cell end
  end
  return cells
end

--- Prints a command for each cell that has no result, one a line.
function M.print(sweep, command)
  local folder = commands.folder()
  for _, cell in ipairs(missing(sweep)) do print(commands.cells_line(command, folder, tostring(cell.number))) end
end

--- How many tasks an array may have: their numbers are below MaxArraySize.
function M.array_limit()
  local text, problem = output "scontrol show config"
  if not text then fail("sweep: Slurm cannot be asked for its settings: %s", (problem:gsub("%s+$", ""))) end
  local limit = math.tointeger(tonumber(text:match "MaxArraySize%s*=%s*(%d+)"))
  return limit or fail "sweep: 'scontrol show config' names no MaxArraySize"
end

--- Parts of `count` things among `tasks`, as even as can be: the first and last number of each.
function M.slices(count, tasks)
  local slices, first = {}, 1
  for i = 1, tasks do
    local last = count * i // tasks
    slices[i] = { first = first, last = last }
    first = last + 1
  end
  return slices
end

-- Numbers as "1,4-6".
local function ranges(numbers)
  local parts, i = {}, 1
  while i <= #numbers do
    local j = i
    while numbers[j + 1] == numbers[j] + 1 do j = j + 1 end
    parts[#parts + 1] = i == j and tostring(numbers[i]) or numbers[i] .. "-" .. numbers[j]
    i = j + 1
  end
  return table.concat(parts, ",")
end

M.ranges = ranges

-- USR1 comes before the time is up, TERM when the job is ended from outside: both let the run keep its state. Behind
-- the first, the task goes to the queue again.
local batch = [[
#!/bin/bash
#SBATCH --job-name=%s
#SBATCH --array=0-%d%s
#SBATCH --cpus-per-task=%d
#SBATCH --output=%s/slurm/%%A_%%a.out
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@90
%scd %s || exit 1
%scells=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" %s)
%s --cells "$cells" &
child=$! again=
trap 'kill -TERM "$child"' TERM
trap 'again=1; kill -TERM "$child"' USR1
while wait "$child"; status=$?; kill -0 "$child" 2>/dev/null; do :; done
if [ -n "$again" ] && [ "$status" -ge 128 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 100 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
]]

local rules = {
  time = { "string" }, memory = { "string" }, cpus = { "integer", default = 1, from = 1 }, partition = { "string" },
  tasks = { "integer", from = 1 }, parallel = { "integer", from = 1 }, setup = { "string", default = "" },
  options = { "table", default = {} },
}

--- The batch script for a sweep's missing cells: its text, and the lines of the file of cells.
function M.script(sweep, command, cells, limit, paths)
  local o = options.check("sweep: slurm", sweep.slurm or {}, rules, 2)
  local tasks = math.min(#cells, limit, o.tasks or math.huge)
  local lines = {}
  for i, slice in ipairs(M.slices(#cells, tasks)) do
    local numbers = {}
    for k = slice.first, slice.last do numbers[#numbers + 1] = cells[k].number end
    lines[i] = ranges(numbers) .. "\n"
  end
  local extra = {}
  if o.time then extra[#extra + 1] = "--time=" .. o.time end
  if o.memory then extra[#extra + 1] = "--mem=" .. o.memory end
  if o.partition then extra[#extra + 1] = "--partition=" .. o.partition end
  for _, option in ipairs(o.options) do extra[#extra + 1] = tostring(option) end
  local settings = ""
  for _, option in ipairs(extra) do settings = settings .. "#SBATCH " .. option .. "\n" end
  local words = commands.words(command)
  table.insert(words, 2, "--threads=" .. o.cpus)
  return batch:format(sweep.name, tasks - 1, o.parallel and "%" .. o.parallel or "", o.cpus, paths.sweep, settings,
    command_line.quoted(paths.folder), o.setup ~= "" and o.setup .. "\n" or "", command_line.quoted(paths.cells),
    command_line.line(words)), lines
end

local function absolute(folder, path) return path:sub(1, 1) == "/" and path or folder .. "/" .. path end

--- Submits the cells that have no result as one job array, and says how to follow it.
function M.slurm(sweep, command)
  local store = sweep.store
  local cells = missing(sweep)
  if #cells == 0 then
    print(string.format("sweep %s: every cell is recorded; nothing to submit", sweep.name))
    return
  end
  local limit = M.array_limit()
  core.make_directory(store:path "slurm")
  local write = core.write_file
  local number = 1
  while store_module.read(store:path("slurm", number .. ".sh")) do number = number + 1 end
  local folder = commands.folder()
  local list = store:path("slurm", number .. ".cells")
  local text, lines = M.script(sweep, command, cells, limit,
    { folder = folder, sweep = absolute(folder, store.folder), cells = list })
  write(list, table.concat(lines))
  local path = store:path("slurm", number .. ".sh")
  write(path, text)
  local job, problem = output("sbatch --parsable " .. command_line.quoted(path))
  job = job and job:match "(%d+)[^\n]*%s*$"
  if not job then fail("sweep: sbatch has refused %s: %s", path, ((problem or "no job number"):gsub("%s+$", ""))) end
  native.publish(store:path("slurm", number .. ".job"), job .. "\n")
  print(string.format("sweep %s: job %s, %d tasks for %d cells", sweep.name, job, #lines, #cells))
  local root = store.root == "runs" and "" or " --root " .. command_line.quoted(store.root)
  print(string.format("thresh sweep status|collect|cancel %s%s follows it", sweep.name, root))
end

--- The numbers of the jobs that were submitted for a sweep.
function M.jobs(store)
  local jobs, number = {}, 1
  while true do
    local text = store_module.read(store:path("slurm", number .. ".job"))
    if not text and not store_module.read(store:path("slurm", number .. ".sh")) then return jobs end
    if text then jobs[#jobs + 1] = text:match "%d+" end
    number = number + 1
  end
end

return M
