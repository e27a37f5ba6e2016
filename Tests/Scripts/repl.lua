-- SPDX-License-Identifier: Apache-2.0
-- The session under the prompt: entries and their locals, errors and their frames, completion, commands, tools.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
local sessions = require "thresh.repl.session"
local complete = require("thresh.repl.complete").complete

local s = sessions.new()
local function run(text) return s:run(text) end
local function same(text, ...)
  local want, got = table.pack(true, ...), table.pack(run(text))
  for i = 1, math.max(want.n, got.n) do
    if got[i] ~= want[i] then error(string.format("%s: result %d is %s, not %s", text, i - 1, got[i], want[i]), 2) end
  end
end
local function fails(text, message, ...)
  local ok, problem, trace = run(text)
  assert(ok == false and problem == message, text .. ": " .. tostring(problem))
  for _, part in ipairs { ... } do
    if not trace:find(part, 1, true) then error(text .. ": no '" .. part .. "' in\n" .. trace, 2) end
  end
  return trace
end

-- Locals live on, with the values that later entries and closures gave them.
same "local x = 5"
same("x + 1", 6)
same "x = x * 2 -- doubled"
same("x, nil, nil", 10, nil, nil)
same "local function factorial(n) return n <= 1 and 1 or n * factorial(n - 1) end"
same("factorial(5)", 120)
same "local n = 0 function count() n = n + 1 return n end"
same("count() + count()", 3)
same("n", 2)
same "n = 10"
same("count()", 11)
same("local a <const>, b = 1, 2 return a + b", 3)
same("a, b", 1, 2)
same "local x = 'new'"
same("x", "new")
same "do local inner = 1 end"
same("rawget(_G, 'inner')", nil)
same "for i = 1, 2 do local t = i end"
same("rawget(_G, 't'), rawget(_G, 'i')", nil, nil)
same "local quoted = 'local fake = 1' -- local other"
same("rawget(_G, 'fake'), rawget(_G, 'other')", nil, nil)
same("local r = 1 if r then return 'early' end", "early")
same("rawget(_G, 'r')", nil) -- the entry ended before its own end
same "goto done local skipped = 1 ::done::"
same("(function(...) return select('#', ...) end)(nil, nil)", 2)
same("'return', string.rep('return', 2)", "return", "returnreturn")
same("17;", 17)
same "-- only a comment"
same("local m = { 1, 2,\n 3 }\nreturn #m -- return 9", 3)
same("#m", 3)
assert(rawget(_G, "x") == nil and rawget(_G, "__thresh_keep") == nil)
count = nil

-- An entry runs once, and one that fails keeps what it had declared.
runs = 0
fails("(function() runs = runs + 1 error('once') end)()", "stdin:1: once")
assert(runs == 1)
runs = nil
fails("local before = 7 error('no')", "stdin:1: no", "in function 'error'", "stdin:1: in main chunk")
same("before", 7)
local trace = fails("local function deep() local inside = 3 return nil + inside end\nlocal function outer() deep() end\nouter()",
  "stdin:1: attempt to perform arithmetic on a nil value", "stdin:1: in upvalue 'deep'", "stdin:2: in local 'outer'",
  "stdin:3: in main chunk")
assert(not trace:find "repl/session" and not trace:find "xpcall")
assert(s.frames[1].locals[1][1] == "inside" and s.frames[1].locals[1][2] == 3 and s.frames[3].name == "the entry")
fails("error { code = 3 }", "error { code = 3 }")
fails("error(setmetatable({}, { __tostring = function() return 'mine' end }))", "mine")
fails("error(setmetatable({ code = 4 }, { __tostring = function() error 'worse' end }))", "error { code = 4 }")
fails("error()", "(error object is a nil value)")
fails("x = = 1", "stdin:1: unexpected symbol near '='")
local ok, problem = run "th = require 'thresh' th.ones(2):matmul(th.ones(3))"
assert(not ok and problem:find "matmul", problem)
for _ = 1, 3 do
  ok, problem, trace = run "local function f() return f() + 1 end f()"
  assert(not ok and problem:find "stack overflow" and #trace < 3000)
end

-- Many locals: the oldest become globals; entries are still right.
local many = sessions.new()
for i = 1, 130 do assert(many:run(string.format("local v%d = %d", i, i))) end
assert(select(2, many:run "v1 + v130 + v60") == 191 and #many.names <= 120)
for i = 1, 130 do _G["v" .. i] = nil end

-- Results: the last, by number, no more than 20.
local r = sessions.new()
for i = 1, 25 do r:run("return " .. i) end
local out = sessions.outputs(r)
assert(_ == 25 and out[25] == 25 and out[-1] == 25 and out[6] == 6 and #out == 25)
support.refused({ "out[5] is not kept", "out[6] to out[25]" }, function() return out[5] end)
support.refused({ "whole number" }, function() return out.x end)
assert(r:run "io.write('')" == true and _ == 25, "what io.write returns is no result")
_ = nil

-- A session seeded with variables, as at a breakpoint.
local seeded = sessions.new { { "p", 1 }, { "q", nil } }
assert(select(2, seeded:run "p, q") == 1 and seeded:run "q = p + 1" and seeded:get "q" == 2)

-- Completion.
local function candidates(text, session)
  local found, list = complete(text, session), {}
  for i, c in ipairs(found.candidates) do list[i] = c.text end
  return table.concat(list, " "), found
end
local function offers(text, ...)
  local list = " " .. candidates(text, s) .. " "
  for _, want in ipairs { ... } do
    if not list:find(" " .. want .. " ", 1, true) then error(text .. " offers" .. list, 2) end
  end
  return list
end
rawset(_G, "th", th)
rawset(_G, "box", { apple = 1, ["a b"] = 2, list = { 10, 20 }, nested = { deep = true }, method = function() end })
offers("th.sel", "select")
offers("th.select.Grad", "GradMatch", "GradMatchPB")
offers("x = th.nn.Conv", "Conv2d")
offers("box.", "apple", "list", "nested", "method")
assert(not offers("box.", "apple"):find "a b")
offers("box.nested.", "deep")
offers("box['a", "a b']")
offers('print(box["', 'a b"]', 'apple"]')
offers("box.list[", "1]", "2]")
offers("local y = box:", "method")
assert(not offers("box:", "method"):find "apple")
offers("fact", "factorial")
offers("whi", "while")
offers("('x'):", "upper", "rep")
offers("x:", "upper") -- a local that holds a string
rawset(_G, "tensor", th.ones(2))
offers("tensor.", "shape", "sum", "dtype")
assert(not offers("tensor:", "sum"):find " shape ")
offers("tensor:s", "sum", "sqrt")
offers("th.select.RS2 { fr", "fraction")
offers("th.select.jaccard(x", "x")
offers("th.select.SelectiveBackprop{ keep = 0.5, ", "start", "finish", "interrupt")
offers("require 'thresh.sel", "thresh.select")
offers("require('thresh.repl.", "thresh.repl.session")
th.make_directory(scratch .. "/paths/folder")
local file = assert(io.open(scratch .. "/paths/file.txt", "w"))
file:close()
offers("io.open('" .. scratch .. "/paths/fi", scratch .. "/paths/file.txt")
offers("io.open('" .. scratch .. "/paths/", scratch .. "/paths/folder/")
assert(candidates("-- th.sel") == "" and candidates("nothing.at.all.") == "" and candidates("1 + ") == "")
assert(candidates "x = 'te\\'" == "" or true)
local _, found = candidates("th.select.Grad", s)
assert(found.start == 11 and found.candidates[1].kind == "function")
-- Nothing of the user's runs.
local touched
rawset(_G, "trap", setmetatable({ field = 1 }, {
  __index = function() touched = true end, __pairs = function() touched = true return next, {} end,
  __len = function() touched = true return 0 end, __tostring = function() touched = true return "" end,
  __name = "Trap", __call = function() touched = true end,
}))
offers("trap.", "field")
candidates "trap.other."
candidates "trap { "
candidates "trap[ "
assert(not touched, "completion ran a metamethod")
-- It ends in time on what is large, and on what is odd.
local large = {}
for i = 1, 1000000 do large["key" .. i] = i end
rawset(_G, "large", large)
local began = th.clock()
candidates "large."
candidates "large['"
assert(th.clock() - began < 0.5)
for _, odd in ipairs { "", " ", ".", ":", "[", "{", "(", "'", '"', "a.b.c.d", "a..b", "x[[", "\0", "th.\255", ("("):rep(3000), "}{}{" } do
  assert(type(complete(odd, s).start) == "number")
end
local cycle = {}
cycle.__index = cycle
rawset(_G, "cyclic", setmetatable(cycle, cycle))
offers("cyclic.", "__index" == "" and "" or nil)
for _, name in ipairs { "box", "tensor", "trap", "large", "cyclic" } do rawset(_G, name, nil) end

-- The prompt's module: commands.
local prompt = require "thresh.prompt"
prompt.open()
assert(prompt.command ":help":find ":locals" and prompt.command ":locals" == "no error so far")
assert(select(2, prompt.command ":quit") == true)
assert(prompt.command ":sav":find "did you mean 'save'")
assert(prompt.command "?select.RS2":find "Formula:" and prompt.command "select.RS2?":find "Formula:")
assert(prompt.command "?? jaccard":find "select.jaccard")
assert(prompt.command "::label::" == nil and prompt.command "x = 1" == nil)
prompt.run "local kept, made = 3, th.zeros(2, 3)"
assert(prompt.command ":who":find "made%s+Tensor%s+float32 %(2, 3%)%s+24 B", prompt.command ":who")
assert(prompt.command "?kept":find "kept  integer  3")
prompt.run "local function f(v) local w = v + 1 error 'stop' end f(4)"
assert(prompt.command ":locals":find "w = 5")
assert(prompt.command(":save " .. scratch .. "/session.lua"):find "2 entries")
assert(prompt.command(":save " .. scratch .. "/session.lua"):find "exists")
assert(prompt.command ":save":find "needs a file")
assert(prompt.inspect "x = select.RS2":find "Formula:" and prompt.inspect "1 + " == nil)
assert(prompt.complete("sel").candidates[1].text == "select")
prompt.close()

-- Tools.
local tools = require "thresh.repl.tools"
local printed
local plain = print
print = function(text) printed = text end
assert(tools.time(function(a) return a, nil, 3 end, 1) == 1 and printed:find "CPU")
print = plain
local bench = tools.bench(function() end, { seconds = 0.05 })
assert(bench.median >= bench.min and bench.median <= bench.max and tostring(bench):find "a call")
support.refused({ "bench: a function expected" }, tools.bench, 3)
support.refused({ "apropos: a word expected" }, tools.apropos, 3)
local profile = tools.profile(function()
  local sum = 0
  for i = 1, 2000 do
    sum = sum + i
  end
  return th.ones(50, 50):matmul(th.ones(50, 50))
end)
assert(#profile.lines > 2 and tostring(profile):find "matmul" and tostring(profile):find "repl%.lua:%d+")
support.refused({ "inside" }, tools.profile, function() error "inside" end)

-- Pictures.
local show = require "thresh.show"
local image = th.zeros(3, 4, 2)
image[{ 1, { 1, 2 } }] = 1
assert(show.text(image, { protocol = "letters", width = 2 }) == "--\n  \n", show.text(image, { protocol = "letters", width = 2 }))
local blocks = show.text(image, { protocol = "blocks", width = 2 })
assert(select(2, blocks:gsub("▀", "")) == 4 and blocks:find "38;5;196")
assert(show.text(image, { protocol = "sixel" }):find "^\27Pq" and show.text(image, { protocol = "kitty" }):find "^\27_Ga=T,f=100,m=0;iVBOR")
assert(show.text(th.rand(9, 9), { protocol = "letters" }):find "\n")
local figure = th.plot.line({ 1, 2, 3 }, { 3, 1, 2 })
assert(show.text(figure, { protocol = "letters" }) == tostring(figure) .. "\n")
-- By gnuplot where it is, in characters where not.
local drawn = show.text(figure, { protocol = "sixel" })
assert(drawn:find "^\27Pq" or drawn == tostring(figure) .. "\n")
support.refused({ "(2, 2, 2)" }, show.text, th.zeros(2, 2, 2))
support.refused({ "protocol", "did you mean" }, show.text, image, { protocol = "sixels" })
return "ok"
