---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.signals.

--- What a scheduler asks of a batch run: SIGUSR1 for a checkpoint, SIGTERM for one and then the end.
---
--- th.train with checkpoints watches for both by itself. At the prompt, and in a session that another program
--- holds, the signals belong to that program.
---
--- Example:
---     local watching = th.signals.watch()
---     assert(th.signals.requested() == nil)
---     if watching then th.signals.unwatch() end
---@class signals
local signals = {}

--- Watches for the signals from now on, until as many calls of unwatch.
---
--- Example:
---     local watching = th.signals.watch()
---     assert(type(watching) == "boolean")
---     if watching then th.signals.unwatch() end
---@return boolean watching whether the host of this session allows it
function signals.watch() end

--- Gives the signals back to whom they belonged before.
---
--- Example:
---     if th.signals.watch() then th.signals.unwatch() end
---     assert(th.signals.requested() == nil)
function signals.unwatch() end

--- What was asked for: "terminate", which stays, or "checkpoint", which is taken by the call.
---
--- A run that was asked to end and stops with an error has the exit status 143.
---
--- Example:
---     assert(th.signals.requested() == nil)
---@return string|nil request
function signals.requested() end

return signals
