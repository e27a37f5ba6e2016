// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// `th.coco`: annotation and result files, and their evaluation. Ids stay as files have them.
func coco() -> Namespace {
  var coco = Namespace("th.coco")
  coco.function("load") { call in
    let o = try call.options(at: 2, allowed: ["strict", "lenient"])
    let path = try call.string(1, "path")
    return .one(
      .object(
        try told {
          AnnotationSet(
            try AnnotationFile(
              path: path, lenient: o.boolean("lenient") ?? false,
              strict: o.boolean("strict") ?? false))
        }))
  }
  coco.function("load_results") { call in
    let o = try call.options(at: 2, allowed: ["lenient"])
    let path = try call.string(1, "path")
    return .one(
      .object(
        try told {
          DetectionSet(try ResultsFile(path: path, lenient: o.boolean("lenient") ?? false))
        }))
  }
  coco.function("detections") { call in .one(.object(try detections(call))) }
  coco.function("evaluate") { call in .one(.object(try evaluate(call))) }
  return coco
}

/// Errors of files and data as those of an operation.
func told<T>(_ body: () throws -> T) throws -> T {
  do { return try body() } catch let error as COCOError {
    throw TensorError("coco", error.description)
  }
}

private func problemList(_ problems: Problems) -> LuaValue {
  .list(
    problems.entries.map { entry in
      .table(
        LuaTable([
          "kind": .string(entry.kind.rawValue), "severity": .string(entry.kind.severity.rawValue),
          "count": .integer(entry.count),
          "examples": .list(
            entry.examples.map {
              .table(LuaTable(["line": .integer($0.line), "text": .string($0.text)]))
            }),
        ]))
    })
}

/// The classes `Annotations`, `Detections` and `Evaluation`.
func registerCOCO(in session: LuaSession) throws {
  func given(_ call: LuaCall) throws -> AnnotationSet {
    try call.object(1, "self", as: AnnotationSet.self)
  }
  try session.registerClass(
    AnnotationSet.self, name: "Annotations",
    methods: [
      method("problems") { call in .one(problemList(try given(call).problems)) },
      method("image_ids") { call in
        .list(try given(call).annotations.images.ids.map { .integer(Int($0)) })
      },
      method("file_names") { call in
        .list(try given(call).annotations.images.fileNames.map { .string($0) })
      },
      method("category_ids") { call in
        .list(try given(call).annotations.categories.ids.map { .integer(Int($0)) })
      },
      method("category_names") { call in
        .list(try given(call).annotations.categories.names.map { .string($0) })
      },
      method("stats") { call in .one(annotationStats(try given(call).annotations)) },
      method("__len") { call in .integer(try given(call).annotations.objects.count) },
      method("__tostring") { call in
        let a = try given(call).annotations
        return .string(
          "Annotations(\(a.images.count) images, \(a.objects.count) objects, "
            + "\(a.categories.count) categories)")
      },
    ],
    properties: [
      LuaProperty("path", get: { .string(try given($0).path) }),
      LuaProperty("images", get: { .integer(try given($0).annotations.images.count) }),
      LuaProperty("objects", get: { .integer(try given($0).annotations.objects.count) }),
      LuaProperty("categories", get: { .integer(try given($0).annotations.categories.count) }),
    ])
  func found(_ call: LuaCall) throws -> DetectionSet {
    try call.object(1, "self", as: DetectionSet.self)
  }
  try session.registerClass(
    DetectionSet.self, name: "Detections",
    methods: [
      method("problems") { call in .one(problemList(try found(call).problems)) },
      method("save") { call in
        let (set, path) = (try found(call), try call.string(2, "path"))
        try told { try set.detections.write(to: path) }
        return .none
      },
      method("__len") { call in .integer(try found(call).detections.count) },
      method("__tostring") { call in
        .string("Detections(\(try found(call).detections.count))")
      },
    ],
    properties: [LuaProperty("path", get: { .string(try found($0).path) })])
  try registerEvaluation(in: session)
}

private func annotationStats(_ a: Annotations) -> LuaValue {
  var (perClass, sizes) = ([Int](repeating: 0, count: a.categories.count), [0, 0, 0])
  var hasObject = [Bool](repeating: false, count: a.images.count)
  for i in 0..<a.objects.count {
    perClass[Int(a.objects.categories[i])] += 1
    hasObject[Int(a.objects.images[i])] = true
    sizes[a.objects.areas[i] < 1024 ? 0 : a.objects.areas[i] < 9216 ? 1 : 2] += 1
  }
  return .table(
    LuaTable([
      "images": .integer(a.images.count), "objects": .integer(a.objects.count),
      "categories": .integer(a.categories.count),
      "crowds": .integer(a.objects.isCrowd.count { $0 }),
      "images_without_objects": .integer(hasObject.count { !$0 }),
      "small": .integer(sizes[0]), "medium": .integer(sizes[1]), "large": .integer(sizes[2]),
      "by_category": .list(
        a.categories.ids.indices.map {
          .table(
            LuaTable([
              "id": .integer(Int(a.categories.ids[$0])), "name": .string(a.categories.names[$0]),
              "objects": .integer(perClass[$0]),
            ]))
        }),
    ]))
}

/// From lists or tensors: image and category ids (n), boxes (n, 4) as x, y, width, height, scores (n).
private func detections(_ call: LuaCall) throws -> DetectionSet {
  let o = try call.options(at: 1, allowed: ["images", "categories", "boxes", "scores"])
  func column(_ name: String) throws -> Tensor { try o.required(name, o.tensor(name)) }
  let boxes = try column("boxes")
  let n = boxes.shape.first ?? 0
  guard boxes.ndim == 2, boxes.shape[1] == 4 || n == 0 else {
    throw o.error("boxes", "needs shape (n, 4), got \(shapeText(boxes.shape))")
  }
  func list<T: Element>(_ name: String, _: T.Type) throws -> [T] {
    let tensor = try column(name)
    guard tensor.shape == [n] else {
      throw o.error(name, "needs shape (\(n)), as there are boxes, got \(shapeText(tensor.shape))")
    }
    return try tensor.castValues(T.self)
  }
  var d = Detections()
  (d.images, d.categories) = (try list("images", Int64.self), try list("categories", Int64.self))
  d.boxes = try boxes.castValues(Double.self)
  d.scores = try list("scores", Double.self)
  for (name, values) in [("boxes", d.boxes), ("scores", d.scores)] {
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      let row = name == "boxes" ? bad / 4 : bad
      throw o.error(name, "row \(row + 1) has the value \(values[bad]), which is not finite")
    }
  }
  return DetectionSet(d)
}

private func annotations(_ o: LuaOptions, strict: Bool) throws -> AnnotationSet {
  if case .string(let path)? = o.value("gt") {
    return try told { AnnotationSet(try AnnotationFile(path: path.text, strict: strict)) }
  }
  return try o.required("gt", o.object("gt", as: AnnotationSet.self))
}

private func evaluate(_ call: LuaCall) throws -> EvaluationReport {
  let o = try call.options(
    at: 1,
    allowed: [
      "gt", "dt", "mode", "iou_thresholds", "recall_thresholds", "max_detections", "areas",
      "use_categories", "honour_ignore",
    ])
  var options = EvaluationOptions()
  if let name = try o.string("mode") {
    guard let mode = EvaluationOptions.Mode(rawValue: name) else {
      throw o.error("mode", "'compat' or 'strict' expected, got '\(name)'")
    }
    options.mode = mode
  }
  if let given = try o.tensor("iou_thresholds") {
    options.iouThresholds = try given.castValues(Double.self)
  }
  if let given = try o.tensor("recall_thresholds") {
    options.recallThresholds = try given.castValues(Double.self)
  }
  options.maxDetections = try o.integers("max_detections") ?? options.maxDetections
  options.ignoresCategories = try o.boolean("use_categories").map { !$0 } ?? false
  options.honoursIgnore = try o.boolean("honour_ignore") ?? false
  if let given = try o.table("areas") { options.areas = try areas(given, o) }
  let gt = try annotations(o, strict: options.mode == .strict)
  let dt: DetectionSet
  if case .string(let path)? = o.value("dt") {
    dt = try told { DetectionSet(try ResultsFile(path: path.text)) }
  } else {
    dt = try o.required("dt", o.object("dt", as: DetectionSet.self))
  }
  let chosen = options
  return try told {
    EvaluationReport(try Evaluation(gt.annotations, dt.detections, options: chosen))
  }
}

/// A list of { name, from, to }, the first of which is for all.
private func areas(_ table: LuaTable, _ o: LuaOptions) throws -> [EvaluationOptions.AreaRange] {
  try table.array.map { value in
    guard case .table(let row) = value, case let row = try row.array, row.count == 3,
      case .string(let name) = row[0], let from = number(row[1]), let to = number(row[2])
    else { throw o.error("areas", "a list of { name, from, to } expected") }
    return EvaluationOptions.AreaRange(name.text, from, to)
  }
}

private func number(_ value: LuaValue) -> Double? {
  switch value {
  case .number(let value): value
  case .integer(let value): Double(value)
  default: nil
  }
}

private func registerEvaluation(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> Evaluation {
    try call.object(1, "self", as: EvaluationReport.self).evaluation
  }
  /// threshold, area and category (an id) of a question.
  func which(_ call: LuaCall, _ more: [String]) throws -> (LuaOptions, Double?, Int, Int?) {
    let (e, o) = (
      try own(call), try call.options(at: 2, allowed: ["threshold", "area", "category"] + more)
    )
    var area = 0
    if let name = try o.string("area") {
      guard let found = e.area(name) else {
        let names = e.options.areas.map { "'\($0.name)'" }.joined(separator: ", ")
        throw o.error("area", "one of \(names) expected, got '\(name)'")
      }
      area = found
    }
    let category = try o.integer("category").map { id in
      guard let found = e.categories.firstIndex(of: Int64(id)) else {
        throw o.error("category", "there is no category \(id)")
      }
      return found
    }
    return (o, try o.number("threshold"), area, category)
  }
  try session.registerClass(
    EvaluationReport.self, name: "Evaluation",
    methods: [
      method("stats") { call in .list(try own(call).stats.map { .number($0) }) },
      method("figures") { call in
        .list(
          try own(call).figures.map { f in
            .table(
              LuaTable([
                "name": .string(f.name), "value": .number(f.value), "area": .string(f.area),
                "detections": .integer(f.detections),
              ]))
          })
      },
      method("average_precision") { call in
        let (_, threshold, area, category) = try which(call, [])
        return .number(
          try own(call).averagePrecision(threshold: threshold, area: area, category: category))
      },
      method("average_recall") { call in
        let (o, threshold, area, category) = try which(call, ["detections"])
        let e = try own(call)
        let m = try o.integer("detections").map { most in
          guard let found = e.options.maxDetections.firstIndex(of: most) else {
            throw o.error(
              "detections", "one of \(e.options.maxDetections) expected, got \(most)")
          }
          return found
        }
        return .number(
          e.averageRecall(threshold: threshold, area: area, detections: m, category: category))
      },
      method("by_category") { call in
        let e = try own(call)
        return .list(
          e.categories.indices.map { k in
            .table(
              LuaTable([
                "id": .integer(Int(e.categories[k])), "name": .string(e.categoryNames[k]),
                "ap": .number(e.averagePrecision(category: k)),
                "ap50": .number(e.averagePrecision(threshold: 0.5, category: k)),
                "ar": .number(e.averageRecall(category: k)),
              ]))
          })
      },
      method("problems") { call in .one(problemList(try own(call).problems)) },
      method("__tostring") { call in .string(try own(call).summary) },
    ],
    properties: [
      LuaProperty("images", get: { .integer(try own($0).images.count) }),
      LuaProperty("objects", get: { .integer(try own($0).objectCount) }),
      LuaProperty("detections", get: { .integer(try own($0).detectionCount) }),
      LuaProperty("dropped", get: { .integer(try own($0).droppedCount) }),
      LuaProperty("mode", get: { .string(try own($0).options.mode.rawValue) }),
    ])
}
