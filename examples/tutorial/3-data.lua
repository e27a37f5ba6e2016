-- SPDX-License-Identifier: Apache-2.0
-- 3. Data
--
-- A data set is images with labels, in parts: train, test, and validation where asked for.
local th = require "thresh"

-- The binary carries 1,797 images of hand-written digits.
local digits = th.data.digits { validation = 0.1 }
print(digits.train, digits.validation, digits.test)
assert(digits.train.classes == 10)

-- A loader walks through a set in batches. Order and augmentation depend on seed and epoch alone.
for batch in digits.train:loader { batch_size = 256, seed = 1, epoch = 0 } do
  print(batch.x.shape[1] .. " images, the first a " .. batch.y[1] - 1)
end

-- A loader can be given the samples to visit, and a weight for each: that is what selectors decide.
local few = digits.train:loader {
  indices = th.tensor({ 3, 1, 2 }, { dtype = "int64" }), weights = th.tensor { 1.0, 0.5, 2.0 }, shuffle = false,
}
local batch = few()
assert(batch.indices:equal(th.tensor({ 3, 1, 2 }, { dtype = "int64" })) and batch.weights[3] == 2)

-- Augmentation is a list of random changes.
local augment = { th.data.random_crop(1), th.data.horizontal_flip(0.5) }
batch = digits.train:loader { batch_size = 4, augment = augment, seed = 1 }()
assert(batch.x.shape[1] == 4)

-- Your own data: tensors, npy and npz files, folders of pictures, CIFAR-10's files, COCO's.
local mine = th.data.from_tensors(th.rand(20, 3, 8, 8, { seed = 1 }), th.randint(1, 3, { 20 }, { seed = 2 }))
print(mine)
local shapes = th.data.shapes { n = 10, size = 64, seed = 1 }
print(shapes)
