-- SPDX-License-Identifier: Apache-2.0
-- SSD's loss from tensor operations (Liu et al. 2016, normalised by image), for bench step.

local th = require "thresh"

--- The mean over images of (smooth L1 of the boxes with objects + cross-entropy of these and of the
-- hardest others, three for one) / boxes with objects.
--
-- loc, target_loc (N, 4, P); conf (N, C, P); labels (N, P), 1 for the background.
return function(loc, conf, target_loc, labels)
  local n, boxes = labels.shape[1], labels.shape[2]
  local positive = labels:gt(1)
  local count = positive:sum(2)
  local localisation = th.nn.smooth_l1_loss(loc, target_loc, { reduction = "none" })
  localisation = (localisation:sum(2) * positive):sum(2)
  local rows = conf:transpose(2, 3):reshape(n * boxes, conf.shape[2])
  local confidence = th.nn.cross_entropy(rows, labels:reshape(n * boxes), { reduction = "none" })
  confidence = confidence:reshape(n, boxes)
  -- The rank of each box by its loss, those with objects last.
  local order = confidence:detach():masked_fill(positive, 0):argsort(2, { descending = true })
  local hard = order:argsort(2):le((count * 3):unsqueeze(2))
  confidence = (confidence * positive:logical_or(hard)):sum(2)
  return ((localisation + confidence) / count:clamp(1)):mean()
end
