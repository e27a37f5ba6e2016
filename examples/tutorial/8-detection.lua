-- SPDX-License-Identifier: Apache-2.0
-- 8. Detection
--
-- The same loop learns to find objects: the task says what the loss of an image is and how a model is judged.
local th = require "thresh"
local detect = th.detect

-- Drawn shapes in COCO's form; th.data.coco_images reads a folder and its annotations instead.
local data = {
  train = th.data.shapes { n = 80, size = 96, seed = 1 }, test = th.data.shapes { n = 20, size = 96, seed = 2 },
}
local model = detect.small_ssd { classes = data.train.classes + 1, size = 96, width = 8, seed = 1 }
local result = th.train {
  model = model, data = data, task = detect.task { score = "normalised" }, augment = "nvidia", quiet = true,
  batch_select = th.select.SelectiveBackprop { keep = 0.5, start = 0.5, finish = 0.9, interrupt = 2, reuse = true },
  optimizer = th.optim.Adam(model:parameters(), { lr = 0.002 }), epochs = 4, batch_size = 16, evaluate_every = 4,
}
local last = result.history[#result.history]
print(string.format("loss %.2f, AP %.3f, AP50 %.3f", last.loss, last.result.accuracy, last.result.ap50))
print(th.train.t_diff(result))

-- COCO's figures of any detections, from files or as a detector makes them.
print(th.coco.summary(last.result.evaluation))

-- What the model finds in one picture, beside the truth.
local batch = data.test:loader { batch_size = 1, shuffle = false, size = model.image_size }()
model:eval()
local locations, scores = model(batch.x)
local found = detect.decode(locations, scores, model, { sizes = batch.sizes })
local sample = data.test:sample(1)
local picture = detect.draw(sample.image, sample.boxes)
picture = detect.draw(picture, found.bbox, { format = "xywh", scores = found.scores })
print(#found.scores .. " detections, " .. #sample.labels .. " objects; th.show(picture) draws them")
assert(picture.shape[1] == 3)
