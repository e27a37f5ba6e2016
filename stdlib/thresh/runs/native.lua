-- SPDX-License-Identifier: Apache-2.0
-- What is native below th.runs, before the namespace written in Lua takes its name.

return require("thresh.core").runs
