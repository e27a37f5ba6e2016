// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Mean and standard deviation of each channel, of values scaled to 0 … 1.
public struct ChannelStatistics: Equatable, Sendable {
  public var mean: [Float]
  public var std: [Float]

  public init(mean: [Float], std: [Float]) {
    self.mean = mean
    self.std = std
  }

  /// CIFAR-10's as the selection papers use them; the deviations are means over images of each
  /// image's own deviation, smaller than those over all pixels.
  public static let cifar10 = ChannelStatistics(
    mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.2010])
}
