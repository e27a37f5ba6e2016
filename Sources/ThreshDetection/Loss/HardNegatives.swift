// SPDX-License-Identifier: Apache-2.0

/// The largest losses of an image, found without sorting them all.
enum HardNegatives {
  /// Puts the `k` first indices of `order`, by falling loss and rising index, in front, in any order.
  ///
  /// The order is total, so the choice is that of a stable sort; NaN counts as the largest. Hoare's
  /// selection with the median of three.
  static func partition<T: BinaryFloatingPoint>(
    _ order: UnsafeMutableBufferPointer<Int32>, _ losses: UnsafePointer<T>, first k: Int
  ) {
    @inline(__always) func before(_ a: Int32, _ b: Int32) -> Bool {
      let (x, y) = (losses[Int(a)], losses[Int(b)])
      if x > y { return true }
      if x < y { return false }
      if x.isNaN != y.isNaN { return x.isNaN }
      return a < b
    }
    var (low, high) = (0, order.count - 1)
    while low < high, k > low, k <= high {
      let middle = low + (high - low) / 2
      if before(order[middle], order[low]) { order.swapAt(middle, low) }
      if before(order[high], order[low]) { order.swapAt(high, low) }
      if before(order[high], order[middle]) { order.swapAt(high, middle) }
      let pivot = order[middle]
      var (i, j) = (low, high)
      while i <= j {
        while before(order[i], pivot) { i += 1 }
        while before(pivot, order[j]) { j -= 1 }
        if i <= j {
          order.swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if k <= j + 1 {
        high = j
      } else if k >= i {
        low = i
      } else {
        return
      }
    }
  }
}
