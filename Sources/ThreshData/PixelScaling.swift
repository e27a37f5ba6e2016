// SPDX-License-Identifier: Apache-2.0

/// From stored values to those of a batch: scaled, then normalised by channel.
struct PixelScaling: Sendable {
  private let maximum: Float
  private let normalisation: ChannelStatistics?
  /// The result of each byte; one table of 256 for each channel, or one for all.
  private(set) var table: [Float] = []
  /// From a channel's table to the next; nil where tables would cost more than they save.
  private(set) var tableStride: Int?
  /// The result of a stored 0 in each channel.
  private(set) var zero: [Float] = []

  /// Beyond so many channels, those of vectors, bytes are normalised one by one.
  private static let mostTables = 64

  init(_ dataset: ImageDataset) {
    maximum = dataset.pixelMaximum
    normalisation = dataset.normalisation
    zero = (0..<dataset.channels).map { self(0, $0) }
    guard dataset.store.stored == .uint8 else { return }
    let tables = normalisation == nil ? 1 : dataset.channels
    guard tables <= PixelScaling.mostTables else { return }
    table = (0..<tables).flatMap { k in (0..<256).map { self(Float($0), k) } }
    tableStride = tables == 1 ? 0 : 256
  }

  @inline(__always)
  func callAsFunction(_ value: Float, _ channel: Int) -> Float {
    let scaled = value / maximum
    guard let s = normalisation else { return scaled }
    return (scaled - s.mean[channel]) / s.std[channel]
  }
}
