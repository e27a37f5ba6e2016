// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshSelection
import ThreshTensor

/// Submodular greedy and geometric solvers of `th.select`.
func greedySelection(_ select: inout Namespace) {
  select.function("facility_location") { call in .one(try facilityLocation(call)) }
  select.function("submodular") { call in .one(try submodular(call)) }
  select.function("greedy") { call in .one(try luaGreedy(call)) }
  select.function("craig") { call in .one(try craig(call)) }
  select.function("k_center") { call in .one(try kCenter(call)) }
  select.function("herding") { call in .one(try herding(call)) }
  select.function("pairwise_distances") { call in .one(.object(try pairwiseDistances(call))) }
}

private let algorithmOptions = ["greedy", "epsilon", "seed", "epoch"]

extension LuaOptions {
  /// `greedy` and `epsilon`; nil when neither is given.
  fileprivate func algorithm() throws -> Greedy? {
    let epsilon = try number("epsilon")
    switch try string("greedy") {
    case nil:
      guard epsilon == nil else {
        throw error("epsilon", "is for greedy = 'stochastic' or 'lazier_than_lazy'")
      }
      return nil
    case "naive": return .naive
    case "lazy": return .lazy
    case "stochastic": return .stochastic(epsilon: epsilon ?? 0.01)
    case "lazier_than_lazy": return .lazierThanLazy(epsilon: epsilon ?? 0.01)
    case let name?:
      throw unknown("greedy", name, ["naive", "lazy", "stochastic", "lazier_than_lazy"])
    }
  }

  fileprivate func objective() throws -> Submodular.Objective {
    switch try string("objective") ?? "facility_location" {
    case "facility_location": return .facilityLocation
    case "graph_cut": return .graphCut(lambda: try number("lambda") ?? 2)
    case "log_determinant": return .logDeterminant(ridge: try number("ridge") ?? 1)
    case "saturated_coverage": return .saturatedCoverage(alpha: try number("alpha") ?? 0.1)
    case "disparity_sum": return .disparitySum
    case "disparity_min": return .disparityMin
    case let name:
      throw unknown(
        "objective", name,
        [
          "facility_location", "graph_cut", "log_determinant", "saturated_coverage",
          "disparity_sum", "disparity_min",
        ])
    }
  }

  /// `memory` in MiB, as bytes.
  fileprivate func memory() throws -> Int? {
    guard let given = try number("memory") else { return nil }
    guard given >= 0 else { throw error("memory", "must not be negative, got \(given)") }
    return Int(min(given, 1e9) * 1_048_576)
  }

  fileprivate func submodular(_ objective: Submodular.Objective) throws -> Submodular.Options {
    var options = Submodular.Options(objective: objective, greedy: try algorithm())
    options.metric = try choice("metric", of: SimilarityMetric.self) ?? options.metric
    options.width = try number("width") ?? options.width
    options.memory = try memory() ?? options.memory
    return options
  }
}

private func table(_ result: Submodular.Result) throws -> LuaValue {
  var fields: [LuaTable.Field] = [
    (.string("indices"), .object(try luaIndices(result.indices))),
    (.string("gains"), .object(try Tensor(result.gains))),
    (.string("evaluations"), .integer(result.evaluations)),
  ]
  if let represented = result.represented {
    fields.append((.string("weights"), .object(try Tensor(represented.map { Float($0) }))))
  }
  return .table(LuaTable(fields: fields))
}

/// Maximises with the options of `o`, over `similarity` or `features`.
private func maximize(_ o: LuaOptions, _ objective: Submodular.Objective) throws -> LuaValue {
  let k = try o.required("k", o.integer("k"))
  let options = try o.submodular(objective)
  var stream = try o.stream("select.submodular")
  if let similarity = try o.tensor("similarity") {
    for name in ["features", "embeddings", "metric", "width"] where o.has(name) {
      throw o.error(name, "cannot be given together with 'similarity'")
    }
    return try table(
      Submodular.maximize(
        similarity: similarity.detached(), k: k, options: options, stream: &stream))
  }
  guard let features = try o.tensor("features") else {
    throw o.error("features", "is needed where there is no 'similarity'")
  }
  return try table(
    Submodular.maximize(
      features: features.detached(), embeddings: o.tensor("embeddings")?.detached(), k: k,
      options: options, stream: &stream))
}

private let maximizeOptions =
  algorithmOptions + ["similarity", "features", "embeddings", "k", "metric", "width", "memory"]

private func facilityLocation(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(at: 1, allowed: maximizeOptions)
  return try maximize(o, .facilityLocation)
}

private func submodular(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1,
    allowed: maximizeOptions + [
      "objective", "lambda", "ridge", "alpha", "labels", "classes", "budget",
    ])
  let objective = try o.objective()
  guard let budget = try o.integer("budget") else { return try maximize(o, objective) }
  for name in ["k", "similarity"] where o.has(name) {
    throw o.error(name, "cannot be given together with 'budget'")
  }
  let features = try o.required("features", o.tensor("features"))
  let labels = try o.labels()
  var stream = try o.stream("select.submodular")
  return try selectionTable(
    Submodular.select(
      features: features.detached(), embeddings: o.tensor("embeddings")?.detached(),
      labels: labels, classes: o.classes(labels), budget: budget,
      options: o.submodular(objective), stream: &stream))
}

/// A set function whose gains a Lua function tells: `gain(i, chosen)`, `update(i, chosen)`.
private final class LuaSetFunction: SetFunction {
  let count: Int
  private let gain: LuaFunction
  private let update: LuaFunction?
  /// The list that grows by each pick.
  private let chosen: LuaTable?
  private var picks = 0

  init(_ count: Int, gain: LuaFunction, update: LuaFunction?, chosen: LuaTable?) {
    self.count = count
    self.gain = gain
    self.update = update
    self.chosen = chosen
  }

  private func arguments(_ i: Int) -> [LuaValue] {
    [.integer(i + 1)] + (chosen.map { [.table($0)] } ?? [])
  }

  func gains(of candidates: [Int]) throws -> [Double] {
    try candidates.map { i in
      switch try gain.call(arguments(i)).first {
      case .number(let value): return value
      case .integer(let value): return Double(value)
      case let other:
        throw TensorError(
          "greedy",
          "gain must return a number, got \(other?.typeName ?? "nothing") for candidate \(i + 1)")
      }
    }
  }

  func add(_ i: Int) throws {
    picks += 1
    try chosen?.set(.integer(picks), .integer(i + 1))
    try update?.call(arguments(i))
  }
}

private func luaGreedy(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1, allowed: algorithmOptions + ["n", "k", "gain", "update", "chosen"])
  let n = try o.required("n", o.integer("n"))
  let k = try o.required("k", o.integer("k"))
  guard n >= 1, n <= 1 << 32 else {
    throw o.error("n", "must be in 1 ... 2^32, got \(n)")
  }
  try MemoryPool.shared.require(n * 64, call.function)
  let f = LuaSetFunction(
    n, gain: try o.required("gain", o.function("gain")), update: try o.function("update"),
    chosen: try o.table("chosen"))
  var stream = try o.stream("select.greedy")
  let result = try (o.algorithm() ?? .naive).run(f, k: k, stream: &stream)
  return .table(
    LuaTable([
      "indices": .object(try luaIndices(result.indices)),
      "gains": .object(try Tensor(result.gains)),
      "evaluations": .integer(result.evaluations),
    ]))
}

private func craig(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1,
    allowed: algorithmOptions + [
      "mode", "residuals", "embeddings", "labels", "classes", "budget", "batches", "keep_batches",
      "metric", "memory",
    ])
  let residuals = try o.required("residuals", o.tensor("residuals"))
  let name = try o.string("mode") ?? "per_class"
  let mode: CRAIG.Mode
  var labels: [Int] = []
  switch name {
  case "per_class", "supervised":
    mode = name == "per_class" ? .perClass : .supervised
    labels = try o.required("labels", o.labels())
  case "per_batch":
    mode = .perBatch(
      try batchLists(o.required("batches", o.table("batches"))) { o.error("batches", $0) })
  default:
    throw o.unknown("mode", name, ["per_class", "supervised", "per_batch"])
  }
  var options = CRAIG.Options(
    budget: try o.required("budget", o.integer("budget")), greedy: try o.algorithm())
  options.metric = try o.choice("metric", of: SimilarityMetric.self) ?? options.metric
  options.memory = try o.memory() ?? options.memory
  var stream = try o.stream("select.craig")
  let chosen = try CRAIG.select(
    residuals: residuals.detached(), embeddings: o.tensor("embeddings")?.detached(),
    labels: labels, classes: o.classes(labels), mode: mode, options: options, stream: &stream)
  let keep = try o.boolean("keep_batches") ?? true
  return try selectionTable(
    Selection(
      indices: chosen.indices, weights: chosen.weights, batches: keep ? chosen.batches : nil,
      residual: chosen.residual))
}

private func kCenter(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1,
    allowed: [
      "features", "embeddings", "k", "budget", "labels", "classes", "start", "distance", "seed",
      "epoch",
    ])
  let features = try o.required("features", o.tensor("features")).detached()
  let embeddings = try o.tensor("embeddings")?.detached()
  let distance: KCenter.Distance
  switch try o.string("distance") ?? "euclidean" {
  case "euclidean": distance = .euclidean
  case "symmetric_kl": distance = .symmetricKL
  case let name:
    throw o.unknown("distance", name, ["euclidean", "symmetric_kl"])
  }
  var stream = try o.stream("select.k_center")
  if let budget = try o.integer("budget") {
    for name in ["k", "start"] where o.has(name) {
      throw o.error(name, "cannot be given together with 'budget'")
    }
    let labels = try o.labels()
    return try selectionTable(
      KCenter.select(
        features: features, embeddings: embeddings, labels: labels, classes: o.classes(labels),
        budget: budget, distance: distance, stream: &stream))
  }
  let start = try o.integer("start")
  if let start, start < 1 || start > features.shape.first ?? 0 {
    throw o.error("start", "must be in 1 ... \(features.shape.first ?? 0), got \(start)")
  }
  let result = try KCenter.select(
    features: features, embeddings: embeddings, k: o.required("k", o.integer("k")),
    distance: distance, start: start.map { $0 - 1 }, stream: &stream)
  return .table(
    LuaTable([
      "indices": .object(try luaIndices(result.indices)),
      "gains": .object(try Tensor(result.gains)),
      "radius": .number(result.radius),
    ]))
}

private func herding(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(at: 1, allowed: ["features", "k", "budget", "labels", "classes"])
  let features = try o.required("features", o.tensor("features")).detached()
  if let budget = try o.integer("budget") {
    if o.has("k") { throw o.error("k", "cannot be given together with 'budget'") }
    let labels = try o.labels()
    return try selectionTable(
      Herding.select(
        features: features, labels: labels, classes: o.classes(labels), budget: budget))
  }
  let result = try Herding.select(features: features, k: o.required("k", o.integer("k")))
  return .table(
    LuaTable([
      "indices": .object(try luaIndices(result.indices)), "error": .number(result.error),
    ]))
}

/// `pairwise_distances(features [, rows] [, {embeddings=, squared=}])`.
private func pairwiseDistances(_ call: LuaCall) throws -> Tensor {
  let features = try call.tensor(1, "features")
  let last = try call.positionalCount
  var rows: [Int]?
  if last >= 2, !call.isNil(2) {
    let given = try call.indexTensor(2, "rows")
    let n = features.shape.first ?? 0
    rows = try candidates(given).map { row in
      // Negative ones count from the end.
      let index = row < 0 ? row &+ n : row
      guard index >= 0, index < n else {
        throw call.argumentError(2, "rows", "row \(row < 0 ? row : row + 1) of \(n)")
      }
      return index
    }
  }
  let o = try call.options(at: min(max(last, 1), 2) + 1, allowed: ["embeddings", "squared"])
  return try PairwiseDistances.compute(
    features: features.detached(), embeddings: o.tensor("embeddings")?.detached(), rows: rows,
    squared: o.boolean("squared") ?? false)
}
