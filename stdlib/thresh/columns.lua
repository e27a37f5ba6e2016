-- SPDX-License-Identifier: Apache-2.0
-- Tables for the terminal: cells padded to the widest of their column.

local M = {}

-- Characters of a text; bytes where it is no UTF-8.
local function width(text) return utf8.len(text) or #text end

--- The lines of a table: rows of cells (strings); the first column is flush left, the others flush
--- right. Behind the first row, the heading, comes a rule.
function M.lines(rows)
  local widths, out, widest = {}, {}, 0
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, width(cell)) end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local pad = string.rep(" ", widths[i] - width(cell))
      cells[i] = i == 1 and cell .. pad or pad .. cell
    end
    local line = (table.concat(cells, "  "):gsub("%s+$", ""))
    widest = math.max(widest, width(line))
    out[#out + 1] = line
  end
  table.insert(out, 2, string.rep("-", widest))
  return out
end

return M
