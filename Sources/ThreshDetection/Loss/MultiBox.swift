// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// SSD's loss (Liu et al. 2016), one number an image: smooth L1 of the offsets of the boxes with objects
/// and cross-entropy of these and of the hardest boxes without, three for one.
///
/// Of an image with pos positives: loc = Σ over positives of the four smooth L1 (beta 1); conf = Σ CE
/// over positives and over the min(3 pos, P) largest CE of all boxes, those of positives taken as 0;
/// L = (conf + alpha loc) / pos. An image without positives has no loss.
public enum MultiBox {
  /// What the sum of an image's loss is divided by.
  public enum Normalisation: String, Sendable, CaseIterable {
    /// Its own positives, as NVIDIA does: additive over images.
    case image
    /// The positives of the batch divided by its images (the SSD paper): the mean over the batch is the
    /// sum of all by the number of all positives.
    case batch
    /// Nothing: the sum.
    case none
  }

  public struct Options: Sendable {
    public var normalisation = Normalisation.image
    /// The weight of the offsets.
    public var alpha = 1.0
    /// Boxes without objects for each with one.
    public var negatives = 3

    public init(
      normalisation: Normalisation = .image, alpha: Double = 1, negatives: Int = 3
    ) {
      self.normalisation = normalisation
      self.alpha = alpha
      self.negatives = negatives
    }
  }

  /// The loss and its parts, one row an image. Only `losses` is on the tape.
  public struct Result {
    /// L. (N)
    public let losses: Tensor
    /// Σ smooth L1, not divided. (N)
    public let locations: Tensor
    /// Σ cross-entropy, not divided. (N)
    public let scores: Tensor
    /// int64 (N)
    public let positives: Tensor
  }

  /// The loss of each image.
  ///
  /// Rows may be dropped between forward and backward (`Tensor.keep`); with the normalisation `batch`
  /// the divisor stays that of the whole batch.
  /// - Parameters:
  ///   - locations: the predicted offsets (N, 4, P).
  ///   - scores: class scores (N, K, P), class 0 the background.
  /// - Throws: `DetectionError` where a loss is not finite, `TensorError` where shapes do not fit.
  public static func loss(
    _ locations: Tensor, _ scores: Tensor, _ targets: BoxTargets, _ options: Options = Options()
  ) throws -> Result {
    let problem = try Problem(locations, scores, targets, options)
    return try scores.dtype == .float64
      ? forward(problem, Double.self) : forward(problem, Float.self)
  }

  private static func forward<T: FloatingElement>(
    _ problem: Problem, _: T.Type
  ) throws -> Result {
    let n = problem.images
    let mined = try problem.mine(T.self)
    let parts = mined.parts
    let all = parts.reduce(0) { $0 + $1.positives }
    let divisors = parts.map { part -> Double in
      switch problem.options.normalisation {
      case .image: Double(max(part.positives, 1))
      case .batch: Double(max(all, 1)) / Double(max(n, 1))
      case .none: 1
      }
    }
    let alpha = problem.options.alpha
    let values = zip(parts, divisors).map { ($0.scores + alpha * $0.locations) / $1 }
    if let i = values.firstIndex(where: { !T($0).isFinite }) {
      throw DetectionError(
        "multibox", image: i,
        "the loss is \(values[i]) (scores \(parts[i].scores), offsets \(parts[i].locations), "
          + "\(parts[i].positives) positive boxes)")
    }
    let losses = try Tensor(values.map { T($0) })
    let (used, divisor) = (mined.used, try Tensor(divisors.map { T($0) }))
    losses.recorded(
      "multibox", [problem.locations, problem.scores], rows: .each([true, true]),
      saved: [
        .rows(problem.locations), .rows(problem.scores), .rows(problem.targets.labels),
        .rows(problem.targets.offsets), .rows(mined.logSums), .rows(used), .rows(divisor),
      ]
    ) { c in
      let s = c.saved
      let rows = MinedRows<T>(
        locations: s[0], scores: s[1], labels: s[2], offsets: s[3], logSums: s[4], used: s[5])
      let gradient = try c.grad.values(T.self)
      let divisors = try s[6].values(T.self)
      return try rows.gradients(zip(gradient, divisors).map { $0 / $1 }, T(alpha), c.wants)
    }
    return Result(
      losses: losses, locations: try Tensor(parts.map { T($0.locations) }),
      scores: try Tensor(parts.map { T($0.scores) }),
      positives: try Tensor(parts.map { Int64($0.positives) }))
  }
}
