// SPDX-License-Identifier: Apache-2.0

extension Evaluation {
  /// Judges detections by COCO's rules. Throws ``COCOError`` for options that do not fit and for
  /// detections of images that the annotations do not list.
  public init(
    _ truth: Annotations, _ found: Detections, _ options: EvaluationOptions = EvaluationOptions()
  ) throws {
    let options = try options.validated()
    let cells = try Cells(truth, found, options)
    self.init(options: options, categoryRows: cells.categoryRows, imageRows: cells.imageRows)
    let judge = try Judge(truth, found, cells, options)
    precision = [Double](repeating: -1, count: T * R * K * A * curves)
    recall = [Double](repeating: -1, count: T * K * A * M)
    scores = precision
    objectCounts = [Int](repeating: 0, count: K * A)
    var workspace = Workspace()
    for category in cells.categories.indices {
      judge.overlaps(category, &workspace)
      for area in options.areas.indices {
        judge.match(category, area: area, &workspace)
        accumulate(category, area: area, cells, judge, &workspace)
      }
    }
    count(truth, found, cells)
  }

  private mutating func count(_ truth: Annotations, _ found: Detections, _ cells: Cells) {
    counts.images = imageRows.count
    counts.objects = cells.objectRows.count
    counts.crowds = cells.objectRows.reduce(0) { $0 + (truth.objects.isCrowd[Int($1)] ? 1 : 0) }
    counts.detections = cells.detectionRows.count
    counts.unknownCategory = cells.unknownCategory
    counts.beyondLimit = cells.beyondLimit
    let zeros = cells.objectRows.reduce(0) { $0 + (truth.objects.ids[Int($1)] == 0 ? 1 : 0) }
    if zeros > 0 && options.mode == .compat {
      notes.append("an object with id 0 never counts as found, as in pycocotools")
    }
  }

  /// Precision and recall of one category and area out of its matches (`accumulate` of pycocotools).
  private mutating func accumulate(
    _ category: Int, area: Int, _ cells: Cells, _ judge: Judge, _ w: inout Workspace
  ) {
    objectCounts[category * A + area] = w.objectCount
    guard w.objectCount > 0 else { return }
    let range = cells.categories[category].detections
    let total = Double(w.objectCount)
    for m in 0..<M {
      let limit = Int32(truncatingIfNeeded: options.maxDetections[m])
      let curve = curveLimits.firstIndex(of: m)
      for t in 0..<T {
        let place = ((t * K + category) * A + area) * M + m
        guard !range.isEmpty else {
          recall[place] = 0
          if let curve { fill(t, category, area, curve, 0, total, nil, judge, &w) }
          continue
        }
        guard let curve else {
          recall[place] = Double(w.found(t, limit, range, cells)) / total
          continue
        }
        let found = w.curve(t, limit, range, cells)
        recall[place] = Double(found) / total
        fill(t, category, area, curve, found, total, cells.scoreOrder[range.lowerBound], judge, &w)
      }
    }
  }

  /// One curve. `found`: how many detections are right; `first`: the one of the highest score.
  private mutating func fill(
    _ t: Int, _ category: Int, _ area: Int, _ curve: Int, _ found: Int, _ total: Double,
    _ first: Int32?, _ judge: Judge, _ w: inout Workspace
  ) {
    // From the right, the best precision at this or a higher recall.
    var best = 0.0
    for i in stride(from: found - 1, through: 0, by: -1) {
      let (tp, fp) = (Double(i + 1), Double(w.falses[i]))
      let p = tp / (fp + tp + 0x1p-52)
      if p > best { best = p }
      w.envelope[i] = best
    }
    var i = 0
    for r in 0..<R {
      let wanted = options.recallThresholds[r]
      let place = (((t * R + r) * K + category) * A + area) * curves + curve
      // Recall is 0 at first, so a wanted recall of 0 is met by the first detection, right or not.
      if wanted <= 0 {
        precision[place] = best
        scores[place] = first.map { judge.score($0) } ?? 0
        continue
      }
      while i < found && Double(i + 1) / total < wanted { i += 1 }
      precision[place] = i < found ? w.envelope[i] : 0
      scores[place] = i < found ? judge.score(w.places[i]) : 0
    }
  }
}

/// Memory that one category after the other uses.
struct Workspace {
  /// Intersections over union of each cell of the category, an object's after another's.
  var overlaps: [Double] = []
  /// Where each cell's start.
  var overlapStarts: [Int] = []
  /// One bit a threshold, for each detection of the category.
  var matched: [UInt64] = []
  var ignored: [UInt64] = []
  /// The object that each detection took at the last threshold that it took any at; -1 for none.
  var objects: [Int32] = []
  /// Objects that are not ignored.
  var objectCount = 0
  /// False and true detections up to each true one, by falling score.
  var falses: [Int32] = []
  var places: [Int32] = []
  var envelope: [Double] = []

  /// How many of the first detections of each cell are right.
  func found(_ t: Int, _ limit: Int32, _ range: Range<Int>, _ cells: Cells) -> Int {
    let (bit, first) = (UInt64(t), range.lowerBound)
    var found = 0
    for place in range where cells.ranks[place] < limit {
      found += Int((matched[place - first] & ~ignored[place - first]) >> bit & 1)
    }
    return found
  }

  /// Fills `falses` and `places` for one threshold; says how many detections are right.
  @inline(__always)
  mutating func curve(
    _ t: Int, _ limit: Int32, _ range: Range<Int>, _ cells: Cells
  ) -> Int {
    let bit = UInt64(t)
    let first = range.lowerBound
    let count = range.count
    var (trues, wrongs): (Int, Int32) = (0, 0)
    matched.withUnsafeBufferPointer { matched in
      ignored.withUnsafeBufferPointer { ignored in
        cells.ranks.withUnsafeBufferPointer { ranks in
          cells.scoreOrder.withUnsafeBufferPointer { order in
            falses.withUnsafeMutableBufferPointer { falses in
              places.withUnsafeMutableBufferPointer { places in
                for i in 0..<count {
                  let place = order[first + i]
                  let local = Int(place) - first
                  let counts = ranks[Int(place)] < limit ? ~ignored[local] >> bit & 1 : 0
                  let right = matched[local] >> bit & counts
                  falses[trues] = wrongs
                  places[trues] = place
                  trues += Int(right)
                  wrongs += Int32(truncatingIfNeeded: counts & ~right)
                }
              }
            }
          }
        }
      }
    }
    return trues
  }
}
