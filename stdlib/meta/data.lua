---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of th.data.

--- Datasets, augmentations and pictures.
---
--- A set of data as th.train takes it is a table with datasets train and test, and perhaps validation, and
--- with name, split (how it was divided) and classes: what th.data.digits, cifar10 and split return. Labels
--- and indices count from 1; files have labels from 0. Images are (C, H, W), float32 in batches.
---
--- Example:
---     local data = th.data.digits { seed = 1 }
---     for batch in data.train:loader { batch_size = 64, seed = 1 } do
---       assert(batch.x.shape[2] == 1 and #batch.y <= 64)
---     end
---     assert(data.classes == 10)
---@class data
local data = {}

--- The 1,797 handwritten digits that the binary carries, 8 x 8 pixels, ten classes.
---
--- Divided by seed and stratified: test, validation, and the rest for training. With normalise each part is scaled
--- by mean and deviation of the training part. Source: Alpaydin and Kaynak, UCI 1998, CC BY 4.0.
---
--- Example:
---     local data = th.data.digits()
---     assert(#data.train + #data.validation + #data.test == 1797)
---     assert(table.concat(data.train.shape, " ") == "1 8 8")
---@param options? table seed (0), validation (0.1), test (0.2), parts of all; normalise (true)
---@return table data name, split, train, validation, test, classes
function data.digits(options) end

--- CIFAR-10 in its binary form, of those of the official files that a folder has.
---
--- The files are data_batch_1.bin to data_batch_5.bin and test_batch.bin. checksums is a file of
--- lines as md5sum writes them, one for each. With normalise all parts are scaled by the usual means and
--- deviations of CIFAR-10. Without validation, data.validation is nil.
---
--- Example:
---     local record = string.char(3) .. string.rep("\0", 3072)
---     for _, name in ipairs { "data_batch_1.bin", "test_batch.bin" } do
---       local file <close> = assert(io.open(scratch .. "/" .. name, "wb"))
---       file:write(record:rep(10))
---     end
---     local data = th.data.cifar10 { root = scratch }
---     assert(#data.train == 10 and data.train.labels[1] == 4 and data.split == "official")
---@param options table root (required), the folder; images (all), of training; validation (0), a part below 1 or a number of images held out of training; seed (0) of that; checksums (none), a path; normalise (true); mmap (by size), pixels stay in their file
---@return table data name, split, train, validation, test, classes
function data.cifar10(options) end

--- One file of records as CIFAR-10 has them: a byte for the label, then 3 x 32 x 32 for the pixels.
---
--- Scaled by mean and std, which belong together; by those of CIFAR-10 where neither is given.
---
--- Example:
---     local path = scratch .. "/one.bin"
---     local file = assert(io.open(path, "wb"))
---     file:write(string.char(0) .. string.rep("\255", 3072))
---     file:close()
---     local set = th.data.cifar10_file(path, { mean = { 0, 0, 0 }, std = { 1, 1, 1 } })
---     local batch = set:loader()()
---     assert(#set == 1 and batch.x:amin():item() == 1 and batch.y:item() == 1)
---@param path string
---@param options? table mean and std (CIFAR-10's), three numbers each; images (all), the first so many; mmap (by size)
---@return Dataset set
function data.cifar10_file(path, options) end

--- A dataset of tensors.
---
--- uint8 stays bytes, of which batches are x / pixel_maximum; float32 and float64 are taken as they are. The
--- number of classes is the largest label, or that of class_names.
---
--- Example:
---     local set = th.data.from_tensors(th.randn(6, 1, 4, 4), { 1, 2, 3, 1, 2, 3 }, { name = "noise" })
---     assert(#set == 6 and set.classes == 3 and set.name == "noise")
---@param x Tensor images (n, C, H, W) or vectors (n, d), of uint8, float32 or float64
---@param y Tensor|integer[] labels (n,)
---@param options? table name ("tensors"), class_names ("0", "1", …), pixel_maximum (255 for uint8, else 1), label_base (1; 0 where labels count from 0)
---@return Dataset set
function data.from_tensors(x, y, options) end

--- A dataset of an npy file of images or vectors.
---
--- Labels come from another npy file, where they count from 0, or are given as to data.from_tensors. Large
--- arrays stay in their file (mmap); those that cannot, in Fortran order or big-endian, are read.
---
--- Example:
---     th.save_npy(scratch .. "/x.npy", th.randn(4, 1, 2, 2))
---     local set = th.data.from_npy(scratch .. "/x.npy", { 1, 2, 1, 2 })
---     assert(#set == 4 and set.classes == 2)
---@param path string the images, (n, C, H, W) or (n, d)
---@param labels string|Tensor|integer[] (n,), or the path of an npy file
---@param options? table name (the path), class_names, pixel_maximum (255 for uint8, else 1), label_base (0 of a file, else 1), mmap (by size)
---@return Dataset set
function data.from_npy(path, labels, options) end

--- A dataset of two arrays of an npz file: images and labels, which count from 0.
---
--- Example:
---     th.save_npz(scratch .. "/set.npz", { x = th.randn(4, 3), y = th.tensor { 0, 1, 2, 1 } })
---     local set = th.data.from_npz(scratch .. "/set.npz")
---     assert(#set == 4 and set.labels[1] == 1)
---@param path string
---@param options? table x ("x") and y ("y"), the arrays' names; name (the path), class_names, pixel_maximum, mmap (by size; only stored entries can be)
---@return Dataset set
function data.from_npz(path, options) end

--- A dataset of a file of samples without a header.
---
--- Example:
---     local file = assert(io.open(scratch .. "/raw", "wb"))
---     file:write("HEAD", string.char(1, 2, 3, 4, 5, 6))
---     file:close()
---     local set = th.data.from_raw(scratch .. "/raw", { 1, 2, 1 }, { shape = { 2 }, offset = 4, pixel_maximum = 1 })
---     assert(set:sample(3):equal(th.tensor { 5.0, 6 }))
---@param path string
---@param labels string|Tensor|integer[] (n,), which say how many samples there are; or the path of an npy file
---@param options table shape (required), of a sample, (C, H, W) or (d,); dtype ("uint8"), offset (0), bytes before the first; stride (that of the shape), bytes from one to the next; name, class_names, pixel_maximum, label_base, mmap as in data.from_npy
---@return Dataset set
function data.from_raw(path, labels, options) end

--- A dataset in parts: test, validation, and the rest for training.
---
--- stratified keeps the classes' shares. What is made is named NAME/train and so on and not normalised anew.
---
--- Example:
---     local set = th.data.from_tensors(th.randn(10, 2), { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 })
---     local data = th.data.split(set, { test = 0.2, stratified = true, seed = 3 })
---     assert(#data.train == 8 and #data.test == 2)
---@param dataset Dataset
---@param options? table test (0.2), validation (0), parts of all; seed (0), stratified (false)
---@return table data name, split, train, validation, test, classes
function data.split(dataset, options) end

--- A change of images: a border around each, out of which the original size is cut at a random place.
---
--- For `augment` of loaders and of th.train. border "zeros" puts pixels of stored value 0 there, as torchvision
--- does; "reflect" mirrors the image.
---
--- Example:
---     local set = th.data.digits().train
---     local loader = set:loader { augment = { th.data.random_crop(1), th.data.horizontal_flip() } }
---     assert(loader().x.shape[3] == 8)
---@param padding integer pixels on each side
---@param options? table border ("zeros", or "reflect")
---@return Augmentation change
function data.random_crop(padding, options) end

--- A change of images, or of pictures with boxes: left and right exchanged at random.
---
--- Example:
---     local set = th.data.from_tensors(th.tensor { { { { 1.0, 2 } } } }, { 1 })
---     local batch = set:loader({ augment = { th.data.horizontal_flip(1) } })()
---     assert(batch.x:flatten():equal(th.tensor { 2.0, 1 }))
---@param probability? number (0.5)
---@return Augmentation change
function data.horizontal_flip(probability) end

--- A change of images: a square around a random centre is set to 0, the mean of normalised images.
---
--- The square may reach over the edge. Source: DeVries and Taylor, arXiv 1708.04552.
---
--- Example:
---     local set = th.data.from_tensors(th.ones(1, 1, 8, 8), { 1 })
---     local batch = set:loader({ augment = { th.data.cutout(4) } })()
---     assert(batch.x:sum():item() < 64)
---@param size integer pixels of a side
---@return Augmentation change
function data.cutout(size) end

--- The picture in a JPEG or PNG file.
---
--- Grey ones get three equal channels. The error of a broken file names it.
---
--- Example:
---     th.data.save_png(scratch .. "/a.png", th.full({ 3, 2, 5 }, 7, { dtype = "uint8" }))
---     local image = th.data.image(scratch .. "/a.png")
---     assert(table.concat(image.shape, " ") == "3 2 5" and image.dtype == "uint8")
---@param path string
---@return Tensor image (3, H, W) of uint8
function data.image(path) end

--- The picture in the bytes of a JPEG or PNG file.
---
--- Example:
---     th.data.save_png(scratch .. "/a.png", th.zeros(3, 2, 5, { dtype = "uint8" }))
---     local file <close> = assert(io.open(scratch .. "/a.png", "rb"))
---     assert(th.data.decode_image(file:read "a"):numel() == 30)
---@param bytes string
---@return Tensor image (3, H, W) of uint8
function data.decode_image(bytes) end

--- Writes a picture as a PNG file.
---
--- Example:
---     th.data.save_png(scratch .. "/a.png", th.zeros(3, 2, 2, { dtype = "uint8" }))
---     assert(io.open(scratch .. "/a.png", "rb"):read(4) == "\137PNG")
---@param path string
---@param image Tensor (3, H, W) of uint8
function data.save_png(path, image) end

--- A line of text as a picture: black letters of 5 x 7 points on white.
---
--- What is not ASCII becomes a question mark.
---
--- Example:
---     local picture = th.data.letters("Ab1", { scale = 2 })
---     assert(table.concat(picture.shape, " ") == "3 14 34" and picture:min():item() == 0)
---@param text string at least one letter
---@param options? table scale (1), pixels of a point, at most 16
---@return Tensor picture (3, H, W) of uint8
function data.letters(text, options) end

--- A picture at another size, bilinear.
---
--- antialias takes the mean over all source pixels where it gets smaller, as Pillow does and PyTorch with
--- antialias = True.
---
--- Example:
---     local small = th.data.resize(th.full({ 3, 8, 8 }, 9, { dtype = "uint8" }), 2, 4)
---     assert(table.concat(small.shape, " ") == "3 2 4" and math.abs(small:amax():item() - 9 / 255) < 1e-6)
---@param image Tensor (3, H, W) of uint8
---@param height integer
---@param width integer
---@param options? table antialias (true)
---@return Tensor image (3, height, width) of float32, 0 … 1
function data.resize(image, height, width, options) end

--- A dataset of a folder of pictures: a folder below it for each class, in the order of their names.
---
--- Each picture is scaled to a square. With skip_unreadable those that are broken are left out and listed.
---
--- Example:
---     for _, class in ipairs { "cat", "dog" } do
---       th.make_directory(scratch .. "/" .. class)
---       th.data.save_png(scratch .. "/" .. class .. "/1.png", th.zeros(3, 9, 9, { dtype = "uint8" }))
---     end
---     local set, skipped = th.data.image_folder { root = scratch, size = 4 }
---     assert(#set == 2 and set.class_names[2] == "dog" and #skipped == 0)
---@param options table root (required), size (required), pixels of a side; antialias (true), skip_unreadable (false), normalise (false)
---@return Dataset set of uint8 pixels, which batches have as 0 … 1
---@return string[] skipped what was wrong with those that were left out
function data.image_folder(options) end

--- Pictures of shapes with their boxes, drawn from a seed: data to try detection on, which needs no download.
---
--- Rectangles, ellipses, triangles, diamonds and crosses on textured ground, with groups (crowds), tiny
--- objects and such that reach over the border. Picture i depends on seed, size and i alone.
---
--- Example:
---     local set = th.data.shapes { n = 4, size = 64, seed = 1 }
---     assert(#set == 4 and set:sample(1).image.shape[2] == 64)
---@param options? table n (100), size (300), pixels of a side; seed (0), cache (true), pictures are kept in memory
---@return DetectionDataset set
function data.shapes(options) end

--- Pictures of a folder with the annotations of a COCO file.
---
--- What is wrong with the file is an error that tells where, unless drop_invalid leaves such objects out.
---
--- Example:
---     th.data.shapes({ n = 2, size = 64 }):save(scratch)
---     local set = th.data.coco_images {
---       folder = scratch .. "/images", annotations = scratch .. "/instances.json",
---     }
---     assert(#set == 2 and set.classes == 5)
---@param options table folder and annotations (required), paths; name (that of the file), drop_invalid (false), cache (false), decoded pictures are kept in memory
---@return DetectionDataset set
function data.coco_images(options) end

--- A change of pictures with boxes: SSD's random crop, which keeps objects whose centre lies inside.
---
--- A least overlap is chosen, or to leave the picture whole; parts are drawn until one overlaps the objects
--- so much. style "nvidia": all objects must (rule "all"), one attempt, then another threshold; "ssd", as
--- torchvision: any object (rule "any"), 40 attempts. Source: Liu et al., arXiv 1512.02325.
---
--- Example:
---     local set = th.data.shapes { n = 2, size = 64, seed = 1 }
---     local batch = set:loader({ size = 64, augment = { th.data.ssd_crop { style = "ssd" } } })()
---     assert(batch.x.shape[3] == 64)
---@param options? table style ("nvidia", or "ssd"), thresholds ({ 0, 0.1, 0.3, 0.5, 0.7, 0.9 }), rule (the style's), scale ({ 0.3, 1 }) of each side, aspect ({ 0.5, 2 }), attempts (1; 40 of "ssd")
---@return DetectionAugmentation change
function data.ssd_crop(options) end

--- A change of pictures with boxes: the picture at a random place on a larger canvas of the mean colour.
---
--- Source: Liu et al., arXiv 1512.02325.
---
--- Example:
---     local set = th.data.shapes { n = 2, size = 64, seed = 1 }
---     local batch = set:loader({ size = 64, augment = { th.data.expand { probability = 1, most = 2 } } })()
---     local before = set:sample(batch.indices[1]).boxes
---     assert(#batch.objects[1].boxes == #before)
---@param options? table probability (0.5), most (4), how many times as wide and high, 1 … 16
---@return DetectionAugmentation change
function data.expand(options) end

--- A change of pictures with boxes: random brightness, contrast, saturation and hue.
---
--- Each factor is drawn from its range; hue is in turns, 0.5 the opposite colour.
---
--- Example:
---     local jitter = th.data.colour_jitter { brightness = { 0.8, 1.2 }, hue = { -0.05, 0.05 } }
---     local set = th.data.shapes { n = 2, size = 64, seed = 1 }
---     assert(set:loader({ size = 64, augment = { jitter } })() ~= nil)
---@param options? table brightness, contrast, saturation ({ 1, 1 } each), hue ({ 0, 0 }), probability of each change (1)
---@return DetectionAugmentation change
function data.colour_jitter(options) end

return data
