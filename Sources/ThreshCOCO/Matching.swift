// SPDX-License-Identifier: Apache-2.0

/// What detections and objects became at one IoU threshold, objects of every area.
struct Matching {
  let cells: Cells
  let judge: Judge
  /// In the order of the cells. The object that a detection took, or -1.
  private(set) var objects: [Int32]
  private(set) var matched: [Bool]
  private(set) var ignored: [Bool]
  /// In the order of the cells' objects: whether some detection took it, whether it does not count.
  private(set) var taken: [Bool]
  private(set) var passedOver: [Bool]

  init(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions, threshold: Double
  ) throws {
    var o = try options.validated()
    o.iouThresholds = [threshold]
    o.areas = [AreaRange("all", 0, 1e10)]
    o = try o.validated()
    cells = try Cells(truth, found, o)
    judge = try Judge(truth, found, cells, o)
    objects = [Int32](repeating: -1, count: cells.detectionRows.count)
    matched = [Bool](repeating: false, count: objects.count)
    ignored = matched
    taken = [Bool](repeating: false, count: cells.objectRows.count)
    passedOver = judge.isIgnored
    for i in passedOver.indices where judge.objectAreas[i] < 0 || judge.objectAreas[i] > 1e10 {
      passedOver[i] = true
    }
    var w = Workspace()
    for category in cells.categories.indices {
      judge.overlaps(category, &w)
      judge.match(category, area: 0, &w)
      let range = cells.categories[category].detections
      for place in range {
        let i = place - range.lowerBound
        objects[place] = w.objects[i]
        matched[place] = w.matched[i] & 1 != 0
        ignored[place] = w.ignored[i] & 1 != 0
        if objects[place] >= 0 { taken[Int(objects[place])] = true }
      }
    }
  }
}
