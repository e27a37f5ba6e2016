-- SPDX-License-Identifier: Apache-2.0
-- SSD's loss (Liu et al. 2016, normalised by image), for bench step and the comparison with peers.

local th = require "thresh"

--- The mean over images of (smooth L1 of the boxes with objects + cross-entropy of these and of the
-- hardest others, three for one) / boxes with objects.
--
-- loc, target_loc (N, 4, P); conf (N, C, P); labels (N, P), 1 for the background.
return function(loc, conf, target_loc, labels)
  return (th.detect.multibox(loc, conf, { labels = labels - 1, offsets = target_loc })):mean()
end
