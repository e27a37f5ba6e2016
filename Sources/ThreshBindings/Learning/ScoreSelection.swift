// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshSelection
import ThreshTensor

/// `th.select`'s solvers on scores, held-out losses and embeddings.
func scoreSelection(_ select: inout Namespace) {
  select.function("by_score") { call in .one(.object(try byScore(call))) }
  select.function("neighbour_divergence") { call in
    let o = try call.options(
      at: 1, allowed: ["embeddings", "logits", "neighbours", "labels", "classes"])
    let (labels, classes) = try classLabels(o)
    let scores = try NeighbourDivergence.scores(
      embeddings: o.required("embeddings", o.tensor("embeddings")).detached(),
      logits: o.required("logits", o.tensor("logits")).detached(),
      neighbours: o.integer("neighbours") ?? 10, labels: labels, classes: classes)
    return .one(.object(try Tensor(scores)))
  }
  select.function("glister") { call in .one(.object(try glister(call))) }
  select.function("infobatch") { call in
    let o = try call.options(
      at: 1, allowed: ["losses", "epoch", "epochs", "ratio", "delta", "seed"])
    return .one(
      try selectionTable(
        InfoBatch.select(
          scores: column(o, "losses"), epoch: o.required("epoch", o.integer("epoch")),
          epochs: o.required("epochs", o.integer("epochs")),
          options: InfoBatch.Options(
            ratio: o.number("ratio") ?? 0.5, delta: o.number("delta") ?? 0.875),
          seed: call.seedOption(o) ?? 0)))
  }
  select.function("milo_order") { call in
    let o = try call.options(at: 1, allowed: problemOptions + ["objective"])
    let order = try MILO.order(
      problem(o), by: choice(o, "objective", MILO.Objective.graphCut))
    return .one(
      .table(
        LuaTable([
          "ranks": .object(try Tensor(order.ranks.map { Int64($0 + 1) })),
          "gains": .object(try Tensor(order.gains)),
        ])))
  }
  select.function("similarity_sums") { call in
    let o = try call.options(at: 1, allowed: problemOptions)
    return .one(.object(try Tensor(MILO.similaritySums(problem(o)))))
  }
  select.function("sge") { call in
    let o = try call.options(
      at: 1, allowed: problemOptions + ["k", "subset", "epsilon", "sums", "seed"])
    let chosen = try MILO.subset(
      problem(o), budget: o.required("k", o.integer("k")), number: o.integer("subset") ?? 0,
      epsilon: o.number("epsilon") ?? 0.01, sums: o.has("sums") ? column(o, "sums") : nil,
      seed: call.seedOption(o) ?? 0)
    return .one(.object(try luaIndices(chosen)))
  }
  select.function("wre_probabilities") { call in
    let o = try call.options(at: 1, allowed: ["gains", "labels", "classes", "temperature"])
    let (labels, classes) = try requiredLabels(o)
    return .one(
      .object(
        try Tensor(
          MILO.probabilities(
            gains: column(o, "gains"), labels: labels, classes: classes,
            temperature: o.number("temperature") ?? 1))))
  }
  select.function("wre") { call in
    let o = try call.options(
      at: 1, allowed: ["probabilities", "labels", "classes", "k", "seed", "epoch"])
    let (labels, classes) = try requiredLabels(o)
    var stream = RandomStream(
      seed: try call.seedOption(o) ?? 0, purpose: "select.wre", epoch: try o.integer("epoch") ?? 0)
    let chosen = try MILO.sample(
      probabilities: column(o, "probabilities"), labels: labels, classes: classes,
      budget: o.required("k", o.integer("k")), stream: &stream)
    return .one(.object(try luaIndices(chosen)))
  }
}

/// A required option of one number for each candidate.
private func column(_ o: LuaOptions, _ name: String) throws -> [Double] {
  let tensor = try o.required(name, o.tensor(name))
  guard tensor.ndim == 1 else {
    throw o.error(name, "one dimension expected, got shape \(shapeText(tensor.shape))")
  }
  try requireList(tensor, name, o)
  return try tensor.detached().castValues(Double.self)
}

/// Throws unless a list of the elements fits into memory: views may have more than were ever stored.
private func requireList(_ tensor: Tensor, _ name: String, _ o: LuaOptions) throws {
  guard tensor.count <= 1 << 36 else { throw o.error(name, "\(tensor.count) items are too many") }
  try MemoryPool.shared.require(tensor.count * 64, "th.select")
}

/// `labels` as 0-based ones, with the number of classes: `classes`, or as many as the labels need.
private func classLabels(_ o: LuaOptions, _ name: String = "labels") throws -> ([Int]?, Int) {
  guard let given = try o.tensor(name) else { return (nil, 0) }
  guard given.ndim == 1, given.dtype.isInteger else {
    throw o.error(
      name,
      "integers in one dimension expected, got \(given.dtype.name) \(shapeText(given.shape))")
  }
  try requireList(given, name, o)
  let labels = try candidates(zeroBased(given) { o.error(name, $0) })
  if name == "labels", let classes = try o.integer("classes") { return (labels, classes) }
  let most = labels.max() ?? -1
  guard most < 1 << 24 else { throw o.error(name, "the class \(most) is too high") }
  return (labels, most + 1)
}

private func requiredLabels(_ o: LuaOptions, _ name: String = "labels") throws -> ([Int], Int) {
  let (labels, classes) = try classLabels(o, name)
  return (try o.required(name, labels), classes)
}

/// One of the cases of an enumeration by its name.
private func choice<T: RawRepresentable & CaseIterable>(
  _ o: LuaOptions, _ name: String, _ standard: T
) throws -> T where T.RawValue == String {
  guard let text = try o.string(name) else { return standard }
  guard let value = T(rawValue: text) else {
    let names = T.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
    throw o.error(name, "\(names) expected, got '\(text)'")
  }
  return value
}

private let problemOptions = ["embeddings", "labels", "classes", "similarity", "lambda"]

private func problem(_ o: LuaOptions) throws -> MILO.Problem {
  let (labels, classes) = try requiredLabels(o)
  return try MILO.Problem(
    embeddings: o.required("embeddings", o.tensor("embeddings")).detached(), labels: labels,
    classes: classes, similarity: choice(o, "similarity", SimilarityMetric.rbf),
    lambda: o.number("lambda") ?? 0.4)
}

private func byScore(_ call: LuaCall) throws -> Tensor {
  let o = try call.options(
    at: 1,
    allowed: [
      "scores", "k", "labels", "classes", "highest", "offset", "strata", "draw_ties", "seed",
      "epoch",
    ])
  let (labels, classes) = try classLabels(o)
  var stream = RandomStream(
    seed: try call.seedOption(o) ?? 0, purpose: "select.by_score",
    epoch: try o.integer("epoch") ?? 0)
  return try luaIndices(
    ScoreChoice.select(
      scores: column(o, "scores"), labels: labels, classes: classes,
      options: ScoreChoice.Options(
        budget: o.required("k", o.integer("k")), highest: o.boolean("highest") ?? true,
        offset: o.number("offset") ?? 0, strata: o.integer("strata"),
        drawsTies: o.boolean("draw_ties") ?? false),
      stream: &stream))
}

private func glister(_ call: LuaCall) throws -> Tensor {
  let o = try call.options(
    at: 1,
    allowed: [
      "residuals", "embeddings", "held_out_logits", "held_out_embeddings", "held_out_labels", "k",
      "eta", "greedy",
      "epsilon", "rounds", "seed", "epoch",
    ])
  let greedy: Glister.Greedy
  let name = try o.string("greedy") ?? "stochastic"
  switch name {
  case "naive": greedy = .naive
  case "stochastic": greedy = .stochastic(epsilon: try o.number("epsilon") ?? 0.01)
  case "rounds": greedy = .rounds(try o.integer("rounds") ?? 15)
  default:
    throw o.error("greedy", "'naive', 'stochastic' or 'rounds' expected, got '\(name)'")
  }
  var stream = RandomStream(
    seed: try call.seedOption(o) ?? 0, purpose: "select.glister",
    epoch: try o.integer("epoch") ?? 0)
  return try luaIndices(
    Glister.select(
      residuals: o.required("residuals", o.tensor("residuals")).detached(),
      embeddings: o.tensor("embeddings")?.detached(),
      heldOut: Glister.HeldOut(
        logits: o.required("held_out_logits", o.tensor("held_out_logits")).detached(),
        embeddings: o.tensor("held_out_embeddings")?.detached(),
        labels: requiredLabels(o, "held_out_labels").0),
      options: Glister.Options(
        budget: o.required("k", o.integer("k")), eta: o.number("eta") ?? 0.01, greedy: greedy),
      stream: &stream))
}
