-- SPDX-License-Identifier: Apache-2.0
-- Runs as folders: what is written, read again, refused, and what queries over many of them give.
local th = require "thresh"
local json = require "thresh.json"
local folder, scripts = ...
local refused = dofile(scripts .. "/support.lua").refused
local runs = th.runs

local function text(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function write(path, content)
  local file <close> = assert(io.open(path, "wb"))
  file:write(content)
end

local nan = 0 / 0

-- Everything that is written is read back: NaN, infinities, integers, lists and names.
do
  local root = folder .. "/written"
  local data = th.data.digits()
  local run = runs.create {
    root = root, name = "table-1.b", config = { lr = 0.1, clip = math.huge, widths = { 1, 2 }, select = { name = "é\n" } },
    seed = 7, tags = { "x", "y" }, data = data,
  }
  assert(run.path:find("^" .. root:gsub("%p", "%%%0") .. "/%d%d%d%d%-%d%d%-%d%d%-table%-1%.b%-%x%x%x%x%x%x%x%x$"), run.path)
  assert(tostring(run):find "running" and run.config.seed == 7 and run.config.clip == math.huge)
  run:log { epoch = 1, loss = nan, rate = math.huge, low = -math.huge, count = 3, ok = true, note = "a\nb" }
  run:log { epoch = 2, loss = 0.1 }
  -- A row is in the file when log returns.
  local _, lines = text(run.path .. "/metrics.jsonl"):gsub("\n", "")
  assert(lines == 2)
  run:write "one\n"
  run:write "two\n"
  run:save("notes.json", { nan, { a = 1 } })
  assert(text(run.path .. "/log.txt") == "one\ntwo\n" and text(run.path .. "/notes.json") == '["nan",{"a":1}]\n')
  write(run:file "figures/deep/a.svg", "svg")
  run:finish { accuracy = 0.5, worst = nan }
  local read = runs.load(run.path .. "/")
  assert(read.path == run.path and read.id == run.id and read.name == "table-1.b" and read.config.lr == 0.1)
  assert(read.config.widths[2] == 2 and read.config.select.name == "é\n" and read.config.clip == math.huge)
  assert(read.status.state == "done" and read.status.result.accuracy == 0.5 and read.status.result.worst ~= read.status.result.worst)
  local rows, unreadable = read:metrics()
  assert(#rows == 2 and unreadable == 0 and rows[1].loss ~= rows[1].loss and rows[1].rate == math.huge)
  assert(rows[1].low == -math.huge and math.type(rows[1].count) == "integer" and rows[1].ok == true and rows[1].note == "a\nb")
  assert(rows[2].loss == 0.1)
  local p = read.provenance
  assert(p.seed == 7 and p.tags[2] == "y" and p.level == th.cpu_level() and p.threads == th.num_threads())
  for _, name in ipairs { "version", "host", "cpu", "blas", "convolution" } do assert(type(p[name]) == "string", name) end
  assert(p.cores >= 1 and p.load >= 0 and p.command)
  for part, set in pairs { train = data.train, test = data.test } do
    assert(p.data[part].fingerprint == set:fingerprint() and p.data[part].n == #set)
  end
  assert(runs.create { root = root, data = data.train }.provenance.data.name == data.train.name)
  -- No draft of a file is left behind.
  for _, name in ipairs(th.list_directory(run.path)) do assert(not name:find "tmp", name) end
end

-- What does not fit is refused before anything is written.
do
  local root = folder .. "/refused"
  local function create(more)
    local given = { root = root }
    for key, value in pairs(more) do given[key] = value end
    return runs.create(given)
  end
  refused({ "unknown option 'nam'", "did you mean 'name'" }, create, { nam = "x" })
  refused({ "runs.load", "at most 4095 bytes", "got one of 5000" }, runs.load, ("x"):rep(5000))
  refused({ "'name'", "'a/b'" }, create, { name = "a/b" })
  refused({ "'id'", "''" }, create, { id = "" })
  refused({ "config", "'select.f'", "a function" }, create, { config = { select = { f = print } } })
  refused({ "config", "key" }, create, { config = { 1, 2, x = 3 } })
  refused({ "config", "list" }, create, { config = { 1, 2 } })
  local cyclic = {}
  cyclic.cyclic = cyclic
  refused({ "nested deeper than 32" }, create, { config = cyclic })
  assert(not pcall(th.list_directory, root), "a refused run has made a folder")
  local run = create { id = "0badcafe" }
  refused({ "there already" }, create, { id = "0badcafe" })
  refused({ "run:log", "empty" }, run.log, run, {})
  refused({ "run:log", "a list" }, run.log, run, { 1 })
  refused({ "run:log", "'x'", "a function" }, run.log, run, { x = print })
  refused({ "run:write", "nil" }, run.write, run)
  for _, path in ipairs { "/etc/x", "../x", "a/../../x", "", ".." } do
    refused({ "run:file", "inside" }, run.file, run, path)
  end
  refused({ "run:finish", "table" }, run.finish, run, 3)
  run:interrupt()
  for _, method in ipairs { "finish", "fail", "interrupt" } do
    refused({ "run:" .. method, "interrupted already" }, run[method], run)
  end
  local read = runs.load(run.path)
  refused({ "run:log", "to be read" }, read.log, read, { a = 1 })
  refused({ "run:finish", "to be read" }, read.finish, read)
  refused({ "runs.load", "none" }, runs.load, root .. "/none")
  refused({ "runs.load", "nil" }, runs.load)
  refused({ "No such file" }, runs.open, root .. "/none")
  refused({ "runs.open", "got 3" }, runs.open, 3)
  write(run.path .. "/status.json", '{"state":')
  refused({ "status.json", "offset 9" }, runs.load, run.path)
end

-- An error keeps its message and traceback.
do
  local run = runs.create { root = folder .. "/failed" }
  local ok, problem = pcall(th.ones, "x")
  assert(not ok)
  run:fail(problem)
  local status = runs.load(run.path).status
  assert(status.state == "failed" and status.error.message == problem.message and status.error.traceback)
  local other = runs.create { root = folder .. "/failed" }
  other:fail "boom"
  assert(runs.load(other.path).status.error.message == "boom")
end

-- A line that was cut off is passed over, and taken away before more is written.
do
  local run = runs.create { root = folder .. "/torn" }
  run:log { epoch = 1 }
  run:log { epoch = 2 }
  run:close()
  local path = run.path .. "/metrics.jsonl"
  local whole = text(path)
  write(path, whole .. '{"epoch":3,"lo')
  local rows, unreadable = runs.load(run.path):metrics()
  assert(#rows == 2 and unreadable == 1)
  local again = runs.reopen(run.path)
  assert(text(path) == whole and again.status.state == "running")
  again:log { epoch = 3 }
  again:rewind(function(row) return row.epoch ~= 2 end)
  again:log { epoch = 4 }
  again:finish()
  rows, unreadable = runs.load(run.path):metrics()
  assert(#rows == 3 and unreadable == 0 and rows[1].epoch == 1 and rows[2].epoch == 3 and rows[3].epoch == 4)
end

-- A run that another process writes is not opened again; once that is gone, it is.
do
  local run = runs.create { root = folder .. "/alive" }
  local sleeper = assert(io.popen("sleep 60 >/dev/null 2>&1 & echo $!", "r"))
  local pid = sleeper:read "n"
  sleeper:close()
  local stat = text("/proc/" .. math.tointeger(pid) .. "/stat")
  local fields = {}
  for field in stat:match "%) (.*)":gmatch "%S+" do fields[#fields + 1] = field end
  local status = json.decode(text(run.path .. "/status.json"))
  status.writer.pid, status.writer.started = math.tointeger(pid), math.tointeger(fields[20])
  write(run.path .. "/status.json", json.encode(status))
  refused({ "runs.reopen", "process " .. math.tointeger(pid) }, runs.reopen, run.path)
  assert(runs.open(folder .. "/alive")[1].state == "running")
  os.execute("kill -9 " .. math.tointeger(pid))
  local gone
  for _ = 1, 1000 do
    gone = runs.open(folder .. "/alive")[1]
    if gone.state == "interrupted" then break end
    os.execute "sleep 0.01"
  end
  assert(gone.state == "interrupted" and gone.problem:find "is gone")
  assert(runs.reopen(run.path).status.state == "running")
end

-- Queries.
do
  local root = folder .. "/many"
  th.make_directory(root)
  assert(#runs.open(root) == 0 and tostring(runs.open(root)):find "no runs" and #runs.open(root):where { lr = 1 } == 0)
  for i = 1, 6 do
    local run = runs.create {
      root = root, name = "n" .. i, id = string.format("%08x", i), tags = { "tag" .. i % 2 },
      config = { lr = i / 10, select = { name = i < 3 and "A" or "B" }, on = i > 3, same = 1 }, seed = i,
    }
    for epoch = 1, 3 do
      run:log { epoch = epoch, accuracy = epoch == 2 and 0.9 - i / 100 or i / 100, loss = i == 2 and nan or i / epoch }
    end
    if i == 6 then run:fail "boom" elseif i < 5 then run:finish { final = i == 3 and nan or 10 * i } end
  end
  local all = runs.open(root)
  local function ids(query)
    local found = {}
    for i, row in ipairs(query) do found[i] = tostring(math.tointeger(tonumber(row.id, 16))) end
    return table.concat(found, " ")
  end
  assert(all.note == nil and #all == 6)
  local sorted = all:sort "id"
  for _, case in ipairs {
    { { lr = 0.1 }, "1" }, { { lr = { ">", 0.3 } }, "4 5 6" }, { { lr = { "<=", 0.2 }, on = false }, "1 2" },
    { { ["select.name"] = "B", state = "done" }, "3 4" }, { { state = { "~=", "done" } }, "5 6" },
    { { lr = { "in", 0.2, 0.5 } }, "2 5" }, { { lr = function(lr) return lr > 0.45 end }, "5 6" },
    { { tags = "tag0" }, "2 4 6" }, { { on = true }, "4 5 6" }, { { final = { ">", 15 } }, "2 4" },
    { { final = function(final) return final ~= final end }, "3" }, { { ["config.lr"] = 0.6 }, "6" },
    { { ["metrics.accuracy"] = { ">=", 0.05 } }, "5 6" }, { { ["accuracy.highest"] = { ">", 0.865 } }, "1 2 3" },
    { { state = "running" }, "5" }, { { error = "boom" }, "6" }, { { seed = 3 }, "3" }, { {}, "1 2 3 4 5 6" },
    { { state = { ">", 3 } }, "" },
  } do
    local found = ids(sorted:where(case[1]))
    assert(found == case[2], found .. " is not " .. case[2])
  end
  -- The best first: high, low for a loss, NaN behind all, without the metric not at all.
  assert(ids(all:best "accuracy") == "6 5 4 3 2 1" and ids(all:best("accuracy", { of = "best" })) == "1 2 3 4 5 6")
  assert(ids(all:best "loss") == "1 3 4 5 6 2" and ids(all:best("loss", { lowest = false })) == "6 5 4 3 1 2")
  assert(ids(all:best "final") == "4 2 1 3" and ids(all:best("final", { lowest = true })) == "1 2 4 3")
  assert(ids(sorted:sort("lr", { descending = true })) == "6 5 4 3 2 1")
  assert(ids(sorted:sort "final") == "1 2 4 3 5 6" and ids(sorted:sort "error") == "6 1 2 3 4 5")
  -- Rows tell the rest when they are asked.
  local row = sorted[2]
  assert(row.config.select.name == "A" and row.metrics.accuracy.highest == 0.88 and row.metrics.accuracy.highest_step == 2)
  assert(row.metrics.loss.last ~= row.metrics.loss.last and row.metrics.final.last == 20 and row.nothing == nil)
  assert(runs.load(row.path).id == row.id)
  local plain = sorted:rows()
  assert(#plain == 6 and getmetatable(plain[1]) == nil and plain[1].config.lr == 0.1 and plain[6].error == "boom")
  -- Tables.
  local found = all:where { state = "done" }:best "final":table()
  assert(table.concat(found.columns, " ") == "name id state lr on seed select.name final")
  assert(found.rows[1][1] == "n4" and found.rows[1][4] == 0.4 and found.rows[1][5] == "true" and found.rows[1][8] == 40)
  local printed = tostring(sorted:table { columns = { "id", "final", "tags" }, limit = 3 })
  local golden = { "id        final  tags", "---------------------", "00000001     10  tag1", "00000002     20  tag0",
    "00000003    nan  tag1" }
  assert(printed == table.concat(golden, "\n"), printed)
  assert(#tostring(all) > 100)
  -- Mistakes.
  refused({ "'lrr'", "did you mean 'lr'" }, all.where, all, { lrr = 1 })
  refused({ "'lr'", "operator" }, all.where, all, { lr = { "<<", 1 } })
  refused({ "conditions" }, all.where, all, 3)
  refused({ "keys are texts" }, all.where, all, { [1] = 2 })
  refused({ "'lr' is no metric" }, all.best, all, "lr")
  refused({ "unknown option" }, all.best, all, "loss", { highest = true })
  refused({ "one of last, best" }, all.best, all, "loss", { of = "worst" })
  refused({ "'accurracy'", "'accuracy'" }, all.best, all, "accurracy")
  refused({ "'nothing'" }, all.table, all, { columns = { "nothing" } })
end

-- A folder of another shape changes nothing; the index may be deleted.
do
  local root = folder .. "/many"
  th.make_directory(root .. "/sweeps/one")
  th.make_directory(root .. "/2026-01-01-half-0000000f")
  os.remove(root .. "/index.sqlite")
  local all = runs.open(root)
  local half = all:where { id = "0000000f" }
  assert(#all == 7 and #half == 1 and half[1].state == "damaged" and half[1].problem == "status.json is missing")
  assert(half[1].name == "half" and next(half[1].config) == nil and next(half[1].metrics) == nil)
end

-- TensorBoard files grow by the rows that are logged.
do
  local run = runs.create { root = folder .. "/board", tensorboard = true }
  local events = run:tensorboard()
  assert(events.path:find(run.path, 1, true) and tostring(events):find "tfevents")
  local before = #text(events.path)
  run:log { epoch = 1, loss = 0.5, bad = nan, note = "x" }
  assert(#text(events.path) > before)
  events:histogram("w", { 1, 2, 3 }, 1)
  events:image("i", th.zeros(3, 4, 5, { dtype = "uint8" }), 1)
  refused({ "'h' has no finite value" }, events.histogram, events, "h", { nan }, 1)
  refused({ "tag" }, events.scalar, events, nil, 1, 1)
  run:finish()
  refused({ "closed" }, events.scalar, events, "x", 1, 1)
  refused({ "No such file" }, runs.tensorboard, folder .. "/none")
end

return "ok"
