// SPDX-License-Identifier: Apache-2.0

/// The detections of one category by falling score over all images, and what they matched.
struct CategoryResult: Sendable {
  /// Objects that count, for each area.
  var objects: [Int]
  /// Rows of detections.
  var rows: [Int32] = []
  var scores: [Double] = []
  /// The rank of each within its image, from 0.
  var ranks: [Int32] = []
  /// For each area a bit for each threshold: whether a detection matched an object, and whether it is
  /// left out.
  var matched: [[UInt64]]
  var ignored: [[UInt64]]

  init(areas: Int) {
    objects = [Int](repeating: 0, count: areas)
    matched = [[UInt64]](repeating: [], count: areas)
    ignored = matched
  }

  /// True positives among the first `most` detections of each image.
  func matches(_ area: Int, _ threshold: Int, most: Int) -> Int {
    let bit = UInt64(1) << UInt64(threshold)
    var count = 0
    for i in rows.indices
    where matched[area][i] & ~ignored[area][i] & bit != 0 && Int(ranks[i]) < most {
      count += 1
    }
    return count
  }

  /// Precision along the detections.
  func curve(_ area: Int, _ threshold: Int) -> PrecisionCurve {
    let bit = UInt64(1) << UInt64(threshold)
    var curve = PrecisionCurve()
    var (hits, misses) = (0.0, 0.0)
    let (matched, ignored) = (matched[area], ignored[area])
    for i in matched.indices where ignored[i] & bit == 0 {
      if matched[i] & bit == 0 {
        misses += 1
        continue
      }
      hits += 1
      // With numpy's spacing(1), as pycocotools divides.
      curve.precision.append(hits / ((misses + hits) + 0x1p-52))
      curve.at.append(Int32(i))
    }
    curve.misses = Int(misses)
    return curve
  }
}

/// Precision at each true positive, in order. Between two of them precision only falls, so that its
/// envelope is found from these alone.
struct PrecisionCurve: Sendable {
  var precision: [Double] = []
  /// Places of the true positives among the detections.
  var at: [Int32] = []
  /// False positives in all.
  var misses = 0

  /// The envelope (the largest precision from there on) where recall first reaches each of the rising
  /// `recalls`, and the place of that detection; 0 and -1 beyond the last.
  func interpolated(
    at recalls: [Double], objects: Double, _ body: (Int, Double, Int32) -> Void
  ) {
    var envelope = precision
    for i in envelope.indices.dropLast().reversed() where envelope[i + 1] > envelope[i] {
      envelope[i] = envelope[i + 1]
    }
    // Recall 0 is reached at the first detection, hit or miss, from where the envelope is the same.
    var j = 0
    for (r, recall) in recalls.enumerated() {
      while j < envelope.count && Double(j + 1) / objects < recall { j += 1 }
      if j < envelope.count { body(r, envelope[j], at[j]) } else { body(r, 0, -1) }
    }
  }
}

/// Matches the detections of a category, image by image.
struct Matcher {
  private let problem: EvaluationProblem
  private let options: EvaluationOptions
  private let thresholds: [Double]
  private var ious: [Double] = []
  private var order: [Int] = []
  private var isIgnored: [Bool] = []
  private var isTaken: [Bool] = []

  init(_ problem: EvaluationProblem, _ options: EvaluationOptions) {
    self.problem = problem
    self.options = options
    thresholds = options.iouThresholds.map { min($0, 1 - 1e-10) }
  }

  mutating func match(_ k: Int) -> CategoryResult {
    let areas = options.areas.count
    var result = CategoryResult(areas: areas)
    let objects = problem.objectStarts[k]..<problem.objectStarts[k + 1]
    let detections = problem.detectionStarts[k]..<problem.detectionStarts[k + 1]
    let most = options.maxDetections.last ?? 0
    var (o, d) = (objects.lowerBound, detections.lowerBound)
    result.rows.reserveCapacity(detections.count)
    for a in 0..<areas {
      result.matched[a].reserveCapacity(detections.count)
      result.ignored[a].reserveCapacity(detections.count)
    }
    while o < objects.upperBound || d < detections.upperBound {
      let image = min(
        o < objects.upperBound ? problem.objectImages[o] : .max,
        d < detections.upperBound ? problem.detectionImages[d] : .max)
      let (firstObject, firstDetection) = (o, d)
      while o < objects.upperBound && problem.objectImages[o] == image { o += 1 }
      while d < detections.upperBound && problem.detectionImages[d] == image { d += 1 }
      match(
        firstObject..<o, firstDetection..<min(d, firstDetection + most), into: &result)
    }
    sort(&result)
    return result
  }

  /// The detections and objects of one image.
  private mutating func match(
    _ objects: Range<Int>, _ detections: Range<Int>, into result: inout CategoryResult
  ) {
    let first = result.rows.count
    for (rank, d) in detections.enumerated() {
      result.rows.append(problem.detectionRows[d])
      result.ranks.append(Int32(rank))
    }
    let full = options.iouThresholds.count == 64 ? UInt64.max : (1 << UInt64(thresholds.count)) - 1
    for (a, area) in options.areas.enumerated() {
      for d in detections {
        let row = Int(problem.detectionRows[d])
        let own = problem.detections.boxes[4 * row + 2] * problem.detections.boxes[4 * row + 3]
        result.matched[a].append(0)
        result.ignored[a].append(own < area.from || own > area.to ? full : 0)
      }
    }
    guard !objects.isEmpty else { return }
    if !detections.isEmpty { fillIoUs(objects, detections) }
    let all = problem.annotations.objects
    for (a, area) in options.areas.enumerated() {
      isIgnored.removeAll(keepingCapacity: true)
      for o in objects {
        let row = Int(problem.objectRows[o])
        let size = all.areas[row]
        isIgnored.append(
          all.isCrowd[row] || (options.honoursIgnore && all.isIgnored[row]) || size < area.from
            || size > area.to)
      }
      order.removeAll(keepingCapacity: true)
      for g in isIgnored.indices where !isIgnored[g] { order.append(g) }
      result.objects[a] += order.count
      guard !detections.isEmpty else { continue }
      for g in isIgnored.indices where isIgnored[g] { order.append(g) }
      for t in thresholds.indices {
        match(t, a, objects, detections.count, first, &result)
      }
    }
  }

  /// At one threshold and area.
  private mutating func match(
    _ t: Int, _ a: Int, _ objects: Range<Int>, _ detections: Int, _ first: Int,
    _ result: inout CategoryResult
  ) {
    let all = problem.annotations.objects
    let bit = UInt64(1) << UInt64(t)
    isTaken.removeAll(keepingCapacity: true)
    isTaken.append(contentsOf: repeatElement(false, count: objects.count))
    for d in 0..<detections {
      var (best, found) = (thresholds[t], -1)
      for g in order {
        let row = Int(problem.objectRows[objects.lowerBound + g])
        if isTaken[g] && !all.isCrowd[row] { continue }
        if found >= 0 && !isIgnored[found] && isIgnored[g] { break }
        let iou = ious[d * objects.count + g]
        if iou < best { continue }
        best = iou
        found = g
      }
      guard found >= 0 else { continue }
      isTaken[found] = true
      let row = Int(problem.objectRows[objects.lowerBound + found])
      if isIgnored[found] { result.ignored[a][first + d] |= bit }
      // pycocotools keeps the id of the match, and takes 0 for none.
      if options.mode == .compat && all.ids[row] == 0 {
        continue
      }
      result.matched[a][first + d] |= bit
      if !isIgnored[found] { result.ignored[a][first + d] &= ~bit }
    }
  }

  /// In pycocotools' order of operations.
  private mutating func fillIoUs(_ objects: Range<Int>, _ detections: Range<Int>) {
    ious.removeAll(keepingCapacity: true)
    let all = problem.annotations.objects
    for d in detections {
      let x = 4 * Int(problem.detectionRows[d])
      let b = problem.detections.boxes
      let (dx, dy, dw, dh) = (b[x], b[x + 1], b[x + 2], b[x + 3])
      for o in objects {
        let row = Int(problem.objectRows[o])
        let y = 4 * row
        let (gx, gy, gw, gh) = (all.boxes[y], all.boxes[y + 1], all.boxes[y + 2], all.boxes[y + 3])
        let w = min(dw + dx, gw + gx) - max(dx, gx)
        let h = min(dh + dy, gh + gy) - max(dy, gy)
        if w <= 0 || h <= 0 {
          ious.append(0)
          continue
        }
        let shared = w * h
        ious.append(shared / (all.isCrowd[row] ? dw * dh : dw * dh + gw * gh - shared))
      }
    }
  }

  /// By falling score over all images, equals by image and rank.
  private func sort(_ result: inout CategoryResult) {
    let scores = result.rows.map { problem.detections.scores[Int($0)] }
    var order = (0..<Int32(scores.count)).map { $0 }
    StableSort.byFallingScore(&order) { scores[Int($0)] }
    let (rows, ranks) = (result.rows, result.ranks)
    result.rows = order.map { rows[Int($0)] }
    result.ranks = order.map { ranks[Int($0)] }
    result.scores = order.map { scores[Int($0)] }
    for a in options.areas.indices {
      let (matched, ignored) = (result.matched[a], result.ignored[a])
      result.matched[a] = order.map { matched[Int($0)] }
      result.ignored[a] = order.map { ignored[Int($0)] }
    }
  }
}
