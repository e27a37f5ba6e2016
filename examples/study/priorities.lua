-- SPDX-License-Identifier: Apache-2.0
-- The priority histogram and the galleries of the study: how often GradMatch and Selective-Backprop have chosen each
-- image, and the least and the most chosen ones; in classification and in detection.
--
--   thresh examples/study/priorities.lua --scale tiny|small|full --data DIR [--jobs N] …
--
-- Counts are those of one run a seed; the galleries are of the first seed's.

local th = require "thresh"
local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")
local detection = dofile(study.folder .. "detectors.lua")
local select = th.select

local o = detection.options(study, {
  lr = { 0.03, "learning rate of classification" },
  task = { "classification", "classification or detection" },
  count = { 20, "images in a gallery" },
})
if o.task ~= "classification" and o.task ~= "detection" then
  error(string.format("--task: it is classification or detection, got '%s'", o.task), 0)
end
local detects = o.task == "detection"
local d = detects and detection.settings(o) or o

local data = detects and detection.data(d) or study.data(o)
local params = detects and detection.params(d) or study.params(o)
params.lr, params.task = o.lr, o.task
params.fraction, params.every = o.settings.fraction, o.settings.every

-- Selective-Backprop all the time, so that every image comes by as often.
local names = { "GradMatch", "Selective-Backprop" }
local always = { keep = 0.5, start = 0, finish = 1, interrupt = 0 }
local methods = setmetatable({ ["Selective-Backprop"] = study.rows("SelectiveBackprop", always) }, { __index = study.methods })
local function setup(p) return { model = p.model, optimizer = study.sgd(p.lr) } end

if not detects then
  study.estimate({ title = "Priorities", o = o, axis = "task", methods = methods, setup = setup }, params,
    { task = { o.task }, method = names, seed = o.settings.seeds })
else
  detection.estimate(study, d, params, names)
end

local sweep = th.sweep {
  name = string.format("priorities-%s-%s", o.task, o.scale), root = o.root, params = params, quiet = o.quiet,
  grid = { method = names, seed = d.settings.seeds },
  code = { study.folder .. "common.lua", study.folder .. "detectors.lua" },
  trial = function(p, run)
    local method = methods[p.method]
    local more = {
      select = method.select and method.select(p), batch_select = method.batch_select and method.batch_select(p), run = run,
    }
    local result = detects and detection.train(d, p, run, more) or study.train(o, p, setup(p), more)
    return { accuracy = result.accuracy, forwarded = result.forwarded, backwarded = result.backwarded }
  end,
}

local traces, sections, first = {}, {}, d.settings.seeds[1]
for _, cell in ipairs(sweep.cells) do
  if cell.state == "done" and cell.params.seed == first then
    traces[cell.params.method] = cell.run .. "/subsets.trace"
  end
end
local rows = {}
for _, name in ipairs(names) do
  local path = traces[name]
  if path then
    local trace = th.select.read_trace(path)
    local _, kept = trace:batch_counts()
    local counts = trace.event_count > 0 and trace:counts() or kept
    local sorted = counts:to("float64"):sort()
    local n, total = #counts, counts:sum():item()
    -- The part of all choices that the most chosen tenth of the images has.
    local tenth = sorted:narrow(1, n - n // 10 + 1, n // 10):sum():item()
    rows[#rows + 1] = {
      name, n, counts:amin():item(), counts:to("float64"):median():item(), counts:amax():item(),
      100 * counts:eq(0):sum():item() / n, total > 0 and 100 * tenth / total or "-",
    }
    local figures = { th.plot.priorities(path, { title = name }) }
    for _, which in ipairs { "least", "most" } do
      figures[#figures + 1] = th.plot.gallery(path, data.train, {
        which = which, count = o.count, title = string.format("%s: %s chosen", name, which),
      })
    end
    sections[#sections + 1] = { heading = name, figures = figures }
    print(figures[1])
  end
end
local t = {
  columns = { "method", "images", "least", "median", "most", "never chosen %", "choices of the top tenth %" }, rows = rows,
  caption = string.format("How often images were chosen in the run of seed %d: selections that hold them, or batches that "
    .. "kept them. Were all chosen alike, the top tenth would have 10 %% of the choices.", first),
}
io.write("\n", th.report.table(t))
table.insert(sections, 1, { heading = "How often images were chosen", tables = { t } })
sections[#sections + 1] = study.results.origin(sweep)
study.write(o, "priorities-" .. o.task, th.report {
  title = string.format("Priorities in %s, scale %s", o.task, o.scale), sections = sections,
})
