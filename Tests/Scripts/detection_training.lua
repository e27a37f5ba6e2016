-- SPDX-License-Identifier: Apache-2.0
-- Detectors in the training loop: losses and their parts as scores, rows that are kept, subsets by the
-- gradients of head biases, figures, what was kept, times of epochs.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local detect, select = th.detect, th.select

local data = {
  name = "shapes", train = th.data.shapes { n = 24, size = 96, seed = 3 },
  test = th.data.shapes { n = 12, size = 96, seed = 4 },
}
local function new_model(seed)
  return detect.small_ssd { classes = data.train.classes + 1, size = 64, width = 6, seed = seed or 1 }
end

--- Trains a small detector with the options.
local function run(options)
  local model = options.model or new_model()
  local config = {
    model = model, data = data, epochs = 2, batch_size = 8, seed = 7, quiet = true, task = detect.task {},
    optimizer = th.optim.SGD(model:parameters(), { lr = 0.01, momentum = 0.9 }), evaluate_every = 10,
  }
  for k, v in pairs(options) do config[k] = v end
  return th.train(config), model
end

local function batch_of(task, n)
  for batch in data.train:loader { batch_size = n, shuffle = false, size = 64 } do return task.prepare(batch) end
end

-- Scores are the parts that MultiBox tells; with "batch" the sums are divided by the count of the kept rows.
local model = new_model():eval()
local task = detect.task { alpha = 2 }.for_model(model, data.train)
local batch = batch_of(task, 8)
local locations, confidences = model(batch.x)
local losses, parts = detect.multibox(locations, confidences, batch, { alpha = 2 })
local found, known = task.losses(batch, locations, confidences)
assert(found:equal(losses) and known.counts == nil and known.scores:allclose(losses, { rtol = 1e-5 }))
for score, want in pairs { sum = parts.scores + parts.locations * 2, loc = parts.locations, conf = parts.scores } do
  local other = detect.task { alpha = 2, score = score }.for_model(model, data.train)
  local _, told = other.losses(batch, locations, confidences)
  assert(told.scores:allclose(want, { rtol = 1e-5 }), score)
end
assert(not parts.locations:allclose(parts.scores))

-- The first forward pass reused is a second one on the kept rows, where BatchNorm stands still; and where a
-- batch's loss is divided by its boxes, by those of the kept rows.
for _, normalise in ipairs { "image", "batch" } do
  local mine = detect.task { normalise = normalise }.for_model(model, data.train)
  local rows = th.tensor({ 2, 5, 6 }, { dtype = "int64" })
  local function gradients(keep)
    model:zero_grad()
    local part = keep and batch or require("thresh.batch").rows(batch, rows)
    local l, k = mine.losses(part, model:forward(part.x))
    local counts = k.counts
    if keep then l, counts = l:keep(rows), counts and counts:keep(rows) end
    local loss = counts and l:sum() / counts:sum() or l:mean()
    loss:backward()
    local all = {}
    for i, p in ipairs(model:parameters()) do all[i] = p.grad:clone() end
    return loss:item(), all
  end
  local one, a = gradients(true)
  local two, b = gradients(false)
  assert(math.abs(one - two) < 1e-5 * math.abs(two), normalise)
  for i in ipairs(a) do assert(a[i]:allclose(b[i], { rtol = 1e-3, atol = 1e-6 }), normalise .. i) end
end

-- Selective-Backprop in the loop: what is trained on, traced and told.
local trace = scratch .. "/sb.trace"
local sb = { keep = 0.5, start = 0, finish = 0.6, interrupt = 2 }
local result = run {
  trace = trace, augment = "nvidia",
  batch_select = select.SelectiveBackprop { reuse = true, keep = 0.5, start = 0, finish = 0.6, interrupt = 2 },
}
local first, last = result.history[1], result.history[2]
assert(first.images == 24 and first.selective == 2 and first.trained == 16, "batches of 4, 8 and 4 rows")
assert(last.result.stats and #last.result.stats == 12 and last.accuracy == last.result.stats[1])
local kept = detect.keep_counts(trace, data.train)
local objects = data.train.annotations:objects()
assert(kept.images.seen:sum():item() == 24 * #result.history)
local number, seen = 0, 0
for _, row in ipairs(kept.sizes) do number, seen = number + row.objects, seen + row.seen end
local plain = objects.crowd:logical_not():sum():item()
assert(number == plain and seen == plain * #result.history)
number = 0
for i, row in ipairs(kept.classes) do
  assert(row.name == data.train.class_names[i] and row.kept <= row.seen)
  number = number + row.objects
end
assert(number == plain and tostring(kept):find("medium", 1, true))
-- By hand, for one class.
local want = 0
for i = 1, #objects.images do
  if objects.categories[i] == 1 and not objects.crowd[i] then
    want = want + kept.images.kept[objects.images[i]]
  end
end
assert(kept.classes[1].kept == want)
support.refused({ "trace" }, detect.keep_counts, trace, data.test)

-- All forms run: a second pass, random rows, whole-batch normalisation, each score, both phases.
for _, form in ipairs {
  { batch_select = select.SelectiveBackprop(sb) }, { batch_select = select.RandomBackprop(sb) },
  { batch_select = select.SelectiveBackprop { variant = "seed", keep = 0.25, start = 0, finish = 1, interrupt = 3 } },
  { batch_select = select.SelectiveBackprop { variant = "jiang", prime = 0 } },
  { batch_select = select.TopK { keep = 0.5, start = 0, finish = 1 }, task = detect.task { score = "conf" } },
  { task = detect.task { normalise = "batch" }, batch_select = select.SelectiveBackprop { reuse = true, start = 0 } },
} do
  form.epochs = 1
  local told = run(form)
  assert(told.history[1].loss > 0 and told.backwarded < 24, tostring(form.batch_select and form.batch_select.name))
end

-- Same seed, same weights.
local a, b = select.SelectiveBackprop(sb), select.SelectiveBackprop(sb)
local _, one = run { batch_select = a, augment = "ssd" }
local _, two = run { batch_select = b, augment = "ssd" }
support.assert_same_state(one, two)

-- Grad-Match by image and by batch on the gradients of head biases, and its trace replayed.
local gm_trace = scratch .. "/gm.trace"
result = run {
  select = select.GradMatch { fraction = 0.5, every = 1, first = 1 }, epochs = 3, trace = gm_trace, matching_error = true,
}
assert(result.history[3].residual and result.history[3].matching_error < 1 and result.history[2].images == 12)
local replayed = run { select = select.Cached { trace = gm_trace }, epochs = 3 }
assert(replayed.history[3].loss == result.history[3].loss, "the same subsets and weights")
data.validation = data.test
assert(#run { select = select.GradMatch { fraction = 0.5, first = 0, validation = true }, epochs = 1 }.history == 1)
for _, s in ipairs {
  select.GradMatchPB { fraction = 0.5, every = 1, first = 0 }, select.KCenter { fraction = 0.25, first = 0 },
  select.RS2 { fraction = 0.5 },
} do
  assert(#run { select = s, epochs = 1, task = detect.task { pooled = true } }.history == 1, s.name)
end
result = run { select = select.RS2 { fraction = 0.5 }, matching_error = "all", epochs = 1 }
assert(result.history[1].matching_error > 0 and result.history[1].matching_error < 3)

-- The proxies are the gradients of the head biases of each image.
model = new_model()
local context = require("thresh.context").new { model = model, data = data.train, task = detect.task {}.for_model(model, data.train) }
local rows = context:residuals()
assert(rows.shape[1] == 24 and rows.shape[2] == 14 * (model.classes + 4) and context.forwarded == 24 and model.training)
assert(context:embeddings() == nil)

-- t_diff by hand: epochs of 1, 2, 4 seconds, the last with selection.
local d = th.train.t_diff { history = {
  { seconds = { train = 1 } }, { seconds = { train = 3 }, selective = 0 }, { seconds = { train = 7 }, selective = 3 },
} }
assert(d.seconds == 1.5 - 4 and d.literal == 3 - 4 and d.outside.epochs == 2 and d.standard_error == nil)
assert(tostring(d):find("t_diff -2.500 s (difference of sums: -1.000 s)", 1, true))
assert(tostring(th.train.t_diff { history = { { seconds = { train = 1 } } } }):find "needs epochs of both kinds")
support.refused({ "t_diff", "4" }, th.train.t_diff, 4)

-- A comparison's table.
local compared = th.compare {
  data = data, seeds = { 1, 2 }, epochs = 2, batch_size = 8, quiet = true, task = detect.task {},
  selectors = { { label = "Base", select = select.Full() }, { label = "SB", batch_select = select.SelectiveBackprop { start = 0.5, finish = 1 } } },
  model = new_model, evaluate_every = 2,
  optimizer = function(parameters) return th.optim.SGD(parameters, { lr = 0.01 }) end,
}
local text = detect.table(compared)
assert(text:find "mAP +small +medium +large" and text:find "SB" and text:find "2 seeds", text)
assert(tostring(compared):find "mAP %%", tostring(compared))
support.refused({ "detect.table" }, detect.table, 3)

-- What cannot be.
support.refused({ "detector", "Module" }, run, { model = th.nn.Linear(2, 2, { seed = 1 }) })
support.refused({ "DetectionDataset" }, run, { data = th.data.digits() })
support.refused({ "classes = " .. data.train.classes + 1 }, run, { model = detect.small_ssd { classes = 2, size = 64 } })
support.refused({ "scale_factor must be 1" }, run, { batch_select = select.SelectiveBackprop { scale_factor = 0.5 } })
support.refused({ "Forgetting", "none" }, run, { select = select.Forgetting { fraction = 0.5, first = 1 } })
support.refused({ "score", "did you mean 'normalised'" }, detect.task, { score = "normalized" })
support.refused({ "no logits" }, run, { select = select.Uncertainty { fraction = 0.5, first = 0 } })
return "ok"
