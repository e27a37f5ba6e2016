// SPDX-License-Identifier: Apache-2.0

/// The outline of an object as a file gives it.
public enum Segmentation: Sendable, Equatable {
  case none
  /// Corners x, y, x, y, … of each part.
  case polygons([[Double]])
  /// Lengths of runs down the columns, first of zeros.
  case runs([UInt32], height: Int, width: Int)
}

extension Segmentation {
  /// The box around the outline: x, y, width, height.
  func box() throws -> (Double, Double, Double, Double) {
    switch self {
    case .none: return (0, 0, 0, 0)
    case .runs(let runs, let height, let width):
      return try RunMask(runs, height: height, width: width).box
    case .polygons(let parts):
      let corners = parts.joined()
      var (left, top) = (Double.infinity, Double.infinity)
      var (right, bottom) = (-Double.infinity, -Double.infinity)
      for (i, value) in corners.enumerated() {
        if i % 2 == 0 {
          (left, right) = (min(left, value), max(right, value))
        } else {
          (top, bottom) = (min(top, value), max(bottom, value))
        }
      }
      return left <= right ? (left, top, right - left, bottom - top) : (0, 0, 0, 0)
    }
  }
}
