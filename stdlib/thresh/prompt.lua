-- SPDX-License-Identifier: Apache-2.0
-- The session under the prompt: what it has at hand, how an entry is run, what can be completed, what words
-- with a colon do. A notebook kernel would use the same.

local th = require "thresh"
local complete = require "thresh.repl.complete"
local inspect = require "thresh.inspect"
local sessions = require "thresh.repl.session"
local tools = require "thresh.repl.tools"

-- Entries may change the globals.
local io, math, os, string, table = io, math, os, string, table
local ipairs, load, next, pairs, pcall, rawget, rawset, require, setmetatable, tostring, type =
  ipairs, load, next, pairs, pcall, rawget, rawset, require, setmetatable, tostring, type

local M = {}

local names = { "nn", "models", "optim", "schedule", "data", "select", "detect", "coco" }

local function preset(name, value)
  tools.preset[name] = true
  if rawget(_G, name) == nil then rawset(_G, name, value) end
end

-- What Lua has from the start is no variable of the user's.
for name in next, _G do tools.preset[name] = true end
preset("th", th)
preset("help", th.help)
for _, name in ipairs(names) do preset(name, th[name]) end
for _, name in ipairs { "time", "bench", "profile", "who", "apropos" } do preset(name, tools[name]) end
preset("repl", th.repl)
tools.preset.out = true
preset("show", setmetatable({}, {
  __call = function(_, ...) return th.show(...) end, __tostring = function() return "show(image): draws a picture" end,
}))

-- Lua's own `select` has the name of the selectors: one value that can be called and indexed.
local lua_select = select
if type(lua_select) == "function" then
  select = setmetatable({}, {
    __call = function(_, ...) return lua_select(...) end,
    __index = function(_, name) return th.select[name] end,
    __pairs = function() return pairs(th.select) end,
  })
end

-- The sessions that are open: the prompt's, and above it those of breakpoints.
local open = {}

local function current() return open[#open] end

--- Opens a session; locals ({ {name, value}, … }) are those its entries see.
function M.open(locals)
  local session = sessions.new(locals)
  open[#open + 1] = session
  tools.session = session
  rawset(_G, "out", sessions.outputs(session))
  return session
end

--- Closes the innermost session.
function M.close()
  open[#open] = nil
  tools.session = current()
  rawset(_G, "out", current() and sessions.outputs(current()) or nil)
end

local commands = {}

-- The variables of the frames that the last error went through.
commands.locals = {
  "the variables where the last error was raised", function()
    local frames = current().frames
    if not frames then return "no error so far" end
    local out = {}
    for i, frame in ipairs(frames) do
      out[#out + 1] = string.format("%d  %s in %s", i, frame.where, frame.name)
      local function add(list, mark)
        for _, item in ipairs(list) do
          local ok, text = pcall(inspect.inspect, item[2], { depth = 2, items = 8 })
          out[#out + 1] = string.format("     %s%s = %s", item[1], mark, ok and text:gsub("\n", "\n     ") or "?")
        end
      end
      add(frame.locals, "")
      add(frame.upvalues, " (upvalue)")
    end
    return table.concat(out, "\n")
  end,
}

-- The tensors among the variables, by name.
local function tensors()
  local found, count = {}, 0
  for _, variable in ipairs(tools.who()) do
    local value = current():get(variable.name)
    if value == nil then value = rawget(_G, variable.name) end
    if variable.type == "Tensor" and pcall(function() return value.shape end) then
      found[variable.name], count = value, count + 1
    end
  end
  return found, count
end

-- The entries as a script, or the tensors.
commands.save = {
  "FILE  writes the entries of this session to a file, or its tensors to one that ends in .npz", function(path)
    if path == "" then return "save needs a file, as in :save session.lua or :save tensors.npz" end
    local there = io.open(path)
    if there then
      there:close()
      return "'" .. path .. "' exists; another name, or remove it first"
    end
    if path:find "%.npz$" then
      local found, count = tensors()
      local ok, problem = pcall(th.save_npz, path, found)
      return ok and string.format("%d tensors in %s", count, path) or tostring(problem)
    end
    local file, problem = io.open(path, "w")
    if not file then return problem end
    for _, entry in ipairs(current().entries) do file:write(entry, "\n") end
    file:close()
    return string.format("%d entries in %s", #current().entries, path)
  end,
}

commands.who = { "the variables, as who() lists them", function() return tostring(tools.who()) end }

commands.help = {
  "these words", function()
    local out = {}
    for _, name in ipairs { "help", "locals", "quit", "save", "who" } do
      local what = name == "quit" and "leaves, as Ctrl-D does" or commands[name][1]
      out[#out + 1] = string.format("  :%-8s %s", name, what)
    end
    out[#out + 1] = "  ?x        help(x); ?? word is apropos 'word'"
    out[#out + 1] = "  !command  runs a command of the shell"
    return table.concat(out, "\n")
  end,
}

-- Runs a command of the shell at the same terminal; the text tells how it ended, if not well.
local function shell(words)
  if words == "" then return "! needs a command, as in !ls" end
  io.stdout:flush()
  local ok, kind, code = os.execute(words)
  return ok and "" or string.format("%s %d", kind == "signal" and "signal" or "exit status", code)
end

-- `:word rest`, `?x`, `??word` and `!command`: the text to print, or nil where the entry is Lua.
local function command(text)
  local words = text:match "^%s*!%s*(.-)%s*$"
  if words then return shell(words) end
  local name, rest = text:match "^%s*:([%a]+)%s*(.-)%s*$"
  if name and not text:find "^%s*::" then
    if name == "quit" or name == "q" then return "", true end
    local known = commands[name]
    if not known then
      local options = require "thresh.options"
      local names = options.names(commands)
      names[#names + 1] = "quit"
      return string.format("there is no :%s%s; :help lists them", name, options.suggestion(name, names))
    end
    return known[2](rest)
  end
  local word = text:match "^%s*%?%?%s*(.-)%s*$"
  if word then
    word = word:gsub("^[\"']", ""):gsub("[\"']$", "")
    return word == "" and "?? needs a word" or tostring(tools.apropos(word))
  end
  word = text:match "^%s*%?%s*(.-)%s*$" or text:match "^%s*([%a_][%w_.:]*)%s*%?$"
  if word then
    if word == "" then return require("thresh.help").usage end
    local found, why = require("thresh.help").text(word)
    if not found then
      -- A variable of the user's.
      local chunk = load("return " .. word, "=stdin", "t")
      local value = current():get(word)
      if value == nil and chunk then
        local ok, answer = pcall(chunk)
        value = ok and answer or nil
      end
      if value ~= nil then
        found = require("thresh.help").text(value)
        if not found then
          local kind, what, size = tools.describe(value)
          return string.format("%s  %s  %s%s", word, kind, what, size and "  " .. size .. " B" or "")
        end
      end
    end
    return found or why
  end
end

--- What an entry that is no Lua asks for: the text to print and whether to leave; nil for Lua.
function M.command(text) return command(text) end

--- Runs an entry: true and its results, or false, the message and the traceback.
function M.run(text) return current():run(text) end

--- What can stand at the end of a text: { start, candidates }.
function M.complete(text) return complete.complete(text, current()) end

--- What is known of the value whose name ends a text; nil without any.
function M.inspect(text)
  local path = text:match "[%a_][%w_.:]*$"
  return path and (require("thresh.help").text((path:gsub(":", ".")))) or nil
end

--- The startup file of the prompt: thresh/init.lua below XDG_CONFIG_HOME or ~/.config; nil without one.
function M.startup_file()
  local home, config = os.getenv "HOME", os.getenv "XDG_CONFIG_HOME"
  local folder = config and config:sub(1, 1) == "/" and config or home and home .. "/.config"
  if not folder then return nil end
  local path = folder .. "/thresh/init.lua"
  local file = io.open(path)
  if not file then return nil end
  file:close()
  return path
end

return M
