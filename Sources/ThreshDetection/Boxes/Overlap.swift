// SPDX-License-Identifier: Apache-2.0

/// Intersection over union as NVIDIA's SSD computes it: float32, one rounding an operation.
enum Overlap {
  /// Of two boxes left, top, right, bottom; NaN when neither has an area.
  @inline(__always)
  static func iou(
    _ a: (Float, Float, Float, Float), _ b: (Float, Float, Float, Float)
  ) -> Float {
    let w = max(min(a.2, b.2) - max(a.0, b.0), 0)
    let h = max(min(a.3, b.3) - max(a.1, b.1), 0)
    let common = w * h
    return common / ((a.2 - a.0) * (a.3 - a.1) + (b.2 - b.0) * (b.3 - b.1) - common)
  }

  @inline(__always)
  static func corners(
    _ boxes: UnsafeBufferPointer<Float>, _ i: Int
  ) -> (Float, Float, Float, Float) {
    (boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3])
  }
}
