-- SPDX-License-Identifier: Apache-2.0
-- A sweep on a real Slurm of two nodes, which this script starts and takes down again: as root, with Debian's
-- slurm-wlm.
--
--   thresh Tests/Scripts/slurm.lua SCRATCH
local scratch = assert(arg[1])
local th = require "thresh"
local command_line = require "thresh.command_line"
local native = require "thresh.sweep.native"

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = io.open(path, "r")
  local text = file and file:read "a" or ""
  if file then file:close() end
  return text
end

local function output(line)
  local pipe = assert(io.popen(line .. " 2>&1", "r"))
  local text = pipe:read "a"
  return text, pipe:close()
end

-- Waits until f() gives something true; an error with `what` after some seconds.
local function wait(what, seconds, f)
  local deadline = th.clock() + seconds
  repeat
    local value = f()
    if value then return value end
    native.sleep(0.1)
  until th.clock() > deadline
  error(string.format("after %d s: %s\nqueue:\n%snodes:\n%slog of the controller:\n%s", seconds, what,
    output "squeue -r", output "sinfo -N", output("tail -n 20 " .. scratch .. "/slurmctld.log")), 0)
end

-- A cluster of our own. Its processes are children of this one and end with it.
local host = output "hostname":match "%S+"
local port = 20000 + native.process_id() % 20000
th.make_directory(scratch .. "/state")
th.make_directory(scratch .. "/spool")
write(scratch .. "/slurm.conf", ([[
ClusterName=thresh
SlurmctldHost=HOST(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000
StateSaveLocation=DIR/state
SlurmdSpoolDir=DIR/spool/%n
SlurmctldPidFile=DIR/slurmctld.pid
SlurmdPidFile=DIR/slurmd-%n.pid
SlurmctldLogFile=DIR/slurmctld.log
SlurmdLogFile=DIR/slurmd-%n.log
SlurmctldPort=PORT0
SlurmdTimeout=5
KillWait=5
MaxArraySize=4
NodeName=n1 NodeHostname=HOST NodeAddr=127.0.0.1 Port=PORT1 CPUs=2 RealMemory=1000
NodeName=n2 NodeHostname=HOST NodeAddr=127.0.0.1 Port=PORT2 CPUs=2 RealMemory=1000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
]]):gsub("HOST", host):gsub("DIR", scratch):gsub("PORT(%d)", function(n) return tostring(port + n) end))
local conf = { SLURM_CONF = scratch .. "/slurm.conf" }
native.start({ "/usr/sbin/slurmctld", "-D", "-c", "-f", conf.SLURM_CONF }, conf, scratch .. "/out")
local nodes = {}
for _, name in ipairs { "n1", "n2" } do
  nodes[name] = native.start({ "/usr/sbin/slurmd", "-D", "-N", name, "-f", conf.SLURM_CONF }, conf, scratch .. "/out")
end

-- What scripts and Slurm's commands need to find the cluster.
local prefix = "SLURM_CONF=" .. conf.SLURM_CONF .. " "
local own_output = output
output = function(line) return own_output(prefix .. line) end
wait("the nodes are not idle", 60, function() return select(2, output "sinfo -h -N -o '%T'":gsub("idle", "")) == 2 end)

-- A trial that tells where it runs; those of x = 1 wait for a file.
write(scratch .. "/sweep.lua", [[
local th = require "thresh"
local folder = arg[1]
local function there(name)
  local file = io.open(folder .. "/" .. name)
  return file and file:close()
end
local found = th.sweep {
  name = "s", root = arg[2], grid = { x = { 1, 2, 3 }, seed = { 1, 2 } }, quiet = true,
  slurm = { time = "10:00" },
  trial = function(p, run)
    local file = io.open(folder .. "/log", "a")
    file:write(string.format("begin %d %d %s\n", p.x, p.seed, os.getenv "SLURMD_NODENAME" or "here"))
    file:close()
    while p.x == 1 and not there "go" do os.execute "sleep 0.1" end
    return { y = p.x * 10 + p.seed }
  end,
}
print(found)
]])
local thresh = command_line.quoted(native.executable())
local function run(root, more)
  local text, ok = output(string.format("%s %s/sweep.lua %s %s/%s --set x=1,2,3 %s", thresh, scratch, scratch, scratch,
    root, more))
  if not ok then error(text, 0) end
  return text
end
local function sweep(command, root)
  local text, ok = output(string.format("%s sweep %s s --root %s/%s", thresh, command, scratch, root))
  if not ok then error(text, 0) end
  return text
end

-- Six cells in four tasks, for the array may not be longer.
local text = run("runs", "--launcher slurm")
local job = assert(text:match "sweep s: job (%d+), 4 tasks for 6 cells", text)
local log = scratch .. "/log"
local node = wait("no cell that waits was begun", 60, function() return read(log):match "begin 1 1 (%w+)" end)

-- That node dies, with all that runs on it.
assert(sweep("status", "runs"):find "running")
native.stop(nodes[node], true)
for pid in own_output("grep -lsz '^SLURMD_NODENAME=" .. node .. "$' /proc/[0-9]*/environ"):gmatch "/proc/(%d+)/" do
  local parent = read("/proc/" .. pid .. "/stat"):match "^.*%) %S (%d+)"
  for _, id in ipairs { parent, pid } do
    if id and id ~= "1" and read("/proc/" .. id .. "/comm"):find "^%w" and id ~= tostring(native.process_id()) then
      os.execute("kill -9 " .. id .. " 2>/dev/null")
    end
  end
end
write(scratch .. "/go", "")
wait("the sweep does not end behind the loss of a node", 280, function()
  return sweep("status", "runs"):find "6 cells, 6 done"
end)
assert(select(2, read(log):gsub("begin 1 1 ", "")) == 2, read(log))
for _, cell in ipairs { "2 1", "2 2", "3 1", "3 2" } do
  assert(select(2, read(log):gsub("begin " .. cell .. " ", "")) <= 2, read(log))
end

-- The table is that of workers on this machine.
local here = run("local", "--jobs 2")
assert(sweep("collect", "runs") == here, sweep("collect", "runs") .. here)
assert(run("runs", "--launcher slurm"):find "nothing to submit")

-- A job that is cancelled leaves the queue, and its cells are there to be run.
os.remove(scratch .. "/go")
nodes[node] = native.start({ "/usr/sbin/slurmd", "-D", "-N", node, "-f", conf.SLURM_CONF }, conf, scratch .. "/out")
run("other", "--launcher slurm")
wait("no cell was begun", 120, function() return sweep("status", "other"):find "running" end)
-- USR1, which Slurm sends before the time is up, puts a task back into the queue and its cell into the pool.
local task = output "squeue -h -r -t R -o %i":match "%S+"
output("scancel --signal=USR1 --batch " .. task)
wait("the task does not go back into the queue", 60, function()
  return output("scontrol show job " .. task):find "Restarts=1"
end)
assert(sweep("status", "other"):find "interrupted", sweep("status", "other"))
assert(sweep("cancel", "other"):find "cancelled")
wait("the job does not end", 60, function() return not output "squeue -h":find "%S" end)
write(scratch .. "/go", "")
assert(run("other", "--jobs 2") == here)
print "ok"
