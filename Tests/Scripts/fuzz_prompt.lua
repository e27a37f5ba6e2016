-- SPDX-License-Identifier: Apache-2.0
-- Feeds the prompt's session entries made of valid ones, broken at random, and asks for completions at every place:
-- each is run or refused with a message, nothing of the session is lost, and the process lives on.
--
--   thresh --max-memory 512M Tests/Scripts/fuzz_prompt.lua SCRATCH [seconds] [seed]
local scratch, seconds, seed = ...
seconds, seed = tonumber(seconds) or 5, math.tointeger(tonumber(seed)) or 1
math.randomseed(seed)
local random = math.random
local th = require "thresh"
local prompt = require "thresh.prompt"

local seeds = {
  "local x = 5", "x + 1", "local function f(n) return n <= 1 and 1 or n * f(n - 1) end", "f(5)", "t = th.ones(2, 3)",
  "t:sum { dim = 1 }", "for i = 1, 3 do local y = i end", "local a, b <const> = 1, { 2, 3, k = 'v' } return a, b.k",
  "error { code = 3 }", "error('no', 0)", "coroutine.wrap(function() coroutine.yield(1) error 'in' end)()",
  "pcall(error)", "setmetatable({}, { __index = function(t, k) return k end }).x", "goto done ::done::",
  "th.select.RS2 { fraction = 0.5 }", "nn.Linear(3, 2):forward(th.ones(1, 3))", "return 1, nil, 3", "'a' .. [[b]] .. \"c\"",
  "local z <close> = setmetatable({}, { __close = function() end })", "#out, out[-1], _", "?select.RS2", ":who", ":locals",
  "?? sum", "x?", "!true", "local s = ('x'):rep(10)", "t[{ {1, 2}, -1 }]", "while true do break end", "repeat local q = 1 until q",
  "(function(...) return select('#', ...) end)(nil, nil)", "local t2 <close> = th.ones(2)", "string.format('%5.2f', 1/3)",
  "-- comment", "--[[ long\ncomment ]] 1", "x = x", "t.grad", "t:backward()", "help(th.ones)", "who()", "nope", "th.nope",
  "load('return 1')()", "debug.getlocal(1, 1)", "debug.sethook()", "collectgarbage()", "string.dump(f)", "table.concat({}, 1)",
  "xpcall = nil", "_G.tostring = nil", "setmetatable(_G, nil)", "debug.setmetatable(nil, { __index = {} })", "rawset(_G, '__thresh_keep', 1)",
}
local pieces = {
  "local ", "return ", "function ", "end ", "do ", "then ", "if ", "(", ")", "{", "}", "[", "]", "[[", "]]", "--", "\n", ",", ";",
  "=", "==", "..", "...", ":", ".", "'", '"', "\\", "nil", "x", "t", "th.", "select.", "0x", "1e308", "\0", "\255", "::", "goto x",
  "<const>", "<close>", "?", "out[", "_", "%", "^", "~", "#", "//", "__thresh_keep", "self",
}

local function mutated(text)
  for _ = 1, random(0, 4) do
    local at, kind = random(1, #text + 1), random(1, 6)
    if kind <= 2 then
      text = text:sub(1, at - 1) .. pieces[random(#pieces)] .. text:sub(at)
    elseif kind == 3 then
      text = text:sub(1, at - 1) .. text:sub(at + random(1, 4))
    elseif kind == 4 then
      text = text:sub(1, at - 1) .. string.char(random(0, 255)) .. text:sub(at)
    elseif kind == 5 then
      text = text .. pieces[random(#pieces)] .. seeds[random(#seeds)]
    else
      text = text:sub(1, at)
    end
  end
  return text
end

-- What an entry may take from the others: it is put back.
local kept = {}
for name, value in pairs(_G) do kept[name] = value end
local protected = {
  "xpcall", "pcall", "error", "tostring", "type", "pairs", "ipairs", "next", "select", "rawset", "rawget", "load", "debug",
  "string", "table", "math", "io", "os", "coroutine", "th", "print", "setmetatable", "getmetatable", "assert", "require",
}
local clock, run, complete, command = th.clock, prompt.run, prompt.complete, prompt.command
local real = { pcall = pcall, type = type, rawset = rawset, error = error, debug = debug, format = string.format, tostring = tostring }
local real_next, real_setmetatable, sub = next, debug.setmetatable, string.sub
-- Entries may print, stop the process or wait: not here.
rawset(_G, "print", function() end)
rawset(os, "exit", function() error "exit" end)
rawset(os, "execute", function() return true end)
rawset(os, "remove", nil)
rawset(os, "rename", nil)
rawset(io, "popen", nil)
local open = io.open
rawset(io, "open", function(path, mode) return (not mode or mode == "r") and open(path, "r") or nil, "no writing here" end)
rawset(io, "read", nil)
rawset(io, "lines", nil)
rawset(io, "stdin", nil)
rawset(io, "write", function() end)
for _, name in ipairs(protected) do kept[name] = rawget(_G, name) end

local counts = { 0, 0, 0 }
prompt.open()
local began, slowest = clock(), 0
while clock() - began < seconds do
  local text = mutated(seeds[random(#seeds)])
  -- An entry that would never end is none of ours.
  if not text:find "while true do" and not text:find "repeat" and not text:find "for " or random() < 0.1 and text:find "break" then
    local ok, answer = real.pcall(command, text)
    if not ok then real.error("a command raised: " .. real.tostring(answer) .. "\n" .. text) end
    if answer == nil then
      local fine, done, message = real.pcall(run, text)
      if not fine then real.error("an entry raised: " .. real.tostring(done) .. "\n" .. real.format("%q", text)) end
      if done == false and real.type(message) ~= "string" then real.error("no message for " .. real.format("%q", text)) end
      counts[done and 1 or 2] = counts[done and 1 or 2] + 1
    end
    for name, value in real_next, kept do real.rawset(_G, name, value) end
    real_setmetatable(nil, nil)
    real.debug.sethook()
    for _ = 1, 3 do
      local start = clock()
      local fine, found = real.pcall(complete, sub(text, 1, random(0, #text)))
      if not fine or real.type(found.start) ~= "number" then
        real.error("completion raised: " .. real.tostring(found) .. "\n" .. real.format("%q", text))
      end
      slowest = math.max(slowest, clock() - start)
      counts[3] = counts[3] + 1
    end
  end
end
prompt.close()
collectgarbage()
io.stdout:write(string.format("%d entries ran, %d were refused; %d completions, the slowest %.0f ms; tensors hold %d bytes\n",
  counts[1], counts[2], counts[3], 1000 * slowest, th.memory().tensors))
return "ok"
