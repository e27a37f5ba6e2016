// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshSelection
import ThreshTensor

/// `th.select`'s solvers: what the selectors of the standard library and heuristics are made of.
func selection() -> Namespace {
  var select = Namespace("th.select")
  select.function("random") { call in
    let (n, k) = (try listSize(call, 1, "n", bytes: 0), try listSize(call, 2, "k"))
    let o = try call.options(at: 3, allowed: ["seed", "purpose", "epoch"])
    let drawn = try RandomSubsets.random(
      n, k, seed: o.seed() ?? 0, purpose: o.string("purpose") ?? "select.random",
      epoch: o.integer("epoch") ?? 0)
    return .one(.object(try luaIndices(drawn)))
  }
  select.function("rs2") { call in
    let (n, k) = (try listSize(call, 1, "n"), try listSize(call, 2, "k"))
    let o = try call.options(at: 3, allowed: ["seed", "draw", "replacement"])
    let drawn = try RandomSubsets.rs2(
      n, k, seed: o.seed() ?? 0, draw: o.integer("draw") ?? 0,
      replacement: o.boolean("replacement") ?? false)
    return .one(.object(try luaIndices(drawn)))
  }
  select.function("partition") { call in
    // Lists of Lua values, and those of lists when a batch has one item.
    let (n, size) = (
      try listSize(call, 1, "n", bytes: 256), try listSize(call, 2, "batch_size", bytes: 0)
    )
    let o = try call.options(at: 3, allowed: ["seed"])
    return .one(
      luaBatches(try RandomSubsets.partition(n, batchSize: size, seed: o.seed())))
  }
  select.function("random_batches") { call in
    let batches = try batchLists(call.table(1, "batches")) {
      call.argumentError(1, "batches", $0)
    }
    let k = try listSize(call, 2, "k", bytes: 0)
    let o = try call.options(at: 3, allowed: ["seed", "epoch", "keep_batches"])
    let chosen = try RandomSubsets.randomBatches(
      batches, k, seed: o.seed() ?? 0, epoch: o.integer("epoch") ?? 0)
    let keep = try o.boolean("keep_batches") ?? true
    return .one(
      try selectionTable(Selection(indices: chosen.flatMap { $0 }, batches: keep ? chosen : nil)))
  }
  select.function("gradmatch") { call in .one(try gradMatch(call)) }
  select.function("omp") { call in .one(try matchingPursuit(call)) }
  select.function("warm_plan") { call in
    let plan = try WarmPlan(
      epochs: call.integer(1, "epochs"), fraction: call.number(2, "fraction"),
      kappa: call.number(3, "kappa"))
    return .one(
      .table(LuaTable(["full": .integer(plan.full), "resume": .integer(plan.resume)])))
  }
  select.function("read_trace") { call in
    .object(try SelectionTrace(path: call.path(1, "path")))
  }
  select.function("write_trace") { call in .object(try traceWriter(call)) }
  scoreSelection(&select)
  batchSelection(&select)
  greedySelection(&select)
  return select
}

/// 0-based candidates as an index tensor for Lua.
func luaIndices(_ indices: [Int]) throws -> Tensor {
  try Tensor(indices.map { Int64($0 + 1) })
}

/// A selection as a Lua table: indices, weights, batches, residual, filled.
func selectionTable(_ selection: Selection) throws -> LuaValue {
  var fields: [LuaTable.Field] = [
    (.string("indices"), .object(try luaIndices(selection.indices))),
    (.string("filled"), .integer(selection.filled)),
  ]
  if let weights = selection.weights {
    fields.append((.string("weights"), .object(try Tensor(weights))))
  }
  if let batches = selection.batches {
    fields.append((.string("batches"), luaBatches(batches)))
  }
  if let residual = selection.residual {
    fields.append((.string("residual"), .number(residual)))
  }
  return .table(LuaTable(fields: fields))
}

private func gradMatch(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1,
    allowed: [
      "mode", "residuals", "embeddings", "labels", "classes", "budget", "lambda", "absolute", "eps",
      "seed", "epoch", "batches", "keep_batches", "held_out_residuals", "held_out_embeddings",
      "held_out_labels",
    ])
  let residuals = try o.required("residuals", o.tensor("residuals"))
  let name = try o.string("mode") ?? "per_class_per_gradient"
  let mode: GradMatch.Mode
  var labels: [Int] = []
  switch name {
  case "per_class", "per_class_per_gradient":
    mode = name == "per_class" ? .perClass : .perClassPerGradient
    labels = try o.required("labels", o.labels())
  case "per_batch":
    mode = .perBatch(
      try batchLists(o.required("batches", o.table("batches"))) { o.error("batches", $0) })
  default:
    throw o.unknown("mode", name, ["per_class", "per_class_per_gradient", "per_batch"])
  }
  let budget = try o.required("budget", o.integer("budget"))
  var stream = try o.stream("select.gradmatch")
  let chosen = try GradMatch.select(
    residuals: residuals.detached(), embeddings: o.tensor("embeddings")?.detached(),
    labels: labels, classes: o.integer("classes") ?? residuals.shape.last ?? 0, mode: mode,
    options: GradMatch.Options(
      budget: budget, lambda: o.number("lambda") ?? 0,
      lambdaIsAbsolute: o.boolean("absolute") ?? false, eps: o.number("eps") ?? 0),
    validation: try heldOut(o, mode), stream: &stream)
  let keep = try o.boolean("keep_batches") ?? true
  return try selectionTable(
    Selection(
      indices: chosen.indices, weights: chosen.weights, batches: keep ? chosen.batches : nil,
      residual: chosen.residual, filled: chosen.filled))
}

/// The held-out examples to match instead of the candidates, where `held_out_residuals` is given. Per
/// batch their labels are not read.
private func heldOut(_ o: LuaOptions, _ mode: GradMatch.Mode) throws -> GradMatch.Validation? {
  guard let residuals = try o.tensor("held_out_residuals") else {
    for name in ["held_out_embeddings", "held_out_labels"] where o.has(name) {
      throw o.error(name, "needs 'held_out_residuals'")
    }
    return nil
  }
  var labels: [Int] = []
  if case .perBatch = mode {
  } else {
    labels = try o.required("held_out_labels", o.labels("held_out_labels"))
  }
  return GradMatch.Validation(
    residuals: residuals.detached(), embeddings: try o.tensor("held_out_embeddings")?.detached(),
    labels: labels)
}

private func matchingPursuit(_ call: LuaCall) throws -> LuaValue {
  let o = try call.options(
    at: 1, allowed: ["residuals", "embeddings", "target", "budget", "lambda", "absolute", "eps"])
  let result = try OMP.solve(
    residuals: o.required("residuals", o.tensor("residuals")).detached(),
    embeddings: o.tensor("embeddings")?.detached(), target: o.tensor("target")?.detached(),
    options: OMP.Options(
      budget: o.required("budget", o.integer("budget")), lambda: o.number("lambda") ?? 0,
      lambdaIsAbsolute: o.boolean("absolute") ?? false, eps: o.number("eps") ?? 0))
  return .table(
    LuaTable([
      "indices": .object(try luaIndices(result.indices)),
      "weights": .object(try Tensor(result.weights)), "residual": .number(result.residual),
      "eliminations": .integer(result.eliminations), "stop": .string(result.stop.rawValue),
    ]))
}
