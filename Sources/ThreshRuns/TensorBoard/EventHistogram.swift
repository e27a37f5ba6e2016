// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The distribution of some numbers in TensorBoard's buckets: each border is 1.1 times the one before, from
/// 1e-12 to 1e20, and the same below zero.
struct EventHistogram {
  private static let borders: [Double] = {
    var positive: [Double] = []
    var border = 1e-12
    while border < 1e20 {
      positive.append(border)
      border *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  /// Numbers that are not finite are left out.
  let values: [Double]

  init(_ values: [Double]) { self.values = values.filter(\.isFinite) }

  /// `HistogramProto`: min, max, num, sum, sum of squares, and the filled buckets with an empty one before.
  var message: ProtobufMessage {
    var counts: [Int: Double] = [:]
    for value in values { counts[EventHistogram.bucket(of: value), default: 0] += 1 }
    var limits: [Double] = []
    var filled: [Double] = []
    for bucket in counts.keys.sorted() {
      if bucket > 0 && counts[bucket - 1] == nil {
        limits.append(EventHistogram.borders[bucket - 1])
        filled.append(0)
      }
      limits.append(EventHistogram.borders[bucket])
      filled.append(counts[bucket] ?? 0)
    }
    var message = ProtobufMessage()
    message.double(1, values.min() ?? 0)
    message.double(2, values.max() ?? 0)
    message.double(3, Double(values.count))
    message.double(4, values.reduce(0, +))
    message.double(5, values.reduce(0) { $0 + $1 * $1 })
    message.packed(6, limits)
    message.packed(7, filled)
    return message
  }

  /// The first bucket whose upper border lies above the value.
  private static func bucket(of value: Double) -> Int {
    var (low, high) = (0, borders.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if borders[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
