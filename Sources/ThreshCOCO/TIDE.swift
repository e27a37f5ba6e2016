// SPDX-License-Identifier: Apache-2.0

/// Where average precision is lost (Bolya et al. 2020, TIDE: A General Toolbox for Identifying Object
/// Detection Errors), as their tidecv 1.0.1 counts it.
///
/// Its average precision is not COCO's: 100 detections an image of all categories together, precision
/// without COCO's addend, and categories with detections but no objects count as 0.
public struct TIDE: Sendable {
  public enum Kind: Int, CaseIterable, Sendable {
    /// Wrong category; badly placed; both; found already; nothing there; an object not found.
    case classification, location, both, duplicate, background, missed
  }

  /// At the threshold for being right.
  public let precision: Double
  /// What precision gains when all errors of a kind, and those alone, are mended. By `Kind.rawValue`.
  public let gains: [Double]
  /// How many there are. By `Kind.rawValue`.
  public let counts: [Int]
  /// The gain if no detection were wrong, and if no object were missed.
  public let falsePositiveGain: Double
  public let falseNegativeGain: Double

  /// `threshold`: the IoU from which a detection is right; `background`: that up to which it is at
  /// nothing. Throws for detections of images that the annotations do not list.
  public init(
    _ truth: Annotations, _ found: Detections, threshold: Double = 0.5, background: Double = 0.1,
    maxDetections: Int = 100
  ) throws {
    var run = Run(truth.categories.count)
    try run.judge(truth, found, threshold, background, maxDetections)
    let base = run.precision(
      zip(run.points, run.positives).map { Curve(points: $0, positives: $1) })
    precision = base
    gains = Kind.allCases.map { kind in
      max(run.precision(run.curves { $0.kind == kind }) - base, 0)
    }
    counts = Kind.allCases.map { kind in run.errors.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) } }
    var perfect = run.curves()
    for k in perfect.indices {
      perfect[k].points = perfect[k].points.map { ($0.isRight ? 1 : 0, $0.isRight) }
    }
    falsePositiveGain = run.precision(perfect) - base
    var complete = run.curves()
    for k in complete.indices { complete[k].positives -= run.missed[k] }
    falseNegativeGain = run.precision(complete) - base
  }

  /// A detection's part in a category's curve.
  private typealias DataPoint = (score: Double, isRight: Bool)

  private struct Curve {
    var points: [DataPoint] = []
    var positives = 0
  }

  private struct Error {
    var kind: Kind
    /// Category and score of the detection; score nil when it is in an ignored region or there is none.
    var category: Int
    var score: Double?
    /// What it becomes when mended: right, in this category, with this score.
    var mended: (category: Int, score: Double)?
  }

  /// One pass over all images, and what it gathers.
  private struct Run {
    var errors: [Error] = []
    /// Detections by category, in the order of images and then of scores, which tells where scores are
    /// equal.
    var points: [[DataPoint]]
    var right: [[Double]]
    var positives: [Int]
    /// Objects that no detection found, by category.
    var missed: [Int]

    init(_ categories: Int) {
      points = Array(repeating: [], count: categories)
      right = Array(repeating: [], count: categories)
      positives = [Int](repeating: 0, count: categories)
      missed = positives
    }

    /// The data of each category's curve, with the chosen errors mended; errors first, as tidecv has
    /// them then.
    func curves(mending: (Error) -> Bool = { _ in false }) -> [Curve] {
      var curves = positives.map { Curve(positives: $0) }
      for error in errors {
        if mending(error) {
          if error.kind == .missed { curves[error.category].positives -= 1 }
          if let mended = error.mended {
            curves[mended.category].points.append((mended.score, true))
          }
        } else if let score = error.score {
          curves[error.category].points.append((score, false))
        }
      }
      for k in curves.indices { curves[k].points += right[k].map { ($0, true) } }
      return curves
    }

    func precision(_ curves: [Curve]) -> Double {
      let used = curves.filter { !$0.points.isEmpty || $0.positives != 0 }
      guard !used.isEmpty else { return 0 }
      return used.reduce(0) { $0 + precision($1) } / Double(used.count)
    }

    /// Precision at 101 recalls, envelope and all.
    private func precision(_ curve: Curve) -> Double {
      guard curve.positives > 0 else { return 0 }
      let order = radixSorted(
        curve.points.indices.map { Int32(truncatingIfNeeded: $0) },
        by: curve.points.map { fallingKey($0.score) })
      var (precisions, recalls): ([Double], [Double]) = ([], [])
      var (trues, falses) = (0, 0)
      for i in order {
        if curve.points[Int(i)].isRight { trues += 1 } else { falses += 1 }
        precisions.append(Double(trues) / Double(trues + falses))
        recalls.append(Double(trues) / Double(curve.positives))
      }
      for i in stride(from: precisions.count - 1, to: 0, by: -1) {
        precisions[i - 1] = max(precisions[i - 1], precisions[i])
      }
      var (sum, i) = (0.0, 0)
      for step in 0...100 {
        while i < recalls.count && recalls[i] < Double(step) / 100 { i += 1 }
        if i < recalls.count { sum += precisions[i] }
      }
      return sum / 101
    }

    mutating func judge(
      _ truth: Annotations, _ found: Detections, _ threshold: Double, _ background: Double,
      _ limit: Int
    ) throws {
      let known = IDTable(truth.categories.ids)
      let images = IDTable(truth.images.ids)
      var imageOf = [Int32](repeating: 0, count: found.count)
      var rows: [Int32] = []
      for i in 0..<found.count where known[found.categories[i]] >= 0 {
        let image = images[found.images[i]]
        guard image >= 0 else {
          throw COCOError(
            "the results have images that the annotations do not list: image_id \(found.images[i])")
        }
        imageOf[i] = Int32(truncatingIfNeeded: image)
        rows.append(Int32(truncatingIfNeeded: i))
      }
      rows = radixSorted(rows, by: found.scores.map(fallingKey))
      let detections = grouped(rows, by: imageOf, count: truth.images.count)
      let objects = grouped(
        (0..<truth.objects.count).map { Int32(truncatingIfNeeded: $0) }, by: truth.objects.images,
        count: truth.images.count)
      for image in 0..<truth.images.count {
        let d = detections.order[detections.starts[image]..<detections.starts[image + 1]]
        let g = objects.order[objects.starts[image]..<objects.starts[image + 1]]
        judge(
          Array(d.prefix(limit)).map { Int($0) }, g.map { Int($0) },
          d.prefix(limit).map { known[found.categories[Int($0)]] }, truth, found, threshold,
          background)
      }
    }

    /// One image. `d` and `g`: rows of the results, by falling score, and of the objects.
    private mutating func judge(
      _ d: [Int], _ g: [Int], _ categories: [Int], _ truth: Annotations, _ found: Detections,
      _ threshold: Double, _ background: Double
    ) {
      func box(_ values: [Double], _ i: Int) -> Box {
        (values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3])
      }
      let objects = g.filter { !truth.objects.isCrowd[$0] }
      let crowds = g.filter { truth.objects.isCrowd[$0] }
      let classes = objects.map { Int(truth.objects.categories[$0]) }
      for k in classes { positives[k] += 1 }
      let n = objects.count
      var ious = [Double](repeating: 0, count: d.count * n)
      for (i, row) in d.enumerated() {
        for (j, object) in objects.enumerated() {
          ious[i * n + j] = overlapOfAny(
            box(found.boxes, row), box(truth.objects.boxes, object), isCrowd: false)
        }
      }
      /// The first of the largest overlaps of detection `i` with the objects that `use` allows.
      func best(_ i: Int, _ use: (Int) -> Bool) -> (object: Int, iou: Double) {
        var best = (object: 0, iou: 0.0)
        for j in 0..<n where use(j) && ious[i * n + j] > best.iou { best = (j, ious[i * n + j]) }
        return best
      }
      var isUsed = [Bool](repeating: false, count: n)
      var isRight = [Bool](repeating: false, count: d.count)
      for i in d.indices where n > 0 {
        let match = best(i) { !isUsed[$0] && classes[$0] == categories[i] }
        if match.iou >= threshold {
          isUsed[match.object] = true
          isRight[i] = true
        }
      }
      // What is in a crowd of its category is neither right nor wrong.
      let isIgnored = d.indices.map { i in
        !isRight[i]
          && crowds.contains {
            Int(truth.objects.categories[$0]) == categories[i]
              && overlapOfAny(box(found.boxes, d[i]), box(truth.objects.boxes, $0), isCrowd: true)
                > threshold
          }
      }
      // Of the errors that mending would put on one object, the highest score gets it.
      var claims = [(score: Double, error: Int)?](repeating: nil, count: n)
      func claim(_ kind: Kind, _ i: Int, _ object: Int) {
        let score = found.scores[d[i]]
        errors.append(
          Error(kind: kind, category: categories[i], score: isIgnored[i] ? nil : score, mended: nil)
        )
        if isUsed[object] { return }
        if claims[object].map({ $0.score < score }) ?? true {
          claims[object] = (score, errors.count - 1)
        }
      }
      for i in d.indices {
        let score = found.scores[d[i]]
        if !isIgnored[i] { points[categories[i]].append((score, isRight[i])) }
        if isRight[i] {
          right[categories[i]].append(score)
          continue
        }
        func plain(_ kind: Kind) {
          errors.append(
            Error(
              kind: kind, category: categories[i], score: isIgnored[i] ? nil : score, mended: nil))
        }
        guard n > 0 else {
          plain(.background)
          continue
        }
        let same = best(i) { classes[$0] == categories[i] }
        let other = best(i) { classes[$0] != categories[i] }
        if background <= same.iou && same.iou <= threshold {
          claim(.location, i, same.object)
        } else if other.iou >= threshold {
          claim(.classification, i, other.object)
        } else if best(i, { isUsed[$0] && classes[$0] == categories[i] }).iou >= threshold {
          plain(.duplicate)
        } else if max(same.iou, other.iou) <= background {
          plain(.background)
        } else {
          plain(.both)
        }
      }
      for j in 0..<n where !isUsed[j] {
        missed[classes[j]] += 1
        if let claim = claims[j] {
          let kind = errors[claim.error].kind
          errors[claim.error].mended = (
            kind == .classification ? classes[j] : errors[claim.error].category, claim.score
          )
        } else {
          errors.append(Error(kind: .missed, category: classes[j], score: nil, mended: nil))
        }
      }
    }
  }
}
