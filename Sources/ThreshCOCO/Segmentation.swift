// SPDX-License-Identifier: Apache-2.0

/// The outline of an object as a file gives it.
public enum Segmentation: Sendable, Equatable {
  case none
  /// Corners x, y, x, y, … of each part.
  case polygons([[Double]])
  /// Lengths of runs down the columns, first of zeros.
  case runs([UInt32], height: Int, width: Int)
}
