// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Which epochs a warm start runs: GRAD-MATCH's `-warm` (Killamsetty et al. 2021).
///
/// The budget of the first `kappa T` epochs is spent on `ceil(kappa T f)` epochs of the whole set;
/// training goes on with a selection at epoch `floor(kappa T)`, so that learning-rate schedules see
/// the epoch they would have reached. Epochs count from 0.
public struct WarmPlan: Sendable, Equatable {
  /// Epochs 0 ..< `full` train on the whole set.
  public let full: Int
  /// The first epoch that trains on a subset, chosen in it; never below `full`.
  public let resume: Int
  /// T.
  public let epochs: Int

  public struct Step: Sendable, Equatable {
    /// The epoch as schedules count it.
    public let epoch: Int
    /// Whether it trains on the whole set.
    public let isFull: Bool
    /// Whether a subset must be chosen in it, whatever the interval of selections.
    public let mustSelect: Bool
  }

  /// - Parameters:
  ///   - epochs: T, at least 1.
  ///   - fraction: f, the part of the set that a subset has, above 0 and at most 1.
  ///   - kappa: the part of the run's budget that is spent on the whole set, 0 ... 1.
  /// - Throws: `TensorError` for values outside these ranges.
  public init(epochs: Int, fraction: Double, kappa: Double) throws {
    guard epochs >= 1, epochs <= Int(Int32.max) else {
      throw TensorError("warm plan", "epochs must be in 1 ... \(Int32.max), got \(epochs)")
    }
    guard fraction > 0, fraction <= 1 else {
      throw TensorError("warm plan", "the fraction must be above 0 and at most 1, got \(fraction)")
    }
    guard kappa >= 0, kappa <= 1 else {
      throw TensorError("warm plan", "kappa must be in 0 ... 1, got \(kappa)")
    }
    // Products such as 300 * 0.5 * 0.1 land a rounding beside the integer they stand for.
    let rounding = 1e-9 * Double(epochs)
    full = min(epochs, max(0, Int(ceil(kappa * Double(epochs) * fraction - rounding))))
    resume = max(full, min(epochs, Int((kappa * Double(epochs) + rounding).rounded(.down))))
    self.epochs = epochs
  }

  /// The epochs that run, in order.
  public var steps: [Step] {
    (0..<full).map { Step(epoch: $0, isFull: true, mustSelect: false) }
      + (resume..<epochs).map { Step(epoch: $0, isFull: false, mustSelect: $0 == resume) }
  }
}
