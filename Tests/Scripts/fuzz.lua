-- SPDX-License-Identifier: Apache-2.0
-- Feeds random arguments to everything that Lua can call: each call returns or raises an error that
-- says something, and the process lives on.
--
--   thresh --max-memory 512M Tests/Scripts/fuzz.lua SCRATCH Tests/Scripts
--
-- THRESH_FUZZ_SEED and THRESH_FUZZ_CALLS (calls of each function) run it longer, THRESH_FUZZ_ONLY (a Lua
-- pattern) on fewer functions and THRESH_FUZZ_EXCEPT (names between bars) without some; THRESH_FUZZ_LOG names
-- a file that holds the last call should it crash.
local scratch, folder = ...
package.path = folder .. "/?.lua;" .. package.path
local th = require "thresh"
local V = require "fuzz.values"
local W = require "fuzz.walk"
V.scratch = scratch

local function setting(name, default) return math.tointeger(os.getenv("THRESH_FUZZ_" .. name)) or default end
local seed, calls = setting("SEED", 1), setting("CALLS", 16)
local only, log_path = os.getenv "THRESH_FUZZ_ONLY", os.getenv "THRESH_FUZZ_LOG"
local except = "|" .. (os.getenv "THRESH_FUZZ_EXCEPT" or "") .. "|"
local chance, pick = V.chance, V.pick

-- Why some are not called, or not with everything.
local skipped = {
  ["th.make_directory"] = "makes folders; only called below the scratch folder",
  ["th.write_file"] = "writes a file; only called below the scratch folder",
  ["th.save_npy"] = "writes a file; only called below the scratch folder",
  ["th.save_npz"] = "writes a file; only called below the scratch folder",
  ["th.save_safetensors"] = "writes a file; only called below the scratch folder",
  ["th.select.write_trace"] = "writes a file; only called below the scratch folder",
  ["Profile:chrome_trace"] = "writes a file; only called below the scratch folder",
  ["Detections:save"] = "writes a file; only called below the scratch folder",
  ["th.coco.copy"] = "writes a file; only called below the scratch folder",
  ["th.coco.merge"] = "writes a file; only called below the scratch folder",
  ["th.data.save_png"] = "writes a file; only called below the scratch folder",
  ["th.sweep.shared"] = "writes a folder; only called below the scratch folder",
  ["DetectionDataset:save"] = "writes a folder; only called below the scratch folder",
  ["th.runs.create"] = "makes a folder; only called below the scratch folder",
  ["th.runs.open"] = "makes an index; only called below the scratch folder",
  ["th.runs.reopen"] = "writes files; only called below the scratch folder",
  ["th.runs.tensorboard"] = "writes a file; only called below the scratch folder",
  ["thresh.runs.native.create_folder"] = "makes a folder; only called below the scratch folder",
  ["thresh.runs.native.event_writer"] = "writes a file; only called below the scratch folder",
  ["thresh.runs.native.open_index"] = "makes an index; only called below the scratch folder",
  ["thresh.runs.native.remove_run"] = "deletes; only called below the scratch folder",
  ["thresh.plot.gnuplot.save"] = "writes files; only called below the scratch folder",
}
-- Where the path stands that is not the first argument (behind self).
local path_place = { ["th.coco.copy"] = 2, ["th.coco.merge"] = 2, ["thresh.plot.gnuplot.save"] = 2 }

-- What functions have told of their arguments: learnt from their own messages.
local function knowledge() return { wants = {}, names = {}, refused = {}, kinds = {}, required = {}, most = 0 } end

local option_names = {
  "absolute", "affine", "after", "alpha", "amsgrad", "anneal_strategy", "atol", "augment", "base_momentum",
  "baseline", "batch_select", "batch_size", "batches", "beta", "betas", "bias", "bins", "border", "budget",
  "centered", "checksums", "class_names", "classes", "correction", "count_include_pad", "cycle_momentum",
  "dampening", "data", "depth", "descending", "dilation", "dim", "div_factor", "draw", "drop_last", "dtype",
  "embeddings", "end_factor", "epoch", "epochs", "eps", "equal_nan", "eta_min", "evaluate_every",
  "evaluate_on", "every", "factor", "filled", "final_div_factor", "first", "forward", "fraction", "gamma",
  "groups", "image_size", "images", "in_channels", "indices", "init", "initial", "items", "keep_batches",
  "keepdim", "label", "label_base", "label_smoothing", "labels", "lambda", "largest", "linear_layer", "lr",
  "max", "max_lr", "max_momentum", "maximize", "mean", "metadata", "method", "milestones", "min", "minlength",
  "mode", "model", "momentum", "name", "nesterov", "normalise", "on_epoch", "optimizer", "options", "p",
  "padding", "params", "parent", "pct_start", "pixel_maximum", "pos_weight", "prefetch", "purpose", "quiet",
  "rcond", "reduction", "replacement", "requires_grad", "residual", "residuals", "retain_graph", "right",
  "root", "rtol", "schedule", "schedule_per", "seed", "seeds", "select", "selectors", "shuffle", "sorted",
  "split", "squared", "start_factor", "std", "step_size", "steps", "stratified", "strict", "stride", "t_max",
  "target", "test", "three_phase", "total", "total_iters", "total_steps", "trace", "traces", "transpose",
  "delta", "draw_ties", "epsilon", "eta", "gains", "greedy", "held_out_embeddings", "held_out_labels",
  "held_out_logits", "highest", "k", "logits", "losses", "measure", "models", "neighbours", "objective", "offset",
  "per_class", "probabilities", "proxy", "ratio", "rounds", "scores", "similarity", "strata", "subset", "subsets",
  "sums", "temperature", "validate_on",
  "backbone", "boxes", "clip", "from", "ids", "iou_threshold", "keep_equal", "maps", "negatives",
  "per_image", "pooled", "ratios", "scales", "score_threshold", "size", "sizes", "style", "threshold", "to",
  "area", "areas", "background", "category", "categories", "draws",
  "drop_invalid", "dt", "float32", "gt", "ignore", "iou", "level", "masks", "max_area", "max_dets", "min_area",
  "min_score", "no_crowds", "recall", "use_categories", "with_objects",
  "antialias", "aspect", "attempts", "brightness", "cache", "contrast", "crowds", "folder", "format", "hue",
  "line", "most", "n", "path", "probability", "recipe", "rule", "saturation", "scale", "skip_unreadable", "verdicts",
  "unit", "upper", "validation", "warm", "weight", "weight_decay", "weights", "width", "x", "y",
}

-- A table of options that the function has not refused so far.
local function options(known)
  local t = {}
  for name in pairs(known.required) do t[name] = 0 end
  for _ = 1, pick { 0, 1, 1, 2, 3 } do
    local name = pick(option_names)
    if not known.refused[name] then t[name] = 0 end
  end
  for name in pairs(known.kinds) do if chance(0.5) then t[name] = 0 end end
  for _, name in ipairs(W.sorted(t)) do
    local kind = known.kinds[name]
    t[name] = kind and chance(0.9) and V.wanted(kind, name) or V.option(name)
  end
  return t
end

local function arguments(target)
  local known, list, n = target.known, {}, nil
  if target.self then
    list[1] = chance(0.97) and V.makers[target.self]() or V.any()
  end
  local first = target.self and 2 or 1
  if chance(0.3) then
    n = first - 1 + pick { 0, 1, 1, 2, 2, 3, 4, 6 }
    for i = first, n do list[i] = V.any() end
    return list, n
  end
  n = math.max(first - 1, known.most - pick { 0, 0, 0, 0, 1 }) + pick { 0, 0, 0, 0, 1 }
  for i = first, n do
    if chance(0.92) then list[i] = V.wanted(known.wants[i], known.names[i]) else list[i] = V.any() end
  end
  if chance(0.45) then
    n = n + 1
    list[n] = options(known)
  end
  return list, n
end

local function learn(known, text)
  local position, name, reason = text:match "bad argument #(%d+) '([^']*)' to '[^']*' %((.*)%)$"
  if position then
    position = math.tointeger(position)
    local unknown = reason:match "^unknown option '([^']*)'"
    if unknown then
      known.refused[unknown] = true
    elseif name ~= "options" then
      known.most = math.max(known.most, position)
      known.names[position] = name
      known.wants[position] = reason:match "^(.-) expected" or known.wants[position]
    end
    return
  end
  local option, wanted = text:match "option '([^']*)' of '[^']*': (.-) expected"
  if option then known.kinds[option] = wanted return end
  option = text:match "option '([^']*)' of '[^']*': is needed" or text:match "needs the option '([^']*)'"
  if option then known.required[option], known.refused[option] = true, nil return end
  option, wanted = text:match "option '([^']*)' must be (%a+)"
  if option then known.kinds[option] = wanted return end
  option = text:match "unknown option '([^']*)'"
  if option then known.refused[option], known.kinds[option] = true, nil end
end

-- Text that only a fault of the product puts into a message.
local useless = {
  "%f[%w]0x%x%x%x%x", "nil value", "Optional%(", "Error Domain", "NSCocoa", "TensorError%(", "Swift%.", "unknown error",
  "^stdlib/", "number has no integer representation", "'for' ",
}

local function text_of(problem)
  if type(problem) == "string" then return problem end
  if type(problem) == "table" and type(rawget(problem, "message")) == "string" then
    return rawget(problem, "message")
  end
end

local function judge(target, problem, used)
  local text = text_of(problem)
  if target.internal and text == "" then return nil end
  if not text or #text == 0 then
    return string.format("raised a %s without a message", type(problem))
  end
  if not used then learn(target.known, text) end
  -- What a function among the arguments raised or stumbled over is its own affair.
  if text:find "was refused" or text:find "fuzz/values%.lua" or text:find "coroutine" then return nil end
  -- What Lua says of its own operators on values that have none.
  if text:find "fuzz%.lua:%d+: attempt to" then return nil end
  if target.internal then return nil end
  if #text > 2000 then return "raised a message of " .. #text .. " bytes: " .. text:sub(1, 200) end
  for _, pattern in ipairs(useless) do
    if text:find(pattern) then return "raised: " .. text:sub(1, 300) end
  end
end

-- An argument as the log shows it.
local function show(value)
  if type(value) == "userdata" then
    local ok, text = pcall(function()
      return string.format("%s(%s; %s)%s", value.dtype, table.concat(value.shape, ","),
        table.concat(value.strides, ","), value.requires_grad and "g" or "")
    end)
    return ok and text or debug.getmetatable(value).__name
  end
  if type(value) == "string" then return string.format("%q", value:sub(1, 40)) end
  if type(value) == "table" and debug.getmetatable(value) then return "table with a metatable" end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for k, v in next, value do
    if #parts > 20 then break end
    parts[#parts + 1] = show(k) .. "=" .. (type(v) == "table" and rawlen(v) .. " items" or show(v))
  end
  return "{" .. table.concat(parts, " ") .. "}"
end

local log = log_path and assert(io.open(log_path, "w"))
local function note(target, list, n)
  local parts = {}
  for i = 1, n do parts[i] = show(list[i]) end
  local text = target.name .. "(" .. table.concat(parts, ", ") .. ")"
  if log then
    log:seek("set", 0)
    log:write(text, "\n", string.rep(" ", 200), "\n")
    log:flush()
  end
  return text
end

-- What is done with an object that a call made: its settings may only come to bear when it is used.
local uses = {
  Module = function(m)
    local y = m(V.tensor():detach():to("float32"))
    if y.requires_grad and y.ndim > 0 then y:sum():backward() end
  end,
  DefaultBoxes = function(b) assert(#b > 100000 or b.centers.shape[1] == #b and b.corners.shape[1] == #b) end,
  SmallSSD = function(m) assert(#m.boxes > 0 and m.image_size) end, SSD300 = function(m) assert(#m.boxes == 8732 and m.classes) end,
  Schedule = function(s) s:rate(0.1, pick { 0, 1, 3, 10, math.maxinteger }) end,
  Optimizer = function(o) o:step() o:zero_grad() o:step() end,
  DetectionLoader = function(l) for _ = 1, 3 do if not l() then break end end end,
  DetectionDataset = function(d) d:sample(1) d:loader { batch_size = 2, size = 16, augment = "ssd" }() d:fingerprint() end,
  DetectionAugmentation = function(a) V.makers.DetectionDataset():loader { size = 16, augment = { a } }() end,
  Loader = function(l) for _ = 1, 3 do if not l() then break end end end,
  Augmentation = function(a) V.makers.Dataset():loader { batch_size = 4, augment = { a } }() end,
  LossHistory = function(h) h:probabilities({ 1.0, 2.0, 0.5 }, { beta = 2 }) end,
  TraceWriter = function(w) w:write(pick { 0, 3 }, { indices = th.tensor { 1, 2 } }, 0.5) w:close() end,
  Summary = function(s) assert(#tostring(s) > 0 and #s.rows >= 0) end,
  Profile = function(p) assert(#tostring(p) > 0 and #p.rows >= 0 and #p.layers >= 0) end,
  Trace = function(t) t:at(pick { 0, 1, 5 }) t:event(1) t:counts() t:batch_counts() end,
  Dataset = function(d) d:sample(1) d:loader { batch_size = 2, shuffle = true, seed = 1 }() d:statistics() end,
  Tensor = function(t)
    if t.count > 5000 then return end
    assert(#tostring(t) > 0)
    t:tolist()
    if t.requires_grad and chance(0.3) then t:sum():backward() end
  end,
}

-- Looks at what came back: an object that lies about its memory would be caught here.
local function inspect(target, ...)
  for i = 1, select("#", ...) do
    local use = uses[getmetatable((select(i, ...)))]
    if use then
      local ok, message = pcall(use, (select(i, ...)))
      local problem = not ok and judge(target, message, true)
      if problem then return "made an object that, when used, " .. problem end
    end
  end
end

-- Writing is only let happen in the scratch folder: the process may have the right to replace anything.
local function below_scratch(value)
  if type(value) ~= "string" then return value end
  return scratch .. "/" .. (value:gsub("^/+", ""):gsub("%.%.", "dots"))
end

local failures, total, slowest = {}, 0, { seconds = 0 }

-- A native function refuses what stands behind all that it takes; those named hand it on.
local passes_on = { ["th.no_grad"] = true, ["th.enable_grad"] = true, ["th.profile"] = true }
local function surplus(target, list, n)
  local native = debug.getinfo(target.call, "S").what == "C"
  if not native or target.internal or passes_on[target.name] or target.name:find ":free$" then return nil end
  if not chance(0.2) then return nil end
  local more = { table.unpack(list, 1, n) }
  more[n + 12] = pick { 1, { no_such_option = 1 } }
  if pcall(target.call, table.unpack(more, 1, n + 12)) then return "takes arguments behind its last" end
end

local function attempt(target)
  V.begin_call()
  V.shared = not target.internal
  local list, n = arguments(target)
  -- A model of the usual width takes half a second to fill: most are narrow ones.
  local detector = target.name == "th.detect.ssd300"
  local whole_model = detector or target.name:find "^th%.models"
  if whole_model and list[1] == nil then
    list[1], n = { width = 2, image_size = not detector and 16 or nil }, math.max(n, 1)
  elseif whole_model and type(list[1]) == "table" and not debug.getmetatable(list[1]) then
    if list[1] ~= _G and rawget(list[1], "width") == nil then list[1].width = 3 end
  end
  if skipped[target.name] then
    local path = path_place[target.name] or target.self and 2 or 1
    list[path] = below_scratch(list[path])
  end
  for i = 1, n do
    local t = list[i]
    if type(t) == "table" and not debug.getmetatable(t) and t ~= _G then
      for _, key in ipairs { "trace", "traces", "path", "checkpoint", "root" } do
        if type(rawget(t, key)) == "string" then t[key] = below_scratch(t[key]) end
      end
      if rawget(t, "epochs") and math.tointeger(t.epochs) and target.name:find "^th%.%a+%(?%)?" then
        t.epochs, t.quiet = math.min(t.epochs, 2), true
      end
    end
  end
  local text = log and note(target, list, n)
  total = total + 1
  local began = th.clock()
  local results
  if chance(0.04) then
    local co = coroutine.create(target.call)
    results = table.pack(coroutine.resume(co, table.unpack(list, 1, n)))
    if coroutine.status(co) ~= "dead" then results = { true, n = 1 } end
  else
    results = table.pack(pcall(target.call, table.unpack(list, 1, n)))
  end
  local seconds = th.clock() - began
  if seconds > slowest.seconds then slowest = { seconds = seconds, name = target.name, text = text } end
  local problem
  if results[1] then
    problem = inspect(target, table.unpack(results, 2, results.n)) or surplus(target, list, n)
  else
    problem = judge(target, results[2])
  end
  if problem then
    local key = target.name .. ": " .. problem
    if not failures[key] then
      failures[key], failures[#failures + 1] = true, key .. "\n    " .. (text or note(target, list, n))
    end
  end
end

local binary = {
  add = function(a, b) return a + b end, sub = function(a, b) return a - b end,
  mul = function(a, b) return a * b end, div = function(a, b) return a / b end,
  mod = function(a, b) return a % b end, pow = function(a, b) return a ^ b end,
  idiv = function(a, b) return a // b end, band = function(a, b) return a & b end,
  bor = function(a, b) return a | b end, bxor = function(a, b) return a ~ b end,
  shl = function(a, b) return a << b end, shr = function(a, b) return a >> b end,
  concat = function(a, b) return a .. b end, eq = function(a, b) return a == b end,
  lt = function(a, b) return a < b end, le = function(a, b) return a <= b end,
  index = function(a, b) return a[b] end, newindex = function(a, b, c) a[b] = c end,
  call = function(a, ...) return a(...) end, unm = function(a) return -a end,
  bnot = function(a) return ~a end, len = function(a) return #a end,
  tostring = function(a) return tostring(a) end,
  swapped = function(a, b) return b + a end, minus = function(a, b) return b - a end,
  close = function(a) local b <close> = a return b end, iterate = function(a) for _ in a do break end end,
  item = function(a, ...) return a[{ ... }] end, assign = function(a, b, ...) a[{ ... }] = b end,
}

-- Everything to call.
local targets = {}
local function add(name, call, self, internal)
  targets[#targets + 1] = { name = name, call = call, self = self, internal = internal, known = knowledge() }
end

-- What starts processes, ends them, or runs this very script again by workers.
local apart = {
  "^th%.sweep%(", "^th%.sweep%.sweep$", "^thresh%.sweep%.", "^thresh%.runs%.native%.sweep%.", "^thresh%.cmd%.sweep",
}
local function is_apart(name)
  for _, pattern in ipairs(apart) do if name:find(pattern) then return true end end
end

local functions, seen = W.functions()
for _, f in ipairs(functions) do if not is_apart(f.name) then add(f.name, f.call) end end
for _, f in ipairs(W.internal(seen)) do if not is_apart(f.name) then add(f.name, f.call, nil, true) end end
local classes, methods = W.classes(), 0
for _, class in ipairs(W.sorted(classes)) do
  local members = classes[class]
  assert(V.makers[class], "no instance is made of class " .. class)
  for _, name in ipairs(W.sorted(members.methods)) do
    methods = methods + 1
    add(class .. ":" .. name, members.methods[name], class)
  end
  for _, name in ipairs(W.sorted(members.metamethods)) do
    add(class .. "." .. name, members.metamethods[name], class, true)
  end
  for _, name in ipairs(members.getters) do add(class .. "." .. name, function(o) return o[name] end, class) end
  for _, name in ipairs(members.setters) do
    add(class .. "." .. name .. "=", function(o, value) o[name] = value end, class)
  end
  for _, name in ipairs(W.sorted(binary)) do
    add(class .. " " .. name, binary[name], class)
    targets[#targets].operator = true
  end
end
-- What functions of the standard library return: a progress line, a constructor, a selection, a context.
local progress = th.progress
V.makers.Progress = function() return progress.start { total = pick { 0, 1, 100 }, every = 0, quiet = chance(0.5) } end
for _, name in ipairs { "step", "finish" } do
  add("progress:" .. name, getmetatable(progress.start()).__index[name], "Progress")
end
local tried = 0
V.makers.Run = function()
  tried = tried + 1
  return th.runs.create { root = scratch .. "/runs", id = string.format("%08x", tried), tensorboard = chance(0.2) }
end
V.makers.RunQuery = function() return th.runs.open(scratch .. "/runs") end
for _, class in ipairs { "Run", "RunQuery" } do
  local meta = getmetatable(V.makers[class]())
  for _, name in ipairs(W.sorted(meta)) do
    if name:find "^%l" then add(class .. ":" .. name, meta[name], class) end
  end
end
add("nn.define()()", function(...)
  return th.nn.define { name = "Odd", forward = function(_, x) return x end, init = function(self, ...)
    self.a, self.b = ...
  end }(...)
end)

-- The walk must not shrink unseen: these are the numbers of today, and there are only more tomorrow.
assert(#functions >= 309, "only " .. #functions .. " functions were found")
assert(methods >= 218, "only " .. methods .. " methods were found")
for _, target in ipairs(targets) do
  assert(skipped[target.name] or not target.name:find "%.save" and not target.name:find "%.write_"
    and not target.name:find "%.make_", target.name .. " writes files and is not listed")
end
for name in pairs(skipped) do
  local there = false
  for _, target in ipairs(targets) do there = there or target.name == name end
  assert(there, "there is no function " .. name)
end

-- Scripts' options end the process by os.exit; here that is an error, and nothing is printed.
local exit, print, stderr = os.exit, print, io.stderr
os.exit = function(code) error("exit was refused: " .. tostring(code), 0) end
_G.print = function() end
io.stderr = assert(io.open(scratch .. "/stderr", "w"))
local threads = th.num_threads()

local function hash(text)
  local h = 5381
  for i = 1, #text do h = (h * 33 + text:byte(i)) & 0x7fffffff end
  return h
end

for _, target in ipairs(targets) do
  if (not only or target.name:find(only)) and not except:find("|" .. target.name .. "|", 1, true) then
    -- A stream of its own for each function: it fails alike when it runs alone.
    math.randomseed(seed, hash(target.name))
    th.manual_seed(seed)
    -- Threads that wait for such small work cost more than the work: a few targets suffice.
    th.set_num_threads(chance(0.1) and threads or 1)
    local costly = target.name:find "^th%.models" or target.name == "th.detect.ssd300"
      or (target.operator and target.self ~= "Tensor")
    local times = costly and math.max(1, calls // 8) or calls
    for _ = 1, times do attempt(target) end
  end
end

os.exit, _G.print, io.stderr = exit, print, stderr
th.set_num_threads(threads)
print(string.format("fuzz: %d functions, %d methods of %d classes, %d targets, %d calls, seed %d",
  #functions, methods, #W.sorted(classes), #targets, total, seed))
if log then print(string.format("slowest: %.2f s %s", slowest.seconds, slowest.text)) end
for _, failure in ipairs(failures) do print(failure) end
assert(#failures == 0, #failures .. " calls were answered badly; the first: " .. tostring(failures[1]))
return "ok"
