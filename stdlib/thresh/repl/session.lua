-- SPDX-License-Identifier: Apache-2.0
-- What an entry at the prompt means: it is compiled, run once, and its top-level locals are those of the
-- next entry too.
--
-- An entry runs as Lua has it, at Lua's speed. What earlier entries declared are upvalues of the entry, the
-- very variables that their closures see; what it declares itself is taken from a closure that is made where
-- it ends, or read from the stack where an error stopped it.

local inspect = require "thresh.inspect"
local variables = require "thresh.repl.variables"

-- Entries may change the globals: what runs them does not rely on those.
local debug, io, math, string, table = debug, io, math, string, table
local error, ipairs, load, pcall, rawequal, rawget, rawset, setmetatable, tostring, type, xpcall =
  error, ipairs, load, pcall, rawequal, rawget, rawset, setmetatable, tostring, type, xpcall

local M = {}

local Session = {}
Session.__index = Session

-- Lua allows a function 255 upvalues; an entry needs some of its own.
local most_locals = 120
local most_results = 20
local keep_name = "__thresh_keep"

--- A session whose entries see `locals` ({ {name, value}, … }) from the start.
function M.new(locals)
  local self = setmetatable({ names = {}, cells = {}, outputs = {}, count = 0, entries = {} }, Session)
  for _, item in ipairs(locals or {}) do self:declare(item[1], item[2]) end
  return self
end

-- Makes upvalue `i` of `f` the variable `name` of the entries to come. Beyond 120 the oldest becomes a global.
local function adopt(self, name, f, i)
  if not self.cells[name] then
    local names = self.names
    names[#names + 1] = name
    if #names > most_locals then
      local oldest = table.remove(names, 1)
      rawset(_G, oldest, (self:get(oldest)))
      self.cells[oldest] = nil
    end
  end
  self.cells[name] = { f, i }
end

--- Makes `name` a local of the entries to come.
function Session:declare(name, value)
  adopt(self, name, function() return value end, 1)
end

--- The value of a local that an entry declared, and whether there is one.
function Session:get(name)
  local cell = self.cells[name]
  if not cell then return nil, false end
  local _, value = debug.getupvalue(cell[1], cell[2])
  return value, true
end

-- The names behind the word `local` in a text: all that the entry may declare, and some more.
local function declared(text)
  local names, known = {}, {}
  local function add(name)
    if not known[name] and #names < 200 then names[#names + 1], known[name] = name, true end
  end
  for at in text:gmatch "%f[%w_]local%s+()" do
    local rest = text:sub(at, at + 400)
    local name = rest:match "^function%s+([%a_][%w_]*)"
    if name then
      add(name)
    else
      local list = rest:match "^[%w_%s,<>]*"
      for word in list:gsub("<[^>]*>", ""):gmatch "[^,]+" do
        local first = word:match "^%s*([%a_][%w_]*)"
        if not first then break end
        add(first)
        if word:find "^%s*[%a_][%w_]*%s+%S" then break end
      end
    end
  end
  return names
end

-- Where the `return` begins that ends the entry; nil where none does. What stands before it is whole, and
-- no comment runs on into it.
local function final_return(text, name)
  if load(text .. "\nlocal _", name, "t") then return nil end
  local places = {}
  for at in text:gmatch "()%f[%w_]return%f[^%w_]" do places[#places + 1] = at end
  for i = #places, 1, -1 do
    local before = text:sub(1, places[i] - 1)
    if load(before, name, "t") and not load(before .. " ~", name, "t") then return places[i] end
  end
end

-- The text as a function whose upvalues are the variables of earlier entries.
local function compiled(self, text, name)
  if #self.names == 0 then return load(text, name, "t") end
  local make = load(string.format("local %s return function(...) %s\nend", table.concat(self.names, ", "), text),
    name, "t")
  local entry = make and make()
  if not entry then return load(text, name, "t") end
  for i = 1, math.huge do
    local known = debug.getupvalue(entry, i)
    if not known then return entry end
    local cell = self.cells[known]
    if cell then debug.upvaluejoin(entry, i, cell[1], cell[2]) end
  end
end

--- The entry as a function; nil and the message where it is no Lua.
function Session:compile(text, name)
  if load("return " .. text, name, "t") then return compiled(self, "return " .. text, name) end
  local names = declared(text)
  if #names == 0 then return compiled(self, text, name) end
  local plain, problem = load(text, name, "t")
  if not plain then return nil, problem end
  local keep = string.format(" %s(function() return %s end) ", keep_name, table.concat(names, ", "))
  local at = final_return(text, name)
  local code = at and text:sub(1, at - 1) .. keep .. text:sub(at) or text .. "\n" .. keep
  return load(code, name, "t") and compiled(self, code, name) or compiled(self, text, name)
end

-- A frame of the stack as :locals shows it.
local function frame(level, entry)
  local info = debug.getinfo(level + 1, "Slnf")
  local locals, upvalues = variables(level + 1)
  return {
    where = info.currentline > 0 and info.short_src .. ":" .. info.currentline or info.short_src,
    name = info.func == entry and "the entry" or info.what == "main" and "the main chunk" or info.name or "a function",
    locals = locals, upvalues = upvalues,
  }
end

-- The text of an error value of any kind.
local function message_of(problem)
  if type(problem) == "string" then return problem end
  local meta = debug.getmetatable(problem)
  if type(meta) == "table" and rawget(meta, "__tostring") ~= nil then
    local ok, text = pcall(tostring, problem)
    if ok and type(text) == "string" then return text end
  end
  if type(problem) == "table" then
    local ok, text = pcall(inspect.inspect, problem)
    if ok then return "error " .. text end
  end
  return string.format("(error object is a %s value)", type(problem))
end

-- The level at which a function stands, seen from the caller, looked for from the stack's bottom: a level is
-- found by walking to it, and an endless recursion has hundreds of thousands.
local function level_of(f)
  local low, high = 1, 2
  while debug.getinfo(high, "l") do low, high = high, high * 2 end
  while high - low > 1 do
    local middle = (low + high) // 2
    if debug.getinfo(middle, "l") then low = middle else high = middle end
  end
  for level = low, math.max(1, low - 40), -1 do
    local info = debug.getinfo(level, "f")
    if info and info.func == f then return level end
  end
end

-- The frames between the error and the entry, as lua(1) tells them.
local function traceback(entry)
  local lines, level = { "stack traceback:" }, 3
  -- Who told that a variable is not there is of no interest.
  local teller = debug.getinfo(4, "S")
  if teller and teller.source:find "thresh/strict%.lua$" then level = 5 end
  while true do
    local info = debug.getinfo(level, "Slnft")
    -- The entry may have gone on as what it called last: what lies below it is the host's.
    if not info or info.func == xpcall then break end
    if #lines > 22 then
      lines[#lines + 1] = "\t..."
      break
    end
    local where = info.what == "C" and "[C]" or info.short_src .. (info.currentline > 0 and ":" .. info.currentline or "")
    local kind = (info.namewhat == "" or info.namewhat == "global") and "function" or info.namewhat
    local name = info.name and string.format("%s '%s'", kind, info.name)
      or info.what == "C" and "?" or string.format("function <%s:%d>", info.short_src, info.linedefined)
    if info.func == entry or info.what == "main" then name = "main chunk" end
    if info.what ~= "C" or info.name then lines[#lines + 1] = string.format("\t%s: in %s", where, name) end
    if info.func == entry then break end
    if info.istailcall then lines[#lines + 1] = "\t(...tail calls...)" end
    level = level + 1
  end
  return table.concat(lines, "\n")
end

--- Runs an entry. Returns true and its results, or false, the message, the traceback.
function Session:run(text, name)
  name = name or "=stdin"
  local entry, problem = self:compile(text, name)
  if not entry then return false, problem end
  self.entries[#self.entries + 1] = text
  local trace
  local function keep(f)
    for i = 1, math.huge do
      local known = debug.getupvalue(f, i)
      if not known then return end
      if known ~= "_ENV" then adopt(self, known, f, i) end
    end
  end
  local function handler(value)
    self.frames = {}
    for level = 2, 41 do
      local info = debug.getinfo(level, "Sf")
      if not info or info.func == xpcall then break end
      if info.what ~= "C" then self.frames[#self.frames + 1] = frame(level, entry) end
      if info.func == entry then break end
    end
    local level = level_of(entry)
    for _, item in ipairs(level and (variables(level - 1)) or {}) do self:declare(item[1], item[2]) end
    trace = traceback(entry)
    return value
  end
  local before = rawget(_G, keep_name)
  rawset(_G, keep_name, keep)
  local results = table.pack(xpcall(entry, handler))
  rawset(_G, keep_name, before)
  if not results[1] then
    return false, message_of(results[2]), trace
  end
  -- What `io.write` returns is nothing to look at.
  if results.n == 2 and io.type(results[2]) == "file" and text:find "write" then return true end
  if results.n > 1 then self:remember(results[2]) end
  return table.unpack(results, 1, results.n)
end

--- Keeps a result as `_` and `out[n]`, n counting the entries that gave one; the last 20 are kept.
function Session:remember(value)
  if rawequal(value, rawget(_G, "out")) then return end
  rawset(_G, "_", value)
  self.count = self.count + 1
  self.outputs[self.count] = { value = value }
  self.outputs[self.count - most_results] = nil
end

--- `out` at the prompt: out[n] is the n-th result, out[-1] the last one.
function M.outputs(session)
  return setmetatable({}, {
    __index = function(_, n)
      if math.type(n) ~= "integer" then error("out[n] needs a whole number, got " .. tostring(n), 2) end
      local kept = session.outputs[n < 0 and session.count + 1 + n or n]
      if not kept then
        error(string.format("out[%d] is not kept; there are %s", n, session.count == 0 and "no results yet"
          or string.format("out[%d] to out[%d]", math.max(1, session.count - most_results + 1), session.count)), 2)
      end
      return kept.value
    end,
    __len = function() return session.count end,
    __newindex = function() error("out is written by the prompt alone", 2) end,
    __tostring = function()
      local lines = {}
      for n = math.max(1, session.count - most_results + 1), session.count do
        local text = inspect.inspect(session.outputs[n].value, { depth = 1, items = 6 })
        lines[#lines + 1] = string.format("out[%d] = %s", n, (text:match "^[^\n]*"):sub(1, 70))
      end
      return #lines > 0 and table.concat(lines, "\n") or "no results yet"
    end,
  })
end

return M
