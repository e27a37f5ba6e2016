// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// What an `Evaluation` tells beyond its figures. Categories are named by id, records count from 0 as in
/// the files.
func evaluationAnalyses() -> [LuaMethod] {
  [
    // Points {recall, precision, score} of one category's curve, or of the mean over all.
    method("curve") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "category", "area"])
      let points = own.value.curve(
        threshold: try place(o, own), category: try category(o, own), area: try area(o, own))
      return .list(
        points.map {
          .table(
            LuaTable([
              "recall": .number($0.recall), "precision": .number($0.precision),
              "score": .number($0.score),
            ]))
        })
    },
    // The best point of one category's curve, or nil; without a category the mean of F over all.
    method("best_f") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "category", "beta"])
      let beta = try o.number("beta") ?? 1
      guard beta > 0, beta.isFinite else { throw o.error("beta", "must be positive, got \(beta)") }
      guard let category = try category(o, own) else {
        let threshold = try o.has("iou") ? place(o, own) : nil
        return .number(own.value.meanBestF(threshold: threshold, beta: beta))
      }
      guard
        let best = own.value.bestF(threshold: try place(o, own), category: category, beta: beta)
      else { return .one(.nil) }
      return .one(
        .table(
          LuaTable([
            "f": .number(best.f), "precision": .number(best.precision),
            "recall": .number(best.recall), "score": .number(best.score),
          ])))
    },
    method("calibration") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "bins"])
      let found = try Calibration(
        own.truth, own.found, own.value.options, threshold: o.number("iou") ?? 0.5,
        bins: o.integer("bins") ?? 10)
      let bins: [LuaValue] = found.bins.map {
        .table(
          LuaTable([
            "low": .number($0.low), "high": .number($0.high), "count": .integer($0.count),
            "confidence": .number($0.confidence), "accuracy": .number($0.accuracy),
          ]))
      }
      return .one(
        .table(
          LuaTable([
            "ece": .number(found.expectedError), "mce": .number(found.maximalError),
            "count": .integer(found.count), "bins": .list(bins),
          ])))
    },
    // Counts (K + 1, K + 1) as a tensor, and the categories' ids.
    method("confusion") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "min_score", "max_dets"])
      let matrix = try ConfusionMatrix(
        own.truth, own.found, own.value.options, threshold: o.number("iou") ?? 0.5,
        leastScore: o.number("min_score") ?? -.infinity, maxDetections: o.integer("max_dets"))
      let k = matrix.categoryRows.count + 1
      let counts = try Tensor(matrix.counts.map { Int64($0) }, [k, k])
      let ids: [LuaValue] = matrix.categoryRows.map { .integer(own.truth.categories.ids[$0]) }
      return .many([.object(counts), .list(ids)])
    },
    method("tide") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "background"])
      let tide = try TIDE(
        own.truth, own.found, threshold: o.number("iou") ?? 0.5,
        background: o.number("background") ?? 0.1)
      let names = ["Cls", "Loc", "Both", "Dupe", "Bkg", "Miss"]
      var gains = zip(names, tide.gains).map { (LuaValue.string($0), LuaValue.number($1)) }
      gains.append((.string("FP"), .number(tide.falsePositiveGain)))
      gains.append((.string("FN"), .number(tide.falseNegativeGain)))
      let counts = zip(names, tide.counts).map { (LuaValue.string($0), LuaValue.integer($1)) }
      return .one(
        .table(
          LuaTable([
            "ap": .number(tide.precision), "gains": .table(LuaTable(fields: gains)),
            "counts": .table(LuaTable(fields: counts)),
          ])))
    },
    // One entry an image: its id, and the records that are right, wrong and missed.
    method("image_errors") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["iou", "min_score"])
      let errors = try ImageErrors.all(
        own.truth, own.found, own.value.options, threshold: o.number("iou") ?? 0.5,
        leastScore: o.number("min_score") ?? -.infinity)
      func records(_ rows: [Int]) -> LuaValue { .list(rows.map { .integer($0) }) }
      func ids(_ rows: [Int]) -> LuaValue {
        .list(rows.map { .integer(own.truth.objects.ids[$0]) })
      }
      return .list(
        errors.map {
          .table(
            LuaTable([
              "image_id": .integer(own.truth.images.ids[$0.image]), "f1": .number($0.f1),
              "right": records($0.right), "objects": ids($0.objects), "wrong": records($0.wrong),
              "missed": ids($0.missed),
            ]))
        })
    },
    method("bootstrap") { call in
      let own = try evaluation(call)
      let o = try call.options(at: 2, allowed: ["draws", "level", "seed"])
      let bootstrap = try Bootstrap(own.truth, own.found, own.value.options)
      return .one(
        intervals(
          try bootstrap.intervals(
            draws: o.integer("draws") ?? 1000, level: o.number("level") ?? 0.95,
            seed: o.seed() ?? 0)))
    },
    // The other's figures less these, on the same draws of images.
    method("compare") { call in
      let (own, other) = (
        try evaluation(call), try call.object(2, "other", as: LuaEvaluation.self)
      )
      let o = try call.options(at: 3, allowed: ["draws", "level", "seed"])
      guard own.truth.images.ids == other.truth.images.ids,
        own.value.imageRows == other.value.imageRows
      else { throw COCOError("two detectors can be compared on the same images only") }
      let first = try Bootstrap(own.truth, own.found, own.value.options)
      let second = try Bootstrap(other.truth, other.found, other.value.options)
      return .one(
        intervals(
          try first.differences(
            to: second, draws: o.integer("draws") ?? 1000, level: o.number("level") ?? 0.95,
            seed: o.seed() ?? 0)))
    },
  ]
}

private func evaluation(_ call: LuaCall) throws -> LuaEvaluation {
  try call.object(1, "self", as: LuaEvaluation.self)
}

/// The place of the IoU threshold that is nearest to the one asked for (0.5); the ninth of COCO's is one
/// unit below 0.9, which nobody types.
private func place(_ o: LuaOptions, _ own: LuaEvaluation) throws -> Int {
  let wanted = try o.number("iou") ?? 0.5
  let thresholds = own.value.options.iouThresholds
  guard let place = thresholds.firstIndex(where: { abs($0 - wanted) < 1e-9 }) else {
    let known = thresholds.map { "\($0)" }.joined(separator: ", ")
    throw o.error("iou", "\(wanted) was not judged; the thresholds are \(known)")
  }
  return place
}

private func category(_ o: LuaOptions, _ own: LuaEvaluation) throws -> Int? {
  guard let id = try o.integer("category") else { return nil }
  let rows = own.value.categoryRows
  guard own.value.options.useCategories,
    let place = rows.firstIndex(where: { own.truth.categories.ids[$0] == Int64(id) })
  else { throw o.error("category", "there is no category with id \(id)") }
  return place
}

private func area(_ o: LuaOptions, _ own: LuaEvaluation) throws -> Int {
  guard let name = try o.string("area") else { return 0 }
  let names = own.value.options.areas.map(\.name)
  guard let place = names.firstIndex(of: name) else {
    throw o.error(
      "area", "there is no area '\(name)'; they are \(names.joined(separator: ", "))")
  }
  return place
}

private func intervals(_ intervals: [Bootstrap.Interval]) -> LuaValue {
  .list(
    intervals.map {
      .table(
        LuaTable([
          "name": .string($0.name), "value": .number($0.value), "low": .number($0.low),
          "high": .number($0.high), "deviation": .number($0.deviation), "p": .number($0.p),
        ]))
    })
}
