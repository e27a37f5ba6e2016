// SPDX-License-Identifier: Apache-2.0

/// A message in protobuf's wire format while it is being written, field by field.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: UInt64, _ wire: Wire) { varint(field << 3 | wire.rawValue) }

  mutating func integer(_ field: UInt64, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    key(field, .fixed32)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func double(_ field: UInt64, _ value: Double) {
    key(field, .fixed64)
    bytes += littleEndian(value.bitPattern)
  }

  /// Bytes, text, or another message.
  mutating func delimited(_ field: UInt64, _ content: [UInt8]) {
    key(field, .delimited)
    varint(UInt64(content.count))
    bytes += content
  }

  mutating func text(_ field: UInt64, _ text: String) { delimited(field, Array(text.utf8)) }

  mutating func packed(_ field: UInt64, _ values: [Double]) {
    delimited(field, values.flatMap { littleEndian($0.bitPattern) })
  }
}

/// The bytes of a number, the lowest first.
func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
