-- SPDX-License-Identifier: Apache-2.0
-- The detection table of the study: SSD trained on all rows (Base), with Selective-Backprop and every second (SB2) or
-- third (SB3) batch whole, and on random rows; COCO's mAP by size, time, t_diff and the effect on a layer's weights.
--
--   thresh examples/study/detection.lua --scale tiny|small [--jobs N] [--estimate] …
--   thresh examples/study/detection.lua --scale full --images-folder coco/train2017 --annotations … \
--     --test-images coco/val2017 --test-annotations … --weights resnet50.safetensors
--
-- tiny and small draw shapes in COCO form; full is SSD300 on ResNet-50 and COCO, 30 epochs in batches of 32.

local th = require "thresh"
local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")
local detection = dofile(study.folder .. "detectors.lua")

local o = detection.settings(detection.options(study, {
  layer = { "", "the tensor whose weights are compared (the one that differs most against chance)" },
}))
local names = { "Base", "SB2", "SB3", "Random-SB2", "Random-SB3" }

local function trial(p, run)
  local result, model = detection.train(o, p, run)
  th.save_safetensors(run:file "weights.safetensors", model:state_dict())
  local last, difference = result.history[#result.history].result, th.train.t_diff(result)
  return {
    accuracy = last.accuracy, ap50 = last.ap50, small = last.small, medium = last.medium, large = last.large,
    train_seconds = result.seconds.train, select_seconds = result.seconds.select,
    cpu_seconds = result.cpu_seconds.train + result.cpu_seconds.select,
    forwarded = result.forwarded, backwarded = result.backwarded,
    t_diff = difference.seconds, literal = difference.literal,
  }
end

local params = detection.params(o)
detection.estimate(study, o, params, names)
local sweep = th.sweep {
  name = "detection-" .. o.scale, root = o.root, params = params, quiet = o.quiet, trial = trial,
  grid = { method = names, seed = o.settings.seeds },
  code = { study.folder .. "common.lua", study.folder .. "detectors.lua" },
}

local by = {}
for _, cell in ipairs(sweep.cells) do
  by[cell.params.method] = by[cell.params.method] or {}
  if cell.state == "done" then table.insert(by[cell.params.method], cell) end
end

-- The median over the seeds with its interval, alone where the seeds agree; "-" where there is nothing, as of sizes
-- without objects.
local function interval(cells, value)
  local values = {}
  for _, cell in ipairs(cells) do values[#values + 1] = value(cell.result, cell) end
  if #values == 0 then return "-" end
  local s = th.statistics.interval(values)
  return s.low and s.low < s.high and { median = s.median, low = s.low, high = s.high, n = s.n } or s.median
end

local function ap(name)
  return function(r) return r[name] >= 0 and 100 * r[name] or nil end
end
local function seconds(r) return r.train_seconds + r.select_seconds end

local main = { columns = { "method", "mAP", "small", "medium", "large" }, rows = {} }
local costs = { columns = { "method", "total s", "t_diff s", "of sums s", "images forwarded", "backwarded" }, rows = {} }
local paired = { columns = { "method", "mAP - Base", "time of Base / time", "CPU time", "forwarded", "backwarded" }, rows = {} }
for _, name in ipairs(names) do
  local cells = by[name]
  main.rows[#main.rows + 1] = {
    name, interval(cells, ap "accuracy"), interval(cells, ap "small"), interval(cells, ap "medium"),
    interval(cells, ap "large"),
  }
  costs.rows[#costs.rows + 1] = {
    name, interval(cells, seconds), interval(cells, function(r) return r.t_diff end),
    interval(cells, function(r) return name ~= "Base" and r.literal or nil end),
    cells[1] and cells[1].result.forwarded or "-", cells[1] and cells[1].result.backwarded or "-",
  }
  if name ~= "Base" then
    local base = {}
    for _, cell in ipairs(by.Base) do base[cell.params.seed] = cell.result end
    local function against(f)
      return interval(cells, function(r, cell)
        local b = base[cell.params.seed]
        return b and f(b, r)
      end)
    end
    paired.rows[#paired.rows + 1] = {
      name, against(function(b, r) return 100 * (r.accuracy - b.accuracy) end),
      against(function(b, r) return seconds(b) / seconds(r) end),
      against(function(b, r) return b.cpu_seconds / r.cpu_seconds end),
      against(function(b, r) return b.forwarded / r.forwarded end),
      against(function(b, r) return b.backwarded / r.backwarded end),
    }
  end
end
local seeds = 0
for _, cells in pairs(by) do seeds = math.max(seeds, #cells) end
main.caption = "AP in %, last epoch. Median" .. study.results.seeds_text(seeds)
costs.caption = "t_diff: mean seconds of a plain epoch less those of a selective one; beside it the difference of their "
  .. "sums, as it has been printed."
paired.caption = "Against Base, seed by seed: a difference of mAP whose interval holds 0, or a ratio whose interval holds 1, "
  .. "shows nothing."

-- How far weights are from Base's of the same seed, against what another seed does to Base.
local function effects()
  local rows, layer = {}, o.layer
  local first, second = by.Base[1], by.Base[2]
  if not first or not second then return nil end
  local function file(cell) return cell.run .. "/weights.safetensors" end
  for _, name in ipairs { "SB2", "SB3", "Random-SB2", "Random-SB3" } do
    for _, cell in ipairs(by[name]) do
      if cell.params.seed == first.params.seed then
        local found = th.layers.compare(file(first), file(cell), { null = file(second), like = "weight$" })
        if layer == "" then layer = found.rows[1].name end
        for _, row in ipairs(found.rows) do
          if row.name == layer then
            rows[#rows + 1] = { name, row.relative, row.cosine, row.wasserstein, row.null.wasserstein, row.ratio }
          end
        end
      end
    end
  end
  if #rows == 0 then return nil end
  return {
    columns = { "method", "||b - a|| / ||a||", "cosine", "Wasserstein", "of another seed", "ratio" }, rows = rows,
    caption = string.format("Weights of %s%s against Base's, seed %d; beside it Base of seed %d. A ratio of 1 is what "
      .. "chance does.", layer, o.layer == "" and ", the largest ratio of " .. rows[1][1] .. "," or "", first.params.seed,
      second.params.seed),
  }
end

local tables = { main, costs, paired }
local layers = effects()
if layers then tables[#tables + 1] = layers end
for _, t in ipairs(tables) do io.write("\n", th.report.table(t)) end
study.write(o, "detection", th.report {
  title = "Detection, scale " .. o.scale, sections = {
    { heading = "Results", text = detection.text(o), tables = tables },
    { heading = "mAP over epochs", figures = { detection.curves(names, by) } },
    study.results.origin(sweep),
  },
})
