-- SPDX-License-Identifier: Apache-2.0
-- Wrong shapes, types, indices, options and files are errors that say what was given and needed.
local scratch = ...
local th = require "thresh"
local nn, optim, schedule, select = th.nn, th.optim, th.schedule, th.select

local m23, m45 = th.zeros(2, 3), th.zeros(4, 5)

-- { pattern (plain), function }
local cases = {
  { "matmul", function() return m23:matmul(m45) end },
  { "(2, 3)", function() return m23:matmul(m45) end },
  { "do not broadcast", function() return m23 + m45 end },
  { "Tensor or number expected", function() return m23 + "x" end },
  { "Tensor or number expected", function() return m23 * {} end },
  { "Lua turns its result into one boolean", function() return m23 < m45 end },
  { "out of range", function() return m23[3] end },
  { "count from 1", function() return m23[0] end },
  { "too many indices", function() return m23[{ 1, 1, 1 }] end },
  { "step must not be 0", function() return m23[{ { 1, 2, 0 } }] end },
  { "integer", function() return m23[1.5] end },
  { "did you mean 'shape'", function() return m23.shpae end },
  { "no field or method", function() return m23.zzzzzz end },
  { "cannot be assigned", function() m23.shape = { 1 } end },
  { "unknown option 'keepdmi' (did you mean 'keepdim'?)", function() return m23:sum { keepdmi = true } end },
  { "dimensions count from 1", function() return m23:sum(0) end },
  { "boolean expected", function() return m23:sum { keepdim = 1 } end },
  { "unknown dtype 'flaot32'", function() return th.zeros(2, { dtype = "flaot32" }) end },
  { "must not be negative", function() return th.zeros(-1) end },
  { "too many elements", function() return th.zeros(1 << 40, 1 << 40) end },
  { "memory", function() return th.zeros(1 << 50) end },
  { "reshape", function() return m23:reshape(4, 2) end },
  { "needs one element", function() return m23:item() end },
  { "needs one element", function() (m23:requires_grad_() * 2):backward() end },
  { "not on the tape", function() return m45:sum():backward() end },
  { "only float32 and float64", function() return th.tensor({ 1 }, { requires_grad = true }) end },
  { "tensor was freed", function() local t = th.zeros(2) t:free() return t + 1 end },
  { "keep: row 3 is outside a batch of 2", function() return th.zeros(2, 3):keep { 3 } end },
  { "keep: row -3 is outside a batch of 2", function() return th.zeros(2, 3):keep { -3 } end },
  { "keep: row 1 comes twice", function() return th.zeros(2, 3):keep { 1, 1 } end },
  { "a mask of a batch of 2 has shape (2,), got (3,)", function() return m23:keep(th.ones(3):gt(0)) end },
  { "has shape (2,), got (2, 3)", function() return m23:keep(m23:gt(0)) end },
  -- Arguments that a function does not take, options among them.
  { "clone: takes no arguments, got 1", function() return m23:clone { dtype = "int64" } end },
  { "clone: takes at most 1 argument, got 2", function() return th.clone(m23, 1) end },
  { "softmax: takes at most 1 argument, got 2", function() return m23:softmax(1, { dtype = "float64" }) end },
  { "transpose: takes at most 2 arguments, got 4", function() return m23:transpose(1, 2, nil, 3) end },
  { "cumsum: takes at most 2 arguments, got 3", function() return th.cumsum(m23, 1, { reverse = true }) end },
  { "unique: takes no arguments, got 1", function() return m23:unique { sorted = false } end },
  { "add_: takes at most 1 argument, got 2", function() return m23:add_(1, { alpha = 2 }) end },
  { "clamp_: takes at most 1 argument, got 2", function() return m23:clamp_({ min = 1 }, 2) end },
  { "clock: takes no arguments, got 1", function() return th.clock(1) end },
  { "bad argument #4 'options' to 'arange'", function() return th.arange(1, 2, 1, 4) end },
  { "save_npy: takes at most 2 arguments, got 3", function() return th.save_npy(scratch .. "/x.npy", m23, { a = 1 }) end },
  { "load_npy: takes at most 1 argument, got 2", function()
    th.save_npy(scratch .. "/surplus.npy", m23)
    return th.load_npy(scratch .. "/surplus.npy", { mmap = true })
  end },
  { "is_module: takes at most 1 argument, got 2", function() return nn.is_module(m23, 1) end },
  { "parameters: takes no arguments, got 1", function() return nn.Linear(2, 3):parameters { all = true } end },
  { "zero_grad: takes no arguments, got 1", function()
    return optim.SGD({ nn.parameter(m23) }):zero_grad { set_to_none = true }
  end },
  { "permutation: takes at most 1 argument, got 2", function() return th.stream(1, "x"):permutation(3, 4) end },
  { "no negative integer powers", function() return th.tensor { 2, 3 } ^ -1 end },
  { "pow: integers have no negative", function() return th.tensor({ 2, 3 }):pow(-2) end },
  { "pow_: integers have no negative", function() return th.tensor({ 2, 3 }):pow_(-1) end },
  { "needs integers, got float32", function() return th.tensor({ 1.5 }):bincount() end },
  { "bad argument #2 'std' to 'normal_' (must not be negative, got -1.0)", function() return m23:normal_(0, -1) end },
  { "bad argument #2 'high' to 'uniform_' (must be at least low, 2.0, got 1.0)", function() return m23:uniform_(2, 1) end },
  { "threads are possible, got 100000", function() return th.set_num_threads(100000) end },
  { "threads are possible, got 0", function() return th.set_num_threads(0) end },
  -- Positions in messages count from 1.
  { "index_select: index 3 at position 2 lies outside an extent of 2 (shape (2, 3))", function()
    return m23:index_select(1, { 1, 3 })
  end },
  { "gather: index -4 at position (1, 2) lies outside an extent of 3", function()
    return m23:gather(2, th.tensor { { 1, -4 } })
  end },
  { "select: index 5 lies outside an extent of 3", function() return m23:select(2, 5) end },
  { "take: index 7 at position 1 lies outside an extent of 6", function() return m23:take { 7 } end },
  { "meshgrid: tensor 2 has shape (2, 3)", function() return th.meshgrid { th.zeros(2), m23 } end },
  { "diagonal element 2 of 2 is 0", function()
    return th.tensor({ { 1.0, 0 }, { 5, 0 } }):solve_triangular(th.zeros(2), { upper = false })
  end },
  { "(matrix 2 of 2 in the stack)", function()
    return th.tensor({ { { 1.0 } }, { { 0 } } }):solve_triangular(th.zeros(2, 1, 1), { upper = false })
  end },
  { "multinomial: weight 2 is -1.0", function() return th.multinomial({ 1, -1 }, 1) end },
  { "does not hold all integers from 1 to 300", function() return th.randint(1, 300, 2, { dtype = "uint8" }) end },
  -- The operation that was typed.
  { "max: ", function() return th.zeros(0):max() end },
  { "mm: ", function() return m23:mm(m45) end },
  { "mv: ", function() return m23:mv(th.zeros(2)) end },
  { "inv: ", function() return m23:inv() end },
  { "cdist: ", function() return th.zeros(2, 2):long():cdist(th.zeros(2, 2):long(), { p = 1 }) end },
  { "rand_like: ", function() return th.rand_like(th.tensor { 1 }) end },
  { "uniform_: ", function() return th.tensor({ 1 }):uniform_() end },
  { "normal: ", function() return th.normal(0, 1, { 2 }, { dtype = "int64" }) end },
  { "std_mean: ", function() return th.tensor({ 1 }):std_mean() end },
  { "masked_fill_: ", function() return m23:masked_fill_(m23, 1) end },
  { "'q' to 'quantile' (needs at least one share)", function() return m23:quantile {} end },
  { "'" .. scratch .. "/plain/below' cannot be made a folder: Not a directory", function()
    io.open(scratch .. "/plain", "w"):close()
    return th.make_directory(scratch .. "/plain/below")
  end },
  { "'' cannot be made a folder: No such file", function() return th.make_directory "" end },
  { "thresh has no field 'trainn' (did you mean 'train'?)", function() return th.trainn end },
  { "must be at least 1", function() return nn.Linear(0, 3) end },
  { "integer expected, got string", function() return nn.Linear("x", 3) end },
  { "divisible by groups", function() return nn.Conv2d(3, 4, 3, { groups = 2 }) end },
  { "unknown option 'strid' (did you mean 'stride'?)", function() return nn.Conv2d(3, 4, 3, { strid = 2 }) end },
  { "Module expected", function() return nn.Sequential(nn.ReLU(), print) end },
  { "(N, C, H, W)", function() return nn.BatchNorm2d(3)(m23) end },
  { "conv2d", function() return nn.Conv2d(3, 4, 3)(m23) end },
  { "conv2d", function() return nn.Conv2d(3, 4, 3)(th.zeros(1, 2, 8, 8)) end },
  { "linear", function() return nn.Linear(4, 2)(m23) end },
  { "cross_entropy", function() return nn.cross_entropy(m23, th.tensor { 1, 4 }) end },
  { "cross_entropy", function() return nn.cross_entropy(m23, th.tensor { 0, 1 }) end },
  { "or probabilities of the logits' shape, got float32 of shape (3, 3)",
    function() return nn.cross_entropy(m23, th.zeros(3, 3)) end },
  { "or probabilities of the logits' shape, got float32 of shape (0, 3)",
    function() return nn.cross_entropy(m23, th.zeros(0, 3)) end },
  { "reduction", function() return nn.cross_entropy(m23, th.tensor { 1, 2 }, { reduction = "men" }) end },
  { "did you mean 'resnet20'", function() return th.models.resnet21 {} end },
  { "lr must be", function() return optim.SGD({ nn.parameter(m23) }, { lr = -1 }) end },
  { "unknown option 'learning_rate'", function() return optim.SGD({ nn.parameter(m23) }, { learning_rate = 1 }) end },
  { "more than once", function() local p = nn.parameter(m23) return optim.SGD({ p, p }) end },
  { "is needed", function() return schedule.StepLR {} end },
  { "missing: weight, bias", function() return nn.Linear(2, 3):load_state_dict {} end },
  { "has shape", function()
    return nn.Linear(2, 3):load_state_dict { weight = th.zeros(3, 3), bias = th.zeros(3) }
  end },
  { "no-such-file", function() return th.load_npy "no-such-file.npy" end },
  { "no-such-file", function() return th.load_npz "no-such-file.npz" end },
  { "no-such-file", function() return th.load_safetensors "no-such-file.safetensors" end },
  { "no-such-folder", function() return th.data.cifar10 { root = "no-such-folder" } end },
  { "no-such-file", function() return th.data.cifar10_file "no-such-file.bin" end },
  { "'std' beside it", function() return th.data.cifar10_file("no-such-file.bin", { mean = { 0, 0, 0 } }) end },
  { "'mean' beside it", function() return th.data.cifar10_file("no-such-file.bin", { std = { 1, 1, 1 } }) end },
  { "probability must be in 0 ... 1, got 5", function() return th.data.horizontal_flip(5) end },
  { "size must be in 1 ... 1048576, got -1", function() return th.data.cutout(-1) end },
  { "padding must be in 0 ... 1048576, got -1", function() return th.data.random_crop(-1) end },
  { "no-such-file", function() return th.data.from_npy("no-such-file.npy", { 1 }) end },
  { "no-such-file", function() return th.data.from_npz "no-such-file.npz" end },
  { "no-such-file", function() return th.data.from_raw("no-such-file.bin", { 1 }, { shape = { 2 } }) end },
  { "option 'shape' of 'from_raw': is needed", function() return th.data.from_raw("x", { 1 }) end },
  { "boolean expected, got string", function() return th.data.from_npy("x", { 1 }, { mmap = "yes" }) end },
  { "say {label_base = 0}", function() return th.data.from_npy("x", { 0 }) end },
  { "needs the option 'fraction'", function() return select.RS2 {} end },
  { "must be at most 1", function() return select.RS2 { fraction = 2 } end },
  { "unknown option 'fracton' (did you mean 'fraction'?)", function() return select.RS2 { fracton = 0.1 } end },
  { "mode must be one of", function() return select.GradMatch { fraction = 0.1, mode = "x" } end },
  { "no-such.trace", function() return select.Cached { trace = "no-such.trace" } end },
  -- Lists whose length is the caller's choice: memory is asked for before they are made.
  { "memory", function() return th.arange(1e11) end },
  { "memory", function() return th.linspace(0, 1, 1 << 37) end },
  { "memory", function() return th.randperm(1 << 36) end },
  { "memory", function() return select.partition(1 << 36, 4) end },
  { "memory", function() return select.random(1 << 36, 1 << 36) end },
  { "memory", function() return th.zeros(2):repeat_interleave(1 << 40) end },
  { "memory", function() return th.zeros(0):chunk(1 << 40) end },
  { "memory", function() return th.zeros(1):expand(1 << 40):split(1) end },
  { "memory", function() return th.zeros(1):expand(1 << 40):tolist() end },
  { "memory", function() return th.zeros(1):expand(1 << 40):argsort() end },
  { "memory", function() return th.zeros(1 << 36, 0):tolist() end },
  { "must be in 1 … ", function() return th.data.digits().train:sample(math.mininteger) end },
  { "must be in 1 … ", function() return th.data.digits().train:sample(0) end },
  { "stride must be in 1 ... 1048576", function()
    return nn.Conv2d(1, 1, 1, { stride = 1 << 21 })(th.zeros(1, 1, 2, 2))
  end },
  -- What is no regular file has no end or never begins.
  { "not a regular file", function() return select.read_trace "/dev/zero" end },
  { "not a regular file", function() return th.load_npy "/dev/zero" end },
  { "not a regular file", function() return th.save_npy(scratch, m23) end },
  { "/", function() return select.read_trace "/" end },
  { "th.models has no field 'nope'; it has lenet, mlp, mobilenetv2, resnet101, resnet110,", function() return th.models.nope end },
  { "'fraction' must be above 0, got 0", function() return select.RS2 { fraction = 0 } end },
  { "th.nn has no field a table", function() return nn[{}] end },
  { "thresh has no field 2", function() return th[2] end },
  { "options have names, got the key 1", function() return th.progress.start { 5 } end },
  { "needs a table of name = { default, help }, got 3", function() return th.arguments(3) end },
  { "option 'seed' must be { default, help text }", function() return th.arguments { seed = 1 } end },
  { "the default of 'seed' must be", function() return th.arguments { seed = { print, "" } } end },
  { "word 1 must be a string, got 1", function() return th.arguments({}, { 1 }) end },
  { "inspect: unknown option 'dept' (did you mean 'depth'?)", function() return th.inspect({}, { dept = 1 }) end },
  { "'root' is the name of a file or folder, which cannot hold a zero byte",
    function() return th.data.image_folder { root = "/tmp/\0", size = 8 } end },
  { "'path' is the name of a file or folder, which cannot hold a zero byte", function() return th.load_npy "a\0b" end },
  { "shape (3, 0, 3, 4611686018427387904) has too many elements",
    function() return th.rand { 3, 0, 3, 1 << 62 } end },
  { "pairwise_distances: takes at most 3 arguments, got 13",
    function() return th.select.pairwise_distances(th.ones(2, 2), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 1) end },
  { "statistics.coverage: a whole number of at least 1 expected, got '1e3'",
    function() return th.statistics.coverage "1e3" end },
  { "evaluate: model must be a module, got nil", function() return th.train.evaluate() end },
  { "evaluate: data must be a dataset, got Tensor", function() return th.train.evaluate(nn.ReLU(), m23) end },
  { "must be a path or a trace, got Tensor", function() return select.Cached { trace = m23 } end },
  { "option 'model' must be of class Module, got Tensor", function()
    return th.train { model = m23, data = {}, optimizer = m23, epochs = 1 }
  end },
  { "train: data needs a dataset 'train', got nil", function()
    local model = nn.Linear(2, 2)
    return th.train { model = model, data = {}, optimizer = optim.SGD(model:parameters()), epochs = 1 }
  end },
  { "selector 'mine': fraction must be above 0 and at most 1, got nil", function()
    local model = nn.Linear(2, 2)
    return th.train {
      model = model, data = {}, optimizer = optim.SGD(model:parameters()), epochs = 1,
      select = { name = "mine", select = print },
    }
  end },
  { "seed 1 must be a whole number of at least 0, got 1.5", function()
    return th.compare {
      model = print, data = {}, optimizer = print, epochs = 1, selectors = { select.Full() }, seeds = { 1.5 },
    }
  end },
  { "data needs a dataset 'test' (Dataset) to evaluate on, got nil", function()
    return th.compare {
      model = function() return nn.Linear(2, 2) end, data = function() return {} end, optimizer = print,
      epochs = 1, selectors = { select.Full() }, seeds = { 1 },
    }
  end },
  { "model(seed) must return a module, got nil", function()
    return th.compare {
      model = function() end, data = print, optimizer = print, epochs = 1, selectors = { select.Full() },
      seeds = { 1 },
    }
  end },
  { "needs the option", function() return th.train {} end },
  { "unknown option 'epohcs'", function() return th.train { epohcs = 3 } end },
}

for i, case in ipairs(cases) do
  local ok, message = pcall(case[2])
  assert(not ok, "case " .. i .. " (" .. case[1] .. ") raised nothing")
  local text = tostring(message)
  assert(text:find(case[1], 1, true), "case " .. i .. ": '" .. text .. "' lacks '" .. case[1] .. "'")
end

-- A message fits a screen, whatever the caller's names are.
for _, f in ipairs { th.load_npy, select.read_trace, th.models.resnet20, nn.ReLU } do
  local name = string.rep("long ", 100000)
  local ok, message = pcall(f, f == th.load_npy and name or f == select.read_trace and name or { [name] = 1 })
  assert(not ok and #message.message < 1200, "a message of " .. #message.message .. " bytes")
end

-- Errors carry the caller's line and the operation.
local ok, e = pcall(function() return m23:matmul(m45) end)
assert(not ok and tostring(e):find("errors%.lua:%d+: matmul: "), tostring(e))

return "ok"
