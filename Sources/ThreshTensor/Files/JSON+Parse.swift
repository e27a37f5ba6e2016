// SPDX-License-Identifier: Apache-2.0
import Glibc

extension JSON {
  /// Where and why a text is not JSON.
  public struct ParseError: Error, CustomStringConvertible, Sendable {
    /// In bytes from the start of the text.
    public let offset: Int
    public let message: String
    public var description: String { "offset \(offset): \(message)" }
  }

  /// Reads one JSON value and nothing after it. A member given twice, nesting beyond 128 levels and
  /// text that is not UTF-8 are refused.
  /// - Throws: `ParseError`.
  public static func parse(_ bytes: [UInt8]) throws -> JSON {
    try bytes.withUnsafeBufferPointer { buffer in
      var parser = Parser(bytes: buffer)
      let value = try parser.value(depth: 0)
      parser.skipSpace()
      guard parser.at == buffer.count else { throw parser.error("the end of the text") }
      return value
    }
  }

  public static func parse(_ text: String) throws -> JSON { try parse(Array(text.utf8)) }

  private struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    func error(_ needed: String) -> ParseError {
      let found =
        at < bytes.count
        ? "'\(String(decoding: bytes[at...].prefix(12), as: UTF8.self))'" : "the end"
      return ParseError(offset: at, message: "found \(found), needed \(needed)")
    }

    mutating func skipSpace() {
      while next == 0x20 || next == 0x0a || next == 0x0d || next == 0x09 { at += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      skipSpace()
      guard at < bytes.count, bytes[at] == byte else { return false }
      at += 1
      return true
    }

    mutating func value(depth: Int) throws -> JSON {
      skipSpace()
      guard depth < 128 else {
        throw ParseError(offset: at, message: "nested deeper than 128 levels")
      }
      switch next {
      case UInt8(ascii: "{"):
        at += 1
        return try object(depth: depth)
      case UInt8(ascii: "["):
        at += 1
        var values: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
          values.append(try value(depth: depth + 1))
          if take(UInt8(ascii: ",")) { continue }
          guard take(UInt8(ascii: "]")) else { throw error("',' or ']'") }
          return .array(values)
        }
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      default: return try number()
      }
    }

    private mutating func object(depth: Int) throws -> JSON {
      var members: [Member] = []
      var names: Set<String> = []
      if take(UInt8(ascii: "}")) { return .object(members) }
      while true {
        skipSpace()
        let place = at
        guard next == UInt8(ascii: "\"") else { throw error("a member's name") }
        let name = try string()
        guard names.insert(name).inserted else {
          throw ParseError(offset: place, message: "member '\(name.prefix(80))' is given twice")
        }
        guard take(UInt8(ascii: ":")) else { throw error("':'") }
        members.append(Member(name, try value(depth: depth + 1)))
        if take(UInt8(ascii: ",")) { continue }
        guard take(UInt8(ascii: "}")) else { throw error("',' or '}'") }
        return .object(members)
      }
    }

    private mutating func word(_ text: String, _ value: JSON) throws -> JSON {
      guard bytes[at...].starts(with: text.utf8) else { throw error("a value") }
      at += text.utf8.count
      return value
    }

    private mutating func digits() throws {
      guard isDigit(next) else { throw error("a digit") }
      while isDigit(next) { at += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func number() throws -> JSON {
      let start = at
      if next == UInt8(ascii: "-") { at += 1 }
      guard isDigit(next) else {
        at = start
        throw error("a value")
      }
      if next == 0x30 { at += 1 } else { try digits() }
      var whole = true
      if next == UInt8(ascii: ".") {
        whole = false
        at += 1
        try digits()
      }
      if next | 0x20 == UInt8(ascii: "e") {
        whole = false
        at += 1
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
        try digits()
      }
      let text = String(decoding: bytes[start..<at], as: UTF8.self)
      if whole, let value = Int(text), !(value == 0 && text.hasPrefix("-")) {
        return .integer(value)
      }
      guard let value = Double(text), value.isFinite else {
        throw ParseError(offset: start, message: "\(text.prefix(40)) is beyond a double")
      }
      return .number(value)
    }

    private mutating func string() throws -> String {
      at += 1
      var out: [UInt8] = []
      while true {
        guard at < bytes.count, bytes[at] >= 0x20 else { throw error("the end of a string") }
        let byte = bytes[at]
        if byte == UInt8(ascii: "\"") { break }
        at += 1
        guard byte == UInt8(ascii: "\\") else {
          out.append(byte)
          continue
        }
        let escaped = next
        at += 1
        switch escaped {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escaped)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0c)
        case UInt8(ascii: "n"): out.append(0x0a)
        case UInt8(ascii: "r"): out.append(0x0d)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): out += String(try scalar()).utf8
        default:
          at -= 1
          throw error("an escape that JSON has")
        }
      }
      guard let text = String(validating: out, as: UTF8.self) else {
        throw ParseError(offset: at, message: "the string that ends here is not UTF-8")
      }
      at += 1
      return text
    }

    /// The character of `\uXXXX`, or of two that make a surrogate pair.
    private mutating func scalar() throws -> Character {
      let start = at
      var code = try hex()
      if code & 0xFC00 == 0xD800, next == UInt8(ascii: "\\") {
        at += 1
        guard next == UInt8(ascii: "u") else { throw error("the second half of a pair") }
        at += 1
        let low = try hex()
        if low & 0xFC00 == 0xDC00 { code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF) }
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw ParseError(offset: start, message: "half of a surrogate pair")
      }
      return Character(scalar)
    }

    private mutating func hex() throws -> UInt32 {
      var code: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
          throw error("four hexadecimal digits")
        }
        code = code << 4 | UInt32(digit)
        at += 1
      }
      return code
    }
  }
}
