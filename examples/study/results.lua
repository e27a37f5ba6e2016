-- SPDX-License-Identifier: Apache-2.0
-- What a sweep of the study has found: its runs by what was varied, method and seed; tables and figures of them.

local th = require "thresh"
local statistics = th.statistics

local M = {}

-- The rows of a run, with seconds and CPU seconds as training has them.
local function rows_of(cell)
  local rows = th.runs.load(cell.run):metrics()
  for _, row in ipairs(rows) do
    row.seconds = { train = row.train_seconds, select = row.select_seconds }
    row.cpu_seconds = { train = row.train_cpu_seconds, select = row.select_cpu_seconds }
  end
  return rows
end

local function best(rows)
  local top = 0
  for _, row in ipairs(rows) do top = math.max(top, row.accuracy or 0) end
  return top
end

-- What stands in a list or table under a key, made when it is not there.
local function at(t, order, key, make)
  if t[key] == nil then
    t[key] = make
    order[#order + 1] = key
  end
  return t[key]
end

-- The runs of a method and those of full training, of the seeds that have both.
local function paired(full, method)
  local base, own = {}, {}
  for _, seed in ipairs(full.seeds) do
    if method.cells[seed] then
      base[#base + 1], own[#own + 1] = full.cells[seed].rows, method.cells[seed].rows
    end
  end
  return base, own
end

local function interval(cells, value)
  local values = {}
  for _, cell in pairs(cells) do values[#values + 1] = value(cell) end
  table.sort(values)
  return statistics.interval(values)
end

-- What the source runs of replays have cost, seed by seed.
local function source_costs(full, method)
  local costs = {}
  for _, seed in ipairs(full.seeds) do
    local cell = method.cells[seed]
    if cell then
      local sum = 0
      for _, trace in ipairs(cell.shared or {}) do sum = sum + trace.seconds end
      costs[#costs + 1] = sum
    end
  end
  return costs
end

-- How many of a sweep's runs replay the same trace.
local function uses_of(sweep)
  local uses, most = {}, 1
  for _, cell in ipairs(sweep.cells) do
    for _, trace in ipairs(cell.shared or {}) do
      uses[trace.key] = (uses[trace.key] or 0) + 1
      most = math.max(most, uses[trace.key])
    end
  end
  return most
end

-- Accuracies, costs and speedups of a block: the runs of one value of the axis.
local function judge(block, given, uses)
  local full = block.by.Full
  if not full then return end
  local tops = {}
  for _, cell in pairs(full.cells) do tops[#tops + 1] = best(cell.rows) end
  block.full_best = statistics.summary(tops).median
  if block.full_best >= given.floor then block.target = given.share * block.full_best end
  for _, name in ipairs(block.methods) do
    local method = block.by[name]
    local base, own = paired(full, method)
    if block.target and #own > 0 then
      method.speedups = statistics.accounts(base, own, block.target)
      if name ~= "Full" then
        method.range = statistics.speedups(statistics.curves(base), statistics.curves(own))
      end
      local source = source_costs(full, method)
      if next(method.cells) and (select(2, next(method.cells)).shared or {})[1] then
        method.cached = statistics.cached {
          baseline = statistics.curves(base), runs = statistics.curves(own), source = source, uses = uses,
          target = block.target,
        }
      end
    end
  end
end

--- The results of a sweep over `axis`, `method` and `seed`: blocks, one for each value, each with its methods.
--- given: share, the part of full training's best accuracy at which runs are compared; floor, what that must be.
function M.of(sweep, axis, given)
  local found = { axis = axis, sweep = sweep, given = given, blocks = {}, failed = 0 }
  local by, order = {}, {}
  local uses = uses_of(sweep)
  for _, cell in ipairs(sweep.cells) do
    if cell.state == "done" then
      local p = cell.params
      local block = at(by, order, p[axis], { value = p[axis], by = {}, methods = {} })
      local method = at(block.by, block.methods, p.method, { cells = {}, seeds = {} })
      cell.rows = rows_of(cell)
      method.cells[p.seed] = cell
      table.insert(method.seeds, p.seed)
    else
      found.failed = found.failed + 1
    end
  end
  for i, value in ipairs(order) do
    found.blocks[i] = by[value]
    judge(by[value], given, uses)
  end
  return found
end

-- A median with its interval as cells of a table have it, or a number where there is none.
local function percent(s)
  if not s.low then return 100 * s.median end
  return { median = 100 * s.median, low = 100 * s.low, high = 100 * s.high, n = s.n }
end

local function plain(s) return s.low and { median = s.median, low = s.low, high = s.high, n = s.n } or s.median end

-- Every method of every block, in order: for block, name, method in methods_of(found).
local function methods_of(found)
  return coroutine.wrap(function()
    for _, block in ipairs(found.blocks) do
      for _, name in ipairs(block.methods) do coroutine.yield(block, name, block.by[name]) end
    end
  end)
end

--- How the seeds of a table of `n` seeds are told, behind "Median".
function M.seeds_text(n)
  if n == 1 then return "; 1 seed, of which no claim is made." end
  return string.format(" [95 %% percentile bootstrap interval] of %d seeds.%s", n, n < 6 and " " .. statistics.coverage(n) or "")
end

-- What each method got to, and what it cost.
local function costs_table(found)
  local t = {
    columns = { found.axis, "method", "accuracy %", "seconds", "CPU seconds", "forwarded", "backwarded" }, rows = {},
  }
  local n = 0
  for block, name, method in methods_of(found) do
    local function of(value) return interval(method.cells, function(cell) return value(cell.result) end) end
    n = math.max(n, #method.seeds)
    t.rows[#t.rows + 1] = {
      tostring(block.value), name, percent(of(function(r) return r.accuracy end)),
      plain(of(function(r) return r.train_seconds + r.select_seconds end)), plain(of(function(r) return r.cpu_seconds end)),
      of(function(r) return r.forwarded end).median, of(function(r) return r.backwarded end).median,
    }
  end
  t.caption = "Accuracy of the last epoch; time of training and selection, and their images. Median" .. M.seeds_text(n)
  return t
end

-- How much sooner each method gets to the accuracy of its block, or nothing where none has one.
local function speedups_table(found)
  local t = {
    columns = { found.axis, "method", "speedup in time", "in CPU time", "forwarded", "backwarded", "in time it is" }, rows = {},
  }
  local n = 0
  for block, name, method in methods_of(found) do
    if name ~= "Full" and method.speedups then
      local function of(account)
        local speedup = method.speedups[account]
        return speedup and statistics.text(speedup) or "-"
      end
      n = math.max(n, #method.seeds)
      t.rows[#t.rows + 1] = {
        tostring(block.value), name, of "seconds", of "cpu_seconds", of "forwarded", of "backwarded",
        statistics.verdict(method.speedups.seconds),
      }
    end
  end
  t.caption = string.format("How much sooner than Full of the same seed a method gets to %g %% of its best accuracy, by four "
    .. "accounts. <: at most so much, for it is not there yet. Median%s", 100 * found.given.share, M.seeds_text(n))
  return #t.rows > 0 and t or nil
end

local function cached_table(found)
  local t = { columns = { found.axis, "method", "marginal", "with its source", "amortised", "uses" }, rows = {} }
  for block, name, method in methods_of(found) do
    local c = method.cached
    if c then
      t.rows[#t.rows + 1] = {
        tostring(block.value), name, statistics.text(c.marginal), statistics.text(c.with_source),
        statistics.text(c.amortised), c.uses,
      }
    end
  end
  t.caption = "Speedup in time of replayed subsets: the trace there already; with all of the run that made it; with its "
    .. "part, where as many runs as told replay the same trace."
  return #t.rows > 0 and t or nil
end

-- A list in parts of as many as a figure can tell apart.
local function parts(list)
  local out = {}
  for i, item in ipairs(list) do
    local k = (i - 1) // 8 + 1
    out[k] = out[k] or {}
    table.insert(out[k], item)
  end
  return out
end

-- Whether a method's speedup is known, not only its bounds.
local function is_known(method) return method.speedups ~= nil and method.speedups.seconds.median ~= nil end

--- Speedup against accuracy: a mark for each method and value of the axis where it is known, the others counted in the
--- legend; a list of figures, of eight methods each, empty where nothing is known.
function M.trade_off(found, title)
  local by, order, any = {}, {}, false
  for _, name, method in methods_of(found) do
    if method.speedups and name ~= "Full" then
      any = any or is_known(method)
      table.insert(at(by, order, name, {}), {
        label = name, speedup = method.speedups.seconds,
        accuracy = percent(interval(method.cells, function(cell) return cell.result.accuracy end)),
      })
    end
  end
  local figures = {}
  for i, names in ipairs(any and parts(order) or {}) do
    local points = {}
    for _, name in ipairs(names) do table.move(by[name], 1, #by[name], #points + 1, points) end
    figures[i] = th.plot.speedup(points, { title = title, y_label = "accuracy %" })
  end
  return figures
end

-- Speedups over a range of accuracies, and accuracy over time, of one block.
local function figures(block, axis)
  local series, groups = {}, {}
  for _, name in ipairs(block.methods) do
    local method = block.by[name]
    local runs = {}
    for _, seed in ipairs(method.seeds) do runs[#runs + 1] = method.cells[seed].rows end
    groups[#groups + 1] = { label = name, runs = runs }
    local s = method.range and method.range:series(name)
    if s and #s.x > 1 then series[#series + 1] = s end
  end
  local title, out = string.format("%s %s", axis, block.value), {}
  for _, some in ipairs(parts(series)) do
    out[#out + 1] = th.plot.line(some, {
      title = title, x_label = "accuracy %", y_label = "speedup in time", y_lines = { 1 }, log_y = true,
    })
  end
  for _, some in ipairs(parts(groups)) do
    out[#out + 1] = th.plot.curves(some, { x = "cpu_seconds", title = title, x_label = "CPU seconds" })
  end
  return out
end

-- At what accuracy each block is compared, or why it is not.
local function remarks(found)
  local out = {}
  if found.failed > 0 then
    out[#out + 1] = string.format("%d runs have not ended well; they are left out.", found.failed)
  end
  for _, block in ipairs(found.blocks) do
    if not block.full_best then
      out[#out + 1] = string.format("%s %s: full training is missing.", found.axis, block.value)
    elseif not block.target then
      out[#out + 1] = string.format("%s %s: full training got to %.2f %% only; below %g %% no fixed accuracy is reported.",
        found.axis, block.value, 100 * block.full_best, 100 * found.given.floor)
    else
      local most, others = 0, 0
      for _, name in ipairs(block.methods) do
        if name ~= "Full" then
          others = others + 1
          local speedup = block.by[name].speedups and block.by[name].speedups.seconds
          most = most + (speedup and 2 * speedup.reached > #block.by[name].seeds and 1 or 0)
        end
      end
      out[#out + 1] = string.format("%s %s: compared at %.2f %%; %s.", found.axis, block.value, 100 * block.target,
        most == 0 and "in most seeds no other method gets there, so that speedups are bounds"
        or string.format("%d of %d other methods get there in most seeds", most, others))
    end
  end
  return out
end

--- Where the numbers come from: how long all runs took, where, and the command that started them.
function M.origin(sweep)
  local seconds, cpu, first = 0, 0, nil
  for _, cell in ipairs(sweep.cells) do
    seconds, cpu = seconds + (cell.seconds or 0), cpu + (cell.cpu_seconds or 0)
    if cell.state == "done" then first = first or cell end
  end
  local rows = {}
  for name, value in pairs(first and th.runs.load(first.run).provenance or {}) do
    if type(value) ~= "table" and name ~= "id" and name ~= "name" and name ~= "seed" then
      rows[#rows + 1] = { name, math.type(value) == "float" and string.format("%.2f", value) or tostring(value) }
    end
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  local words = { "thresh", arg[0] }
  table.move(arg, 1, #arg, 3, words)
  return {
    heading = "Where it comes from", code = table.concat(words, " "),
    text = string.format("%s Together they took %.1f seconds, and %.1f of CPUs, evaluation included and the making of "
      .. "shared traces not.", sweep:summary(), seconds, cpu),
    tables = { #rows > 0 and { columns = { "first run", "" }, rows = rows } or nil },
  }
end

--- The sections of the report.
function M.sections(found, text)
  local notes = remarks(found)
  table.insert(notes, 1, text)
  local sections = {
    {
      heading = "Results", text = table.concat(notes, "\n\n"), tables = { costs_table(found), speedups_table(found) },
    },
  }
  local replays = cached_table(found)
  if replays then sections[#sections + 1] = { heading = "What replays cost", tables = { replays } } end
  local marks = M.trade_off(found)
  if #marks > 0 then sections[#sections + 1] = { heading = "Speedup against accuracy", figures = marks } end
  for _, block in ipairs(found.blocks) do
    sections[#sections + 1] = {
      heading = string.format("%s %s", found.axis, block.value), figures = figures(block, found.axis),
    }
  end
  sections[#sections + 1] = M.origin(found.sweep)
  return sections
end

return M
