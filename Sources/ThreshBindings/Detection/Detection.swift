// SPDX-License-Identifier: Apache-2.0
import ThreshDetection
import ThreshLua
import ThreshTensor

/// `th.detect`: single-shot detectors, their matching, loss and results.
///
/// Objects' classes count from 1 in everything; 0 among the labels of default boxes is the background,
/// whose scores are the first row of the class scores. Boxes are left, top, right, bottom as parts of
/// the image.
func detection(random: DefaultRandom) -> Namespace {
  var detect = Namespace("th.detect")
  addDetectors(to: &detect, random: random)
  addDrawing(to: &detect)
  detect.function("encode") { call in
    let (objects, boxes) = (try call.objects(1, "objects"), try call.boxes(2, "boxes"))
    let o = try call.options(at: 3, allowed: ["threshold", "classes", "ids"])
    let targets = try namingImages(o.ids()) {
      try Matching.encode(
        objects, boxes, threshold: Float(o.number("threshold") ?? 0.5),
        classes: o.integer("classes"))
    }
    return .one(
      .table(
        LuaTable(["labels": .object(targets.labels), "offsets": .object(targets.offsets)])))
  }
  detect.function("multibox") { call in
    let (loc, conf) = (try call.tensor(1, "locations"), try call.tensor(2, "scores"))
    let targets = try call.targets(3, "targets")
    let o = try call.options(at: 4, allowed: LuaOptions.multiBox + ["ids"])
    let result = try namingImages(o.ids()) {
      try MultiBox.loss(loc, conf, targets, o.multiBox())
    }
    return .many([
      .object(result.losses),
      .table(
        LuaTable([
          "locations": .object(result.locations), "scores": .object(result.scores),
          "positives": .object(result.positives),
        ])),
    ])
  }
  detect.function("bias_gradients") { call in
    let (loc, conf) = (try call.tensor(1, "locations"), try call.tensor(2, "scores"))
    let targets = try call.targets(3, "targets")
    let o = try call.options(at: 4, allowed: LuaOptions.multiBox + ["boxes", "pooled", "ids"])
    let rows = try namingImages(o.ids()) {
      try BiasGradients.rows(
        loc, conf, targets, o.boxes("boxes") ?? .ssd300, o.multiBox(),
        pooled: o.boolean("pooled") ?? false)
    }
    return .tensor(rows)
  }
  detect.function("decode") { call in .one(try decode(call)) }
  detect.function("nms") { call in
    let (boxes, scores) = (try call.tensor(1, "boxes"), try call.tensor(2, "scores"))
    let o = try call.options(at: 3, allowed: ["iou_threshold", "keep_equal", "labels"])
    let rule = NonMaximumSuppression.Rule(
      threshold: Float(try o.number("iou_threshold") ?? 0.5),
      keepsEqual: try o.boolean("keep_equal") ?? false)
    let labels = try o.tensor("labels").map { labels in
      guard labels.dtype.isInteger else {
        throw o.error("labels", "integers expected, got \(labels.dtype.name)")
      }
      return try labels.castValues(Int64.self)
    }
    do {
      return .tensor(
        try luaIndices(NonMaximumSuppression.kept(boxes, scores, labels: labels, rule: rule)))
    } catch let error as TensorError {
      guard let row = error.position?.first else { throw error }
      throw TensorError(error.op, "\(error.message): that of box \(row + 1)")
    }
  }
  return detect
}

private func decode(_ call: LuaCall) throws -> LuaValue {
  let (loc, conf) = (try call.tensor(1, "locations"), try call.tensor(2, "scores"))
  let boxes = try call.boxes(3, "boxes")
  let o = try call.options(
    at: 4,
    allowed: [
      "style", "score_threshold", "iou_threshold", "keep_equal", "per_class", "per_image", "clip",
      "sizes", "ids",
    ])
  var options: Decoding.Options
  switch try o.string("style") ?? "nvidia" {
  case "nvidia": options = .nvidia
  case "torchvision": options = .torchvision
  case let name: throw o.error("style", "'nvidia' or 'torchvision' expected, got '\(name)'")
  }
  options.scoreThreshold =
    try o.number("score_threshold").map { Float($0) } ?? options.scoreThreshold
  options.perClass = try o.integer("per_class") ?? options.perClass
  options.perImage = try o.integer("per_image") ?? options.perImage
  options.suppression.threshold =
    try o.number("iou_threshold").map { Float($0) } ?? options.suppression.threshold
  options.suppression.keepsEqual = try o.boolean("keep_equal") ?? options.suppression.keepsEqual
  options.clips = try o.boolean("clip") ?? options.clips
  let sizes = try o.numberList("sizes")
  if let sizes, sizes.count != 2 * (loc.shape.first ?? 0) {
    throw o.error(
      "sizes",
      "width and height of each of \(loc.shape.first ?? 0) images expected, got \(sizes.count) numbers"
    )
  }
  let found = try namingImages(o.ids()) { try Decoding.detections(loc, conf, boxes, options) }
  let m = found.count
  var fields: [LuaTable.Field] = [
    (.string("images"), .object(try luaIndices(found.images))),
    (.string("labels"), .object(try Tensor(found.labels.map { Int64($0) }))),
    (.string("scores"), .object(try Tensor(found.scores))),
    (.string("boxes"), .object(try Tensor(found.boxes, [m, 4]))),
  ]
  if let sizes {
    let pairs = stride(from: 0, to: sizes.count, by: 2).map {
      (width: sizes[$0], height: sizes[$0 + 1])
    }
    fields.append((.string("bbox"), .object(try Tensor(found.pixels(pairs), [m, 4]))))
  }
  return .table(LuaTable(fields: fields))
}
