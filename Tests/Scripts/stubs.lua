-- SPDX-License-Identifier: Apache-2.0
-- Everything that Lua can call is documented, with an example that runs; and nothing else is.
-- `thresh stubs.lua SCRATCH SCRIPTS select Module` looks at these namespaces and classes alone, and tells which
-- examples take long.
local scratch, scripts = ...
local th = require "thresh"
local reference = require "thresh.reference"
local W = dofile(scripts .. "/fuzz/walk.lua")

-- What needs no text of its own, and why.
local exempt = {
  ["nn.custom"] = "what nn.define makes modules with; nothing that is called by hand",
  prompt = "what th.repl opens, where the host is the command",
  repl = "waits for what is typed, so that no example of it can run by itself",
}
local only, wanted = select("#", ...) > 2, {}
for _, name in ipairs { select(3, ...) } do wanted[name] = true end
local function looked_at(owner) return not only or wanted[owner] end

local problems, examples = {}, {}
local function problem(what, ...) problems[#problems + 1] = what .. ": " .. string.format(...) end

-- What an entry must have beside its text; the example is run later.
local function check_entry(what, entry)
  if not entry.summary:find "%.$" then problem(what, "its first paragraph is no sentence: %s", entry.summary) end
  local named, arguments = {}, {}
  for _, param in ipairs(entry.params) do
    named[param.name] = true
    if param.type == "" then problem(what, "@param %s has no type", param.name) end
  end
  for argument in entry.arguments:gmatch "[%w_.]+" do
    arguments[argument] = true
    if not named[argument] then problem(what, "no @param for '%s'", argument) end
  end
  for name in pairs(named) do
    if not arguments[name] then problem(what, "@param %s, but it has no such argument", name) end
  end
  if not entry.example then
    problem(what, "no example")
  else
    examples[#examples + 1] = { what = what, code = entry.example }
  end
end

-- Functions of namespaces; metamethods, which help does not know, have a name in angle brackets.
for _, part in ipairs { "layers", "plot", "report", "help", "show", "repl" } do assert(th[part]) end
local registered = {}
for _, found in ipairs(W.functions()) do
  local path = found.name:gsub("^th%.", "")
  local space, name = path:match "^(%w+)%.([%w_]+)$"
  if not space then space, name = "th", path end
  if not path:find "[<(]" then
    registered[space .. "." .. name] = true
    if looked_at(space) and not exempt[path] then
      local entry = reference.member(space, name)
      if entry then
        check_entry(path, entry)
      else
        problem(path, "no stub, nor a comment of three dashes")
      end
    end
  end
end

-- Methods and properties of classes.
local classes = W.classes()
for class, members in pairs(classes) do
  local owner = reference.owner(class)
  if looked_at(class) and not owner then problem(class, "no ---@class") end
  if looked_at(class) and owner then
    local fields, inherited = {}, owner
    while inherited do
      for _, field in ipairs(inherited.fields) do fields[field.name] = true end
      inherited = inherited.parent and reference.owner(inherited.parent)
    end
    for _, name in ipairs(W.sorted(members.methods)) do
      local entry = reference.method(class, name)
      if not entry then problem(class .. ":" .. name, "no stub") end
      if entry and entry.owner == class then
        check_entry(class .. ":" .. name, entry)
        if not entry.is_method then problem(class .. ":" .. name, "written with a dot") end
      end
    end
    for _, name in ipairs(members.getters) do
      if not fields[name] then problem(class .. "." .. name, "no @field") end
    end
    for _, field in ipairs(owner.fields) do
      local known = false
      for _, name in ipairs(members.getters) do known = known or name == field.name end
      if not known then problem(class, "@field %s, but it has no such property", field.name) end
      if field.text == "" then problem(class .. "." .. field.name, "no text") end
    end
  end
end
if looked_at "Object" then check_entry("Object:free", assert(reference.method("Object", "free"))) end

-- Stubs of what there is not; the texts of namespaces and classes.
for _, name in ipairs(reference.owners()) do
  local owner = reference.owner(name)
  if looked_at(name) then
    if owner.text == "" then problem(name, "says nothing of itself") end
    if owner.example then examples[#examples + 1] = { what = name, code = owner.example } end
    local seen = {}
    for _, entry in ipairs(owner.entries) do
      local what = name .. (owner.is_class and ":" or ".") .. entry.name
      if seen[entry.name] then problem(what, "two stubs") end
      seen[entry.name] = true
      local there
      if owner.is_class then
        there = name == "Object" or classes[name] and classes[name].methods[entry.name]
      else
        local space = reference.namespace(name)
        there = space and rawget(space, entry.name) ~= nil
      end
      if not there then problem(what, "a stub of what there is not") end
    end
    if owner.is_class and name ~= "Object" and not classes[name] then problem(name, "there is no such class") end
  end
end

-- Every example in an environment of its own.
local function run(example, i)
  local folder = scratch .. "/stub" .. i
  th.make_directory(folder)
  local environment = setmetatable({ th = th, scratch = folder }, { __index = _G })
  if not example.code:find "assert" then return problem(example.what, "the example asserts nothing") end
  local f, message = load(example.code, "=example", "t", environment)
  local ok = f ~= nil
  local start = th.clock()
  if f then
    th.manual_seed(0)
    ok, message = pcall(f)
  end
  example.seconds = th.clock() - start
  if not ok then return problem(example.what, "the example fails: %s", tostring(message)) end
  for name in pairs(environment) do
    if name ~= "th" and name ~= "scratch" then
      problem(example.what, "the example makes a global '%s'", name)
    end
  end
end
local own = print
print = function() end
io.output(scratch .. "/output")
for i, example in ipairs(examples) do run(example, i) end
io.output():close()
io.output(io.stdout)
print = own

if only then
  print(#examples .. " examples")
  for _, example in ipairs(examples) do
    if (example.seconds or 0) > 0.05 then print(string.format("%.3f s  %s", example.seconds, example.what)) end
  end
end
if #problems > 0 then
  error(string.format("%d problems:\n  %s", #problems, table.concat(problems, "\n  ")), 0)
end
assert(only or #examples > 850)
return "ok"
