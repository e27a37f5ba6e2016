// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What a loader gives: `N` samples, scaled, normalised and augmented.
public struct Batch: Sendable {
  /// float32: `(N, C, H, W)` in channels-last order, or `(N, d)`.
  public let x: Tensor
  /// int64, `(N,)`, 0-based.
  public let y: Tensor
  public let labels: [Int]
  /// The samples' places in the dataset, 0-based.
  public let indices: [Int]
  /// float32, `(N,)`; nil when the loader has no weights.
  public let weights: Tensor?
  /// The batch's place in the epoch, 0-based.
  public let number: Int
}
