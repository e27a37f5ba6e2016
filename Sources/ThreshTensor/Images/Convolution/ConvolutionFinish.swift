// SPDX-License-Identifier: Apache-2.0

/// What a convolution does with its sums while they are in the cache: add a bias and a residual,
/// clamp, and gather the moments that a batch normalisation needs.
struct ConvolutionFinish {
  /// (K), contiguous.
  var bias: Tensor?
  /// Added before the clamp; of the output's shape, channels-last.
  var residual: Tensor?
  /// ReLU is [0, inf), ReLU6 [0, 6].
  var low = -Double.infinity
  var high = Double.infinity
  var moments: ChannelMoments?

  /// Whether the sums are changed at all.
  var changes: Bool { bias != nil || residual != nil || low > -.infinity || high < .infinity }
}

/// Means of the channels of an output, and sums of squares about them, gathered in pieces that are
/// computed in any order and merged in order (Chan, Golub and LeVeque 1979).
final class ChannelMoments {
  let channels: Int
  private var counts: [Int] = []
  private var storage: Tensor?

  init(channels: Int) { self.channels = channels }

  /// Makes room for pieces with `counts` values of each channel.
  func reserve(_ counts: [Int]) throws {
    self.counts = counts
    storage = try Tensor(empty: [max(counts.count, 1), 2, channels], .float64, op: "moments")
  }

  /// Where the means of a piece go, and the squares about them behind.
  func piece(_ i: Int) -> (mean: UnsafeMutablePointer<Double>, m2: UnsafeMutablePointer<Double>)? {
    guard let storage else { return nil }
    let mean = storage.pointer(Double.self) + i * 2 * channels
    return (mean, mean + channels)
  }

  /// The moments of all pieces together.
  func merged() -> (mean: [Double], m2: [Double]) {
    var mean = [Double](repeating: 0, count: channels)
    var m2 = mean
    var seen = 0.0
    for (i, count) in counts.enumerated() where count > 0 {
      guard let next = piece(i) else { break }
      let n = Double(count)
      let share = n / (seen + n)
      for c in 0..<channels {
        let step = next.mean[c] - mean[c]
        mean[c] += step * share
        m2[c] += next.m2[c] + step * step * seen * share
      }
      seen += n
    }
    return (mean, m2)
  }

  /// The moments of x (rows, channels), in a pass of its own.
  func gather(_ x: Tensor, rows: Int) throws {
    let pieces = Workspace.pieces(rows, grain: max(64, 32_768 / max(channels, 1)), most: 64)
    try reserve(pieces.map(\.count))
    func run<T: ImageElement>(_: T.Type) {
      let p = UnsafePointer(x.pointer(T.self))
      Workers.run(pieces.count) { i in
        guard let to = piece(i) else { return }
        T.kernels.columnMoments(
          p + pieces[i].lowerBound * channels, pieces[i].count, channels, channels, to.mean, to.m2)
      }
    }
    x.dispatch(run, run)
  }
}
