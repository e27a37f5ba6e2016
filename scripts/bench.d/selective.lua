-- SPDX-License-Identifier: Apache-2.0
-- What choosing within batches and replaying a trace cost: epochs of `th.train` on synthetic images, the
-- forms in turns. One JSON line a form: the seconds of an epoch, the part of them spent in choosing the
-- subset, and the ratio to the form it is held against (median of the rounds): plain training for
-- Selective-Backprop, RS2 of the same size for Cached.
-- usage: scripts/bench selective [MODEL] [--batch N] [--batches B] [--keep K] [--fraction F] [--rounds R]
--        [--threads T]

local th = require "thresh"
local report = dofile((arg[0]:gsub("selective%.lua$", "report.lua")))

local model_name = arg[1] and arg[1]:sub(1, 1) ~= "-" and table.remove(arg, 1) or "resnet20"
local o = th.arguments {
  batch = { 128, "images in a batch" },
  batches = { 8, "batches in an epoch of plain training" },
  keep = { 0.5, "part of the rows that Selective-Backprop keeps" },
  fraction = { 0.5, "part of the images that Cached and RS2 train on" },
  rounds = { 7, "epochs of each form that are measured" },
  threads = { th.num_threads(), "threads of the engine" },
}
th.set_num_threads(o.threads)

local n = o.batch * o.batches
local data = {
  train = th.data.from_tensors(
    th.randn(n, 3, 32, 32, { seed = 1 }), th.randint(1, 10, { n }, { seed = 2 })),
}
local trace = os.tmpname()

-- Trains for some epochs; the seconds of the last one, and those of them spent in choosing the subset.
local function last_epoch(count, settings)
  local model = th.models[model_name] { classes = 10, in_channels = 3, image_size = 32, seed = 1 }
  local t = {
    model = model, data = data, epochs = count, batch_size = o.batch, quiet = true,
    optimizer = th.optim.SGD(model:parameters(), { lr = 0.01, momentum = 0.9 }),
  }
  for name, value in pairs(settings) do t[name] = value end
  local history = th.train(t).history
  local now, before = history[count].seconds, history[count - 1].seconds
  local choosing = now.select - before.select
  return now.train - before.train + choosing, choosing
end

local function whole(settings)
  settings.start, settings.finish, settings.interrupt, settings.keep = 0, 1, 0, o.keep
  return { batch_select = th.select.SelectiveBackprop(settings) }
end

last_epoch(4, { select = th.select.RS2 { fraction = o.fraction, every = 1 }, trace = trace })
local forms = {
  { "plain", function() return {} end },
  { "second forward", function() return whole {} end, against = "plain" },
  { "reuse", function() return whole { reuse = true } end, against = "plain" },
  { "reuse, BatchNorm constant", function()
    return whole { reuse = true, batch_norm = "constant" }
  end, against = "plain" },
  { "RS2", function() return { select = th.select.RS2 { fraction = o.fraction, every = 1 } } end },
  { "Cached", function() return { select = th.select.Cached { trace = trace } } end, against = "RS2" },
}

-- A round is two epochs of each form, of which the second counts: the first warms the pools.
local times, parts = {}, {}
for _ = 1, o.rounds do
  for _, form in ipairs(forms) do
    local name = form[1]
    times[name], parts[name] = times[name] or {}, parts[name] or {}
    local seconds, choosing = last_epoch(2, form[2]())
    table.insert(times[name], seconds)
    table.insert(parts[name], choosing / seconds)
  end
end

local function spread(values)
  local sorted = table.move(values, 1, #values, 1, {})
  table.sort(sorted)
  return report.spread(sorted)
end

for _, form in ipairs(forms) do
  local own, other, ratios = times[form[1]], times[form.against], {}
  local median, least, most = spread(own)
  local fields = {
    { "bench", "selective" }, { "model", model_name }, { "form", form[1] }, { "data", "synthetic" },
    { "batch", o.batch }, { "images", n }, { "threads", o.threads }, { "rounds", o.rounds },
    { "seconds", median }, { "min", least }, { "max", most },
    { "choosing", (spread(parts[form[1]])) },
  }
  if other then
    for i, seconds in ipairs(own) do ratios[i] = seconds / other[i] end
    local ratio, lowest, highest = spread(ratios)
    table.move({
      { "against", form.against }, { "ratio", ratio }, { "ratio_min", lowest }, { "ratio_max", highest },
    }, 1, 4, #fields + 1, fields)
  end
  report.line(fields)
end
os.remove(trace)
