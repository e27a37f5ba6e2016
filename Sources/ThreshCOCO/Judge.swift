// SPDX-License-Identifier: Apache-2.0

/// Matches detections with objects, cell by cell (`evaluateImg` of pycocotools).
struct Judge {
  let cells: Cells
  let options: EvaluationOptions
  /// Of the detections in the order of the cells.
  let boxes: [Box]
  let areas: [Double]
  let scores: [Double]
  /// Of the objects in the order of the cells.
  let objectBoxes: [Box]
  let objectAreas: [Double]
  let isCrowd: [Bool]
  let isIgnored: [Bool]
  /// The objects whose match is not seen: those with id 0, in `compat` mode.
  let isInvisible: [Bool]
  private let allFinite: Bool
  /// Of the detections and of the objects, when masks are compared; else none.
  private let masks: [RunMask]
  private let objectMasks: [RunMask]

  /// Throws when masks are asked for and there are none.
  init(
    _ truth: Annotations, _ found: Detections, _ cells: Cells, _ o: EvaluationOptions
  ) throws {
    func box(_ values: [Double], _ row: Int32) -> Box {
      let i = 4 * Int(row)
      return (values[i], values[i + 1], values[i + 2], values[i + 3])
    }
    self.cells = cells
    options = o
    boxes = cells.detectionRows.map { box(found.boxes, $0) }
    scores = cells.detectionRows.map { found.scores[Int($0)] }
    objectBoxes = cells.objectRows.map { box(truth.objects.boxes, $0) }
    objectAreas = cells.objectRows.map { truth.objects.areas[Int($0)] }
    let crowds = cells.objectRows.map { truth.objects.isCrowd[Int($0)] }
    isCrowd = crowds
    let flags = truth.objects.isIgnored
    isIgnored =
      o.honourIgnore && !flags.isEmpty
      ? cells.objectRows.indices.map { crowds[$0] || flags[Int(cells.objectRows[$0])] } : crowds
    isInvisible = cells.objectRows.map { o.mode == .compat && truth.objects.ids[Int($0)] == 0 }
    allFinite = (boxes + objectBoxes).allSatisfy { ($0.x + $0.y + $0.w + $0.h).isFinite }
    guard o.overlap == .masks else {
      (masks, objectMasks) = ([], [])
      areas = boxes.map { $0.w * $0.h }
      return
    }
    let table = IDTable(truth.images.ids)
    masks = try Judge.masks(found.masks, cells.detectionRows, "result", truth) {
      table[found.images[$0]]
    }
    objectMasks = try Judge.masks(truth.objects.masks, cells.objectRows, "annotation", truth) {
      Int(truth.objects.images[$0])
    }
    areas = masks.map { Double($0.area) }
  }

  /// The masks of these rows, on images of the annotations' sizes.
  private static func masks(
    _ outlines: [Segmentation], _ rows: [Int32], _ name: String, _ truth: Annotations,
    image: (Int) -> Int
  ) throws -> [RunMask] {
    try rows.map { row in
      let row = Int(row)
      guard row < outlines.count else {
        throw COCOError("the \(name)s were read without their masks")
      }
      do {
        let i = image(row)
        return try RunMask(
          outlines[row], height: Int(truth.images.heights[i]), width: Int(truth.images.widths[i]))
      } catch let error as COCOError {
        throw COCOError("\(name) \(row): \(error.message)")
      }
    }
  }

  func score(_ place: Int32) -> Double { scores[Int(place)] }

  /// Intersections over union of one category.
  func overlaps(_ category: Int, _ w: inout Workspace) {
    let range = cells.categories[category].cells
    let isStrict = options.mode == .strict
    w.overlaps.removeAll(keepingCapacity: true)
    w.overlapStarts.removeAll(keepingCapacity: true)
    let count = cells.categories[category].detections.count
    if w.matched.count < count + 1 {
      w.matched = [UInt64](repeating: 0, count: count + 1)
      w.ignored = w.matched
      w.objects = [Int32](repeating: -1, count: count + 1)
      w.falses = [Int32](repeating: 0, count: count + 1)
      w.places = w.falses
      w.envelope = [Double](repeating: 0, count: count + 1)
    }
    for cell in cells.cells[range] {
      w.overlapStarts.append(w.overlaps.count)
      for g in cell.objects {
        let (object, crowd) = (objectBoxes[Int(g)], isCrowd[Int(g)])
        for d in cell.detections {
          if !masks.isEmpty {
            w.overlaps.append(masks[Int(d)].overlap(objectMasks[Int(g)], isCrowd: crowd))
          } else if allFinite {
            w.overlaps.append(overlap(boxes[Int(d)], object, isCrowd: crowd))
          } else {
            let iou = overlapOfAny(boxes[Int(d)], object, isCrowd: crowd)
            w.overlaps.append(isStrict && iou != iou ? 0 : iou)
          }
        }
      }
    }
  }

  /// Matches of one category in one range of areas.
  func match(_ category: Int, area: Int, _ w: inout Workspace) {
    let (range, whole) = (options.areas[area], cells.categories[category])
    let first = whole.detections.lowerBound
    let all = (UInt64.max >> UInt64(64 - options.iouThresholds.count))
    w.objectCount = 0
    for i in whole.detections {
      w.matched[i - first] = 0
      w.objects[i - first] = -1
      // Unless it is matched: a detection outside the range does not count.
      w.ignored[i - first] = areas[i] < range.low || areas[i] > range.high ? all : 0
    }
    // Objects of the cell, those that count first.
    var order: [Int32] = []
    var counting = 0
    for (index, cell) in cells.cells[whole.cells].enumerated() where !cell.objects.isEmpty {
      order.removeAll(keepingCapacity: true)
      for g in cell.objects where !ignores(Int(g), range) { order.append(g) }
      counting = order.count
      w.objectCount += counting
      if cell.detections.isEmpty { continue }
      for g in cell.objects where ignores(Int(g), range) { order.append(g) }
      match(cell, order, counting, w.overlapStarts[index], first, &w)
    }
  }

  @inline(__always)
  private func ignores(_ g: Int, _ range: AreaRange) -> Bool {
    isIgnored[g] || objectAreas[g] < range.low || objectAreas[g] > range.high
  }

  private func match(
    _ cell: Cells.Cell, _ order: [Int32], _ counting: Int, _ start: Int, _ first: Int,
    _ w: inout Workspace
  ) {
    let nd = cell.detections.count
    let g0 = Int(cell.objects.lowerBound)
    let thresholds = options.iouThresholds
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: order.count) { taken in
      taken.update(repeating: 0)
      for d in 0..<nd {
        let place = Int(cell.detections.lowerBound) + d - first
        // The best overlap bounds what any threshold can match.
        var most = -1.0
        for i in order.indices {
          let iou = w.overlaps[start + (Int(order[i]) - g0) * nd + d]
          if !(iou <= most) { most = iou == iou ? iou : .infinity }
        }
        for t in thresholds.indices {
          var best = min(thresholds[t], 1 - 1e-10)
          if most < best { break }
          let bit = UInt64(1) << UInt64(t)
          var m = -1
          for i in order.indices {
            let g = Int(order[i])
            if taken[i] & bit != 0 && !isCrowd[g] { continue }
            // Objects that count come first: with one of them in hand the others are of no use.
            if m >= 0 && m < counting && i >= counting { break }
            let iou = w.overlaps[start + (g - g0) * nd + d]
            if iou < best { continue }
            best = iou
            m = i
          }
          if m < 0 { continue }
          taken[m] |= bit
          w.objects[place] = order[m]
          let isSeen = !isInvisible[Int(order[m])]
          if isSeen { w.matched[place] |= bit }
          if m >= counting {
            w.ignored[place] |= bit
          } else if isSeen {
            w.ignored[place] &= ~bit
          }
        }
      }
    }
  }
}
