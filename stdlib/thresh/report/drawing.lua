-- SPDX-License-Identifier: Apache-2.0
-- Figures inside a page: charts as SVG that follows the page's colours, pictures as data.

local base64 = require "thresh.base64"
local escape = require "thresh.report.escape"

local M = {}

local function taken(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- A figure's file, of which nothing stays behind.
local function drawn(figure, ending)
  local base = os.tmpname()
  local ok, result = pcall(function()
    figure:save(base .. "." .. ending)
    return taken(base .. "." .. ending)
  end)
  for _, part in ipairs { "", "." .. ending, ".gp", ".dat" } do os.remove(base .. part) end
  if not ok then return nil, (tostring(result):gsub(" %(script and data are in [^)]*%)", "")) end
  return result
end

--- Bytes of a picture as the address of an <img>.
function M.data_uri(bytes, kind) return "data:image/" .. kind .. ";base64," .. base64(bytes) end

-- A tag of gnuplot's SVG as one of a page: names begin with `prefix`, black and grey are the page's ink.
local function inked(tag, prefix)
  tag = tag:gsub("(%sid=['\"])", "%1" .. prefix):gsub("(href=['\"]#)", "%1" .. prefix):gsub("(url%(#)", "%1" .. prefix)
  tag = tag:gsub("=(['\"])black%1", "=%1currentColor%1")
  for _, grey in ipairs { "68", "34", "0" } do
    tag = tag:gsub("rgb%(%s*" .. grey .. ",%s*" .. grey .. ",%s*" .. grey .. "%)", "currentColor")
  end
  return (tag:gsub("stroke=(['\"])rgb%(221, 221, 221%)%1", "stroke=%1currentColor%1 stroke-opacity=%1.15%1"))
end

-- gnuplot's SVG as a part of a page: names of its own, the page's ink for black and grey, no ground, a title.
local function inlined(svg, title, number)
  local prefix = "f" .. number .. "-"
  svg = svg:gsub("^.-(<svg)", "%1", 1):gsub("<title>.-</title>", ""):gsub("<desc>.-</desc>", "")
  -- Texts between tags are left as they are.
  svg = svg:gsub("<[^>]*>", function(tag) return inked(tag, prefix) end)
  svg = svg:gsub("(<rect x=\"0\" y=\"0\" [^>]-fill=)\"#ffffff\"", '%1"none"', 1)
  svg = svg:gsub("<svg%s", string.format('<svg role="img" aria-labelledby="%stitle" ', prefix), 1)
  return (svg:gsub(">", string.format('><title id="%stitle">%s</title>', prefix, escape.html(title):gsub("%%", "%%%%")), 1))
end

local function titles(figure)
  if figure.title and figure.title ~= "" then return figure.title end
  local list = {}
  for _, f in ipairs(figure.figures or {}) do if f.title ~= "" then list[#list + 1] = f.title end end
  if #list > 0 then return table.concat(list, "; ") end
  if figure.y_label and figure.y_label ~= "" then
    return figure.x_label ~= "" and figure.y_label .. " over " .. figure.x_label or figure.y_label
  end
  return figure.kind == "images" and "pictures" or "figure"
end

M.title = titles

--- The HTML of a figure, the `number`th of its page; text where it cannot be drawn, with the reason.
function M.html(figure, number)
  if figure.kind == "images" then
    local bytes, problem = drawn(figure, "png")
    if not bytes then error(problem, 0) end
    return string.format('<figure><img alt="%s" src="%s"></figure>\n', escape.html(titles(figure)),
      M.data_uri(bytes, "png"))
  end
  local svg, problem = drawn(figure, "svg")
  if svg then
    return string.format('<figure class="chart" style="max-width:%dpx">%s</figure>\n',
      math.tointeger(svg:match 'viewBox="0 0 (%d+)') or 640, inlined(svg, titles(figure), number))
  end
  return string.format('<figure><pre class="text" role="img" aria-label="%s">%s</pre><figcaption>%s</figcaption></figure>\n',
    escape.html(titles(figure)), escape.html(figure:text { width = 90, colour = false }, true),
    escape.html("Drawn in characters: " .. problem))
end

--- Writes a figure below a folder; its path inside, or nothing where it cannot be drawn.
function M.file(figure, folder, name)
  local path = string.format("%s.%s", name, figure.kind == "images" and "png" or "svg")
  if pcall(function() figure:save(folder .. "/" .. path) end) then return path end
end

return M
