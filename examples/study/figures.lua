-- SPDX-License-Identifier: Apache-2.0
-- Figures 1 to 3 of the study: speedup against accuracy over learning rates, optimisers and architectures, drawn
-- from the runs of table1.lua, table2.lua and table3.lua of the same scale.
--
--   thresh examples/study/figures.lua --scale tiny|small|full [--root runs]

local th = require "thresh"
local study = dofile((arg[0]:match "^(.*/)" or "./") .. "common.lua")

local o = study.options()
local axes = { { "table1", "lr", "learning rates" }, { "table2", "optimizer", "optimisers" }, { "table3", "target", "architectures" } }

local sections, missing = {}, {}
for i, part in ipairs(axes) do
  local name, axis, title = table.unpack(part)
  local ok, sweep = pcall(th.sweep.load, name .. "-" .. o.scale, { root = o.root })
  if not ok then
    missing[#missing + 1] = string.format("%s.lua --scale %s", name, o.scale)
  else
    local found = study.results.of(sweep, axis, { share = o.share, floor = o.settings.floor })
    local heading = string.format("Figure %d: %s", i, title)
    local figures = study.results.trade_off(found, heading)
    local text = string.format("A mark for each method and %s where it is known, the others counted in the legend: the speedup in "
      .. "time to reach %g %% of full training's best accuracy, and the accuracy at the end. Bars are 95 %% percentile bootstrap intervals of the median.", axis,
      100 * o.share)
    if #figures == 0 then
      text = string.format("Nothing is drawn: of no method but full training it is known how soon it gets to %g %% of its best accuracy; "
        .. "--share takes less.", 100 * o.share)
      print(heading .. "\n" .. text)
    end
    sections[#sections + 1] = { heading = heading, figures = figures, text = text }
    for _, figure in ipairs(figures) do print(figure) end
  end
end
if #sections == 0 then
  error("there are no runs to draw; they are made by " .. table.concat(missing, ", "), 0)
end
for _, script in ipairs(missing) do print("Left out, since it has not been run: " .. script) end
study.write(o, "figures", th.report {
  title = "Figures 1 to 3, scale " .. o.scale, sections = sections,
  lead = #missing > 0 and "Left out, since they have not been run: " .. table.concat(missing, ", ") or nil,
})
