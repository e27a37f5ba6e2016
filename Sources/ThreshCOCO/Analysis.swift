// SPDX-License-Identifier: Apache-2.0

extension Evaluation {
  /// A point of a precision-recall curve.
  public struct Point: Sendable, Equatable {
    public var recall: Double
    /// The best precision at this recall or a higher one; -1 where nothing is defined.
    public var precision: Double
    /// The score of the detection that reaches it.
    public var score: Double
  }

  /// The curve of one category (its place in ``categoryRows``), or the mean over all that have
  /// objects. `threshold` is the place of an IoU threshold, `area` of a range.
  public func curve(threshold t: Int, category: Int? = nil, area: Int = 0) -> [Point] {
    (0..<R).map { r in
      let places = (category.map { $0..<$0 + 1 } ?? 0..<K).map {
        (((t * R + r) * K + $0) * A + area) * curves + curves - 1
      }.filter { precision[$0] > -1 }
      let count = Double(places.count)
      return Point(
        recall: options.recallThresholds[r],
        precision: places.isEmpty ? -1 : places.reduce(0) { $0 + precision[$1] } / count,
        score: places.isEmpty ? -1 : places.reduce(0) { $0 + scores[$1] } / count)
    }
  }

  /// The best trade-off on a curve: F = (1 + b^2) p r / (b^2 p + r), van Rijsbergen's effectiveness.
  public struct BestF: Sendable, Equatable {
    public var f: Double
    public var precision: Double
    public var recall: Double
    /// Detections from this score on give it.
    public var score: Double
  }

  /// The best point of one category's curve, of equal ones that of the least recall; nil without
  /// objects.
  public func bestF(threshold: Int, category: Int, beta: Double = 1) -> BestF? {
    var best: BestF?
    for point in curve(threshold: threshold, category: category) where point.precision > -1 {
      let denominator = beta * beta * point.precision + point.recall
      let f =
        denominator < 0x1p-52
        ? 0 : (1 + beta * beta) * point.precision * point.recall / denominator
      if f > best?.f ?? -1 {
        best = BestF(
          f: f, precision: point.precision, recall: point.recall, score: point.score)
      }
    }
    return best
  }

  /// The mean of the best F over categories with objects and the thresholds given by place (all of
  /// them when nil); -1 when there are none.
  public func meanBestF(threshold: Int? = nil, beta: Double = 1) -> Double {
    var values: [Double] = []
    for t in threshold.map({ $0..<$0 + 1 }) ?? 0..<T {
      for k in 0..<K {
        if let best = bestF(threshold: t, category: k, beta: beta) { values.append(best.f) }
      }
    }
    return values.isEmpty ? -1 : values.reduce(0, +) / Double(values.count)
  }
}

/// How well scores tell how often detections are right (Guo et al. 2017, by bins of equal width).
public struct Calibration: Sendable {
  public struct Bin: Sendable {
    public var low: Double
    public var high: Double
    public var count = 0
    /// Means of the scores and of being right; 0 in an empty bin.
    public var confidence = 0.0
    public var accuracy = 0.0
  }

  public let bins: [Bin]
  public let count: Int
  /// The mean over detections, and the largest, of |accuracy - confidence| of a bin.
  public let expectedError: Double
  public let maximalError: Double

  /// Of the detections that count: those in crowds or beyond the limit do not. Throws for scores
  /// outside 0 ... 1, which are no confidences.
  public init(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions = EvaluationOptions(),
    threshold: Double = 0.5, bins count: Int = 10
  ) throws {
    guard count > 0, count <= 1_000_000 else {
      throw COCOError("the number of bins must be in 1 ... 1000000, got \(count)")
    }
    let matching = try Matching(truth, found, options, threshold: threshold)
    var bins = (0..<count).map {
      Bin(low: Double($0) / Double(count), high: Double($0 + 1) / Double(count))
    }
    for place in matching.matched.indices where !matching.ignored[place] {
      let score = matching.judge.scores[place]
      guard score >= 0 && score <= 1 else {
        throw COCOError("scores in 0 ... 1 are needed to calibrate, got \(score)")
      }
      let bin = min(Int(score * Double(count)), count - 1)
      bins[bin].count += 1
      bins[bin].confidence += score
      bins[bin].accuracy += matching.matched[place] ? 1 : 0
    }
    let total = bins.reduce(0) { $0 + $1.count }
    var (expected, maximal) = (0.0, 0.0)
    for i in bins.indices where bins[i].count > 0 {
      let n = Double(bins[i].count)
      bins[i].confidence /= n
      bins[i].accuracy /= n
      let gap = abs(bins[i].accuracy - bins[i].confidence)
      expected += n / Double(total) * gap
      maximal = max(maximal, gap)
    }
    self.bins = bins
    self.count = total
    expectedError = expected
    maximalError = maximal
  }
}

/// Which category was taken for which.
public struct ConfusionMatrix: Sendable {
  /// Rows of the annotations, by id.
  public let categoryRows: [Int]
  /// (K + 1, K + 1): objects down, detections across; the last of each is background, so the last
  /// column has missed objects and the last row false detections.
  public let counts: [Int]

  /// Matches detections with objects of any category, the highest score first; crowds are left out.
  /// `maxDetections`: of all categories in an image (nil: the largest of the options).
  public init(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions = EvaluationOptions(),
    threshold: Double = 0.5, leastScore: Double = -.infinity, maxDetections: Int? = nil
  ) throws {
    var o = try options.validated()
    o.useCategories = true
    let rows = try Cells(truth, Detections(), o).categoryRows
    o.useCategories = false
    if let maxDetections {
      o.mode = .strict
      o.maxDetections = [maxDetections]
      o = try o.validated()
    }
    let known = IDTable(truth.categories.ids)
    let kept = found.subset(
      found.rows(above: leastScore).filter { known[found.categories[$0]] >= 0 })
    let cells = try Cells(truth, kept, o)
    let judge = try Judge(truth, kept, cells, o)
    var w = Workspace()
    judge.overlaps(0, &w)
    let k = rows.count
    var place = [Int](repeating: 0, count: truth.categories.count)
    for (i, row) in rows.enumerated() { place[row] = i }
    var counts = [Int](repeating: 0, count: (k + 1) * (k + 1))
    for (index, cell) in cells.cells.enumerated() {
      let objects = cell.objects.filter { !judge.isCrowd[Int($0)] }
      var free = [Bool](repeating: true, count: objects.count)
      func category(_ i: Int) -> Int {
        place[Int(truth.objects.categories[Int(cells.objectRows[Int(objects[i])])])]
      }
      for (d, detection) in cell.detections.enumerated() {
        var (best, taken) = (threshold, -1)
        for (i, g) in objects.enumerated() where free[i] {
          let row = Int(g - cell.objects.lowerBound) * cell.detections.count
          let iou = w.overlaps[w.overlapStarts[index] + row + d]
          if iou >= best { (best, taken) = (iou, i) }
        }
        let id = kept.categories[Int(cells.detectionRows[Int(detection)])]
        let column = place[known[id]]
        if taken >= 0 { free[taken] = false }
        counts[(taken >= 0 ? category(taken) : k) * (k + 1) + column] += 1
      }
      for i in objects.indices where free[i] { counts[category(i) * (k + 1) + k] += 1 }
    }
    categoryRows = rows
    self.counts = counts
  }
}

/// What became of the detections and objects of one image.
public struct ImageErrors: Sendable {
  /// Row of the annotations.
  public var image: Int
  /// Rows of the results: right, wrong; rows of the objects: missed. What is ignored is in none.
  public var right: [Int] = []
  public var wrong: [Int] = []
  public var missed: [Int] = []
  /// For each of `right`, the row of its object.
  public var objects: [Int] = []

  /// 2 right / (2 right + wrong + missed); 1 where nothing counts.
  public var f1: Double {
    let total = 2 * right.count + wrong.count + missed.count
    return total == 0 ? 1 : 2 * Double(right.count) / Double(total)
  }

  /// One entry an image, in the order of ids. `leastScore`: detections below do not count.
  public static func all(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions = EvaluationOptions(),
    threshold: Double = 0.5, leastScore: Double = -.infinity
  ) throws -> [ImageErrors] {
    let matching = try Matching(
      truth, found.above(leastScore), options, threshold: threshold)
    let rows = found.rows(above: leastScore)
    let cells = matching.cells
    var all = cells.imageRows.map { ImageErrors(image: $0) }
    for cell in cells.cells {
      let image = Int(cell.image)
      for d in cell.detections where !matching.ignored[Int(d)] {
        let row = rows[Int(cells.detectionRows[Int(d)])]
        if matching.matched[Int(d)] {
          all[image].right.append(row)
          all[image].objects.append(Int(cells.objectRows[Int(matching.objects[Int(d)])]))
        } else {
          all[image].wrong.append(row)
        }
      }
      for g in cell.objects where !matching.taken[Int(g)] && !matching.passedOver[Int(g)] {
        all[image].missed.append(Int(cells.objectRows[Int(g)]))
      }
    }
    return all
  }
}

extension Detections {
  func rows(above score: Double) -> [Int] {
    scores.indices.filter { scores[$0] >= score || score == -.infinity }
  }

  func above(_ score: Double) -> Detections {
    score == -.infinity ? self : subset(rows(above: score))
  }

  /// The detections at these rows.
  public func subset(_ rows: [Int]) -> Detections {
    var some = Detections()
    for i in rows {
      some.append(
        image: images[i], category: categories[i],
        box: (boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]),
        score: scores[i])
      if i < masks.count { some.masks.append(masks[i]) }
    }
    return some
  }
}
