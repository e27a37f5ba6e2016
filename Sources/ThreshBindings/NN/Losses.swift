// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// Losses and functions of `th.nn` that are no layers. Class labels count from 1.
func addLosses(to nn: inout Namespace) {
  nn.function("cross_entropy") { call in
    let logits = try call.tensor(1, "logits")
    let o = try call.options(at: 3, allowed: ["reduction", "label_smoothing", "weight"])
    return .tensor(
      try logits.crossEntropy(
        target(call, logits, "cross_entropy"), weights: o.tensor("weight"),
        labelSmoothing: o.number("label_smoothing") ?? 0,
        reduction: reduction(o, "cross_entropy")))
  }
  nn.function("nll_loss") { call in
    let scores = try call.tensor(1, "log_probabilities")
    let o = try call.options(at: 3, allowed: ["reduction", "weight"])
    return .tensor(
      try scores.nllLoss(
        target(call, scores, "nll_loss"), weights: o.tensor("weight"),
        reduction: reduction(o, "nll_loss")))
  }
  nn.function("mse_loss") { call in
    let o = try call.options(at: 3, allowed: ["reduction"])
    return .tensor(
      try call.tensor(1, "input").mseLoss(
        call.tensor(2, "target"), reduction: reduction(o, "mse_loss")))
  }
  nn.function("l1_loss") { call in
    let o = try call.options(at: 3, allowed: ["reduction"])
    return .tensor(
      try call.tensor(1, "input").l1Loss(
        call.tensor(2, "target"), reduction: reduction(o, "l1_loss")))
  }
  nn.function("smooth_l1_loss") { call in
    let o = try call.options(at: 3, allowed: ["reduction", "beta"])
    return .tensor(
      try call.tensor(1, "input").smoothL1Loss(
        call.tensor(2, "target"), beta: o.number("beta") ?? 1,
        reduction: reduction(o, "smooth_l1_loss")))
  }
  nn.function("bce_with_logits") { call in
    let o = try call.options(at: 3, allowed: ["reduction", "pos_weight"])
    return .tensor(
      try call.tensor(1, "logits").bceWithLogits(
        call.tensor(2, "target"), positiveWeight: o.number("pos_weight") ?? 1,
        reduction: reduction(o, "bce_with_logits")))
  }
  nn.function("one_hot") { call in
    let labels = try call.tensorOrList(1, "labels", dtype: .int64)
    guard labels.dtype.isInteger else {
      throw call.argumentError(1, "labels", "labels must be integers, got \(labels.dtype.name)")
    }
    let classes = try listSize(call, 2, "classes", bytes: 0)
    let zeroBased = try labels.castValues(Int64.self).enumerated().map { row, label in
      guard label >= 1, label <= classes else {
        throw call.argumentError(
          1, "labels", "label \(label) of row \(row + 1) is outside 1 … \(classes)")
      }
      return label - 1
    }
    let indices = try Tensor(zeroBased, labels.shape)
    return .tensor(try indices.oneHot(classes).cast(.float32))
  }
}

private func reduction(_ options: LuaOptions, _ op: String) throws -> LossReduction {
  try LossReduction(name: options.string("reduction") ?? "mean", op: op)
}

/// Labels from 1 as the core's labels from 0; probabilities as they are.
private func target(_ call: LuaCall, _ logits: Tensor, _ op: String) throws -> Tensor {
  let given = try call.tensorOrList(2, "labels", dtype: .int64)
  if given.dtype.isFloating { return given }
  let classes = logits.ndim == 2 ? logits.shape[1] : 0
  let values = try given.castValues(Int64.self)
  for (row, label) in values.enumerated() where label < 1 || label > classes {
    let hint = label == 0 ? " (labels count from 1)" : ""
    throw TensorError(op, "label \(label) of row \(row + 1) is outside 1 … \(classes)\(hint)")
  }
  return try Tensor(values.map { $0 - 1 }, given.shape)
}
