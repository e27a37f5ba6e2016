-- SPDX-License-Identifier: Apache-2.0
-- What is native below th.sweep: leases, processes, files that are written once.

return require("thresh.runs.native").sweep
