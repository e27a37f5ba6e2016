---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the classes DetectionDataset, DetectionLoader and DetectionAugmentation.

--- Pictures with boxes; th.data.shapes and th.data.coco_images make it. #set is how many.
---
--- Example:
---     local set = th.data.shapes { n = 3, size = 64, seed = 1 }
---     assert(#set == 3 and set.classes == 5)
---@class DetectionDataset : Object
---@field name string as messages and traces have it
---@field classes integer without the background
---@field class_names string[] the name of each class
---@field category_ids integer[] the file's id of each class
---@field annotations Annotations what th.coco.evaluate takes as the truth
---@field dropped integer objects that are not trained on, as they cannot be read or their boxes are none
---@field image_sizes Tensor float64 (n, 2): width and height in pixels, 0 where the annotations do not say
---@operator len: integer
local DetectionDataset = {}

--- One epoch of batches: a function that gives the next batch, nil behind the last.
---
--- A batch is { x (N, 3, S, S), normalised; objects, a list of { boxes (k, 4) as left, top, right, bottom,
--- parts of the side; labels (k,) }; indices (N,); ids (N,) of the file; sizes (N, 2), width and height as
--- stored; weights where given }.
---
--- Example:
---     local set = th.data.shapes { n = 4, size = 64, seed = 1 }
---     for batch in set:loader { batch_size = 2, size = 32, augment = "nvidia" } do
---       assert(batch.x.shape[3] == 32 and #batch.objects == 2)
---     end
---@param options? table batch_size (32), shuffle (true), drop_last (false), seed (0), epoch (0), indices, weights, batches, prefetch (2), start (1) as in Dataset:loader; size (300), pixels of a side; augment ("none"; "nvidia", "ssd", or a list of changes), skip_unreadable (false), crowds (true: they count as objects), mean and std (ImageNet's), three numbers each
---@return DetectionLoader loader
function DetectionDataset:loader(options) end

--- One picture with its objects, as stored.
---
--- Example:
---     local one = th.data.shapes({ n = 1, size = 64, seed = 1 }):sample(1)
---     assert(one.image.shape[1] == 3 and #one.boxes == #one.labels)
---@param index integer from 1
---@return table sample image (3, H, W) of uint8; boxes (k, 4), left, top, right, bottom in pixels; labels (k,), crowd (k,), id
function DetectionDataset:sample(index) end

--- The pictures of some indices, as a dataset.
---
--- Example:
---     assert(#th.data.shapes({ n = 5, size = 64 }):subset { 2, 4 } == 2)
---@param indices Tensor|integer[] from 1
---@return DetectionDataset set
function DetectionDataset:subset(indices) end

--- A digest of pictures and annotations; traces hold it, and a replay compares it.
---
--- Example:
---     local a, b = th.data.shapes { n = 2, size = 64, seed = 1 }, th.data.shapes { n = 2, size = 64, seed = 2 }
---     assert(a:fingerprint() ~= b:fingerprint())
---@return string digest
function DetectionDataset:fingerprint() end

--- Writes the pictures as PNG files into `images` of a folder, and the annotations as its `instances.json`.
---
--- Example:
---     th.data.shapes({ n = 2, size = 64 }):save(scratch)
---     assert(th.coco.load(scratch .. "/instances.json").image_count == 2)
---@param folder string
function DetectionDataset:save(folder) end

--- One epoch of batches; `dataset:loader` makes it. loader() gives the next batch, nil behind the last.
---
--- Example:
---     local loader = th.data.shapes({ n = 3, size = 64 }):loader { batch_size = 2, size = 64 }
---     assert(loader.batches == 2 and #loader().ids == 2 and #loader.skipped == 0)
---@class DetectionLoader : Object
---@field batches integer how many there are in all
---@field position integer how many of them are behind, those before `start` among them
---@field skipped string[] what was wrong with the pictures that were left out so far
---@operator call: table
local DetectionLoader = {}

--- A random change of pictures with boxes, for `augment`; th.data.ssd_crop, expand and colour_jitter make it.
---
--- Example:
---     local crop = th.data.ssd_crop()
---     local set = th.data.shapes { n = 1, size = 64 }
---     assert(set:loader({ size = 64, augment = { crop } })() ~= nil)
---@class DetectionAugmentation : Object
local DetectionAugmentation = {}

return DetectionDataset
