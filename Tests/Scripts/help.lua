-- SPDX-License-Identifier: Apache-2.0
-- help(): every function of th.select has its text, and the texts agree with the code.
local th = require "thresh"
local select, help = th.select, th.help

local parts = { "Formula:", "Source:", "Defaults:", "Cost:", "Not when:" }

-- The part of a text that begins with `head`, its lines joined; nil without one.
local function part(text, head)
  local found
  for line in (text .. "\n"):gmatch "(.-)\n" do
    if found and not line:find "^  %S" then break end
    if found then
      found = found .. " " .. line:match "^%s*(.*)$"
    elseif line:sub(1, #head) == head then
      found = line:sub(#head + 1)
    end
  end
  return found
end

local function text_of(name)
  local text, why = help.text(select[name])
  assert(text, name .. ": " .. tostring(why))
  assert(text:find("select." .. name, 1, true) == 1, name .. " has another's text: " .. text)
  return text
end

-- Those that compute nothing by a formula.
local plain = { is_selector = true, read_trace = true, write_trace = true }
local constructors, solvers = {}, 0
for name in pairs(select) do
  local text = text_of(name)
  assert(not text:find "%-%-%-" and not text:find "@param", text)
  if name:find "^%u" then
    constructors[#constructors + 1] = name
    for _, head in ipairs(parts) do
      assert(part(text, head), "help(select." .. name .. ") has no '" .. head .. "'")
    end
  elseif not plain[name] then
    solvers = solvers + 1
    for _, head in ipairs { "Formula:", "Source:", "Cost:" } do
      assert(part(text, head), "help(select." .. name .. ") has no '" .. head .. "'")
    end
  end
end
assert(#constructors >= 30 and solvers >= 25)
for _, head in ipairs(parts) do assert(part(text_of "define", head) and part(text_of "greedy", head)) end

-- Defaults are those of the code: every option of a selector made of its required ones stands there.
local embeddings = th.zeros(4, 2)
local required = {
  Full = false, Cached = false, InfoBatch = {}, RHO = { irreducible = { 1.0, 2 } },
  SGE = { fraction = 0.5, embeddings = embeddings }, WRE = { fraction = 0.5, embeddings = embeddings },
  MILO = { fraction = 0.5, embeddings = embeddings },
  MILOFixed = { fraction = 0.5, embeddings = embeddings },
  SelectiveBackprop = {}, RandomBackprop = {}, TopK = {}, LowK = {},
}
local implied = {
  InfoBatch = { every = true, first = true, weight_normalisation = true },
  Random = { every = true, first = true },
}
-- Whether `wanted` stands in the text, and no longer number does.
local function stands(text, wanted)
  local from, to = text:find(wanted, 1, true)
  while from do
    if text:find("^[,;) ]", to + 1) or text:find("^%.%s", to + 1) then return true end
    from, to = text:find(wanted, to + 1, true)
  end
  return false
end
local function told(name, given, skipped)
  local defaults = part(text_of(name), "Defaults:") .. " "
  local has = select[name](given).options
  for key, value in pairs(has) do
    if given[key] == nil and key ~= "fraction" and not (skipped and skipped[key]) then
      local shown = tostring(value)
      if type(value) == "number" then shown = string.format("%.14g", value) end
      if type(value) == "string" then shown = '"' .. value .. '"' end
      if value == math.maxinteger then shown = "math.maxinteger" end
      if value == 1 / 6 then shown = "1 / 6" end
      local wanted = key .. " = " .. shown
      assert(stands(defaults, wanted),
        string.format("help(select.%s) does not tell '%s': %s", name, wanted, defaults))
    end
  end
  -- And no other; SelectiveBackprop tells of two variants.
  for key in defaults:gmatch "([%a_]+) = " do
    assert(has[key] ~= nil or name:find "Backprop$",
      string.format("help(select.%s) tells of '%s', which is none of its options", name, key))
  end
end
for _, name in ipairs(constructors) do
  local given = required[name]
  if given == nil then given = { fraction = 0.5 } end
  if given then told(name, given, implied[name]) end
end
told("SelectiveBackprop", { variant = "jiang" }, { keep = true, phase = true })

-- Native functions are found by name, with their arguments.
local omp = help.text(select.omp)
assert(omp:find "^select%.omp%(options%)\n\n" and omp:find("  options (table): residuals", 1, true)
  and omp:find("  returns table", 1, true), omp)
assert(help.text "select.omp" == omp and help.text "th.select.omp" == omp)

-- A namespace lists its functions, and says what is not planned and why.
local all = help.text(select)
for name in pairs(select) do assert(all:find("\n  " .. name .. " ", 1, true), name) end
assert(all:find("SELCON", 1, true) and all:find("not planned", 1, true))
for line in all:gmatch "\n(  %w[^\n]*)" do assert(#line > 24, "no summary: " .. line) end

-- A part that can be called, and what has no text.
assert(help.text(th.train):find("Trains a model", 1, true))
local function refused(value, ...)
  local text, why = help.text(value)
  assert(text == nil, text)
  for _, wanted in ipairs { ... } do assert(why:find(wanted, 1, true), why) end
end
refused(nil, "nil has no documentation")
refused(42, "no text about 42")
refused({}, "no text about a table")
refused("select.Margin", "there is no th.select.Margin")
refused("select.RS2.first", "there is no th.select.RS2.first")
refused(function() end, "no text about a function")

refused("Tensor.summ", "there is no Tensor.summ")
refused(coroutine.wrap(function() end), "no text about a function")

-- Functions of th itself, methods and objects, by value and by name; texts end in the example.
local function told_of(value, first, ...)
  local text = assert(help.text(value))
  assert(text:sub(1, #first) == first, text)
  for _, wanted in ipairs { ... } do assert(text:find(wanted, 1, true), wanted .. " is not in " .. text) end
  return text
end
local t, model = th.ones(2), th.nn.Linear(2, 1)
local sum = told_of("Tensor.sum", "Tensor:sum(", "\n\nExample:\n    ")
assert(help.text(t.sum) == sum and help.text "Tensor:sum" == sum)
assert(told_of(th.matmul, "th.matmul(") == help.text "matmul" and help.text "th.matmul" == help.text "matmul")
told_of(model.forward, "Module:forward(x)\n\n", "  x (Tensor)", "  returns Tensor", "\n\nExample:\n    local model")
told_of(model, "Module\n\n", "\n  training ", "\n  :load_state_dict ", "\n\nExample:\n")
assert(help.text "Module" == help.text(model))
told_of(t.free, "Object:free()")
local detector = th.detect.small_ssd { classes = 2, size = 32, width = 2 }
assert(help.text(detector.forward) == help.text(model.forward))
told_of(detector, "SmallSSD, a Module\n", "\n  boxes ")
told_of("train", "th.train(config)\n\n", "Example:\n    local data")
told_of(th.nn, "Layers", "Example:\n", "\n  Linear ")
told_of("th", "", "\n  zeros ", "\n  matmul ")
told_of(th.plot, "Figures: lines, points, bars", "\n  line ")
-- No line of what a call takes is longer than a terminal can show.
for line in told_of("nn.Conv2d", "nn.Conv2d("):gmatch "[^\n]+" do assert(utf8.len(line) <= 112, line) end

-- Words are sought in names, then in texts.
local found = help.search "conv2D"
assert(found[1].name == "nn.Conv2d" and found[1].summary == "A convolution of images.")
local names = {}
for i, item in ipairs(help.search "state_dict") do names[item.name] = i end
assert(names["detect.load_backbone"] > names["Optimizer:state_dict"], "found by its example alone, after names")

-- What is printed.
local lines, own = {}, print
print = function(text) lines[#lines + 1] = text end
help()
help(select.RS2)
help(nil)
help.help(42)
print = own
assert(#lines == 4 and lines[1]:find("help(select.GradMatch)", 1, true), lines[1])
assert(lines[1]:find "Namespaces: th, nn, .* select, .* train" and lines[1]:find "Classes: .*Module.*Tensor", lines[1])
assert(lines[2]:find("Okanovic", 1, true) and lines[3]:find "nil" and lines[4]:find "42")

-- Lua's own functions have a line each.
for _, name in ipairs { "_G", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" } do
  for field, f in pairs(_G[name]) do
    if type(f) == "function" and (name ~= "_G" or not debug.getinfo(f, "S").source:find "^@") then
      local text = help.text(f)
      assert(text, "help knows nothing of " .. name .. "." .. field)
      assert(help.text((name .. "." .. field):gsub("^_G%.", "")), field)
    end
  end
end
local _, hint = help.text "selct"
assert(hint == "help: thresh has no field 'selct' (did you mean 'select'?)", hint)

-- Option names, as Tab proposes them.
for f, wanted in pairs {
  [th.train] = "epochs schedule label", [th.nn.Conv2d] = "stride dilation groups dtype", [th.data.cifar10] = "root",
  [select.GradMatch] = "fraction every", [th.compare] = "selectors seeds",
} do
  local there = {}
  for _, name in ipairs(help.options(f)) do there[name] = true end
  for name in wanted:gmatch "%S+" do assert(there[name], name) end
  assert(not there.each and not there.a and not there.path)
end

return "ok"
