-- SPDX-License-Identifier: Apache-2.0
-- Texts and numbers as gnuplot reads them.

local data = require "thresh.plot.data"
local style = require "thresh.plot.style"

local M = {}

--- A text of one line.
M.clean = data.text

--- Between single quotes nothing is special to gnuplot but the quote itself, which it does not read everywhere
--- when it is doubled; texts with that or anything else that has a meaning somewhere are written in octal.
function M.quoted(text)
  text = data.text(text)
  if not text:find "[\"'\\`$@{}#!]" then return "'" .. text .. "'" end
  return '"' .. text:gsub("[\"'\\`$@{}#!]", function(c) return string.format("\\%03o", c:byte()) end) .. '"'
end

--- A text cut off to fit into some pixels; a letter takes 7 of them on average.
function M.fitted(text, pixels)
  local most = math.max(4, math.floor(pixels / 7))
  text = data.text(text)
  if utf8.len(text) <= most then return text end
  return text:sub(1, utf8.offset(text, most) - 1) .. "…"
end

--- Texts of ticks are formats of numbers.
function M.tick_quoted(text) return M.quoted((text:gsub("%%", "%%%%"))) end

--- A number with all its digits; gnuplot has no word for an infinite one.
function M.number(v)
  if v ~= v then return "NaN" end
  return data.finite(v) and data.shortest(v) or v > 0 and "1e308" or "-1e308"
end

--- A number that need not be exact: where an axis ends, how wide a bar is.
function M.rounded(v) return string.format("%.12g", v) end

--- The dashes of the lines of a series.
function M.dash(i)
  local lengths = style.dashes[i]
  return lengths and " dashtype (" .. table.concat(lengths, ",") .. ")" or ""
end

return M
