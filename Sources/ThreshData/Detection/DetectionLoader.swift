// SPDX-License-Identifier: Apache-2.0
import Synchronization
import ThreshTensor

/// How a loader walks through pictures with boxes.
public struct DetectionLoaderOptions: Sendable {
  /// Batch size, order, seed, epoch, weights; its `augment` is not used.
  public var loader = LoaderOptions()
  /// Width and height of the pictures of a batch.
  public var size = 300
  /// Random changes of each picture, before it is squashed to `size` and after, where they are colours.
  public var augment: [DetectionAugmentation] = []
  /// Taken off each channel, and divided by.
  public var normalisation = ChannelStatistics(mean: ImageNet.mean, std: ImageNet.std)
  /// Whether images that cannot be read are left out and counted; otherwise they are errors.
  public var skipUnreadable = false
  /// Whether crowds count as objects, as NVIDIA trains.
  public var keepCrowds = true

  public init() {}
}

/// `N` pictures with their objects.
public struct DetectionBatch: Sendable {
  /// float32, `(N, 3, S, S)` in channels-last order, normalised.
  public let x: Tensor
  /// For each picture float32 `(k, 4)`: left, top, right, bottom as shares of the side. Boxes are cut off
  /// at the picture's edges; those of which nothing is left, there or after a crop, are left out.
  public let boxes: [Tensor]
  /// For each picture the 0-based categories.
  public let labels: [[Int]]
  /// For each picture width and height as it was stored.
  public let sizes: [(width: Int, height: Int)]
  /// float32, `(N)`, when the loader was given weights.
  public let weights: Tensor?
  /// The images' ids in the annotations.
  public let ids: [Int64]
  /// The images' places in the dataset, 0-based.
  public let indices: [Int]
}

/// One epoch of batches; they depend on dataset and options alone. One thread at a time may call `next`.
public final class DetectionLoader {
  private let maker: DetectionBatchMaker
  private let ahead: Prefetcher<DetectionBatch?>?
  private var given: Int

  /// - Throws: `TensorError` for options that do not fit the dataset.
  public init(
    _ dataset: DetectionDataset, _ options: DetectionLoaderOptions = DetectionLoaderOptions()
  ) throws {
    guard options.loader.prefetch >= 0 else {
      throw TensorError("loader", "prefetch must not be negative, got \(options.loader.prefetch)")
    }
    guard (1...4096).contains(options.size) else {
      throw TensorError("loader", "the size must be in 1 ... 4096 pixels, got \(options.size)")
    }
    let maker = try DetectionBatchMaker(dataset, options)
    self.maker = maker
    given = try maker.plan.start(options.loader.start)
    let start = given
    ahead =
      options.loader.prefetch == 0
      ? nil
      : Prefetcher(count: maker.plan.batches.count - start, capacity: options.loader.prefetch) {
        try maker.make(start + $0, parallel: false)
      }
  }

  deinit { ahead?.stop() }

  /// The number of batches of the epoch; those of which no image can be read are not given.
  public var batchCount: Int { maker.plan.batches.count }

  /// How many batches of the epoch are behind: those before the start, those given and those passed over.
  public var position: Int { given }

  /// What was wrong with each image that has been left out so far.
  public var skipped: [String] { maker.skipped.withLock { $0 } }

  /// The next batch; nil after the last.
  /// - Throws: what went wrong while it was made; then the epoch is over.
  public func next() throws -> DetectionBatch? {
    while given < batchCount {
      do {
        let batch =
          if let ahead { try ahead.next() ?? nil } else {
            try maker.make(given, parallel: true)
          }
        given += 1
        if let batch { return batch }
      } catch {
        given = batchCount
        ahead?.stop()
        throw error
      }
    }
    return nil
  }
}

/// Makes the batches of one epoch.
private final class DetectionBatchMaker: Sendable {
  let plan: BatchPlan
  let skipped = Mutex<[String]>([])
  private let dataset: DetectionDataset
  private let options: DetectionLoaderOptions
  private let steps: [DetectionAugmentation]

  init(_ dataset: DetectionDataset, _ options: DetectionLoaderOptions) throws {
    plan = try BatchPlan(count: dataset.count, name: dataset.name, options.loader)
    self.dataset = dataset
    self.options = options
    steps = DetectionAugmentation.resizing(options.augment, to: options.size)
  }

  /// Batch `number`; nil when none of its images can be read.
  func make(_ number: Int, parallel: Bool) throws -> DetectionBatch? {
    let indices = plan.batches[number]
    let given = plan.weights?[number]
    let samples = Mutex([Result<Sample, any Error>?](repeating: nil, count: indices.count))
    func load(_ i: Int) {
      let sample = Result { try self.sample(indices[i]) }
      samples.withLock { $0[i] = sample }
    }
    if parallel { Workers.run(indices.count, load) } else { indices.indices.forEach(load) }
    var (kept, places, weights): ([Sample], [Int], [Float]) = ([], [], [])
    for (i, sample) in samples.withLock({ $0 }).enumerated() {
      do {
        guard let sample = try sample?.get() else { continue }
        kept.append(sample)
        places.append(indices[i])
        if let given { weights.append(given[i]) }
      } catch let error as TensorError where options.skipUnreadable && error.op == "image" {
        guard error.kind == .invalid else { throw error }
        skipped.withLock { $0.append(error.message) }
      }
    }
    guard !kept.isEmpty else { return nil }
    let (size, scale) = (options.size, options.normalisation)
    let shape = [kept.count, 3, size, size]
    let x = try Tensor.fromHost(shape, strides: Shape.channelsLastStrides(shape), Float.self) {
      out in
      for (i, sample) in kept.enumerated() {
        let base = i * 3 * size * size
        for p in 0..<size * size {
          for k in 0..<3 {
            out[base + 3 * p + k] =
              (sample.image.values[3 * p + k] - scale.mean[k]) / scale.std[k]
          }
        }
      }
    }
    let side = Float(size)
    return DetectionBatch(
      x: x,
      boxes: try kept.map { sample in
        try Tensor(
          sample.objects.flatMap { object in
            [object.box.left, object.box.top, object.box.right, object.box.bottom].map {
              Float($0) / side
            }
          }, [sample.objects.count, 4])
      },
      labels: kept.map { $0.objects.map(\.label) }, sizes: kept.map(\.size),
      weights: given == nil ? nil : try Tensor(weights),
      ids: places.map { dataset.annotations.images.ids[$0] }, indices: places)
  }

  private struct Sample: Sendable {
    var image: FloatImage
    var objects: [BoxedObject]
    /// Before any change.
    var size: (width: Int, height: Int)
  }

  private func sample(_ index: Int) throws -> Sample {
    try Interrupt.check("loader")
    let picture = try dataset.image(index)
    var image = try FloatImage(picture)
    var objects = try dataset.objects(index).filter { options.keepCrowds || !$0.isCrowd }
    // Annotations may reach a little over the edge; what lies beyond it altogether is none.
    for i in objects.indices {
      objects[i].box = objects[i].box.clipped(
        width: Double(image.width), height: Double(image.height))
    }
    objects.removeAll { $0.box.area == 0 }
    var stream = RandomStream(
      seed: options.loader.seed, purpose: "augment", epoch: options.loader.epoch, index: index)
    for step in steps { try step.apply(&image, &objects, &stream) }
    // Shares of the side are float32, in which a sliver may be nothing.
    let side = Float(options.size)
    objects.removeAll { object in
      Float(object.box.left) / side >= Float(object.box.right) / side
        || Float(object.box.top) / side >= Float(object.box.bottom) / side
    }
    return Sample(image: image, objects: objects, size: (picture.width, picture.height))
  }
}
