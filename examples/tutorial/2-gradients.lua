-- SPDX-License-Identifier: Apache-2.0
-- 2. Gradients
--
-- A tensor that requires a gradient records what is done with it, and `backward` goes back through the record.
local th = require "thresh"

local x = th.tensor({ 3.0 }, { requires_grad = true })
local y = (x * x + 2 * x):sum()
y:backward()
assert(x.grad:item() == 2 * 3 + 2)

-- That is enough to fit a line: y = 2 x + 1 with noise, by gradient descent without any optimiser.
local points = th.linspace(-1, 1, 50):reshape(50, 1)
local truth = points * 2 + 1 + th.randn(50, 1, { seed = 1 }) * 0.05
local slope = th.zeros(1, 1):requires_grad_()
local offset = th.zeros(1):requires_grad_()

for step = 1, 200 do
  local loss = ((points:matmul(slope) + offset - truth) ^ 2):mean()
  loss:backward()
  -- Steps are not part of the record.
  th.no_grad(function()
    for _, parameter in ipairs { slope, offset } do
      parameter:sub_(parameter.grad * 0.1)
      parameter.grad = nil
    end
  end)
  if step % 50 == 0 then print(step, loss:item()) end
end
print("slope", slope:item(), "offset", offset:item())
assert(math.abs(slope:item() - 2) < 0.05 and math.abs(offset:item() - 1) < 0.05)

-- Layers and optimisers are the same thing with names: a layer holds parameters, an optimiser steps them.
local line = th.nn.Linear(1, 1, { seed = 2 })
local optimizer = th.optim.SGD(line:parameters(), { lr = 0.1, momentum = 0.9 })
for _ = 1, 100 do
  optimizer:zero_grad()
  th.nn.mse_loss(line(points), truth):backward()
  optimizer:step()
end
print("with a layer", line.weight:item(), line.bias:item())
