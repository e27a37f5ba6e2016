-- SPDX-License-Identifier: Apache-2.0
-- The same model layer by layer and in fused steps; either form of convolution.
local th = require "thresh"
local nn = th.nn

local function close(a, b, tolerance, what)
  local error = ((a - b):norm():item()) / math.max(b:norm():item(), 1e-12)
  assert(error < tolerance, string.format("%s: relative error %.2e", what, error))
end

-- A residual block of 16 channels, once by operations and once fused.
local function block(fused)
  return nn.define {
    name = "Block",
    init = function(self)
      self.conv1 = nn.Conv2d(16, 16, 3, { padding = 1, bias = false, seed = 1 })
      self.bn1 = nn.BatchNorm2d(16)
      self.conv2 = nn.Conv2d(16, 16, 3, { padding = 1, bias = false, seed = 2 })
      self.bn2 = nn.BatchNorm2d(16)
    end,
    forward = function(self, x)
      if fused then
        local y = nn.conv_bn_relu(self.conv1, self.bn1, x)
        return nn.conv_bn_relu(self.conv2, self.bn2, y, { residual = x })
      end
      local y = self.bn1(self.conv1(x)):relu()
      return nn.add_relu(self.bn2(self.conv2(y)), x)
    end,
  }()
end

local function gradients(model, x)
  model:zero_grad()
  local leaf = x:clone():requires_grad_()
  local y = model(leaf)
  -- Not a sum of squares: behind a normalisation its gradient is nothing but rounding.
  y:backward(th.randn(y.shape[1], y.shape[2], y.shape[3], y.shape[4], { seed = 11 }))
  local all = { y:detach(), leaf.grad }
  for _, p in ipairs(model:parameters()) do all[#all + 1] = p.grad end
  return all
end

local x = th.randn(8, 16, 12, 12, { seed = 3 })
local apart, together = block(false), block(true)
for step = 1, 2 do
  local a, b = gradients(apart, x), gradients(together, x)
  for i = 1, #a do close(b[i], a[i], 1e-5, "step " .. step .. ", tensor " .. i) end
end
-- Running statistics moved alike, so evaluation agrees, folded and not.
apart:eval()
together:eval()
close(th.no_grad(function() return together(x) end), apart(x):detach(), 1e-5, "evaluation")
close(together(x):detach(), apart(x):detach(), 1e-5, "evaluation on the tape")

-- Sequential fuses by itself.
local function sequence()
  local model = nn.Sequential(
    nn.Conv2d(16, 24, 1, { bias = false, seed = 5 }), nn.BatchNorm2d(24), nn.ReLU6(),
    nn.Conv2d(24, 24, 3, { padding = 1, groups = 24, bias = false, seed = 6 }), nn.BatchNorm2d(24), nn.ReLU(),
    nn.Conv2d(24, 8, 1, { bias = false, seed = 7 }), nn.BatchNorm2d(8))
  -- With biases of 0 a channel's scale would not matter behind the next normalisation, and its
  -- gradient would be nothing but rounding.
  local state = model:state_dict()
  for _, i in ipairs { 1, 4 } do state[i .. ".bias"] = th.full({ 24 }, 0.5) end
  return model:load_state_dict(state)
end
local fused, plain = sequence(), sequence()
local by_layer = nn.define {
  name = "ByLayer", init = function(self) self.inner = plain end,
  forward = function(self, h)
    for i = 1, #self.inner do h = self.inner[i](h) end
    return h
  end,
}()
local a, b = gradients(by_layer, x), gradients(fused, x)
for i = 1, #a do close(b[i], a[i], 1e-5, "Sequential, tensor " .. i) end

-- Direct convolution is the reference; both forms agree, and the switch says what it was.
assert(th.set_convolution("direct") == "auto")
local direct = gradients(block(true), x)
assert(th.set_convolution("auto") == "direct")
local winograd = gradients(block(true), x)
for i = 1, #direct do close(winograd[i], direct[i], 1e-5, "Winograd, tensor " .. i) end
local ok, message = pcall(th.set_convolution, "fft")
assert(not ok and tostring(message):find("'auto' or 'direct' expected, got 'fft'", 1, true), tostring(message))
assert(({ generic = true, avx2 = true, avx512 = true })[th.cpu_level()])

-- Wrong shapes are errors that name them.
ok, message = pcall(nn.conv_bn_relu, nn.Conv2d(16, 8, 3, { bias = false }), nn.BatchNorm2d(9), x)
assert(not ok and tostring(message):find("(9,), needed is (8,)", 1, true), tostring(message))
ok, message = pcall(nn.conv_bn_relu, nn.Conv2d(16, 16, 3, { bias = false }), nn.BatchNorm2d(16), x, { residual = x })
assert(not ok and tostring(message):find("the residual has shape", 1, true), tostring(message))

return "ok"
