-- SPDX-License-Identifier: Apache-2.0
-- What the study left open: how often Selective-Backprop is interrupted (interrupt), how much it keeps (keep) and
-- when it begins (start); beside each, random rows and full training cut at the same images.
--
--   thresh examples/study/interrupts.lua --scale tiny|small|full --data DIR [--jobs N] [--estimate] …

local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options {
  interrupts = { { 0, 2, 3 }, "one whole batch in so many; 0 for none" },
  keeps = { { 0.25, 0.5, 0.75 }, "parts of a batch's rows to train on" },
  starts = { {}, "parts of the epochs before rows are chosen (0.3, 0.5; tiny 0.3)" },
  finish = { 0.9, "part of the epochs after which they no longer are" },
  lr = { 0.03, "learning rate" },
  reuse = { false, "go on with the first forward pass's activations instead of a second pass" },
}
local starts = #o.starts > 0 and o.starts or o.scale == "tiny" and { 0.3 } or { 0.3, 0.5 }
-- Many runs: a smaller network.
local model = o.scale == "full" and o.settings.model or "resnet8"

-- Every combination as a method with its two controls. Those that cost as many epochs share one early stop.
local names, methods, stops, costs = { "Full" }, {}, {}, { epochs = o.settings.epochs }
for _, start in ipairs(starts) do
  for _, keep in ipairs(o.keeps) do
    for _, interrupt in ipairs(o.interrupts) do
      local settings = { keep = keep, start = start, finish = o.finish, interrupt = interrupt, reuse = o.reuse }
      local label = string.format("start %g keep %g interrupt %d", start, keep, interrupt)
      local method = study.rows("SelectiveBackprop", settings)
      methods["SB " .. label] = method
      methods["random " .. label] = study.rows("RandomBackprop", settings)
      table.insert(names, "SB " .. label)
      table.insert(names, "random " .. label)
      stops[math.max(1, math.floor(method.cost(costs) + 1e-9))] = true
    end
  end
end
for epochs = 1, o.settings.epochs do
  if stops[epochs] then
    local name = string.format("Full-EarlyStop %d epochs", epochs)
    methods[name] = study.early_stop(function() return epochs end)
    table.insert(names, name)
  end
end

study.run {
  name = "interrupts", title = "Interrupt, keep and start of Selective-Backprop", o = o,
  text = "SB: Selective-Backprop by rank (Composer's phases); random: as many random rows in the same batches; "
    .. "Full-EarlyStop: full training for as many epochs as the images of some SB stand for.",
  axis = "model", values = { model }, own = methods, methods = names,
  params = { lr = o.lr, finish = o.finish, reuse = o.reuse },
  setup = function(p) return { model = p.model, optimizer = study.sgd(p.lr) } end,
}
