// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshTensor

/// The Lua classes `Dataset`, `Loader` and `Augmentation`.
func registerData(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> ImageDataset {
    try call.object(1, "self", as: ImageDataset.self)
  }
  try session.registerClass(
    ImageDataset.self, name: "Dataset",
    methods: [
      method("loader") { call in .object(try Loader(own(call), loaderOptions(call, own(call)))) },
      method("subset") { call in
        let set = try own(call)
        return .object(try set.subset(call.samples(2, of: set)))
      },
      method("sample") { call in
        let (set, i) = (try own(call), try call.integer(2, "index"))
        guard i >= 1, i <= set.count else {
          throw call.argumentError(
            2, "index", "must be in 1 … \(set.count), the samples of \(set.name); got \(i)")
        }
        return .tensor(try set.sample(i - 1))
      },
      method("fingerprint") { call in .string(try own(call).fingerprint()) },
      method("class_counts") { call in .list(try own(call).classCounts.map { .integer($0) }) },
      method("statistics") { call in
        let statistics = try own(call).channelStatistics()
        return .many([
          .list(statistics.mean.map { .number(Double($0)) }),
          .list(statistics.std.map { .number(Double($0)) }),
        ])
      },
    ],
    properties: [
      LuaProperty("name", get: { .string(try own($0).name) }),
      LuaProperty("provenance", get: { .string(try own($0).provenance) }),
      LuaProperty("mapped", get: { .boolean(try own($0).isMapped) }),
      LuaProperty("classes", get: { .integer(try own($0).classCount) }),
      LuaProperty("class_names", get: { .list(try own($0).classNames.map { .string($0) }) }),
      LuaProperty("shape", get: { .list(try own($0).sampleShape.map { .integer($0) }) }),
      LuaProperty(
        "labels",
        get: { call in .tensor(try Tensor(own(call).labels.map { Int64($0 + 1) })) }),
    ],
    metamethods: [
      method("__len") { call in .integer(try own(call).count) },
      method("__tostring") { call in
        let d = try own(call)
        return .string(
          "Dataset \(d.name): \(d.count) of \(shapeText(d.sampleShape)), \(d.classCount) classes")
      },
    ])

  try session.registerClass(
    Loader.self, name: "Loader",
    properties: [
      LuaProperty(
        "batches", get: { .integer(try $0.object(1, "self", as: Loader.self).batchCount) }),
      LuaProperty(
        "position", get: { .integer(try $0.object(1, "self", as: Loader.self).position) }),
    ],
    metamethods: [
      method("__call") { call in
        guard let batch = try call.object(1, "self", as: Loader.self).next() else {
          return .one(.nil)
        }
        return .one(try table(batch))
      },
      method("__len") { call in
        .integer(try call.object(1, "self", as: Loader.self).batchCount)
      },
    ])
  try session.registerClass(
    LuaAugmentation.self, name: "Augmentation",
    metamethods: [
      method("__tostring") { call in
        .string(described(try call.object(1, "self", as: LuaAugmentation.self).value))
      }
    ])
}

/// A random change of images in Lua's hands.
final class LuaAugmentation {
  let value: Augmentation
  init(_ value: Augmentation) throws {
    try value.check()
    self.value = value
  }
}

/// A batch as Lua sees it: labels and indices count from 1.
private func table(_ batch: Batch) throws -> LuaValue {
  var fields: [LuaTable.Field] = [
    (.string("x"), .object(batch.x)),
    (.string("y"), .object(try Tensor(batch.labels.map { Int64($0 + 1) }))),
    (.string("indices"), .object(try Tensor(batch.indices.map { Int64($0 + 1) }))),
  ]
  if let weights = batch.weights { fields.append((.string("weights"), .object(weights))) }
  return .table(LuaTable(fields: fields))
}

/// 0-based positions of an index tensor, which must not be negative.
func candidates(_ indices: Tensor) throws -> [Int] {
  try indices.castValues(Int64.self).map { Int($0) }
}

private func loaderOptions(_ call: LuaCall, _ dataset: ImageDataset) throws -> LoaderOptions {
  let o = try call.options(
    at: 2,
    allowed: [
      "batch_size", "shuffle", "drop_last", "seed", "epoch", "indices", "weights", "batches",
      "augment", "prefetch", "start",
    ])
  var options = try walk(o, dataset)
  options.augment = try (o.table("augment")?.array ?? []).map { value in
    guard case .object(let object) = value, let augmentation = object as? LuaAugmentation else {
      throw o.error("augment", "a list of th.data.random_crop(…) and the like expected")
    }
    return augmentation.value
  }
  return options
}

/// The indices, if they are samples of the data; told as Lua counts.
private func within(
  _ data: any Candidates, _ indices: [Int], _ problem: (String) -> any Error
) throws -> [Int] {
  for i in indices where i >= data.count {
    throw problem("must be in 1 … \(data.count), the samples of \(data.name); got \(i + 1)")
  }
  return indices
}

extension LuaCall {
  /// Samples of a data set, 0-based.
  func samples(_ i: Int, of data: any Candidates) throws -> [Int] {
    try within(data, candidates(indexTensor(i, "indices"))) { argumentError(i, "indices", $0) }
  }
}

/// The options of all loaders: which samples, in which order, by how many.
func walk(
  _ o: LuaOptions, _ data: any Candidates, _ defaults: LoaderOptions = LoaderOptions()
) throws -> LoaderOptions {
  var options = defaults
  options.batchSize = try o.integer("batch_size") ?? options.batchSize
  options.shuffle = try o.boolean("shuffle") ?? options.shuffle
  options.dropLast = try o.boolean("drop_last") ?? options.dropLast
  options.seed = try o.seed() ?? options.seed
  options.epoch = try o.integer("epoch") ?? options.epoch
  options.prefetch = try o.integer("prefetch") ?? options.prefetch
  if let start = try o.integer("start") {
    guard start >= 1 else { throw o.error("start", "batches count from 1, got \(start)") }
    options.start = start - 1
  }
  if let indices = try o.tensor("indices") {
    options.indices = try within(
      data, candidates(zeroBased(indices) { o.error("indices", $0) }), { o.error("indices", $0) })
  }
  options.weights = try o.tensor("weights").map { try $0.castValues(Float.self) }
  options.batches = try o.table("batches").map { table in
    try batchLists(table) { o.error("batches", $0) }
      .map { try within(data, $0) { o.error("batches", $0) } }
  }
  return options
}

/// Lists of 1-based candidates as 0-based ones.
func batchLists(_ table: LuaTable, _ problem: (String) -> any Error) throws -> [[Int]] {
  try table.array.map { value in
    guard case .table(let list) = value else {
      throw problem("lists of indices expected, got a \(value.typeName)")
    }
    return try list.array.map { item in
      guard case .integer(let i) = item, i >= 1 else { throw problem("indices count from 1") }
      return Int(i) - 1
    }
  }
}

/// 0-based batches as lists for Lua.
func luaBatches(_ batches: [[Int]]) -> LuaValue {
  .list(batches.map { .list($0.map { .integer($0 + 1) }) })
}

/// `th.data`: datasets with their splits, and augmentations.
func datasets() -> Namespace {
  var data = Namespace("th.data")
  data.function("digits") { call in
    let o = try call.options(at: 1, allowed: ["seed", "validation", "test", "normalise"])
    let whole = try Digits.load()
    let seed = try o.seed() ?? 0
    let parts = try whole.split(
      [
        ("test", .fraction(try o.number("test") ?? 0.2)),
        ("validation", .fraction(try o.number("validation") ?? 0.1)), ("train", .rest),
      ], seed: seed, stratified: true)
    return .one(
      try splits(
        whole.name, train: parts[2], validation: parts[1], test: parts[0], split: "seed \(seed)",
        normalise: o.boolean("normalise") ?? true))
  }
  data.function("cifar10") { call in
    let o = try call.options(
      at: 1, allowed: ["root", "images", "validation", "seed", "checksums", "normalise", "mmap"])
    let root = try o.required("root", o.path("root"))
    let sums = try o.path("checksums").map { try CIFAR10.checksums(in: $0) } ?? [:]
    let limit = try o.integer("images")
    let mapping = try o.mapping()
    var train = try CIFAR10.load(
      folder: root, part: .train, checksums: sums, limit: limit, mapping: mapping)
    let test = try CIFAR10.load(folder: root, part: .test, checksums: sums, mapping: mapping)
    let seed = try o.seed() ?? 0
    var validation: ImageDataset?
    if let held = try o.number("validation"), held > 0 {
      guard held < 1 || Int(exactly: held) != nil else {
        throw o.error("validation", "a fraction or a whole number expected, got \(held)")
      }
      let size: SplitSize = held < 1 ? .fraction(held) : .count(Int(exactly: held) ?? 0)
      let parts = try train.split(
        [("validation", size), ("train", .rest)], seed: seed, stratified: true)
      (validation, train) = (parts[0], parts[1])
    }
    return .one(
      try splits(
        "cifar10", train: train, validation: validation, test: test,
        split: validation == nil ? "official" : "seed \(seed)",
        normalise: o.boolean("normalise") ?? true, by: .cifar10))
  }
  data.function("cifar10_file") { call in
    let o = try call.options(at: 2, allowed: ["mean", "std", "images", "mmap"])
    let statistics: ChannelStatistics
    switch (try o.table("mean")?.numbers().doubles, try o.table("std")?.numbers().doubles) {
    case (let mean?, let std?):
      statistics = ChannelStatistics(mean: mean.map { Float($0) }, std: std.map { Float($0) })
    case (nil, nil): statistics = .cifar10
    case (_?, nil): throw o.error("mean", "needs the option 'std' beside it")
    case (nil, _?): throw o.error("std", "needs the option 'mean' beside it")
    }
    let set = try CIFAR10.load(
      files: [call.path(1, "path")], limit: o.integer("images"), mapping: o.mapping())
    return .object(try set.normalised(statistics))
  }
  arrayDatasets(in: &data)
  imageData(in: &data)
  data.function("split") { call in
    let set = try call.object(1, "dataset", as: ImageDataset.self)
    let o = try call.options(at: 2, allowed: ["test", "validation", "seed", "stratified"])
    let seed = try o.seed() ?? 0
    let parts = try set.split(
      [
        ("test", .fraction(try o.number("test") ?? 0.2)),
        ("validation", .fraction(try o.number("validation") ?? 0)), ("train", .rest),
      ], seed: seed, stratified: o.boolean("stratified") ?? false)
    return .one(
      try splits(
        set.name, train: parts[2], validation: parts[1], test: parts[0], split: "seed \(seed)",
        normalise: false))
  }
  data.function("random_crop") { call in
    let o = try call.options(at: 2, allowed: ["border"])
    let text = try o.string("border") ?? "zeros"
    guard let border = Augmentation.Border(rawValue: text) else {
      throw o.error("border", "'zeros' or 'reflect' expected, got '\(text)'")
    }
    return .object(
      try LuaAugmentation(.randomCrop(padding: call.integer(1, "padding"), border: border)))
  }
  data.function("horizontal_flip") { call in
    .object(
      try LuaAugmentation(
        .horizontalFlip(probability: call.optionalNumber(1, "probability") ?? 0.5)))
  }
  data.function("cutout") { call in
    .object(try LuaAugmentation(.cutout(size: call.integer(1, "size"))))
  }
  return data
}

/// The parts of a set as a Lua table; all are normalised by the training part's channels.
private func splits(
  _ name: String, train: ImageDataset, validation: ImageDataset?, test: ImageDataset,
  split: String, normalise: Bool, by statistics: ChannelStatistics? = nil
) throws -> LuaValue {
  let scale = normalise ? try statistics ?? train.channelStatistics() : nil
  func part(_ set: ImageDataset) throws -> LuaValue {
    .object(normalise ? try set.normalised(scale) : set)
  }
  var fields: [LuaTable.Field] = [
    (.string("name"), .string(name)), (.string("split"), .string(split)),
    (.string("train"), try part(train)), (.string("test"), try part(test)),
    (.string("classes"), .integer(train.classCount)),
  ]
  if let validation { fields.append((.string("validation"), try part(validation))) }
  return .table(LuaTable(fields: fields))
}
