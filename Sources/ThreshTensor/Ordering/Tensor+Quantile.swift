// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The median along `dim` and where it stood; of an even number, the lower one, as in PyTorch.
  ///
  /// NaN in a line is its median. Gradients flow to the element that was picked.
  public func median(dim: Int, keepdim: Bool = false) throws -> (values: Tensor, indices: Tensor) {
    let span = Profiler.begin("median")
    defer { span.end() }
    let d = try checkedDim(dim, "median")
    guard shape[d] > 0 else { throw emptyLine("median") }
    let sorted = try GradMode.off { try sort(dim: d) }
    // In order, NaN comes last: a line without one has its median in the middle.
    let middle = (shape[d] - 1) / 2
    let picked = try sorted.indices.narrowedView(d, middle, 1).contiguousUnrecorded()
    let values = try sorted.values.narrowedView(d, middle, 1).contiguousUnrecorded()
    switch dtype {
    case .float32: Tensor.putNaN(Float.self, sorted, d, values, picked)
    case .float64: Tensor.putNaN(Double.self, sorted, d, values, picked)
    default: break
    }
    let out = keepdim ? values.view(values.shape, values.strides) : values.selectedView(d, 0)
    out.recordPicks("median", from: self, [(picked, 1)], along: d, keepdim: keepdim)
    return (out, keepdim ? picked : picked.selectedView(d, 0))
  }

  /// The median of all elements, as a 0-d tensor. See `median(dim:)`.
  public func median() throws -> Tensor {
    try reshape([count]).median(dim: 0).values
  }

  /// The value below which a share `q` of the elements lies, along `dim` or of all elements.
  ///
  /// Between two elements it is interpolated linearly, as numpy and PyTorch do by default. A line
  /// with NaN gives NaN.
  public func quantile(_ q: Double, dim: Int? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("quantile")
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating("quantile") }
    guard q >= 0, q <= 1 else {
      throw TensorError("quantile", "needs a share between 0 and 1, got \(q)")
    }
    guard let dim else {
      let flat = try reshape([count]).quantile(q, dim: 0)
      return keepdim ? try flat.reshape(shape.map { _ in 1 }) : flat
    }
    let d = try checkedDim(dim, "quantile")
    guard shape[d] > 0 else { throw emptyLine("quantile") }
    let (sorted, order) = try GradMode.off { try sort(dim: d) }
    let at = q * Double(shape[d] - 1)
    let (low, high) = (Int(at), min(Int(at) + 1, shape[d] - 1))
    let weight = at - Double(low)
    let (a, b) = (sorted.narrowedView(d, low, 1), sorted.narrowedView(d, high, 1))
    let last = sorted.narrowedView(d, shape[d] - 1, 1)
    let out = try Tensor(empty: a.shape, dtype, op: "quantile")
    // At weight 0 the upper neighbour must not count: it may be infinite.
    if dtype == .float32 {
      let w = Float(weight)
      Loops.map(a, b, last, into: out) { (a: Float, b: Float, last: Float) in
        last.isNaN ? last : w == 0 || a == b ? a : a + w * (b - a)
      }
    } else {
      Loops.map(a, b, last, into: out) { (a: Double, b: Double, last: Double) in
        last.isNaN ? last : weight == 0 || a == b ? a : a + weight * (b - a)
      }
    }
    let result = keepdim ? out : out.selectedView(d, 0)
    result.recordPicks(
      "quantile", from: self,
      [
        (try order.narrowedView(d, low, 1).contiguousUnrecorded(), 1 - weight),
        (try order.narrowedView(d, high, 1).contiguousUnrecorded(), weight),
      ], along: d, keepdim: keepdim)
    return result
  }

  /// Replaces the median of each sorted line that ends in NaN by its first NaN.
  private static func putNaN<T: FloatingElement>(
    _: T.Type, _ sorted: (values: Tensor, indices: Tensor), _ d: Int, _ values: Tensor,
    _ picked: Tensor
  ) {
    let (v, i) = (sorted.values.pointer(T.self), sorted.indices.pointer(Int64.self))
    let (from, to) = (Lines(sorted.values, d), Lines(values, d))
    for line in 0..<from.count {
      let start = from.start(line)
      var j = from.length
      while j > 0 && v[start + (j - 1) * from.step].isNaN { j -= 1 }
      if j == from.length { continue }
      values.pointer(T.self)[to.start(line)] = v[start + j * from.step]
      picked.pointer(Int64.self)[to.start(line)] = i[start + j * from.step]
    }
  }

  private func emptyLine(_ op: String) -> TensorError {
    TensorError(op, "needs at least one element along the dimension, got \(shapeText(shape))")
  }
}
