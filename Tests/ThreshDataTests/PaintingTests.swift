// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshData
import ThreshTensor

// Batches against the plain definition: each image scaled, normalised, and changed step by step.

private struct Image {
  let (c, h, w): (Int, Int, Int)
  var values: [Float]

  func at(_ k: Int, _ y: Int, _ x: Int) -> Float { values[(k * h + y) * w + x] }

  func mapped(_ f: (Int, Int, Int) -> Float) -> Image {
    var out = self
    for k in 0..<c {
      for y in 0..<h { for x in 0..<w { out.values[(k * h + y) * w + x] = f(k, y, x) } }
    }
    return out
  }

  func changed(_ change: Augmentation, zero: [Float], _ stream: inout RandomStream) -> Image {
    func mirror(_ i: Int, _ n: Int) -> Int { i < 0 ? -i : i >= n ? 2 * n - 2 - i : i }
    switch change {
    case .randomCrop(let padding, let border):
      let dy = Int(stream.drawn(below: UInt64(2 * padding + 1))) - padding
      let dx = Int(stream.drawn(below: UInt64(2 * padding + 1))) - padding
      return mapped { k, y, x in
        if border == .reflect { return at(k, mirror(y + dy, h), mirror(x + dx, w)) }
        let inside = (0..<h).contains(y + dy) && (0..<w).contains(x + dx)
        return inside ? at(k, y + dy, x + dx) : zero[k]
      }
    case .horizontalFlip(let probability):
      return stream.uniform() < probability ? mapped { k, y, x in at(k, y, w - 1 - x) } : self
    case .cutout(let size):
      let top = Int(stream.drawn(below: UInt64(h))) - size / 2
      let left = Int(stream.drawn(below: UInt64(w))) - size / 2
      return mapped { k, y, x in
        let inside = (top..<top + size).contains(y) && (left..<left + size).contains(x)
        return inside ? 0 : at(k, y, x)
      }
    }
  }
}

/// Every order of every change, several of each, on images with 1, 3 and 4 channels.
@Test(arguments: [(1, 3, 4), (3, 6, 5), (4, 1, 1), (3, 2, 7)])
func batch_randomChanges_areThePlainFormulasBits(c: Int, h: Int, w: Int) throws {
  let n = 12
  var random = RandomStream(seed: 77, purpose: "test")
  let bytes = (0..<n * c * h * w).map { _ in UInt8(random.drawn(below: 256)) }
  let floats = bytes.map { Float($0) / 7 }
  let statistics = ChannelStatistics(
    mean: (0..<c).map { 0.3 + 0.1 * Float($0) }, std: (0..<c).map { 0.2 + 0.05 * Float($0) })
  let y = try Tensor.zeros([n], .int64)
  let sets = [
    (
      bytes.map { Float($0) }, 255 as Float,
      try ImageDataset.fromTensors(
        x: Tensor(bytes, [n, c, h, w]), y: y)
    ),
    (
      floats, 3,
      try ImageDataset.fromTensors(
        x: Tensor(floats, [n, c, h, w]), y: y, pixelMaximum: 3)
    ),
  ]
  for round in 0..<20 {
    var options = LoaderOptions()
    options.seed = UInt64(round)
    options.epoch = round % 3
    options.batchSize = 5
    options.prefetch = 0
    for _ in 0..<Int(random.drawn(below: 6)) {
      let padding = Int(random.drawn(below: 4))
      switch random.drawn(below: 4) {
      case 0: options.augment.append(.randomCrop(padding: padding))
      case 1:
        options.augment.append(.randomCrop(padding: min(padding, min(h, w) - 1), border: .reflect))
      case 2: options.augment.append(.horizontalFlip(probability: random.uniform()))
      default: options.augment.append(.cutout(size: 1 + Int(random.drawn(below: 4))))
      }
    }
    for (stored, maximum, plain) in sets {
      for normalised in [false, true] {
        let set = normalised ? try plain.normalised(statistics) : plain
        func scale(_ value: Float, _ k: Int) -> Float {
          normalised
            ? (value / maximum - statistics.mean[k]) / statistics.std[k] : value / maximum
        }
        for batch in try allBatches(set, options) {
          let found = try batch.x.values(Float.self)
          let size = c * h * w
          for (place, i) in batch.indices.enumerated() {
            var image = Image(c: c, h: h, w: w, values: Array(stored[i * size..<(i + 1) * size]))
            image = image.mapped { k, y, x in scale(image.at(k, y, x), k) }
            var stream = RandomStream(
              seed: options.seed, purpose: "augment", epoch: options.epoch, index: i)
            let zero = (0..<c).map { scale(0, $0) }
            for change in options.augment { image = image.changed(change, zero: zero, &stream) }
            #expect(
              found[place * size..<(place + 1) * size].elementsEqual(image.values),
              "\(options.augment), image \(i)")
          }
        }
      }
    }
  }
}

@Test func batch_longByteVectors_areNormalisedByPlace() throws {
  let d = 100
  let x = (0..<2 * d).map { UInt8($0) }
  let statistics = ChannelStatistics(
    mean: (0..<d).map { Float($0) / 200 }, std: (0..<d).map { 1 + Float($0) })
  let set = try ImageDataset.fromTensors(x: Tensor(x, [2, d]), y: Tensor([0, 0] as [Int64]))
    .normalised(statistics)
  let found = try #require(try Loader(set, .evaluation()).next()).x.values(Float.self)
  #expect(
    found
      == x.enumerated().map { i, v in
        (Float(v) / 255 - statistics.mean[i % d]) / statistics.std[i % d]
      })
}

@Test func epoch_randomSizes_visitsEachIndexOnce() throws {
  var random = RandomStream(seed: 3, purpose: "test")
  for round in 0..<40 {
    let n = 1 + Int(random.drawn(below: 60))
    let set = try countingImages(n)
    var options = LoaderOptions()
    options.batchSize = 1 + Int(random.drawn(below: 20))
    options.seed = UInt64(round)
    options.shuffle = round % 4 != 0
    options.prefetch = round % 3
    let batches = try allBatches(set, options)
    #expect(batches.flatMap(\.indices).sorted() == Array(0..<n))
    #expect(batches.dropLast().allSatisfy { $0.indices.count == options.batchSize })
    options.dropLast = true
    let whole = try allBatches(set, options).flatMap(\.indices)
    #expect(whole.count == n / options.batchSize * options.batchSize)
    #expect(Set(whole).count == whole.count)
  }
}

@Suite(.serialized) struct StatisticsThreads {
  /// Several pieces of samples, bytes and floats: the same bits with any number of threads, and the
  /// two-pass formula's value.
  @Test func channelStatistics_threads_doNotChangeABit() throws {
    let n = 70
    var random = RandomStream(seed: 9, purpose: "test")
    let bytes = (0..<n * 2 * 96 * 96).map { _ in UInt8(random.nextUInt32() & 255) }
    let floats = bytes.map { 1000 + Float($0) / 255 }
    let threads = Workers.threadCount
    defer { Workers.threadCount = threads }
    for (x, values, scale) in [
      (try Tensor(bytes, [n, 2, 96, 96]), bytes.map { Double($0) }, 255.0),
      (try Tensor(floats, [n, 2, 96, 96]), floats.map { Double($0) }, 1.0),
    ] {
      let set = try ImageDataset.fromTensors(x: x, y: Tensor.zeros([n], .int64))
      Workers.threadCount = 1
      let one = try set.channelStatistics()
      for count in [2, 3, 8] {
        Workers.threadCount = count
        #expect(try set.channelStatistics() == one)
      }
      for k in 0..<2 {
        let channel = values.indices.filter { $0 / 9216 % 2 == k }.map { values[$0] }
        let mean = channel.reduce(0, +) / Double(channel.count)
        let variance =
          channel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channel.count)
        #expect(
          abs(Double(one.mean[k]) - mean / scale) <= Double((mean / scale).ulp)
            + Double(one.mean[k].ulp))
        #expect(abs(Double(one.std[k]) - variance.squareRoot() / scale) <= Double(one.std[k].ulp))
      }
    }
  }
}
