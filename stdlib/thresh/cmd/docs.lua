-- SPDX-License-Identifier: Apache-2.0
-- `thresh docs`: the reference, on the terminal, as Markdown or as HTML pages.

local command_line = require "thresh.command_line"
local core = require "thresh.core"
local help = require "thresh.help"
local options = require "thresh.options"
local reference = require "thresh.reference"

local usage = [[
usage: thresh docs                  the namespaces and classes
       thresh docs NAME             what help says of it, such as select, select.omp, Tensor, Tensor.sum
       thresh docs --markdown DIR   the reference as Markdown, a file for each namespace and class
       thresh docs --html DIR       the reference as HTML, a page for each; no scripts, nothing to load]]

local fail = command_line.fail

-- The first sentence of a text.
local function summary(text) return (text .. "\n\n"):match "^(.-)\n%s*\n":gsub("\n", " ") end

-- Pages in the order of the reference: { name, title, text, example, fields, entries }.
local function pages()
  local out = {}
  for _, space in ipairs(reference.namespaces) do
    local text, example = reference.namespace_text(space)
    local entries = {}
    for _, name in ipairs(reference.members(space)) do entries[#entries + 1] = reference.member(space, name) end
    local title = space == "th" and "th" or "th." .. space
    out[#out + 1] = { name = space, title = title, text = text, example = example, fields = {}, entries = entries }
  end
  for _, class in ipairs(reference.classes()) do
    local owner = reference.owner(class)
    out[#out + 1] = {
      name = class, title = class, text = owner.text, example = owner.example, fields = owner.fields,
      entries = owner.entries, parent = owner.parent ~= "Object" and owner.parent or nil, is_class = true,
    }
  end
  return out
end

local function write(path, lines)
  local file, message = io.open(path, "w")
  if not file then fail("%s", message) end
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
end

-- "Formula: …", "Source: …" and so on, each with its lines made one.
local function items_of(block)
  local items = {}
  for line in block:gmatch "[^\n]+" do
    if line:find "^%s" and #items > 0 then
      items[#items] = items[#items] .. " " .. line:match "^%s*(.*)$"
    else
      items[#items + 1] = line
    end
  end
  return items
end

-- Paragraphs of a text: { text = … } of running lines, { items = … } of labelled parts, or { code = … }
-- where lines are indented or form columns, which stay as they are.
local function paragraphs(text)
  local out = {}
  for block in (text .. "\n\n"):gmatch "(.-)\n%s*\n" do
    if block:find "^Formula: " or block:find "^Source: " or block:find "^Cost: " then
      out[#out + 1] = { items = items_of(block) }
    elseif block:find "^    " or block:find "\n  +%S" then
      out[#out + 1] = { code = block }
    elseif block:find "%S" then
      out[#out + 1] = { text = block }
    end
  end
  return out
end

-- Markdown.

-- Text in which nothing is taken for markup: `code` stays.
local function escaped(text)
  return (text:gsub("[*_<>|\\]", "\\%0"):gsub("`[^`]*`", function(code)
    return (code:gsub("\\([*_<>|\\])", "%1"))
  end))
end

local function markdown_text(lines, text)
  for _, part in ipairs(paragraphs(text)) do
    if part.code then
      lines[#lines + 1] = "```text\n" .. part.code .. "\n```"
    elseif part.items then
      for _, item in ipairs(part.items) do lines[#lines + 1] = "- " .. escaped(item) end
    else
      lines[#lines + 1] = escaped(part.text)
    end
    lines[#lines + 1] = ""
  end
end

local function markdown_example(lines, example)
  if example then lines[#lines + 1] = "```lua\n" .. example .. "\n```\n" end
end

local function markdown_page(page)
  local lines = { "# " .. page.title, "" }
  if page.parent then lines[#lines + 1] = string.format("A [%s](%s.md).\n", page.parent, page.parent) end
  markdown_text(lines, page.text)
  markdown_example(lines, page.example)
  if #page.fields > 0 then
    lines[#lines + 1] = "| field | type | |\n| --- | --- | --- |"
    for _, field in ipairs(page.fields) do
      lines[#lines + 1] = string.format("| `%s` | `%s` | %s |", field.name, (field.type:gsub("|", "\\|")),
        escaped(field.text))
    end
    lines[#lines + 1] = ""
  end
  for _, entry in ipairs(page.entries) do
    lines[#lines + 1] = string.format("## `%s`\n", reference.signature(entry))
    markdown_text(lines, entry.text)
    if #entry.params + #entry.returns > 0 then lines[#lines + 1] = "Arguments and results:\n" end
    for _, p in ipairs(entry.params) do
      lines[#lines + 1] = string.format("- `%s%s` (`%s`)%s", p.name, p.optional and "?" or "", p.type,
        p.text ~= "" and ": " .. escaped(p.text) or "")
    end
    for _, r in ipairs(entry.returns) do
      lines[#lines + 1] = string.format("- returns `%s` %s", r.type, escaped(r.text))
    end
    if #entry.params + #entry.returns > 0 then lines[#lines + 1] = "" end
    markdown_example(lines, entry.example)
  end
  return lines
end

local function markdown_index(all)
  local lines = { "# Thresh: reference", "" }
  for _, part in ipairs { { "Namespaces", false }, { "Classes", true } } do
    lines[#lines + 1] = "## " .. part[1] .. "\n"
    for _, page in ipairs(all) do
      if (page.is_class or false) == part[2] then
        lines[#lines + 1] = string.format("- [%s](%s.md): %s", page.title, page.name, escaped(summary(page.text)))
      end
    end
    lines[#lines + 1] = ""
  end
  return lines
end

-- HTML.

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function html(text)
  return (text:gsub('[&<>"]', entities):gsub("`([^`]*)`", "<code>%1</code>"))
end
local function code(text) return "<pre><code>" .. text:gsub('[&<>"]', entities) .. "</code></pre>" end
local function anchor(name) return (name:gsub("[^%w_]", "-")) end

local style = [[
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 sans-serif; color: #222; background: #fff }
pre { background: #f4f4f2; padding: .7rem; overflow-x: auto; line-height: 1.35 }
code { font-family: monospace; font-size: .93em }
h2 { margin-top: 2.5rem; font-size: 1.1rem; border-top: 1px solid #ddd; padding-top: .8rem }
td, th { text-align: left; vertical-align: top; padding-right: 1rem }
li { margin: .15rem 0 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } pre { background: #262626 }
  h2 { border-color: #444 } a { color: #8ab4f8 } }]]

local function frame(title, body)
  table.insert(body, 1, string.format([[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>%s</title>
<style>
%s
</style>
</head>
<body>]], html(title), style))
  body[#body + 1] = "</body>\n</html>"
  return body
end

local function html_text(lines, text)
  for _, part in ipairs(paragraphs(text)) do
    if part.items then
      lines[#lines + 1] = "<ul>"
      for _, item in ipairs(part.items) do lines[#lines + 1] = "<li>" .. html(item) .. "</li>" end
      lines[#lines + 1] = "</ul>"
    else
      lines[#lines + 1] = part.code and code(part.code) or "<p>" .. html(part.text) .. "</p>"
    end
  end
end

local function html_page(page)
  local lines = { '<p><a href="index.html">Thresh: reference</a></p>', "<h1>" .. html(page.title) .. "</h1>" }
  if page.parent then
    lines[#lines + 1] = string.format('<p>A <a href="%s.html">%s</a>.</p>', page.parent, page.parent)
  end
  html_text(lines, page.text)
  if page.example then lines[#lines + 1] = code(page.example) end
  if #page.fields > 0 then
    lines[#lines + 1] = "<table>"
    for _, field in ipairs(page.fields) do
      lines[#lines + 1] = string.format("<tr><td><code>%s</code></td><td><code>%s</code></td><td>%s</td></tr>",
        field.name, html(field.type), html(field.text))
    end
    lines[#lines + 1] = "</table>"
  end
  if #page.entries > 0 then
    lines[#lines + 1] = "<ul>"
    for _, entry in ipairs(page.entries) do
      lines[#lines + 1] = string.format('<li><a href="#%s">%s</a>: %s</li>', anchor(entry.name), entry.name,
        html(entry.summary))
    end
    lines[#lines + 1] = "</ul>"
  end
  for _, entry in ipairs(page.entries) do
    lines[#lines + 1] = string.format('<h2 id="%s"><code>%s</code></h2>', anchor(entry.name),
      html(reference.signature(entry)))
    html_text(lines, entry.text)
    if #entry.params + #entry.returns > 0 then
      lines[#lines + 1] = "<ul>"
      for _, p in ipairs(entry.params) do
        lines[#lines + 1] = string.format("<li><code>%s%s</code> (<code>%s</code>)%s</li>", p.name,
          p.optional and "?" or "", html(p.type), p.text ~= "" and ": " .. html(p.text) or "")
      end
      for _, r in ipairs(entry.returns) do
        lines[#lines + 1] = string.format("<li>returns <code>%s</code> %s</li>", html(r.type), html(r.text))
      end
      lines[#lines + 1] = "</ul>"
    end
    if entry.example then lines[#lines + 1] = code(entry.example) end
  end
  return frame(page.title, lines)
end

local function html_index(all)
  local lines = { "<h1>Thresh: reference</h1>" }
  for _, part in ipairs { { "Namespaces", false }, { "Classes", true } } do
    lines[#lines + 1] = "<h2>" .. part[1] .. "</h2>\n<ul>"
    for _, page in ipairs(all) do
      if (page.is_class or false) == part[2] then
        lines[#lines + 1] = string.format('<li><a href="%s.html">%s</a>: %s</li>', page.name, html(page.title),
          html(summary(page.text)))
      end
    end
    lines[#lines + 1] = "</ul>"
  end
  return frame("Thresh: reference", lines)
end

local function generate(folder, extension, make_page, make_index)
  core.make_directory(folder)
  local all = pages()
  for _, page in ipairs(all) do write(folder .. "/" .. page.name .. extension, make_page(page)) end
  write(folder .. "/index" .. extension, make_index(all))
  print(string.format("%d pages in %s", #all + 1, folder))
end

local function list()
  local widest, all = 0, pages()
  for _, page in ipairs(all) do widest = math.max(widest, #page.title) end
  for _, page in ipairs(all) do print(string.format("%-" .. widest .. "s  %s", page.title, summary(page.text))) end
end

local function run(words)
  if #words == 0 then return list() end
  local option, folder = words[1]:match "^%-%-(%a+)=?(.*)$"
  if option == nil then
    if #words > 1 then fail("one name expected, got %d words", #words) end
    local text, why = help.text(words[1])
    if not text then fail("%s", why:gsub("^help: ", "")) end
    return print(text)
  end
  if folder == "" then folder = table.remove(words, 2) or fail("--%s needs a folder", option) end
  if #words > 1 then fail("unexpected argument '%s'", words[2]) end
  if option == "html" then
    generate(folder, ".html", html_page, html_index)
  elseif option == "markdown" then
    generate(folder, ".md", markdown_page, markdown_index)
  else
    fail("unknown option '--%s'%s", option, options.suggestion(option, { "html", "markdown", "help" }))
  end
end

--- `thresh docs WORDS…`: the exit status.
return command_line.program("docs", usage, run, function(words) return words[1] == "--help" end)
