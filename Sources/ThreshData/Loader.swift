// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// How a loader walks through a dataset.
public struct LoaderOptions: Sendable {
  public var batchSize: Int
  /// Whether the order is drawn from the stream (seed, "shuffle", epoch).
  public var shuffle = true
  /// Whether a last batch below `batchSize` is left out.
  public var dropLast = false
  public var seed: UInt64 = 0
  /// 0-based; with the seed it decides order and augmentation.
  public var epoch = 0
  /// The samples to visit; nil for all.
  public var indices: [Int]?
  /// One for each of `indices`, or of all samples, or of the samples of `batches` in their order.
  public var weights: [Float]?
  /// Fixed batches to visit as they are; `shuffle` then changes the order of batches only.
  public var batches: [[Int]]?
  public var augment: [Augmentation] = []
  /// The batch to begin with, from 0: a run that was cut off goes on where it was.
  public var start = 0
  /// How many batches a background thread prepares ahead; 0 makes each when it is asked for.
  public var prefetch = 2

  public init(batchSize: Int = 128) { self.batchSize = batchSize }

  /// Every sample once, in order, unchanged: for evaluation.
  public static func evaluation(batchSize: Int = 256) -> LoaderOptions {
    var options = LoaderOptions()
    options.batchSize = batchSize
    options.shuffle = false
    return options
  }
}

/// One epoch of batches.
///
/// The batches depend on dataset and options alone: any number of threads, with or without prefetch,
/// gives the same bits. One thread at a time may call `next`.
///
///     let loader = try Loader(dataset, options)
///     while let batch = try loader.next() { … }
public final class Loader {
  private let maker: BatchMaker
  private let ahead: Prefetcher<Batch>?
  private var given: Int

  /// - Throws: `TensorError` for options that do not fit the dataset.
  public init(_ dataset: ImageDataset, _ options: LoaderOptions = LoaderOptions()) throws {
    guard options.prefetch >= 0 else {
      throw TensorError("loader", "prefetch must not be negative, got \(options.prefetch)")
    }
    let maker = try BatchMaker(dataset, options)
    self.maker = maker
    given = try maker.plan.start(options.start)
    let start = given
    // The worker pool is the model's meanwhile: the background thread works alone.
    ahead =
      options.prefetch == 0
      ? nil
      : Prefetcher(count: maker.plan.batches.count - start, capacity: options.prefetch) {
        try maker.make(start + $0, parallel: false)
      }
  }

  deinit { ahead?.stop() }

  /// The number of batches of the epoch.
  public var batchCount: Int { maker.plan.batches.count }
  /// How many batches of the epoch are behind, those before `start` among them.
  public var position: Int { given }
  /// The number of samples of the epoch.
  public var sampleCount: Int { maker.plan.batches.reduce(0) { $0 + $1.count } }

  /// The next batch; nil after the last and after `stop`.
  /// - Throws: what went wrong while it was made, also in the background; then the epoch is over.
  public func next() throws -> Batch? {
    guard given < batchCount else { return nil }
    let span = Profiler.begin("next batch")
    defer { span.end() }
    do {
      let batch = try ahead?.next() ?? maker.make(given, parallel: true)
      given += 1
      if given == batchCount { ahead?.stop() }
      return batch
    } catch {
      stop()
      throw error
    }
  }

  /// Ends the epoch and its background thread, and waits until that has finished.
  public func stop() {
    given = batchCount
    ahead?.stop()
  }
}
