// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What a batch selector did in one epoch, image by image.
public struct BatchEvent: Sendable {
  /// The epoch as schedules count it, from 0.
  public let epoch: Int
  /// The images that came by, 0-based, ascending; the lists below are in their order.
  public let images: [Int]
  /// How often each came by, and how often it was kept.
  public let seen: [Int]
  public let kept: [Int]
  /// The mean of the losses each was judged by; nil where none was computed.
  public let losses: [Float?]
  /// What choosing took.
  public let seconds: Double

  static let kind = "batches"

  /// One line of a trace. Losses have the fewest digits that read back as the same float.
  var json: JSON {
    func list(_ values: [Int]) -> JSON { .array(values.map { .integer($0) }) }
    return .object([
      "epoch": .integer(epoch), "kind": .string(BatchEvent.kind), "images": list(images),
      "seen": list(seen), "kept": list(kept),
      "losses": .array(
        losses.map { loss in
          loss.map { .number(Double($0.description) ?? Double($0)) } ?? .null
        }),
      "seconds": .number(seconds),
    ])
  }

  init(
    epoch: Int, images: [Int], seen: [Int], kept: [Int], losses: [Float?], seconds: Double
  ) {
    self.epoch = epoch
    self.images = images
    self.seen = seen
    self.kept = kept
    self.losses = losses
    self.seconds = seconds
  }

  /// - Parameter problem: makes the error for a reason.
  init(_ json: JSON, n: Int, _ problem: (String) -> TensorError) throws {
    func list(_ name: String) throws -> [Int] {
      guard let values = json[name].flatMap(counts) else {
        throw problem("'\(name)' must be a list of numbers from 0")
      }
      return values
    }
    guard let epoch = json["epoch"]?.integer, epoch >= 0 else {
      throw problem("'epoch' must be a number from 0")
    }
    let (images, seen, kept) = (try list("images"), try list("seen"), try list("kept"))
    guard let items = json["losses"]?.array else {
      throw problem("'losses' must be a list of numbers")
    }
    guard seen.count == images.count, kept.count == images.count, items.count == images.count
    else {
      throw problem(
        "\(images.count) images with \(seen.count) seen, \(kept.count) kept and "
          + "\(items.count) losses")
    }
    guard zip(images, images.dropFirst()).allSatisfy(<), (images.last ?? -1) < n else {
      throw problem("'images' must ascend and be in 0 ..< \(n)")
    }
    guard zip(kept, seen).allSatisfy(<=) else {
      throw problem("an image was kept more often than it was seen")
    }
    let losses: [Float?] = try items.map { item in
      if item == .null { return nil }
      guard let loss = item.double else {
        throw problem("'losses' holds \(item.text.prefix(40)), which is no number")
      }
      return Float(loss)
    }
    self.init(
      epoch: epoch, images: images, seen: seen, kept: kept, losses: losses,
      seconds: json["seconds"]?.double ?? 0)
  }
}

/// Counts over one epoch what a batch selector sees and keeps of n images.
public struct BatchTally: Sendable {
  /// How often each image came by, was kept and was judged by a loss, and the sum of these losses. (n)
  public private(set) var seen: [Int]
  public private(set) var kept: [Int]
  public private(set) var losses: [Int]
  public private(set) var sums: [Double]

  var count: Int { seen.count }

  /// The tally with these lists; nil unless they are of the same images and hold counts.
  public init?(seen: [Int], kept: [Int], losses: [Int], sums: [Double]) {
    let range = 0...Int(Int32.max)
    guard [kept.count, losses.count, sums.count].allSatisfy({ $0 == seen.count }),
      [seen, kept, losses].allSatisfy({ $0.allSatisfy(range.contains) })
    else { return nil }
    (self.seen, self.kept, self.losses, self.sums) = (seen, kept, losses, sums)
  }

  init(_ n: Int) {
    seen = [Int](repeating: 0, count: n)
    kept = seen
    losses = seen
    sums = [Double](repeating: 0, count: n)
  }

  /// Counts a batch: `images` came by, of which those at the positions `rows` were kept (all when nil).
  /// - Parameter judged: the loss of each image, nil where none was computed.
  mutating func add(_ images: [Int], rows: [Int]?, judged: [Double?]) {
    for (image, loss) in zip(images, judged) {
      seen[image] += 1
      if rows == nil { kept[image] += 1 }
      if let loss {
        sums[image] += loss
        losses[image] += 1
      }
    }
    for row in rows ?? [] { kept[images[row]] += 1 }
  }

  func event(epoch: Int, seconds: Double) -> BatchEvent {
    let images = seen.indices.filter { seen[$0] > 0 }
    return BatchEvent(
      epoch: epoch, images: images, seen: images.map { seen[$0] }, kept: images.map { kept[$0] },
      losses: images.map { losses[$0] > 0 ? Float(sums[$0] / Double(losses[$0])) : nil },
      seconds: seconds)
  }
}
