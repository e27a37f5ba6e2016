-- SPDX-License-Identifier: Apache-2.0
-- What a change in training did to the weights: two models layer by layer, beside what another seed does.

local core = require "thresh.core"
local columns = require "thresh.columns"
local options = require "thresh.options"

local M = {}

-- The tensors of a model, of a safetensors file or of a table, by name.
local function state(what, given)
  if type(given) == "string" then return core.load_safetensors(given) end
  if type(given) == "table" then return given end
  if core.nn.is_module(given) then return given:state_dict() end
  error(string.format("layers: %s must be a model, the path of a safetensors file or a table of tensors, got %s",
    what, options.shown(given)), 3)
end

local function values(tensor) return tensor:detach():to("float64"):flatten() end

local quantiles = { 0, 0.05, 0.25, 0.5, 0.75, 0.95, 1 }

-- A share of two sizes: of nothing and nothing 0, of something and nothing infinite.
local function share(a, b) return a == 0 and b == 0 and 0 or a / b end

-- How far tensor b lies from a, of the same shape.
local function distances(a, b)
  local x, y = values(a), values(b)
  local length, other = x:norm():item(), y:norm():item()
  return {
    relative = share((y - x):norm():item(), length),
    -- Zeros, which have no direction, are like zeros and nothing else; of weights that are not finite it is no number.
    cosine = (length == 0 or other == 0) and (length == other and 1 or 0) or x:dot(y):item() / (length * other),
    -- Of two samples of one size: the mean distance of their values in order.
    wasserstein = ((x:sort()) - (y:sort())):abs():mean():item(),
  }
end

local Comparison = {}
Comparison.__index = Comparison

-- The names both have, for tensors of floating-point numbers.
local function shared(a, b, what)
  local names = {}
  for name, tensor in pairs(a) do
    if tensor.dtype == "float32" or tensor.dtype == "float64" then
      local other = b[name]
      if not other then error(string.format("layers: '%s' is missing in %s", name, what), 3) end
      local function shape(t) return table.concat(t.shape, ", ") end
      if shape(tensor) ~= shape(other) then
        error(string.format("layers: '%s' has shape (%s) in the one and (%s) in %s", name,
          shape(tensor), shape(other), what), 3)
      end
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

--- How far apart two trained models are, tensor by tensor.
---
--- a and b: models, safetensors files or tables of tensors of the same names and shapes. Of each tensor:
--- relative, ||b - a|| / ||a||; cosine, <a, b> / (||a|| ||b||); wasserstein, the first Wasserstein distance of
--- the values, mean |sort(a) - sort(b)|; quantiles (0, 5, 25, 50, 75, 95, 100 %) of both. Options: null, a
--- model trained as a was, with another seed: what chance does; each row then has null = { relative, … }
--- and ratio = wasserstein / null.wasserstein, by which rows are ranked, largest first (by relative
--- without a null). By 0 both are infinite, and 0 where nothing changed. like: a pattern that names must match. With
--- 10^5 weights any test of equality is significant, so these are sizes of effects. Returns { rows }; `tostring` is the table. O(size log size).
---
--- Example:
---     local a, b = th.nn.Linear(4, 3, { seed = 1 }), th.nn.Linear(4, 3, { seed = 2 })
---     local found = th.layers.compare(a, b, { null = th.nn.Linear(4, 3, { seed = 3 }) })
---     assert(#found.rows == 2 and found.rows[1].ratio >= found.rows[2].ratio)
---@param a Module|string|table
---@param b Module|string|table
---@param given? table null (none), like (none)
---@return table comparison rows
function M.compare(a, b, given)
  local o = options.check("layers.compare", given or {}, {
    null = { { "string", "table", "userdata" } }, like = { "string" },
  }, 2)
  local first, second = state("the first", a), state("the second", b)
  local null = o.null ~= nil and state("null", o.null) or nil
  if null then shared(first, null, "null") end
  local rows = {}
  for _, name in ipairs(shared(first, second, "the second")) do
    if not o.like or name:find(o.like) then
      local x, y = first[name], second[name]
      local row = distances(x, y)
      row.name, row.size = name, x:numel()
      row.quantiles = { values(x):quantile(quantiles):tolist(), values(y):quantile(quantiles):tolist() }
      if null then
        row.null = distances(x, null[name])
        row.ratio = share(row.wasserstein, row.null.wasserstein)
      end
      rows[#rows + 1] = row
    end
  end
  if #rows == 0 then error("layers: no tensor is called like '" .. tostring(o.like) .. "'", 2) end
  local key = null and "ratio" or "relative"
  -- What is no number any more, of weights that are not finite, is further than all.
  local function rank(row) return row[key] == row[key] and row[key] or math.huge end
  table.sort(rows, function(p, q)
    if rank(p) ~= rank(q) then return rank(p) > rank(q) end
    return p.name < q.name
  end)
  return setmetatable({ rows = rows, null = null ~= nil }, Comparison)
end

local function shown(format, v)
  -- Of C's own accord it may be "-nan".
  return v == math.huge and "∞" or v ~= v and "nan" or string.format(format, v)
end

Comparison.__tostring = function(self)
  local heading = { "tensor", "size", "relative L2", "cosine", "Wasserstein" }
  if self.null then table.move({ "null L2", "null Wasserstein", "ratio" }, 1, 3, 6, heading) end
  local lines = { heading }
  for i, row in ipairs(self.rows) do
    local line = {
      row.name, string.format("%d", row.size), shown("%.4f", row.relative),
      shown("%.4f", row.cosine), shown("%.3g", row.wasserstein),
    }
    if self.null then
      table.move({
        shown("%.4f", row.null.relative), shown("%.3g", row.null.wasserstein), shown("%.2f", row.ratio),
      }, 1, 3, 6, line)
    end
    lines[i + 1] = line
  end
  return table.concat(columns.lines(lines), "\n")
end

local Histogram = {}
Histogram.__index = Histogram

--- Histograms of one tensor of several models on common bins.
---
--- models: a table { label = model, file or table of tensors, … }. bins = 21, from the least to the largest
--- value of all; what is not finite is left out. Returns { edges, counts = { label = { … } }, labels };
--- `tostring` draws it, `csv()` is a line a bin: from, to and a count for each label, and `figure(options)` is a figure of th.plot.
---
--- Example:
---     local found = th.layers.histogram("weight", { a = th.nn.Linear(4, 3), b = th.nn.Linear(4, 3) }, { bins = 5 })
---     assert(#found.edges == 6 and #found.counts.a == 5)
---@param name string of the tensor
---@param models table<string, Module|string|table>
---@param given? table bins (21)
---@return table histogram edges, counts, labels
function M.histogram(name, models, given)
  local o = options.check("layers.histogram", given or {}, {
    bins = { "integer", default = 21, from = 1, to = 1000 },
  }, 2)
  local labels, tensors = {}, {}
  for label, model in pairs(models) do
    local tensor = state("'" .. tostring(label) .. "'", model)[name]
    if not tensor then error(string.format("layers: '%s' has no tensor '%s'", label, name), 2) end
    local all = values(tensor)
    labels[#labels + 1], tensors[label] = label, all:masked_select(all:isfinite())
  end
  if #labels == 0 then error("layers: needs at least one model", 2) end
  table.sort(labels)
  local low, high = math.huge, -math.huge
  for _, tensor in pairs(tensors) do
    if tensor:numel() > 0 then low, high = math.min(low, tensor:amin():item()), math.max(high, tensor:amax():item()) end
  end
  if low > high then low, high = 0, 1 end
  if low == high then low, high = low - 0.5, high + 0.5 end
  local counts, edges = {}, {}
  for i = 0, o.bins do edges[i + 1] = low + (high - low) * i / o.bins end
  for label, tensor in pairs(tensors) do
    counts[label] = tensor:histc { bins = o.bins, min = low, max = high }:to("int64"):tolist()
  end
  return setmetatable({ name = name, labels = labels, edges = edges, counts = counts }, Histogram)
end

Histogram.__tostring = function(self)
  local heading, most = { self.name }, 1
  for _, label in ipairs(self.labels) do
    heading[#heading + 1] = label
    most = math.max(most, table.unpack(self.counts[label]))
  end
  local lines = { heading }
  for i = 1, #self.edges - 1 do
    local line = { string.format("%9.4g … %9.4g", self.edges[i], self.edges[i + 1]) }
    for _, label in ipairs(self.labels) do
      local count = self.counts[label][i]
      local bar = string.rep("█", math.floor(24 * count / most + 0.5))
      line[#line + 1] = string.format("%d ", count) .. bar .. string.rep(" ", 24 - utf8.len(bar))
    end
    lines[#lines + 1] = line
  end
  return table.concat(columns.lines(lines), "\n")
end

--- The histogram as a figure of th.plot, which can be saved; options as of plot.histogram.
function Histogram:figure(given) return require("thresh.plot").histogram(self, given) end

--- The histogram as CSV: from, to, and a column of counts for each label.
function Histogram:csv()
  local heading = { "from", "to" }
  for _, label in ipairs(self.labels) do heading[#heading + 1] = require("thresh.report.escape").csv(label) end
  local lines = { table.concat(heading, ",") }
  for i = 1, #self.edges - 1 do
    local cells = { string.format("%.9g", self.edges[i]), string.format("%.9g", self.edges[i + 1]) }
    for _, label in ipairs(self.labels) do cells[#cells + 1] = tostring(self.counts[label][i]) end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
