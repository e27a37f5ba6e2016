-- SPDX-License-Identifier: Apache-2.0
-- What the prompt has beside Lua: how long something takes, what there is, what the library knows of a word.

local th = require "thresh"
local columns = require "thresh.columns"
local options = require "thresh.options"

local M = {}

local function need_function(name, f)
  local meta = debug.getmetatable(f)
  if type(f) == "function" or type(meta) == "table" and rawget(meta, "__call") then return end
  error(string.format("%s: a function expected, got %s; as in %s(function() … end)", name, options.shown(f), name), 3)
end

-- Seconds in the unit that suits them.
local function duration(seconds)
  for _, unit in ipairs { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" } } do
    if seconds >= unit[1] then return string.format("%.3g %s", seconds / unit[1], unit[2]) end
  end
  return string.format("%.3g ns", seconds * 1e9)
end

local function bytes(n)
  for _, unit in ipairs { { 1 << 30, "GiB" }, { 1 << 20, "MiB" }, { 1 << 10, "KiB" } } do
    if n >= unit[1] then return string.format("%.3g %s", n / unit[1], unit[2]) end
  end
  return n .. " B"
end

--- Calls f(...) once and prints how long it took; returns what f returns.
function M.time(f, ...)
  need_function("time", f)
  local before, cpu, began = th.memory(), os.clock(), th.clock()
  local results = table.pack(f(...))
  local seconds, after = th.clock() - began, th.memory()
  print(string.format("%s (CPU %s), tensors %+.3g MiB", duration(seconds), duration(os.clock() - cpu),
    (after.tensors - before.tensors) / (1 << 20)))
  return table.unpack(results, 1, results.n)
end

local Bench = {}
Bench.__tostring = function(self)
  return string.format("%s a call [%s, %s] in %d rounds of %d", duration(self.median), duration(self.min),
    duration(self.max), self.rounds, self.calls)
end

--- Calls f again and again, for about a second, and tells what a call takes: { median, min, max } in
--- seconds over rounds of as many calls as take 10 ms. Options: seconds (1), what to call it with: arguments ({}).
function M.bench(f, given)
  need_function("bench", f)
  local o = options.check("bench", given or {}, {
    seconds = { "number", default = 1, above = 0 }, arguments = { "table", default = {} },
  }, 2)
  local a, n = o.arguments, o.arguments.n or #o.arguments
  local function round(calls)
    local began = th.clock()
    for _ = 1, calls do f(table.unpack(a, 1, n)) end
    return th.clock() - began
  end
  local first = round(1)
  local calls = math.max(1, math.min(1 << 30, math.floor(0.01 / math.max(round(1), 1e-8))))
  local times, ends = {}, th.clock() + o.seconds
  repeat times[#times + 1] = round(calls) / calls until th.clock() >= ends or #times >= 10000
  table.sort(times)
  return setmetatable({
    median = times[(#times + 1) // 2], min = times[1], max = times[#times], first = first, rounds = #times,
    calls = calls,
  }, Bench)
end

local Lines = {}
Lines.__tostring = function(self)
  local out = { tostring(self.operations) }
  if #self.lines > 0 then
    local rows = { { "line", "ms", "%", "text" } }
    for i = 1, math.min(#self.lines, 12) do
      local line = self.lines[i]
      rows[#rows + 1] = {
        line.where, string.format("%.3f", 1e3 * line.seconds), string.format("%.1f", 100 * line.share),
        line.text:sub(1, 50),
      }
    end
    out[#out + 1] = table.concat(columns.lines(rows), "\n")
  end
  return table.concat(out, "\n\n")
end

-- A line of a chunk: of a file, or of the entry itself.
local function source_line(source, number, entries)
  local text
  if source:sub(1, 1) == "@" then
    local file = io.open(source:sub(2))
    if file then
      text = file:read "a"
      file:close()
    end
  else
    text = entries and entries[#entries]
  end
  local i = 0
  for line in ((text or "") .. "\n"):gmatch "(.-)\n" do
    i = i + 1
    if i == number then return (line:gsub("^%s+", "")) end
  end
  return ""
end

--- Where the time of f(...) goes: { operations = what th.profile tells of native operations, lines = { { where,
--- seconds, share, text }, … } }, Lua lines by the time spent until the next one; `tostring` shows both.
--- The look at each line slows Lua down, not the operations.
function M.profile(f, ...)
  need_function("profile", f)
  local spent, last, since = {}, nil, th.clock()
  local clock, getinfo = th.clock, debug.getinfo
  local function look(_, line)
    local now = clock()
    if last then spent[last] = (spent[last] or 0) + (now - since) end
    last, since = getinfo(2, "S").source .. "\0" .. line, clock()
  end
  local arguments = table.pack(...)
  local operations = th.profile(function()
    debug.sethook(look, "l")
    local ok, problem = pcall(f, table.unpack(arguments, 1, arguments.n))
    debug.sethook()
    if not ok then error(problem, 0) end
  end)
  local lines, total = {}, 0
  for _, seconds in pairs(spent) do total = total + seconds end
  local session = M.session
  for key, seconds in pairs(spent) do
    local source, number = key:match "^(.*)%z(%d+)$"
    if not source:find "thresh/repl/tools" then
      local name = source:gsub("^[@=]", ""):gsub("^.*/", "")
      lines[#lines + 1] = {
        where = name:sub(1, 24) .. ":" .. number, seconds = seconds, share = total > 0 and seconds / total or 0,
        text = source_line(source, math.tointeger(tonumber(number)), session and session.entries),
      }
    end
  end
  table.sort(lines, function(a, b)
    if a.seconds ~= b.seconds then return a.seconds > b.seconds end
    return a.where < b.where
  end)
  return setmetatable({ operations = operations, lines = lines }, Lines)
end

-- Type, what can be said in a few words, and bytes where they count.
local describe

local Listing = {}
Listing.__tostring = function(self)
  if #self == 0 then return "nothing yet" end
  local rows = { { "name", "type", "what", "size" } }
  for _, v in ipairs(self) do rows[#rows + 1] = { v.name, v.type, v.what, v.bytes and bytes(v.bytes) or "" } end
  return table.concat(columns.lines(rows), "\n")
end

function describe(value)
  local meta = debug.getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name") or nil
  if name == "Tensor" then
    local ok, shape, dtype, count = pcall(function() return value.shape, value.dtype, value.count end)
    if not ok then return name, "given back", nil end
    local size = ({ float64 = 8, int64 = 8, float32 = 4, int32 = 4 })[dtype] or 1
    return name, dtype .. " (" .. table.concat(shape, ", ") .. ")", size * count
  end
  if type(value) == "table" then
    local count = 0
    for _ in next, value do
      count = count + 1
      if count > 9999 then break end
    end
    return name or "table", count .. (count > 9999 and "+" or "") .. (count == 1 and " field" or " fields"), nil
  end
  if type(value) == "string" then
    return "string", (string.format("%q", value:sub(1, 30)):gsub("\n", "n")) .. (#value > 30 and "…" or ""), #value
  end
  if type(value) == "userdata" then return name or "userdata", "", nil end
  if type(value) == "function" then
    local info = debug.getinfo(value, "S")
    return "function", info.what == "C" and "native" or info.short_src .. ":" .. info.linedefined, nil
  end
  return math.type(value) or type(value), tostring(value), nil
end

M.describe = describe

--- The variables that entries have made: a list of { name, type, what, bytes }, globals and locals, tensors
--- with their shapes and bytes; at the prompt it prints as a table.
function M.who()
  local found = setmetatable({}, Listing)
  local function add(name, value)
    local kind, what, size = describe(value)
    found[#found + 1] = { name = name, type = kind, what = what, bytes = size }
  end
  local session = M.session
  local taken = {}
  for _, name in ipairs(session and session.names or {}) do
    taken[name] = true
    add(name, (session:get(name)))
  end
  for name, value in next, _G do
    if type(name) == "string" and not taken[name] and not M.preset[name] and not name:find "^_" then add(name, value) end
  end
  table.sort(found, function(a, b) return a.name < b.name end)
  return found
end

--- Names of the library that hold a word, or whose text does: a list of { name, summary }.
function M.apropos(word)
  if type(word) ~= "string" or word == "" then
    error("apropos: a word expected, got " .. options.shown(word), 2)
  end
  local found = require("thresh.help").search(word)
  return setmetatable(found, { __tostring = function()
    if #found == 0 then return "nothing is known of '" .. word .. "'" end
    local rows, widest = {}, 0
    for _, item in ipairs(found) do widest = math.max(widest, #item.name) end
    for i, item in ipairs(found) do rows[i] = string.format("%-" .. widest .. "s  %s", item.name, item.summary) end
    return table.concat(rows, "\n")
  end })
end

-- What the prompt itself has put into the globals; `who` leaves it out.
M.preset = {}

return M
