-- SPDX-License-Identifier: Apache-2.0
-- `thresh docs`: the list, a text, and pages whose links lead somewhere.
local scratch = ...
local th = require "thresh"
local docs = require "thresh.cmd.docs"
local reference = require "thresh.reference"

-- The exit status of the command, and what it prints.
local function run(...)
  local lines, own, errors = {}, print, io.stderr
  print = function(text) lines[#lines + 1] = text end
  io.stderr = { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end }
  local status = docs(...)
  print, io.stderr = own, errors
  return status, table.concat(lines, "\n")
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local status, text = run()
assert(status == 0 and text:find "\nth.select +Selectors" and text:find "\nTensor +An array", text)
status, text = run "select.omp"
assert(status == 0 and text == th.help.text "select.omp")
status, text = run "Tensor"
assert(status == 0 and text:find "\n  :sum ")
for _, wrong in ipairs {
  { "there is no th.nn.Linea", "nn.Linea" }, { "needs a folder", "--html" }, { "did you mean 'html'", "--htm", "x" },
  { "one name expected", "a", "b" }, { "unexpected argument", "--html", "x", "y" },
} do
  status, text = run(table.unpack(wrong, 2))
  assert(status == 2 and text:find(wrong[1], 1, true), text)
end

-- Every page is there, says what the stubs say, and every link leads to a page or to a place in it.
local pages = #reference.namespaces + #reference.classes() + 1
local html, markdown = scratch .. "/html", scratch .. "/markdown"
assert(run("--html", html) == 0 and run("--markdown=" .. markdown) == 0)
assert(#th.list_directory(html) == pages and #th.list_directory(markdown) == pages)
local links = 0
for _, name in ipairs(th.list_directory(html)) do
  local page = read(html .. "/" .. name)
  assert(page:find "^<!doctype html>" and page:find "</html>\n$" and not page:find "<script", name)
  for target in page:gmatch 'href="([^"]+)"' do
    links = links + 1
    local file, place = target:match "^([^#]*)#?(.*)$"
    local other = file == "" and page or read(html .. "/" .. file)
    assert(place == "" or other:find('id="' .. place .. '"', 1, true), name .. " links to " .. target)
  end
  -- What is opened is closed.
  for _, tag in ipairs { "ul", "li", "pre", "code", "table", "tr", "td", "p", "h2" } do
    local _, opened = page:gsub("<" .. tag .. "[ >]", "")
    local _, closed = page:gsub("</" .. tag .. ">", "")
    assert(opened == closed, string.format("%s: %d <%s> but %d </%s>", name, opened, tag, closed, tag))
  end
end
assert(links > 900)
local omp = read(html .. "/select.html")
assert(omp:find('<h2 id="omp"><code>select.omp(options)</code></h2>', 1, true))
assert(omp:find("&lt;a_i, a_j&gt;", 1, true))
local page = read(markdown .. "/Module.md")
assert(page:find("## `Module:forward(x)`\n", 1, true) and page:find "```lua\nlocal model")
assert(read(markdown .. "/SmallSSD.md"):find("A [Module](Module.md).", 1, true))
for target in read(markdown .. "/index.md"):gmatch "%]%(([^)]+)%)" do read(markdown .. "/" .. target) end

return "ok"
