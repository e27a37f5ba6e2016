// SPDX-License-Identifier: Apache-2.0

/// Place and size of a drawn shape, in pixels.
struct ShapeForm {
  var cx: Double
  var cy: Double
  var width: Double
  var height: Double

  /// Calls `body` with each pixel of a picture of `size` x `size` whose centre the shape covers.
  func visit(kind: Shapes.Kind, size: Int, _ body: (_ x: Int, _ y: Int) -> Void) {
    func range(_ centre: Double, _ length: Double) -> Range<Int> {
      let low = min(max(Int((centre - length / 2).rounded(.down)), 0), size)
      let high = min(max(Int((centre + length / 2).rounded(.up)), 0), size)
      return low..<max(low, high)
    }
    for y in range(cy, height) {
      for x in range(cx, width) {
        // From -1 to 1 across the shape.
        let u = (Double(x) + 0.5 - cx) / (width / 2)
        let v = (Double(y) + 0.5 - cy) / (height / 2)
        let isInside =
          switch kind {
          case .rectangle: abs(u) <= 1 && abs(v) <= 1
          case .ellipse: u * u + v * v <= 1
          case .triangle: abs(v) <= 1 && abs(u) <= (v + 1) / 2
          case .diamond: abs(u) + abs(v) <= 1
          case .cross: min(abs(u), abs(v)) <= 1.0 / 3 && max(abs(u), abs(v)) <= 1
          }
        if isInside { body(x, y) }
      }
    }
  }
}

extension RGBImage {
  /// Sets a pixel that lies inside to a colour of 0 … 1.
  mutating func set(_ x: Int, _ y: Int, _ colour: SIMD3<Float>) {
    for k in 0..<3 {
      pixels[3 * (y * width + x) + k] = UInt8((min(max(colour[k], 0), 1) * 255).rounded())
    }
  }
}
