---@meta
-- SPDX-License-Identifier: Apache-2.0
-- What th.runs is; its functions are written in Lua and described there.

--- Runs as folders that any program reads, and queries over many of them.
---
--- A run's folder holds config.json, provenance.json, status.json, metrics.jsonl, log.txt and whatever the run
--- puts beside them. Whole files are written beside their place and renamed into it.
---
--- Example:
---     local run = th.runs.create { root = scratch, name = "table1", config = { lr = 0.1 }, seed = 1 }
---     run:log { epoch = 1, accuracy = 0.5 }
---     run:finish { accuracy = 0.5 }
---     assert(th.runs.load(run.path).config.lr == 0.1)
---@class runs
local runs = {}

return runs
