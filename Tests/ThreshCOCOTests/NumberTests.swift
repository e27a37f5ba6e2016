// SPDX-License-Identifier: Apache-2.0
import CJSONReader
import Glibc
import Testing

private struct Parsed {
  var value = 0.0
  var integer: Int64 = 0
  var kind = THRESH_JSON_ABSENT
  var length: Int?

  init(_ text: String) {
    var bytes = text.utf8CString.map { $0 }
    bytes.append(0)
    length = bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress,
        let end = thresh_json_number(start, &value, &integer, &kind)
      else { return nil }
      return end - start
    }
  }
}

@Test func number_randomDigits_roundsAsTheCLibrary() {
  var state: UInt64 = 88_172_645_463_325_252
  func random() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
  for i in 0..<200_000 {
    let text: String
    switch i % 5 {
    case 0:
      let value = Double(bitPattern: random())
      if !value.isFinite { continue }
      text = value.description
    case 1: text = "\(random() % 1000).\(random() >> (random() % 60))"
    case 2: text = "\(random() >> (random() % 64))e\(Int(random() % 700) - 350)"
    case 3: text = "\(Float(random() % 100_000_000) / Float(1 + random() % 100_000))"
    // Half way between two doubles, and its neighbours.
    default: text = "\(random() >> 11 | 1 << 53).\(["5", "50", "49999", "50001"][i / 5 % 4])"
    }
    let parsed = Parsed(text)
    #expect(parsed.length == text.utf8.count, "\(text)")
    let wanted = strtod(text, nil)
    #expect(parsed.value.bitPattern == wanted.bitPattern, "\(text): \(parsed.value), not \(wanted)")
  }
}

@Test func number_hardCases_areExact() {
  for text in [
    "0", "-0", "-0.0", "0.1", "1e23", "8.5e22", "9007199254740993", "9007199254740992.5",
    "1.7976931348623157e308", "2.2250738585072014e-308", "4.9406564584124654e-324", "1e-400",
    "0.000000000000000000000000000000000000000000000000000000000000000000001234567890123456789",
    "123456789012345678901234567890", "1.00000000000000011102230246251565404236316680908203125",
    "6929495644600919.5", "3.237883913302901e-319", "17.999999999999998", "1e64", "1e-64", "1E+5",
  ] {
    let parsed = Parsed(text)
    #expect(parsed.length == text.utf8.count, "\(text)")
    #expect(parsed.value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
  }
}

@Test func number_integers_keep64Bits() {
  #expect(Parsed("9223372036854775807").integer == .max)
  #expect(Parsed("-9223372036854775808").integer == .min)
  #expect(Parsed("9007199254740993").integer == 9_007_199_254_740_993)
  for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999"] {
    #expect(Parsed(text).kind == THRESH_JSON_HUGE, "\(text)")
  }
  #expect(Parsed("1e400").kind == THRESH_JSON_NONFINITE)
  #expect(Parsed("NaN").kind == THRESH_JSON_NONFINITE && Parsed("-Infinity").value == -.infinity)
}

@Test func number_otherForms_areNone() {
  for text in ["", "-", ".5", "01", "1.", "1.e5", "1e", "1e+", "+1", "abc", "-NaN", "Inf", "0x10"] {
    let length = Parsed(text).length
    #expect(length == nil || length == 1 && text == "0x10", "\(text)")
  }
}
