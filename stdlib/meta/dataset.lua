---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the classes Dataset, Loader and Augmentation.

--- Images or vectors with labels; th.data makes it. #set is how many.
---
--- Example:
---     local set = th.data.from_tensors(th.randn(4, 2), { 1, 2, 1, 2 })
---     assert(#set == 4 and set:class_counts()[1] == 2)
---@class Dataset : Object
---@field name string as messages and traces have it
---@field provenance string where its pixels come from
---@field mapped boolean whether its pixels are left in their file
---@field classes integer how many classes there are
---@field class_names string[] the name of each class
---@field shape integer[] of a sample: { C, H, W } or { d }
---@field labels Tensor (n,), from 1
---@operator len: integer
local Dataset = {}

--- One epoch of batches: a function that gives the next batch, nil behind the last.
---
--- A batch is { x (N, …) of float32, y (N,), indices (N,), weights (N,) where given }. The batches depend
--- on data and options alone, whatever threads prepare them. Either indices or batches chooses samples;
--- with batches `shuffle` changes their order alone, and weights are those of their samples in their order.
---
--- Example:
---     local set = th.data.from_tensors(th.arange(1, 6):to("float32"):view(6, 1), { 1, 1, 1, 2, 2, 2 })
---     local seen = 0
---     for batch in set:loader { batch_size = 4, shuffle = false, indices = th.tensor { 6, 5 } } do
---       seen = seen + #batch.y
---       assert(batch.x[{ 1, 1 }] == 6)
---     end
---     assert(seen == 2)
---@param options? table batch_size (128), shuffle (true), drop_last (false), seed (0), epoch (0), indices (all), a tensor; weights (none), a tensor; batches (none), lists of indices; augment (none), a list of th.data.random_crop and the like; prefetch (2), batches prepared ahead; start (1), the batch to begin with
---@return Loader loader
function Dataset:loader(options) end

--- The samples of some indices, as a dataset.
---
--- Example:
---     local set = th.data.digits().train:subset { 5, 6, 7 }
---     assert(#set == 3)
---@param indices Tensor|integer[] from 1
---@return Dataset set
function Dataset:subset(indices) end

--- One sample as it is stored, neither scaled nor normalised.
---
--- Example:
---     local x = th.data.digits().train:sample(1)
---     assert(table.concat(x.shape, " ") == "1 8 8" and x.dtype == "uint8")
---@param index integer from 1
---@return Tensor x (C, H, W) or (d,), of uint8 or float32
function Dataset:sample(index) end

--- A digest of all pixels and labels: equal for equal data, however they were stored.
---
--- Traces hold it, and a replay compares it.
---
--- Example:
---     local data = th.data.digits()
---     assert(data.train:fingerprint() ~= data.test:fingerprint())
---@return string digest
function Dataset:fingerprint() end

--- How many samples each class has.
---
--- Example:
---     local set = th.data.from_tensors(th.randn(3, 2), { 1, 1, 2 })
---     assert(table.concat(set:class_counts(), " ") == "2 1")
---@return integer[] counts
function Dataset:class_counts() end

--- Mean and deviation of each channel.
---
--- Example:
---     local set = th.data.from_tensors(th.tensor { { { { 1.0, 3 } } } }, { 1 })
---     local mean, std = set:statistics()
---     assert(mean[1] == 2 and std[1] == 1)
---@return number[] mean
---@return number[] std
function Dataset:statistics() end

--- One epoch of batches; `dataset:loader` makes it. loader() gives the next batch, nil behind the last.
---
--- Example:
---     local loader = th.data.digits().test:loader { batch_size = 100 }
---     local batch = loader()
---     assert(#batch.y == 100 and loader.batches == 4)
---@class Loader : Object
---@field batches integer how many there are in all
---@field position integer how many of them are behind, those before `start` among them
---@operator call: table
local Loader = {}

--- A random change of images, for `augment`; th.data.random_crop, horizontal_flip and cutout make it.
---
--- Its draws come from the stream of seed, epoch and image: neither order nor threads change them.
---
--- Example:
---     local flip = th.data.horizontal_flip(1)
---     local set = th.data.from_tensors(th.randn(4, 1, 2, 2), { 1, 1, 2, 2 })
---     assert(set:loader({ augment = { flip } })() ~= nil)
---@class Augmentation : Object
local Augmentation = {}

return Dataset
