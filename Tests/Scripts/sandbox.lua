-- SPDX-License-Identifier: Apache-2.0
-- The escape list: what a script in a sandbox may try. An attempt that comes back with a true value has
-- got out; one that raises, or comes back with nothing, has not. Run as: thresh --sandbox sandbox.lua
local th = require "thresh"

local attempts, order = {}, {}
local function attempt(name, f)
  assert(not attempts[name], name)
  attempts[name] = f
  order[#order + 1] = name
end

local file = "/etc/passwd"
local string_index = string
local huge = math.maxinteger // 2

-- A value that is there although no name of the sandbox leads to it: searches all that is reachable.
local function reachable(wanted)
  local seen, queue = {}, { _G, ("x"), th, coroutine.running() }
  while #queue > 0 do
    local value = table.remove(queue)
    if type(value) == "table" and not seen[value] then
      seen[value] = true
      for k, v in next, value do
        if wanted(k, v) then return true end
        queue[#queue + 1] = k
        queue[#queue + 1] = v
      end
    end
    local meta = getmetatable(value)
    if type(meta) == "table" and not seen[meta] then queue[#queue + 1] = meta end
  end
  return false
end

-- Files.
attempt("io by name", function() return io end)
attempt("io by require", function() return require "io" end)
attempt("io.open through the loaded modules", function() return package.loaded.io.open end)
attempt("loadfile", function() return loadfile(file) end)
attempt("dofile", function() return dofile(file) end)
attempt("a library by package.loadlib", function() return package.loadlib("libc.so.6", "*") end)
attempt("a file by package.searchpath", function() return package.searchpath("passwd", "/etc/?") end)
attempt("a file by require", function() return require "/etc/passwd" end)
attempt("a module beside the script", function() return require "support" end)
attempt("package by require", function() return require "package" end)
attempt("a C module of the system", function() return require "cjson" end)
attempt("os.remove", function() return os.remove "/nonexistent" end)
attempt("os.rename", function() return os.rename end)
attempt("os.tmpname", function() return os.tmpname() end)
attempt("os.getenv", function() return os.getenv "HOME" end)
attempt("os by require is Lua's own", function() return require("os").execute end)
attempt("anything reachable with a telling name", function()
  local telling = {
    execute = true, popen = true, loadlib = true, dofile = true, loadfile = true, dump = true,
    getregistry = true, sethook = true, getupvalue = true, searchers = true, tmpfile = true,
    tmpname = true, getenv = true, setlocale = true,
  }
  return reachable(function(key, value) return telling[key] and type(value) == "function" end)
end)

-- Processes.
attempt("os.execute", function() return os.execute "true" end)
attempt("io.popen", function() return io.popen "true" end)
attempt("os.exit", function() os.exit(7) end)
attempt("os.exit of a copy", function() return require("os").exit end)

-- Bytecode.
attempt("string.dump", function() return string.dump(print) end)
attempt("dump as a method", function() return ("x").dump end)
attempt("a binary chunk", function() return load("\27Lua\x54\0\x19\x93\r\n\x1a\n", "x", "b") end)
attempt("a binary chunk of any mode", function() return load("\27Lua\x54\0", "x", "bt") end)
attempt("a binary chunk in pieces", function()
  local pieces = { "\27", "Lua", "\x54\0\x19\x93" }
  return load(function() return table.remove(pieces, 1) end)
end)

-- Debug, metatables, environments.
attempt("debug by name", function() return debug end)
attempt("debug by require", function() return require "debug" end)
attempt("the metatable of strings", function() return type(getmetatable "") == "table" end)
attempt("a new metatable for strings", function() return setmetatable("", {}) end)
attempt("methods of strings through the global table", function()
  string_index.evil = function() return true end
  local evil = ("x").evil
  string_index.evil = nil
  return evil
end)
attempt("the metatable of tensors", function() return type(getmetatable(th.ones(1))) == "table" end)
attempt("a tensor's metatable for a table", function()
  return setmetatable({}, getmetatable(th.ones(1)))
end)
attempt("the metatable of a model", function() return type(getmetatable(th.nn.ReLU())) == "table" end)
attempt("the metatable of errors", function()
  local _, problem = pcall(th.ones, "x")
  return type(getmetatable(problem)) == "table"
end)
attempt("the environment of the library's modules", function()
  return load("return io or debug or package", "=x", "t", _G)()
end)
attempt("globals above _ENV", function()
  local _ENV = { load = load }
  return load("return io or debug")()
end)
attempt("load with an environment that lies", function()
  local env = setmetatable({}, { __index = function(_, name) return _G[name] end })
  return load("return io or debug or package or dofile", "=x", "t", env)()
end)
attempt("goto into a block", function()
  return load "goto inside do local f <close> = nil ::inside:: return io end"
end)
attempt("an upvalue of the library", function()
  -- Only debug reaches upvalues.
  return reachable(function(key) return key == "_HOST" or key == "_LOADED" or key == "_PRELOAD" end)
end)
attempt("a finaliser", function() return setmetatable({}, { __gc = function() end }) end)
attempt("a finaliser that is named later", function()
  local meta, ran = {}, false
  setmetatable({}, meta)
  meta.__gc = function() ran = true end
  collectgarbage()
  return ran
end)
attempt("collectgarbage stop", function() return collectgarbage "stop" end)
attempt("collectgarbage generational", function() return collectgarbage "generational" end)
attempt("collectgarbage setpause", function() return collectgarbage("setpause", 100000) end)

-- Functions of th with paths.
for name, f in pairs {
  load_npy = function() return th.load_npy(file) end,
  save_npy = function() th.save_npy("evil.npy", th.ones(1)) return true end,
  load_npz = function() return th.load_npz(file) end,
  save_npz = function() th.save_npz("evil.npz", { x = th.ones(1) }) return true end,
  load_safetensors = function() return th.load_safetensors(file) end,
  save_safetensors = function() th.save_safetensors("evil.st", { x = th.ones(1) }) return true end,
  make_directory = function() th.make_directory "evil" return true end,
  list_directory = function() return th.list_directory "/" end,
  ["data.cifar10"] = function() return th.data.cifar10 { root = "/etc" } end,
  ["data.from_npy"] = function() return th.data.from_npy(file) end,
  ["data.from_npz"] = function() return th.data.from_npz(file) end,
  ["data.from_raw"] = function() return th.data.from_raw(file, { shape = { 1 } }) end,
  ["data.image"] = function() return th.data.image(file) end,
  ["data.image_folder"] = function() return th.data.image_folder { root = "/etc", size = 8 } end,
  ["data.save_png"] = function() th.data.save_png("evil.png", th.zeros(3, 2, 2)) return true end,
  ["data.coco_images"] = function()
    return th.data.coco_images { folder = "/etc", annotations = file }
  end,
  ["coco.read_annotations"] = function() return th.coco.read_annotations(file) end,
  ["coco.copy"] = function() return th.coco.copy(file, "evil.json") end,
  ["coco.merge"] = function() return th.coco.merge({ file }, "evil.json") end,
  ["coco.evaluate"] = function() return th.coco.evaluate { gt = file, dt = file } end,
  ["select.read_trace"] = function() return th.select.read_trace(file) end,
  ["select.write_trace"] = function()
    return th.select.write_trace("evil.trace", { data = th.data.digits().train })
  end,
  ["select.Cached"] = function() return th.select.Cached { trace = file } end,
  ["detect.load_backbone"] = function() return th.detect.load_backbone(nil, file) end,
  ["detect.draw"] = function()
    th.detect.draw(th.zeros(3, 8, 8), th.zeros(0, 4), { path = "evil.png" })
    return true
  end,
  ["a data set's save"] = function() th.data.shapes { n = 1, size = 32 }:save "evil" return true end,
  ["a profile's chrome_trace"] = function()
    th.profile(function() return th.ones(2) + 1 end):chrome_trace "evil.json"
    return true
  end,
  set_num_threads = function() th.set_num_threads(1000) return true end,
  help = function() return require "thresh.help" end,
  ["a command"] = function() return require "thresh.cmd.coco" end,
  arguments = function() return th.arguments end,
} do
  attempt("th: " .. name, f)
end

-- Memory: refused, and the session goes on.
attempt("a string of a terabyte", function() return ("x"):rep(1 << 40) end)
attempt("a string that doubles", function()
  local s = "x"
  while true do s = s .. s end
end)
attempt("a table without end", function()
  local t = {}
  for i = 1, huge do t[i] = i end
end)
attempt("concat of a long string", function()
  local s, t = ("x"):rep(1 << 20), {}
  for i = 1, 1 << 16 do t[i] = s end
  return table.concat(t)
end)
attempt("gsub that grows", function()
  local s = ("x"):rep(1 << 16)
  return s:gsub("x", s)
end)
attempt("format of a long string", function()
  local s = ("x"):rep(1 << 26)
  return s and string.format(("%s"):rep(64), table.unpack((function()
    local t = {}
    for i = 1, 64 do t[i] = s end
    return t
  end)()))
end)
attempt("string.pack of a long string", function() return string.pack("s" .. (" s"):rep(20), ("x"):rep(1 << 27)) end)
attempt("tensors of a terabyte", function() return th.zeros(1 << 38) end)
attempt("many tensors", function()
  local t = {}
  for i = 1, huge do t[i] = th.zeros(1 << 16) end
end)
attempt("a list for a tensor", function()
  local t = {}
  for i = 1, 1 << 30 do t[i] = 0.5 end
  return th.tensor(t)
end)
attempt("many coroutines", function()
  local t = {}
  for i = 1, huge do
    t[i] = coroutine.create(type)
    coroutine.resume(t[i], nil)
  end
end)
attempt("a randperm of everything", function() return th.randperm(1 << 40) end)

-- The C stack.
attempt("recursion", function()
  local function f() return 1 + f() end
  return f()
end)
attempt("pcall in pcall", function()
  local function f() return pcall(f) and nil end
  f()
  error "came back"
end)
attempt("gsub in gsub", function()
  local function f(s) return (s:gsub(".", f)) end
  return f "x"
end)
attempt("coroutine in coroutine", function()
  local function f() return coroutine.wrap(f)() end
  return f()
end)
attempt("native call in native call", function()
  local function f() return th.no_grad(f) end
  return f()
end)
attempt("a deep expression", function() return load("return " .. ("("):rep(1e5) .. ("1") .. (")"):rep(1e5)) end)
attempt("a pattern of many levels", function() return ("x"):rep(1e5):match(("(.?)"):rep(1e4)) end)
attempt("a comparator that raises", function()
  table.sort({ 3, 2, 1 }, function() error "no" end)
  return true
end)
attempt("a comparator without sense", function()
  table.sort({ 3, 1, 2, 5, 4, 9, 8, 7 }, function() return true end)
end)
attempt("__index in a circle", function()
  local a, b = {}, {}
  setmetatable(a, { __index = b })
  setmetatable(b, { __index = a })
  return a.x
end)
attempt("a handler that raises", function()
  local ok = xpcall(error, function(m) error(m) end, "x")
  return ok
end)

-- Loops of C code without an end.
attempt("table.move of everything", function() table.move({}, 1, huge, 2) return true end)
attempt("table.insert by a length that lies", function()
  table.insert(setmetatable({}, { __len = function() return huge end }), 1, 1)
  return true
end)
attempt("table.remove by a length that lies", function()
  return table.remove(setmetatable({}, { __len = function() return huge end }), 1) or true
end)
attempt("table.sort by a length that lies", function()
  table.sort(setmetatable({}, { __len = function() return 1 << 30 end }))
  return true
end)
attempt("table.unpack of everything", function() return table.unpack({}, 1, huge) or true end)
attempt("rep of nothing", function() return #(""):rep(huge) > 0 end)

-- Errors and formats.
attempt("a width that is too large", function() return string.format("%99999d", 1) end)
attempt("a format with a null", function() return string.format("%\0", 1) end)
attempt("a __tostring that raises", function()
  return tostring(setmetatable({}, { __tostring = function() error "evil" end }))
end)
attempt("a __tostring that is no text", function()
  return tostring(setmetatable({}, { __tostring = function() return {} end }))
end)
attempt("a __name of another type", function()
  return tostring(setmetatable({}, { __name = "Tensor" })):find "^Tensor: " and nil
end)
attempt("an object of the wrong class", function() return th.nn.Linear(1, 1).forward(th.ones(1), th.ones(1)) end)
attempt("a freed object", function()
  local t = th.ones(1)
  t:free()
  return t + 1
end)
attempt("os.date with a wild format", function() return os.date "%Ez" end)

local held = 0
for _, name in ipairs(order) do
  local ok, value = pcall(attempts[name])
  if ok and value then
    print("OUT  " .. name .. ": " .. tostring(value))
  else
    held = held + 1
  end
end
attempts, order = nil, nil
collectgarbage()
-- The session still works.
assert(th.ones(2, 2):sum():item() == 4 and ("x"):rep(3) == "xxx" and #("%d"):format(12) == 2)
print(held .. " attempts held")
