// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshData
import ThreshTensor

/// What tests compare of a batch, bit by bit.
private struct Content: Equatable {
  var x: [UInt32]
  var y: [Int64]
  var indices: [Int]
  var weights: [Float]?

  init(_ b: Batch) throws {
    x = try b.x.values(Float.self).map(\.bitPattern)
    y = try b.y.values(Int64.self)
    indices = b.indices
    weights = try b.weights?.values(Float.self)
  }
}

@Suite(.serialized) struct LoaderThreads {
  @Test func loader_threadsAndPrefetch_doNotChangeABit() throws {
    let set = try countingImages(700)
      .normalised(ChannelStatistics(mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4]))
    var options = LoaderOptions()
    options.batchSize = 300
    options.seed = 11
    options.epoch = 3
    options.augment = [
      .randomCrop(padding: 2), .horizontalFlip(), .cutout(size: 3),
      .randomCrop(padding: 1, border: .reflect),
    ]
    let threads = Workers.threadCount
    defer { Workers.threadCount = threads }
    options.prefetch = 0
    Workers.threadCount = 1
    let reference = try allBatches(set, options).map(Content.init)
    #expect(reference.map(\.indices.count) == [300, 300, 100])
    for (threads, prefetch) in [(4, 0), (1, 1), (4, 2), (4, 50)] {
      Workers.threadCount = threads
      options.prefetch = prefetch
      #expect(try allBatches(set, options).map(Content.init) == reference)
    }
  }
}

@Test func loader_shuffledEpoch_visitsEachSampleOnceInAnOrderOfItsOwn() throws {
  let set = try countingImages(50)
  var options = LoaderOptions()
  options.batchSize = 8
  func order(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
    options.seed = seed
    options.epoch = epoch
    return try allBatches(set, options).flatMap(\.indices)
  }
  let first = try order(1, 0)
  #expect(first.sorted() == Array(0..<50))
  #expect(first != Array(0..<50))
  #expect(try order(1, 0) == first)
  #expect(try order(1, 1) != first)
  #expect(try order(2, 0) != first)
}

@Test func loader_evaluation_givesScaledNormalisedPixelsInOrder() throws {
  let x = try Tensor([0, 51, 102, 153, 204, 255] as [UInt8], [1, 2, 1, 3])
  let set = try ImageDataset.fromTensors(x: x, y: Tensor([0] as [Int64]))
  let plain = try #require(try Loader(set, .evaluation()).next())
  #expect(plain.x.shape == [1, 2, 1, 3])
  #expect(plain.x.isChannelsLast)
  #expect(try plain.x.values(Float.self) == [0, 0.2, 0.4, 0.6, 0.8, 1])
  let scaled = try set.normalised(ChannelStatistics(mean: [0.5, 0], std: [0.5, 2]))
  let batch = try #require(try Loader(scaled, .evaluation()).next())
  let found = try batch.x.values(Float.self)
  for (a, b) in zip(found, [-1, -0.6, -0.2, 0.3, 0.4, 0.5] as [Float]) {
    #expect(abs(a - b) < 1e-6)
  }
}

@Test func loader_floatVectors_comeAsMatrix() throws {
  let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], [3, 2])
  let set = try ImageDataset.fromTensors(x: x, y: Tensor([0, 1, 2] as [Int64]))
  let batches = try allBatches(set, .evaluation(batchSize: 2))
  #expect(try batches.map { try $0.x.values(Float.self) } == [[1, 2, 3, 4], [5, 6]])
  #expect(batches[0].x.shape == [2, 2])
  var options = LoaderOptions()
  options.augment = [.horizontalFlip()]
  #expect(throws: TensorError.self) { try Loader(set, options) }
}

@Test func loader_indicesAndWeights_stayTogether() throws {
  let set = try countingImages(20)
  var options = LoaderOptions()
  options.indices = [3, 19, 7, 11, 5]
  options.weights = [0.3, 1.9, 0.7, 1.1, 0.5]
  options.batchSize = 2
  let batches = try allBatches(set, options)
  #expect(batches.map(\.indices.count) == [2, 2, 1])
  #expect(Set(batches.flatMap(\.indices)) == [3, 19, 7, 11, 5])
  for b in batches {
    #expect(try b.weights?.values(Float.self) == b.indices.map { Float($0) / 10 })
    #expect(b.labels == b.indices.map { $0 % 3 })
    #expect(try b.y.values(Int64.self) == b.labels.map { Int64($0) })
  }
  options.dropLast = true
  let loader = try Loader(set, options)
  #expect(loader.batchCount == 2 && loader.sampleCount == 4)
}

@Test(arguments: [false, true]) func loader_fixedBatches_areKeptWithTheirWeights(
  shuffle: Bool
) throws {
  let set = try countingImages(20)
  var options = LoaderOptions()
  options.batches = [[4, 2], [9], [1, 3, 5], [6], [7], [8]]
  options.shuffle = shuffle
  options.weights = [0.4, 0.2, 0.9, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8]
  let pooled = try allBatches(set, options)
  options.indices = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  options.weights = (1...9).map { Float($0) / 10 }
  let selected = try allBatches(set, options)
  for batches in [pooled, selected] {
    #expect(
      batches.map(\.indices).sorted { $0[0] < $1[0] } == [[1, 3, 5], [4, 2], [6], [7], [8], [9]])
    for b in batches {
      #expect(try b.weights?.values(Float.self) == b.indices.map { Float($0) / 10 })
    }
  }
  #expect((pooled.map(\.indices) == options.batches) == !shuffle)
}

@Test func loader_unfitOptions_areRefused() throws {
  let set = try countingImages(5)
  func refused(_ change: (inout LoaderOptions) -> Void) {
    var options = LoaderOptions()
    change(&options)
    #expect(throws: TensorError.self) { try Loader(set, options) }
  }
  refused { $0.batchSize = 0 }
  refused { $0.prefetch = -1 }
  refused { $0.indices = [5] }
  refused { $0.indices = [-1] }
  refused { $0.weights = [1] }
  refused { $0.weights = [1, 1, 1, 1, .nan] }
  refused { $0.weights = [1, 1, 1, 1, -1] }
  refused { $0.batches = [[1], []] }
  refused { $0.batches = [[9]] }
  refused {
    $0.batches = [[1]]
    $0.indices = [2]
    $0.weights = [1]
  }
  refused { $0.augment = [.randomCrop(padding: -1)] }
  refused { $0.augment = [.randomCrop(padding: 5, border: .reflect)] }
  refused { $0.augment = [.horizontalFlip(probability: 2)] }
  refused { $0.augment = [.cutout(size: 0)] }
}

@Test func loader_hugeBatchSizeOrNoSamples_works() throws {
  let set = try countingImages(5)
  var options = LoaderOptions()
  options.batchSize = .max
  options.prefetch = .max
  #expect(try allBatches(set, options).map(\.indices.count) == [5])
  options.indices = []
  #expect(try allBatches(set, options).isEmpty)
}

/// A loader that starts at a batch gives what one from the beginning would, augmentation and all.
@Test(arguments: [0, 2])
func loader_startedAtABatch_givesTheRestOfTheEpoch(_ prefetch: Int) throws {
  let set = try countingImages(50)
  var options = LoaderOptions(batchSize: 8)
  options.seed = 3
  options.epoch = 2
  options.augment = [.randomCrop(padding: 2), .horizontalFlip()]
  options.prefetch = prefetch
  let all = try allBatches(set, options).map(Content.init)
  for start in [0, 1, 5, 7] {
    options.start = start
    let loader = try Loader(set, options)
    #expect(loader.position == start && loader.batchCount == 7)
    var rest: [Content] = []
    while let batch = try loader.next() {
      rest.append(try Content(batch))
      #expect(loader.position == start + rest.count)
    }
    #expect(rest == Array(all[start...]))
  }
  options.start = 8
  #expect(throws: TensorError.self) { try Loader(set, options) }
}

@Test func loader_leftInTheMiddle_stops() throws {
  let set = try countingImages(500)
  for prefetch in [0, 1, 3] {
    var options = LoaderOptions()
    options.batchSize = 10
    options.prefetch = prefetch
    for _ in 0..<20 {
      let loader = try Loader(set, options)
      _ = try loader.next()
    }
    let loader = try Loader(set, options)
    _ = try loader.next()
    loader.stop()
    #expect(try loader.next() == nil)
  }
}

@Test func prefetcher_failureInTheBackground_surfacesInItsTurn() throws {
  struct Broken: Error {}
  let items = try #require(
    Prefetcher(count: 10, capacity: 2) { i -> Int in
      if i == 3 { throw Broken() }
      return i
    })
  #expect(try [items.next(), items.next(), items.next()] == [0, 1, 2])
  #expect(throws: Broken.self) { try items.next() }
  items.stop()
  #expect(try items.next() == nil)
}

// Augmentation, on one image with one channel whose pixels are 1 ... 12 in 3 rows of 4.

private func augmented(_ changes: [Augmentation], index: Int, epoch: Int = 0, seed: UInt64 = 1)
  throws -> [Float]
{
  let one = (1...12).map { Float($0) }
  let x = try Tensor((0..<40).flatMap { _ in one }, [40, 1, 3, 4])
  let set = try ImageDataset.fromTensors(x: x, y: Tensor.zeros([40], .int64))
  var options = LoaderOptions()
  options.augment = changes
  options.seed = seed
  options.epoch = epoch
  options.indices = [39 - index, index]
  options.shuffle = false
  let batch = try Loader(set, options).next()
  return Array(try batch?.x.values(Float.self).suffix(12) ?? [])
}

@Test func flip_always_reversesRows() throws {
  #expect(
    try augmented([.horizontalFlip(probability: 1)], index: 0)
      == [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9])
}

@Test(arguments: [Augmentation.Border.zeros, .reflect])
func crop_everyOffset_isAWindowOfThePaddedImage(border: Augmentation.Border) throws {
  func padded(_ y: Int, _ x: Int) -> Float {
    func mirror(_ i: Int, _ n: Int) -> Int { i < 0 ? -i : i >= n ? 2 * n - 2 - i : i }
    if border == .zeros && (y < 0 || y > 2 || x < 0 || x > 3) { return 0 }
    return Float(mirror(y, 3) * 4 + mirror(x, 4) + 1)
  }
  var windows: Set<[Float]> = []
  for dy in -2...2 {
    for dx in -2...2 {
      windows.insert((0..<12).map { padded($0 / 4 + dy, $0 % 4 + dx) })
    }
  }
  var seen: Set<[Float]> = []
  for index in 0..<20 {
    for epoch in 0..<20 {
      let image = try augmented(
        [.randomCrop(padding: 2, border: border)], index: index, epoch: epoch)
      #expect(windows.contains(image))
      seen.insert(image)
    }
  }
  #expect(seen == windows)
}

@Test func cropWithZeros_normalisedSet_padsWithTheNormalisedZero() throws {
  let x = try Tensor([UInt8](repeating: 255, count: 40), [40, 1, 1, 1])
  let set = try ImageDataset.fromTensors(x: x, y: Tensor.zeros([40], .int64))
    .normalised(ChannelStatistics(mean: [0.5], std: [0.25]))
  var options = LoaderOptions()
  options.augment = [.randomCrop(padding: 1)]
  let values = try #require(try Loader(set, options).next()).x.values(Float.self)
  #expect(Set(values) == [-2, 2])
}

@Test func cutout_randomCentre_clearsASquare() throws {
  var areas: Set<Int> = []
  for index in 0..<40 {
    let image = try augmented([.cutout(size: 2)], index: index)
    let cleared = image.indices.filter { image[$0] == 0 }
    areas.insert(cleared.count)
    let (rows, columns) = (Set(cleared.map { $0 / 4 }), Set(cleared.map { $0 % 4 }))
    #expect(cleared.count == rows.count * columns.count)
    #expect(rows.count <= 2 && columns.count <= 2)
  }
  // Inside, at an edge and in a corner.
  #expect(areas == [1, 2, 4])
}

@Test func augmentation_stream_isKeyedBySeedEpochAndImageAlone() throws {
  let changes: [Augmentation] = [.randomCrop(padding: 2), .horizontalFlip()]
  let first = try (0..<20).map { try augmented(changes, index: $0) }
  // The other image of the batch differs from call to call; the result does not.
  #expect(try (0..<20).map { try augmented(changes, index: $0) } == first)
  #expect(try (0..<20).map { try augmented(changes, index: $0, epoch: 1) } != first)
  #expect(try (0..<20).map { try augmented(changes, index: $0, seed: 2) } != first)
  #expect(Set(first).count > 10)
}
