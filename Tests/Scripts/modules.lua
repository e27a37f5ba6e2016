-- SPDX-License-Identifier: Apache-2.0
-- Modules written in Lua behave like native ones, inside and around them.
local th = require "thresh"
local nn = th.nn

local Block = nn.define {
  name = "Block",
  init = function(self, width)
    self.inner = nn.Linear(width, width, { seed = 1 })
    self.scale = nn.parameter(th.ones(width))
  end,
  forward = function(self, x) return x + self.inner(x):relu() * self.scale end,
}

local block = Block(4)
local names = {}
for i, p in ipairs(block:named_parameters()) do names[i] = p.name end
assert(table.concat(names, " ") == "scale inner.weight inner.bias")
assert(tostring(block):find("Block", 1, true))

local model = nn.Sequential(nn.Flatten(), nn.Linear(6, 4, { seed = 2 }), block, nn.Linear(4, 3, { seed = 3 }))
local x, y = th.randn(5, 6, { seed = 1 }), th.tensor { 1, 2, 3, 1, 2 }
local before = nn.cross_entropy(model(x), y):item()
local optimizer = th.optim.SGD(model:parameters(), { lr = 0.1 })
for _ = 1, 20 do
  optimizer:zero_grad()
  nn.cross_entropy(model(x), y):backward()
  optimizer:step()
end
assert(nn.cross_entropy(model(x), y):item() < before)

-- The head is the last linear layer, its input the embedding.
local logits, h = model:forward_with_embedding(x)
assert(#logits == 5 and h.shape[2] == 4)
assert(logits:allclose(h:matmul(model:head().weight:t()) + model:head().bias))

-- State goes through names.
local copy = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), Block(4), nn.Linear(4, 3))
copy:load_state_dict(model:state_dict())
assert(copy(x):equal(model(x)))

-- train and eval reach Lua modules' children.
local Dropped = nn.define {
  name = "Dropped", init = function(self) self.drop = nn.Dropout(0.5, { seed = 1 }) end,
  forward = function(self, x) return self.drop(x) end,
}
local d = Dropped()
assert(not d(th.ones(100)):equal(th.ones(100)))
d:eval()
assert(d(th.ones(100)):equal(th.ones(100)))

-- Errors inside come out with their place.
local Broken = nn.define { name = "Broken", forward = function(_, x) return x.nothing end }
local ok, message = pcall(nn.Sequential(Broken()), x)
assert(not ok and tostring(message):find("no field or method 'nothing'", 1, true), tostring(message))
local Silent = nn.define { name = "Silent", forward = function() end }
ok, message = pcall(Silent(), x)
assert(not ok and tostring(message):find("Silent: forward must return a tensor", 1, true), tostring(message))

-- A summary lists the layers below Lua modules too, and leaves the model as it was.
local summed = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), Block(4), nn.Linear(4, 3))
local s = summed:summary { 2, 3 }
local paths = {}
for i, row in ipairs(s.rows) do paths[i] = row.path end
assert(table.concat(paths, " ") == "0 1 2 2.inner 3", table.concat(paths, " "))
assert(s.rows[3].type == "Block" and s.rows[3].parameters == 4 and s.rows[3].macs == 0)
assert(s.rows[4].parameters == 20 and s.rows[4].macs == 16)
assert(table.concat(s.rows[5].shape, "x") == "1x3" and #s.rows[5].shapes == 1)
assert(s.parameters == summed:parameter_count() and s.trainable == s.parameters and s.unused == 0)
assert(s.macs == 6 * 4 + 16 + 12 and s.parameter_mib == s.parameters * 4 / 2 ^ 20)
assert(s.model == "Sequential" and table.concat(s.input, "x") == "1x2x3" and s.activation_mib > 0)
assert(tostring(s):find("2.inner +Linear +%(1, 4%) +20 +16\n"), tostring(s))
assert(summed.training and summed[3].training)
summed:eval()
summed:summary(2, 3)
assert(not summed.training)

-- The layer that a shape does not fit is named, below Lua modules too.
for _, case in ipairs {
  { { 7 }, "summary: 1 (Linear): linear:" }, { { 2, 3 }, "2.inner (Linear): linear:", Block(5) },
  { {}, "without its batch" }, { { 0 }, "without its batch" },
} do
  local shape, pattern, middle = table.unpack(case)
  local odd = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), middle or Block(4))
  local fine, problem = pcall(odd.summary, odd, shape)
  assert(not fine and tostring(problem):find(pattern, 1, true), tostring(problem))
end

-- Forms and options of models.
local resnet = th.models.resnet50 { image_size = 224, width = 4, seed = 1 }
assert(resnet:summary { 3, 224, 224 }.rows[1].shape[3] == 112)
assert(th.models.resnet50 { width = 4, seed = 1 }:summary { 3, 32, 32 }.rows[1].shape[3] == 32)
assert(th.models.vgg11_bn { stem = "cifar", width = 4 }(th.zeros(2, 3, 32, 32)).shape[2] == 10)
local slim = th.models.mobilenetv2 { stem = "imagenet", width_multiple = 0.35, dropout = 0.1 }
assert(slim(th.zeros(2, 3, 64, 64)).shape[2] == 10)
for _, case in ipairs {
  { "resnet18", { stem = "cifer" }, "did you mean 'cifar'" },
  { "resnet20", { stem = "cifar" }, "unknown option 'stem'" },
  { "vgg16_bn", { width_multiple = 1 }, "unknown option 'width_multiple'" },
  { "mobilenetv2", { width = 8, width_multiple = 1 }, "not both" },
  { "ssd300", { dropout = 0.1 }, "unknown option 'dropout'" },
} do
  local name, options, pattern = table.unpack(case)
  local fine, problem = pcall(th.models[name], options)
  assert(not fine and tostring(problem):find(pattern, 1, true), tostring(problem))
end

-- SSD300 has two outputs.
local ssd = th.models.ssd300 { width = 4, classes = 3, seed = 1 }
ssd:eval()
local loc, conf = th.no_grad(function() return ssd(th.zeros(1, 3, 300, 300)) end)
assert(table.concat(loc.shape, "x") == "1x4x8732" and table.concat(conf.shape, "x") == "1x3x8732")

return "ok"
