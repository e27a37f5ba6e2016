// SPDX-License-Identifier: Apache-2.0

/// A box: x, y of the upper left corner, width, height.
typealias Box = (x: Double, y: Double, w: Double, h: Double)

/// Intersection over union of a detection and an object; over the detection's own area when the object
/// is a crowd (`bbIou` of pycocotools' maskApi.c, operation by operation).
@inline(__always)
func overlap(_ d: Box, _ g: Box, isCrowd: Bool) -> Double {
  let (dRight, gRight) = (d.w + d.x, g.w + g.x)
  let w = (dRight < gRight ? dRight : gRight) - (d.x > g.x ? d.x : g.x)
  if w <= 0 { return 0 }
  let (dBottom, gBottom) = (d.h + d.y, g.h + g.y)
  let h = (dBottom < gBottom ? dBottom : gBottom) - (d.y > g.y ? d.y : g.y)
  if h <= 0 { return 0 }
  let (i, area) = (w * h, d.w * d.h)
  return i / (isCrowd ? area : area + g.w * g.h - i)
}

/// The same for numbers that may be NaN, which C's `fmin` and `fmax` pass over.
func overlapOfAny(_ d: Box, _ g: Box, isCrowd: Bool) -> Double {
  let w = Double.minimum(d.w + d.x, g.w + g.x) - Double.maximum(d.x, g.x)
  if w <= 0 { return 0 }
  let h = Double.minimum(d.h + d.y, g.h + g.y) - Double.maximum(d.y, g.y)
  if h <= 0 { return 0 }
  let (i, area) = (w * h, d.w * d.h)
  return i / (isCrowd ? area : area + g.w * g.h - i)
}
