// SPDX-License-Identifier: Apache-2.0

/// What a selector chose to train on.
public struct Selection: Sendable {
  /// Candidates, 0-based, each once.
  public let indices: [Int]
  /// In the order of `indices`; nil when every weight is 1.
  public let weights: [Float]?
  /// The chosen batches as lists of candidates, where fixed batches were chosen; `indices` is their
  /// concatenation.
  public let batches: [[Int]]?
  /// How far the chosen gradients miss their target, relative to it, before filling.
  public let residual: Double?
  /// How many of the `indices` are uniform draws because the method found too few.
  public let filled: Int

  public init(
    indices: [Int], weights: [Float]? = nil, batches: [[Int]]? = nil, residual: Double? = nil,
    filled: Int = 0
  ) {
    self.indices = indices
    self.weights = weights
    self.batches = batches
    self.residual = residual
    self.filled = filled
  }

  /// The part of the `indices` that are uniform draws, 0 ... 1.
  public var filledShare: Double {
    indices.isEmpty ? 0 : Double(filled) / Double(indices.count)
  }
}
