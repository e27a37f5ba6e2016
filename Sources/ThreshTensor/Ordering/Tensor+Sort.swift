// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The elements in order along `dim`, and where each of them stood (0-based, int64).
  ///
  /// The sort is stable in both directions. NaN counts as the largest value: it comes last, or first
  /// when descending, as in PyTorch. Gradients flow through the values.
  public func sort(dim: Int = -1, descending: Bool = false) throws
    -> (values: Tensor, indices: Tensor)
  {
    let span = Profiler.begin("sort")
    defer { span.end() }
    return try ranked(dim, nil, Ranking.Order(op: "sort", descending: descending))
  }

  /// The positions that sort the elements along `dim`; stable. See `sort`.
  public func argsort(dim: Int = -1, descending: Bool = false) throws -> Tensor {
    try GradMode.off { try sort(dim: dim, descending: descending).indices }
  }

  /// The `k` largest (or smallest) elements along `dim`, and where they stood (0-based, int64).
  ///
  /// Of equal elements the first are taken. NaN counts as the largest value, as in PyTorch.
  /// Gradients flow through the values.
  ///
  /// - Parameter sorted: best first; otherwise in the order of their positions.
  public func topk(_ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) throws
    -> (values: Tensor, indices: Tensor)
  {
    let span = Profiler.begin("topk")
    defer { span.end() }
    return try ranked(
      dim, k, Ranking.Order(op: "topk", descending: largest, byPosition: !sorted))
  }

  /// The first `k` elements (all by default) of each line, recorded.
  func ranked(_ dim: Int, _ k: Int?, _ order: Ranking.Order) throws
    -> (values: Tensor, indices: Tensor)
  {
    if ndim == 0 {
      guard dim == 0 || dim == -1 else {
        throw TensorError(order.op, "a 0-d tensor has no such dim")
      }
      let (values, indices) = try reshape([1]).ranked(0, k, order)
      return values.count == 1
        ? (try values.reshape([]), try indices.reshape([])) : (values, indices)
    }
    let d = try checkedDim(dim, order.op)
    let k = k ?? shape[d]
    guard k >= 0, k <= shape[d] else {
      throw TensorError(
        order.op, "needs 0 <= k <= \(shape[d]), the extent of the dimension, got k = \(k)")
    }
    let (values, indices) = try Ranking.first(k, of: self, along: d, order)
    values.recordPicks(order.op, from: self, [(indices, 1)], along: d)
    return (values, indices)
  }

  /// Records this output as made of elements of `source` along `d`: the sum over `picks` of
  /// `factor` times the elements at `indices`; without `keepdim` the one place along `d` is gone.
  @discardableResult
  func recordPicks(
    _ op: String, from source: Tensor, _ picks: [(indices: Tensor, factor: Double)], along d: Int,
    keepdim: Bool = true
  ) -> Tensor {
    let factors = picks.map(\.factor)
    return recorded(
      op, [source],
      rows: d == 0 ? .mixed("it orders elements along the batch") : .each([true]),
      saved: picks.map { d == 0 ? .whole($0.indices) : .rows($0.indices) }
    ) { c in
      let gradient = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      let grad = keepdim ? c.grad : c.grad.unsqueezedView(d)
      for (indices, factor) in zip(c.saved, factors) {
        try Lines.add(grad, at: indices, along: d, to: gradient, factor: factor)
      }
      return [gradient]
    }
  }
}
