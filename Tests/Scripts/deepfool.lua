-- SPDX-License-Identifier: Apache-2.0
-- DeepFool's perturbations.
local th = require "thresh"
local deepfool = require "thresh.deepfool"

-- Of a linear model one step is exact: the nearest of the boundaries, (z_y - z_c) / ||w_y - w_c||.
local linear = th.nn.Sequential(th.nn.Flatten(), th.nn.Linear(12, 5, { seed = 1 }))
local x = th.randn(7, 3, 2, 2, { seed = 2 })
local found, steps = deepfool.perturbations(linear, x)
local w, z = linear:head().weight:detach(), linear:forward(x):detach()
local predicted = z:argmax(2)
for i = 1, 7 do
  local y, nearest = predicted[i], math.huge
  for c = 1, 5 do
    if c ~= y then nearest = math.min(nearest, (z[i][y] - z[i][c]) / (w[y] - w[c]):norm():item()) end
  end
  assert(math.abs(found[i] - nearest) < 1e-4 * nearest and steps[i] == 1, i)
end

-- Of another model the perturbed image is predicted otherwise, and half of the perturbation is too
-- little on average: it is near the boundary.
local model = th.models.lenet { classes = 10, in_channels = 1, image_size = 28, seed = 1 }
local weight = model:parameters()[1]
x = th.randn(16, 1, 28, 28, { seed = 3 })
found, steps = deepfool.perturbations(model, x)
assert(found:gt(0):all():item() and steps:ge(1):all():item() and steps:lt(50):all():item())
assert(model.training and weight.requires_grad and weight.grad == nil)

-- Steps that run out leave what was found so far.
local few = deepfool.perturbations(model, x, { steps = 1 })
assert(few:gt(0):all():item() and few:le(found + 1e-6):sum():item() >= 8)

-- A class that no move reaches, and one class alone.
local flat = th.nn.Sequential(th.nn.Flatten(), th.nn.Linear(4, 3, { seed = 1 }))
th.no_grad(function() flat:head().weight:zero_() end)
assert(deepfool.perturbations(flat, th.randn(2, 1, 2, 2, { seed = 1 }), { steps = 3 }):eq(0):all():item())

return "ok"
