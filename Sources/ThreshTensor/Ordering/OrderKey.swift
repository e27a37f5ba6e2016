// SPDX-License-Identifier: Apache-2.0

/// An element that is ordered through an unsigned key of its own size.
///
/// Equal elements have equal keys, -0 equals 0, and NaN comes after everything else, as in PyTorch.
protocol OrderedElement: Element {
  associatedtype Key: FixedWidthInteger & UnsignedInteger & Sendable
  var orderKey: Key { get }
}

extension Float: OrderedElement {
  @inline(__always) var orderKey: UInt32 {
    if isNaN { return .max }
    // Adding 0 turns -0 into 0.
    let bits = (self + 0).bitPattern
    return bits ^ (bits >> 31 == 0 ? 0x8000_0000 : .max)
  }
}

extension Double: OrderedElement {
  @inline(__always) var orderKey: UInt64 {
    if isNaN { return .max }
    let bits = (self + 0).bitPattern
    return bits ^ (bits >> 63 == 0 ? 0x8000_0000_0000_0000 : .max)
  }
}

extension Int64: OrderedElement {
  @inline(__always) var orderKey: UInt64 { UInt64(bitPattern: self) ^ 0x8000_0000_0000_0000 }
}

extension Int32: OrderedElement {
  @inline(__always) var orderKey: UInt32 { UInt32(bitPattern: self) ^ 0x8000_0000 }
}

extension UInt8: OrderedElement {
  @inline(__always) var orderKey: UInt8 { self }
}

extension Bool: OrderedElement {
  @inline(__always) var orderKey: UInt8 { self ? 1 : 0 }
}

/// A key with the position it came from.
struct Entry<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  var key: Key
  var index: UInt32

  /// The total order of a stable sort: by key, equal keys by position.
  @inline(__always)
  static func before(_ a: Entry, _ b: Entry) -> Bool {
    a.key < b.key || (a.key == b.key && a.index < b.index)
  }
}

/// Room for entries, counted in the memory budget.
struct Scratch<Key: FixedWidthInteger & UnsignedInteger & Sendable> {
  private let storage: Storage
  let base: UnsafeMutablePointer<Entry<Key>>

  init(_ capacity: Int) throws {
    storage = try Storage(byteCount: max(1, capacity) * MemoryLayout<Entry<Key>>.stride)
    base = storage.base.bindMemory(to: Entry<Key>.self, capacity: max(1, capacity))
  }
}
