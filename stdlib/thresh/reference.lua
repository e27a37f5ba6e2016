-- SPDX-License-Identifier: Apache-2.0
-- The documentation of all that Lua sees, as data: read from the stubs in stdlib/meta and from the comments
-- above functions that are written in Lua. help(), `thresh docs` and the test of both are made of it.

local th = require "thresh"
local embedded = require "thresh.embedded"
local options = require "thresh.options"

local M = {}

--- The namespaces in the order of the reference: th itself, native ones, those written in Lua.
M.namespaces = {
  "th", "nn", "models", "optim", "schedule", "data", "select", "detect", "coco", "statistics", "signals", "runs",
  "train", "compare", "sweep", "layers", "plot", "report", "show", "inspect", "progress", "arguments", "help",
}

-- The files of stdlib/meta; each may hold a namespace and classes.
local files = {
  "th", "tensor", "stream", "profile", "object", "nn", "module", "summary", "models", "optim", "schedule",
  "data", "dataset", "detection_dataset", "select", "trace", "loss_history", "detect", "detectors", "coco",
  "evaluation", "statistics", "signals", "runs",
}

-- Namespaces written in Lua, without stubs: what the file says of itself is their text. The value is the
-- function that is called by the namespace's own name.
local lua_parts = {
  train = "train", compare = "compare", sweep = "sweep", layers = "", plot = "", report = "report", show = "show",
  inspect = "inspect", progress = "", arguments = "parse", help = "help",
}

local function lines_in(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- The lines of a Lua file: one of the standard library, which the binary carries, or any other.
local function lines_of(path)
  local module = path:match "^stdlib/(.*)%.lua$"
  local text = module and embedded((module:gsub("/", ".")))
  if not text then
    local file = io.open(path, "r")
    if not file then return nil end
    text = file:read "a"
    file:close()
  end
  return lines_in(text)
end

-- A type and what follows it; `fun(x: Tensor): Tensor` has spaces of its own.
local function split_type(text)
  local depth, i = 0, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c:find "[(<{]" then
      depth = depth + 1
    elseif c:find "[)>}]" then
      depth = depth - 1
    elseif c == " " and depth == 0 and not text:sub(1, i - 1):find "[:,|]$" then
      break
    end
    i = i + 1
  end
  return text:sub(1, i - 1), text:sub(i):match "^%s*(.*)$"
end

-- Blank lines at the ends taken away.
local function trimmed(lines)
  local first, last = 1, #lines
  while first <= last and not lines[first]:find "%S" do first = first + 1 end
  while last >= first and not lines[last]:find "%S" do last = last - 1 end
  return table.concat(lines, "\n", first, last)
end

-- What lines of a comment say: text, example, params, returns, fields, class, parent, operators.
local function parsed(lines)
  local text, example = {}, nil
  local found = { params = {}, returns = {}, fields = {}, operators = {} }
  local current, in_example
  for _, raw in ipairs(lines) do
    local line = raw:gsub("^%s*%-%-%-?", "")
    local tag, rest = line:match "^%s?@(%a+)%s*(.*)$"
    line = line:gsub("^%s", "")
    if tag then
      in_example, current = false, nil
      if tag == "param" then
        local name, more = rest:match "^(%S+)%s*(.*)$"
        local kind, what = split_type(more)
        current = { name = name:gsub("%?$", ""), optional = name:find "%?$" ~= nil, type = kind, text = what }
        found.params[#found.params + 1] = current
      elseif tag == "return" then
        local kind, what = split_type(rest)
        current = { type = kind, text = what }
        found.returns[#found.returns + 1] = current
      elseif tag == "field" then
        local name, more = rest:match "^(%S+)%s*(.*)$"
        local kind, what = split_type(more)
        current = { name = name, type = kind, text = what }
        found.fields[#found.fields + 1] = current
      elseif tag == "operator" then
        found.operators[#found.operators + 1] = rest
      elseif tag == "class" then
        found.class, found.parent = rest:match "^([%w_]+)%s*:?%s*([%w_]*)"
      end
    elseif current then
      current.text = current.text .. " " .. line:match "^%s*(.*)$"
    elseif line:find "^Example:%s*$" then
      in_example, example = true, {}
    elseif in_example and (line:find "^    " or not line:find "%S") then
      example[#example + 1] = line:sub(5)
    else
      in_example = false
      text[#text + 1] = line
    end
  end
  found.text = trimmed(text)
  found.summary = (found.text .. "\n\n"):match "^(.-)\n%s*\n":gsub("\n", " ")
  found.example = example and trimmed(example)
  return found
end

-- The comment that ends above line `number`; nil where it does not begin with three dashes.
local function comment_above(lines, number)
  local first = number
  while first > 1 and lines[first - 1]:find "^%s*%-%-" do first = first - 1 end
  if first == number or not lines[first]:find "^%s*%-%-%-" then return nil end
  return parsed(table.move(lines, first, number - 1, 1, {}))
end

-- owner -> { name, text, fields, parent, entries (in the order of the file), by (their names) }
local owners

local function owner_of(name)
  owners[name] = owners[name] or { name = name, entries = {}, by = {}, fields = {}, operators = {}, text = "" }
  return owners[name]
end

-- Files the comment `block` under the function or class that `line` and it declare.
local function add(file, block, line)
  local entry = parsed(block)
  local owner, dot, name, arguments = line:match "^function ([%w_]+)([.:])([%w_]+)(%b())"
  if owner then
    entry.owner, entry.name, entry.is_method = owner, name, dot == ":"
    entry.arguments, entry.file = arguments, file
    local o = owner_of(owner)
    o.entries[#o.entries + 1], o.by[name] = entry, entry
  elseif entry.class then
    local o = owner_of(entry.class)
    o.is_class, o.parent = entry.class:find "^%u" ~= nil, entry.parent ~= "" and entry.parent or nil
    for _, key in ipairs { "text", "summary", "example", "fields", "operators" } do o[key] = entry[key] end
  end
end

local function read_file(file)
  local block = {}
  for _, line in ipairs(lines_in(embedded("meta." .. file) or "")) do
    if line:find "^%-%-%-" then
      block[#block + 1] = line
    elseif line:find "%S" or #block > 0 then
      add(file, block, line)
      block = {}
    end
  end
end

local function read_all()
  if owners then return end
  owners = {}
  for _, file in ipairs(files) do read_file(file) end
end

--- The names of all that has stubs: namespaces and classes, sorted.
function M.owners()
  read_all()
  return options.names(owners)
end

--- The names of the classes, sorted.
function M.classes()
  local names = {}
  for _, name in ipairs(M.owners()) do
    if owners[name].is_class then names[#names + 1] = name end
  end
  return names
end

--- What the stubs say of a namespace or class: name, text, summary, example, fields, parent, operators, and
--- entries, those of its functions in the order of the file; nil without stubs.
function M.owner(name)
  read_all()
  return owners[name]
end

--- The entry of a method in the stubs of a class or of what it inherits from.
function M.method(class, name)
  read_all()
  local owner = owners[class]
  while owner do
    if owner.by[name] then return owner.by[name] end
    owner = owner.name ~= "Object" and owners[owner.parent or "Object"] or nil
  end
end

--- The entry of a function written in Lua: the comment above it; nil without one.
function M.comment(f)
  local info = debug.getinfo(f, "S")
  if info.what == "C" or info.source:sub(1, 1) ~= "@" then return nil end
  local lines = lines_of(info.source:sub(2))
  local line = lines and lines[info.linedefined]
  local entry = line and comment_above(lines, info.linedefined)
  if not entry then return nil end
  entry.arguments = line:match "%b()" or "()"
  return entry
end

--- The name of the function that is called by the namespace's own name: "train" of th.train; nil without.
function M.called(space)
  local name = lua_parts[space]
  return name ~= "" and name or nil
end

--- The table of a namespace.
function M.namespace(name)
  if name == "th" then return th end
  return th[name]
end

--- The entry of a member of a namespace: its stub, or the comment where it is written in Lua. `value` is
--- the function, where it is not what the namespace has under the name.
function M.member(space, name, value)
  read_all()
  local entry
  value = value or rawget(M.namespace(space), name)
  if type(value) == "function" and debug.getinfo(value, "S").what ~= "C" then
    entry = M.comment(value)
    if entry then entry.owner, entry.name = space, name end
  end
  return entry or owners[space] and owners[space].by[name]
end

--- What a namespace says of itself: the text of its stubs, or the head of its file.
function M.namespace_text(name)
  local owner = M.owner(name)
  if owner and owner.text ~= "" then return owner.text, owner.example end
  if not lua_parts[name] then return "" end
  local text = {}
  for _, line in ipairs(lines_in(embedded("thresh." .. name) or "")) do
    if not line:find "^%-%-" then break end
    if not line:find "SPDX" then text[#text + 1] = line:gsub("^%-%-%s?", "") end
  end
  return trimmed(text)
end

--- How a function is called: "select.omp(options)", "th.zeros(...)", "Tensor:sum(options)". The one function
--- of a part that can be called is called by the part's name: "th.train(config)".
function M.signature(entry)
  if entry.is_method then return entry.owner .. ":" .. entry.name .. entry.arguments end
  if lua_parts[entry.owner] == entry.name then
    return "th." .. entry.owner .. entry.arguments
  end
  return entry.owner .. "." .. entry.name .. entry.arguments
end

--- The members of a namespace that are functions: their names, sorted; parts of th that are namespaces of
--- their own are not among them.
function M.members(space)
  local names = {}
  for name, value in pairs(M.namespace(space)) do
    if type(name) == "string" and type(value) == "function" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return M
