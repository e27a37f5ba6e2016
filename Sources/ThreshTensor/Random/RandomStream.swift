// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A stream of random numbers named by (seed, purpose, epoch, index).
///
/// Streams with different names are independent, and drawing from one changes no other. A stream's
/// whole state is its name and `position`, so that resuming needs nothing hidden:
///
///     var stream = RandomStream(seed: 7, purpose: "augment", epoch: 3, index: 41)
///     let flip = stream.bernoulli(0.5)
///
/// The Philox key of a stream is the first two words of
/// `Philox(counter: (fnv1a64(purpose), epoch >> 32, index >> 32), key: seed)`; its blocks have the
/// counters `(block number, low word of epoch, low word of index)`, so below 2^32 epochs and indices
/// of one purpose never share a block.
public struct RandomStream: Sendable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let name: SIMD2<UInt32>
  /// The number of 32-bit words drawn so far; set it to jump.
  public var position: UInt64 = 0 {
    didSet { if position >> 2 != loaded { reload() } }
  }
  @usableFromInline var loaded: UInt64 = 0
  @usableFromInline var words: SIMD4<UInt32>

  public init(seed: UInt64, purpose: String, epoch: Int = 0, index: Int = 0) {
    let hash = RandomStream.hash(purpose)
    let (e, i) = (UInt64(bitPattern: Int64(epoch)), UInt64(bitPattern: Int64(index)))
    let first = Philox.block(
      SIMD4(
        UInt32(truncatingIfNeeded: hash), UInt32(hash >> 32), UInt32(e >> 32), UInt32(i >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)))
    key = SIMD2(first[0], first[1])
    name = SIMD2(UInt32(truncatingIfNeeded: e), UInt32(truncatingIfNeeded: i))
    words = .zero
    reload()
  }

  /// What the stream is and where it stands, as three numbers: its key, its name and `position`.
  public var state: [Int64] {
    func joined(_ pair: SIMD2<UInt32>) -> Int64 {
      Int64(bitPattern: UInt64(pair[0]) | UInt64(pair[1]) << 32)
    }
    return [joined(key), joined(name), Int64(bitPattern: position)]
  }

  /// The stream that `state` was asked of; nil unless there are three numbers.
  public init?(state: [Int64]) {
    guard state.count == 3 else { return nil }
    func parts(_ number: Int64) -> SIMD2<UInt32> {
      SIMD2(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32))
    }
    (key, name, words) = (parts(state[0]), parts(state[1]), .zero)
    position = UInt64(bitPattern: state[2])
    reload()
  }

  /// FNV-1a over the UTF-8 bytes, 64 bits.
  public static func hash(_ text: String) -> UInt64 {
    var h: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { h = (h ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return h
  }

  /// Block `number` of this stream, whatever has been drawn.
  @inlinable
  public func block(_ number: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      SIMD4(
        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), name[0],
        name[1]), key: key)
  }

  @usableFromInline mutating func reload() {
    loaded = position >> 2
    words = block(loaded)
  }

  /// Takes `count` whole blocks for a parallel fill and returns the number of the first.
  mutating func takeBlocks(_ count: Int) -> UInt64 {
    let first = (position &+ 3) >> 2
    position = (first &+ UInt64(count)) << 2
    return first
  }

  public mutating func nextUInt32() -> UInt32 {
    let word = words[Int(position & 3)]
    position &+= 1
    return word
  }

  public mutating func nextUInt64() -> UInt64 {
    let low = nextUInt32()
    return UInt64(low) | UInt64(nextUInt32()) << 32
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  public mutating func uniform() -> Double { RandomStream.unit(nextUInt64()) }

  /// Uniform in [0, 1), a multiple of 2^-24.
  public mutating func uniformFloat() -> Float { RandomStream.unit(nextUInt32()) }

  /// Uniform in [low, high).
  public mutating func uniform(in range: Range<Double>) -> Double {
    let x = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    // Rounding can reach the upper bound.
    return x < range.upperBound ? x : range.lowerBound
  }

  /// True with probability `p`; never for `p` <= 0, always for `p` >= 1.
  public mutating func bernoulli(_ p: Double) -> Bool { uniform() < p }

  /// Standard normal: the cosine branch of the Box-Muller transform on two 53-bit uniforms.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Uniform in 0 ..< `n`, without bias.
  /// - Throws: `TensorError` when `n` < 1.
  public mutating func integer(below n: Int) throws -> Int {
    guard n > 0 else { throw TensorError("random", "an integer below \(n) was asked; give n >= 1") }
    return Int(drawn(below: UInt64(n)))
  }

  /// Uniform in 0 ..< `n` for `n` >= 1 (0 for 0), by Lemire's multiplication with rejection (2019).
  public mutating func drawn(below n: UInt64) -> UInt64 {
    var product = nextUInt64().multipliedFullWidth(by: n)
    if product.low < n {
      let threshold = (0 &- n) % n
      while product.low < threshold { product = nextUInt64().multipliedFullWidth(by: n) }
    }
    return product.high
  }

  @inlinable
  static func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  @inlinable
  static func unit(_ bits: UInt32) -> Float { Float(bits >> 8) * 0x1p-24 }
}
