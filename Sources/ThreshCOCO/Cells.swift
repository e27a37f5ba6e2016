// SPDX-License-Identifier: Apache-2.0

/// Detections and objects by (category, image): only the pairs that have any, categories and images in
/// the order of their ids.
///
/// Of each pair only the first detections by score are kept, as many as can count.
struct Cells {
  /// Of one category in one image. Ranges of the columns below.
  struct Cell {
    var image: Int32
    var detections: Range<Int32>
    var objects: Range<Int32>
  }

  /// One of `categories`: its cells, detections and objects.
  struct Category {
    var cells: Range<Int>
    var detections: Range<Int>
    var objects: Range<Int>
  }

  /// Rows of the annotations in the order of their ids.
  let categoryRows: [Int]
  let imageRows: [Int]
  private(set) var categories: [Category] = []
  private(set) var cells: [Cell] = []

  /// Rows of the detections, by category, image, falling score, place in the file.
  private(set) var detectionRows: [Int32] = []
  /// Positions in `detectionRows`, by category, falling score, image, place in the file.
  private(set) var scoreOrder: [Int32] = []
  /// How many detections of the cell have a higher place.
  private(set) var ranks: [Int32] = []
  /// Rows of the objects, by category, image, place in the file.
  private(set) var objectRows: [Int32] = []

  /// Detections of categories that there are none of.
  let unknownCategory: Int
  /// Detections that cannot count, as their cell has enough of higher scores.
  private(set) var beyondLimit = 0

  init(_ truth: Annotations, _ found: Detections, _ o: EvaluationOptions) throws {
    imageRows = Cells.rowsByID(truth.images.ids, of: o.imageRows)
    categoryRows = o.useCategories ? Cells.rowsByID(truth.categories.ids, of: nil) : [0]
    let images = imageRows.count
    let categories = categoryRows.count

    // Places of images and categories in the order of their ids; -1 for those that are not judged.
    func places(_ rows: [Int], _ count: Int) -> [Int32] {
      var places = [Int32](repeating: -1, count: count)
      for (place, row) in rows.enumerated() { places[row] = Int32(truncatingIfNeeded: place) }
      return places
    }
    let imagePlace = places(imageRows, truth.images.count)
    let categoryPlace =
      o.useCategories
      ? places(categoryRows, truth.categories.count)
      : [Int32](repeating: 0, count: truth.categories.count)

    let imageTable = IDTable(truth.images.ids)
    let categoryTable = IDTable(truth.categories.ids)
    var imageOf = [Int32](repeating: 0, count: found.count)
    var categoryOf = imageOf
    var rows: [Int32] = []
    rows.reserveCapacity(found.count)
    var (unknown, strange): (Int, [Int64]) = (0, [])
    var before: (id: Int64, row: Int) = (0, imageTable[0])
    for i in 0..<found.count {
      let image = found.images[i]
      if image != before.id { before = (image, imageTable[image]) }
      guard before.row >= 0 else {
        if !strange.contains(image) && strange.count < Report.exampleLimit { strange.append(image) }
        continue
      }
      let category = categoryTable[found.categories[i]]
      guard category >= 0 else {
        unknown += 1
        continue
      }
      guard imagePlace[before.row] >= 0 else { continue }
      imageOf[i] = imagePlace[before.row]
      categoryOf[i] = categoryPlace[category]
      rows.append(Int32(truncatingIfNeeded: i))
    }
    guard strange.isEmpty else {
      throw COCOError(
        "the results have images that the annotations do not list: image_id "
          + strange.map(String.init).joined(separator: ", "))
    }
    unknownCategory = unknown

    var objects: [Int32] = []
    var (objectImage, objectCategory): ([Int32], [Int32]) = ([], [])
    for i in 0..<truth.objects.count {
      let image = imagePlace[Int(truth.objects.images[i])]
      objectImage.append(image)
      objectCategory.append(categoryPlace[Int(truth.objects.categories[i])])
      if image >= 0 { objects.append(Int32(truncatingIfNeeded: i)) }
    }

    // Falling score, then image, then place in the file; whatever is sorted later keeps that order.
    if !o.useCategories {
      // Without categories the reference goes through an image category by category.
      let byID = places(Cells.rowsByID(truth.categories.ids, of: nil), truth.categories.count)
      rows =
        grouped(
          rows, by: found.categories.map { byID[max(categoryTable[$0], 0)] },
          count: truth.categories.count
        ).order
      objects =
        grouped(
          objects, by: truth.objects.categories.map { byID[Int($0)] }, count: truth.categories.count
        ).order
    }
    rows = grouped(rows, by: imageOf, count: images).order
    rows = radixSorted(rows, by: found.scores.map(fallingKey))
    let byScore = grouped(rows, by: categoryOf, count: categories)
    let byImage = grouped(
      grouped(rows, by: imageOf, count: images).order, by: categoryOf, count: categories)

    objects = grouped(objects, by: objectImage, count: images).order
    let objectsByImage = grouped(objects, by: objectCategory, count: categories)
    objectRows = objectsByImage.order

    let cut = Int32(truncatingIfNeeded: o.maxDetections[o.maxDetections.count - 1])
    // Where each detection went, to follow it into the order of scores.
    var position = [Int32](repeating: -1, count: found.count)
    detectionRows.reserveCapacity(rows.count)
    ranks.reserveCapacity(rows.count)
    scoreOrder.reserveCapacity(rows.count)
    for category in 0..<categories {
      let first = (cells: cells.count, detections: detectionRows.count)
      var d = byImage.starts[category]
      let dEnd = byImage.starts[category + 1]
      var g = objectsByImage.starts[category]
      let gEnd = objectsByImage.starts[category + 1]
      let objectStart = g
      while d < dEnd || g < gEnd {
        let dImage = d < dEnd ? imageOf[Int(byImage.order[d])] : .max
        let gImage = g < gEnd ? objectImage[Int(objectRows[g])] : .max
        let image = min(dImage, gImage)
        let (gStart, start) = (g, detectionRows.count)
        while g < gEnd && objectImage[Int(objectRows[g])] == image { g += 1 }
        var rank: Int32 = 0
        while d < dEnd && imageOf[Int(byImage.order[d])] == image {
          let row = byImage.order[d]
          if rank < cut {
            position[Int(row)] = Int32(truncatingIfNeeded: detectionRows.count)
            detectionRows.append(row)
            ranks.append(rank)
            rank += 1
          } else {
            beyondLimit += 1
          }
          d += 1
        }
        cells.append(
          Cell(
            image: image,
            detections: Int32(
              truncatingIfNeeded: start)..<Int32(truncatingIfNeeded: detectionRows.count),
            objects: Int32(truncatingIfNeeded: gStart)..<Int32(truncatingIfNeeded: g)))
      }
      for i in byScore.starts[category]..<byScore.starts[category + 1] {
        let place = position[Int(byScore.order[i])]
        if place >= 0 { scoreOrder.append(place) }
      }
      self.categories.append(
        Category(
          cells: first.cells..<cells.count, detections: first.detections..<detectionRows.count,
          objects: objectStart..<gEnd))
    }
  }

  /// Rows in the order of their ids; of ids that occur twice the first.
  private static func rowsByID(_ ids: [Int64], of rows: [Int]?) -> [Int] {
    var sorted = (rows ?? Array(ids.indices)).sorted { (ids[$0], $0) < (ids[$1], $1) }
    var kept = 0
    for row in sorted {
      if kept > 0 && ids[sorted[kept - 1]] == ids[row] { continue }
      sorted[kept] = row
      kept += 1
    }
    sorted.removeLast(sorted.count - kept)
    return sorted
  }
}
