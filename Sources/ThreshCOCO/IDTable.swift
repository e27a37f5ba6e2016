// SPDX-License-Identifier: Apache-2.0

/// Rows by 64-bit id: open addressing, so that a million look-ups cost milliseconds.
struct IDTable: Sendable {
  private var keys: [Int64]
  private var rows: [Int32]
  private let mask: Int

  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    keys = [Int64](repeating: 0, count: size)
    rows = [Int32](repeating: -1, count: size)
    mask = size - 1
  }

  /// Later rows of an id that is there already are passed over.
  init(_ ids: [Int64]) {
    self.init(capacity: ids.count)
    for (row, id) in ids.enumerated() { insert(id, row) }
  }

  private func slot(_ id: Int64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the id.
    var i = Int(truncatingIfNeeded: (UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
    while rows[i] >= 0 && keys[i] != id { i = (i + 1) & mask }
    return i
  }

  /// False when the id is there already.
  @discardableResult
  mutating func insert(_ id: Int64, _ row: Int) -> Bool {
    let i = slot(id)
    guard rows[i] < 0 else { return false }
    keys[i] = id
    rows[i] = Int32(truncatingIfNeeded: row)
    return true
  }

  /// The row, or -1.
  @inline(__always)
  subscript(id: Int64) -> Int { Int(rows[slot(id)]) }
}
