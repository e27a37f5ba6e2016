-- SPDX-License-Identifier: Apache-2.0
-- 6. Traces
--
-- Selecting costs; its result can be kept. A trace records what was selected when, and `select.Cached` replays it in
-- a run with another learning rate, optimiser or model.
local th = require "thresh"

local folder = (os.getenv "TMPDIR" or "/tmp") .. "/thresh-tutorial-" .. tostring({}):match "0x(%x+)"
th.make_directory(folder)
local path = folder .. "/gradmatch.trace"
local data = th.data.digits()

local function run(selector, lr, trace)
  local model = th.models.resnet8 { classes = 10, in_channels = 1, width = 8, seed = 1 }
  return th.train {
    model = model, data = data, select = selector, epochs = 6, batch_size = 64, seed = 1, quiet = true, trace = trace,
    optimizer = th.optim.SGD(model:parameters(), { lr = lr, momentum = 0.9 }),
  }
end

local source = run(th.select.GradMatch { fraction = 0.2, every = 2 }, 0.1, path)
local replayed = run(th.select.Cached { trace = path }, 0.05)
print(string.format("selecting took %.3f s, replaying %.3f s", source.seconds.select, replayed.seconds.select))

-- A trace is data: how often was each image chosen, and how alike are two selections?
local trace = th.select.read_trace(path)
local counts = trace:counts()
print(trace.method, trace.event_count .. " selections", "never chosen: " .. counts:eq(0):sum():item())
local first, last = trace:event(1), trace:event(trace.event_count)
print("overlap of the first and the last", th.select.jaccard(first.indices, last.indices))

-- On the command line: thresh trace stats gradmatch.trace
-- A trace of other data is refused.
local ok, message = pcall(function() trace:check(data.test) end)
print(ok, message)
assert(not ok)
os.remove(path)
os.remove(folder)
