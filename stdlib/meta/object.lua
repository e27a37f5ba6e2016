---@meta
-- SPDX-License-Identifier: Apache-2.0
-- What every native object can do.

--- Any native object: a tensor, a module, a dataset. Its memory goes when nothing names it any more; `free`,
--- or a `local x <close>`, gives it back at once.
---@class Object
local Object = {}

--- Gives the memory of the object back now, before the collector comes by.
---
--- What shares it, such as a view of a tensor, keeps it alive. The object cannot be used afterwards; to free
--- it again does nothing.
---
--- Example:
---     local t = th.zeros(1000, 1000)
---     t:free()
---     assert(not pcall(t.sum, t))
function Object:free() end

return Object
