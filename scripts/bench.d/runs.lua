-- SPDX-License-Identifier: Apache-2.0
-- Lists many runs: whole processes of `thresh runs list` that make the index, find it up to date, filter and sort,
-- and find one run changed. One JSON line each.
-- usage: scripts/bench runs [--runs N] [--settings K] [--rows R] [--repeat T]

local th = require "thresh"
local json = require "thresh.json"
local native = require "thresh.runs.native"
local report = dofile((arg[0]:gsub("runs%.lua$", "report.lua")))

local o = th.arguments {
  runs = { 10000, "runs" }, settings = { 20, "settings of each" }, rows = { 20, "rows of metrics of each" },
  ["repeat"] = { 11, "processes" },
}

local root = os.tmpname()
os.remove(root)
th.make_directory(root)

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

-- As th.runs.create writes them, but not through to the disk.
local machine = native.machine()
for i = 1, o.runs do
  local path = string.format("%s/2026-01-01-bench-%08x", root, i)
  th.make_directory(path)
  local config, rows = { seed = i, lr = 0.001 * (i % 7 + 1) }, {}
  for k = 1, o.settings - 2 do config["option_" .. k] = k end
  for e = 1, o.rows do
    rows[e] = json.encode { epoch = e, loss = 1 / e, accuracy = 1 - 1 / (e + i % 5), seconds = e * 0.5 } .. "\n"
  end
  write(path .. "/config.json", json.encode(config) .. "\n")
  write(path .. "/provenance.json", json.encode { name = "bench", id = string.format("%08x", i), host = machine.host })
  write(path .. "/metrics.jsonl", table.concat(rows))
  write(path .. "/status.json", json.encode {
    state = "done", started = "2026-01-01T00:00:00Z", ended = "2026-01-01T00:10:00Z", seconds = 600.0,
    result = { accuracy = 1 - 1 / (o.rows + i % 5) },
  })
end

local thresh = arg[-1]
local function list(words)
  local command = string.format("'%s' runs list --root '%s' %s >'%s/.list' 2>&1", thresh, root, words, root)
  return function() assert(os.execute(command)) end
end

local function measure(what, times)
  table.sort(times)
  local median, least, most = report.spread(times)
  report.line {
    { "bench", "runs" }, { "what", what }, { "runs", o.runs }, { "settings", o.settings }, { "rows", o.rows },
    { "processes", #times }, { "seconds", median }, { "min", least }, { "max", most },
  }
end

local function timed(f, before)
  local times = {}
  for i = 1, o["repeat"] do
    if before then before(i) end
    local start = th.clock()
    f()
    times[i] = th.clock() - start
  end
  return times
end

local start = th.clock()
list("")()
measure("first", { th.clock() - start })
measure("list", timed(list ""))
measure("filter and best", timed(list "'lr>0.003' --best accuracy --limit 20"))
measure("one changed", timed(list "", function(i)
  write(string.format("%s/2026-01-01-bench-%08x/metrics.jsonl", root, i), '{"epoch":1,"loss":0.5}\n')
end))
os.execute("rm -r '" .. root .. "'")
