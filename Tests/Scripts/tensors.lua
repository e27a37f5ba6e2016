-- SPDX-License-Identifier: Apache-2.0
-- The tensor surface as Lua sees it: 1-based positions, keys, operators, types.
local th = require "thresh"

local function same(t, expected)
  local list = t
  if th.is_tensor(t) then list = t:tolist() end
  local function compare(a, b, path)
    if type(b) ~= "table" then
      assert(a == b or (a ~= a and b ~= b), path .. ": " .. tostring(a) .. " ~= " .. tostring(b))
      return
    end
    assert(type(a) == "table" and #a == #b, path .. ": lengths differ")
    for i = 1, #b do compare(a[i], b[i], path .. "[" .. i .. "]") end
  end
  compare(list, expected, "value")
end

-- Construction and dtypes.
assert(th.tensor({ 1, 2, 3 }).dtype == "int64")
assert(th.tensor({ 1, 2.5 }).dtype == "float32")
assert(th.tensor({ true, false }).dtype == "bool")
assert(th.tensor({ { 1, 2 }, { 3, 4 } }, { dtype = "float64" }).dtype == "float64")
same(th.zeros(2, 3).shape, { 2, 3 })
same(th.ones({ 2 }), { 1, 1 })
same(th.arange(4), { 1, 2, 3, 4 })
same(th.arange(2, 8, 3), { 2, 5, 8 })
same(th.arange(3, 1, -1), { 3, 2, 1 })
same(th.eye(2), { { 1, 0 }, { 0, 1 } })
same(th.full({ 2 }, 7), { 7, 7 })
same(th.linspace(0, 1, 5), { 0, 0.25, 0.5, 0.75, 1 })
assert(#th.zeros(5, 2) == 5)

-- Operators, either side, broadcasting, promotion.
local a = th.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
same(a + 1, { { 2, 3, 4 }, { 5, 6, 7 } })
same(1 - a, { { 0, -1, -2 }, { -3, -4, -5 } })
same(a * th.tensor { 10, 20, 30 }, { { 10, 40, 90 }, { 40, 100, 180 } })
assert((a / 2).dtype == "float32")
same(a / 2, { { 0.5, 1, 1.5 }, { 2, 2.5, 3 } })
same(a // 2, { { 0, 1, 1 }, { 2, 2, 3 } })
same(a % 4, { { 1, 2, 3 }, { 0, 1, 2 } })
same(th.tensor { -7, 7 } % 3, { 2, 1 })
same(a ^ 2, { { 1, 4, 9 }, { 16, 25, 36 } })
same(-a, { { -1, -2, -3 }, { -4, -5, -6 } })
assert((a + 1.5).dtype == "float32")
assert((th.tensor({ 1.0 }, { dtype = "float64" }) * 0.1):item() == 0.1)
same(a:gt(3), { { false, false, false }, { true, true, true } })
same(a:gt(1) & a:lt(5), { { false, true, true }, { true, false, false } })
same(~a:gt(3), { { true, true, true }, { false, false, false } })

-- Keys.
same(a[1], { 1, 2, 3 })
same(a[-1], { 4, 5, 6 })
assert(a[{ 2, 3 }] == 6 and math.type(a[{ 2, 3 }]) == "integer")
same(a[{ {}, 2 }], { 2, 5 })
same(a[{ { 1, 2 }, { 2, 3 } }], { { 2, 3 }, { 5, 6 } })
same(a[{ {}, { 3, 1, -1 } }], { { 3, 2, 1 }, { 6, 5, 4 } })
same(a[{ {}, { 1, 3, 2 } }], { { 1, 3 }, { 4, 6 } })
same(a[a:gt(3)], { 4, 5, 6 })
same(a[th.tensor { 2, 1, 2 }], { { 4, 5, 6 }, { 1, 2, 3 }, { 4, 5, 6 } })
same(a[{ {}, th.tensor { -1 } }], { { 3 }, { 6 } })
same(a[{ th.newaxis, 1 }].shape, { 1, 3 })
local v = th.tensor { 1.5, 2.5 }
assert(v[2] == 2.5 and math.type(v[2]) == "float")

-- Views share storage, assignment goes through them.
local b = th.zeros(2, 3)
b[1] = 5
b[{ 2, { 1, 2 } }] = th.tensor { 7.0, 8.0 }
b[{ {}, 3 }] = -1
same(b, { { 5, 5, -1 }, { 7, 8, -1 } })
b[b:lt(0)] = 0
same(b, { { 5, 5, 0 }, { 7, 8, 0 } })
b:t()[1]:fill_(9)
same(b, { { 9, 5, 0 }, { 9, 8, 0 } })
same(b:view(3, 2), { { 9, 5 }, { 0, 9 }, { 8, 0 } })
same(b:reshape(-1).shape, { 6 })
same(b:transpose(1, 2).shape, { 3, 2 })
same(th.zeros(2, 3, 4):permute(3, 1, 2).shape, { 4, 2, 3 })

-- Reductions and positions count from 1.
local c = th.tensor { { 3.0, 1.0 }, { 2.0, 5.0 } }
assert(c:sum():item() == 11 and c:mean():item() == 2.75)
same(c:sum(1), { 5, 6 })
same(c:sum { dim = 2, keepdim = true }, { { 4 }, { 7 } })
same(c:sum { 1, 2 }, 11)
local values, indices = c:max(2)
same(values, { 3, 5 })
same(indices, { 1, 2 })
same(c:argmin(1), { 2, 1 })
assert(c:argmax():item() == 4)
local sorted, order = th.tensor({ 3, 1, 2 }):sort()
same(sorted, { 1, 2, 3 })
same(order, { 2, 3, 1 })
local top, where = th.tensor({ 3, 1, 2 }):topk(2)
same(top, { 3, 2 })
same(where, { 1, 3 })
same(c:nonzero(), { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 } })
same(c:gather(2, th.tensor { { 2 }, { 1 } }), { { 1 }, { 2 } })
same(c:index_select(1, { 2, 2 }), { { 2, 5 }, { 2, 5 } })
same(th.zeros(3):scatter_add(1, th.tensor { 1, 3, 1 }, th.tensor { 1.0, 2.0, 3.0 }), { 4, 0, 2 })
same(th.cat({ th.tensor { 1 }, th.tensor { 2, 3 } }), { 1, 2, 3 })
same(th.stack({ th.tensor { 1 }, th.tensor { 2 } }), { { 1 }, { 2 } })
same(th.tensor({ 2, 1, 2 }):unique(), { 1, 2 })
same(th.tensor({ 1, 1, 3 }):bincount(), { 2, 0, 1 })
same(c:cumsum(1), { { 3, 1 }, { 5, 6 } })
same(c:matmul(th.eye(2)), { { 3, 1 }, { 2, 5 } })
same(c:softmax(2):sum(2):round(), { 1, 1 })

-- Without a dimension, keepdim leaves extents of 1; an explicit nil changes nothing.
for _, name in ipairs {
  "sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "count_nonzero", "var", "std", "norm", "max", "min",
  "argmax", "argmin", "aminmax", "var_mean", "std_mean", "nansum", "nanmean", "median",
} do
  for _, results in ipairs {
    table.pack(c[name](c, { keepdim = true })), table.pack(c[name](c, nil, { keepdim = true })),
  } do
    for _, result in ipairs(results) do same(result.shape, { 1, 1 }) end
    same(results[1]:reshape(1), { c[name](c):item() })
  end
end
same(c:quantile(0.5, nil, { keepdim = true }).shape, { 1, 1 })
same(c:sum(nil, { dim = 1 }), { 5, 6 })
same(c:std(nil, { correction = 0, dim = 1 }), { 0.5, 2 })

-- Negative positions count from the end wherever positions are given.
same(c:index_select(1, { -1, 1 }), { { 2, 5 }, { 3, 1 } })
same(c:gather(2, th.tensor { { -1 }, { -2 } }), { { 1 }, { 2 } })
same(c:take({ -1, 1 }), { 5, 3 })
local three = { 1.0, 2.0, 3.0 }
for _, at in ipairs { -1, 3 } do
  local index, source = th.tensor { at }, th.tensor { 9.0 }
  for _, suffix in ipairs { "", "_" } do
    local function made(name, ...)
      local t = th.tensor(three)
      return t[name .. suffix](t, 1, ...)
    end
    same(made("index_fill", index, 9), { 1, 2, 9 })
    same(made("index_copy", index, source), { 1, 2, 9 })
    same(made("index_add", index, source), { 1, 2, 12 })
    same(made("scatter", index, source), { 1, 2, 9 })
    same(made("scatter", index, 9), { 1, 2, 9 })
    same(made("scatter_add", index, source), { 1, 2, 12 })
  end
end
same(th.tensor({ 1, 2, 3 }):keep { -1 }, { 3 })

-- What is refused has not been done.
local untouched = th.tensor { 1.0, 2.0 }
for _, f in ipairs {
  function() untouched:add_(1, 2) end, function() untouched:zero_ { all = true } end,
  function() untouched:clamp_({ min = 5 }, 1) end, function() untouched:masked_fill_(untouched:gt(0), 1, 2) end,
  function() untouched:normal_(0, 1, nil, 2) end, function() untouched:index_fill_(1, { 1 }, 5, 6) end,
} do
  assert(not pcall(f))
  same(untouched, { 1, 2 })
end
same(th.tensor({ 2, 3 }) ^ th.tensor { 2, 0 }, { 4, 1 })
same(th.tensor({ 2.0, 4.0 }) ^ -1, { 0.5, 0.25 })
assert(not pcall(th.exp, untouched, { out = th.ones(2) }, 1))

-- Results into a tensor that is there.
local room = th.zeros(2, 3)
assert(a:add(1, { out = room }) == room)
same(room, { { 2, 3, 4 }, { 5, 6, 7 } })
same(th.exp(th.zeros(2), { out = th.ones(2) }), { 1, 1 })
assert(not pcall(function() return a:add(1, { out = th.zeros(2) }) end))
assert(not pcall(function() return a:div(2, { out = a }) end))
local q, r = th.eye(3):qr()
assert(q:matmul(r):allclose(th.eye(3)))
local w, vectors = th.eye(2):eigh()
same(w, { 1, 1 })
assert(vectors:matmul(vectors:t()):allclose(th.eye(2)))
same(th.einsum("ij,j->i", { th.ones(2, 3), th.ones(3) }), { 3, 3 })
assert(th.zeros(4):uniform_(2, 3, { seed = 1 }):ge(2):all():item())
assert(th.zeros(4):normal_():ne(0):all():item())
assert(th.normal(5, 0, { 2 }):equal(th.full({ 2 }, 5.0)))
same(th.bernoulli(th.tensor { 0.0, 1.0 }), { 0, 1 })
same(th.rand_like(th.zeros(2, 3)).shape, { 2, 3 })

-- Identity, equality, ordering.
assert(a == a and a ~= a:clone())
assert(a:equal(a:clone()))
assert(th.ones(2):allclose(th.ones(2) + 1e-9))
assert(not pcall(function() return a < a end))

-- The tape.
local x = th.tensor({ 2.0, 3.0 }, { requires_grad = true })
local y = (x * x):sum()
y:backward()
same(x.grad, { 4, 6 })
x.grad = nil
th.no_grad(function() assert(not (x * 2).requires_grad) end)
local losses = x * x
losses:keep({ 2 }):sum():backward()
same(x.grad, { 0, 6 })

-- Random streams: the same seed, the same numbers.
assert(th.randn(5, { seed = 3 }):equal(th.randn(5, { seed = 3 })))
assert(not th.randn(5):equal(th.randn(5)))
same(th.randperm(4, { seed = 1 }):sort(), { 1, 2, 3, 4 })
local r = th.randint(1, 3, { 100 }, { seed = 1 })
assert(r:min():item() == 1 and r:max():item() == 3)

return "ok"
