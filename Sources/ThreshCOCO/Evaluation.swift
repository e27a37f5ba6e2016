// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The evaluation of detections against annotations: matches, precision and recall, COCO's figures.
///
/// As pycocotools 2.0.11 has it. Detections of an image and category are taken by falling score (the
/// first `maxDetections.last` of them), each matches the free object of the largest IoU of at least the
/// threshold (the later of equals; a crowd takes any number), and precision is read off its envelope at
/// 101 recalls. Areas of detections are those of their boxes.
public struct Evaluation: Sendable {
  public let options: EvaluationOptions
  /// Ids in rising order; K of them. One, 0, where categories are evaluated together.
  public let categories: [Int64]
  public let categoryNames: [String]
  /// Ids in rising order.
  public let images: [Int64]
  /// How many objects and detections were looked at, and detections passed over (of unknown categories,
  /// or beyond the largest number for an image and category).
  public let objectCount: Int
  public let detectionCount: Int
  public let droppedCount: Int
  public let problems: Problems
  /// What was matched, by category.
  let results: [CategoryResult]

  /// Precision at recall r (101 of them) for IoU threshold t, category k and area a, with the most
  /// detections: `[a][(t R + r) K + k]`; -1 for categories without objects in the area.
  let precision: [[Double]]
  /// Recall for each number m of detections: `[a][m][t K + k]`.
  let recall: [[[Double]]]

  /// - Throws: `COCOError` for options that do not fit, detections of unknown images (and, in `strict`,
  ///   of unknown categories).
  public init(
    _ annotations: Annotations, _ detections: Detections, options: EvaluationOptions = .init()
  ) throws {
    try options.check()
    let problem = try EvaluationProblem(annotations, detections, options)
    self.options = options
    images = problem.imageIDs
    categories = problem.categoryIDs
    categoryNames = problem.categoryNames
    objectCount = problem.objectCount
    detectionCount = detections.count
    droppedCount = problem.droppedCount
    problems = problem.problems
    var matcher = Matcher(problem, options)
    results = problem.categoryIDs.indices.map { matcher.match($0) }
    let (count, t, r) = (
      categories.count, options.iouThresholds.count, options.recallThresholds.count
    )
    var precision = [[Double]](
      repeating: [Double](repeating: -1, count: t * r * count), count: options.areas.count)
    var recall = [[[Double]]](
      repeating: [[Double]](
        repeating: [Double](repeating: -1, count: t * count), count: options.maxDetections.count),
      count: options.areas.count)
    for (k, result) in results.enumerated() {
      for a in options.areas.indices {
        guard result.objects[a] > 0 else { continue }
        let objects = Double(result.objects[a])
        for i in 0..<t {
          for (m, most) in options.maxDetections.enumerated() {
            recall[a][m][i * count + k] = Double(result.matches(a, i, most: most)) / objects
          }
          let curve = result.curve(a, i)
          curve.interpolated(at: options.recallThresholds, objects: objects) { j, value, _ in
            precision[a][(i * r + j) * count + k] = value
          }
        }
      }
    }
    self.precision = precision
    self.recall = recall
  }

  /// Average precision over the thresholds (or that of one), categories (or one) and recalls for an area
  /// and the most detections; -1 where there is no object.
  /// - Parameters:
  ///   - threshold: must be one of the thresholds to the bit; -1 otherwise, as in pycocotools.
  ///   - area: of `options.areas`.
  ///   - category: of `categories`.
  public func averagePrecision(
    threshold: Double? = nil, area: Int = 0, category: Int? = nil
  ) -> Double {
    mean(precision[area], per: options.recallThresholds.count, threshold, category)
  }

  /// Average recall, as `averagePrecision`, with the `detections`-th number of `options.maxDetections`.
  public func averageRecall(
    threshold: Double? = nil, area: Int = 0, detections: Int? = nil, category: Int? = nil
  ) -> Double {
    mean(
      recall[area][detections ?? options.maxDetections.count - 1], per: 1, threshold, category)
  }

  private func mean(
    _ values: [Double], per recalls: Int, _ threshold: Double?, _ category: Int?
  ) -> Double {
    let count = categories.count
    var chosen: [Double] = []
    for (t, value) in options.iouThresholds.enumerated()
    where threshold.map({ $0 == value }) ?? true {
      for r in 0..<recalls {
        let row = (t * recalls + r) * count
        if let category {
          if values[row + category] > -1 { chosen.append(values[row + category]) }
        } else {
          for k in 0..<count where values[row + k] > -1 { chosen.append(values[row + k]) }
        }
      }
    }
    return chosen.isEmpty ? -1 : PairwiseSum.of(chosen) / Double(chosen.count)
  }

  /// The index of an area by name.
  public func area(_ name: String) -> Int? { options.areas.firstIndex { $0.name == name } }

  /// One of COCO's figures.
  public struct Figure: Sendable {
    public let name: String
    public let isPrecision: Bool
    public let threshold: Double?
    public let area: String
    public let detections: Int
    public let value: Double
  }

  /// COCO's figures in pycocotools' order: AP, AP50, AP75, AP by area; AR by number of detections and by
  /// area. With the options of COCO there are 12.
  ///
  /// With other numbers of detections `compat` gives -1 for the first where 100 is not among them, as
  /// pycocotools does.
  public var figures: [Figure] {
    let last = options.maxDetections.count - 1
    let most = options.maxDetections[last]
    var figures: [Figure] = []
    func add(
      _ name: String, _ isPrecision: Bool, _ threshold: Double?, _ area: Int, _ m: Int,
      _ value: Double
    ) {
      figures.append(
        Figure(
          name: name, isPrecision: isPrecision, threshold: threshold,
          area: options.areas[area].name, detections: options.maxDetections[m], value: value))
    }
    let quirk = options.mode == .compat && most != 100
    add("AP", true, nil, 0, last, quirk ? -1 : averagePrecision())
    add("AP50", true, 0.5, 0, last, averagePrecision(threshold: 0.5))
    add("AP75", true, 0.75, 0, last, averagePrecision(threshold: 0.75))
    for a in options.areas.indices.dropFirst() {
      add("AP_\(options.areas[a].name)", true, nil, a, last, averagePrecision(area: a))
    }
    for m in options.maxDetections.indices {
      add("AR\(options.maxDetections[m])", false, nil, 0, m, averageRecall(detections: m))
    }
    for a in options.areas.indices.dropFirst() {
      add("AR_\(options.areas[a].name)", false, nil, a, last, averageRecall(area: a))
    }
    return figures
  }

  /// The figures' values.
  public var stats: [Double] { figures.map(\.value) }

  /// pycocotools' lines.
  public var summary: String {
    func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
      let blanks = String(repeating: " ", count: max(0, width - text.count))
      return left ? text + blanks : blanks + text
    }
    let (low, high) = (options.iouThresholds.first ?? 0, options.iouThresholds.last ?? 0)
    let range = "\(fixed(low, 2)):\(fixed(high, 2))"
    return figures.map { f in
      let title = f.isPrecision ? "Average Precision" : "Average Recall"
      let iou = padded(f.threshold.map { fixed($0, 2) } ?? range, 9, left: true)
      return " \(padded(title, 18, left: true)) \(f.isPrecision ? "(AP)" : "(AR)") @[ IoU=\(iou) | "
        + "area=\(padded(f.area, 6)) | maxDets=\(padded("\(f.detections)", 3)) ] = \(fixed(f.value, 3))"
    }.joined(separator: "\n")
  }
}

/// A number with some decimals, as C's printf rounds it.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var text = [CChar](repeating: 0, count: 352)
  let length = withVaList([Int32(decimals), value]) { vsnprintf(&text, text.count, "%.*f", $0) }
  return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// numpy's sum of contiguous doubles: pairwise, in blocks of eight sums of at most 128 numbers.
enum PairwiseSum {
  static func of(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { sum($0[...]) }
  }

  private static func sum(_ x: Slice<UnsafeBufferPointer<Double>>) -> Double {
    let n = x.count
    let at = x.startIndex
    if n < 8 {
      // numpy begins with -0, which changes nothing but the sign of an empty sum.
      return x.reduce(0, +)
    }
    if n <= 128 {
      var r = (x[at], x[at + 1], x[at + 2], x[at + 3], x[at + 4], x[at + 5], x[at + 6], x[at + 7])
      var i = 8
      while i < n - n % 8 {
        r.0 += x[at + i]
        r.1 += x[at + i + 1]
        r.2 += x[at + i + 2]
        r.3 += x[at + i + 3]
        r.4 += x[at + i + 4]
        r.5 += x[at + i + 5]
        r.6 += x[at + i + 6]
        r.7 += x[at + i + 7]
        i += 8
      }
      var result = ((r.0 + r.1) + (r.2 + r.3)) + ((r.4 + r.5) + (r.6 + r.7))
      while i < n {
        result += x[at + i]
        i += 1
      }
      return result
    }
    var half = n / 2
    half -= half % 8
    return sum(x[at..<at + half]) + sum(x[(at + half)...])
  }
}
