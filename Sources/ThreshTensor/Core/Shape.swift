// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on shapes and strides, all of it checked: no shape a user can write overflows.
public enum Shape {
  /// The number of elements of `shape`. Extents beside a 0 are checked as well, for strides count them.
  public static func count(_ shape: [Int], op: String) throws -> Int {
    var product = 1
    for extent in shape {
      guard extent >= 0 else {
        throw TensorError(op, "extents must not be negative, got \(shapeText(shape))")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, next <= Int.max / 16 else {
        throw TensorError(op, "shape \(shapeText(shape)) has too many elements")
      }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// Row-major strides, in elements.
  public static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for d in stride(from: shape.count - 1, through: 0, by: -1) {
      strides[d] = step
      step *= max(shape[d], 1)
    }
    return strides
  }

  /// Channels-last strides of a logical `(N, C, H, W)` shape.
  public static func channelsLastStrides(_ shape: [Int]) -> [Int] {
    let (c, h, w) = (max(shape[1], 1), max(shape[2], 1), max(shape[3], 1))
    return [h * w * c, 1, w * c, c]
  }

  /// Whether the strides visit `count` elements without gaps or overlaps, in any order of dimensions.
  public static func isDense(_ shape: [Int], _ strides: [Int]) -> Bool {
    if isContiguous(shape, strides) || shape.contains(0) { return true }
    // From the innermost dimension of memory outwards; there are few, so each is looked for anew.
    var expected = 1
    for _ in shape where expected > 0 {
      guard let d = shape.indices.first(where: { shape[$0] != 1 && strides[$0] == expected })
      else { break }
      expected *= shape[d]
    }
    return expected == shape.reduce(1, *)
  }

  /// Whether the strides are row-major (extents of 1 do not matter).
  public static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
    var expected = 1
    for d in stride(from: shape.count - 1, through: 0, by: -1) where shape[d] != 1 {
      if shape[d] == 0 { return true }
      if strides[d] != expected { return false }
      expected *= shape[d]
    }
    return true
  }

  /// The shape of an elementwise operation on two shapes, by numpy's broadcasting rule.
  public static func broadcast(_ a: [Int], _ b: [Int], op: String) throws -> [Int] {
    if a == b || b.isEmpty { return a }
    if a.isEmpty { return b }
    let n = max(a.count, b.count)
    var out = [Int](repeating: 1, count: n)
    for i in 0..<n {
      let x = i < a.count ? a[a.count - 1 - i] : 1
      let y = i < b.count ? b[b.count - 1 - i] : 1
      guard x == y || x == 1 || y == 1 else {
        throw TensorError(
          op,
          "shapes do not broadcast: \(shapeText(a)) and \(shapeText(b)); "
            + "aligned at the right, extents must be equal or 1")
      }
      out[n - 1 - i] = x == 1 ? y : x
    }
    return out
  }

  /// The strides with which a tensor of `shape` and `strides` is read as if it had shape `target`.
  public static func broadcastStrides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int] {
    let lead = target.count - shape.count
    return target.indices.map { d in
      d < lead || (shape[d - lead] == 1 && target[d] != 1) ? 0 : strides[d - lead]
    }
  }
}
