-- SPDX-License-Identifier: Apache-2.0
-- Batch selectors in training, what they leave in the trace, and the trace's tools.
local th = require "thresh"
local select = th.select
local folder, scripts = ...
local support = dofile(scripts .. "/support.lua")
local same_state = support.same_state

local data = th.data.digits { seed = 1 }
local n = #data.train

local run = support.runner(data)
local function refused(part, f, ...) return support.refused({ part }, f, ...) end

-- When a batch is chosen from, by batch number 1 to 6.
local function pattern(selector)
  local text = ""
  for batch = 1, 6 do
    text = text .. (selector.active { batch = batch, elapsed = 0.6, epochs_done = 6 } and "S" or ".")
  end
  return text
end
local phases = {
  [0] = { composer = "SSSSSS", seed = "SSSSSS" }, [1] = { composer = "......", seed = "......" },
  [2] = { composer = "S.S.S.", seed = ".S.S.S" }, [3] = { composer = "SS.SS.", seed = ".SS.SS" },
}
for interrupt, wanted in pairs(phases) do
  for phase, text in pairs(wanted) do
    local selector = select.SelectiveBackprop { variant = phase, interrupt = interrupt }
    assert(pattern(selector) == text, phase .. interrupt .. pattern(selector))
    assert(pattern(select.TopK { phase = phase, interrupt = interrupt }) == text)
  end
end
do
  -- start <= elapsed < finish, in whole epochs.
  local sb = select.SelectiveBackprop {}
  local chosen = 0
  for epoch = 0, 29 do
    if sb.active { batch = 1, elapsed = epoch / 30, epochs_done = epoch } then chosen = chosen + 1 end
  end
  assert(chosen == 12)
  local jiang = select.SelectiveBackprop { variant = "jiang" }
  assert(not jiang.active { batch = 1, elapsed = 0, epochs_done = 0 })
  assert(jiang.active { batch = 2, elapsed = 0.1, epochs_done = 1 })
end

-- Rank sampling as Lua has it.
assert(select.rank_probabilities(8, 0.5):allclose(
  th.tensor({ 1, 3, 5, 7, 9, 11, 13, 15 }, { dtype = "float64" }) / 64, { atol = 1e-12 }))
assert(select.rank_sample({ 3.0, 1.0, 2.0 }, 1):equal(th.tensor { 1, 2, 3 }))
assert(select.rank_sample(th.rand(10), 0.3, { seed = 1, epoch = 2, batch = 3 }).shape[1] == 3)
refused("NaN", select.rank_sample, { 1.0, 0 / 0 }, 0.5)
refused("keep", select.rank_sample, { 1.0 }, 0)
refused("one loss a row", select.rank_sample, th.ones(2, 2), 0.5)

-- Options that do not go together, or not with the variant.
refused("unknown option 'beta'", select.SelectiveBackprop, { beta = 2 })
refused("unknown option 'keep'", select.SelectiveBackprop, { variant = "jiang", keep = 0.5 })
for name, given in pairs {
  statistics = { statistics = "update" }, mode = { mode = "eval" }, scale_factor = { scale_factor = 0.5 }, beta = { beta = 2 },
  keep = { variant = "jiang", keep = 0.5 },
} do refused("option '" .. name .. "' is of", select.RandomBackprop, given) end
refused("variant must be one of", select.SelectiveBackprop, { variant = "jian" })
refused("needs reuse = false", select.SelectiveBackprop, { reuse = true, scale_factor = 0.5 })
refused("queue = false", select.SelectiveBackprop, { variant = "jiang", reuse = true, queue = true })
refused("start must not be above finish", select.TopK, { start = 0.9, finish = 0.1 })
refused("irreducible", select.RHO, {})
refused("nan", select.RHO, { irreducible = { 0 / 0 } })

-- Keeping every row is plain training to the bit: a frozen selecting pass leaves no trace, an updating
-- one moves the running statistics twice.
local plain, vanilla = run {}
local function all(fields)
  fields.name, fields.select = "all", function(info) return th.arange(#info.indices) end
  return fields
end
for _, fields in ipairs {
  { reuse = true }, { reuse = false, statistics = "freeze" }, { reuse = false, statistics = "freeze", queue = true },
} do
  local result, model = run { batch_select = all(fields) }
  local same, name = same_state(vanilla, model)
  assert(same, name)
  assert(result.backwarded == plain.backwarded)
  assert(result.forwarded == (fields.reuse and 1 or 2) * plain.forwarded)
end
do
  local _, model = run { batch_select = all { reuse = false, statistics = "update" } }
  local same, name = same_state(vanilla, model)
  assert(not same and name:find "running")
  -- It moves nothing else: training uses the batch's statistics.
  local other = model:state_dict()
  for name, tensor in pairs(vanilla:state_dict()) do
    assert(name:find "running" or tensor:equal(other[name]), name)
  end
  local _, eval = run { batch_select = all { reuse = false, mode = "eval" } }
  assert(same_state(vanilla, eval))
  local _, sb = run { batch_select = select.SelectiveBackprop { keep = 1, start = 0, finish = 1, interrupt = 0 } }
  assert(same_state(vanilla, sb))
end

-- With BatchNorm frozen the reused pass has the gradient of a second pass on the kept rows.
do
  local batch = data.train:loader { batch_size = 32 }()
  local rows = th.tensor { 30, 2, 17, 5, 9 }
  local model = th.models.resnet8 { in_channels = 1, seed = 5, width = 4 }:eval()
  local function gradients(losses)
    model:zero_grad()
    losses:mean():backward()
    local list = {}
    for i, p in ipairs(model:parameters()) do list[i] = p.grad:clone() end
    return list
  end
  local function losses(x, y) return th.nn.cross_entropy(model:forward(x), y, { reduction = "none" }) end
  local reused = gradients(losses(batch.x, batch.y):keep(rows))
  local exact = gradients(losses(batch.x:keep(rows), batch.y:keep(rows)))
  for i, g in ipairs(exact) do assert(reused[i]:allclose(g, { rtol = 1e-4, atol = 1e-6 })) end
  -- In training mode the statistics are those of the whole batch: the two policies differ.
  model:train()
  local kept = gradients(losses(batch.x, batch.y):keep(rows))
  model:batch_norm_keep("constant")
  local constant = gradients(losses(batch.x, batch.y):keep(rows))
  assert(not kept[1]:allclose(constant[1], { rtol = 1e-3 }))
  refused("kept_rows", model.batch_norm_keep, model, "frozen")
  -- A pass that only looks leaves the running statistics.
  local before = {}
  for name, tensor in pairs(model:state_dict()) do before[name] = tensor:clone() end
  local looked = model:forward_untracked(batch.x)
  for name, tensor in pairs(model:state_dict()) do assert(tensor:equal(before[name]), name) end
  assert(model:forward(batch.x):equal(looked))
  assert(not same_state(model, { state_dict = function() return before end }))
end

-- What each selector keeps and what it costs: 20 batches of 64 but for the last an epoch.
local sizes = {}
for batch in data.train:loader { batch_size = 64 } do sizes[#sizes + 1] = #batch.y end
local function kept_of(keep)
  local sum = 0
  for _, size in ipairs(sizes) do sum = sum + math.max(1, math.floor(keep * size + 1e-9)) end
  return sum
end
local always = { start = 0, finish = 1, interrupt = 0 }
local function with(fields)
  for k, v in pairs(always) do fields[k] = v end
  return fields
end
for _, case in ipairs {
  { select.SelectiveBackprop(with { keep = 0.25 }), 0.25, 1 },
  { select.SelectiveBackprop(with { keep = 0.25, reuse = true }), 0.25, 1, reuse = true },
  { select.SelectiveBackprop(with { keep = 0.5, reuse = true, batch_norm = "constant" }), 0.5, 1, reuse = true },
  { select.SelectiveBackprop(with { keep = 0.5, scale_factor = 0.5 }), 0.5, 1 },
  { select.RandomBackprop(with { keep = 0.5 }), 0.5, 0 },
  { select.RandomBackprop(with { keep = 0.5, reuse = true }), 0.5, 1, reuse = true },
  { select.TopK { keep = 0.5 }, 0.5, 1 }, { select.LowK { keep = 0.5, reuse = true }, 0.5, 1, reuse = true },
  { select.RHO { keep = 0.1, irreducible = th.zeros(n) }, 0.1, 1 },
} do
  local selector, keep, passes = case[1], case[2], case[3]
  local result = run { epochs = 1, batch_select = selector, trace = folder .. "/batch.trace" }
  local kept = kept_of(keep)
  assert(result.backwarded == kept and result.history[1].trained == kept, selector.name)
  assert(result.forwarded == passes * n + (case.reuse and 0 or kept), selector.name .. result.forwarded)
  local trace = select.read_trace(folder .. "/batch.trace")
  assert(trace.batch_method == selector.name and trace.batch_event_count == 1)
  local seen, counts = trace:batch_counts()
  assert(seen:sum():item() == n and counts:sum():item() == kept)
  assert(counts:max():item() == 1)
end

-- Top-k keeps the high losses, low-k the low ones, RHO those above what cannot be learnt.
do
  local losses, info = th.tensor { 0.1, 3.0, 2.0, 0.5 }, { indices = th.tensor { 4, 2, 1, 3 }, n = 4 }
  assert(select.TopK { keep = 0.5 }.select(info, losses):equal(th.tensor { 2, 3 }))
  assert(select.LowK { keep = 0.5 }.select(info, losses):equal(th.tensor { 1, 4 }))
  -- By image: 4 has -2, 2 has 0 and so on; the losses are in the batch's order.
  local rho = select.RHO { keep = 0.25, irreducible = { 2.0, 3.0, 0.5, -2.0 } }
  assert(rho.select(info, losses):equal(th.tensor { 1 }))
  refused("3 irreducible losses for 4", select.RHO { irreducible = { 1, 2, 3 } }.select, info, losses)
end

-- Jiang: the part that is kept, whole batches from the queue, and the rest at the end.
do
  local steps = {}
  local model = th.models.resnet8 { in_channels = 1, seed = 5, width = 4 }
  local watched = th.nn.define {
    name = "Watched", init = function(self) self.body = model end,
    forward = function(self, x)
      if th.is_grad_enabled() then steps[#steps + 1] = x.shape[1] end
      return self.body(x)
    end,
  }()
  -- At rest: while losses fall, fewer lie above those of the past.
  local jiang = select.SelectiveBackprop { variant = "jiang", beta = 1, prime = 0, mode = "train" }
  local result = run { epochs = 3, batch_select = jiang, model = watched,
    optimizer = th.optim.SGD(watched:parameters(), { lr = 1e-12 }) }
  local short = 0
  for _, size in ipairs(steps) do if size ~= 64 then short = short + 1 end end
  assert(short <= 3, "steps of other than whole batches")
  local part = result.backwarded / (3 * n)
  assert(math.abs(part - 0.5) < 3 * math.sqrt(0.25 / (3 * n)), part)
  -- The priming epoch trains on everything, with one pass.
  local primed = run { epochs = 2, batch_select = select.SelectiveBackprop { variant = "jiang" } }
  assert(primed.history[1].trained == n and primed.history[1].forwarded == n)
  assert(primed.history[2].trained < n / 2)
end

-- Stale losses stay with their images, whatever batch these come in next: row 1 of the first batch is row 3
-- of the second, and only what is not known is computed.
do
  local jiang = select.SelectiveBackprop { variant = "jiang", stale = 2, beta = 1, prime = 0 }
  local state = {}
  local function info(epoch, batch, images)
    return { epoch = epoch, batch = batch, n = 6, seed = 1, state = state, indices = th.tensor(images) }
  end
  local first = info(1, 1, { 5, 2, 6 })
  assert(jiang.wanted(first):equal(th.tensor { 1, 2, 3 }))
  jiang.select(first, th.tensor { 50.0, 20.0, 60.0 }, jiang.wanted(first))
  local second = info(2, 1, { 1, 6, 5, 3 })
  local wanted = jiang.wanted(second)
  assert(wanted:equal(th.tensor { 1, 4 }))
  jiang.select(second, th.tensor { 10.0, 30.0 }, wanted)
  assert(state.loss:equal(th.tensor({ 10, 20, 30, 0, 50, 60 }, { dtype = "float64" })))
  -- Used for two epochs, then computed again.
  assert(#jiang.wanted(info(3, 1, { 5, 6 })) == 0)
  assert(#jiang.wanted(info(4, 1, { 5, 6, 1 })) == 2)
  jiang.select(info(3, 2, { 5, 6 }), th.zeros(0), jiang.wanted(info(3, 2, { 5, 6 })))
  -- A whole run: every image is forwarded in epochs 1 and 4 only, besides the kept ones.
  local result = run { epochs = 4, batch_select = select.SelectiveBackprop {
    variant = "jiang", stale = 2, prime = 0 } }
  assert(result.forwarded == 2 * n + result.backwarded)
end

-- The same seed chooses the same rows; a Bernoulli draw that keeps nothing takes no step.
do
  local function sb() return select.SelectiveBackprop(with { keep = 0.5, reuse = true }) end
  local _, a = run { batch_select = sb() }
  th.set_num_threads(1)
  local _, b = run { batch_select = sb() }
  th.set_num_threads(2)
  assert(same_state(a, b))
  local none = run { epochs = 1, batch_select = { select = function() return {} end } }
  assert(none.backwarded == 0 and none.history[1].trained == 0)
end

-- What a batch selector may not return or be.
local function returning(value) return { name = "mine", select = function() return value end } end
for part, value in pairs {
  ["outside a batch"] = { 0 }, ["comes twice"] = { 1, 1 }, ["integers"] = th.tensor { 1.5 }, ["mask"] = th.ones(3):gt(0),
  ["got string"] = "all",
} do
  refused(part, run, { batch_select = returning(value) })
end
refused("outside a batch of 64", run, { batch_select = returning { 65 } })
refused("needs the option 'select'", run, { batch_select = {} })
refused("'reuse' must be boolean", run, { batch_select = { select = print, reuse = 1 } })

refused("give it as batch_select", run, { select = select.TopK {} })

-- Beside its random control, in one comparison.
do
  local result = th.compare {
    data = data, epochs = 1, batch_size = 64, seeds = { 1 }, quiet = true,
    model = function(seed) return th.models.resnet8 { in_channels = 1, seed = seed, width = 4 } end,
    optimizer = function(p) return th.optim.SGD(p, { lr = 0.1 }) end,
    selectors = {
      select.Full(), { label = "SB", batch_select = select.SelectiveBackprop(with { keep = 0.5, reuse = true }) },
      { label = "random", batch_select = select.RandomBackprop(with { keep = 0.5 }) },
    },
  }
  assert(result.rows[2].backwarded == kept_of(0.5) and result.rows[3].backwarded == kept_of(0.5))
  assert(result.rows[1].backwarded == n)
end

-- Subsets and batches together, live and from the trace: the same bits.
do
  local function sb() return select.SelectiveBackprop(with { keep = 0.5 }) end
  local trace = folder .. "/both.trace"
  local live, a = run { epochs = 3, select = select.GradMatch { fraction = 0.4, every = 1 }, batch_select = sb(),
    trace = trace, matching_error = true }
  local _, b = run { epochs = 3, select = select.Cached { trace = trace }, batch_select = sb() }
  assert(same_state(a, b))
  local read = select.read_trace(trace)
  assert(read.event_count == 3 and read.batch_event_count == 3 and read.run_epochs == 3)
  assert(read:event(2).accuracy == live.history[1].accuracy and not read:event(1).accuracy)
  assert(math.abs(read:event(2).loss - live.history[1].loss) < 1e-12)
  local classes = 0
  for _, count in ipairs(read:event(1).classes) do classes = classes + count end
  assert(classes == #read:event(1).indices)
  refused("has 3 such events", read.event, read, 4)
  -- Telemetry.
  for i, row in ipairs(live.history) do
    assert(row.filled_share == row.filled / row.images)
    assert(row.distinct >= row.images / n - 1e-9 and row.distinct <= 1)
    assert((row.overlap == nil) == (i == 1))
    assert(row.matching_error > 0)
  end
  assert(live.history[2].overlap == select.jaccard(read:event(1).indices, read:event(2).indices))
  local full = run { epochs = 1, matching_error = true }
  assert(full.history[1].matching_error == 0)
  local filler = run { epochs = 1, select = select.define { name = "filler", fraction = 0.1, first = 0,
    select = function(ctx) return { indices = th.arange(ctx.budget), filled = ctx.budget } end } }
  assert(filler.history[1].filled_share == 1 and filler.history[1].warning:find "filler")
end

-- The function itself: all candidates of weight 1 match, an image alone misses.
do
  local r, h = th.randn(20, 3, { seed = 1 }), th.randn(20, 5, { seed = 2 })
  local function err(options)
    options.residuals, options.embeddings = r, h
    return select.matching_error(options)
  end
  assert(err { indices = th.arange(20) } < 1e-5)
  assert(err { indices = { 3 } } > 0.5)
  assert(err { indices = { 1, 2 }, weights = th.tensor { 1.0, 2.0 }, normalise = true } > 0)
  refused("index 20", err, { indices = { 21 } })
end

-- The policies of replay, on a trace with selections at epochs 0, 2 and 4 of 6.
do
  local path = folder .. "/policies.trace"
  local writer = select.write_trace(path, { data = data.train, method = "made", options = { fraction = 0.01 },
    epochs = 6 })
  for i, accuracy in ipairs { 0.2, 0.5, 0.9 } do
    writer:write(2 * i - 2, { indices = th.arange(10 * i, 10 * i + 4) }, 0, { accuracy = accuracy })
  end
  writer:close()
  local function recorded(policy, epochs, history)
    local cached = select.Cached { trace = path, policy = policy }
    local list = {}
    for epoch = 1, epochs do
      list[epoch] = math.tointeger(cached.recorded { epoch = epoch, epochs = epochs, done = epoch - 1, seed = 3,
        history = history or {} })
    end
    return table.concat(list, " ")
  end
  assert(recorded("epoch", 8) == "0 0 2 2 4 4 4 4")
  assert(recorded("fraction", 3) == "0 2 4" and recorded("fraction", 12) == "0 0 0 0 2 2 2 2 4 4 4 4")
  assert(recorded("loop", 9) == "0 0 2 2 4 4 0 0 2")
  assert(recorded("accuracy", 1) == "0")
  assert(recorded("accuracy", 1, { { accuracy = 0.3 }, { accuracy = 0.69 }, {} }) == "2")
  assert(recorded("accuracy", 1, { { accuracy = 0.71 } }) == "4")
  local shuffled = recorded("shuffled", 6)
  local a, b, c = shuffled:match "^(%d) %1 (%d) %2 (%d) %3$"
  assert(a and a + b + c == 6 and a ~= b and b ~= c, shuffled)
  local result = run { epochs = 3, select = select.Cached { trace = path, policy = "fraction" } }
  assert(result.history[1].images == 5 and result.selector == "Cached-made-fraction")
  -- Priority: the chosen ones first, by count; then uniform draws.
  local draw = run { epochs = 2, select = select.Cached { trace = path, policy = "priority", fraction = 0.1 },
    trace = folder .. "/priority.trace" }
  assert(draw.history[1].filled == math.floor(0.1 * n + 1e-9) - 15)
  local drawn = select.read_trace(folder .. "/priority.trace")
  assert(drawn.event_count == 2 and drawn.parent == path)
  refused("policy must be one of", select.Cached, { trace = path, policy = "epoche" })
  refused("goes with policy 'priority'", select.Cached, { trace = path, fraction = 0.5 })
end

-- The tools.
do
  local trace = require "thresh.cmd.trace"
  local out = folder .. "/out"
  local function tool(...)
    assert(trace(...) == 0, table.concat({ ... }, " "))
    local file = assert(io.open(out))
    local text = file:read "a"
    file:close()
    return text
  end
  local a, b = folder .. "/policies.trace", folder .. "/both.trace"
  local stats = tool("stats", a, b, "--out", out)
  for _, part in ipairs { "made  fraction=0.01", "selections   3", "5.0 a selection", "never " .. n - 15, "classes",
    "SelectiveBackprop-composer" } do
    assert(stats:find(part, 1, true), part .. " is not in\n" .. stats)
  end
  -- Counts of each image: 1 for 9 … 13, 0 for 14; of both traces their sum.
  local counts = folder .. "/counts.csv"
  local function of_images(...)
    local words = { "stats", ... }
    words[#words + 1], words[#words + 2] = "--out", out
    tool(table.unpack(words))
    local rows = {}
    for line in io.lines(counts) do rows[#rows + 1] = line end
    assert(#rows == n + 1 and rows[1] == "image,selected,seen,kept")
    return rows
  end
  local rows = of_images(a, "--counts", counts)
  assert(rows[2 + 9] == "9,1,0,0" and rows[2 + 13] == "13,1,0,0" and rows[2 + 14] == "14,0,0,0", rows[11])
  local made, both = select.read_trace(a):counts(), select.read_trace(b)
  local seen, kept = both:batch_counts()
  rows = of_images(a, b, "--counts", counts)
  for _, image in ipairs { 1, 10, n } do
    assert(rows[1 + image] == string.format("%d,%d,%d,%d", image - 1, made[image] + both:counts()[image], seen[image],
      kept[image]))
  end
  local diff = tool("diff", a, b, "--out=" .. out)
  assert(diff:find("made | GradMatch", 1, true) and diff:find("mean Jaccard", 1, true), diff)
  assert(tool("diff", b, b, "--out", out):find("1.0000 over 3 common epochs", 1, true))
  local _, lines = tool("union", a, "--out", out):gsub("\n", "")
  assert(lines == 15)
  assert(tool("union", a, "--out", out):sub(1, 9) == "9\n10\n11\n1")
  assert(tool("intersect", a, "--out", out) == "")
  local replay = tool("replay", a, "--policy", "loop", "--epochs", "7", "--out", out)
  assert(replay:find("epoch 6  selection of epoch 0  5 images", 1, true), replay)
  local csv = tool("export", a, "--out", out)
  assert(csv:sub(1, 58) == "kind,epoch,image,weight,seen,kept,loss\nsubset,0,9,1,,,\nsub", csv:sub(1, 58))
  local rows = tool("export", b, "--out", out)
  assert(rows:find "\nbatches,2,%d+,,1,[01],%d")
  assert(tool("export", a, "--format", "json", "--out", out):find('"method":"made"', 1, true))

  -- What it cannot do: one line and status 2.
  local stderr = io.stderr
  local said = {}
  io.stderr = { write = function(_, ...) said[#said + 1] = table.concat { ... } end }
  local function wrong(part, ...)
    assert(trace(...) == 2)
    assert(said[#said]:find(part, 1, true), said[#said])
  end
  wrong("did you mean 'stats'", "stat", a)
  wrong("needs a trace", "stats")
  wrong("unknown option '--formt'", "export", a, "--formt", "csv")
  wrong("must be one of csv, json", "export", a, "--format", "xml")
  wrong("compares 2 files", "diff", a)
  wrong("no-such-file", "stats", folder .. "/no-such-file")
  wrong("whole number", "replay", a, "--epochs", "x")
  io.stderr = stderr
end

return "ok"
