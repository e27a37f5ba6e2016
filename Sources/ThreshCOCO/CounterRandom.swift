// SPDX-License-Identifier: Apache-2.0

/// Random numbers by (seed, stream, index), without state: SplitMix64's mixing of a counter (Steele,
/// Lea and Flood 2014).
enum CounterRandom {
  private static func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  static func number(seed: UInt64, stream: UInt64, index: UInt64) -> UInt64 {
    mixed(mixed(mixed(seed) ^ stream) ^ mixed(index))
  }
}
