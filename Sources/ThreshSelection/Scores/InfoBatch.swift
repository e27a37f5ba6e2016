// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// InfoBatch (Qin et al. 2024): each epoch leaves out a random part of the samples whose last loss is
/// below the mean and lets the others of them count for more, so that the expected gradient stays.
public enum InfoBatch {
  public struct Options: Sendable {
    /// The part of the samples below the mean that is left out, 0 ... 0.9 (the published clamp).
    public var ratio: Double
    /// The part of the epochs that prune; after it everything is trained on, 0 ... 1.
    public var delta: Double

    public init(ratio: Double = 0.5, delta: Double = 0.875) {
      self.ratio = ratio
      self.delta = delta
    }
  }

  /// The score of a sample that has not been seen: above any usual loss, so it is kept.
  public static let unseen = 3.0

  /// What to train on in `epoch` (from 0) of `epochs`.
  ///
  /// While `epoch < delta epochs`: all samples with `s_i >= mean s`, weight 1, and `floor((1 - r) m)`
  /// of the m below, drawn uniformly, weight `1 / (1 - r)`; ascending. From then on, whether
  /// `delta epochs` is whole or not, all samples without weights. Losses are to be multiplied by the
  /// weights and divided by the size of the batch, not by the sum of its weights.
  /// - Parameter scores: the last loss of each sample; not a number where none was seen.
  /// - Throws: `TensorError` for no samples, an epoch outside 0 ..< `epochs` or options out of range.
  public static func select(
    scores: [Double], epoch: Int, epochs: Int, options: Options = Options(), seed: UInt64
  ) throws -> Selection {
    let op = "infobatch"
    let n = scores.count
    guard n >= 1 else { throw TensorError(op, "there are no samples to choose from") }
    guard epoch >= 0, epoch < epochs else {
      throw TensorError(op, "epoch \(epoch) (from 0) is not one of \(epochs)")
    }
    guard options.ratio >= 0, options.ratio <= 0.9 else {
      throw TensorError(op, "the ratio must be in 0 ... 0.9, got \(options.ratio)")
    }
    guard options.delta >= 0, options.delta <= 1 else {
      throw TensorError(op, "delta must be in 0 ... 1, got \(options.delta)")
    }
    // Products such as 0.1 * 30 land a rounding beside the integer they stand for.
    let end = options.delta * Double(epochs) - 1e-9 * Double(epochs)
    guard Double(epoch) < end, options.ratio > 0 else { return Selection(indices: Array(0..<n)) }
    let known = scores.map { $0.isNaN ? unseen : $0 }
    // Means of halves of equal numbers must not come out above them.
    let mean = known.reduce(0) { $0 + ($1 - known[0]) } / Double(n) + known[0]
    let low = known.indices.filter { known[$0] < mean }
    let kept = Int(((1 - options.ratio) * Double(low.count) + 1e-9 * Double(n)).rounded(.down))
    var stream = RandomStream(seed: seed, purpose: "select.infobatch", epoch: epoch)
    var weights = [Float](repeating: 1, count: n)
    for i in low { weights[i] = 0 }
    for place in try stream.sample(min(kept, low.count), of: low.count) {
      weights[low[place]] = Float(1 / (1 - options.ratio))
    }
    let indices = weights.indices.filter { weights[$0] > 0 }
    return Selection(indices: indices, weights: indices.map { weights[$0] })
  }
}
