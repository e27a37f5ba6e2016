// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Accuracy against what has been spent so far on one account: seconds of training and selection, CPU
/// seconds, images. What evaluation costs is left out.
public struct AccuracyCurve: Sendable {
  public let cost: [Double]
  public let accuracy: [Double]

  /// - Throws: when the lists differ in length, the cost falls or is negative, or an accuracy is nan.
  public init(cost: [Double], accuracy: [Double]) throws {
    guard cost.count == accuracy.count else {
      throw TensorError("speedup", "\(cost.count) costs for \(accuracy.count) accuracies")
    }
    guard zip(cost, cost.dropFirst()).allSatisfy(<=) else {
      throw TensorError("speedup", "a cost so far must not fall")
    }
    guard (cost.first ?? 0) >= 0 else {
      throw TensorError("speedup", "a cost must be at least 0, got \(cost[0])")
    }
    // What is interpolated from it would be nan, too.
    if let i = accuracy.firstIndex(where: \.isNaN) {
      throw TensorError("speedup", "accuracy \(i + 1) of \(accuracy.count) is nan")
    }
    self.cost = cost
    self.accuracy = accuracy
  }

  /// The first cost at which the accuracy is at least `target`, by linear interpolation between two
  /// evaluations; the first evaluation stands for itself. nil when it is never reached.
  public func cost(to target: Double) -> Double? {
    guard let i = accuracy.firstIndex(where: { $0 >= target }) else { return nil }
    guard i > 0 else { return cost[0] }
    let part = (target - accuracy[i - 1]) / (accuracy[i] - accuracy[i - 1])
    return cost[i - 1] + part * (cost[i] - cost[i - 1])
  }
}
