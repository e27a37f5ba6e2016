// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// Annotations in Lua's hands, with what their file had wrong.
final class LuaAnnotations {
  let value: Annotations
  let report: Report

  init(_ value: Annotations, _ report: Report) {
    self.value = value
    self.report = report
  }
}

/// Results in Lua's hands; they grow while a detector runs.
final class LuaDetections {
  var value: Detections
  let report: Report?

  init(_ value: Detections, _ report: Report?) {
    self.value = value
    self.report = report
  }

  /// The report of the file, and what only the annotations can tell.
  func report(against truth: LuaAnnotations?) -> Report {
    var report = self.report ?? Report(path: "results")
    if let truth { value.check(against: truth.value, &report) }
    return report
  }
}

/// An evaluation in Lua's hands, with what it judged.
final class LuaEvaluation {
  let value: Evaluation
  let truth: Annotations
  let found: Detections

  init(_ value: Evaluation, _ truth: Annotations, _ found: Detections) {
    self.value = value
    self.truth = truth
    self.found = found
  }
}

/// The Lua classes `Annotations`, `Detections` and `Evaluation`. Ids stay as the files have them.
func registerCOCO(in session: LuaSession) throws {
  try registerAnnotations(in: session)
  try registerDetections(in: session)
  try registerEvaluation(in: session)
}

private func registerAnnotations(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> LuaAnnotations {
    try call.object(1, "self", as: LuaAnnotations.self)
  }
  try session.registerClass(
    LuaAnnotations.self, name: "Annotations",
    methods: [
      method("report") { call in .one(table(try own(call).report)) },
      method("categories") { call in
        let c = try own(call).value.categories
        return .list(
          c.ids.indices.map { i in
            .table(
              LuaTable([
                "id": .integer(c.ids[i]), "name": .string(c.names[i]),
                "supercategory": .string(c.supercategories[i]),
              ]))
          })
      },
      method("statistics") { call in .one(statistics(try own(call).value)) },
      method("objects") { call in .one(try objectColumns(own(call).value)) },
      method("sample") { call in
        let o = try call.options(at: 3, allowed: ["seed"])
        let ids = try own(call).value.sample(
          call.integer(2, "count"), seed: o.seed() ?? 0)
        return .list(ids.map { .integer($0) })
      },
      method("split") { call in
        let o = try call.options(at: 3, allowed: ["seed"])
        let fractions = try call.table(2, "fractions").numbers().doubles
        let parts = try own(call).value.split(fractions, seed: o.seed() ?? 0)
        return .list(parts.map { .list($0.map { .integer($0) }) })
      },
      method("image_ids") { call in
        let value = try own(call).value
        let o = try call.options(at: 2, allowed: ["with_objects"])
        guard try o.boolean("with_objects") ?? false else {
          return .list(value.images.ids.map { .integer($0) })
        }
        return .list(Set(value.objects.images).sorted().map { .integer(value.images.ids[Int($0)]) })
      },
    ],
    properties: [
      LuaProperty("path", get: { .string(try own($0).report.path) }),
      LuaProperty("image_count", get: { .integer(try own($0).value.images.count) }),
      LuaProperty("category_count", get: { .integer(try own($0).value.categories.count) }),
      LuaProperty("object_count", get: { .integer(try own($0).value.objects.count) }),
    ],
    metamethods: [
      method("__tostring") { call in
        let (value, report) = (try own(call).value, try own(call).report)
        return .string(
          "Annotations \(report.path): \(value.images.count) images, \(value.objects.count) objects, "
            + "\(value.categories.count) categories")
      }
    ])
}

private func registerDetections(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> LuaDetections {
    try call.object(1, "self", as: LuaDetections.self)
  }
  try session.registerClass(
    LuaDetections.self, name: "Detections",
    methods: [
      method("report") { call in
        let truth = try call.isNil(2) ? nil : call.object(2, "annotations", as: LuaAnnotations.self)
        return .one(table(try own(call).report(against: truth)))
      },
      method("add") { call in
        if case .table = try call.value(2) {
          try appendDecoded(call, to: own(call))
        } else {
          try append(call, to: own(call))
        }
        return .one(try call.value(1))
      },
      method("save") { call in
        let o = try call.options(at: 3, allowed: ["float32"])
        try own(call).value.write(
          path: call.path(2, "path"), rounded: o.boolean("float32") ?? false)
        return .none
      },
    ],
    metamethods: [
      method("__len") { call in .integer(try own(call).value.count) },
      method("__tostring") { call in .string("Detections: \(try own(call).value.count)") },
    ])
}

/// `results:add(image_id, boxes, scores, category_ids)`: x, y, width, height in pixels, a row each.
private func append(_ call: LuaCall, to found: LuaDetections) throws {
  let image = Int64(try call.integer(2, "image_id"))
  let boxes = try call.tensorOrList(3, "boxes", dtype: .float64)
  let scores = try call.tensorOrList(4, "scores", dtype: .float64).castValues(Double.self)
  let given = try call.tensorOrList(5, "category_ids", dtype: .int64)
  guard given.dtype.isInteger else {
    throw call.argumentError(5, "category_ids", "must be integers, got \(given.dtype.name)")
  }
  let categories = try given.castValues(Int64.self)
  let n = scores.count
  guard boxes.count == 4 * n, n == 0 || boxes.shape == [n, 4] else {
    throw call.argumentError(
      3, "boxes", "must have shape (\(n), 4) for \(n) scores, got \(shapeText(boxes.shape))")
  }
  guard categories.count == n else {
    throw call.argumentError(
      5, "category_ids", "must be \(n), one for each score, got \(categories.count)")
  }
  let values = try boxes.castValues(Double.self)
  guard scores.allSatisfy(\.isFinite) else {
    throw call.argumentError(4, "scores", "must be finite")
  }
  guard values.allSatisfy(\.isFinite) else {
    throw call.argumentError(3, "boxes", "must be finite")
  }
  for i in 0..<n {
    found.value.append(
      image: image, category: categories[i],
      box: (values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]),
      score: scores[i])
  }
}

private func registerEvaluation(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> LuaEvaluation {
    try call.object(1, "self", as: LuaEvaluation.self)
  }
  try session.registerClass(
    LuaEvaluation.self, name: "Evaluation",
    methods: [
      method("figures") { call in .one(figures(try own(call).value)) },
      method("categories") { call in
        let own = try own(call)
        return .list(own.value.categories.map { category($0, own.value, own.truth) })
      },
    ] + evaluationAnalyses(),
    properties: [
      LuaProperty("stats", get: { .list(try own($0).value.stats.map { .number($0) }) }),
      LuaProperty("counts", get: { .one(counts(try own($0).value)) }),
      LuaProperty("notes", get: { .list(try own($0).value.notes.map { .string($0) }) }),
      LuaProperty(
        "iou_thresholds",
        get: { .list(try own($0).value.options.iouThresholds.map { .number($0) }) }),
    ],
    metamethods: [
      method("__tostring") { call in
        let value = try own(call).value
        return .string(
          "Evaluation: AP \(value.stats[0]) of \(value.counts.detections) detections on "
            + "\(value.counts.images) images")
      }
    ])
}

func figures(_ evaluation: Evaluation) -> LuaValue {
  .list(
    evaluation.figures.map { figure in
      var fields: [LuaTable.Field] = [
        (.string("name"), .string(figure.name)), (.string("value"), .number(figure.value)),
        (.string("kind"), .string(figure.isRecall ? "AR" : "AP")),
        (.string("area"), .string(figure.area)),
        (.string("max_dets"), .integer(figure.maxDetections)),
      ]
      if let threshold = figure.threshold { fields.append((.string("iou"), .number(threshold))) }
      return .table(LuaTable(fields: fields))
    })
}

private func category(
  _ figures: Evaluation.CategoryFigures, _ evaluation: Evaluation, _ truth: Annotations
) -> LuaValue {
  func byArea(_ values: [Double]) -> LuaValue {
    .table(
      LuaTable(
        fields: zip(evaluation.options.areas, values).map { (.string($0.name), .number($1)) }))
  }
  var fields: [LuaTable.Field] = [
    (.string("objects"), .integer(figures.objects)), (.string("ap"), byArea(figures.precision)),
    (.string("ar"), byArea(figures.recall)), (.string("ap50"), .number(figures.precision50)),
    (.string("ap75"), .number(figures.precision75)),
  ]
  if evaluation.options.useCategories {
    fields.append((.string("id"), .integer(truth.categories.ids[figures.category])))
    fields.append((.string("name"), .string(truth.categories.names[figures.category])))
  }
  return .table(LuaTable(fields: fields))
}

private func counts(_ evaluation: Evaluation) -> LuaValue {
  let c = evaluation.counts
  return .table(
    LuaTable([
      "images": .integer(c.images), "objects": .integer(c.objects), "crowds": .integer(c.crowds),
      "detections": .integer(c.detections), "unknown_category": .integer(c.unknownCategory),
      "beyond_limit": .integer(c.beyondLimit),
    ]))
}

/// A report as a table; records count from 0, lines and columns from 1.
func table(_ report: Report) -> LuaValue {
  let problems: [LuaValue] = report.problems.map { problem in
    let examples: [LuaValue] = problem.examples.map { example in
      var fields: [LuaTable.Field] = [
        (.string("record"), .integer(example.record)), (.string("detail"), .string(example.detail)),
      ]
      if example.line > 0 {
        fields.append((.string("line"), .integer(Int(example.line))))
        fields.append((.string("column"), .integer(Int(example.column))))
      }
      return .table(LuaTable(fields: fields))
    }
    return .table(
      LuaTable([
        "kind": .string(problem.kind), "severity": .string(problem.severity.name),
        "message": .string(problem.message), "count": .integer(problem.count),
        "examples": .list(examples), "text": .string(report.text(problem)),
      ]))
  }
  return .table(LuaTable(["path": .string(report.path), "problems": .list(problems)]))
}
