// SPDX-License-Identifier: Apache-2.0

/// A mask as lengths of runs down the columns, zeros and ones in turn, zeros first: pycocotools' RLE.
///
/// Every operation is that of its maskApi.c, pixel for pixel.
public struct RunMask: Sendable, Equatable {
  public let height: Int
  public let width: Int
  public let runs: [UInt32]

  /// A mask of runs that add up to its pixels. Throws ``COCOError`` when they do not.
  public init(_ runs: [UInt32], height: Int, width: Int) throws {
    let pixels = runs.reduce(0) { $0 + Int($1) }
    guard height >= 0, width >= 0, pixels == height * width else {
      throw COCOError("the runs have \(pixels) pixels, the mask \(height) x \(width)")
    }
    (self.runs, self.height, self.width) = (runs, height, width)
  }

  /// What a file gives as an outline, on an image of this size. Throws for polygons without a size.
  public init(_ outline: Segmentation, height: Int, width: Int) throws {
    switch outline {
    case .none: throw COCOError("there is no 'segmentation'")
    case .runs(let runs, let height, let width):
      try self.init(runs, height: height, width: width)
    case .polygons(let parts):
      guard height > 0, width > 0 else {
        throw COCOError("a polygon needs its image's 'height' and 'width'")
      }
      var union: RunMask?
      for part in parts {
        let mask = try RunMask(polygon: part, height: height, width: width)
        union = try union.map { try $0.union(mask) } ?? mask
      }
      if let union {
        self = union
      } else {
        try self.init([UInt32(height * width)], height: height, width: width)
      }
    }
  }

  /// Pixels of the mask.
  public var area: Int {
    stride(from: 1, to: runs.count, by: 2).reduce(0) { $0 + Int(runs[$1]) }
  }

  /// The box around the mask: x, y, width, height; zeros for an empty one.
  public var box: (Double, Double, Double, Double) {
    let count = runs.count / 2 * 2
    guard count > 0, height > 0 else { return (0, 0, 0, 0) }
    var (left, top, right, bottom) = (width, height, 0, 0)
    var (end, before) = (0, 0)
    for i in 0..<count {
      end += Int(runs[i])
      let pixel = end - i % 2
      let (y, x) = (pixel % height, pixel / height)
      if i % 2 == 0 {
        before = x
      } else if before < x {
        (top, bottom) = (0, height - 1)
      }
      left = min(left, x)
      right = max(right, x)
      top = min(top, y)
      bottom = max(bottom, y)
    }
    return (Double(left), Double(top), Double(right - left + 1), Double(bottom - top + 1))
  }

  /// Walks through two masks of one size at once: the length of each stretch, and whether it is in either.
  private func walk(_ other: RunMask, _ body: (Int, Bool, Bool) -> Void) {
    guard var left = runs.first, var right = other.runs.first else { return }
    var (i, j, inSelf, inOther) = (1, 1, false, false)
    while true {
      let length = min(left, right)
      body(Int(length), inSelf, inOther)
      left -= length
      right -= length
      if left == 0 && i < runs.count {
        left = runs[i]
        inSelf.toggle()
        i += 1
      }
      if right == 0 && j < other.runs.count {
        right = other.runs[j]
        inOther.toggle()
        j += 1
      }
      if left == 0 && right == 0 && i >= runs.count && j >= other.runs.count { return }
    }
  }

  /// The pixels of either.
  func union(_ other: RunMask) throws -> RunMask {
    guard height == other.height, width == other.width else {
      throw COCOError("masks of different sizes have no union")
    }
    var (merged, isIn): ([UInt32], Bool) = ([0], false)
    walk(other) { length, a, b in
      if length == 0 { return }
      if (a || b) != isIn {
        isIn.toggle()
        merged.append(0)
      }
      merged[merged.count - 1] += UInt32(length)
    }
    return try RunMask(merged, height: height, width: width)
  }

  /// Intersection over union with an object's mask; over this mask's own area when the object is a
  /// crowd; -1 when the sizes differ.
  public func overlap(_ object: RunMask, isCrowd: Bool) -> Double {
    let (a, b) = (box, object.box)
    // Boxes that do not touch settle it, whatever the sizes are.
    guard ThreshCOCO.overlap((a.0, a.1, a.2, a.3), (b.0, b.1, b.2, b.3), isCrowd: isCrowd) > 0
    else { return 0 }
    guard height == object.height, width == object.width else { return -1 }
    var (both, either) = (0, 0)
    walk(object) { length, a, b in
      if a || b { either += length }
      if a && b { both += length }
    }
    if both == 0 { return 0 }
    return Double(both) / Double(isCrowd ? area : either)
  }
}
