// SPDX-License-Identifier: Apache-2.0

/// How far figures would scatter over other images like these: the percentile bootstrap over images
/// (Efron 1979). Of two detectors the same images are drawn for both.
///
/// AP depends on the number of images: the envelope of its curve favours few objects. The intervals are
/// for AP on as many images as there are, not for the limit of very many.
public struct Bootstrap: Sendable {
  /// The figures, at the largest number of detections, objects of every area; -1 for AP50 and AP75 when
  /// their threshold was not asked for.
  public static let names = ["AP", "AP50", "AP75", "AR"]

  public struct Interval: Sendable {
    public var name: String
    /// On the images as they are.
    public var value: Double
    public var low: Double
    public var high: Double
    /// The sample's standard deviation.
    public var deviation: Double
    /// Of a difference: the part of the draws on its other side of zero, twice, as a p-value.
    public var p: Double
  }

  private let curves: ImageCurves

  /// Judges once; each draw then only counts.
  public init(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions = EvaluationOptions()
  ) throws {
    curves = try ImageCurves(truth, found, options)
  }

  /// Intervals of the figures. `level`: the part of the draws inside, e.g. 0.95.
  public func intervals(draws: Int = 1000, level: Double = 0.95, seed: UInt64 = 0) throws
    -> [Interval]
  {
    try Bootstrap.check(draws, level)
    let value = curves.figures([Int32](repeating: 1, count: curves.imageCount))
    let samples = (0..<draws).map {
      curves.figures(Bootstrap.draw(curves.imageCount, seed, $0))
    }
    return Bootstrap.intervals(value, samples, level)
  }

  /// Intervals of the other's figures less these.
  public func differences(
    to other: Bootstrap, draws: Int = 1000, level: Double = 0.95, seed: UInt64 = 0
  ) throws -> [Interval] {
    try Bootstrap.check(draws, level)
    guard other.curves.imageIDs == curves.imageIDs else {
      throw COCOError("two detectors can be compared on the same images only")
    }
    func difference(_ weights: [Int32]) -> [Double] {
      zip(other.curves.figures(weights), curves.figures(weights)).map {
        $0 > -1 && $1 > -1 ? $0 - $1 : .nan
      }
    }
    let value = difference([Int32](repeating: 1, count: curves.imageCount))
    let samples = (0..<draws).map {
      difference(Bootstrap.draw(curves.imageCount, seed, $0))
    }
    return Bootstrap.intervals(value, samples, level)
  }

  private static func check(_ draws: Int, _ level: Double) throws {
    guard draws >= 1, draws <= 1_000_000 else {
      throw COCOError("the number of draws must be in 1 ... 1000000, got \(draws)")
    }
    guard level > 0, level < 1 else {
      throw COCOError("the level must be between 0 and 1, got \(level)")
    }
  }

  /// How often each image is drawn: n of n with replacement, the same for the same seed and number.
  static func draw(_ n: Int, _ seed: UInt64, _ number: Int) -> [Int32] {
    var weights = [Int32](repeating: 0, count: n)
    for i in 0..<n {
      let random = CounterRandom.number(
        seed: seed, stream: UInt64(number) << 8 | 2, index: UInt64(i))
      weights[Int(random.multipliedFullWidth(by: UInt64(n)).high)] += 1
    }
    return weights
  }

  private static func intervals(
    _ value: [Double], _ samples: [[Double]], _ level: Double
  ) -> [Interval] {
    names.indices.map { i in
      let sorted = samples.map { $0[i] }.filter { $0 == $0 }.sorted()
      guard !sorted.isEmpty else {
        return Interval(
          name: names[i], value: value[i], low: .nan, high: .nan, deviation: .nan, p: .nan)
      }
      let n = Double(sorted.count)
      let mean = sorted.reduce(0, +) / n
      let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let below = Double(sorted.count { $0 <= 0 }) / n
      let above = Double(sorted.count { $0 >= 0 }) / n
      return Interval(
        name: names[i], value: value[i], low: quantile(sorted, (1 - level) / 2),
        high: quantile(sorted, (1 + level) / 2),
        deviation: sorted.count > 1 ? (squares / (n - 1)).squareRoot() : 0,
        p: min(2 * min(below, above), 1))
    }
  }

  /// Between the neighbours, as numpy's default.
  private static func quantile(_ sorted: [Double], _ q: Double) -> Double {
    let place = q * Double(sorted.count - 1)
    let i = min(Int(place), sorted.count - 1)
    let next = min(i + 1, sorted.count - 1)
    return sorted[i] + (place - Double(i)) * (sorted[next] - sorted[i])
  }
}

/// What average precision needs of each detection, so that images can be counted more or less often.
private struct ImageCurves {
  private let options: EvaluationOptions
  private let cells: Cells
  /// In the order of scores, by category: place of the image, and one bit a threshold.
  private var images: [Int32] = []
  private var right: [UInt64] = []
  private var wrong: [UInt64] = []
  /// Objects that count, by cell.
  private var objects: [Int32] = []

  let imageIDs: [Int64]

  var imageCount: Int { imageIDs.count }

  init(_ truth: Annotations, _ found: Detections, _ options: EvaluationOptions) throws {
    var o = try options.validated()
    o.areas = [AreaRange("all", 0, 1e10)]
    self.options = o
    cells = try Cells(truth, found, o)
    imageIDs = cells.imageRows.map { truth.images.ids[$0] }
    let judge = try Judge(truth, found, cells, o)
    var imageOf = [Int32](repeating: 0, count: cells.detectionRows.count)
    for cell in cells.cells {
      for d in cell.detections { imageOf[Int(d)] = cell.image }
      objects.append(
        Int32(
          truncatingIfNeeded: cell.objects.count {
            let g = Int($0)
            return !judge.isIgnored[g] && judge.objectAreas[g] >= 0 && judge.objectAreas[g] <= 1e10
          }))
    }
    var w = Workspace()
    for category in cells.categories.indices {
      judge.overlaps(category, &w)
      judge.match(category, area: 0, &w)
      let range = cells.categories[category].detections
      for i in range {
        let place = Int(cells.scoreOrder[i])
        let local = place - range.lowerBound
        images.append(imageOf[place])
        right.append(w.matched[local] & ~w.ignored[local])
        wrong.append(~w.matched[local] & ~w.ignored[local])
      }
    }
  }

  /// AP, AP50, AP75 and AR with each image counted so often. Copies of a detection follow each other.
  func figures(_ weights: [Int32]) -> [Double] {
    let thresholds = options.iouThresholds
    let recalls = options.recallThresholds
    var sums = [Double](repeating: 0, count: thresholds.count)
    var (recallSum, categories) = (0.0, 0)
    var (tps, fps): ([Int32], [Int32]) = ([], [])
    for category in cells.categories {
      var total = 0
      for i in category.cells { total += Int(objects[i] * weights[Int(cells.cells[i].image)]) }
      if total == 0 { continue }
      categories += 1
      for t in thresholds.indices {
        let bit = UInt64(t)
        tps.removeAll(keepingCapacity: true)
        fps.removeAll(keepingCapacity: true)
        var (tp, fp): (Int32, Int32) = (0, 0)
        for i in category.detections {
          let weight = weights[Int(images[i])]
          if weight == 0 { continue }
          fp += Int32(truncatingIfNeeded: wrong[i] >> bit & 1) * weight
          if right[i] >> bit & 1 != 0 {
            tp += weight
            tps.append(tp)
            fps.append(fp)
          }
        }
        recallSum += Double(tp) / Double(total)
        // Within the copies of a detection precision rises, so the last of them bounds all.
        var best = 0.0
        var r = recalls.count - 1
        for i in stride(from: tps.count - 1, through: 0, by: -1) {
          let before = i > 0 ? Double(tps[i - 1]) / Double(total) : 0
          let here = Double(tps[i]) / Double(total)
          while r >= 0 && recalls[r] > here { r -= 1 }
          let p = Double(tps[i]) / (Double(fps[i]) + Double(tps[i]) + 0x1p-52)
          best = max(best, p)
          while r >= 0 && recalls[r] > before {
            sums[t] += best
            r -= 1
          }
        }
        while r >= 0 {
          if recalls[r] <= 0 { sums[t] += best }
          r -= 1
        }
      }
    }
    guard categories > 0 else { return [-1, -1, -1, -1] }
    let n = Double(categories) * Double(recalls.count)
    func at(_ threshold: Double) -> Double {
      thresholds.firstIndex(of: threshold).map { sums[$0] / n } ?? -1
    }
    return [
      sums.reduce(0, +) / n / Double(thresholds.count), at(0.5), at(0.75),
      recallSum / Double(categories) / Double(thresholds.count),
    ]
  }
}
