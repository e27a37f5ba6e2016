-- SPDX-License-Identifier: Apache-2.0
-- A report as one HTML page that asks nobody for anything: no script, no style, font or picture from elsewhere.

local drawing = require "thresh.report.drawing"
local escape = require "thresh.report.escape"
local style = require "thresh.report.style"
local tables = require "thresh.report.table"

-- Paragraphs of a text, which blank lines part.
local function paragraphs(text)
  local out = {}
  for part in (escape.clean(text, true) .. "\n\n"):gmatch "(.-)\n%s*\n" do
    if part:find "%S" then out[#out + 1] = "<p>" .. escape.html(part) .. "</p>\n" end
  end
  return table.concat(out)
end

local function section(s, i, count)
  local out = {}
  local function add(...) out[#out + 1] = string.format(...) end
  if s.heading then
    add('<section id="s%d" aria-labelledby="h%d">\n<h2 id="h%d">%s</h2>\n', i, i, i, escape.html(s.heading))
  else
    add '<section>\n'
  end
  if s.text then out[#out + 1] = paragraphs(s.text) end
  for _, t in ipairs(s.tables) do
    if s.fold then
      out[#out + 1] = string.format("<details><summary>%s</summary>\n%s</details>\n", escape.html(s.fold),
        tables.write(t, "html"))
    else
      out[#out + 1] = tables.write(t, "html")
    end
  end
  for _, figure in ipairs(s.figures) do
    count.figures = count.figures + 1
    out[#out + 1] = drawing.html(figure, count.figures)
  end
  for _, image in ipairs(s.images) do
    out[#out + 1] = string.format('<figure><img alt="%s" src="%s"><figcaption>%s</figcaption></figure>\n',
      escape.html(image.name), drawing.data_uri(image.bytes, image.kind), escape.html(image.name))
  end
  for _, code in ipairs(s.codes) do
    out[#out + 1] = '<pre tabindex="0"><code>' .. escape.html(code, true) .. "</code></pre>\n"
  end
  out[#out + 1] = "</section>\n"
  return table.concat(out)
end

--- The page of a report.
return function(report)
  local version = require("thresh.runs.native").machine().version
  local body, links, count = {}, {}, { figures = 0 }
  for i, s in ipairs(report.sections) do
    body[i] = section(s, i, count)
    if s.heading then links[#links + 1] = string.format('<li><a href="#s%d">%s</a></li>', i, escape.html(s.heading)) end
  end
  local out = {
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    -- Whatever a name says, the page loads and runs nothing.
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n",
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="color-scheme" content="light dark">\n', '<link rel="icon" href="data:,">\n',
    string.format('<meta name="generator" content="Thresh %s">\n', escape.html(version)),
    "<title>", escape.html(report.title), "</title>\n<style>\n", style, "</style>\n</head>\n<body>\n",
    '<a class="skip" href="#main">Skip to the content</a>\n',
    "<header>\n<h1>", escape.html(report.title), "</h1>\n",
  }
  local function add(text) out[#out + 1] = text end
  if report.lead then add('<p class="lead">' .. escape.html(report.lead) .. "</p>\n") end
  add "</header>\n"
  if #links > 2 then add('<nav aria-label="Sections"><ul>' .. table.concat(links) .. "</ul></nav>\n") end
  add '<main id="main">\n'
  add(table.concat(body))
  add "</main>\n"
  add("<footer>Made by Thresh " .. escape.html(version) .. ".</footer>\n</body>\n</html>\n")
  return table.concat(out)
end
