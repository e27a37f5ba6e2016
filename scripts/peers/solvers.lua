-- SPDX-License-Identifier: Apache-2.0
-- Thresh's part of `scripts/bench selector-peers`: solves one problem on the files of a folder, and
-- prints seconds, MiB beyond the inputs and the picks (from 0) as JSON.
-- usage: thresh solvers.lua PROBLEM FOLDER K THREADS

local th = require "thresh"

local problem, folder, k, threads = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])
th.set_num_threads(threads)

local function load(name) return th.load_npy(folder .. "/" .. name .. ".npy") end

local function mib(field)
  return tonumber(io.open("/proc/self/status"):read("a"):match(field .. ":%s*(%d+)")) / 1024
end

local labels = load("labels") + 1 -- Labels in files count from 0.
local residuals, embeddings = load("residuals"), load("embeddings")
local classes = residuals:size(2)

local solve = {
  omp = function()
    return th.select.omp { residuals = residuals, embeddings = embeddings, budget = k }.indices
  end,
  craig = function()
    return th.select.craig {
      residuals = residuals, labels = labels, classes = classes, budget = k,
    }.indices
  end,
  facility_location = function()
    return th.select.submodular {
      features = embeddings, labels = labels, classes = classes, budget = k,
    }.indices
  end,
  k_center = function() return th.select.k_center { features = embeddings, k = k, start = 1 }.indices end,
  glister = function()
    local m = embeddings:size(1) // 10
    return th.select.glister {
      residuals = residuals, embeddings = embeddings, k = k, eta = 0.01, greedy = "rounds", rounds = 15,
      held_out_logits = load("logits")[{ { 1, m } }], held_out_embeddings = embeddings[{ { 1, m } }],
      held_out_labels = labels[{ { 1, m } }],
    }
  end,
}

local before, start = mib("VmRSS"), th.clock()
local picks = solve[problem]()
local seconds, peak = th.clock() - start, mib("VmHWM")
th.save_npy(folder .. "/picks.npy", picks - 1)
print(string.format('{"seconds": %.6f, "mib": %.1f}', seconds, math.max(0, peak - before)))
