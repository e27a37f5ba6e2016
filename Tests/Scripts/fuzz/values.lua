-- SPDX-License-Identifier: Apache-2.0
-- Random arguments: anything Lua can hold, and what a function says that it wants.
local th = require "thresh"

local V = {}

local random = math.random

local function pick(list) return list[random(#list)] end
local function chance(p) return random() < p end

V.pick, V.chance = pick, chance

local dtypes = { "float32", "float64", "int64", "int32", "uint8", "bool" }

local integers = {
  0, 1, 2, 3, 4, 5, 7, 10, -1, -2, -3, 16, 33, 64, 100, 255, 256, 1000, 1 << 16, 1 << 20, 1 << 31, 1 << 33,
  1 << 40, 1 << 62, -(1 << 31), -(1 << 40), math.maxinteger, math.maxinteger - 1, math.mininteger,
  math.mininteger + 1,
}
local floats = {
  0.0, -0.0, 0.1, 0.5, 1.0, 1.5, 2.0, -1.0, -0.25, 1e-300, 1e-8, 1e10, 1e19, -1e19, 1e38, 1e300, 2^53, 2^63,
  -2^63, 2^64, 3.9999, math.pi, math.huge, -math.huge, 0 / 0,
}
local strings = {
  "", "x", "mean", "none", "sum", "float32", "float64", "int64", "bool", "flaot32", "per_class", "per_batch",
  "cos", "linear", "reflect", "zeros", "0", "1e3", "-1", "\0", "a\0b", "\255\254", "\u{1F600}é", "%d %s %n",
  "../x", "a/b/c", "--epochs", "__index", "shape", "no-such-file", string.rep("long ", 4000),
}

-- Extents of a call's tensors: mostly the same, so that shapes often fit.
local base = { 2, 3 }

local function new_shape()
  local rank = pick { 0, 1, 1, 2, 2, 2, 3, 4, 4, 5 }
  local shape = {}
  for i = 1, rank do shape[i] = pick { 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 8 } end
  if rank == 1 and chance(0.2) then shape[1] = pick { 9, 33, 100, 5000 } end
  if rank == 2 and chance(0.1) then shape = { pick { 17, 64 }, pick { 10, 33 } } end
  return shape
end

--- Draws what the tensors of the next call have in common.
function V.begin_call() base = new_shape() end

local function shape_near()
  if chance(0.55) then return { table.unpack(base) } end
  local shape = chance(0.3) and new_shape() or { table.unpack(base) }
  if #shape > 0 and chance(0.5) then
    local i = random(#shape)
    if chance(0.5) then shape[i] = pick { 0, 1, 2, 3, 6 } else shape[i], shape[1] = shape[1], shape[i] end
  end
  if chance(0.1) then table.remove(shape) end
  return shape
end

local function filled(shape, dtype)
  local how = random(10)
  if dtype == "bool" then return th.bernoulli(0.5, shape) end
  if how <= 3 then return th.randint(0, 4, shape, { dtype = dtype }) end
  if how == 4 then return th.full(shape, pick(integers), { dtype = dtype }) end
  if how == 5 then return th.full(shape, pick(floats), { dtype = dtype }) end
  if how == 6 then return th.randint(-5, 5, shape):to(dtype) end
  return th.randn(shape):to(dtype)
end

-- The same elements in another layout, or other elements of the same storage.
local function relaid(t)
  local how, rank = random(8), t.ndim
  if rank == 0 then return how < 3 and t:expand { pick { 0, 2, 3 } } or t end
  if how == 1 and rank >= 2 then return t:transpose(1, rank):contiguous():transpose(1, rank) end
  if how == 2 and rank == 4 then return t:permute(1, 3, 4, 2):contiguous():permute(1, 4, 2, 3) end
  if how == 3 and rank >= 2 then return t:transpose(1, 2) end
  if how == 4 and t.shape[1] > 1 then return t[{ { 1, -1, 2 } }] end
  if how == 5 and t.shape[1] > 0 then return t[{ { -1, 1, -1 } }] end
  if how == 6 then return t:unsqueeze(1):expand(pick { 0, 1, 2 }, table.unpack(t.shape)) end
  if how == 7 and t.shape[rank] > 1 then return t:narrow(rank, 2, t.shape[rank] - 1) end
  return t
end

function V.tensor()
  if chance(0.02) then
    local t = th.ones(2)
    t:free()
    return t
  end
  local dtype = chance(0.5) and "float32" or pick(dtypes)
  local t = filled(shape_near(), dtype)
  if chance(0.3) then t = relaid(t) end
  if (dtype == "float32" or dtype == "float64") and chance(0.3) then
    t = t:detach():requires_grad_()
    if chance(0.3) then t = t * 2 end
  end
  return t
end

function V.index()
  if chance(0.3) then
    local list = {}
    for i = 1, random(0, 4) do list[i] = pick { 1, 2, 3, -1, 1, 0, 5, 2 } end
    return list
  end
  local n = base[1] or 1
  return th.randint(chance(0.1) and 0 or 1, math.max(1, pick { n, 2, 1, 3 }), chance(0.5) and { n } or shape_near(), {
    dtype = pick { "int64", "int64", "int32", n < 250 and "uint8" or "int32" },
  })
end

local function nested(depth)
  local list = {}
  for i = 1, random(0, 3) do
    list[i] = depth > 0 and chance(0.6) and nested(depth - 1) or pick { 1, 2.5, true, -1, 0 }
  end
  return list
end

local function number_list(n, make)
  local list = {}
  for i = 1, n do list[i] = make() end
  return list
end

local function small() return pick { 0, 1, 1, 2, 2, 3, 4, 5, -1, -2 } end
local function integer() return chance(0.75) and small() or pick(integers) end
local function number()
  return pick { integer, small, random, function() return pick(floats) end, function() return random() * 4 - 2 end }()
end

local makers = {}

local cyclic = {}
cyclic[1], cyclic.self = cyclic, cyclic
local odd = setmetatable({}, {
  __index = function(_, key) if key == "secret" then return 1 end error("index was refused") end,
  __len = function() return math.maxinteger end,
  __tostring = function() return {} end,
  __pairs = function() error "pairs was refused" end,
  __call = function() error { message = "call was refused" } end,
  __name = "Odd",
})

makers["table"] = function()
  local how = random(9)
  if how == 1 then return {} end
  if how == 2 then return nested(3) end
  if how == 3 then return cyclic end
  if how == 4 then return odd end
  if how == 5 then return number_list(random(0, 4), V.tensor) end
  if how == 6 then return number_list(random(1, 5), number) end
  if how == 7 then return { [pick { "x", 1.5, -1, true, "1" }] = V.any(), 1, nil, 3 } end
  if how == 8 then return { weight = V.tensor(), bias = V.tensor() } end
  return number_list(random(0, 4), V.any)
end

makers["function"] = function()
  return pick {
    function(...) return ... end, function() end, function() error "function was refused" end,
    function() error({ message = "function was refused" }) end, 
    function() coroutine.yield(1) end, function() return V.tensor() end, function(x) return x + 1 end,
    print, math.floor, coroutine.wrap(function() return 1 end), string.rep,
  }
end

makers.coroutine = function()
  local co = coroutine.create(function(x) coroutine.yield(x) end)
  if chance(0.3) then coroutine.resume(co) end
  return co
end

local function channels() return math.max(1, base[2] or 3) end

makers.Module = function()
  local nn = th.nn
  return pick {
    function() return nn.Linear(channels(), 2) end, function() return nn.Conv2d(channels(), 2, 1) end,
    function() return nn.Sequential(nn.Flatten(), nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 3)) end,
    function() return nn.BatchNorm2d(channels()) end, function() return nn.Dropout(0.5) end,
    function() return nn.MaxPool2d(2) end, function() return nn.LayerNorm { math.max(1, base[#base] or 2) } end,
    function() return nn.GroupNorm(1, channels()) end, function() return nn.Sequential() end,
    function() return nn.AvgPool2d(2) end, function() return nn.AdaptiveAvgPool2d(1) end,
    function() return nn.BatchNorm1d(channels()) end, function() return nn.GlobalAvgPool() end,
    function() return th.models.mlp { image_size = 8, in_channels = 1, classes = 3, width = 4 } end,
    function()
      return nn.define {
        name = "Lua", init = function(self) self.w = nn.parameter(th.ones(2)) end,
        forward = function(self, x) return x * self.w end,
      }()
    end,
  }()
end

makers.SmallSSD = function() return th.detect.small_ssd { classes = 3, size = 32, width = 1, seed = 1 } end
local narrow_ssd
makers.SSD300 = function()
  narrow_ssd = narrow_ssd or th.detect.ssd300 { backbone = "resnet18", classes = 2, width = 1, seed = 1 }
  return chance(0.9) and narrow_ssd or th.detect.ssd300 { backbone = "resnet18", classes = 2, width = 1 }
end
makers.DefaultBoxes = function() return chance(0.9) and makers.SmallSSD().boxes or th.detect.default_boxes() end
makers["DefaultBoxes or detector"] = function()
  return pick { makers.SmallSSD, makers.DefaultBoxes, makers.SSD300 }()
end

-- Objects of n images, mostly good ones.
local function objects(n)
  local list = {}
  for i = 1, n do
    local boxes, labels = {}, {}
    for k = 1, random(0, 3) do
      local l, t = random() * 0.7, random() * 0.7
      boxes[k] = { l, t, l + 0.01 + random() * 0.5, t + (chance(0.05) and 0 or 0.2) }
      labels[k] = chance(0.05) and integer() or random(1, 2)
    end
    list[i] = { boxes = chance(0.95) and boxes or V.tensor(), labels = labels }
  end
  return list
end

makers.Optimizer = function()
  local p = th.ones(2, 2):requires_grad_()
  if chance(0.7) then (p * p):sum():backward() end
  return th.optim[pick { "SGD", "Adam", "AdamW", "RMSProp" }]({ p }, { lr = 0.1 })
end

makers.Schedule = function()
  local s = th.schedule
  return pick {
    function() return s.StepLR { step_size = 2 } end, function() return s.CosineAnnealingLR { t_max = 4 } end,
    function() return s.OneCycleLR { max_lr = 1, total_steps = 10 } end, function() return s.LinearLR {} end,
    function() return s.ConstantLR {} end, function() return s.ExponentialLR { gamma = 0.9 } end,
    function() return s.MultiStepLR { milestones = { 1, 3 } } end,
    function() return s.SequentialLR({ s.ConstantLR {}, s.LinearLR {} }, { milestones = { 2 } }) end,
    function() return s.Warmup { steps = 3 } end,
  }()
end

local n_data = 12
makers.Dataset = function()
  local x = th.randint(0, 255, { n_data, 1, 8, 8 }, { dtype = "uint8" })
  return th.data.from_tensors(x, th.arange(n_data):remainder(3):add(1))
end

makers.Loader = function() return makers.Dataset():loader { batch_size = random(1, 5) } end
makers.Stream = function() return th.stream(1, "fuzz") end
makers.Augmentation = function()
  return pick { function() return th.data.random_crop(1) end, function() return th.data.horizontal_flip() end,
    function() return th.data.cutout(3) end }()
end
makers.DetectionAugmentation = function()
  return pick {
    function() return th.data.ssd_crop() end, function() return th.data.expand() end,
    function() return th.data.colour_jitter { hue = { -0.1, 0.1 } } end,
  }()
end
makers.DetectionDataset = function() return th.data.shapes { n = 3, size = pick { 16, 24 }, seed = 1 } end
makers.DetectionLoader = function() return makers.DetectionDataset():loader { batch_size = 2, size = 16 } end
makers.NewAxis = function() return th.newaxis end
makers.TraceWriter = function()
  return th.select.write_trace(V.scratch .. "/writer.trace", { data = makers.Dataset(), method = "fuzz" })
end
local coco_text = [[{"images":[{"id":1,"width":99,"height":99},{"id":2}],"categories":[{"id":1,"name":"a"}],
"annotations":[{"id":0,"image_id":1,"category_id":1,"bbox":[1,2,30,40],"area":1200,"iscrowd":0},
{"id":1,"image_id":2,"category_id":1,"bbox":[1,2,30,40],"area":1200,"iscrowd":1}]}]]
makers.Annotations = function()
  local path = V.scratch .. "/gt.json"
  local file = assert(io.open(path, "w"))
  file:write(coco_text)
  file:close()
  return th.coco.load(path)
end
makers.Detections = function()
  return th.coco.results():add(1, { { 1, 2, 30, 40 }, { 5, 5, 9, 9 } }, { 0.9, pick { 0.1, 17 } }, { 1, 1 })
end
makers.Evaluation = function() return th.coco.evaluate { gt = makers.Annotations(), dt = makers.Detections() } end
local trace_written
makers.Trace = function()
  local path = V.scratch .. "/good.trace"
  if trace_written then return th.select.read_trace(path) end
  trace_written = true
  local writer = th.select.write_trace(path, { data = makers.Dataset(), method = "fuzz", options = { fraction = 0.5 } })
  writer:write(1, { indices = th.tensor { 1, 3, 2 }, weights = th.tensor { 1.0, 0.5, 2.0 } }, 0.1)
  writer:close()
  return th.select.read_trace(path)
end
makers.LossHistory = function() return th.select.loss_history { capacity = pick { 1, 3, 64 } } end
makers.Summary = function() return th.nn.Linear(3, 2):summary { 3 } end
makers.Profile = function() return (th.profile(function() return th.ones(2, 3):abs() end)) end
makers.selector = function()
  local select = th.select
  return pick {
    function() return select.Full() end, function() return select.Random { fraction = 0.5 } end,
    function() return select.RS2 { fraction = 0.5 } end, function() return select.RandomPB { fraction = 0.5 } end,
    function() return select.GradMatch { fraction = 0.5, every = 1 } end,
    function() return select.GradMatchPB { fraction = 0.5, every = 1 } end,
    function()
      local answer = V.any()
      return select.define { name = "odd", fraction = 0.5, select = function() return answer end }
    end,
  }()
end

makers.boolean = function() return chance(0.5) end
makers.integer, makers.number = integer, number
makers.string = function() return pick(strings) end
makers["nil"] = function() return nil end
makers.Tensor = V.tensor
makers["Tensor or number"] = function() return chance(0.7) and V.tensor() or number() end
makers["integer or list of integers"] = function()
  return chance(0.5) and integer() or number_list(random(0, 3), integer)
end
makers["list of integers"] = function() return number_list(random(0, 4), integer) end
makers.callable = makers["function"]
makers.userdata = function()
  return pick { V.tensor, makers.Module, makers.Optimizer, makers.Schedule, makers.Dataset, makers.Trace }()
end

-- By the name of a parameter or option, where its type alone says too little.
local named = {
  dim = function() return pick { 1, 2, -1, 3, -2, 4, 0, 6 } end,
  shape = function() return chance(0.7) and shape_near() or number_list(random(0, 4), integer) end,
  index = V.index, indices = V.index, labels = V.index, y = V.index, rows = V.index,
  dtype = function() return pick(dtypes) end,
  mask = function() return th.bernoulli(0.5, shape_near()) end,
  path = function() return V.path() end, trace = function() return V.path() end,
  root = function() return V.path() end, checksums = function() return V.path() end,
  params = function() return { th.ones(2):requires_grad_(), th.ones(1):requires_grad_() } end,
  batches = function() return { { 1, 2 }, { 3 }, { pick { 4, 4, 0, 99, -1 } } } end,
  augment = function() return { makers.Augmentation() } end,
  metadata = function() return { a = "b", [pick { "c", 1 }] = pick { "d", 2 } } end,
  data = function()
    return chance(0.5) and { train = makers.Dataset(), test = makers.Dataset() } or makers.Dataset()
  end,
  select = function() return makers.selector() end, selectors = function() return { makers.selector() } end,
  fraction = random, epochs = function() return pick { 1, 2, 3, 0, -1 } end,
  mode = function() return pick { "per_class", "per_batch", "per_class_per_gradient", true } end,
  reduction = function() return pick { "none", "mean", "sum" } end,
  classes = function() return pick { 1, 2, 3, 4, 10, 0 } end,
  image_size = function() return pick { 8, 16, 32, 1, 0 } end,
  width = function() return pick { 1, 2, 4, 0, -1 } end,
  seeds = function() return { 1 } end, seed = function() return pick { 0, 1, -1, math.mininteger, 7 } end,
  state = function() return { weight = V.tensor(), bias = V.tensor() } end,
  values = function() return chance(0.5) and number_list(random(0, 5), number) or V.tensor() end,
  runs = function() return { { seconds = { 1, 2 }, accuracy = { 0.5, pick { 0.9, 1 } } } } end,
  betas = function() return { pick { 0.9, 0, 1, -1 }, pick { 0.99, 0, 2 } } end,
  milestones = function() return number_list(random(0, 3), integer) end,
  class_names = function() return { "a", "b", pick { "c", 3 } } end,
  model = makers.Module, optimizer = makers.Optimizer, schedule = makers.Schedule,
  lr = function() return pick { 0.1, 1, 0, 1e-3, -1 } end,
  checkpoint = function() return pick { V.scratch .. "/checkpoints", false } end,
}
named.baseline = named.runs
named.objects = function() return objects(2) end
-- Labels for one function, what detect.encode makes for others.
named.targets = function()
  if chance(0.5) then return V.index() end
  local ok, targets = pcall(th.detect.encode, objects(2), makers.SmallSSD())
  return ok and targets or {}
end
named.locations = function() return chance(0.8) and th.randn(2, 4, 92) or V.tensor() end
named.scores = function() return chance(0.4) and th.randn(2, 3, 92) or V.tensor() end
named.maps = function() return { pick { 1, 2, 4 }, pick { 1, 2 } } end
named.backbone = function() return pick { "resnet18", "resnet34", "resnet5" } end
named.size = function() return pick { 32, 33, 64, 0, -1 } end
named.style = function() return pick { "nvidia", "torchvision", "caffe" } end
named.from = function() return pick { "nvidia", "torchvision", "thresh", "x" } end
named.to = named.from
named.image = function() return chance(0.8) and th.randint(0, 255, { 3, 9, 7 }, { dtype = "uint8" }) or V.tensor() end
named.recipe = function() return pick { "nvidia", "ssd", "none", "other" } end
named.rule = function() return pick { "all", "any", "some" } end
local function ends() return { pick { 0.5, 0, 0.9 }, pick { 1, 1.5, 0.2 } } end
named.brightness, named.contrast, named.saturation, named.hue = ends, ends, ends, ends
named.scale, named.aspect = ends, ends
named.verdicts = function() return { pick { "tp", "fp", "fn", "gt", "x" } } end
named.found = function()
  local ok, found = pcall(function()
    return th.detect.decode(th.randn(2, 4, 92), th.randn(2, 3, 92), makers.SmallSSD(), { sizes = { { 9, 9 }, { 9, 9 } } })
  end)
  return ok and found or {}
end

--- A path below the scratch folder or one that no test could harm.
function V.path()
  return pick {
    V.scratch .. "/" .. pick { "a.npy", "b.npz", "c.safetensors", "good.trace", "gt.json", "none", "" }, V.scratch,
    "/", "", "/dev/null", "/dev/zero", "/proc/self/status", "/no-such-folder/x", "\0",
  }
end

--- Whether namespaces are among the arguments; a function that writes into its table must not get one.
V.shared = true

--- Any value, whatever the function wants.
function V.any()
  local how = random(20)
  if how <= 3 then return integer() end
  if how <= 5 then return number() end
  if how == 6 then return nil end
  if how == 7 then return chance(0.5) end
  if how <= 9 then return pick(strings) end
  if how <= 12 then return V.tensor() end
  if how <= 15 then return makers["table"]() end
  if how == 16 then return makers["function"]() end
  if how == 17 then return makers.coroutine() end
  if how == 18 then return V.shared and pick { th, th.nn, _G } or pick { io.stderr, coroutine.running() } end
  return makers[pick(V.kinds)]()
end

--- A value of a kind that an error message asked for, under the parameter's name.
function V.wanted(kind, name)
  if name and named[name] and chance(0.8) then return named[name]() end
  local make = kind and makers[kind]
  if make then return make() end
  return V.any()
end

--- A value for an option of which only the name is known.
function V.option(name)
  if named[name] then return named[name]() end
  return pick { integer, number, makers.boolean, V.tensor, makers.string, makers["table"] }()
end

V.makers = makers
V.kinds = {}
for kind in pairs(makers) do V.kinds[#V.kinds + 1] = kind end
table.sort(V.kinds)

return V
