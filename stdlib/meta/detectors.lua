---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the classes DefaultBoxes, SSD300 and SmallSSD.

--- The boxes that the outputs of a detector are about; #boxes is how many.
---
--- Example:
---     local boxes = th.detect.default_boxes()
---     assert(#boxes == 8732 and boxes.corners.shape[2] == 4)
---@class DefaultBoxes : Object
---@field centers Tensor (P, 4): cx, cy, width, height as parts of the image
---@field corners Tensor (P, 4): left, top, right, bottom as parts of the image, some outside of it
---@field image_size integer height and width of the image
---@field maps integer[] height and width of each map
---@field shapes integer[] boxes at each place of each map
---@operator len: integer
local DefaultBoxes = {}

--- SSD300, as th.detect.ssd300 and th.models.ssd300 make it: a module of two outputs.
---
--- Example:
---     local model = th.detect.ssd300 { backbone = "resnet18", classes = 3, width = 4, seed = 1 }
---     assert(model.classes == 3 and model:parameter_count() > 0)
---@class SSD300 : Module
---@field boxes DefaultBoxes those of its outputs
---@field classes integer with the background
---@field image_size integer height and width of the images that it takes
local SSD300 = {}

--- A small detector, as th.detect.small_ssd makes it: a module of two outputs.
---
--- Example:
---     local model = th.detect.small_ssd { classes = 3, size = 64, width = 4 }
---     assert(model.image_size == 64 and #model.boxes > 0)
---@class SmallSSD : Module
---@field boxes DefaultBoxes those of its outputs
---@field classes integer with the background
---@field image_size integer height and width of the images that it takes
local SmallSSD = {}

return DefaultBoxes
