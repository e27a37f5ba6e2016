---@meta
-- SPDX-License-Identifier: Apache-2.0
-- What th.coco is; its functions are written in Lua and described there.

--- COCO's files of annotations and results, and their evaluation with pycocotools' figures to the bit.
---
--- Ids of images and categories are those of the files; boxes are x, y, width, height in pixels.
---
--- Example:
---     local truth = th.data.shapes({ n = 3, size = 64, seed = 1 }).annotations
---     local results = th.coco.results()
---     results:add(truth:image_ids()[1], { { 10, 10, 20, 20 } }, { 0.9 }, { 1 })
---     local e = th.coco.evaluate { gt = truth, dt = results }
---     assert(#e.stats == 12)
---@class coco
local coco = {}

return coco
