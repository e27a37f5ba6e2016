// SPDX-License-Identifier: Apache-2.0

/// The key whose ascending order is that of falling scores, NaN last; 0 and -0 are equal.
@inline(__always)
func fallingKey(_ score: Double) -> UInt64 {
  guard score == score else { return .max }
  let bits = (score + 0).bitPattern
  // Doubles of one sign are ordered as their bits are.
  return bits >> 63 == 0 ? ~bits & (.max >> 1) : bits
}

/// `order` sorted stably by `keys[order[i]]`: least digit first, 11 bits at a time.
func radixSorted(_ order: [Int32], by keys: [UInt64]) -> [Int32] {
  struct Item {
    var key: UInt64
    var row: Int32
  }
  let (digit, size) = (11, 1 << 11)
  let count = order.count
  var items = order.map { Item(key: keys[Int($0)], row: $0) }
  var other = items
  // All histograms in one pass; a digit that is the same everywhere costs no pass of its own.
  let passes = 6
  var histograms = [Int](repeating: 0, count: passes * size)
  for item in items {
    for pass in 0..<passes {
      histograms[pass * size + Int((item.key >> UInt64(pass * digit)) & UInt64(size - 1))] += 1
    }
  }
  for pass in 0..<passes {
    let shift = UInt64(pass * digit)
    let base = pass * size
    if histograms[base..<base + size].contains(count) { continue }
    var start = 0
    for i in base..<base + size {
      let here = histograms[i]
      histograms[i] = start
      start += here
    }
    items.withUnsafeBufferPointer { from in
      other.withUnsafeMutableBufferPointer { to in
        histograms.withUnsafeMutableBufferPointer { places in
          for item in from {
            let i = base + Int((item.key >> shift) & UInt64(size - 1))
            to[places[i]] = item
            places[i] += 1
          }
        }
      }
    }
    swap(&items, &other)
  }
  return items.map(\.row)
}

/// `order` sorted stably by the small numbers `groups[order[i]]` in `0 ..< count`; also where each
/// group starts, and the end.
func grouped(_ order: [Int32], by groups: [Int32], count: Int) -> (order: [Int32], starts: [Int]) {
  var starts = [Int](repeating: 0, count: count + 1)
  for row in order { starts[Int(groups[Int(row)]) + 1] += 1 }
  for i in 0..<count { starts[i + 1] += starts[i] }
  var places = starts
  let sorted = [Int32](unsafeUninitializedCapacity: order.count) { to, initialized in
    for row in order {
      let group = Int(groups[Int(row)])
      to[places[group]] = row
      places[group] += 1
    }
    initialized = order.count
  }
  return (sorted, starts)
}
