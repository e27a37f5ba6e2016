// SPDX-License-Identifier: Apache-2.0

/// A box by its corners, in pixels from the upper left corner of the picture.
public struct PixelBox: Sendable, Equatable {
  public var left: Double
  public var top: Double
  public var right: Double
  public var bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// A box of COCO's four numbers.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.init(left: x, top: y, right: x + width, bottom: y + height)
  }

  public var width: Double { right - left }
  public var height: Double { bottom - top }
  public var area: Double { max(0, width) * max(0, height) }

  /// Intersection over union with `other`, 0 when both are empty.
  func overlap(_ other: PixelBox) -> Double {
    let w = min(right, other.right) - max(left, other.left)
    let h = min(bottom, other.bottom) - max(top, other.top)
    guard w > 0, h > 0 else { return 0 }
    return w * h / (area + other.area - w * h)
  }

  /// Whether the centre lies inside `other`, its edges left out.
  func hasCentre(in other: PixelBox) -> Bool {
    let (x, y) = ((left + right) / 2, (top + bottom) / 2)
    return x > other.left && x < other.right && y > other.top && y < other.bottom
  }

  func moved(_ dx: Double, _ dy: Double) -> PixelBox {
    PixelBox(left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy)
  }

  /// The part inside a picture of that size.
  func clipped(width: Double, height: Double) -> PixelBox {
    PixelBox(
      left: min(max(left, 0), width), top: min(max(top, 0), height),
      right: min(max(right, 0), width), bottom: min(max(bottom, 0), height))
  }
}

/// One object of a picture.
public struct BoxedObject: Sendable, Equatable {
  public var box: PixelBox
  /// Row of the category, 0-based.
  public var label: Int
  public var isCrowd: Bool

  public init(box: PixelBox, label: Int, isCrowd: Bool = false) {
    self.box = box
    self.label = label
    self.isCrowd = isCrowd
  }
}
