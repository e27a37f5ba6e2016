// SPDX-License-Identifier: Apache-2.0

extension Annotations {
  /// The images at the rows, in that order, with all their objects and all categories.
  public func rows(images rows: [Int]) -> Annotations {
    var out = Annotations()
    out.categories = categories
    var places: [Int: Int32] = [:]
    for row in rows {
      places[row] = Int32(out.images.count)
      out.images.ids.append(images.ids[row])
      out.images.widths.append(images.widths[row])
      out.images.heights.append(images.heights[row])
      out.images.fileNames.append(images.fileNames[row])
    }
    for i in 0..<objects.count {
      guard let place = places[Int(objects.images[i])] else { continue }
      out.objects.ids.append(objects.ids[i])
      out.objects.images.append(place)
      out.objects.categories.append(objects.categories[i])
      out.objects.boxes += objects.boxes[4 * i..<4 * i + 4]
      out.objects.areas.append(objects.areas[i])
      out.objects.isCrowd.append(objects.isCrowd[i])
      if !objects.isIgnored.isEmpty { out.objects.isIgnored.append(objects.isIgnored[i]) }
      if !objects.masks.isEmpty { out.objects.masks.append(objects.masks[i]) }
    }
    return out
  }
}
