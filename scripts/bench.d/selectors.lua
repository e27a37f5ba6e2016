-- SPDX-License-Identifier: Apache-2.0
-- Greedy and geometric selectors on features and gradients of a synthetic softmax layer: CRAIG,
-- facility location, k-center, herding, each by class. One JSON line each, with the peak of tensor memory
-- beyond the inputs.
-- usage: scripts/bench selectors [--n N] [--classes C] [--width E] [--fraction F] [--threads T]
--        [--seconds S] [--only NAME]

local th = require "thresh"
local report = dofile((arg[0]:gsub("selectors%.lua$", "report.lua")))

local o = th.arguments {
  n = { 50000, "candidates" },
  classes = { 10, "classes" },
  width = { 512, "width of the embedding" },
  fraction = { 0.1, "part of the candidates to pick" },
  threads = { th.num_threads(), "threads of the engine" },
  seconds = { 1.0, "measure each for at least this long" },
  only = { "", "only the selectors whose name contains this" },
}
th.set_num_threads(o.threads)

-- Synthetic: ReLU embeddings, softmax residuals.
local labels = th.randint(1, o.classes, { o.n }, { seed = 1 })
local embeddings = th.randn(o.n, o.width, { seed = 2 }):relu()
local residuals = th.randn(o.n, o.classes, { seed = 3 }):softmax(2) - th.nn.one_hot(labels, o.classes)
local budget = math.max(1, math.floor(o.fraction * o.n))

local function by_class(t)
  t.labels, t.classes, t.budget = labels, o.classes, budget
  return t
end

local selectors = {
  { "craig", function() return th.select.craig(by_class { residuals = residuals }) end },
  {
    "craig linear_layer",
    function() return th.select.craig(by_class { residuals = residuals, embeddings = embeddings }) end,
  },
  { "facility_location", function() return th.select.submodular(by_class { features = embeddings }) end },
  { "k_center", function() return th.select.k_center(by_class { features = embeddings }) end },
  { "herding", function() return th.select.herding(by_class { features = embeddings }) end },
}

for _, item in ipairs(selectors) do
  if item[1]:find(o.only, 1, true) then
    collectgarbage()
    local before, chosen = th.memory().tensors, nil
    local times = report.times(function() chosen = item[2]() end, {
      seconds = o.seconds, warmup = 0, least = 1,
    })
    local median, least, most = report.spread(times)
    report.line {
      { "bench", "selectors" }, { "selector", item[1] }, { "n", o.n }, { "classes", o.classes },
      { "width", o.width }, { "k", budget }, { "threads", o.threads }, { "runs", #times },
      { "seconds", median }, { "min", least }, { "max", most }, { "picks", #chosen.indices },
      { "peak_mib", report.peak_mib() - before / 2 ^ 20 },
    }
  end
end
