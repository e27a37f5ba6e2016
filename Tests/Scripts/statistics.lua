-- SPDX-License-Identifier: Apache-2.0
-- th.statistics and the tables of th.compare: accounts, ranges, replays, words, and the baselines beside methods.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local statistics, select = th.statistics, th.select

-- Curves by account, of what train keeps and of what a run's metrics hold.
local history = {
  { epoch = 1, seconds = { train = 2, select = 1 }, cpu_seconds = { train = 3, select = 1 }, forwarded = 10,
    backwarded = 5, accuracy = 0.5 },
  { epoch = 2, seconds = { train = 4, select = 1 }, cpu_seconds = { train = 6, select = 1 }, forwarded = 20,
    backwarded = 10 },
  { epoch = 3, seconds = { train = 6, select = 2 }, cpu_seconds = { train = 9, select = 2 }, forwarded = 30,
    backwarded = 15, accuracy = 0.75 },
}
local function costs(run, account) return table.concat(statistics.curve(run, account).cost, " ") end
assert(costs({ history = history }) == "3 8" and costs(history, "cpu_seconds") == "4 11")
assert(costs(history, "forwarded") == "10 30" and costs(history, "backwarded") == "5 15")
local logged = {
  metrics = function()
    return { { epoch = 1, accuracy = 0.5, train_seconds = 2.0, select_seconds = 1.0, forwarded = 4 } }
  end,
}
assert(costs(logged) == "3.0" and costs(logged, "forwarded") == "4")
support.refused({ "row of epoch 1 has no cpu_seconds" }, statistics.curve, logged, "cpu_seconds")
support.refused({ "account", "time" }, statistics.curve, history, "time")
support.refused({ "statistics.curves: run 2", "accuracy of epoch 7 is nan" }, statistics.curves,
  { history, { { epoch = 7, seconds = 1, accuracy = 0 / 0 } } })
support.refused({ "what train returned", "3" }, statistics.curve, 3)
support.refused({ "what train returned", "a table" }, statistics.curve, { history = { th } })

-- Accounts differ, and a run without CPU seconds has none of that.
local function run(scale, accuracy)
  local rows = {}
  for i = 1, 4 do
    rows[i] = {
      epoch = i, seconds = { train = i * scale, select = 0 }, forwarded = 10 * i, backwarded = 5 * i * scale,
      accuracy = accuracy * i / 4,
    }
  end
  return { history = rows }
end
local slow, fast = { run(4, 1), run(5, 1), run(6, 1) }, { run(2, 1), run(2, 1), run(2, 1) }
local by = statistics.accounts(slow, fast, 0.75)
assert(by.seconds.median == 2.5 and by.seconds.low == 2 and by.seconds.high == 3 and by.seconds.verdict == "faster")
assert(by.forwarded.median == 1 and by.forwarded.verdict == "undecided" and by.cpu_seconds == nil)
assert(by.seconds.method == "percentile" and by.seconds.level == 0.95 and by.seconds.draws == 9999)
assert(statistics.accounts(slow, fast, 0.75, { method = "bca", draws = 99 }).seconds.method == "bca")
support.refused({ "method", "'percentile' or 'bca'", "'basic'" }, statistics.accounts, slow, fast, 0.75, { method = "basic" })
support.refused({ "draws" }, statistics.speedup, {}, {}, 0.5, { draws = 0 })

-- Words.
assert(statistics.text(by.seconds) == "2.50 [2.00, 3.00]", statistics.text(by.seconds))
assert(statistics.text { below = 0.5, low = 0, high = 0.5 } == "<0.50 [0, 0.50]")
assert(statistics.text { below = 0.0012, low = 0, high = 0.034 } == "<0.0012 [0, 0.034]")
assert(statistics.text { above = 3.5, low = 2.5, high = math.huge } == ">3.50 [2.50, ∞]")
assert(statistics.text { above = 2, below = 3 } == "2.00 to 3.00" and statistics.text {} == "-")
assert(statistics.statement(by.seconds):find("Faster: the whole interval lies above 1: 2.50 [2.00, 3.00] to 75.00 %", 1, true))
assert(statistics.statement(by.seconds):find "75 %%")
assert(statistics.statement(by.forwarded):find "holds 1")
local one = statistics.speedup(statistics.curves { slow[1] }, statistics.curves { fast[1] }, 0.75)
assert(statistics.statement(one):find "No claim: one pair" and statistics.verdict(one) == "no claim")
local never = statistics.speedup(statistics.curves(slow), statistics.curves(fast), 1.5)
assert(never.count == 0 and statistics.statement(never):find "neither side")

-- A run that never gets there bounds its speedup.
local failing = { run(2, 1), run(2, 0.5), run(2, 0.5) }
local censored = statistics.speedup(statistics.curves(slow), statistics.curves(failing), 0.75)
assert(censored.median == nil and censored.below == 2 and censored.reached == 1 and censored.count == 3)
assert(censored.pairs[1].speedup == 2 and censored.pairs[2].below == 15 / 8 and censored.low == 0)

-- Over a range of accuracies.
local range = statistics.speedups(statistics.curves(slow), statistics.curves(failing), { steps = 5 })
assert(range.targets[1] == 0.25 and range.targets[5] == 1 and #range.speedups == 5)
local series = range:series "failing"
assert(series.x[1] == 25.0 and series.y[1] == 1.5 and #series.x == #series.low and #series.x < 5)
assert(tostring(range):find "<" and tostring(range):find "1 of 3")
-- Where a run of the baseline never got there the interval has no upper end.
range = statistics.speedups(statistics.curves(failing), statistics.curves(fast), { targets = { 0.5, 0.75 } })
series = range:series "fast"
assert(#series.x == 1 and series.high[1] < 10 and range.speedups[2].high == math.huge)
range.speedups[1].high = math.huge
assert(range:series("fast").high[1] == math.huge)
support.refused({ "from 0.9 to 0.2" }, statistics.speedups, statistics.curves(slow), statistics.curves(fast), { from = 0.9, to = 0.2 })

-- Targets.
assert(statistics.target { slow, failing } == 0.5 and statistics.target({ slow }, 0.7) == 0.7)
assert(statistics.target({ slow, failing }, { share = 0.5 }) == 0.5)
support.refused({ "common", "'most'" }, statistics.target, { slow }, "most")
support.refused({ "no runs" }, statistics.target, {})

-- Replays.
local cached = statistics.cached {
  baseline = statistics.curves(slow), runs = statistics.curves(fast), source = { 6, 6, 6 }, uses = 3, target = 0.75,
}
assert(cached.marginal.median == 2.5 and cached.with_source.median == 15 / 12 and cached.amortised.median == 15 / 8)
support.refused({ "2 costs of source runs for 3 runs" }, statistics.cached, {
  baseline = {}, runs = statistics.curves(fast), source = { 1, 2 }, target = 0.5,
})
support.refused({ "source 1", "-1" }, statistics.cached, {
  baseline = {}, runs = statistics.curves { fast[1] }, source = { -1 }, target = 0.5,
})

-- What is no such thing is told.
support.refused({ "statistics.curves", "a list of runs", "3" }, statistics.curves, 3)
support.refused({ "a list of curves", "nil" }, statistics.speedups)
support.refused({ "curve 1 has no accuracies" }, statistics.speedups, { {} }, {})
support.refused({ "run 1 is no curve" }, statistics.cached, { baseline = {}, runs = { 3 }, source = { 1 }, target = 0.5 })
support.refused({ "statistics.text", "'x'" }, statistics.text, "x")
support.refused({ "has no target" }, statistics.statement, {})
support.refused({ "at least 1", "1.5" }, statistics.coverage, 1.5)
support.refused({ "a list of runs", "4" }, statistics.target, { 4 })

-- Baselines beside every method.
local data = th.data.digits { seed = 1 }
data.train = data.train:subset(th.arange(1, 96))
local runs = 0
local scheduled = {}
local function compare(given)
  local config = {
    data = data, epochs = 4, batch_size = 16, seeds = { 1, 2 }, quiet = true, baselines = true,
    model = function(seed) return th.models.mlp { in_channels = 1, image_size = 8, width = 8, seed = seed } end,
    optimizer = function(p) return th.optim.SGD(p, { lr = 0.05, momentum = 0.9 }) end,
    schedule = function(epochs)
      scheduled[epochs] = (scheduled[epochs] or 0) + 1
      return th.schedule.CosineAnnealingLR { t_max = epochs }
    end,
    on_run = function() runs = runs + 1 end,
  }
  for name, value in pairs(given) do config[name] = value end
  return th.compare(config)
end
local compared = compare {
  selectors = {
    select.GradMatch { fraction = 0.25, every = 2 }, { label = "Again", select = select.GradMatch { fraction = 0.25, every = 2, lambda = 0.1 } },
    { label = "SB", batch_select = select.SelectiveBackprop { keep = 0.5, start = 0, finish = 1, interrupt = 2 } },
    select.RS2 { fraction = 0.5 },
  },
}
local labels, by_label = {}, {}
for i, row in ipairs(compared.rows) do
  labels[i], by_label[row.label] = row.label, row
  assert(#row.results == 2 and row.speedup.count == 2)
end
assert(table.concat(labels, "; ") == "Full; GradMatch; Full-EarlyStop (GradMatch); RS2 0.25; RandomPB 0.25, every 2; "
  .. "Again; Full-EarlyStop (Again); SB; Full-EarlyStop (SB); Random-SB 0.5, interrupt 2; RS2",
  table.concat(labels, "; "))
assert(table.concat(by_label.Again.baselines, "; ") == "Full-EarlyStop (Again); RS2 0.25; RandomPB 0.25, every 2")
assert(by_label.RS2.baselines[1] == nil and by_label["RS2 0.25"].results[1].selector == "RS2")
-- GradMatch trains on 4 * 24 images and forwards 96 in each of two selections: 1.67 of 4 epochs of 96 are paid for.
local method, early = by_label.GradMatch, by_label["Full-EarlyStop (GradMatch)"]
assert(method.forwarded == 288 and method.backwarded == 96 and #early.results[1].history == 1)
assert(early.forwarded == 96 and early.backwarded == 96)
-- SB reads whole batches, and keeps half of each that is not whole.
local sb = by_label.SB
local paid = (sb.forwarded + 2 * sb.backwarded) // (3 * 96)
assert(#by_label["Full-EarlyStop (SB)"].results[2].history == paid and paid < 4)
-- Each schedule is made for the epochs that it has; runs that are the same are one.
assert(scheduled[1] == 2 and scheduled[paid] == 2 and runs == 2 * (#labels - 1), runs)
assert(early.results[1] == by_label["Full-EarlyStop (Again)"].results[1])
local random = by_label["Random-SB 0.5, interrupt 2"]
assert(random.backwarded == sb.backwarded and random.forwarded < sb.forwarded)

local text = tostring(compared)
for _, part in ipairs {
  "\n  RS2 0.25 ", "CPU time", "backwarded  in time", "2 seeds", "percentile bootstrap interval", "50 % of cases",
  "Full-EarlyStop: full training cut at the images", "runs through",
} do assert(text:find(part, 1, true), part .. "\n" .. text) end

-- One seed makes no claim; a share of the best is a target; other recipes have baselines of their own.
local other = function(p) return th.optim.Adam(p, { lr = 0.01 }) end
compared = compare {
  seeds = { 1 }, target = { share = 0.9 }, early_stop = "seconds", interval = "bca",
  selectors = {
    select.Full(), select.GradMatchPB { fraction = 0.5, every = 2, keep_batches = false },
    { label = "Full, Adam", select = select.Full(), optimizer = other },
    { label = "PB, Adam", select = select.GradMatchPB { fraction = 0.5, every = 2, keep_batches = false },
      optimizer = other, baseline = "Full, Adam" },
  },
}
text = tostring(compared)
assert(text:find "no claim" and text:find "No claim is made of one seed" and text:find("at the seconds", 1, true), text)
assert(text:find("RandomPB 0.5, every 2, pooled (PB, Adam)", 1, true) and text:find("* PB, Adam: against 'Full, Adam'", 1, true))
assert(math.abs(compared.target - 0.9 * compared.rows[1].best.median) < 1e-12)

-- Methods that differ in how they spend their budget have controls of their own.
compared = compare {
  seeds = { 1 }, epochs = 6, selectors = {
    { label = "GM", select = select.GradMatch { fraction = 0.25, every = 2 } },
    { label = "GM warm", select = select.GradMatch { fraction = 0.25, every = 2, warm = 0.5 } },
    { label = "SB", batch_select = select.SelectiveBackprop { keep = 0.5, start = 0, finish = 1 } },
    { label = "SB late", batch_select = select.SelectiveBackprop { keep = 0.5, start = 0.5, finish = 1 } },
    { label = "SB jiang", batch_select = select.SelectiveBackprop { variant = "jiang", beta = 1, prime = 3 } },
    {
      label = "SB of RS2", select = select.RS2 { fraction = 0.5 },
      batch_select = select.SelectiveBackprop { keep = 0.5, start = 0, finish = 1 },
    },
  },
}
by_label = {}
for _, row in ipairs(compared.rows) do by_label[row.label] = row end
assert(by_label["GM warm"].baselines[2] == "RS2 0.25, warm 0.5" and by_label["RS2 0.25, warm 0.5"].results[1].history[1].full)
for _, label in ipairs { "SB", "SB late", "SB of RS2" } do
  local row = by_label[label]
  local control = by_label[row.baselines[#row.baselines]]
  assert(control.backwarded == row.backwarded, label .. ": " .. control.label)
end
local jiang = by_label["SB jiang"].baselines
assert(by_label[jiang[#jiang]].results[1].history[3].trained == 96 and by_label[jiang[#jiang]].results[1].history[4].trained < 96)

-- A baseline that is not full training, or comes later, is not what an early stop is reckoned by.
compared = compare {
  seeds = { 1 }, early_stop = "seconds", selectors = {
    { label = "GM", select = select.GradMatch { fraction = 0.25, every = 2 }, baseline = "Later" },
    { label = "Later", select = select.RS2 { fraction = 0.25 } },
  },
}
assert(compared.rows[3].label == "Full-EarlyStop (GM)" and compared.rows[3].baseline == "Later")

-- Traces of labels of the same letters are files of their own; images are medians, and an interval of the middle half
-- does not run from the least to the most.
local folder = scratch .. "/traces"
compared = compare {
  seeds = { 1, 2, 3 }, epochs = 1, baselines = false, level = 0.1, traces = folder, selectors = {
    { label = "α=1", select = select.RS2 { fraction = 0.25 } }, { label = "β=1", select = select.RS2 { fraction = 0.5 } },
    { label = "β-1", select = function(run)
      assert(run.traces["α=1"] ~= run.traces["β=1"], run.traces["β=1"])
      return select.RS2 { fraction = 0.25 * (1 + run.seed) }
    end },
  },
}
assert(#th.list_directory(folder) == 9, table.concat(th.list_directory(folder), ", "))
assert(compared.rows[3].backwarded == 72 and compared.rows[3].results[1].backwarded == 48)
for _, row in ipairs(compared.rows) do row.accuracy.low, row.accuracy.high = row.accuracy.min, row.accuracy.max end
assert(tostring(compared):find "An interval of 3 seeds")
compared.rows[2].accuracy.low = compared.rows[2].accuracy.min + 0.01
assert(not tostring(compared):find "An interval of 3 seeds")

support.refused({ "early_stop", "epochs" }, compare, { selectors = { select.Full() }, early_stop = "epochs" })
support.refused({ "'target' must be at least 0", "2" }, compare, { selectors = { select.Full() }, target = 2 })
runs = 0
support.refused({ "names the baseline 'Ful'" }, compare, {
  selectors = { { label = "a", select = select.Full(), baseline = "Ful" } },
})
assert(runs == 0)

return "ok"
