// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshData
import ThreshLua
import ThreshTensor

/// `th.data.image` and its kin: pictures, image folders, pictures with boxes.
func imageData(in data: inout Namespace) {
  // uint8, (3, H, W), of a JPEG or PNG file.
  data.function("image") { call in
    .tensor(try ImageFile.read(call.path(1, "path")).tensor())
  }
  data.function("decode_image") { call in
    .tensor(
      try call.withBytes(1, "bytes") { try ImageFile.decode($0, name: "the bytes").tensor() })
  }
  data.function("save_png") { call in
    try ImageFile.writePNG(RGBImage(call.tensor(2, "image")), to: call.path(1, "path"))
    return .none
  }
  // uint8, (3, 7 scale, W): a line of text, black on white.
  data.function("letters") { call in
    let o = try call.options(at: 2, allowed: ["scale"])
    let scale = try o.integer("scale") ?? 1
    guard (1...16).contains(scale) else {
      throw o.error("scale", "must be in 1 … 16, got \(scale)")
    }
    return .tensor(try RGBImage(text: call.string(1, "text"), scale: scale).tensor())
  }
  // float32 (3, height, width) of a picture (3, H, W).
  data.function("resize") { call in
    let o = try call.options(at: 4, allowed: ["antialias"])
    let image = try FloatImage(RGBImage(call.tensor(1, "image")))
    let resized = try image.resized(
      width: call.integer(3, "width"), height: call.integer(2, "height"),
      antialias: o.boolean("antialias") ?? true)
    return .tensor(try resized.tensor())
  }
  // The data set, and what was wrong with the pictures that were left out.
  data.function("image_folder") { call in
    let o = try call.options(
      at: 1, allowed: ["root", "size", "antialias", "skip_unreadable", "normalise"])
    let (set, skipped) = try ImageFolder.load(
      o.required("root", o.path("root")), size: o.required("size", o.integer("size")),
      antialias: o.boolean("antialias") ?? true,
      skipUnreadable: o.boolean("skip_unreadable") ?? false)
    let isNormalised = try o.boolean("normalise") ?? false
    return .many([
      .object(isNormalised ? try set.normalised(set.channelStatistics()) : set),
      .list(skipped.map { .string($0) }),
    ])
  }
  data.function("shapes") { call in
    let o = try call.options(at: 1, allowed: ["n", "size", "seed", "cache"])
    return .object(
      try DetectionDataset(
        shapes: Shapes(
          count: o.integer("n") ?? 100, size: o.integer("size") ?? 300,
          seed: o.seed() ?? 0), keepsPictures: o.boolean("cache") ?? true))
  }
  data.function("coco_images") { call in
    let o = try call.options(
      at: 1, allowed: ["folder", "annotations", "name", "drop_invalid", "cache"])
    let folder = try o.required("folder", o.path("folder"))
    let path = try o.required("annotations", o.path("annotations"))
    let (annotations, report) = try Annotations.read(path: path)
    return .object(
      try DetectionDataset(
        folder: folder, annotations: annotations, report: report, name: o.string("name") ?? path,
        dropInvalid: o.boolean("drop_invalid") ?? false, keepsPictures: o.boolean("cache") ?? false
      ))
  }
  addDetectionAugmentations(to: &data)
}

/// The Lua classes `DetectionDataset` and `DetectionLoader`.
func registerImageData(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> DetectionDataset {
    try call.object(1, "self", as: DetectionDataset.self)
  }
  try session.registerClass(
    DetectionDataset.self, name: "DetectionDataset",
    methods: [
      method("loader") { call in
        .object(try DetectionLoader(own(call), loaderOptions(call, own(call))))
      },
      // {image, boxes (k, 4) as corners in pixels, labels, crowd, id}
      method("sample") { call in
        let (set, i) = (try own(call), try call.integer(2, "index"))
        guard i >= 1, i <= set.count else {
          throw call.argumentError(
            2, "index", "must be in 1 … \(set.count), the images of \(set.name); got \(i)")
        }
        let objects = try set.objects(i - 1)
        let corners = objects.flatMap { [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom] }
        let boxes = try Tensor(corners.map { Float($0) }, [objects.count, 4])
        let labels = try Tensor(objects.map { Int64($0.label + 1) })
        let crowd = try Tensor(objects.map(\.isCrowd))
        let image = try set.image(i - 1).tensor()
        let id = set.annotations.images.ids[i - 1]
        return .one(
          .table(
            LuaTable([
              "image": .object(image), "boxes": .object(boxes), "labels": .object(labels),
              "crowd": .object(crowd), "id": .integer(id),
            ])))
      },
      method("subset") { call in
        let set = try own(call)
        return .object(try set.subset(call.samples(2, of: set)))
      },
      method("fingerprint") { call in .string(try own(call).fingerprint()) },
      // Pictures as PNG files in the folder's `images`, annotations in its `instances.json`.
      method("save") { call in
        try own(call).write(to: call.path(2, "folder"))
        return .none
      },
    ],
    properties: [
      LuaProperty("name", get: { .string(try own($0).name) }),
      LuaProperty("classes", get: { .integer(try own($0).classCount) }),
      LuaProperty(
        "class_names", get: { .list(try own($0).annotations.categories.names.map { .string($0) }) }),
      LuaProperty(
        "category_ids",
        get: { .list(try own($0).annotations.categories.ids.map { .integer($0) }) }),
      // What th.coco.evaluate takes as the truth.
      LuaProperty(
        "annotations",
        get: { call in
          let set = try own(call)
          return .object(LuaAnnotations(set.annotations, set.report))
        }),
      // (n, 2): width and height in pixels, 0 where the annotations do not say.
      LuaProperty(
        "image_sizes",
        get: { call in
          let images = try own(call).annotations.images
          let sizes = zip(images.widths, images.heights).flatMap { [Double($0), Double($1)] }
          return .tensor(try Tensor(sizes, [images.count, 2]))
        }),
      // Objects that are not trained on, as they cannot be read or their boxes are none.
      LuaProperty("dropped", get: { .integer(try own($0).droppedCount) }),
    ],
    metamethods: [
      method("__len") { call in .integer(try own(call).count) },
      method("__tostring") { call in
        let d = try own(call)
        return .string(
          "DetectionDataset \(d.name): \(d.count) images, \(d.annotations.objects.count) objects, "
            + "\(d.classCount) classes")
      },
    ])
  try session.registerClass(
    LuaDetectionAugmentation.self, name: "DetectionAugmentation",
    metamethods: [
      method("__tostring") { call in
        .string(described(try call.object(1, "self", as: LuaDetectionAugmentation.self).value))
      }
    ])
  func ownLoader(_ call: LuaCall) throws -> DetectionLoader {
    try call.object(1, "self", as: DetectionLoader.self)
  }
  try session.registerClass(
    DetectionLoader.self, name: "DetectionLoader",
    properties: [
      LuaProperty("batches", get: { .integer(try ownLoader($0).batchCount) }),
      LuaProperty("position", get: { .integer(try ownLoader($0).position) }),
      LuaProperty("skipped", get: { .list(try ownLoader($0).skipped.map { .string($0) }) }),
    ],
    metamethods: [
      method("__call") { call in
        guard let batch = try ownLoader(call).next() else { return .one(.nil) }
        return .one(try table(batch))
      },
      method("__len") { call in .integer(try ownLoader(call).batchCount) },
    ])
}

/// A batch as Lua sees it: labels and indices count from 1, ids are the file's.
private func table(_ batch: DetectionBatch) throws -> LuaValue {
  let n = batch.indices.count
  var fields: [LuaTable.Field] = [
    (.string("x"), .object(batch.x)),
    (
      .string("objects"),
      .list(
        try zip(batch.boxes, batch.labels).map { boxes, labels in
          let labels = try Tensor(labels.map { Int64($0 + 1) })
          return .table(LuaTable(["boxes": .object(boxes), "labels": .object(labels)]))
        })
    ),
    (.string("indices"), .object(try Tensor(batch.indices.map { Int64($0 + 1) }))),
    (.string("ids"), .object(try Tensor(batch.ids))),
    (
      .string("sizes"),
      .object(try Tensor(batch.sizes.flatMap { [Double($0.width), Double($0.height)] }, [n, 2]))
    ),
  ]
  if let weights = batch.weights { fields.append((.string("weights"), .object(weights))) }
  return .table(LuaTable(fields: fields))
}

private func loaderOptions(
  _ call: LuaCall, _ data: DetectionDataset
) throws -> DetectionLoaderOptions {
  let o = try call.options(
    at: 2,
    allowed: [
      "batch_size", "shuffle", "drop_last", "seed", "epoch", "indices", "weights", "batches",
      "prefetch", "start", "size", "augment", "skip_unreadable", "crowds", "mean", "std",
    ])
  var options = DetectionLoaderOptions()
  options.loader = try walk(o, data, LoaderOptions(batchSize: 32))
  options.size = try o.integer("size") ?? options.size
  options.augment = try detectionAugmentations(o)
  options.skipUnreadable = try o.boolean("skip_unreadable") ?? options.skipUnreadable
  options.keepCrowds = try o.boolean("crowds") ?? options.keepCrowds
  func channels(_ name: String) throws -> [Float]? {
    guard let values = try o.table(name)?.numbers().doubles else { return nil }
    guard values.count == 3, values.allSatisfy(\.isFinite) else {
      throw o.error(name, "three finite numbers expected, one for each colour")
    }
    return values.map { Float($0) }
  }
  options.normalisation.mean = try channels("mean") ?? options.normalisation.mean
  options.normalisation.std = try channels("std") ?? options.normalisation.std
  guard options.normalisation.std.allSatisfy({ $0 > 0 }) else {
    throw o.error("std", "must be above 0")
  }
  return options
}
