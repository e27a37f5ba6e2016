// SPDX-License-Identifier: Apache-2.0

/// Objects whose area, in square pixels, is in `low ... high`, both ends included.
public struct AreaRange: Sendable, Equatable {
  public var name: String
  public var low: Double
  public var high: Double

  public init(_ name: String, _ low: Double, _ high: Double) {
    self.name = name
    self.low = low
    self.high = high
  }

  public static let coco = [
    AreaRange("all", 0, 1e10), AreaRange("small", 0, 1024), AreaRange("medium", 1024, 9216),
    AreaRange("large", 9216, 1e10),
  ]
}

/// How detections are judged. The defaults are those of COCO.
public struct EvaluationOptions: Sendable {
  public enum Mode: String, Sendable {
    /// Every number as pycocotools 2.0.11 gives it, to the last bit, its quirks included.
    case compat
    /// Refuses what counts wrongly there: whatever a report calls a warning. Objects with id 0 count
    /// as any other, boxes that are not finite match nothing, and the first figure is at the
    /// largest number of detections, whatever that is.
    case strict
  }

  public enum Overlap: String, Sendable {
    case boxes, masks
  }

  public var mode = Mode.compat
  public var overlap = Overlap.boxes
  public var iouThresholds = Self.cocoIoUThresholds
  /// Where precision is read off the curve.
  public var recallThresholds = Self.cocoRecallThresholds
  /// How many detections of a category count in an image, ascending; at least three in `compat` mode.
  public var maxDetections = [1, 10, 100]
  public var areas = AreaRange.coco
  /// False: categories are not told apart.
  public var useCategories = true
  /// Whether the file's own `ignore` has its effect.
  public var honourIgnore = false
  /// Rows of images to judge; all of them when nil.
  public var imageRows: [Int]?

  public init() {}

  /// numpy's `linspace(.5, .95, 10)`: the ninth is one unit below 0.9.
  public static let cocoIoUThresholds: [Double] = (0..<10).map {
    $0 == 9 ? 0.95 : 0.5 + Double($0) * 0x1.9999999999999p-5
  }

  /// numpy's `linspace(0, 1, 101)`: `i * 0.01`, not `i / 100`.
  public static let cocoRecallThresholds: [Double] = (0...100).map {
    $0 == 100 ? 1 : Double($0) * 0.01
  }

  func validated() throws -> EvaluationOptions {
    var o = self
    func increasing(_ values: [Double], _ name: String) throws {
      guard !values.isEmpty, values.allSatisfy({ $0 >= 0 && $0 <= 1 }),
        zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw COCOError("\(name) must be ascending numbers in 0 ... 1") }
    }
    try increasing(iouThresholds, "IoU thresholds")
    try increasing(recallThresholds, "recall thresholds")
    guard iouThresholds.count <= 64 else {
      throw COCOError("at most 64 IoU thresholds, got \(iouThresholds.count)")
    }
    o.maxDetections.sort()
    guard let first = o.maxDetections.first, first > 0 else {
      throw COCOError("the numbers of detections an image must be positive")
    }
    if mode == .compat && maxDetections.count < 3 {
      throw COCOError(
        "pycocotools needs three numbers of detections an image, got \(maxDetections.count); strict mode takes any"
      )
    }
    guard !areas.isEmpty, areas.allSatisfy({ $0.low <= $0.high }) else {
      throw COCOError("areas must be ranges with low <= high")
    }
    return o
  }
}
