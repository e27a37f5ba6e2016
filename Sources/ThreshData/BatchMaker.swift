// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Makes batches from stored samples; a batch depends on the plan and its number alone.
struct BatchMaker: Sendable {
  let dataset: ImageDataset
  let plan: BatchPlan
  let augment: [Augmentation]
  let seed: UInt64
  let epoch: Int
  /// The float of each channel's stored byte, `(C, 256)`; empty for float pixels.
  private let table: [Float]
  /// The float of a stored 0 in each channel.
  private let zero: [Float]

  init(_ dataset: ImageDataset, _ options: LoaderOptions) throws {
    for change in options.augment { try change.check(dataset) }
    self.dataset = dataset
    plan = try BatchPlan(dataset, options)
    augment = options.augment
    seed = options.seed
    epoch = options.epoch
    let channels = 0..<dataset.channels
    zero = channels.map { BatchMaker.scale(0, dataset, $0) }
    table =
      dataset.pixels.dtype == .uint8
      ? channels.flatMap { c in (0..<256).map { BatchMaker.scale(Float($0), dataset, c) } } : []
  }

  private static func scale(_ value: Float, _ dataset: ImageDataset, _ channel: Int) -> Float {
    let scaled = value / dataset.pixelMaximum
    guard let s = dataset.normalisation else { return scaled }
    return (scaled - s.mean[channel]) / s.std[channel]
  }

  /// Batch `number`. `parallel` spreads the images over the worker pool, with the same result.
  func make(_ number: Int, parallel: Bool) throws -> Batch {
    let indices = plan.batches[number]
    let shape = [indices.count] + dataset.sampleShape
    let strides = dataset.isImages ? Shape.channelsLastStrides(shape) : nil
    let x = try Tensor.fromHost(shape, strides: strides, Float.self) { out in
      guard let target = out.baseAddress else { return }
      if dataset.pixels.dtype == .uint8 {
        try dataset.pixels.withHostElements(UInt8.self) { source in
          fill(target, indices, parallel) { row, image in
            let c = dataset.channels
            table.withUnsafeBufferPointer { table in
              for p in stride(from: 0, to: dataset.sampleCount, by: c) {
                for k in 0..<c { image[p + k] = table[k << 8 | Int(source[row + p + k])] }
              }
            }
          }
        }
      } else {
        try dataset.pixels.withHostElements(Float.self) { source in
          fill(target, indices, parallel) { row, image in
            let c = dataset.channels
            for p in stride(from: 0, to: dataset.sampleCount, by: c) {
              for k in 0..<c {
                image[p + k] = BatchMaker.scale(source[row + p + k], dataset, k)
              }
            }
          }
        }
      }
    }
    let labels = indices.map { dataset.labels[$0] }
    return Batch(
      x: x, y: try Tensor(labels.map { Int64($0) }), labels: labels, indices: indices,
      weights: try plan.weights.map { try Tensor($0[number]) }, number: number)
  }

  /// Calls `load(first pixel, place)` for each image and augments it.
  private func fill(
    _ target: UnsafeMutablePointer<Float>, _ indices: [Int], _ parallel: Bool,
    _ load: (Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let size = dataset.sampleCount
    func images(_ range: Range<Int>) {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: augment.isEmpty ? 1 : size) { spare in
        for i in range {
          let image = target + i * size
          load(dataset.rows[indices[i]] * size, image)
          guard let spare = spare.baseAddress, !augment.isEmpty else { continue }
          var stream = RandomStream(seed: seed, purpose: "augment", epoch: epoch, index: indices[i])
          for change in augment {
            change.apply(
              image, spare: spare, height: dataset.height, width: dataset.width, zero: zero,
              stream: &stream)
          }
        }
      }
    }
    if parallel {
      Workers.chunks(of: indices.count, grain: max(1, 16_384 / max(size, 1)), images)
    } else {
      images(0..<indices.count)
    }
  }
}
