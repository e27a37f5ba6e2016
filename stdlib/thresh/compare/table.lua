-- SPDX-License-Identifier: Apache-2.0
-- A comparison as text: accuracies and costs, and the speedups of each account.

local columns = require "thresh.columns"
local statistics = require "thresh.statistics"

local M = {}

-- The median, with its interval where there are several.
local function spread(s, factor)
  local text = string.format("%.2f", factor * s.median)
  if not s.low then return text end
  return string.format("%s [%.2f, %.2f]", text, factor * s.low, factor * s.high)
end

-- A number of images; the median of an even number of seeds need not be whole.
local function thousands(n)
  local text = string.format("%d", math.floor(n + 0.5))
  repeat
    local count
    text, count = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
  until count == 0
  return text
end

-- Baselines of a method stand below it.
local function label_of(row) return (row.beside and "  " or "") .. row.label end

local function mark_of(self, row) return row.baseline ~= self.rows[1].label and "*" or "" end

local function speedup_text(self, row, speedup)
  if not speedup then return "" end
  local text = statistics.text(speedup)
  if text ~= "-" then text = text:gsub("^[^ ]+", "%0" .. mark_of(self, row)) end
  if speedup.count > 0 and speedup.reached < #speedup.pairs then
    text = text .. string.format(" (%d of %d)", speedup.reached, #speedup.pairs)
  end
  return text
end

local function costs(self)
  local lines = { { "selector", self.metric .. " %", "train s", "select s", "speedup", "forwarded", "backwarded" } }
  for _, row in ipairs(self.rows) do
    lines[#lines + 1] = {
      label_of(row), spread(row.accuracy, 100), string.format("%.1f", row.train_seconds.median),
      string.format("%.2f", row.select_seconds.median), speedup_text(self, row, row.speedup),
      thousands(row.forwarded), thousands(row.backwarded),
    }
  end
  return columns.lines(lines)
end

--- The speedups of every row on each account, and what that of time shows.
function M.accounts(self)
  local names, lines = {}, { { "speedup of" } }
  for _, name in ipairs(statistics.account_names) do
    if self.rows[1].accounts[name] then
      names[#names + 1] = name
      table.insert(lines[1], statistics.account_title(name))
    end
  end
  table.insert(lines[1], "in time")
  for _, row in ipairs(self.rows) do
    if row.label ~= row.baseline then
      local line = { label_of(row) }
      for _, name in ipairs(names) do line[#line + 1] = row.accounts[name] and statistics.text(row.accounts[name]) or "" end
      line[#line + 1] = statistics.verdict(row.speedup)
      lines[#lines + 1] = line
    end
  end
  return #lines > 1 and columns.lines(lines) or {}
end

-- Whether every interval of an accuracy runs from the least to the most.
local function spans_all(rows)
  for _, row in ipairs(rows) do
    if row.accuracy.low ~= row.accuracy.min or row.accuracy.high ~= row.accuracy.max then return false end
  end
  return true
end

-- What the tables are of and how they are to be read.
local function captions(self)
  local n = #self.seeds
  local out = {}
  out[1] = string.format(
    "%s: %d training and %d %s images, %d epochs, %s. %s: last epoch%s. "
      .. "Speedup: of the time in training and selection to reach %.2f %% %s%s.",
    self.data or "data", self.n, self.held_out, self.evaluate_on, self.epochs,
    n > 1 and string.format("%d seeds", n) or "1 seed", self.metric:gsub("^%l", string.upper),
    n > 1 and string.format(", median [%g %% %s interval]", 100 * self.rows[1].accuracy.level,
      statistics.method_title(self.rows[1].accuracy.method)) or "", 100 * self.target, self.metric,
    n > 1 and ", seed by seed" or "")
  if n == 1 then
    out[#out + 1] = "No claim is made of one seed: others may differ by more than the methods do."
  elseif n < 6 and spans_all(self.rows) then
    out[#out + 1] = statistics.coverage(n)
  end
  for _, row in ipairs(self.rows) do
    if row.baseline ~= self.rows[1].label then
      out[#out + 1] = string.format("* %s: against '%s'", row.label, row.baseline)
    end
  end
  for _, row in ipairs(self.rows) do
    if row.speedup.method ~= row.accuracy.method then
      out[#out + 1] = string.format("%s: %s interval of the speedup, as its baseline did not always get there.",
        row.label, statistics.method_title(row.speedup.method))
    end
  end
  if self.early_stop then
    out[#out + 1] = string.format("Full-EarlyStop: full training cut at the %s of the method above it, in %s",
      self.early_stop, self.decays and "which its schedule runs through." or "which its learning rate does not decay: "
        .. "there is no schedule.")
  end
  return out
end

--- The whole text.
function M.text(self)
  local out = costs(self)
  -- Of one seed there is nothing to claim; where it stands beside baselines the accounts are asked for.
  local by_account = (#self.seeds > 1 or self.early_stop) and M.accounts(self) or {}
  if #by_account > 0 then
    out[#out + 1] = ""
    for _, line in ipairs(by_account) do out[#out + 1] = line end
  end
  for _, line in ipairs(captions(self)) do out[#out + 1] = line end
  return table.concat(out, "\n")
end

return M
