-- SPDX-License-Identifier: Apache-2.0
-- What is native below th.sweep, leases and processes, before the part written in Lua takes its name.

return rawget(require "thresh.core", "sweep")
