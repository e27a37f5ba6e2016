// SPDX-License-Identifier: Apache-2.0

extension Evaluation {
  /// A figure over all categories.
  public struct Figure: Sendable {
    /// Short, e.g. `AP50` or `ARs`.
    public var name: String
    public var isRecall: Bool
    /// Nil: the mean over all IoU thresholds.
    public var threshold: Double?
    public var area: String
    public var maxDetections: Int
    /// -1 where nothing is defined.
    public var value: Double
  }

  /// The twelve figures in pycocotools' order (`summarize`). In `compat` mode the first is at 100
  /// detections, so -1 when that is not among them, and the others at the third number, as there.
  public var figures: [Figure] {
    let limits = options.maxDetections
    let isCompat = options.mode == .compat
    let last = isCompat ? 2 : limits.count - 1
    func precisionFigure(_ name: String, _ threshold: Double?, _ area: String, _ m: Int?) -> Figure
    {
      let a = options.areas.firstIndex { $0.name == area }
      var value = -1.0
      if let m, let a { value = meanPrecision(threshold: threshold, area: a, limit: m) }
      return Figure(
        name: name, isRecall: false, threshold: threshold, area: area,
        maxDetections: m.map { limits[$0] } ?? 100, value: value)
    }
    func recallFigure(_ name: String, _ area: String, _ m: Int) -> Figure {
      let a = options.areas.firstIndex { $0.name == area }
      let value = a.map { meanRecall(area: $0, limit: m) } ?? -1
      return Figure(
        name: name, isRecall: true, threshold: nil, area: area, maxDetections: limits[m],
        value: value)
    }
    let first = isCompat ? limits.firstIndex(of: 100) : last
    return [
      precisionFigure("AP", nil, "all", first),
      precisionFigure("AP50", 0.5, "all", last),
      precisionFigure("AP75", 0.75, "all", last),
      precisionFigure("APs", nil, "small", last),
      precisionFigure("APm", nil, "medium", last),
      precisionFigure("APl", nil, "large", last),
      recallFigure("AR\(limits[0])", "all", 0),
      recallFigure("AR\(limits[min(1, last)])", "all", min(1, last)),
      recallFigure("AR\(limits[last])", "all", last),
      recallFigure("ARs", "small", last),
      recallFigure("ARm", "medium", last),
      recallFigure("ARl", "large", last),
    ]
  }

  /// The values of ``figures``.
  public var stats: [Double] { figures.map(\.value) }

  /// Figures of one category.
  public struct CategoryFigures: Sendable {
    /// Row of the annotations.
    public var category: Int
    public var objects: Int
    /// By area, in the order of the options.
    public var precision: [Double]
    public var recall: [Double]
    public var precision50: Double
    public var precision75: Double
  }

  /// AP and AR of each category at the largest number of detections; -1 without objects.
  public var categories: [CategoryFigures] {
    (0..<K).map { k in
      CategoryFigures(
        category: categoryRows[k], objects: objectCounts[k * A],
        precision: (0..<A).map { meanPrecision(category: k, area: $0, limit: M - 1) },
        recall: (0..<A).map { meanRecall(category: k, area: $0, limit: M - 1) },
        precision50: meanPrecision(threshold: 0.5, category: k, area: 0, limit: M - 1),
        precision75: meanPrecision(threshold: 0.75, category: k, area: 0, limit: M - 1))
    }
  }
}
