-- SPDX-License-Identifier: Apache-2.0
-- Table 2 of the study: optimisers. Do subsets chosen under SGD serve Adam and RMSProp?
--
--   thresh examples/study/table2.lua --scale tiny|small|full --data DIR [--jobs N] [--estimate] …

local th = require "thresh"
local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options {
  optimizers = { { "Adam", "RMSProp", "SGD" }, "optimisers, separated by commas" },
  sgd_lr = { 0.01, "learning rate of SGD" },
  adam_lr = { 0.001, "learning rate of Adam" },
  rmsprop_lr = { 0.001, "learning rate of RMSProp" },
}

-- As in CORDS: SGD and Adam with weight decay, RMSProp with its rate alone.
local makers = {
  SGD = study.sgd(o.sgd_lr),
  Adam = function(parameters) return th.optim.Adam(parameters, { lr = o.adam_lr, weight_decay = 5e-4 }) end,
  RMSProp = function(parameters) return th.optim.RMSProp(parameters, { lr = o.rmsprop_lr }) end,
}
for _, name in ipairs(o.optimizers) do
  if not makers[name] then error(string.format("there is no optimiser '%s'; it is Adam, RMSProp or SGD", name), 0) end
end

study.run {
  name = "table2", title = "Table 2: optimisers", o = o,
  text = "Cached-GradMatch replays subsets that GradMatch chose under SGD.",
  axis = "optimizer", values = o.optimizers,
  params = { sgd_lr = o.sgd_lr, adam_lr = o.adam_lr, rmsprop_lr = o.rmsprop_lr },
  methods = { "Full", "Full-EarlyStop", "RS2", "RandomPB", "GradMatch", "GradMatchPB-warm", "Cached-GradMatch" },
  setup = function(p)
    return {
      model = p.model, optimizer = makers[p.optimizer],
      source = { name = string.format("%s, SGD %g", p.model, p.sgd_lr), model = p.model, optimizer = makers.SGD },
    }
  end,
}
