-- SPDX-License-Identifier: Apache-2.0
-- Texts of any origin as text, and nothing more, of HTML, Markdown, LaTeX and CSV.

local data = require "thresh.plot.data"

local M = {}

-- Valid UTF-8 on one line or, with `lines`, on several, without control characters.
local function clean(text, lines)
  if not lines then return data.text(text) end
  local out = {}
  for line in (tostring(text):gsub("\r\n?", "\n"):gsub("\t", "    ") .. "\n"):gmatch "(.-)\n" do
    out[#out + 1] = data.text(line)
  end
  return table.concat(out, "\n")
end

M.clean = clean

local html = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

--- A text of an HTML page or of a quoted attribute; with `lines` it may have several lines.
function M.html(text, lines) return (clean(text, lines):gsub("[&<>\"']", html)) end

--- A text of Markdown, in a cell of a table too.
function M.markdown(text)
  -- Also what begins a list, a heading or a quotation where it begins a line.
  text = clean(text):gsub("[\\`*_{}%[%]<>()#|!~$&]", "\\%0"):gsub("^([+-])", "\\%1"):gsub("^(%d+)([.)])%f[%s\0]", "%1\\%2")
  -- A bare address would become a link.
  return (text:gsub("(%a)://", "%1:\u{200B}//"):gsub("([wW][wW][wW])%.", "%1\u{200B}."):gsub("@", "\u{200B}@"))
end

--- Lines of text between fences that they cannot end.
function M.fenced(text, language)
  text = clean(text, true)
  local longest = 2
  for run in text:gmatch "`+" do longest = math.max(longest, #run) end
  local fence = string.rep("`", longest + 1)
  return fence .. (language or "") .. "\n" .. text .. "\n" .. fence
end

local latex = {
  ["\\"] = "\\textbackslash{}", ["{"] = "\\{", ["}"] = "\\}", ["$"] = "\\$", ["&"] = "\\&", ["#"] = "\\#",
  ["%"] = "\\%", ["_"] = "\\_", ["^"] = "\\textasciicircum{}", ["~"] = "\\textasciitilde{}", ["<"] = "\\textless{}",
  [">"] = "\\textgreater{}", ["|"] = "\\textbar{}", ['"'] = "\\textquotedbl{}", ["`"] = "\\textasciigrave{}",
}

--- A text of LaTeX, for \usepackage[T1]{fontenc} and textcomp.
function M.latex(text)
  text = clean(text):gsub('[\\{}$&#%%_^~<>|"`]', latex)
  -- What the fonts of T1 do not have.
  text = text:gsub("∞", "$\\infty$"):gsub("\u{FFFD}", "?")
  -- Two hyphens would become a dash, two commas or quotes a quotation mark.
  for _, run in ipairs { "%-%-+", ",,+", "''+" } do
    text = text:gsub(run, function(found) return found:sub(1, 1) .. ("{}" .. found:sub(1, 1)):rep(#found - 1) end)
  end
  -- A bracket behind the end of a row would become its argument, as a star would be.
  return (text:gsub("^%s*([%[*])", "{%1}"))
end

--- A cell of CSV. Spreadsheets take a text that begins with one of = + - @ for a formula: a quote before it
--- keeps it a text, unless it is a number or the "-" that stands for nothing.
function M.csv(text)
  text = clean(text)
  if tonumber(text) or text == "-" then return text end
  if text:find "^%s*[=+%-@]" or text:find "^%s*\u{FF1D}" then text = "'" .. text end
  if text:find '[",\n;]' or text:find "^%s" or text:find "%s$" then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

return M
