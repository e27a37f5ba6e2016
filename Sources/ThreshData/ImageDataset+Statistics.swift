// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Sums of what is measured of one channel.
private protocol Moments {
  init()
  mutating func merge(_ other: Self)
  /// Mean and population variance.
  var summary: (mean: Double, variance: Double) { get }
}

/// Moments of bytes: integers, so that no order of summation changes them.
private struct ByteMoments: Moments {
  var count = 0
  var sum = 0
  var squares = 0

  mutating func merge(_ other: ByteMoments) {
    count += other.count
    sum += other.sum
    squares += other.squares
  }

  var summary: (mean: Double, variance: Double) {
    let n = Double(count)
    // n^2 variance, exactly; the products need more than 64 bits.
    let spread = UInt128(count) * UInt128(squares) - UInt128(sum) * UInt128(sum)
    return (Double(sum) / n, Double(spread) / (n * n))
  }
}

/// Moments of floats, merged without loss of digits.
///
/// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances", 1979.
private struct FloatMoments: Moments {
  var count = 0.0
  var mean = 0.0
  /// The sum of squared distances from the mean.
  var spread = 0.0

  mutating func merge(_ other: FloatMoments) {
    guard other.count > 0 else { return }
    let total = count + other.count
    let delta = other.mean - mean
    mean += delta * (other.count / total)
    spread += other.spread + delta * delta * (count * other.count / total)
    count = total
  }

  var summary: (mean: Double, variance: Double) { (mean, spread / count) }
}

extension ImageDataset {
  /// Mean and population standard deviation of each channel over all scaled pixels; a channel that
  /// never varies gets the deviation 1.
  ///
  /// One pass in pieces of a size that the set alone decides: any number of threads gives the same
  /// bits, and no more than a few pieces are in memory.
  public func channelStatistics() throws -> ChannelStatistics {
    guard count > 0 else { throw TensorError("statistics", "\(name) has no samples") }
    let (c, area) = (channels, height * width)
    let summaries = try store.withSamples { samples in
      if store.dtype == .uint8 {
        return try moments(ByteMoments.self) { row, k in
          var (sum, squares) = (0, 0)
          samples.visitBytes(row, k, of: c, area: area) { _, v in
            sum += Int(v)
            squares += Int(v) * Int(v)
          }
          return ByteMoments(count: area, sum: sum, squares: squares)
        }
      }
      return try moments(FloatMoments.self) { row, k in
        var (sum, spread) = (0.0, 0.0)
        samples.visitFloats(row, k, of: c, area: area) { _, v in sum += Double(v) }
        let mean = sum / Double(area)
        samples.visitFloats(row, k, of: c, area: area) { _, v in
          spread += (Double(v) - mean) * (Double(v) - mean)
        }
        return FloatMoments(count: Double(area), mean: mean, spread: spread)
      }
    }
    let scale = Double(pixelMaximum)
    return ChannelStatistics(
      mean: summaries.map { Float($0.mean / scale) },
      std: summaries.map { $0.variance > 0 ? Float($0.variance.squareRoot() / scale) : 1 })
  }

  /// The summary of each channel over all samples; `measure` gives the moments of one of a row.
  private func moments<M: Moments>(
    _: M.Type, _ measure: (_ row: Int, _ channel: Int) -> M
  ) throws -> [(mean: Double, variance: Double)] {
    let c = channels
    let piece = max(1, (1 << 18) / sampleCount)
    // Pieces at a time: enough for the threads, few enough for sets of long vectors.
    let most = max(1, min(32, (1 << 20) / c))
    var total = [M](repeating: M(), count: c)
    for start in stride(from: 0, to: count, by: piece * most) {
      try Interrupt.check("statistics")
      let end = min(count, start + piece * most)
      let pieces = (end - start + piece - 1) / piece
      var parts = [M](repeating: M(), count: pieces * c)
      parts.withUnsafeMutableBufferPointer { parts in
        let parts = parts
        Workers.run(pieces) { i in
          let first = start + i * piece
          for row in rows[first..<min(end, first + piece)] {
            for k in 0..<c { parts[i * c + k].merge(measure(row, k)) }
          }
        }
      }
      for i in 0..<pieces * c { total[i % c].merge(parts[i]) }
    }
    return total.map(\.summary)
  }
}
