// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Elements as text.
enum ElementText {
  /// Digits after the point at most.
  private static let digits = 4

  /// The only element of a 0-d tensor, in as many digits as tell it from every other value.
  static func exact(_ t: Tensor) -> String {
    switch t.dtype {
    case .float32: special(t.element(at: 0)) ?? t.pointer(Float.self)[0].description
    case .float64: special(t.element(at: 0)) ?? t.pointer(Double.self)[0].description
    default: plain(t, 0)
    }
  }

  /// Elements at storage positions, with as many digits as all of them together need.
  static func texts(_ t: Tensor, at positions: [Int]) -> [String] {
    guard t.dtype.isFloating else { return positions.map { plain(t, $0 - t.offset) } }
    let values = positions.map { t.element(at: $0 - t.offset) }
    let finite = values.filter(\.isFinite).map(\.magnitude)
    let largest = finite.max() ?? 0
    if largest >= 1e8 || (largest < 1e-3 && largest > 0) {
      return values.map { special($0) ?? format("%.\(digits)e", $0) }
    }
    if finite.allSatisfy({ $0 == $0.rounded() }) {
      return values.map { special($0) ?? format("%.0f.", $0) }
    }
    if largest >= 1e6 { return values.map { special($0) ?? format("%.\(digits)e", $0) } }
    let most = largest >= 1000 ? 2 : digits
    let fixed = values.map { special($0) ?? format("%.\(most)f", $0) }
    // Zeros that end every number say nothing.
    let spare = zip(values, fixed).reduce(most - 1) { spare, pair in
      guard pair.0.isFinite else { return spare }
      return min(spare, pair.1.utf8.reversed().prefix { $0 == UInt8(ascii: "0") }.count)
    }
    return zip(values, fixed).map { value, text in
      guard value.isFinite else { return text }
      // A small number among larger ones is not shown as 0.
      if value != 0 && value.magnitude < 0.5 / (most == digits ? 1e4 : 1e2) {
        return format("%.0e", value)
      }
      return String(text.dropLast(spare))
    }
  }

  /// C's formatting of one number.
  static func format(_ format: String, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      let length = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
      let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1)))
      return String(decoding: bytes.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// What is not a number of digits.
  private static func special(_ value: Double) -> String? {
    value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : nil
  }

  /// Integers and bools, exactly.
  private static func plain(_ t: Tensor, _ position: Int) -> String {
    switch t.dtype {
    case .bool: t.pointer(Bool.self)[position].description
    case .uint8: t.pointer(UInt8.self)[position].description
    case .int32: t.pointer(Int32.self)[position].description
    default: t.pointer(Int64.self)[position].description
    }
  }
}
