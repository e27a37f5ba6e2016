// SPDX-License-Identifier: Apache-2.0

/// What a set of annotations is made of.
public struct DatasetStatistics: Sendable {
  public struct Category: Sendable {
    /// Row of the annotations.
    public var row: Int
    public var objects = 0
    public var crowds = 0
    /// Images with an object of it.
    public var images = 0
  }

  public let images: Int
  /// Images without any object.
  public let emptyImages: Int
  public let objects: Int
  public let crowds: Int
  /// By id.
  public let categories: [Category]
  /// Objects that are no crowds in COCO's ranges of area: each in one, an area at a bound in the lower.
  public let small: Int
  public let medium: Int
  public let large: Int
  /// Most objects in an image, and their mean.
  public let most: Int
  public let mean: Double

  public init(_ annotations: Annotations) {
    let objects = annotations.objects
    var perImage = [Int](repeating: 0, count: annotations.images.count)
    var categories = annotations.categories.ids.indices.map { Category(row: $0) }
    var last = [Int32](repeating: -1, count: categories.count)
    var (small, medium, large, crowds) = (0, 0, 0, 0)
    let rows = grouped(
      (0..<objects.count).map { Int32(truncatingIfNeeded: $0) }, by: objects.images,
      count: annotations.images.count
    ).order
    for row in rows {
      let i = Int(row)
      let (image, category) = (Int(objects.images[i]), Int(objects.categories[i]))
      perImage[image] += 1
      categories[category].objects += 1
      if last[category] != objects.images[i] {
        last[category] = objects.images[i]
        categories[category].images += 1
      }
      if objects.isCrowd[i] {
        crowds += 1
        categories[category].crowds += 1
      } else if objects.areas[i] <= 1024 {
        small += 1
      } else if objects.areas[i] <= 9216 {
        medium += 1
      } else {
        large += 1
      }
    }
    images = annotations.images.count
    emptyImages = perImage.count { $0 == 0 }
    self.objects = objects.count
    (self.small, self.medium, self.large, self.crowds) = (small, medium, large, crowds)
    most = perImage.max() ?? 0
    mean = perImage.isEmpty ? 0 : Double(objects.count) / Double(perImage.count)
    self.categories = categories.sorted {
      annotations.categories.ids[$0.row] < annotations.categories.ids[$1.row]
    }
  }
}

extension Annotations {
  /// Ids of `count` images drawn without replacement, the same for the same seed, in the file's order.
  public func sample(_ count: Int, seed: UInt64) throws -> [Int64] {
    guard count >= 0, count <= images.count else {
      throw COCOError("cannot draw \(count) of \(images.count) images")
    }
    return Annotations.shuffled(images.count, seed).prefix(count).sorted().map { images.ids[$0] }
  }

  /// Ids of the images of each part. `fractions` are of all images and add up to at most 1; what is left
  /// over goes to the last when they add up to 1.
  public func split(_ fractions: [Double], seed: UInt64) throws -> [[Int64]] {
    let sum = fractions.reduce(0, +)
    guard !fractions.isEmpty, fractions.allSatisfy({ $0 > 0 }), sum <= 1 + 1e-9 else {
      throw COCOError("fractions must be positive and add up to at most 1")
    }
    let order = Annotations.shuffled(images.count, seed)
    var (parts, start, total): ([[Int64]], Int, Double) = ([], 0, 0)
    for fraction in fractions {
      total += fraction
      let end = min(Int((total * Double(images.count)).rounded()), images.count)
      parts.append(order[start..<max(end, start)].sorted().map { images.ids[$0] })
      start = max(end, start)
    }
    return parts
  }

  /// A permutation of 0 ..< n (Fisher and Yates's) of random numbers keyed by the seed.
  private static func shuffled(_ n: Int, _ seed: UInt64) -> [Int] {
    var order = Array(0..<n)
    for i in stride(from: n - 1, to: 0, by: -1) {
      let random = CounterRandom.number(seed: seed, stream: 1, index: UInt64(i))
      order.swapAt(i, Int(random.multipliedFullWidth(by: UInt64(i + 1)).high))
    }
    return order
  }
}
