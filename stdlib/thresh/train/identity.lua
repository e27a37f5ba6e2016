-- SPDX-License-Identifier: Apache-2.0
-- Which run a checkpoint is of: the configuration as texts by name, and how two of them differ.

local core = require "thresh.core"

local M = {}

local plain = { string = true, number = true, boolean = true }

-- The plain fields of a table under names that begin with `prefix`.
local function add_fields(into, prefix, fields)
  for name, value in pairs(fields) do
    if type(name) == "string" and plain[type(value)] then into[prefix .. "." .. name] = tostring(value) end
  end
end

local function add_data(into, name, data)
  into[name] = data and string.format("%s, %d samples, fingerprint %s", data.name, #data, data:fingerprint())
end

local function add_selector(into, prefix, selector)
  if not selector then return end
  add_fields(into, prefix, selector)
  add_fields(into, prefix .. ".options", selector.options or {})
end

local function add_model(into, model)
  into.model = model.name
  for name, tensor in pairs(model:state_dict()) do
    into["model." .. name] = string.format("%s (%s)", tensor.dtype, table.concat(tensor.shape, ", "))
  end
end

local function augment_text(augment)
  if type(augment) ~= "table" then return augment end
  local parts = {}
  for i, change in ipairs(augment) do parts[i] = tostring(change) end
  return table.concat(parts, "; ")
end

local settings = {
  "epochs", "batch_size", "accumulate", "seed", "schedule_per", "label_smoothing", "evaluate_on", "evaluate_every",
  "initial", "matching_error",
}

--- The configuration of a run, texts by name: all that decides what training does, but for the weights that it
--- starts with.
function M.of(run)
  local known = {}
  for _, name in ipairs(settings) do known[name] = run[name] ~= nil and tostring(run[name]) or nil end
  add_model(known, run.model)
  add_data(known, "data.train", run.train)
  add_data(known, "data." .. run.evaluate_on, run.held_out)
  -- Selectors may look at these.
  for _, part in ipairs { "validation", "test" } do
    if getmetatable(run.data[part]) == run.task.dataset then add_data(known, "data." .. part, run.data[part]) end
  end
  known.optimizer, known.schedule = tostring(run.optimizer), run.schedule and tostring(run.schedule)
  known.augment, known.trace = augment_text(run.augment), tostring(run.trace ~= nil)
  add_selector(known, "select", run.selector)
  add_selector(known, "batch_select", run.batch_select)
  add_fields(known, "task", run.task)
  add_fields(known, "task.options", run.task.options or {})
  return known
end

--- How `is` differs from `was`, as lines; none where they are alike.
function M.differences(was, is)
  local lines, names = {}, {}
  for name in pairs(was) do names[name] = true end
  for name in pairs(is) do names[name] = true end
  for name in pairs(names) do
    if was[name] ~= is[name] then
      lines[#lines + 1] = string.format("%s: %s in the checkpoint, %s now", name, was[name] or "none",
        is[name] or "none")
    end
  end
  table.sort(lines)
  return lines
end

--- What the bits of a result depend on beside the configuration.
function M.machine()
  local convolution = core.set_convolution "auto"
  core.set_convolution(convolution)
  return { ["CPU level"] = core.cpu_level(), convolution = convolution }
end

return M
