// SPDX-License-Identifier: Apache-2.0

/// Index expressions.
extension Tensor {
  /// The elements that `keys` lead to, by numpy's rules; missing keys are `.all`.
  ///
  /// A view of the same storage without index tensors, masks and negative steps; else a copy. The
  /// dimensions of index tensors come where the index tensors stand if those (and single positions)
  /// stand side by side, else first.
  public func at(_ keys: [TensorIndex]) throws -> Tensor {
    let span = Profiler.begin("index")
    defer { span.end() }
    let plan = try IndexPlan(keys, shape, op: "index")
    if plan.isIdentity { return self }
    return try plan.read(self).recorded("index", [self], rows: plan.rows) { c in
      let g = try Tensor.zeros(c.inputShapes[0], c.grad.dtype)
      try plan.add(c.grad, to: g)
      return [g]
    }
  }

  /// Writes `value`, broadcast and converted, to where `keys` lead; of repeated places the last wins.
  ///
  /// - Throws: for keys that do not fit the shape, a value that does not broadcast, and what any write
  ///   in place is refused for.
  public func assign(_ keys: [TensorIndex], _ value: Tensor) throws {
    let span = Profiler.begin("index_put")
    defer { span.end() }
    try checkInPlace("index", [value])
    let plan = try IndexPlan(keys, shape, op: "index")
    let value =
      value.storage === storage
      ? try value.copyUnrecorded(strides: Shape.contiguousStrides(value.shape)) : value
    try plan.write(value, to: self)
    wrote()
  }
}
