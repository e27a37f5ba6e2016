// SPDX-License-Identifier: Apache-2.0

/// What an evaluation found. Letters: `T` IoU thresholds, `R` recall thresholds, `K` categories, `A`
/// areas, `M` numbers of detections; the last index runs fastest.
public struct Evaluation: Sendable {
  public let options: EvaluationOptions
  /// In the order of the arrays: rows of the annotations, by id.
  public let categoryRows: [Int]
  public let imageRows: [Int]
  /// Which numbers of detections have curves: those that a figure is read off.
  let curveLimits: [Int]
  /// (T, R, K, A, curves); -1 where a category has no objects.
  public internal(set) var precision: [Double] = []
  /// The score at each of these points, 0 beyond the end of the curve.
  public internal(set) var scores: [Double] = []
  /// (T, K, A, M)
  public internal(set) var recall: [Double] = []
  /// (K, A): objects that are not ignored.
  public internal(set) var objectCounts: [Int] = []
  public internal(set) var counts = Counts()
  /// What may surprise: objects with id 0, left out categories.
  public internal(set) var notes: [String] = []

  /// What went into the figures.
  public struct Counts: Sendable {
    public var images = 0
    public var objects = 0
    public var crowds = 0
    public var detections = 0
    /// Of categories that the annotations do not list.
    public var unknownCategory = 0
    /// Beyond the largest number of detections of a category in an image.
    public var beyondLimit = 0

    public init() {}
  }

  var T: Int { options.iouThresholds.count }
  var R: Int { options.recallThresholds.count }
  var K: Int { categoryRows.count }
  var A: Int { options.areas.count }
  var M: Int { options.maxDetections.count }
  var curves: Int { curveLimits.count }

  init(options: EvaluationOptions, categoryRows: [Int], imageRows: [Int]) {
    self.options = options
    self.categoryRows = categoryRows
    self.imageRows = imageRows
    let last = options.maxDetections.count - 1
    let hundred = options.maxDetections.firstIndex(of: 100) ?? last
    curveLimits = options.mode == .strict ? [last] : Set([2, hundred, last]).sorted()
  }

  /// The mean of precision over what is not fixed; -1 when nothing is defined.
  func meanPrecision(threshold: Double? = nil, category: Int? = nil, area: Int, limit: Int)
    -> Double
  {
    guard let curve = curveLimits.firstIndex(of: limit) else { return -1 }
    var values: [Double] = []
    for t in 0..<T where threshold == nil || threshold == options.iouThresholds[t] {
      for r in 0..<R {
        for k in category.map({ $0..<$0 + 1 }) ?? 0..<K {
          values.append(precision[(((t * R + r) * K + k) * A + area) * curves + curve])
        }
      }
    }
    return meanOfDefined(values)
  }

  /// The mean of recall over what is not fixed; -1 when nothing is defined.
  func meanRecall(threshold: Double? = nil, category: Int? = nil, area: Int, limit: Int) -> Double {
    var values: [Double] = []
    for t in 0..<T where threshold == nil || threshold == options.iouThresholds[t] {
      for k in category.map({ $0..<$0 + 1 }) ?? 0..<K {
        values.append(recall[((t * K + k) * A + area) * M + limit])
      }
    }
    return meanOfDefined(values)
  }
}
