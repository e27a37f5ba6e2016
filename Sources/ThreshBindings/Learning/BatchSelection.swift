// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshSelection
import ThreshTensor

/// What batch selectors and their telemetry are made of, in `th.select`.
func batchSelection(_ select: inout Namespace) {
  // rank_sample(losses, keep, {seed =, epoch =, batch =}): rows by the rank of their loss, ascending.
  select.function("rank_sample") { call in
    let losses = try lossList(call, 1, "losses")
    let keep = try call.number(2, "keep")
    let o = try call.options(at: 3, allowed: ["seed", "epoch", "batch"])
    var stream = try o.stream("select.rank_sample")
    let rows = try RankSampling.sample(losses, keep: keep, stream: &stream)
    return .tensor(try Tensor(rows.map { Int64($0 + 1) }))
  }
  // rank_probabilities(n, keep): of ranks 1 to n, ascending by loss.
  select.function("rank_probabilities") { call in
    let n = try listSize(call, 1, "n")
    return .tensor(
      try Tensor(RankSampling.probabilities(n, keep: call.number(2, "keep"))))
  }
  select.function("loss_history") { call in
    let o = try call.options(at: 1, allowed: ["capacity"])
    return .object(try LossHistory(capacity: o.integer("capacity") ?? 1024))
  }
  // shrink(images, scale): bilinear, (N, C, H, W) -> (N, C, floor(H scale), floor(W scale)).
  select.function("shrink") { call in
    .tensor(
      try Shrinking.shrink(call.tensor(1, "images").detached(), scale: call.number(2, "scale")))
  }
  select.function("matching_error") { call in .number(try matchingError(call)) }
  // jaccard(a, b): |A and B| / |A or B| of two lists of candidates.
  select.function("jaccard") { call in
    .number(
      Overlap.jaccard(
        try candidates(call.indexTensor(1, "a")), try candidates(call.indexTensor(2, "b"))))
  }
}

private func lossList(_ call: LuaCall, _ i: Int, _ name: String) throws -> [Double] {
  let losses = try call.tensorOrList(i, name, dtype: .float64)
  guard losses.ndim == 1 else {
    throw call.argumentError(
      i, name, "one loss a row expected, got shape \(shapeText(losses.shape))")
  }
  return try losses.detached().castValues(Double.self)
}

private func matchingError(_ call: LuaCall) throws -> Double {
  let o = try call.options(
    at: 1, allowed: ["residuals", "embeddings", "indices", "weights", "normalise"])
  return try MatchingError.relative(
    residuals: o.required("residuals", o.tensor("residuals")).detached(),
    embeddings: o.tensor("embeddings")?.detached(), indices: o.candidateList("indices"),
    weights: o.tensor("weights")?.detached().castValues(Double.self),
    normalise: o.boolean("normalise") ?? false)
}

/// The Lua class `LossHistory`.
func registerLossHistory(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> LossHistory {
    try call.object(1, "self", as: LossHistory.self)
  }
  try session.registerClass(
    LossHistory.self, name: "LossHistory",
    methods: [
      // Adds the losses and gives the probability with which each is kept.
      method("probabilities") { call in
        let history = try own(call)
        let losses = try lossList(call, 2, "losses")
        let o = try call.options(at: 3, allowed: ["beta", "minimum"])
        return .tensor(
          try Tensor(
            history.probabilities(
              losses, beta: o.number("beta") ?? 1, minimum: o.number("minimum") ?? 0)))
      },
      // The losses that it holds, the oldest first; and taken back.
      method("state") { call in .tensor(try Tensor(own(call).losses)) },
      method("load_state") { call in
        let history = try own(call)
        let losses = try lossList(call, 2, "losses")
        guard losses.count <= history.capacity else {
          throw call.argumentError(
            2, "losses", "\(losses.count) losses for a history of \(history.capacity)")
        }
        history.replace(with: losses)
        return .object(history)
      },
    ],
    properties: [
      LuaProperty("capacity", get: { .integer(try own($0).capacity) })
    ],
    metamethods: [
      method("__len") { call in .integer(try own(call).count) }
    ])
}
