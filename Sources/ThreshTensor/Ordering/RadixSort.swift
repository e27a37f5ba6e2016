// SPDX-License-Identifier: Apache-2.0

/// A stable sort of entries by their keys, byte by byte from the lowest.
enum RadixSort {
  /// Up to here, insertion is quicker.
  private static let few = 48
  private static let buckets = 256

  /// Sorts `n` entries at `a` with as much room at `spare`; returns where the result lies.
  ///
  /// - Throws: when the user asks to stop.
  static func sort<Key>(
    _ a: UnsafeMutablePointer<Entry<Key>>, _ spare: UnsafeMutablePointer<Entry<Key>>, _ n: Int,
    op: String
  ) throws -> UnsafeMutablePointer<Entry<Key>> {
    if n <= few {
      insertion(a, n)
      return a
    }
    var (from, to) = (a, spare)
    try withUnsafeTemporaryAllocation(of: Int.self, capacity: buckets) { counts in
      let starts = counts.baseAddress.unsafelyUnwrapped
      for shift in stride(from: 0, to: Key.bitWidth, by: 8) {
        try Interrupt.check(op)
        if pass(from, to, n, Key(truncatingIfNeeded: shift), starts) { swap(&from, &to) }
      }
    }
    return from
  }

  /// Distributes by one byte; false when all entries share it and nothing was moved.
  private static func pass<Key>(
    _ from: UnsafeMutablePointer<Entry<Key>>, _ to: UnsafeMutablePointer<Entry<Key>>, _ n: Int,
    _ shift: Key, _ starts: UnsafeMutablePointer<Int>
  ) -> Bool {
    func digit(_ i: Int) -> Int { Int(truncatingIfNeeded: from[i].key &>> shift) & (buckets - 1) }
    starts.update(repeating: 0, count: buckets)
    for i in 0..<n { starts[digit(i)] &+= 1 }
    if starts[digit(0)] == n { return false }
    var at = 0
    for bucket in 0..<buckets { (starts[bucket], at) = (at, at + starts[bucket]) }
    for i in 0..<n {
      let bucket = digit(i)
      to[starts[bucket]] = from[i]
      starts[bucket] &+= 1
    }
    return true
  }

  private static func insertion<Key>(_ a: UnsafeMutablePointer<Entry<Key>>, _ n: Int) {
    var i = 1
    while i < n {
      let entry = a[i]
      var j = i
      while j > 0 && entry.key < a[j &- 1].key {
        a[j] = a[j &- 1]
        j &-= 1
      }
      a[j] = entry
      i &+= 1
    }
  }
}
