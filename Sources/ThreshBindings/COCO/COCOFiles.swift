// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// Files made of other files, and what they are made of.
func addCOCOFiles(to coco: inout Namespace) {
  coco.function("copy") { call in
    let o = try call.options(
      at: 3, allowed: ["images", "categories", "min_area", "max_area", "no_crowds", "drop_invalid"])
    var choice = AnnotationFile.Choice()
    func ids(_ name: String) throws -> Set<Int64>? {
      try o.integers(name).map { Set($0.map { Int64($0) }) }
    }
    choice.images = try ids("images")
    choice.categories = try ids("categories")
    let (low, high) = (try o.number("min_area"), try o.number("max_area"))
    if low != nil || high != nil {
      let (low, high) = (low ?? -.infinity, high ?? .infinity)
      guard low <= high else { throw o.error("min_area", "is above max_area: \(low) > \(high)") }
      choice.areas = low...high
    }
    choice.dropCrowds = try o.boolean("no_crowds") ?? false
    choice.dropInvalid = try o.boolean("drop_invalid") ?? false
    return .one(
      counts(try AnnotationFile.copy(call.path(1, "source"), to: call.path(2, "path"), choice)))
  }
  coco.function("merge") { call in
    let sources = try call.contents(1, "sources").array.map { value in
      guard let path = value.text else {
        throw call.argumentError(1, "sources", "must be paths, got a \(value.typeName)")
      }
      return path
    }
    guard !sources.isEmpty else { throw call.argumentError(1, "sources", "must not be empty") }
    return .one(counts(try AnnotationFile.merge(sources, to: call.path(2, "path"))))
  }
}

private func counts(_ counts: AnnotationFile.Counts) -> LuaValue {
  .table(
    LuaTable([
      "images": .integer(counts.images), "objects": .integer(counts.objects),
      "categories": .integer(counts.categories), "repeated": .integer(counts.repeated),
    ]))
}

/// What annotations are made of.
func statistics(_ annotations: Annotations) -> LuaValue {
  let s = DatasetStatistics(annotations)
  let categories: [LuaValue] = s.categories.map {
    .table(
      LuaTable([
        "id": .integer(annotations.categories.ids[$0.row]),
        "name": .string(annotations.categories.names[$0.row]), "objects": .integer($0.objects),
        "crowds": .integer($0.crowds), "images": .integer($0.images),
      ]))
  }
  return .table(
    LuaTable([
      "images": .integer(s.images), "empty_images": .integer(s.emptyImages),
      "objects": .integer(s.objects), "crowds": .integer(s.crowds), "small": .integer(s.small),
      "medium": .integer(s.medium), "large": .integer(s.large), "most": .integer(s.most),
      "mean": .number(s.mean), "categories": .list(categories),
    ]))
}
