// SPDX-License-Identifier: Apache-2.0
import Synchronization
import ThreshTensor

/// Labelled samples on the host: images as bytes or floats, or plain vectors of either.
///
/// Labels and indices are 0-based. Subsets share the pixels of the set they were taken from. Pixels
/// are in memory or, for sets that memory cannot hold, in mapped files; every result is the same.
public final class ImageDataset: Sendable {
  public let name: String
  /// Where the data came from and what was done to them, for reports.
  public let provenance: String
  /// `(C, H, W)` of an image, `(d,)` of a vector.
  public let sampleShape: [Int]
  public let labels: [Int]
  public let classNames: [String]
  /// What stands for 1 after scaling: 255 for bytes, 1 for floats.
  public let pixelMaximum: Float
  /// Taken off each channel, and divided by, after scaling; nil leaves the scaled values.
  public let normalisation: ChannelStatistics?

  let store: PixelStore
  /// The row of `store` of each sample.
  let rows: [Int]
  /// What `fingerprint` has found before.
  let digest = Mutex<String?>(nil)

  init(
    name: String, provenance: String, sampleShape: [Int], labels: [Int], classNames: [String],
    pixelMaximum: Float, normalisation: ChannelStatistics?, store: PixelStore, rows: [Int]
  ) {
    self.name = name
    self.provenance = provenance
    self.sampleShape = sampleShape
    self.labels = labels
    self.classNames = classNames
    self.pixelMaximum = pixelMaximum
    self.normalisation = normalisation
    self.store = store
    self.rows = rows
  }

  /// The number of samples.
  public var count: Int { rows.count }
  public var classCount: Int { classNames.count }
  public var isImages: Bool { sampleShape.count == 3 }
  public var channels: Int { sampleShape[0] }
  /// Whether the pixels stay in their files, which must not be cut short while the set is in use.
  public var isMapped: Bool { store.isMapped }
  var height: Int { isImages ? sampleShape[1] : 1 }
  var width: Int { isImages ? sampleShape[2] : 1 }
  var sampleCount: Int { channels * height * width }

  /// How many samples each class has.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[label] += 1 }
    return counts
  }

  /// The samples `indices`, in that order, under another name.
  /// - Throws: `TensorError` for an index that is out of range.
  public func subset(_ indices: [Int], name: String? = nil) throws -> ImageDataset {
    for i in indices where i < 0 || i >= count {
      throw TensorError("subset", "index \(i) is outside 0 ..< \(count) of \(self.name)")
    }
    return ImageDataset(
      name: name ?? self.name, provenance: provenance, sampleShape: sampleShape,
      labels: indices.map { labels[$0] }, classNames: classNames, pixelMaximum: pixelMaximum,
      normalisation: normalisation, store: store, rows: indices.map { rows[$0] })
  }

  /// The same samples with other normalisation.
  /// - Throws: `TensorError` unless there is a mean and a positive deviation for each channel.
  public func normalised(_ statistics: ChannelStatistics?) throws -> ImageDataset {
    if let statistics {
      guard statistics.mean.count == channels, statistics.std.count == channels else {
        throw TensorError(
          "normalise",
          "\(statistics.mean.count) means and \(statistics.std.count) deviations for \(channels) "
            + "channels")
      }
      guard statistics.mean.allSatisfy(\.isFinite),
        statistics.std.allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        throw TensorError(
          "normalise",
          "means must be finite and deviations positive, got \(statistics.mean) and "
            + "\(statistics.std)")
      }
    }
    return ImageDataset(
      name: name, provenance: provenance, sampleShape: sampleShape, labels: labels,
      classNames: classNames, pixelMaximum: pixelMaximum, normalisation: statistics,
      store: store, rows: rows)
  }

  /// Sample `index` as stored, without scaling: uint8 or float32, in `sampleShape`.
  public func sample(_ index: Int) throws -> Tensor {
    guard index >= 0, index < count else {
      throw TensorError("sample", "index \(index) is outside 0 ..< \(count) of \(name)")
    }
    let (c, area) = (channels, height * width)
    let row = rows[index]
    return try store.withSamples { samples in
      try store.dtype == .uint8
        ? Tensor.fromHost(sampleShape, UInt8.self) { out in
          for k in 0..<c {
            samples.visitBytes(row, k, of: c, area: area) { p, v in out[k * area + p] = v }
          }
        }
        : Tensor.fromHost(sampleShape, Float.self) { out in
          for k in 0..<c {
            samples.visitFloats(row, k, of: c, area: area) { p, v in out[k * area + p] = v }
          }
        }
    }
  }
}
