// SPDX-License-Identifier: Apache-2.0

extension Segmentation {
  /// The box around the mask: x, y, width, height.
  var box: (Double, Double, Double, Double) { (0, 0, 0, 0) }
}
