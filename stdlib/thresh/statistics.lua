-- SPDX-License-Identifier: Apache-2.0
-- `th.statistics` beyond the native functions: the curves of runs by account, speedups over a range of accuracies,
-- what replays cost with their source, and all of it in words.

local core = require "thresh.core"
local columns = require "thresh.columns"
local options = require "thresh.options"

---@class statistics
local M = core.statistics

--- What runs are measured by: seconds of training and selection, the same of all CPUs together, and images that
--- went through the model forwards and backwards.
M.account_names = { "seconds", "cpu_seconds", "forwarded", "backwarded" }

local titles = { seconds = "time", cpu_seconds = "CPU time", forwarded = "forwarded", backwarded = "backwarded" }

local function are_rows(list)
  for _, row in ipairs(list) do
    if type(row) ~= "table" or getmetatable(row) ~= nil then return false end
  end
  return #list > 0
end

-- The rows of a run: of what train returned, of a run of th.runs, or themselves.
local function rows_of(what, run, level)
  if type(run) == "table" then
    local history = rawget(run, "history")
    if type(history) == "table" and (#history == 0 or are_rows(history)) then return history end
    if getmetatable(run) == nil and are_rows(run) then return run end
    local ok, metrics = pcall(function() return run.metrics end)
    if ok and type(metrics) == "function" then return run:metrics() end
  end
  error(string.format("%s: what train returned, a run, or its rows expected, got %s", what, options.shown(run)),
    level + 1)
end

-- A list of something, or an error that says what came instead.
local function list_of(what, given, of, level)
  if type(given) ~= "table" then
    error(string.format("%s: a list of %s expected, got %s", what, of, options.shown(given)), level + 1)
  end
  return given
end

-- What a row says was spent so far on an account: as train keeps it or as a run's metrics hold it; nil if nothing.
local function spent(row, account)
  local value = row[account]
  if type(value) == "number" then return value end
  local train, select = row["train_" .. account], row["select_" .. account]
  if type(value) == "table" then train, select = value.train, value.select end
  return type(train) == "number" and type(select) == "number" and train + select or nil
end

local function curve_of(what, run, account, level)
  local curve = { cost = {}, accuracy = {} }
  for _, row in ipairs(rows_of(what, run, level + 1)) do
    if row.accuracy then
      local cost = spent(row, account)
      if row.accuracy ~= row.accuracy then
        error(string.format("%s: the accuracy of epoch %s is nan", what, tostring(row.epoch)), level + 1)
      end
      if not cost then
        error(string.format("%s: the row of epoch %s has no %s", what, tostring(row.epoch), account), level + 1)
      end
      table.insert(curve.cost, cost)
      table.insert(curve.accuracy, row.accuracy)
    end
  end
  return curve
end

--- The curve of a run: its accuracy at each evaluation and what it had cost until then.
---
--- run: what th.train returned, a run of th.runs, or its rows. account: "seconds" (of training and selection),
--- "cpu_seconds" (the same, of all CPUs), "forwarded" or "backwarded" (images).
---
--- Example:
---     local rows = { { accuracy = 0.5, seconds = { train = 2, select = 1 }, forwarded = 10, backwarded = 10 } }
---     assert(th.statistics.curve(rows).cost[1] == 3 and th.statistics.curve(rows, "forwarded").cost[1] == 10)
---@param run table
---@param account? string ("seconds")
---@return table curve cost and accuracy, lists
function M.curve(run, account)
  account = options.choice("statistics.curve", "account", account or "seconds", M.account_names, 2)
  local curve = curve_of("statistics.curve", run, account, 2)
  return curve
end

--- The curves of several runs, as th.statistics.speedup takes them.
---
--- Example:
---     local run = { { accuracy = 0.5, seconds = 3 }, { accuracy = 0.6, seconds = 5 } }
---     assert(#th.statistics.curves({ run, run }) == 2)
---@param runs table[] what th.train returned, runs, or their rows
---@param account? string ("seconds")
---@return table[] curves
function M.curves(runs, account)
  account = options.choice("statistics.curves", "account", account or "seconds", M.account_names, 2)
  local out = {}
  for i, run in ipairs(list_of("statistics.curves", runs, "runs", 2)) do
    out[i] = curve_of("statistics.curves: run " .. i, run, account, 2)
  end
  return out
end

-- The highest of a list of accuracies; 0 without any.
local function best(accuracies)
  local top = 0
  for _, accuracy in ipairs(accuracies) do top = math.max(top, tonumber(accuracy) or 0) end
  return top
end

-- The options of the interval among those of a function, and the rest.
local function interval_options(o)
  return { method = o.method, level = o.level, draws = o.draws, seed = o.seed }
end

local interval_rules = {
  method = { "string" }, level = { "number" }, draws = { "integer" }, seed = { "integer" },
}

local function rules(own)
  for name, rule in pairs(interval_rules) do own[name] = rule end
  return own
end

--- The speedup of runs against a baseline on every account, by name; accounts that the runs did not keep are left out.
---
--- Example:
---     local slow = { { accuracy = 0.9, seconds = 10, forwarded = 100, backwarded = 100 } }
---     local fast = { { accuracy = 0.9, seconds = 5, forwarded = 80, backwarded = 20 } }
---     local by = th.statistics.accounts({ slow, slow }, { fast, fast }, 0.9)
---     assert(by.seconds.median == 2 and by.backwarded.median == 5 and by.cpu_seconds == nil)
---@param baseline table[] what th.train returned, runs, or their rows
---@param runs table[] as many, seed by seed
---@param target number the accuracy
---@param given? table method ("percentile"), level (0.95), draws (9999), seed (0)
---@return table speedups by account, each as of th.statistics.speedup
function M.accounts(baseline, runs, target, given)
  local o = options.check("statistics.accounts", given or {}, interval_rules, 2)
  local out = {}
  for _, account in ipairs(M.account_names) do
    local ok, base = pcall(M.curves, baseline, account)
    local also, own = pcall(M.curves, runs, account)
    if ok and also then
      out[account] = M.speedup(base, own, target, interval_options(o))
    elseif account == "seconds" then
      error(ok and own or base, 2)
    end
  end
  return out
end

local Range = { __name = "SpeedupRange" }
Range.__index = Range

--- The speedup of runs against a baseline at many accuracies: targets, speedups (a list, as of
--- th.statistics.speedup), and range:series(label), which th.plot.line draws with its interval as a band.
---
--- Without `targets` they are `steps` accuracies from `from` (the highest first accuracy of all curves, below which
--- nothing can be said) to `to` (the highest that a run of the baseline reaches).
---
--- Example:
---     local slow = { cost = { 10, 20 }, accuracy = { 0.5, 0.9 } }
---     local fast = { cost = { 2, 10 }, accuracy = { 0.5, 0.9 } }
---     local range = th.statistics.speedups({ slow, slow }, { fast, fast }, { steps = 3 })
---     assert(range.targets[1] == 0.5 and range.speedups[3].median == 2)
---     assert(#range:series("fast").y == 3)
---@param baseline table[] curves
---@param runs table[] curves, as many
---@param given? table targets, or from, to and steps (21); method ("percentile"), level (0.95), draws (999), seed (0)
---@return table range
function M.speedups(baseline, runs, given)
  local o = options.check("statistics.speedups", given or {}, rules {
    targets = { "table" }, from = { "number" }, to = { "number" }, steps = { "integer", default = 21, from = 2 },
  }, 2)
  o.draws = o.draws or 999
  local targets = o.targets
  if not targets then
    local from, to = 0, 0
    local both = table.pack(baseline, runs)
    for i = 1, 2 do
      for k, curve in ipairs(list_of("statistics.speedups", both[i], "curves", 2)) do
        if type(curve) ~= "table" or type(rawget(curve, "accuracy")) ~= "table" then
          error(string.format("statistics.speedups: curve %d has no accuracies", k), 2)
        end
        from = math.max(from, tonumber(curve.accuracy[1]) or 0)
        if i == 1 then to = math.max(to, best(curve.accuracy)) end
      end
    end
    from, to = o.from or math.min(from, to), o.to or to
    if from > to then
      error(string.format("statistics.speedups: accuracies from %g to %g are none", from, to), 2)
    end
    targets = {}
    for i = 1, o.steps do targets[i] = i == o.steps and to or from + (to - from) * (i - 1) / (o.steps - 1) end
  end
  local range = setmetatable({ targets = targets, speedups = {} }, Range)
  for i, target in ipairs(targets) do
    range.speedups[i] = M.speedup(baseline, runs, target, interval_options(o))
  end
  return range
end

--- Where the median is known, as a series of accuracy in per cent and speedup, with its interval, whose upper end is
--- infinite where a run of the baseline never got there.
function Range:series(label)
  local s = { label = label, x = {}, y = {}, low = {}, high = {} }
  for i, speedup in ipairs(self.speedups) do
    if speedup.median and speedup.median < math.huge then
      local n = #s.x + 1
      s.x[n], s.y[n] = 100 * self.targets[i], speedup.median
      s.low[n] = speedup.low or speedup.median
      s.high[n] = speedup.high or speedup.median
    end
  end
  return s
end

Range.__tostring = function(self)
  local lines = { { "accuracy %", "speedup", "pairs" } }
  for i, speedup in ipairs(self.speedups) do
    lines[#lines + 1] = {
      string.format("%.2f", 100 * self.targets[i]), M.text(speedup), string.format("%d of %d", speedup.reached,
        #speedup.pairs),
    }
  end
  return table.concat(columns.lines(lines), "\n")
end

--- The accuracy to compare runs at: what each of them reaches ("common"), the same part of what the median run of the
--- first group reaches at best ({ share = 0.95 }), or a number as it is.
---
--- Example:
---     local a = { { accuracy = 0.5, seconds = 1 }, { accuracy = 0.9, seconds = 2 } }
---     local b = { { accuracy = 0.8, seconds = 1 } }
---     assert(th.statistics.target({ { a }, { b } }) == 0.8)
---     assert(th.statistics.target({ { a }, { b } }, { share = 0.5 }) == 0.45)
---@param groups table[][] lists of what th.train returned, of runs, or of their rows
---@param policy? number|string|table ("common")
---@return number target
function M.target(groups, policy)
  if type(policy) == "number" then return policy end
  list_of("statistics.target", groups, "lists of runs", 2)
  local function best_of(run)
    local accuracies = {}
    for _, row in ipairs(rows_of("statistics.target", run, 3)) do accuracies[#accuracies + 1] = row.accuracy end
    return best(accuracies)
  end
  if type(policy) == "table" then
    local o = options.check("statistics.target", policy, {
      share = { "number", required = true, above = 0, to = 1 },
    }, 2)
    local tops = {}
    for i, run in ipairs(list_of("statistics.target", groups[1] or {}, "runs in the first group", 2)) do tops[i] = best_of(run) end
    if #tops == 0 then error("statistics.target: the first group has no run", 2) end
    return o.share * M.summary(tops).median
  end
  if policy ~= nil and policy ~= "common" then
    error("statistics.target: a number, 'common' or { share = … } expected, got " .. options.shown(policy), 2)
  end
  local target = math.huge
  for _, group in ipairs(groups) do
    for _, run in ipairs(list_of("statistics.target", group, "runs", 2)) do target = math.min(target, best_of(run)) end
  end
  if target == math.huge then error("statistics.target: there are no runs", 2) end
  return target
end

-- Curves that begin with a cost already spent.
local function shifted(curves, costs, part)
  local out = {}
  for i, curve in ipairs(curves) do
    local cost = {}
    for k, value in ipairs(curve.cost) do cost[k] = value + part * costs[i] end
    out[i] = { cost = cost, accuracy = curve.accuracy }
  end
  return out
end

--- The speedup of runs that replay a trace, in three accounts: marginal (the trace was there), with_source (the run
--- that made it belongs to the cost) and amortised (its part where `uses` runs replay the same trace).
---
--- Example:
---     local full, replay = { cost = { 10 }, accuracy = { 0.9 } }, { cost = { 2 }, accuracy = { 0.9 } }
---     local c = th.statistics.cached {
---       baseline = { full }, runs = { replay }, source = { 8 }, uses = 4, target = 0.9,
---     }
---     assert(c.marginal.median == 5 and c.with_source.median == 1 and c.amortised.median == 2.5)
---@param given table baseline and runs, lists of curves; source, a list of what the source run of each cost; uses, the number of runs that replay it (1); target (required); method ("percentile"), level (0.95), draws (9999), seed (0)
---@return table speedups marginal, with_source, amortised, each as of th.statistics.speedup; uses
function M.cached(given)
  local o = options.check("statistics.cached", given, rules {
    baseline = { "table", required = true }, runs = { "table", required = true },
    source = { "table", required = true }, uses = { "integer", default = 1, from = 1 },
    target = { "number", required = true },
  }, 2)
  if #o.source ~= #o.runs then
    error(string.format("statistics.cached: %d costs of source runs for %d runs", #o.source, #o.runs), 2)
  end
  for i, curve in ipairs(o.runs) do
    if type(curve) ~= "table" or type(curve.cost) ~= "table" then
      error(string.format("statistics.cached: run %d is no curve: it has no cost", i), 2)
    end
  end
  for i, cost in ipairs(o.source) do
    if type(cost) ~= "number" or not (cost >= 0) then
      error(string.format("statistics.cached: source %d must be a cost of at least 0, got %s", i,
        options.shown(cost)), 2)
    end
  end
  local function speedup(part)
    return M.speedup(o.baseline, shifted(o.runs, o.source, part), o.target, interval_options(o))
  end
  return { marginal = speedup(0), with_source = speedup(1), amortised = speedup(1 / o.uses), uses = o.uses }
end

-- Errors unless it is what th.statistics.speedup returns.
local function check_speedup(what, s)
  if type(s) ~= "table" or getmetatable(s) ~= nil and rawget(s, "pairs") == nil then
    error(string.format("%s: what statistics.speedup returned expected, got %s", what, options.shown(s)), 3)
  end
end

-- A factor as tables show it: two decimals, fewer of what is large, and two figures of what is small.
local function factor(x)
  if x == math.huge then return "∞" end
  return x == 0 and "0" or string.format(x < 0.1 and "%.2g" or x < 10 and "%.2f" or "%.1f", x)
end

--- A speedup in few characters: "2.41 [1.90, 3.10]"; "<0.80" or ">3.00" where the median is known from one side only;
--- "-" where nothing is.
---
--- Example:
---     assert(th.statistics.text { median = 2.4, low = 1.9, high = 3.1, n = 3 } == "2.40 [1.90, 3.10]")
---     assert(th.statistics.text { below = 0.8 } == "<0.80")
---@param s table as of th.statistics.speedup
---@return string text
function M.text(s)
  check_speedup("statistics.text", s)
  local text = s.median and factor(s.median) or s.below and "<" .. factor(s.below)
    or s.above and ">" .. factor(s.above) or "-"
  if s.below and s.above then text = factor(s.above) .. " to " .. factor(s.below) end
  if s.low then text = string.format("%s [%s, %s]", text, factor(s.low), factor(s.high)) end
  return text
end

--- What a speedup shows, in a word or a few: "faster", "slower", "holds 1" of an interval that does, or "no claim" of
--- fewer than two pairs of runs.
---
--- Example:
---     assert(th.statistics.verdict { verdict = "undecided" } == "holds 1")
---@param s table as of th.statistics.speedup
---@return string verdict
function M.verdict(s)
  check_speedup("statistics.verdict", s)
  return ({ faster = "faster", slower = "slower", undecided = "holds 1" })[s.verdict] or "no claim"
end

--- What a speedup shows, in a sentence.
---
--- Example:
---     local slow, fast = { cost = { 10 }, accuracy = { 0.9 } }, { cost = { 5 }, accuracy = { 0.9 } }
---     local s = th.statistics.speedup({ slow }, { fast }, 0.9)
---     assert(th.statistics.statement(s):find "No claim")
---@param s table as of th.statistics.speedup
---@return string sentence
function M.statement(s)
  check_speedup("statistics.statement", s)
  for _, field in ipairs { "target", "count" } do
    if type(s[field]) ~= "number" then
      error(string.format("statistics.statement: the speedup has no %s", field), 2)
    end
  end
  local at = string.format("to %.2f %%", 100 * s.target)
  if s.count == 0 then return string.format("No claim: neither side got %s.", at) end
  if s.verdict == "none" then
    return string.format("No claim: one pair of runs tells nothing of others; it gave %s %s.", M.text(s), at)
  end
  local told = {
    faster = "Faster: the whole interval lies above 1",
    slower = "Slower: the whole interval lies below 1",
    undecided = "Undecided: the interval holds 1, so that neither is shown to be faster",
  }
  local text = string.format("%s: %s %s, %g %% %s interval over %d pairs of runs.", told[s.verdict], M.text(s), at,
    100 * s.level, M.method_title(s.method), s.count)
  if s.count < 6 and s.low == s.min and s.high == s.max then text = text .. " " .. M.coverage(s.count) end
  return text
end

--- The name of a method of intervals, as a caption tells it.
---
--- Example:
---     assert(th.statistics.method_title "bca" == "BCa bootstrap")
---@param method string
---@return string title
function M.method_title(method)
  options.choice("statistics.method_title", "method", method, { "percentile", "bca" }, 2)
  return (method == "bca" and "BCa" or method) .. " bootstrap"
end

--- How much an interval of few values is worth, in a sentence: of up to five seeds the 95 % interval runs from the least
--- to the most, which the true median lies in with a probability of 1 - 2^(1 - n).
---
--- Example:
---     assert(th.statistics.coverage(3):find "75 %%")
---@param n integer
---@return string sentence
function M.coverage(n)
  if type(n) ~= "number" or not math.tointeger(n) or n < 1 then
    error("statistics.coverage: a whole number of at least 1 expected, got " .. options.shown(n), 2)
  end
  return string.format("An interval of %d seeds runs from the least to the most, which holds the true median in %g %% of "
    .. "cases.", n, 100 * (1 - 2 ^ (1 - n)))
end

--- The names of the accounts, as tables head them.
---
--- Example:
---     assert(th.statistics.account_title "cpu_seconds" == "CPU time")
---@param account string
---@return string title
function M.account_title(account)
  options.choice("statistics.account_title", "account", account, M.account_names, 2)
  return titles[account]
end

return M
