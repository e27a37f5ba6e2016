// SPDX-License-Identifier: Apache-2.0

/// What an evaluation looks at.
public struct EvaluationOptions: Sendable {
  /// `compat` gives pycocotools' figures to the last bit, its quirks included; `strict` does without the
  /// quirks and refuses what `compat` only warns of.
  public enum Mode: String, Sendable, CaseIterable {
    case compat, strict
  }

  /// A range of areas in square pixels, both ends included.
  public struct AreaRange: Sendable, Equatable {
    public let name: String
    public let from: Double
    public let to: Double

    public init(_ name: String, _ from: Double, _ to: Double) {
      self.name = name
      self.from = from
      self.to = to
    }
  }

  public var mode = Mode.compat
  /// Rising. COCO's are 0.5 to 0.95 as numpy's linspace has them: the ninth is not the literal 0.9.
  public var iouThresholds = EvaluationOptions.cocoThresholds
  /// Rising, 0 to 1: where precision is read off.
  public var recallThresholds = (0...100).map { Double($0) * 0.01 }
  /// Rising: how many detections of an image and category count.
  public var maxDetections = [1, 10, 100]
  /// The first is the one for all areas.
  public var areas = EvaluationOptions.cocoAreas
  /// Categories together, as one.
  public var ignoresCategories = false
  /// Leave out objects that the file marks `ignore`, as crowds are; COCO's evaluation does not.
  public var honoursIgnore = false

  public static let cocoThresholds: [Double] = {
    let step = (0.95 - 0.5) / 9
    return (0..<9).map { (i: Int) -> Double in 0.5 + Double(i) * step } + [0.95]
  }()

  public static let cocoAreas = [
    AreaRange("all", 0, 1e10), AreaRange("small", 0, 1024), AreaRange("medium", 1024, 9216),
    AreaRange("large", 9216, 1e10),
  ]

  public init() {}

  func check() throws {
    func rising<T: Comparable>(_ name: String, _ list: [T], _ isRight: (T) -> Bool, _ range: String)
      throws
    {
      guard !list.isEmpty else { throw COCOError("evaluate: \(name) must not be empty") }
      for (i, value) in list.enumerated() {
        guard isRight(value), i == 0 || list[i - 1] < value else {
          throw COCOError("evaluate: \(name) must rise and lie in \(range), got \(list)")
        }
      }
    }
    try rising("IoU thresholds", iouThresholds, { $0 > 0 && $0 <= 1 }, "0 < t <= 1")
    try rising("recall thresholds", recallThresholds, { $0 >= 0 && $0 <= 1 }, "0 ... 1")
    try rising("max_detections", maxDetections, { $0 >= 1 }, "1 ...")
    guard iouThresholds.count <= 64 else {
      throw COCOError("evaluate: at most 64 IoU thresholds, got \(iouThresholds.count)")
    }
    guard !areas.isEmpty, areas.allSatisfy({ $0.from <= $0.to }) else {
      throw COCOError("evaluate: areas must have from <= to, and there must be one")
    }
  }
}
