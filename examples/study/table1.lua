-- SPDX-License-Identifier: Apache-2.0
-- Table 1 of the study: learning rates. Do subsets chosen at one rate serve at others?
--
--   thresh examples/study/table1.lua --scale tiny|small|full --data DIR [--jobs N] [--estimate] …
--
-- Cached-GradMatch replays the subsets that GradMatch has chosen at the rate --source-lr.

local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options {
  rates = { { 0.001, 0.003, 0.03 }, "learning rates, separated by commas" },
  source_lr = { 0.01, "the rate at which the replayed subsets were chosen" },
}

study.run {
  name = "table1", title = "Table 1: learning rates", o = o,
  text = string.format("Cached-GradMatch replays subsets that GradMatch chose at a rate of %g.", o.source_lr),
  axis = "lr", values = o.rates, params = { source_lr = o.source_lr },
  methods = {
    "Full", "Full-EarlyStop", "RS2", "RandomPB", "GradMatch", "GradMatchPB", "GradMatchPB-warm", "Cached-GradMatch",
  },
  setup = function(p)
    return {
      model = p.model, optimizer = study.sgd(p.lr),
      source = {
        name = string.format("%s, SGD %g", p.model, p.source_lr), model = p.model, optimizer = study.sgd(p.source_lr),
      },
    }
  end,
}
