-- SPDX-License-Identifier: Apache-2.0
-- Table 3 of the study: architectures. Do subsets chosen on a MobileNetV2 serve a ResNet, from the start and warm?
--
--   thresh examples/study/table3.lua --scale tiny|small|full --data DIR [--jobs N] [--estimate] …

local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options {
  lr = { 0.01, "learning rate of both" },
  source = { "", "the model that chooses the replayed subsets (mobilenetv2, narrow at small scales)" },
}
local source = o.source ~= "" and o.source or "mobilenetv2"
-- Channels of its first convolution; the published number is 32.
local width = ({ tiny = 4, small = 8 })[o.scale]

study.run {
  name = "table3", title = "Table 3: architectures", o = o,
  text = string.format("Cached-GradMatch and Cached-GradMatch-warm replay subsets that GradMatch chose on a %s.", source),
  axis = "target", values = { o.settings.model },
  params = { lr = o.lr, source = source, source_width = width },
  methods = {
    "Full", "Full-EarlyStop", "RS2", "RS2-warm", "RandomPB", "GradMatch", "GradMatch-warm", "Cached-GradMatch",
    "Cached-GradMatch-warm",
  },
  setup = function(p)
    return {
      model = p.target, optimizer = study.sgd(p.lr),
      source = {
        name = string.format("%s, width %s, SGD %g", p.source, p.source_width or "as published", p.lr), model = p.source,
        width = p.source_width, optimizer = study.sgd(p.lr),
      },
    }
  end,
}
