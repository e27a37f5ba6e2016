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
    let (labels, classes) = try o.classLabels()
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
          scores: o.column("losses"), epoch: o.required("epoch", o.integer("epoch")),
          epochs: o.required("epochs", o.integer("epochs")),
          options: InfoBatch.Options(
            ratio: o.number("ratio") ?? 0.5, delta: o.number("delta") ?? 0.875),
          seed: o.seed() ?? 0)))
  }
  select.function("milo_order") { call in
    let o = try call.options(at: 1, allowed: problemOptions + ["objective"])
    let order = try MILO.order(
      problem(o), by: o.choice("objective", of: MILO.Objective.self) ?? .graphCut)
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
      epsilon: o.number("epsilon") ?? 0.01, sums: o.has("sums") ? o.column("sums") : nil,
      seed: o.seed() ?? 0)
    return .one(.object(try luaIndices(chosen)))
  }
  select.function("wre_probabilities") { call in
    let o = try call.options(at: 1, allowed: ["gains", "labels", "classes", "temperature"])
    let (labels, classes) = try o.requiredClassLabels()
    return .one(
      .object(
        try Tensor(
          MILO.probabilities(
            gains: o.column("gains"), labels: labels, classes: classes,
            temperature: o.number("temperature") ?? 1))))
  }
  select.function("wre") { call in
    let o = try call.options(
      at: 1, allowed: ["probabilities", "labels", "classes", "k", "seed", "epoch"])
    let (labels, classes) = try o.requiredClassLabels()
    var stream = try o.stream("select.wre")
    let chosen = try MILO.sample(
      probabilities: o.column("probabilities"), labels: labels, classes: classes,
      budget: o.required("k", o.integer("k")), stream: &stream)
    return .one(.object(try luaIndices(chosen)))
  }
}

private let problemOptions = ["embeddings", "labels", "classes", "similarity", "lambda"]

private func problem(_ o: LuaOptions) throws -> MILO.Problem {
  let (labels, classes) = try o.requiredClassLabels()
  return try MILO.Problem(
    embeddings: o.required("embeddings", o.tensor("embeddings")).detached(), labels: labels,
    classes: classes, similarity: o.choice("similarity", of: SimilarityMetric.self) ?? .rbf,
    lambda: o.number("lambda") ?? 0.4)
}

private func byScore(_ call: LuaCall) throws -> Tensor {
  let o = try call.options(
    at: 1,
    allowed: [
      "scores", "k", "labels", "classes", "highest", "offset", "strata", "draw_ties", "seed",
      "epoch",
    ])
  let (labels, classes) = try o.classLabels()
  var stream = try o.stream("select.by_score")
  return try luaIndices(
    ScoreChoice.select(
      scores: o.column("scores"), labels: labels, classes: classes,
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
    throw o.unknown("greedy", name, ["naive", "stochastic", "rounds"])
  }
  var stream = try o.stream("select.glister")
  return try luaIndices(
    Glister.select(
      residuals: o.required("residuals", o.tensor("residuals")).detached(),
      embeddings: o.tensor("embeddings")?.detached(),
      heldOut: Glister.HeldOut(
        logits: o.required("held_out_logits", o.tensor("held_out_logits")).detached(),
        embeddings: o.tensor("held_out_embeddings")?.detached(),
        labels: o.required("held_out_labels", o.labels("held_out_labels"))),
      options: Glister.Options(
        budget: o.required("k", o.integer("k")), eta: o.number("eta") ?? 0.01, greedy: greedy),
      stream: &stream))
}
