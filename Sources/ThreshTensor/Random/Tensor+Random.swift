// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Random tensors. Element i is a function of the stream's name, its position and i alone, so that
/// the result does not depend on the number of threads; the stream moves on by whole blocks.
extension Tensor {
  /// `low + (high - low) u` with u uniform in [0, 1), of a floating `dtype`.
  public static func rand(
    _ shape: [Int], _ dtype: DType = .float32, low: Double = 0, high: Double = 1,
    stream: inout RandomStream
  ) throws -> Tensor {
    let timed = Profiler.begin("rand")
    defer { timed.end() }
    let out = try Tensor(empty: shape, dtype, op: "rand")
    let span = high - low
    switch dtype {
    case .float32:
      out.fillFloat(&stream) { bits in
        let x = SIMD4<Float>(bits &>> 8) * 0x1p-24
        return low == 0 && high == 1 ? x : x * Float(span) + Float(low)
      }
    case .float64:
      out.fillDouble(&stream) { a, b in
        SIMD2(RandomStream.unit(a), RandomStream.unit(b)) * span + low
      }
    default: throw TensorError("rand", "needs float32 or float64, got \(dtype.name)")
    }
    return out
  }

  /// Normal with the given mean and standard deviation, of a floating `dtype`; by Box-Muller.
  public static func randn(
    _ shape: [Int], _ dtype: DType = .float32, mean: Double = 0, std: Double = 1,
    stream: inout RandomStream
  ) throws -> Tensor {
    let span = Profiler.begin("randn")
    defer { span.end() }
    let out = try Tensor(empty: shape, dtype, op: "randn")
    switch dtype {
    case .float32:
      let (m, s) = (Float(mean), Float(std))
      out.fillFloat(&stream) { bits in
        // The radius takes all 32 bits, shifted off zero, so that the tails reach 6.7 deviations.
        let r0 = (-2 * Glibc.log((Double(bits[0]) + 0.5) * 0x1p-32)).squareRoot()
        let r1 = (-2 * Glibc.log((Double(bits[2]) + 0.5) * 0x1p-32)).squareRoot()
        let a0 = Float(bits[1] >> 8) * 0x1p-24 * (2 * Float.pi)
        let a1 = Float(bits[3] >> 8) * 0x1p-24 * (2 * Float.pi)
        let (f0, f1) = (Float(r0), Float(r1))
        return SIMD4(f0 * cosf(a0), f0 * sinf(a0), f1 * cosf(a1), f1 * sinf(a1)) * s + m
      }
    case .float64:
      out.fillDouble(&stream) { a, b in
        let radius = (-2 * Glibc.log(1 - RandomStream.unit(a))).squareRoot()
        let angle = 2 * Double.pi * RandomStream.unit(b)
        return SIMD2(radius * Glibc.cos(angle), radius * Glibc.sin(angle)) * std + mean
      }
    default: throw TensorError("randn", "needs float32 or float64, got \(dtype.name)")
    }
    return out
  }

  /// Integers uniform in `low` ..< `high`, without bias, of any `dtype` but bool.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], _ dtype: DType = .int64, stream: inout RandomStream
  ) throws -> Tensor {
    let span = Profiler.begin("randint")
    defer { span.end() }
    guard low < high else {
      throw TensorError("randint", "low must be below high, got \(low) and \(high)")
    }
    let n = UInt64(bitPattern: Int64(high)) &- UInt64(bitPattern: Int64(low))
    let out = try Tensor(empty: shape, dtype, op: "randint")
    let fits: Bool =
      switch dtype {
      case .bool: false
      case .uint8: low >= 0 && high <= 256
      case .int32: low >= Int(Int32.min) && high <= Int(Int32.max) + 1
      case .int64: true
      case .float32: low >= -(1 << 24) && high <= (1 << 24) + 1
      case .float64: low >= -(1 << 53) && high <= (1 << 53) + 1
      }
    guard fits else {
      throw TensorError(
        "randint", "\(dtype.name) does not hold all integers from \(low) to \(high - 1)")
    }
    func fill<T: Element>(_ type: T.Type, _ stream: inout RandomStream) {
      out.fillByElement(T.self, &stream) { source, number in
        T(
          converting: Int64(
            truncatingIfNeeded: UInt64(bitPattern: Int64(low)) &+ below(n, source, number)))
      }
    }
    switch dtype {
    case .bool: break
    case .uint8: fill(UInt8.self, &stream)
    case .int32: fill(Int32.self, &stream)
    case .int64: fill(Int64.self, &stream)
    case .float32: fill(Float.self, &stream)
    case .float64: fill(Double.self, &stream)
    }
    return out
  }

  /// The numbers 0 ..< `n` in random order, int64.
  public static func randperm(_ n: Int, stream: inout RandomStream) throws -> Tensor {
    let span = Profiler.begin("randperm")
    defer { span.end() }
    return try Tensor(stream.permutation(n).map { Int64($0) })
  }

  /// True with probability `p`, bool; or 0 and 1 in another `dtype`.
  public static func bernoulli(
    _ p: Double, _ shape: [Int], _ dtype: DType = .bool, stream: inout RandomStream
  ) throws -> Tensor {
    guard p >= 0, p <= 1 else {
      throw TensorError("bernoulli", "the probability must be in 0 ... 1, got \(p)")
    }
    let out = try Tensor(empty: shape, .bool, op: "bernoulli")
    // 2^32 p, so that p = 1 is always true.
    let limit = UInt64(p * 0x1p32)
    out.fillByBlock(Bool.self, &stream, width: 4) { bits, at, n in
      for i in 0..<n { at[i] = UInt64(bits[i]) < limit }
    }
    return try out.castUnrecorded(dtype)
  }

  /// 1 with the probability that each element of `p` says, else 0, of its shape and type.
  public static func bernoulli(_ p: Tensor, stream: inout RandomStream) throws -> Tensor {
    guard p.dtype.isFloating else { throw p.needsFloating("bernoulli") }
    let p = p.detached()
    guard try p.ge(0).logicalAnd(p.le(1)).all().item() == 1 else {
      throw TensorError("bernoulli", "the probabilities must be in 0 ... 1")
    }
    let draws = try rand(p.shape, .float64, stream: &stream)
    return try draws.lt(p.castUnrecorded(.float64)).castUnrecorded(p.dtype)
  }

  /// Indices drawn with probability proportional to `weights`, int64 of shape `(count,)`.
  ///
  /// A 2-d `weights` `(n, m)` gives `(n, count)`: one draw of `count` for each row.
  public static func multinomial(
    _ weights: Tensor, _ count: Int, replacement: Bool = false, stream: inout RandomStream
  ) throws -> Tensor {
    guard weights.ndim == 1 || weights.ndim == 2 else {
      throw TensorError(
        "multinomial", "weights must have 1 or 2 dimensions, got \(shapeText(weights.shape))")
    }
    let values = try weights.castUnrecorded(.float64).values(Double.self)
    let rows = weights.ndim == 2 ? weights.shape[0] : 1
    let columns = weights.shape[weights.ndim - 1]
    var out: [Int64] = []
    for row in 0..<rows {
      let w = Array(values[row * columns..<(row + 1) * columns])
      out += try stream.weightedSample(count, weights: w, replacement: replacement)
        .map { Int64($0) }
    }
    return try Tensor(out, weights.ndim == 2 ? [rows, count] : [count])
  }

  /// Uniform in 0 ..< `n` from block `number`; rejected draws go on in blocks that no fill reaches.
  private static func below(_ n: UInt64, _ source: RandomStream, _ number: UInt64) -> UInt64 {
    let threshold = (0 &- n) % n
    var block = number
    while true {
      let bits = source.block(block)
      for half in 0..<2 {
        let word = UInt64(bits[2 * half]) | UInt64(bits[2 * half + 1]) << 32
        let product = word.multipliedFullWidth(by: n)
        if product.low >= threshold { return product.high }
      }
      block &+= 1 << 56
    }
  }

  /// Calls `body(words, place, n)` for each block, in parallel; a block makes `width` elements.
  private func fillByBlock<T: Element>(
    _ type: T.Type, _ stream: inout RandomStream, width: Int,
    _ body: (SIMD4<UInt32>, UnsafeMutablePointer<T>, Int) -> Void
  ) {
    let blocks = (count + width - 1) / width
    let first = stream.takeBlocks(blocks)
    let source = stream
    let out = pointer(T.self)
    Workers.chunks(of: blocks, grain: 4096) { range in
      for b in range {
        body(source.block(first &+ UInt64(b)), out + b * width, min(width, count - b * width))
      }
    }
  }

  private func fillFloat(_ stream: inout RandomStream, _ f: (SIMD4<UInt32>) -> SIMD4<Float>) {
    fillByBlock(Float.self, &stream, width: 4) { bits, at, n in
      let values = f(bits)
      for i in 0..<n { at[i] = values[i] }
    }
  }

  private func fillDouble(_ stream: inout RandomStream, _ f: (UInt64, UInt64) -> SIMD2<Double>) {
    fillByBlock(Double.self, &stream, width: 2) { bits, at, n in
      let values = f(
        UInt64(bits[0]) | UInt64(bits[1]) << 32, UInt64(bits[2]) | UInt64(bits[3]) << 32)
      for i in 0..<n { at[i] = values[i] }
    }
  }

  private func fillByElement<T: Element>(
    _ type: T.Type, _ stream: inout RandomStream, _ f: (RandomStream, UInt64) -> T
  ) {
    let first = stream.takeBlocks(count)
    let source = stream
    let out = pointer(T.self)
    Workers.chunks(of: count, grain: 4096) { range in
      for i in range { out[i] = f(source, first &+ UInt64(i)) }
    }
  }
}
