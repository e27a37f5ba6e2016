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

extension ImageDataset {
  /// Mean and population standard deviation of each channel over all scaled pixels; a channel that
  /// never varies gets the deviation 1.
  public func channelStatistics() throws -> ChannelStatistics {
    guard count > 0 else { throw TensorError("statistics", "\(name) has no samples") }
    let c = channels
    let n = Double(count * height * width)
    var mean = [Double](repeating: 0, count: c)
    var variance = [Double](repeating: 0, count: c)
    func gather<T: Element>(_ type: T.Type) throws {
      try pixels.withHostElements(T.self) { all in
        func visit(_ body: (Int, Double) -> Void) {
          for row in rows {
            for p in 0..<sampleCount { body(p % c, all[row * sampleCount + p].asDouble) }
          }
        }
        visit { k, value in mean[k] += value / n }
        visit { k, value in variance[k] += (value - mean[k]) * (value - mean[k]) / n }
      }
    }
    if pixels.dtype == .uint8 { try gather(UInt8.self) } else { try gather(Float.self) }
    let scale = Double(pixelMaximum)
    return ChannelStatistics(
      mean: mean.map { Float($0 / scale) },
      std: variance.map { $0 > 0 ? Float($0.squareRoot() / scale) : 1 })
  }
}
