// SPDX-License-Identifier: Apache-2.0

/// Annotations and detections in the order of their evaluation: by category, image and, for detections,
/// falling score.
struct EvaluationProblem {
  let imageIDs: [Int64]
  let categoryIDs: [Int64]
  let categoryNames: [String]
  private(set) var objectCount = 0
  private(set) var droppedCount = 0
  private(set) var problems = Problems()

  let annotations: Annotations
  let detections: Detections
  /// Rows of objects by category: `objectRows[objectStarts[k] ..< objectStarts[k + 1]]`, by image, in the
  /// order of the file.
  private(set) var objectRows: [Int32] = []
  private(set) var objectStarts: [Int] = []
  /// The image of each object row, in the order of ids.
  private(set) var objectImages: [Int32] = []
  /// Rows of detections by category, by image, by falling score, in the order of the file.
  private(set) var detectionRows: [Int32] = []
  private(set) var detectionStarts: [Int] = []
  private(set) var detectionImages: [Int32] = []

  init(_ annotations: Annotations, _ detections: Detections, _ options: EvaluationOptions) throws {
    self.annotations = annotations
    self.detections = detections
    let (images, categories) = (annotations.images, annotations.categories)
    let imageOrder = images.ids.indices.sorted { images.ids[$0] < images.ids[$1] }
    imageIDs = imageOrder.map { images.ids[$0] }
    let together = options.ignoresCategories
    let categoryOrder = categories.ids.indices.sorted { categories.ids[$0] < categories.ids[$1] }
    categoryIDs = together ? [0] : categoryOrder.map { categories.ids[$0] }
    categoryNames = together ? ["all"] : categoryOrder.map { categories.names[$0] }
    var imageRank = [Int32](repeating: 0, count: images.count)
    for (rank, row) in imageOrder.enumerated() { imageRank[row] = Int32(rank) }
    var categoryRank = [Int32](repeating: 0, count: categories.count)
    if !together {
      for (rank, row) in categoryOrder.enumerated() { categoryRank[row] = Int32(rank) }
    }
    sortObjects(imageRank, categoryRank)
    try sortDetections(imageRank, categoryRank, options)
  }

  private mutating func sortObjects(_ imageRank: [Int32], _ categoryRank: [Int32]) {
    let o = annotations.objects
    objectCount = o.count
    var rows = (0..<Int32(o.count)).map { $0 }
    StableSort.byBucket(&rows, count: imageIDs.count) { imageRank[Int(o.images[Int($0)])] }
    objectStarts = StableSort.byBucket(&rows, count: categoryIDs.count) {
      categoryRank[Int(o.categories[Int($0)])]
    }
    objectRows = rows
    objectImages = rows.map { imageRank[Int(o.images[Int($0)])] }
  }

  private mutating func sortDetections(
    _ imageRank: [Int32], _ categoryRank: [Int32], _ options: EvaluationOptions
  ) throws {
    let d = detections
    let images = IDTable(annotations.images.ids)
    let categories = IDTable(annotations.categories.ids)
    var (imageOf, categoryOf) = (
      [Int32](repeating: 0, count: d.count), [Int32](repeating: 0, count: d.count)
    )
    var rows: [Int32] = []
    rows.reserveCapacity(d.count)
    for i in 0..<d.count {
      guard let image = images[d.images[i]] else {
        problems.add(.unknownResultImage, line: 0, "detection \(i + 1): image \(d.images[i])")
        continue
      }
      let category = options.ignoresCategories ? 0 : categories[d.categories[i]]
      guard let category else {
        problems.add(
          .unknownResultCategory, line: 0, "detection \(i + 1): category \(d.categories[i])")
        droppedCount += 1
        continue
      }
      imageOf[i] = imageRank[Int(image)]
      categoryOf[i] = options.ignoresCategories ? 0 : categoryRank[Int(category)]
      rows.append(Int32(i))
    }
    if let error = problems.error(in: "detections", strict: options.mode == .strict) { throw error }
    StableSort.byFallingScore(&rows) { d.scores[Int($0)] }
    StableSort.byBucket(&rows, count: imageIDs.count) { imageOf[Int($0)] }
    detectionStarts = StableSort.byBucket(&rows, count: categoryIDs.count) { categoryOf[Int($0)] }
    detectionRows = rows
    detectionImages = rows.map { imageOf[Int($0)] }
  }
}

/// Rows by id: a list where ids are small, a dictionary elsewhere.
struct IDTable {
  private var rows: [Int32] = []
  private var others: [Int64: Int32] = [:]

  init(_ ids: [Int64]) {
    let limit = Int64(max(1 << 20, 4 * ids.count))
    if let least = ids.min(), let most = ids.max(), least >= 0, most < limit {
      rows = [Int32](repeating: -1, count: Int(most) + 1)
      for (row, id) in ids.enumerated() { rows[Int(id)] = Int32(row) }
    } else {
      for (row, id) in ids.enumerated() { others[id] = Int32(row) }
    }
  }

  subscript(id: Int64) -> Int32? {
    if rows.isEmpty { return others[id] }
    guard id >= 0, id < rows.count, rows[Int(id)] >= 0 else { return nil }
    return rows[Int(id)]
  }
}

/// Sorts that keep the order of equals.
enum StableSort {
  /// By a number in 0 ..< count; gives where each bucket begins, and at the end where the last one ends.
  @discardableResult
  static func byBucket(_ rows: inout [Int32], count: Int, _ bucket: (Int32) -> Int32) -> [Int] {
    var starts = [Int](repeating: 0, count: count + 1)
    let buckets = rows.map(bucket)
    for b in buckets { starts[Int(b) + 1] += 1 }
    for b in 0..<count { starts[b + 1] += starts[b] }
    var next = starts
    var sorted = [Int32](repeating: 0, count: rows.count)
    for (row, b) in zip(rows, buckets) {
      sorted[next[Int(b)]] = row
      next[Int(b)] += 1
    }
    rows = sorted
    return starts
  }

  /// By falling score; scores are finite.
  static func byFallingScore(_ rows: inout [Int32], _ score: (Int32) -> Double) {
    // A double's bits rise with it once the sign is taken care of; -0 and 0 are equal.
    var keys = rows.map { row -> UInt64 in
      let bits = (score(row) + 0).bitPattern
      let rising = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
      return ~rising
    }
    if rows.count <= 64 {
      for i in rows.indices.dropFirst() {
        let (key, row) = (keys[i], rows[i])
        var j = i
        while j > 0 && keys[j - 1] > key {
          keys[j] = keys[j - 1]
          rows[j] = rows[j - 1]
          j -= 1
        }
        keys[j] = key
        rows[j] = row
      }
      return
    }
    // By 11 bits at a time, the lowest first.
    var (otherKeys, otherRows) = (keys, rows)
    for shift in stride(from: 0, to: 64, by: 11) {
      var next = [Int](repeating: 0, count: 2049)
      for key in keys { next[Int(key >> UInt64(shift) & 2047) + 1] += 1 }
      if next.contains(keys.count) { continue }
      for b in 0..<2048 { next[b + 1] += next[b] }
      for (key, row) in zip(keys, rows) {
        let b = Int(key >> UInt64(shift) & 2047)
        otherKeys[next[b]] = key
        otherRows[next[b]] = row
        next[b] += 1
      }
      swap(&keys, &otherKeys)
      swap(&rows, &otherRows)
    }
  }
}
