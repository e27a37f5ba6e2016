-- SPDX-License-Identifier: Apache-2.0
-- The tree-structured Parzen estimator: values that are likelier among the best trials than among the rest.
--
-- Source: Bergstra et al., Algorithms for Hyper-Parameter Optimization (NeurIPS 2011), section 4, each value
-- for itself: the trials so far are parted at the quantile gamma of what they reached; l(x) and g(x) are
-- mixtures of normal densities cut off at the limits, one at each trial with the distance to its farther
-- neighbour as width, and one that covers the whole range; of some draws from l the one with the greatest
-- l(x) / g(x) is taken. Choices have the smoothed counts of both sides instead.

local core = require "thresh.core"
local options = require "thresh.options"
local space = require "thresh.sweep.space"

local M = {}

--- The options of `tpe` that are no distributions, checked; and the distributions.
function M.check(given, level)
  local rules = {
    n = { "integer", required = true, from = 1 }, metric = { "string", required = true },
    mode = { "string", default = "max" }, seed = { "integer", default = 1, from = 0 },
    startup = { "integer", default = 10, from = 1 }, gamma = { "number", default = 0.25, above = 0, to = 0.5 },
    candidates = { "integer", default = 24, from = 1 },
  }
  local own, searched = {}, {}
  for name, value in pairs(given) do
    if space.is_distribution(value) then searched[name] = value else own[name] = value end
  end
  local o = options.check("sweep: tpe", own, rules, level + 1)
  options.choice("sweep: tpe", "mode", o.mode, { "max", "min" }, level + 1)
  if next(searched) == nil then
    error("sweep: tpe: needs a distribution for at least one name, such as lr = th.sweep.log_uniform(1e-4, 1e-1)",
      level + 1)
  end
  return o, searched
end

-- The cumulative standard normal distribution; Abramowitz and Stegun 7.1.26, error below 1.5e-7.
local function cumulative(z)
  local x = math.abs(z) / math.sqrt(2)
  local t = 1 / (1 + 0.3275911 * x)
  local tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    * math.exp(-x * x)
  return z < 0 and tail / 2 or 1 - tail / 2
end

--- A mixture of normal densities between `low` and `high`: one at each point, and one over all of the range.
--- As { mean, width } in order of the means.
function M.mixture(points, low, high)
  local range = high - low
  local parts = { { mean = (low + high) / 2, width = range } }
  for _, x in ipairs(points) do parts[#parts + 1] = { mean = x } end
  table.sort(parts, function(a, b) return a.mean < b.mean end)
  local narrowest = range / math.min(100, 1 + #parts)
  for i, part in ipairs(parts) do
    if not part.width then
      local left = part.mean - (parts[i - 1] and parts[i - 1].mean or low)
      local right = (parts[i + 1] and parts[i + 1].mean or high) - part.mean
      part.width = math.max(narrowest, math.min(range, math.max(left, right)))
    end
  end
  for _, part in ipairs(parts) do
    part.mass = cumulative((high - part.mean) / part.width) - cumulative((low - part.mean) / part.width)
  end
  return parts
end

--- The density of a mixture.
function M.density(parts, x)
  local sum = 0
  for _, part in ipairs(parts) do
    local z = (x - part.mean) / part.width
    sum = sum + math.exp(-0.5 * z * z) / (part.width * math.sqrt(2 * math.pi) * part.mass)
  end
  return sum / #parts
end

local function drawn(parts, low, high, stream)
  local part = parts[stream:integer(1, #parts)]
  for _ = 1, 100 do
    local x = part.mean + part.width * stream:normal()
    if x >= low and x <= high then return x end
  end
  return math.max(low, math.min(high, part.mean))
end

-- The value for one name: `best` and `rest` are what the two sides of the trials had.
local function numeric(distribution, best, rest, o, stream)
  local low, high = distribution:limits()
  local function units(values)
    local points = {}
    for i, value in ipairs(values) do points[i] = distribution:unit(value) end
    return points
  end
  local l, g = M.mixture(units(best), low, high), M.mixture(units(rest), low, high)
  local chosen, greatest
  for _ = 1, o.candidates do
    local x = drawn(l, low, high, stream)
    local ratio = M.density(l, x) / M.density(g, x)
    if not greatest or ratio > greatest then chosen, greatest = x, ratio end
  end
  return distribution:value(chosen)
end

--- The odds of each choice: how often it stands among the values, with one more for each.
function M.odds(choices, values, same)
  local odds = {}
  for i, choice in ipairs(choices) do
    local count = 1
    for _, value in ipairs(values) do if same(choice, value) then count = count + 1 end end
    odds[i] = count / (#values + #choices)
  end
  return odds
end

local function categorical(distribution, best, rest, o, stream)
  local encode = require("thresh.json").encode
  local function same(a, b) return encode(a) == encode(b) end
  local l, g = M.odds(distribution.values, best, same), M.odds(distribution.values, rest, same)
  local chosen, greatest
  for _ = 1, o.candidates do
    local u, i = stream:uniform(), 1
    while i < #l and u >= l[i] do u, i = u - l[i], i + 1 end
    local ratio = l[i] / g[i]
    if not greatest or ratio > greatest then chosen, greatest = i, ratio end
  end
  return distribution.values[chosen]
end

--- The values for trial number `i`, after `trials`: a list of { point, value } in order of their numbers.
--- The first `startup` are drawn at random.
function M.suggest(o, searched, i, trials)
  if #trials < o.startup then return space.draw(searched, o.seed, i) end
  local sorted = { table.unpack(trials) }
  table.sort(sorted, function(a, b)
    local va, vb = a.value, b.value
    -- Whatever is no number stands last.
    if va ~= va or vb ~= vb then
      if (va ~= va) ~= (vb ~= vb) then return vb ~= vb end
      return a.number < b.number
    end
    if va == vb then return a.number < b.number end
    if o.mode == "max" then return va > vb end
    return va < vb
  end)
  local count = math.ceil(o.gamma * #sorted)
  local point = {}
  for _, name in ipairs(options.names(searched)) do
    local best, rest = {}, {}
    for k, trial in ipairs(sorted) do
      local side = k <= count and best or rest
      side[#side + 1] = trial.point[name]
    end
    local distribution = searched[name]
    local stream = core.stream(o.seed, "sweep.tpe." .. name, i)
    local pick = distribution.distribution == "choice" and categorical or numeric
    point[name] = pick(distribution, best, rest, o, stream)
  end
  return point
end

return M
