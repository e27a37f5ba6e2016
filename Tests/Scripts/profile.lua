-- SPDX-License-Identifier: Apache-2.0
-- th.profile: what it gives, its tables, its trace and its errors; no time is compared with another.
local th = require "thresh"
local nn = th.nn
local scratch = ...

local model = th.models.resnet8 { classes = 10, in_channels = 3, image_size = 32, seed = 1 }
local x = th.randn(2, 3, 16, 16, { seed = 1 })
local y = th.tensor { 1, 10 }
local optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 })

local function step(scale, ...)
  optimizer:zero_grad()
  local loss = nn.cross_entropy(model(x * scale), y)
  loss:backward()
  optimizer:step()
  return loss, select("#", ...)
end

-- What f is given and returns passes through.
local profile, loss, more = th.profile(step, 2, nil, "x", nil)
assert(loss.ndim == 0 and more == 3)

local rows, sum, last = {}, profile.outside, math.huge
for _, row in ipairs(profile.rows) do
  rows[row.title] = row
  sum = sum + row.seconds
  assert(row.calls >= 1 and row.seconds <= last, row.title)
  assert(row.title == (row.method == "" and row.op or row.op .. " (" .. row.method .. ")"))
  assert((row.flops == 0) == (row.gflops == 0) and (row.flops == 0) == (row.peak_share == 0), row.title)
  last = row.seconds
end
assert(math.abs(sum - profile.seconds) < 1e-9, "rows and the rest sum to the whole")
for title, calls in pairs {
  mul = 1, conv_norm = 7, ["conv_norm backward"] = 7, linear = 1, ["linear backward"] = 1, cross_entropy = 1,
  ["cross_entropy backward"] = 2, pad_channels = 2, sgd_step = #model:parameters(), tape = 1,
} do
  assert(rows[title], "no row of " .. title)
  assert(rows[title].calls == calls, title .. " was called " .. rows[title].calls .. " times")
end
assert(rows.linear.flops == 2 * 2 * 64 * 10 and rows.mul.bytes == 4 * 2 * x.count)
assert(profile.peak_gflops > 0 and profile.threads == th.num_threads())

local paths, flops = {}, 0
for _, layer in ipairs(profile.layers) do
  paths[layer.path] = layer
  flops = flops + layer.forward.flops + layer.backward.flops
end
for _, row in pairs(rows) do flops = flops - row.flops end
assert(flops == 0, "layers and rows have the same work")
-- The model itself pools what its layers gave.
assert(profile.layers[1].path == "CIFARResNet" and profile.layers[2].path == "conv1")
assert(profile.layers[#profile.layers].path == "")
for _, path in ipairs { "conv1", "layer1.0.conv2", "layer3.0.conv1", "linear" } do
  local layer = paths[path]
  assert(layer and layer.calls == 1 and layer.forward.flops > 0 and layer.backward.flops > 0, path)
  assert(layer.forward.gflops > 0 and layer.backward.seconds > 0, path)
end

local text = tostring(profile)
for _, part in ipairs {
  "operation", "of peak", "conv_norm backward", "convolution forward (", "sgd_step", "(outside operations)", "total",
  "GFLOP/s: products of float32 matrices", "forward ms", "layer3.0.conv2", "(in no layer)",
} do
  assert(text:find(part, 1, true), part .. " is missing in\n" .. text)
end

-- A model in Lua gives its names too; layers called by hand go by their kind.
local Net = nn.define {
  name = "Net",
  init = function(self)
    self.first = nn.Linear(4, 3, { seed = 1 })
    self.second = nn.Linear(3, 2, { seed = 2 })
  end,
  forward = function(self, h) return self.second(self.first(h):relu()) end,
}
local net, lone = Net(), nn.Linear(2, 2, { seed = 3 })
local named = th.profile(function() lone(net(th.ones(5, 4))) end)
local found = {}
for _, layer in ipairs(named.layers) do found[#found + 1] = layer.path end
assert(table.concat(found, " ") == "Net first second Linear", table.concat(found, " "))

-- The trace.
local path = scratch .. "/trace.json"
profile:chrome_trace(path)
local file <close> = assert(io.open(path))
local trace = file:read "a"
local _, events = trace:gsub('"ph":"X"', "")
local calls = 0
for _, row in pairs(rows) do calls = calls + row.calls end
assert(events > calls, "every call and the layers are events")
assert(trace:find('"name":"layer1.0.conv1"', 1, true) and trace:find('"cat":"backward"', 1, true))

-- Errors, after which the profiler is off.
for _, case in ipairs {
  { "function expected", function() th.profile(3) end },
  { "function expected", function() th.profile() end },
  { "profiles do not nest", function() th.profile(function() th.profile(print) end) end },
  { "on purpose", function() th.profile(function() x:relu() error "on purpose" end) end },
  { "inner sizes differ", function() th.profile(x.matmul, th.ones(2, 3), th.ones(2, 3)) end },
  { "no/folder", function() profile:chrome_trace(scratch .. "/no/folder/trace.json") end },
} do
  local ok, message = pcall(case[2])
  assert(not ok and tostring(message):find(case[1], 1, true), tostring(message))
  assert(#th.profile(function() end).rows == 0)
end

return "ok"
