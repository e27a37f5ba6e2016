// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// `th.coco`: files of annotations and results, and their evaluation. `stdlib/thresh/coco.lua` puts the
/// documented functions over these.
func coco() -> Namespace {
  var coco = Namespace("th.coco")
  coco.function("read_annotations") { call in
    let o = try call.options(at: 2, allowed: ["masks"])
    let (value, report) = try Annotations.read(
      path: call.path(1, "path"), masks: o.boolean("masks") ?? false)
    return .object(LuaAnnotations(value, report))
  }
  coco.function("read_results") { call in
    let o = try call.options(at: 2, allowed: ["masks"])
    let (value, report) = try Detections.read(
      path: call.path(1, "path"), masks: o.boolean("masks") ?? false)
    return .object(LuaDetections(value, report))
  }
  coco.function("new_results") { _ in .object(LuaDetections(Detections(), nil)) }
  coco.function("run") { call in
    let truth = try call.object(1, "annotations", as: LuaAnnotations.self)
    let found = try call.object(2, "results", as: LuaDetections.self)
    let options = try evaluationOptions(call, 3, truth.value)
    let worst: Report.Severity = options.mode == .strict ? .warning : .error
    // What strict mode counts as any other object is no reason to refuse the file.
    try truth.report.refuse(worst, allowed: options.mode == .strict ? ["zero-id"] : [])
    try found.report(against: truth).refuse(worst)
    let value = try Evaluation(truth.value, found.value, options)
    return .object(LuaEvaluation(value, truth.value, found.value))
  }
  coco.function("summary") { call in
    let evaluation = try call.object(1, "evaluation", as: LuaEvaluation.self).value
    return .many([
      figures(evaluation), .list(evaluation.options.iouThresholds.map { .number($0) }),
    ])
  }
  addCOCOFiles(to: &coco)
  return coco
}

private func evaluationOptions(
  _ call: LuaCall, _ i: Int, _ truth: Annotations
) throws -> EvaluationOptions {
  let o = try call.options(
    at: i,
    allowed: [
      "strict", "masks", "iou", "recall", "max_dets", "areas", "use_categories", "ignore", "images",
    ])
  var options = EvaluationOptions()
  if try o.boolean("strict") ?? false { options.mode = .strict }
  if try o.boolean("masks") ?? false { options.overlap = .masks }
  func numbers(_ name: String) throws -> [Double]? {
    if case .number(let value)? = o.value(name) { return [value] }
    return try o.table(name)?.numbers().doubles
  }
  if let thresholds = try numbers("iou") { options.iouThresholds = thresholds }
  if let thresholds = try numbers("recall") { options.recallThresholds = thresholds }
  if let limits = try o.integers("max_dets") { options.maxDetections = limits }
  if let areas = try o.table("areas") {
    options.areas = try areas.array.map { item in
      guard case .table(let range) = item, case .string(let name) = try range.get(.integer(1)),
        let low = number(try range.get(.integer(2))), let high = number(try range.get(.integer(3)))
      else { throw o.error("areas", "a list of {name, low, high} expected") }
      return AreaRange(name.text, low, high)
    }
  }
  options.useCategories = try o.boolean("use_categories") ?? true
  options.honourIgnore = try o.boolean("ignore") ?? false
  if let ids = try o.integers("images") {
    let rows = Dictionary(
      truth.images.ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    options.imageRows = try ids.map { id in
      guard let row = rows[Int64(id)] else {
        throw o.error("images", "the annotations have no image with id \(id)")
      }
      return row
    }
  }
  return options
}

private func number(_ value: LuaValue) -> Double? {
  switch value {
  case .integer(let value): Double(value)
  case .number(let value): value
  default: nil
  }
}
