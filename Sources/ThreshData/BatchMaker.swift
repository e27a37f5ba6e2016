// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Makes batches from stored samples; a batch depends on the plan and its number alone.
struct BatchMaker: Sendable {
  let dataset: ImageDataset
  let plan: BatchPlan
  let augment: [Augmentation]
  let seed: UInt64
  let epoch: Int
  private let scaling: PixelScaling

  init(_ dataset: ImageDataset, _ options: LoaderOptions) throws {
    for change in options.augment { try change.check(dataset) }
    self.dataset = dataset
    plan = try BatchPlan(count: dataset.count, name: dataset.name, options)
    augment = options.augment
    seed = options.seed
    epoch = options.epoch
    scaling = PixelScaling(dataset)
  }

  /// Batch `number`. `parallel` spreads the images over the worker pool, with the same result.
  func make(_ number: Int, parallel: Bool) throws -> Batch {
    let indices = plan.batches[number]
    let shape = [indices.count] + dataset.sampleShape
    let strides = dataset.isImages ? Shape.channelsLastStrides(shape) : nil
    let x = try Tensor.fromHost(shape, strides: strides, Float.self) { out in
      guard let target = out.baseAddress else { return }
      try dataset.store.withSamples { samples in
        let painter = ImagePainter(
          samples: samples, scaling: scaling, channels: dataset.channels, height: dataset.height,
          width: dataset.width)
        let size = dataset.sampleCount
        if parallel {
          Workers.chunks(of: indices.count, grain: max(1, 16_384 / max(size, 1))) {
            paint(painter, indices, $0, target)
          }
        } else {
          paint(painter, indices, indices.indices, target)
        }
      }
    }
    let labels = indices.map { dataset.labels[$0] }
    return Batch(
      x: x, y: try Tensor(labels.map { Int64($0) }), labels: labels, indices: indices,
      weights: try plan.weights.map { try Tensor($0[number]) }, number: number)
  }

  /// Paints the images at the places `range` of a batch.
  private func paint(
    _ painter: ImagePainter, _ indices: [Int], _ range: Range<Int>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    var map = PixelMap(height: dataset.height, width: dataset.width)
    for i in range {
      if !augment.isEmpty {
        map.reset()
        var stream = RandomStream(seed: seed, purpose: "augment", epoch: epoch, index: indices[i])
        for change in augment { change.apply(&map, &stream) }
      }
      painter.paint(dataset.rows[indices[i]], map, into: target + i * dataset.sampleCount)
    }
  }
}
