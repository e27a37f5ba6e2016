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

return "ok"
