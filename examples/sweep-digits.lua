-- SPDX-License-Identifier: Apache-2.0
-- A sweep over learning rates and seeds on the optical digits, full training beside a shared Grad-Match trace:
-- the subsets are chosen once by seed and replayed with every learning rate.
--
--   thresh examples/sweep-digits.lua --jobs 2
--   thresh examples/sweep-digits.lua --jobs 2 --set lr=0.03,0.1,0.3 --update
local th = require "thresh"

local o = th.arguments { root = { "runs", "where the runs go" }, quiet = { false, "no progress" } }
local data = th.data.digits()

local function model(seed)
  return th.models.mlp { in_channels = 1, image_size = 8, width = 64, seed = seed }
end

local function train(p, lr, more)
  local net = model(p.seed)
  local config = {
    model = net, data = data, epochs = p.epochs, seed = p.seed, quiet = true,
    optimizer = th.optim.SGD(net:parameters(), { lr = lr, momentum = 0.9 }),
  }
  for name, value in pairs(more) do config[name] = value end
  return th.train(config)
end

local found = th.sweep {
  name = "digits", root = o.root, quiet = o.quiet,
  grid = { lr = { 0.1, 0.3 }, method = { "Full", "Cached" }, seed = { 1, 2, 3 } },
  params = { epochs = 10, fraction = 0.3, source_lr = 0.1 },
  trial = function(p, run)
    local selector = th.select.Full()
    if p.method == "Cached" then
      local options = { fraction = p.fraction, every = 5, epochs = p.epochs, lr = p.source_lr }
      local trace = run.shared_trace {
        method = "GradMatch", options = options, data = data.train, model = "mlp 64", seed = p.seed,
        make = function(path)
          train(p, p.source_lr, { trace = path, select = th.select.GradMatch { fraction = p.fraction, every = 5 } })
        end,
      }
      selector = th.select.Cached { trace = trace }
    end
    local result = train(p, p.lr, { select = selector })
    return { accuracy = result.accuracy, best = result.best, forwarded = result.forwarded }
  end,
}

print(found)
print()
local best = found:best "accuracy"
print(string.format("best: %s, lr %g, seed %d: %.4f (%s)", best.params.method, best.params.lr, best.params.seed,
  best.result.accuracy, best.run))
