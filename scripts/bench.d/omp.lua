-- SPDX-License-Identifier: Apache-2.0
-- The matching-pursuit solver on gradients of a synthetic softmax layer. One JSON line.
-- usage: scripts/bench omp [--n N] [--classes C] [--width E] [--k K] [--lambda L] [--threads T] [--seconds S]

local th = require "thresh"
local report = dofile((arg[0]:gsub("omp%.lua$", "report.lua")))

local o = th.arguments {
  n = { 5000, "candidates" },
  classes = { 10, "classes" },
  width = { 512, "width of the embedding; d = classes * (width + 1)" },
  k = { 500, "picks" },
  lambda = { 0.0, "relative to the mean squared norm" },
  threads = { th.num_threads(), "threads of the engine" },
  seconds = { 3.0, "measure for at least this long" },
}
th.set_num_threads(o.threads)

-- Synthetic: ReLU embeddings, softmax residuals.
local labels = th.randint(1, o.classes, { o.n }, { seed = 1 })
local embeddings = th.randn(o.n, o.width, { seed = 2 }):relu()
local residuals = th.randn(o.n, o.classes, { seed = 3 }):softmax(2) - th.nn.one_hot(labels, o.classes)

local result
local times = report.times(function()
  result = th.select.omp {
    residuals = residuals, embeddings = embeddings, budget = o.k, lambda = o.lambda,
  }
end, { seconds = o.seconds, warmup = 1, least = 3 })
local median, least, most = report.spread(times)
report.line {
  { "bench", "omp" }, { "n", o.n }, { "classes", o.classes }, { "width", o.width }, { "k", o.k },
  { "threads", o.threads }, { "runs", #times }, { "seconds", median }, { "min", least },
  { "max", most }, { "residual", result.residual }, { "picks", #result.indices },
  { "peak_mib", report.peak_mib() },
}
